"""What was made for one data version and is given again: pages, panels, charts."""

from __future__ import annotations

import gzip
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import NamedTuple

LARGEST = 64 * 1024 * 1024  # bytes kept in all
WORTH_IT = 1000  # bytes from which a body is sent compressed
SMALLER = ("text/", "application/json", "image/svg")  # what compressing makes smaller


class Made(NamedTuple):
    """A body, its media type, its entity tag, a `Link` header where there is one.

    `zipped` is the body compressed, empty where that is not worth it.
    """

    body: bytes
    media_type: str
    tag: str
    link: str = ""
    zipped: bytes = b""


def compressed(body: bytes, media_type: str) -> bytes:
    """Return a body compressed with gzip; empty where that is not worth it."""
    if len(body) < WORTH_IT or not media_type.startswith(SMALLER):
        return b""
    return gzip.compress(body, 6, mtime=0)


class Kept:
    """Bodies by key, the least recently used forgotten first; safe for threads.

    Several who ask for the same thing at once wait for the one who makes it.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._held: OrderedDict[Hashable, Made] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._making: dict[Hashable, Lock] = {}

    def held(self, key: Hashable) -> Made | None:
        """Return what is kept under the key; None where there is nothing."""
        with self._lock:
            if (held := self._held.get(key)) is not None:
                self._held.move_to_end(key)
            return held

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is kept under the key; make and keep it where there is none."""
        if (held := self.held(key)) is not None:
            return held
        with self._lock:
            making = self._making.setdefault(key, Lock())
        with making:
            if (held := self.held(key)) is not None:
                return held
            try:
                made = make()
                self._put(key, made)
                return made
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def _put(self, key: Hashable, made: Made) -> None:
        with self._lock:
            self._held[key] = made
            self._size += _size(made)
            while self._size > self._largest and len(self._held) > 1:
                _, gone = self._held.popitem(last=False)
                self._size -= _size(gone)


def _size(made: Made) -> int:
    return len(made.body) + len(made.zipped)
