"""Ask a question, get an answer: the one way to a number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.kpi import Catalogue, Kpi
from kadar.measure.question import Filter, Question, parse_filter

if TYPE_CHECKING:
    from kadar.insight.why import Why

if TYPE_CHECKING:
    from kadar.insight.records import Records

FIELDS = (
    "kpi",
    "variant",
    "grain",
    "opens",
    "closes",
    "value",
    "numerator",
    "denominator",
    "n",
    "lower",
    "upper",
    "complete",
    "mature",
    "excluded",
    "unit",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One number with what it rests on.

    The period is `[opens, closes)` in days of the company's calendar. Rates are fractions, money
    is in the company's currency, ticket times are hours, sales cycles days. `lower` and `upper`
    are the 95 % interval. `excluded` counts the rows left out by reason.
    """

    kpi: str
    variant: str
    grain: str
    opens: date
    closes: date
    dimensions: dict[str, Any]
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    lower: float | None
    upper: float | None
    complete: bool
    mature: bool
    excluded: dict[str, int]
    unit: str

    def as_dict(self) -> dict[str, Any]:
        """Return the row as one flat record, dimensions among its fields after `closes`."""
        made: dict[str, Any] = {}
        for name in FIELDS:
            if name == "value":
                made.update(self.dimensions)
            made[name] = getattr(self, name)
        return made


@dataclass(frozen=True)
class Refusal:
    """A KPI that cannot be computed from the company's data, and why."""

    kpi: str
    variant: str
    error: KadarError


