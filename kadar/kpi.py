"""The decorator `@kpi`: a KPI is a formula with a name, a unit, a direction and its variants."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from kadar.errors import KadarError, nearest
from kadar.language import N_
from kadar.measure.deferred import Deferred, _, days_between, either, hours_between, known, lesser
from kadar.measure.facts import Crm, Facts, Waits, any_of, rows, total
from kadar.measure.formula import Formula, Measure, sum_of_days
from kadar.measure.triangle import Triangle

__all__ = [
    "DAYS",
    "DOWN",
    "HOURS",
    "MONEY",
    "MONTHS",
    "NUMBER",
    "PERCENT",
    "POINTS",
    "RATIO",
    "UP",
    "Crm",
    "Deferred",
    "Facts",
    "Formula",
    "Kpi",
    "Limit",
    "Measure",
    "Triangle",
    "Waits",
    "_",
    "any_of",
    "days_between",
    "either",
    "hours_between",
    "known",
    "kpi",
    "lesser",
    "limit",
    "rows",
    "sum_of_days",
    "total",
]

PERCENT, POINTS, HOURS, DAYS = "percent", "points", "hours", "days"
MONEY, NUMBER, RATIO, MONTHS = "money", "number", "ratio", "months"
UP, DOWN = "up", "down"

Definition = Callable[..., Formula]
CohortDefinition = Callable[..., Triangle]


class Limit(float):
    """A setting that is one number, or differs by a column of the rows.

    In `kadar.toml` either `target_hours = 24` or `target_hours = { priority = { High = 4 },
    otherwise = 24 }`.
    """

    def __repr__(self) -> str:
        return f"{self:g}"


def limit(setting: Any) -> Any:
    """Return the value of a `Limit` for each row, as an expression."""
    if not isinstance(setting, dict):
        return setting
    value: Any = setting["otherwise"]
    for column, values in setting.items():
        if column != "otherwise":
            for text, number in values.items():
                value = either(Deferred("column", column) == text, number, value)
    return value


@dataclass(frozen=True, eq=False)
class Variant:
    """One definition of a KPI.

    `reported_by` says who reports this number under the KPI's name. `note` is said with every
    answer of this variant. `projects` names the variant whose final value this one projects.
    `otherwise` names the variant that answers in the place of this one, a forecast, where the
    records do not carry one.
    """

    name: str
    define: Definition
    unit: str
    reported_by: str | None = None
    note: str | None = None
    projects: str | None = None
    otherwise: str | None = None

    @property
    def wording(self) -> str:
        """The definition in words."""
        return inspect.cleandoc(self.define.__doc__ or "")

    @property
    def settings(self) -> dict[str, Any]:
        """Parameters a company may set under `[kpi.<name>]`, with their defaults."""
        parameters = list(inspect.signature(self.define).parameters.values())[1:]
        return {p.name: p.default for p in parameters}


@dataclass(frozen=True, eq=False)
class CohortReading(Variant):
    """One way to read a KPI by cohort. `define` returns a triangle.

    `otherwise` names the reading shown in its place where the data lacks what this one reads.
    """

    def triangle(self, settings: dict[str, Any] | None = None) -> Triangle:
        """Build the triangle under a company's settings (those it knows)."""
        given = {k: v for k, v in (settings or {}).items() if k in self.settings}
        made: Any = self.define(Crm(), **given)
        return made  # type: ignore[no-any-return]


