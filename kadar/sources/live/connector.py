"""A connector: how one live system says what it has, what changed and what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

    from kadar.sources.live.session import Judge, Session

# Whatever JSON can hold: a connector's own note of where a reading ended.
Mark = Any


@dataclass(frozen=True)
class Object:
    """One kind of record a system has: `Opportunity`, `deals`.

    `columns` are those of the view that the mapping's SQL selects from, each with the JSON path of
    its value in a record: scalars are there as text, lists and objects as JSON, what a record
    lacks as NULL. `tables` are the model's tables whose custom columns are read from its records.
    """

    name: str
    columns: Mapping[str, str]
    key: str = "$.id"  # JSON path of what makes a record the same record
    modified: str | None = None  # JSON path of its last change: of two versions the later counts
    tables: tuple[str, ...] = ()
    within: str = "$"  # JSON path below which the custom fields of a record are


def columns(*names: str, within: str = "") -> dict[str, str]:
    """Return columns called as their values are in a record, below the path `within` if given."""
    return {name: f'${within}."{name}"' for name in names}


@dataclass(frozen=True)
class Batch:
    """Some of the records of a reading, as the system sent them: usually one page.

    `gone` are keys the system says were deleted; `present` keys it says it has, without their
    records. `cursor` is where a reading goes on that is killed after this batch (None: it begins
    anew); `mark` is where the next reading begins once this one is through; `total` how many
    records the system itself counts. Of each the last one given counts.
    """

    records: Sequence[Mapping[str, Any]] = ()
    gone: Sequence[str] = ()
    present: Sequence[str] = ()
    cursor: Any = None
    mark: Mark = None
    total: int | None = None


@dataclass(frozen=True)
class Reading:
    """One pass over an object.

    `whole`: every record there is comes (or is `present`), so what does not come is gone. It must
    not be said of a listing that can skip a record, as one by offset can. `why` says why all is
    read where only changes could have been expected.
    """

    batches: Iterable[Batch]
    whole: bool = False
    why: str = ""  # English, said to the user


@dataclass(frozen=True)
class Secret:
    """A secret a connector needs: `name` in the environment as KADAR_<SOURCE>_<NAME>."""

    name: str
    says: str  # what it is and where the system shows it; translatable
    needed: Callable[[Mapping[str, Any]], bool] = lambda options: True


@dataclass(frozen=True)
class Option:
    """A setting of a connector, under `options` in kadar.toml."""

    name: str
    says: str  # translatable
    usual: Any = None  # None: it must be given, unless `needed` is False
    needed: bool = True


@dataclass(frozen=True)
class Permission:
    """A permission to give in the system, and the model's tables that stay empty without it."""

    name: str  # as the system calls it
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a test of the credentials found out."""

    account: str  # who we are there, in words
    readable: Mapping[str, str | None]  # by object: None, or why it cannot be read (English)


class Access(Protocol):
    """What a connector is given: its settings, its secrets and a way to the network."""

    @property
    def options(self) -> Mapping[str, Any]:
        """The source's `options`, the usual ones filled in."""

    @property
    def custom(self) -> Mapping[str, Sequence[str]]:
        """By object: further names of the records' fields that kadar.toml maps."""

    @property
    def moment(self) -> datetime:
        """When this sync began (aware, UTC): records learnt by it are learnt at this moment."""

    @property
    def time_zone(self) -> str:
        """The company's time zone."""

    @property
    def name(self) -> str:
        """The source's name in kadar.toml."""

    @property
    def folder(self) -> Path:
        """The project's folder."""

    def secret(self, name: str) -> str:
        """Return a secret; raises KDR-SRC-002 where there is none."""

    def find_secret(self, name: str) -> str | None:
        """Return a secret, or None where there is none: what was remembered, or is optional."""

    def remember(self, name: str, value: str) -> None:
        """Keep a secret that the system gave anew, such as a rotated refresh token."""

    def session(self, judge: Judge | None = None, per_second: float | None = None) -> Session:
        """Return an HTTP session that retries, waits and signs in anew as `judge` tells it."""

    def note(self, text: str) -> None:
        """Say something to the user (English, translatable): what was skipped, and why."""

    def changed(self, name: str, after: int) -> tuple[list[str], int]:
        """Return the keys of an object's records landed after a position, and the position now.

        The position (0 at first) makes a mark for objects that are read record by record: the
        history of each deal that changed. Records that are gone are not returned.
        """

    def known(self, name: str) -> int:
        """Return how many records of an object are landed now and not gone."""


class Connector(Protocol):
    """One live system. Made anew for every sync; `kadar.sources` entry points name a `Live` of it.

    One that keeps something open is `Closing`, too.

    The mapping lies beside it: `mapping/<table>.sql`, one SELECT a table of the model.
    """

    options: ClassVar[Sequence[Option]] = ()
    secrets: ClassVar[Sequence[Secret]] = ()
    permissions: ClassVar[Sequence[Permission]] = ()

    def __init__(self, access: Access) -> None: ...

    def objects(self) -> Sequence[Object]:
        """Return the objects in the order they are read; asks the system nothing."""

    def test(self) -> Found:
        """Sign in and find out what can be read. Raises KDR-SRC errors."""

    def read(self, name: str, mark: Mark, cursor: Any) -> Reading:
        """Begin (`mark` None), or go on from the mark of the last pass that was through.

        `cursor` is that of the last batch landed where a pass was killed, else None. An object
        that cannot be read raises `Unreadable`; the others go on and its rows stay.
        """


@runtime_checkable
class Closing(Protocol):
    """What lets go of what it has opened when the sync, or the test, is over."""

    def close(self) -> None:
        """Close it; what was never opened is none of its business."""


@dataclass
class Unreadable(Exception):  # noqa: N818  (it is no failure: it is said, and the sync goes on)
    """An object that this account cannot read: said to the user, its rows stay as they are."""

    why: str  # English, translatable
    details: dict[str, object] = field(default_factory=dict)
