"""Tokens that let programs and readers in. Of each only a hash is kept; it is shown once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe

from kadar.errors import FAILED, NO, KadarError
from kadar.language import N_
from kadar.whole_file import write_whole

PREFIX = "kdr_"  # so that a token left somewhere is known for what it is
BYTES = 32  # of chance in a token: too many to guess, so a plain hash of it can be kept


@dataclass(frozen=True)
class Token:
    """Whose token it is, and when it was made (aware, UTC)."""

    name: str
    made_at: datetime


class Tokens:
    """The tokens of one project, in `tokens.json` of its store folder, for its owner alone."""

    def __init__(self, project_folder: Path) -> None:
        self._file = project_folder / "store" / "tokens.json"
        self._read: tuple[tuple[int, int, int], dict[str, dict[str, str]]] | None = None

    def new(self, name: str) -> str:
        """Make a token and return it; it cannot be shown again.

        Raises KDR-WEB-028 for what is no name, KDR-WEB-026 where the name has one already.
        """
        if not re.fullmatch(r"[\w-]{1,64}", name):
            raise KadarError(
                "KDR-WEB-028",
                N_("{name} is no name for a token."),
                N_("Use letters, digits, - and _, at most 64."),
                name=name,
            )
        token = PREFIX + token_urlsafe(BYTES)
        with self._changing() as held:
            if name in held:
                raise KadarError(
                    "KDR-WEB-026",
                    N_("{name} has a token already."),
                    N_("Choose another name, or take it back first: kadar token revoke {name}"),
                    exit_code=NO,
                    name=name,
                )
            held[name] = {"sha256": _hash(token), "made_at": datetime.now(UTC).isoformat()}
        return token

    def all(self) -> list[Token]:
        """Return the tokens there are, by name."""
        return [
            Token(name, datetime.fromisoformat(one["made_at"]))
            for name, one in sorted(self._held().items())
        ]

    def revoke(self, name: str) -> None:
        """Take a token back: it is refused from now on. Raises KDR-WEB-027 where there is none."""
        with self._changing() as held:
            if name not in held:
                raise KadarError(
                    "KDR-WEB-027",
                    N_("{name} has no token."),
                    N_("These have one: {names}."),
                    exit_code=NO,
                    name=name,
                    names=", ".join(sorted(held)) or "-",
                )
            del held[name]

    def holder(self, token: str) -> str | None:
        """Return whose token it is; None where it is nobody's. Takes as long for any."""
        given, found = _hash(token), None
        for name, one in self._held().items():
            if compare_digest(one["sha256"], given):
                found = name
        return found

    def let_in(self, given: str | None) -> str:
        """Return whose token was given.

        Raises KDR-WEB-022 where none was, KDR-WEB-030 where it is nobody's.
        """
        if given is None:
            raise KadarError(
                "KDR-WEB-022",
                N_("A token is needed."),
                N_(
                    "Send it as Authorization: Bearer …, or sign in. Who runs the server makes "
                    "one: kadar token new NAME"
                ),
            )
        name = self.holder(given)
        if name is None:
            raise KadarError(
                "KDR-WEB-030",
                N_("This token is not known."),
                N_(
                    "It may have been taken back. Who runs the server makes a new one: "
                    "kadar token new NAME"
                ),
            )
        return name

    def _held(self) -> dict[str, dict[str, str]]:
        try:
            state = self._file.stat()
        except FileNotFoundError:
            return {}
        stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
        if self._read is None or self._read[0] != stamp:
            try:
                made = json.loads(self._file.read_text("utf-8"))
                read = {str(n): {k: str(one[k]) for k in ("sha256", "made_at")}
                        for n, one in made.items()}  # fmt: skip
            except (ValueError, TypeError, KeyError, AttributeError) as broken:
                raise KadarError(
                    "KDR-WEB-029",
                    N_("The tokens cannot be read: {file} is broken."),
                    N_("Mend the file, or remove it and give new tokens."),
                    exit_code=FAILED,
                    file=self._file,
                ) from broken
            self._read = stamp, read
        return self._read[1]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, str]]]:
        from filelock import FileLock

        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock")):
            held = dict(self._held())
            yield held
            write_whole(self._file, json.dumps(held, indent=1), private=True)
        self._read = None


def bearer(authorization: str) -> str | None:
    """Return the token of an Authorization header; None where it holds none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
