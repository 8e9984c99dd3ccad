"""A compiled statement as a person would write it: the same rows from fewer nests."""

from __future__ import annotations

from kadar.measure.placement import CALENDAR, COMPANY, PERIODS
from kadar.measure.tables import READABLE


def readable(sql: str, dialect: str = "duckdb") -> str:
    """Return a statement that gives the same rows, its nested queries merged and laid out.

    A statement with a constant column is only laid out: sqlglot would move the constant out of
    an outer join, where it is null for rows without a match.
    """
    from sqlglot import exp, parse_one
    from sqlglot.optimizer import optimize
    from sqlglot.optimizer.eliminate_ctes import eliminate_ctes
    from sqlglot.optimizer.merge_subqueries import merge_subqueries
    from sqlglot.optimizer.pushdown_projections import pushdown_projections
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.simplify import simplify

    tree = parse_one(sql, dialect=dialect)
    for select in tree.find_all(exp.Select):
        for chosen in select.expressions:
            if not chosen.find(exp.Column, exp.Star, exp.AggFunc, exp.Subquery):
                return str(tree.sql(dialect, pretty=True))
    # names alone: the types are of no use here
    columns = {name: made.column_names for name, made in READABLE.items()}
    columns |= {"calendar": [*CALENDAR], "periods": [*PERIODS], "company": [*COMPANY]}
    made = optimize(
        tree,
        schema={"crm": {name: dict.fromkeys(names, "INT") for name, names in columns.items()}},
        dialect=dialect,
        rules=(qualify, pushdown_projections, merge_subqueries, eliminate_ctes, simplify),
    )
    for alias in made.find_all(exp.Alias):
        if isinstance(alias.this, exp.Column) and alias.this.name == alias.alias:
            alias.replace(alias.this)
    return str(made.sql(dialect, pretty=True))
