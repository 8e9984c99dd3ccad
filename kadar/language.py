"""The reader's language: messages from the catalogues in `kadar/locales`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ms", "zh_CN")
LOCALES = Path(__file__).parent / "locales"


def N_(message: str) -> str:  # noqa: N802  (gettext's own name for "mark, translate later")
    """Mark a message for translation without translating it yet."""
    return message


def translate(message: str, language: str = "en") -> str:
    """Return `message` in `language`; the English itself where the catalogue lacks it."""
    if language == "en" or not message:
        return message
    return catalogue(language).get(message) or message


@cache
def catalogue(language: str) -> dict[str, str]:
    """Messages of one language by their English text; empty for a language there is none of."""
    path = LOCALES / language / "LC_MESSAGES" / "kadar.po"
    if not path.exists():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        read = read_po(file, locale=language)
    return {
        str(message.id): str(message.string)
        for message in read
        if message.id and message.string and not message.fuzzy
    }
