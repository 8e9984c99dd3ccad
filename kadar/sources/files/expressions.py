"""Expressions over headers (`= Sales - Profit`): one expression, checked, its headers found."""

from __future__ import annotations

from kadar.errors import KadarError
from kadar.language import N_


def headers_used(expression: str, source: str, column: str) -> list[str]:
    """Return the names an SQL expression uses as columns.

    Raises KDR-MAP-003 if it is not one expression over the headers: no query, no statement.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        found = sqlglot.parse(f"SELECT ({expression})", read="duckdb")
    except SqlglotError:
        found = []
    tree = found[0] if len(found) == 1 else None
    select = tree if isinstance(tree, exp.Select) else None
    if (
        select is None
        or len(select.expressions) != 1
        or {name for name, part in select.args.items() if part} - {"expressions", "kind"}
        or len(list(select.find_all(exp.Query))) > 1
        or ";" in expression
    ):
        raise expression_error(source, column, expression, "it is not one SQL expression")
    # The text itself goes to the database: a comment in it must not hide what follows.
    if "--" in expression or "/*" in expression:
        raise expression_error(source, column, expression, "it holds a comment")
    names = [node.name for node in select.find_all(exp.Column)]
    return list(dict.fromkeys(names))


def expression_error(source: str, column: str, expression: str, detail: object) -> KadarError:
    """Make the error for an expression the database cannot evaluate."""
    return KadarError(
        "KDR-MAP-003",
        N_("Source {source}, column {column}: “= {expression}” fails: {detail}."),
        N_(
            "Correct the expression in columns; headers with blanks stand in double quotes, texts "
            "in single ones."
        ),
        source=source,
        column=column,
        expression=expression,
        detail=str(detail).split("\n", 1)[0].rstrip("."),
    )
