"""Which of the East Asian encodings of two bytes a character a file is in, by its characters.

Nearly every byte sequence of one is valid in the others, but means rare characters there. Each of
them lists the characters of everyday use first: the encoding is the one under which nearly all
characters are everyday ones (the first levels of GB 2312, Big5 and JIS X 0208, the syllables of
KS X 1001, kana and punctuation). Letters with accents of a Western file stand alone; East Asian
characters stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 10_000  # characters looked at
EVERYDAY = 0.75  # of the characters, at least
BESIDE = 0.5  # of the characters have another right before them, at least
MANY = 30  # Korean syllables share their bytes with Chinese: only many of them tell


@dataclass(frozen=True)
class Script:
    """An encoding: its codecs, the narrower first, and the bytes of its characters."""

    codecs: tuple[str, ...]
    everyday: bytes
    other: bytes
    at_least: int = 1
    paired: bool = False  # both bytes of everyday characters are beyond ASCII

    @property
    def pattern(self) -> re.Pattern[bytes]:
        """Finds each character beyond ASCII; the group says which kind it is."""
        return re.compile(
            rb"[\x00-\x7f]+|(?P<everyday>" + self.everyday + rb")|(?P<other>" + self.other + rb")|"
            rb"(?P<broken>.)",
            re.DOTALL,
        )


CHINESE = Script(
    ("gb18030",),
    rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]",
    rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x81-\xfe][\x40-\x7e\x80-\xfe]",
    paired=True,
)
TRADITIONAL = Script(
    ("cp950", "big5hkscs"), rb"[\xa1-\xc6][\x40-\x7e\xa1-\xfe]", rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]"
)
JAPANESE = Script(
    ("cp932",),
    rb"[\x81-\x83\x88-\x97][\x40-\x7e\x80-\xfc]",
    rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\xa1-\xdf]",
)
KOREAN = Script(
    ("cp949",),
    rb"[\xa1-\xa3\xb0-\xc8][\xa1-\xfe]",
    rb"[\x81-\xfe][A-Za-z\x81-\xfe]",
    MANY,
    paired=True,
)
SCRIPTS = (KOREAN, CHINESE, TRADITIONAL, JAPANESE)


def scripts_of(head: bytes) -> list[Script]:
    """Return the scripts the bytes may be written in, the likeliest first."""
    found = []
    for script in SCRIPTS:
        everyday, characters, beside = _seen(script.pattern.finditer(head))
        together = script.paired or beside >= BESIDE * characters
        if characters >= script.at_least and together:
            share = everyday / characters
            if share >= EVERYDAY:
                found.append((share, script))
    return [script for _share, script in sorted(found, key=lambda pair: -pair[0])]


def side_by_side(head: bytes) -> bool:
    """Tell whether the bytes beyond ASCII stand in words, as in no Western language."""
    words = re.findall(rb"[\x80-\xff]+", head)
    high = sum(map(len, words))
    return high >= 8 and sum(len(word) for word in words if len(word) > 1) * 2 > high


def _seen(characters: Iterable[re.Match[bytes]]) -> tuple[int, int, int]:
    """Count everyday characters, all of them, and those beside another."""
    everyday = seen = beside = 0
    last, joined = -1, True
    for match in characters:
        if match.lastgroup is None:
            continue
        seen += 1
        everyday += match.lastgroup == "everyday"
        if match.start() == last:
            beside += 1 if joined else 2
            joined = True
        else:
            joined = False
        last = match.end()
        if seen >= ENOUGH:
            break
    return everyday, seen, beside
