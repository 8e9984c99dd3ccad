"""Secrets of live sources: from the environment, the key ring or a file that only its owner reads.

They are never in kadar.toml, in the store or in a message: what is said to the user goes through
`Secrets.masked`.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kadar.errors import FAILED, KadarError
from kadar.language import N_
from kadar.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "secrets.toml"
_SERVICE = "kadar"


class Secrets:
    """The secrets of one source of one project."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder, self.source = folder, source
        self._told: set[str] = set()

    def get(self, name: str) -> str:
        """Return a secret. Raises KDR-SRC-002 where it is nowhere, KDR-SRC-006 for an open file."""
        given = self.find(name)
        if given is None:
            raise KadarError(
                "KDR-SRC-002",
                N_("Source {source} has no {name}: it is a secret, and nothing holds it."),
                N_("Run kadar connect {source}, or set {variable} in the environment."),
                exit_code=FAILED,
                source=self.source,
                name=name,
                variable=self.variable(name),
            )
        return given

    def find(self, name: str) -> str | None:
        """Return a secret, or None. What the system gave in its place counts before it."""
        given = next((text for text in self._given(name) if text), None)
        kept = self._kept().get(name)
        if kept is not None and kept["instead_of"] == _digest(given):
            given = kept["value"]
        if given:
            self._told.add(given)
        return given

    def variable(self, name: str) -> str:
        """Return the environment's variable that holds a secret."""
        return "KADAR_" + re.sub(r"\W", "_", f"{self.source}_{name}").upper()

    def remember(self, name: str, given: str) -> None:
        """Keep what the system gave in place of a secret, as long as that stays what it is."""
        first = next((text for text in self._given(name) if text), None)
        kept = self._kept() | {name: {"value": given, "instead_of": _digest(first)}}
        self._told.add(given)
        file = self._file()
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, json.dumps(kept), private=True)

    def masked(self, text: str) -> str:
        """Return a text in which no secret that was asked for can be read."""
        for told in sorted(self._told, key=len, reverse=True):
            if len(told) >= 4:
                text = text.replace(told, "***")
        return text

    def _given(self, name: str) -> Iterator[str | None]:
        yield os.environ.get(self.variable(name))
        yield self._of_the_file(name)
        yield self._of_the_ring(name)

    def _of_the_file(self, name: str) -> str | None:
        file = self.folder / FILE
        if not file.is_file():
            return None
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise KadarError(
                "KDR-SRC-006",
                N_("{file} can be read by others than its owner."),
                N_("Close it: chmod 600 {file}."),
                exit_code=FAILED,
                file=file,
            )
        try:
            said = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise KadarError(
                "KDR-SRC-007",
                N_("{file} is not TOML."),
                N_('Write it as [{source}] and below it client_secret = "…".'),
                file=file,
                source=self.source,
            ) from None
        found = said.get(self.source, {}).get(name)
        return None if found is None else str(found)

    def _of_the_ring(self, name: str) -> str | None:
        with suppress(Exception):  # a machine without a key ring has no secrets in it
            import keyring

            return keyring.get_password(f"{_SERVICE}:{self.folder}", f"{self.source}.{name}")
        return None

    def _file(self) -> Path:
        return self.folder / "store" / "given" / f"{_digest(self.source)[:16]}.json"

    def _kept(self) -> dict[str, dict[str, str]]:
        try:
            kept: dict[str, dict[str, str]] = json.loads(self._file().read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept


def keep_in_file(folder: Path, source: str, given: dict[str, str]) -> Path:
    """Write secrets of a source into the project's file of secrets, mode 600; return the file."""
    import tomlkit

    file = folder / FILE
    document = tomlkit.parse(file.read_text("utf-8")) if file.is_file() else tomlkit.document()
    table = document.setdefault(source, tomlkit.table())
    for name, text in given.items():
        table[name] = text
    write_whole(file, tomlkit.dumps(document), private=True)
    return file


def keep_in_ring(folder: Path, source: str, given: dict[str, str]) -> bool:
    """Put secrets of a source into the system's key ring; tell whether there is one."""
    try:
        import keyring

        for name, text in given.items():
            keyring.set_password(f"{_SERVICE}:{folder}", f"{source}.{name}", text)
    except Exception:  # each system's ring fails in its own way
        return False
    return True


def _digest(text: str | None) -> str:
    return sha256((text or "").encode()).hexdigest()
