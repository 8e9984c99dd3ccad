"""Tests of changes, kept by data version: what was tested before needs no engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec

from kadar.errors import KadarError
from kadar.insight.change import Change
from kadar.kpi import Kpi
from kadar.measure.question import Elapsed, Question

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.asking import Asking
    from kadar.measure.running import Running
    from kadar.workspace import Workspace


class _Tested(msgspec.Struct, array_like=True):
    lower: float | None
    upper: float | None
    p: float | None
    test: str | None
    verdict: str | None


class _Ran(msgspec.Struct, array_like=True):
    opens: date
    earlier: date
    days: int
    finished: bool


class Comparer:
    """Compares rows of a workspace's answers; opens its data only where it must."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._results, self._version = workspace.results()

    def __enter__(self) -> Comparer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if "asking" in self.__dict__:
            self.asking.__exit__(kind, error, trace)

    @cached_property
    def asking(self) -> Asking:
        """The data, open."""
        from kadar.asking import Asking

        return Asking(self._workspace.project, self._workspace.as_of)

    def compare(
        self, kpi: Kpi, variant: str, question: Question, pairs: Sequence[tuple[Row, Row]]
    ) -> list[Change]:
        """Test the changes of pairs of rows that answer the question; see `compared`."""
        places = [(a.opens, b.opens, list(map(str, b.dimensions.values()))) for a, b in pairs]
        key = self._key([(kpi, variant)], question, "tests", places)
        kept = self._results.kept(key, list[_Tested]) if key else None
        if kept is None:
            from kadar.insight.comparison import compared

            formula = self.asking.formula(kpi, variant)
            made = compared(self.asking, formula, question, pairs)
            kept = [_Tested(one.lower, one.upper, one.p, one.test, one.verdict) for one in made]
            self._keep(key, kept)
        return [
            Change(before, after, one.lower, one.upper, one.p, one.test, one.verdict)
            for (before, after), one in zip(pairs, kept, strict=True)
        ]

    def running(self, grain: str, *, working: bool = False) -> Running | None:
        """Return the period that runs; None where none does, or no whole day of it is known."""
        from kadar.measure.running import Running

        if grain in ("day", "all"):
            return None
        key = self._key([], Question(grain), "running", working)
        kept = self._results.kept(key, _Ran) if key else None
        if kept is None:
            try:
                found = self.asking.to_date(grain, working=working)
            except KadarError:
                return None
            kept = _Ran(found.opens, found.earlier, found.elapsed.days, found.finished)
            self._keep(key, kept)
        if kept.finished:
            return None
        return Running(kept.opens, kept.earlier, Elapsed(kept.days, working), finished=False)

    def _key(self, wanted: list[tuple[Kpi, str]], question: Question, *extra: object) -> str | None:
        if self._version is None:
            return None
        return self._results.key(wanted, question, self._workspace.as_of, *extra)

    def _keep(self, key: str | None, content: Any) -> None:
        if key and self.asking.data_version == self._version:  # else a sync came between
            self._results.keep(key, content)