@dataclass(frozen=True)
class Answer:
    """The rows of an answer, and the moment up to which the data was known.

    `assumed` says that no one stated that moment: it is the latest event in the data.
    """

    rows: list[Row]
    question: Question
    observed_until: datetime | None
    assumed: bool
    data_version: str
    notes: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as flat records."""
        return [row.as_dict() for row in self.rows]

    def to_arrow(self) -> Any:
        """Return the rows as a pyarrow table (extra `arrow`); `excluded` as JSON text."""
        import pyarrow

        columns = self._columns()
        return pyarrow.table({n: pyarrow.array(v, _arrow(n)) for n, v in columns.items()})

    def to_polars(self) -> Any:
        """Return the rows as a polars data frame (extra `polars`)."""
        import polars

        return polars.DataFrame(self._columns(), infer_schema_length=None)

    def to_pandas(self) -> Any:
        """Return the rows as a pandas data frame (extra `pandas`)."""
        import pandas

        return pandas.DataFrame(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        from json import dumps

        records = self.records()
        names = list(records[0]) if records else [*FIELDS[:5], *self.question.by, *FIELDS[5:]]
        made: dict[str, list[Any]] = {name: [record[name] for record in records] for name in names}
        made["excluded"] = [dumps(value, sort_keys=True) for value in made["excluded"]]
        return made


def _arrow(name: str) -> Any:
    import pyarrow

    if name in ("opens", "closes"):
        return pyarrow.date32()
    if name in ("value", "numerator", "denominator", "lower", "upper"):
        return pyarrow.float64()
    return {"n": pyarrow.int64(), "complete": pyarrow.bool_(), "mature": pyarrow.bool_()}.get(name)


class Workspace:
    """An opened project: ask it for KPIs.

    Each question is answered from the data version that is current when it is asked; an answer
    belongs wholly to one version. With `as_of` (a day means its end in the company's time zone)
    every question is answered from what was known then.
    """

    def __init__(self, folder: str | Path, as_of: date | datetime | str | None = None) -> None:
        from kadar import project

        self.project = project.load(Path(folder), reading=True)
        self.as_of = as_moment(as_of, self.project.company.time_zone)
        self._catalogue: Catalogue | None = None

    @property
    def kpis(self) -> Catalogue:
        """The KPIs there are, the project's own among them."""
        if self._catalogue is None:
            from kadar.catalogue import catalogue

            self._catalogue = catalogue(self.project.folder)
            _known_settings(self.project.kpi, self._catalogue)
        return self._catalogue

    def ask(
        self,
        kpis: str | Sequence[str],
        *,
        variant: str | None = None,
        grain: str = "month",
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        since: date | str | None = None,
        until: date | str | None = None,
        collect: bool = False,
    ) -> Answer:
        """Answer one or several KPIs by period and dimensions.

        `where` is `{"country": "MY", "channel": ["web", "event"]}` or texts such as
        `"channel!=web"`. A `variant` only some of several KPIs have is theirs; the others answer
        with their usual one. With `collect` a KPI that cannot be computed is listed in
        `Answer.refused`; without, its error is raised.
        """
        from kadar.asking import Asking

        names = [kpis] if isinstance(kpis, str) else list(dict.fromkeys(kpis))
        made = [self.kpis[name] for name in names]
        some = any(variant in one.variants for one in made)
        wanted = [(m, m.get(None if some and variant not in m.variants else variant)) for m in made]
        question = Question(
            grain, tuple(dict.fromkeys(by)), tuple(filters(where)), as_date(since), as_date(until)
        )
        with Asking(self.project, self.as_of) as asking:
            return asking.answer([(k, v.name) for k, v in wanted], question, collect=collect)

    def records(
        self,
        kpi: str,
        period: str,
        *,
        part: str = "numerator",
        variant: str | None = None,
        by: Mapping[str, Any] | Iterable[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        limit: int | None = None,
    ) -> Records:
        """List the rows behind a part of a KPI: its numerator, denominator, or the excluded.

        The period is written `2026`, `2026-Q3`, `2026-09`, `2026-W37`, `2026-09-14` or `all`; `by`
        picks one group of an answer divided by dimensions: `{"owner_id": "42"}`.
        """
        from kadar.asking import Asking
        from kadar.insight.records import records

        made = self.kpis[kpi]
        with Asking(self.project, self.as_of) as asking:
            return records(
                asking,
                made,
                made.get(variant).name,
                period,
                part=part,
                by=by,
                where=filters(where),
                limit=limit,
            )

    def why(
        self,
        kpi: str,
        since: str,
        until: str,
        *,
        by: Sequence[str] = (),
        variant: str | None = None,
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        allow_incomplete: bool = False,
    ) -> Why:
        """Take the change of a KPI from one period to another apart: see `kadar.insight.why`.

        `why("win_rate", "2026-Q2", "2026-Q3", by=["channel"])`.
        """
        from importlib import import_module

        made: Why = import_module("kadar.insight.why").why(
            self, kpi, since, until, by=by, variant=variant, where=where,
            allow_incomplete=allow_incomplete,
        )  # fmt: skip
        return made

    def computable(self) -> dict[str, dict[str, list[str]]]:
        """For each KPI and variant the columns its data lacks: none where it can be computed."""
        from kadar.asking import Asking

        with Asking(self.project, self.as_of) as asking:
            return {
                made.name: {name: asking.lacking(made, name) for name in made.variants}
                for made in self.kpis
            }

    def settings(self, made: Kpi) -> dict[str, Any]:
        """Return the company's settings of a KPI, defaults filled in."""
        return {**made.settings, **self.project.kpi.get(made.name, {})}


def open(  # noqa: A001  (kadar.open reads well)
    folder: str | Path = ".", *, as_of: date | datetime | str | None = None
) -> Workspace:
    """Open the project in a folder, as it is known now or as it was known at a past moment."""
    return Workspace(folder, as_of)


def as_moment(value: date | datetime | str | None, time_zone: str) -> datetime | None:
    """Read a moment; a day means its end, a time without a zone is the company's.

    Raises KDR-ASK-006 where it is neither.
    """
    from zoneinfo import ZoneInfo

    if value is None:
        return None
    if isinstance(value, str) and "T" in value.replace(" ", "T"):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = as_date(value)
    if not isinstance(value, datetime):
        day = as_date(value)
        assert day is not None  # noqa: S101  (only None is none)
        value = datetime.combine(day + timedelta(days=1), time.min)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(time_zone))


def filters(where: Mapping[str, Any] | Iterable[str | Filter]) -> list[Filter]:
    """Return filters from a mapping of dimensions or from texts."""
    if isinstance(where, Mapping):
        made = []
        for name, value in where.items():
            operator = "!=" if name.endswith("!") else "="
            several = value if isinstance(value, list | tuple | set) else [value]
            texts = tuple("" if one is None else str(one) for one in several)
            made.append(Filter(name.rstrip("!"), operator, texts))
        return made
    return [parse_filter(one) if isinstance(one, str) else one for one in where]


def as_date(value: date | str | None) -> date | None:
    """Read a day; KDR-ASK-006 where it is none."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        from kadar.language import N_

        raise KadarError(
            "KDR-ASK-006",
            N_("{value} is not a day."),
            N_("Write days as 2026-09-30."),
            value=value,
        ) from error


def _known_settings(given: dict[str, dict[str, Any]], kpis: Catalogue) -> None:
    """Check that every `[kpi.<name>]` names a KPI and settings it has."""
    from kadar.errors import nearest
    from kadar.language import N_

    for name, settings in given.items():
        usual = {**kpis[name].settings, "target": None}  # the project checks targets
        known = list(usual)
        for setting, value in settings.items():
            if setting not in known:
                raise KadarError(
                    "KDR-KPI-006",
                    N_("{kpi} has no setting {setting}."),
                    N_("These exist: {settings}. Correct [kpi.{kpi}] in kadar.toml."),
                    kpi=name,
                    setting=setting,
                    settings=nearest(setting, known),
                )
            if not _of_the_kind(value, usual[setting]):
                raise KadarError(
                    "KDR-KPI-007",
                    N_("[kpi.{kpi}] {setting} cannot be {value}."),
                    N_("Write a value like {usual} in kadar.toml."),
                    kpi=name,
                    setting=setting,
                    value=repr(value),
                    usual=repr(usual[setting]),
                )


def _of_the_kind(value: Any, usual: Any) -> bool:
    """Whether a setting can stand for the usual value: any number for a number, else its type."""
    if isinstance(usual, int | float) and not isinstance(usual, bool):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return usual is None or isinstance(value, type(usual))
