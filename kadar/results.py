"""Answers kept beside the store, by data version: what was asked before is read, not computed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import msgspec

from kadar import __version__
from kadar.answer import Answer, Refusal, Row
from kadar.errors import KadarError
from kadar.kpi import Kpi
from kadar.measure.question import Question
from kadar.project import Project
from kadar.whole_file import write_whole

Kind = TypeVar("Kind")
LONGEST = 20_000  # rows of an answer that is kept
MOST = 5_000  # answers kept of one data version


class _Refused(msgspec.Struct, array_like=True):
    kpi: str
    variant: str
    code: str
    message: str
    remedy: str
    exit_code: int
    details: dict[str, str]


class _Kept(msgspec.Struct, array_like=True):
    """An answer as it lies on disk."""

    rows: list[Row]
    observed_until: datetime | None
    assumed: bool
    data_version: str
    notes: list[str]
    refused: list[_Refused]


class Results:
    """The answers kept of one data version of a project.

    A key is the meaning of what is asked: the formulas under the company's settings, the question,
    the moment as of which, the version of kadar. So a changed definition is asked anew.
    """

    def __init__(self, project: Project, version: str) -> None:
        self._project = project
        self._folder = project.folder / "store" / "results" / version

    def key(
        self,
        wanted: Sequence[tuple[Kpi, str]],
        question: Question,
        as_of: datetime | None,
        *extra: object,
    ) -> str:
        """Return the key of KPIs and their variants asked under one question."""
        meanings = []
        for kpi, variant in wanted:
            given = {k: v for k, v in self._project.kpi.get(kpi.name, {}).items() if k != "target"}
            made = kpi.get(variant)
            meanings.append(
                (kpi.name, variant, made.unit, made.note, str(kpi.formula(variant, given)))
            )
        asked = (__version__, self._project.company, meanings, question, as_of, extra)
        return sha256(repr(asked).encode()).hexdigest()[:32]

    def get(self, key: str, question: Question) -> Answer | None:
        """Return the answer kept under a key; None where there is none."""
        try:
            kept = msgspec.msgpack.decode(self._file(key).read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):  # not there, or written by another kadar
            return None
        refused = [
            Refusal(
                one.kpi,
                one.variant,
                KadarError(
                    one.code, one.message, one.remedy, exit_code=one.exit_code, **one.details
                ),
            )
            for one in kept.refused
        ]
        return Answer(
            kept.rows, question, kept.observed_until, kept.assumed, kept.data_version,
            kept.notes, refused,
        )  # fmt: skip

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer; where nothing may be written, or it is very long, do nothing."""
        if len(answer.rows) > LONGEST:
            return
        kept = _Kept(
            answer.rows, answer.observed_until, answer.assumed, answer.data_version,
            answer.notes, [_refused(one) for one in answer.refused],
        )  # fmt: skip
        self.keep(key, kept)

    def kept(self, key: str, kind: type[Kind]) -> Kind | None:
        """Return what else was kept under a key, read as what it was; None where it is not there.

        What `keep` takes is any value that msgspec writes.
        """
        try:
            return msgspec.msgpack.decode(self._file(key).read_bytes(), type=kind)
        except (OSError, msgspec.MsgspecError):
            return None

    def keep(self, key: str, content: object) -> None:
        """Keep a value; where nothing may be written, do nothing."""
        try:
            self._room()
            if sum(1 for _ in self._folder.iterdir()) >= MOST:
                return
            write_whole(self._file(key), msgspec.msgpack.encode(content))
        except OSError:
            pass

    def file(self, key: str, suffix: str) -> Path | None:
        """Return where a file may be kept under a key; None where nothing may be written."""
        try:
            self._room()
        except OSError:
            return None
        return self._folder / f"{key}{suffix}"

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.msgpack"

    def _room(self) -> None:
        """Make the folder; answers of other data versions go when a new version begins."""
        if self._folder.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for other in self._folder.parent.iterdir():
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)


def _refused(one: Refusal) -> _Refused:
    error = one.error
    details = {name: str(value) for name, value in error.details.items()}
    return _Refused(
        one.kpi, one.variant, error.code, error.message, error.remedy, error.exit_code, details
    )
