"""A change taken apart, as a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kadar.documents.known import Known, known
from kadar.documents.number import DESCRIBED, Definition, Number, Scalar
from kadar.show.records import plain

if TYPE_CHECKING:
    from kadar.insight.why import Why
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one value of a dimension, or one branch of the KPI's tree, adds to the change."""

    __pydantic_config__ = DESCRIBED

    dimension: str
    """The dimension; `tree` for a branch of the KPI's own parts."""
    value: Scalar
    kind: str
    """both, came, went, no_rate, several; of the tree leaf or branch."""
    before: float | None
    after: float | None
    n_before: int | None
    n_after: int | None
    rate_effect: float | None
    mix_effect: float | None
    effect: float
    """What it adds to the change, in the KPI's unit; a dimension's parts sum to the change."""
    p: float | None
    test: str | None
    verdict: str | None


@dataclass(frozen=True, kw_only=True)
class Changed(Known):
    """Why a KPI changed between two periods."""

    __pydantic_config__ = DESCRIBED

    definition: Definition
    before: Number
    after: Number
    change: float
    p: float | None
    test: str | None
    verdict: str | None
    """`signal`: more than chance; `noise`: chance alone may do it; or `n too small`."""
    numerator_effect: float | None
    denominator_effect: float | None
    searched: list[str]
    """Dimensions that were tried where none was named."""
    parts: list[Part]


def changed(workspace: Workspace, reader: Reader, made: Why) -> Changed:
    """Return a change as a document."""
    whole, *parts = made.records()
    return Changed(
        **known(made.answer),
        definition=Definition.of(workspace, made.kpi, made.variant, reader),
        before=Number.of(made.before, workspace, reader),
        after=Number.of(made.after, workspace, reader),
        change=made.change,
        p=made.p,
        test=reader.t(made.test) if made.test else None,
        verdict=made.verdict,
        numerator_effect=whole["numerator_effect"],
        denominator_effect=whole["denominator_effect"],
        searched=list(made.searched),
        parts=[
            Part(**{name: plain(part[name]) for name in Part.__dataclass_fields__})
            for part in parts
        ],
    )
