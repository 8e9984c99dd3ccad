"""The language the command line speaks: asked for, the company's, the environment's, English."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextvars import ContextVar

from kadar.errors import KadarError, nearest
from kadar.language import LANGUAGES, N_, translate

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_ASKED: ContextVar[str | None] = ContextVar("asked", default=None)


def speak(language: str) -> None:
    """Speak a language from here on."""
    _LANGUAGE.set(language)


def asked() -> str | None:
    """Return the language that `--language` asked for; None where it was not given."""
    return _ASKED.get()


def language() -> str:
    """Return the language spoken now."""
    return _LANGUAGE.get()


def t(message: str, **details: object) -> str:
    """Return a message marked with `N_` in the language spoken, its details filled in."""
    translated = translate(message, language())
    return translated.format(**details) if details else translated


def asked_for(arguments: Sequence[str]) -> str | None:
    """Return what `--language` says among some arguments; None where it is not there."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--language="):
            return argument.partition("=")[2]
        if argument == "--language" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def checked(name: str) -> str:
    """Return the language of a name as people write it (`zh-cn`, `zh`, `ms_MY.UTF-8`).

    Raises KDR-CLI-001 for one that kadar does not speak.
    """
    found = _known(name)
    if found is None:
        raise KadarError(
            "KDR-CLI-001",
            N_("kadar does not speak {language}."),
            N_("These exist: {languages}."),
            language=name,
            languages=nearest(name, list(LANGUAGES)),
        )
    return found


def spoken_in(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Return the language before any project is known: `--language`, else the environment's."""
    given = asked_for(arguments)
    _ASKED.set(None if given is None else checked(given))
    if given is not None:
        return checked(given)
    for variable in ("KADAR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(variable):
            return _known(environment[variable]) or "en"
    return "en"


def _known(name: str) -> str | None:
    plain = name.partition(".")[0].replace("-", "_").casefold()
    for known in LANGUAGES:
        if plain == known.casefold() or plain.partition("_")[0] == known.partition("_")[0]:
            return known
    return None
