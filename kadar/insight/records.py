"""Which rows make a number: its numerator, its denominator, or what was left out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kadar.errors import NO, KadarError, nearest
from kadar.language import N_
from kadar.measure.formula import (
    Cohort,
    Constant,
    Formula,
    Measure,
    Operation,
    SumOfDays,
    excluded,
    measures,
)

if TYPE_CHECKING:
    from datetime import tzinfo

    from kadar.answer import Row
    from kadar.asking import Asking
    from kadar.kpi import Kpi
    from kadar.measure.period import Period
    from kadar.measure.question import Filter, Question
    from kadar.measure.records import Listing

PARTS = ("numerator", "denominator", "excluded")
TABLE, TERM, REASON, CONTRIBUTION = "table", "term", "reason", "contribution"
KEPT = 64  # statements of rows, for the life of the process
_statements: dict[tuple[str, Question, float, int | None, int, str], Listing] = {}
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Term:
    """One measure of a part: how many rows make it, and what they add up to.

    `reason` is why its rows were left out, of the part `excluded`. A quantile's `total` is null:
    its rows are its values, which do not add up.
    """

    measure: Measure
    factor: float
    rows: int
    total: float | None
    reason: str | None = None


@dataclass(frozen=True)
class Records:
    """The rows behind one part of one number.

    `figure` is what the answer says. Where `adds_up`, it is the sum of the rows' contributions:
    for a count the number of rows. Else the part is a quantile of the contributions, or is
    computed from the totals of several `terms`. A limit shortens `rows`, never `count`, `total`.
    """

    kpi: str
    variant: str
    part: str
    period: Period
    question: Question
    figure: float | None
    formula: Formula | None
    adds_up: bool
    terms: list[Term]
    columns: dict[str, str]  # name → text, moment, day, integer, number or boolean
    rows: list[dict[str, Any]] = field(repr=False)

    @property
    def count(self) -> int:
        """How many rows there are, those beyond the limit too."""
        return sum(term.rows for term in self.terms)

    @property
    def total(self) -> float | None:
        """What all rows add up to; null where they do not."""
        return sum(term.total or 0.0 for term in self.terms) if self.adds_up else None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def records(
    asking: Asking,
    kpi: Kpi,
    variant: str,
    period: str,
    *,
    part: str = "numerator",
    by: Mapping[str, Any] | Iterable[str] = (),
    where: Sequence[Filter] = (),
    limit: int | None = None,
    offset: int = 0,
    answered: Sequence[Row] | None = None,
) -> Records:
    """List the rows behind a part of a KPI in a period.

    `by` picks one group of an answer divided by dimensions: `{"channel": "web"}`, or texts such
    as `channel=web`; None and the empty text are the group of what is unknown. A number that is
    no ratio has only the part `numerator`: itself. `answered` is the answer to the same question,
    where it is there already. With a `limit`, the rows are those after the first `offset`.

    Raises KDR-ASK-023 for an unknown part, KDR-ASK-024 where there is no denominator, KDR-ASK-025
    for sums over days, KDR-ASK-026 for a group that is none, and what `ask` raises.
    """
    from kadar.filtered import check_values
    from kadar.measure.lineage import tables
    from kadar.measure.period import find_period

    _check_part(part)
    found = find_period(period, asking.engine.run)
    chosen = group_filters(by)
    question = found.question([one.dimension for one in chosen], (*where, *chosen))
    if answered is None:
        answered = asking.answer([(kpi, variant)], question).rows
    formula = asking.formula(kpi, variant)
    wanted = part_of(kpi, variant, formula, part)
    terms, columns, rows = _listed(asking, wanted.terms, question, limit, offset)
    if not any(term.rows for term in terms):
        check_values(asking.engine, tables(formula), question)
    return Records(
        kpi.name,
        variant,
        part,
        found,
        question,
        _figure(answered, wanted, part),
        wanted.formula,
        wanted.adds_up,
        terms,
        columns,
        rows,
    )


def group_filters(by: Mapping[str, Any] | Iterable[str]) -> list[Filter]:
    """Return the filters that pick one group of an answer: see `records`."""
    from kadar.measure.question import Filter

    group = dict(by if isinstance(by, Mapping) else map(picked, by))
    return [Filter(n, "=", ("" if v is None else str(v),)) for n, v in group.items()]


def picked(text: str) -> tuple[str, str]:
    """Read `channel=web`; the value is taken as it stands, commas and all."""
    name, sign, value = text.partition("=")
    if not (name.strip() and sign) or name.rstrip().endswith(("!", "<", ">")):
        raise KadarError(
            "KDR-ASK-026",
            N_("{text} does not pick a group."),
            N_("Write dimension=value; dimension= picks what is unknown."),
            text=text,
        )
    return name.strip(), value.strip()


@dataclass(frozen=True)
class Part:
    """The measures whose rows make a part, each with its factor and its reason."""

    terms: list[tuple[float, Measure, str | None]]
    adds_up: bool
    formula: Formula | None = None
    whole: bool = False  # the part is the number itself


def _check_part(part: str) -> None:
    if part not in PARTS:
        raise KadarError(
            "KDR-ASK-023",
            N_("There is no part {part} of a number."),
            N_("These exist: {parts}."),
            part=part,
            parts=nearest(part, list(PARTS)),
        )


def part_of(kpi: Kpi, variant: str, formula: Formula, part: str) -> Part:
    """Return the measures whose rows make a part of a KPI's formula; see `records`."""
    from kadar.measure.evaluate import ratio_of

    if _has_days(formula):
        raise KadarError(
            "KDR-ASK-025",
            N_("{kpi} ({variant}) is a sum over days: no rows make it as a whole."),
            N_("List the rows of one of its days, of the variant it sums: {variants}."),
            exit_code=NO,
            kpi=kpi.name,
            variant=variant,
            variants=", ".join(name for name in kpi.variants if name != variant) or "-",
        )
    if part == "excluded":
        left_out = excluded(formula).items()
        return Part([(1.0, m, reason) for reason, several in left_out for m in several], True)
    ratio = ratio_of(formula)
    if part == "denominator" and ratio is None:
        raise KadarError(
            "KDR-ASK-024",
            N_("{kpi} ({variant}) is no ratio: it has no denominator."),
            N_("Its rows are the part numerator."),
            exit_code=NO,
            kpi=kpi.name,
            variant=variant,
        )
    side = formula
    if ratio is not None:
        side = ratio.left if part == "numerator" else ratio.right
    while isinstance(side, Cohort):
        side = side.formula
    added = added_terms(side)
    if added is not None:
        return Part([(f, m, None) for f, m in added], True, side, ratio is None)
    distinct = {str(m): m for m in measures(side)}
    return Part([(1.0, m, None) for m in distinct.values()], False, side, ratio is None)