@dataclass(eq=False)
class Kpi:
    """A KPI: its definitions by variant, how it is read and who answers for it.

    `usual` names the variant an asker gets who names none. `core` KPIs are on the scoreboard.
    `triangles` are its readings by cohort, the first of them the usual one; most have none.
    """

    name: str
    title: str
    unit: str
    better: str | None
    roles: tuple[str, ...]
    core: bool
    usual: str
    caveats: tuple[str, ...]
    improve: tuple[str, ...]
    variants: dict[str, Variant] = field(default_factory=dict)
    triangles: dict[str, CohortReading] = field(default_factory=dict)
    group: str = ""

    @overload
    def variant(self, define: Definition) -> Definition: ...

    @overload
    def variant(
        self,
        define: None = None,
        *,
        reported_by: str | None = None,
        unit: str | None = None,
        note: str | None = None,
        projects: str | None = None,
        otherwise: str | None = None,
    ) -> Callable[[Definition], Definition]: ...

    def variant(
        self,
        define: Definition | None = None,
        *,
        reported_by: str | None = None,
        unit: str | None = None,
        note: str | None = None,
        projects: str | None = None,
        otherwise: str | None = None,
    ) -> Definition | Callable[[Definition], Definition]:
        """Add a named variant; usable as `@name.variant` and `@name.variant(…)`."""

        def add(define: Definition) -> Definition:
            name = define.__name__
            made = Variant(name, define, unit or self.unit, reported_by, note, projects, otherwise)
            self.variants[name] = made
            return define

        return add if define is None else add(define)

    def triangle(
        self,
        name: str = "default",
        *,
        unit: str | None = None,
        otherwise: str | None = None,
        note: str | None = None,
    ) -> Callable[[CohortDefinition], CohortDefinition]:
        """Add a reading by cohort: `@name.triangle()` on a function that returns a triangle."""

        def add(define: CohortDefinition) -> CohortDefinition:
            made: Any = define
            self.triangles[name] = CohortReading(
                name, made, unit or self.unit, note=note, otherwise=otherwise
            )
            return define

        return add

    def get(self, variant: str | None = None) -> Variant:
        """Return a variant by name; the usual one for None. Raises KDR-KPI-004 for another."""
        name = variant or self.usual
        if name not in self.variants:
            raise KadarError(
                "KDR-KPI-004",
                N_("{kpi} has no variant {variant}."),
                N_("These exist: {variants}."),
                kpi=self.name,
                variant=name,
                variants=nearest(name, list(self.variants)),
            )
        return self.variants[name]

    def formula(
        self, variant: str | None = None, settings: dict[str, Any] | None = None
    ) -> Formula:
        """Build the formula of a variant under a company's settings (those it knows)."""
        made = self.get(variant)
        given = {k: v for k, v in (settings or {}).items() if k in made.settings}
        return made.define(Crm(), **given)

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting any variant knows, with its default."""
        definitions = [*self.variants.values(), *self.triangles.values()]
        return {k: v for made in definitions for k, v in made.settings.items()}


def kpi(
    *,
    unit: str,
    better: str | None,
    roles: Sequence[str] = (),
    core: bool = False,
    usual: str = "default",
    caveats: Sequence[str] = (),
    improve: Sequence[str] = (),
    note: str | None = None,
    otherwise: str | None = None,
) -> Callable[[Definition], Kpi]:
    """Declare a KPI by its default definition.

    The function's docstring is the definition in words, its module's first line the title, its
    parameters after `crm` the settings a company may change.
    """

    def declare(define: Definition) -> Kpi:
        title = inspect.cleandoc(define.__globals__.get("__doc__") or define.__name__)
        made = Kpi(
            define.__name__,
            title.splitlines()[0].rstrip("."),
            unit,
            better,
            tuple(roles),
            core,
            usual,
            tuple(caveats),
            tuple(improve),
            {"default": Variant("default", define, unit, None, note, None, otherwise)},
        )
        parts = define.__module__.split(".")
        made.group = parts[-2] if len(parts) > 2 else "yours"
        return made

    return declare


class Catalogue:
    """The KPIs there are: the built-in ones, those of other packages, and the project's own."""

    def __init__(self, kpis: dict[str, Kpi]) -> None:
        self._kpis = kpis

    def __getitem__(self, name: str) -> Kpi:
        if name not in self._kpis:
            raise KadarError(
                "KDR-KPI-003",
                N_("There is no KPI {kpi}."),
                N_("These exist: {kpis}."),
                kpi=name,
                kpis=nearest(name, list(self._kpis)),
            )
        return self._kpis[name]

    def __getattr__(self, name: str) -> Kpi:
        """Return a KPI as an attribute: `acme.kpis.win_rate`, which notebooks complete."""
        if name.startswith("_") or name not in self._kpis:
            raise AttributeError(name)
        return self._kpis[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._kpis})

    def __contains__(self, name: object) -> bool:
        return name in self._kpis

    def __iter__(self) -> Iterator[Kpi]:
        return iter(self._kpis.values())

    def __len__(self) -> int:
        return len(self._kpis)
