"""The KPIs there are, and one of them in full, as documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kadar.documents.number import DESCRIBED
from kadar.language import LANGUAGES, translate
from kadar.show.records import plain

if TYPE_CHECKING:
    from kadar.explanation import Definition as Explained
    from kadar.kpi import Kpi
    from kadar.workspace import Workspace

Texts = dict[str, str]  # by language: en, ms, zh_CN


@dataclass(frozen=True, kw_only=True)
class KpiName:
    """A KPI in the list of them."""

    __pydantic_config__ = DESCRIBED

    name: str
    titles: Texts
    """The title in each language: en, ms, zh_CN."""
    words: Texts
    """The definition of the usual variant, in each language."""
    unit: str
    better: str | None
    group: str
    roles: list[str]
    core: bool
    """Whether it is on the scoreboard."""
    usual: str
    """The variant asked for where none is named."""
    variants: list[str]
    cohorts: list[str]
    """Its readings by cohort."""


@dataclass(frozen=True, kw_only=True)
class KpiNames:
    """Every KPI, the core ones first."""

    kpis: list[KpiName]


@dataclass(frozen=True, kw_only=True)
class KpiVariant:
    """One definition of a KPI."""

    __pydantic_config__ = DESCRIBED

    name: str
    usual: bool
    words: Texts
    unit: str
    formula: str
    """The arithmetic; each letter is a set of rows."""
    rows: dict[str, str]
    """What each letter of the formula stands for."""
    reported_by: str | None
    """Who reports this number under the KPI's name."""
    version: str
    """Tells this meaning, settings included, from every other."""
    lacks: list[str] | None
    """Columns the data would need; empty: it can be computed; null: there is no data yet."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A setting of a KPI: what it is by default, and what it is here."""

    default: Any
    in_force: Any


@dataclass(frozen=True, kw_only=True)
class KpiDefinition:
    """Everything there is to say about a KPI."""

    __pydantic_config__ = DESCRIBED

    name: str
    titles: Texts
    unit: str
    better: str | None
    group: str
    roles: list[str]
    core: bool
    variant: str
    """The variant `sql` and `reads` are of."""
    variants: list[KpiVariant]
    cohorts: dict[str, Texts]
    """Its readings by cohort, in words."""
    settings: dict[str, Setting]
    target: float | None
    dimensions: list[str]
    """What it can be divided and filtered by."""
    reads: dict[str, dict[str, str]]
    """Tables and columns it is made of, with their meanings."""
    caveats: list[Texts]
    improve: list[Texts]
    """What improves it."""
    sql: str
    """The statement that computes it by month."""


def texts(message: str) -> Texts:
    """Return a message in each language, on one line."""
    return {tag: " ".join(translate(message, tag).split()) for tag in LANGUAGES}


def kpi_names(workspace: Workspace) -> KpiNames:
    """Return every KPI, the core ones first, then by name."""
    ordered = sorted(workspace.kpis, key=lambda made: (not made.core, made.name))
    return KpiNames(kpis=[_name(made) for made in ordered])


def _name(made: Kpi) -> KpiName:
    return KpiName(
        name=made.name,
        titles=texts(made.title),
        words=texts(made.get().wording),
        unit=made.unit,
        better=made.better,
        group=made.group,
        roles=list(made.roles),
        core=made.core,
        usual=made.usual,
        variants=list(made.variants),
        cohorts=list(made.triangles),
    )


def kpi_definition(workspace: Workspace, name: str, variant: str | None = None) -> KpiDefinition:
    """Return all about a KPI, one of its variants in depth (the usual one for None)."""
    from kadar.explanation import explain

    made = workspace.kpis[name]
    found = explain(made, variant, workspace)
    return KpiDefinition(
        name=made.name,
        titles=texts(made.title),
        unit=made.unit,
        better=made.better,
        group=made.group,
        roles=list(made.roles),
        core=made.core,
        variant=found.chosen.name,
        variants=[_variant(one) for one in found.variants],
        cohorts={key: texts(one.wording) for key, one in made.triangles.items()},
        settings={
            key: Setting(default=plain(default), in_force=plain(here))
            for key, (default, here) in found.settings.items()
        },
        target=found.target,
        dimensions=found.dimensions,
        reads=found.reads,
        caveats=[texts(text) for text in made.caveats],
        improve=[texts(text) for text in made.improve],
        sql=found.sql,
    )


def _variant(one: Explained) -> KpiVariant:
    from kadar.show.formula import written

    formula = written(one.formula)
    return KpiVariant(
        name=one.name,
        usual=one.usual,
        words=texts(one.wording),
        unit=one.unit,
        formula=formula.arithmetic,
        rows=formula.rows,
        reported_by=one.reported_by,
        version=one.version,
        lacks=one.lacks,
    )