def _has_days(formula: Formula) -> bool:
    return isinstance(formula, SumOfDays) or any(_has_days(child) for child in formula.children)


def added_terms(formula: Formula) -> list[tuple[float, Measure]] | None:
    """Return a formula as measures, each times a factor, that add up to it; None if it is not."""
    if isinstance(formula, Measure):
        return [(1.0, formula)] if formula.totals else None
    if not isinstance(formula, Operation):
        return None
    left, right = added_terms(formula.left), added_terms(formula.right)
    if formula.symbol in "+-" and left and right:
        sign = 1.0 if formula.symbol == "+" else -1.0
        return left + [(sign * factor, measure) for factor, measure in right]
    if formula.symbol == "*" and isinstance(formula.left, Constant) and right:
        return [(float(formula.left.number) * factor, m) for factor, m in right]
    if formula.symbol in "*/" and isinstance(formula.right, Constant) and left:
        number = float(formula.right.number)
        return [(factor * number if formula.symbol == "*" else factor / number, m)
                for factor, m in left]  # fmt: skip
    return None


def _figure(answered: Sequence[Row], wanted: Part, part: str) -> float | None:
    if not answered:  # no row of the data is of the group
        return 0.0 if wanted.adds_up else None
    (row,) = answered
    if part == "excluded":
        return float(sum(row.excluded.values()))
    if wanted.whole:
        return row.value
    return row.numerator if part == "numerator" else row.denominator


def _listed(
    asking: Asking,
    wanted: list[tuple[float, Measure, str | None]],
    question: Question,
    limit: int | None,
    offset: int = 0,
) -> tuple[list[Term], dict[str, str], list[dict[str, Any]]]:
    terms: list[Term] = []
    kinds: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    for number, (factor, measure, reason) in enumerate(wanted, 1):
        left = None if limit is None else max(limit - len(rows), 0)
        made = compiled(measure, question, factor, left, asking.engine.dialect, offset=offset)
        listed = fetch(asking, made)
        there, total = len(listed), sum(row[CONTRIBUTION] or 0.0 for row in listed)
        if made.totals is not None:  # the rows are not all listed
            known = asking.engine.run(made.totals)
            there = int(known["n"][0])
            total = _value(float(known["total"][0]), "number", asking.zone) or 0.0
            offset = max(offset - there, 0)
        adding = total if measure.totals else None
        terms.append(Term(measure, factor, there, adding, reason))
        kinds.update({n: k for n, k in made.kinds.items() if n not in kinds})
        head = {TABLE: measure.facts.table, TERM: number, REASON: reason}
        rows += [{**head, **row} for row in listed]
    first = {TABLE: "text"}
    if any(term.reason for term in terms):
        first[REASON] = "text"
    elif len(terms) > 1:
        first[TERM] = "integer"
    last = {CONTRIBUTION: "number"}
    columns = {**first, **{n: k for n, k in kinds.items() if n != CONTRIBUTION}, **last}
    return terms, columns, [{name: row.get(name) for name in columns} for row in rows]


def compiled(
    measure: Measure,
    question: Question,
    factor: float,
    limit: int | None,
    dialect: str,
    *,
    offset: int = 0,
) -> Listing:
    """Return the statement of a measure's rows; whoever asks many states compiles it once."""
    from kadar.measure.records import compile_records

    shape = (str(measure), question, factor, limit, offset, dialect)
    if shape not in _statements:
        if len(_statements) >= KEPT:
            _statements.clear()
        _statements[shape] = compile_records(
            measure, question, factor=factor, limit=limit, offset=offset, dialect=dialect
        )
    return _statements[shape]


def fetch(asking: Asking, made: Listing) -> list[dict[str, Any]]:
    """Run a listing; moments are in the company's time zone."""
    fetched = asking.engine.run(made.rows)
    columns = {
        name: [_value(one, kind, asking.zone) for one in fetched[name].tolist()]
        for name, kind in made.kinds.items()
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _value(value: Any, kind: str, zone: tzinfo) -> Any:
    """Return a value of the engine as Python has it; moments in the company's time zone."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124  (NaN)
        return None
    if kind == "moment":
        return (_EPOCH + int(value) * _MICROSECOND).astimezone(zone)
    if kind == "integer":
        return int(value)
    return bool(value) if kind == "boolean" else value
