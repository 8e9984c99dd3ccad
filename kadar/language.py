"""The reader's language: messages from the catalogues in `kadar/locales`."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter

LANGUAGES = ("en", "ms", "zh_CN")
LOCALES = Path(__file__).parent / "locales"

# One message of a catalogue; its texts may run over several quoted lines.
_MESSAGE = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)
_LETTERS = 6


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "mark, translate later")
    """Mark a message for translation without translating it yet."""
    return message


def translate(message: str, language: str = "en") -> str:
    """Return `message` in `language`; the English itself where the catalogue lacks it.

    A message that was filled in already (a reason kept in the store, a note) is found by its
    template.
    """
    if language == "en" or not message:
        return message
    return catalogue(language).get(message) or _retold(message, language)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Messages of one language by their English text; empty for a language there is none of."""
    path = LOCALES / language / "LC_MESSAGES" / "kadar.po"
    if not path.exists():
        return {}
    # Read here in a few milliseconds: Babel's reader takes as long as a question.
    found = _MESSAGE.finditer(path.read_text("utf-8"))
    read = {_text(message[1]): _text(message[2]) for message in found}
    return {message: said for message, said in read.items() if message and said}


def _text(quoted: str) -> str:
    return "".join(map(json.loads, quoted.splitlines()))


@lru_cache(maxsize=10_000)
def _retold(message: str, language: str) -> str:
    for longest, template, said in _templates(language):
        if longest in message:
            found = _pattern(template).fullmatch(message)
            if found:
                return said.format(**found.groupdict())
    return message


@cache
def _templates(language: str) -> list[tuple[str, str, str]]:
    """Return the templates, those that say most first: a text each must hold, it, its translation.

    One with few letters of its own (`{low} to {high}`) is no sentence and would fit anything.
    """
    sized: list[tuple[int, str, str, str]] = []
    for template, said in catalogue(language).items():
        parts = list(Formatter().parse(template))
        texts = [text for text, *_ in parts]
        letters = sum(map(str.isalpha, "".join(texts)))
        if letters >= _LETTERS and any(name for _, name, *_ in parts):
            sized.append((letters, max(texts, key=len), template, said))
    return [(longest, template, said) for _, longest, template, said in sorted(sized)[::-1]]


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what matches a template filled in; a name that stands twice is the same twice."""
    pattern, seen = "", set()
    for text, name, *_ in Formatter().parse(template):
        pattern += re.escape(text)
        if name:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*)"
            seen.add(name)
    return re.compile(pattern, re.DOTALL)
