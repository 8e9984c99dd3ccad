"""Which encoding a text file is in: told by its mark, else by its bytes, all of them."""

from __future__ import annotations

import codecs
from pathlib import Path

CHUNK = 1 << 22
MARKS = (  # longest first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """Return the Python name of the encoding of the file at `path`.

    UTF-8 is taken only if the whole file is valid UTF-8. Otherwise GB18030 if the file is valid in
    it and its letters look like Chinese; otherwise Windows-1252, or Latin-1 where a byte has no
    meaning in Windows-1252.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if unmarked := _utf16(head):
        return unmarked
    if decodes(path, "utf-8"):
        return "utf-8"
    if _chinese(path) and decodes(path, "gb18030"):
        return "gb18030"
    return "cp1252" if decodes(path, "cp1252") else "latin-1"


def decodes(path: Path, encoding: str) -> bool:
    """Tell whether every byte of the file has a meaning in `encoding`; reads it in pieces."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII part is zero."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    low, high = head[: pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if high * 2 > pairs and low * 8 < pairs:
        return "utf-16-le"
    if low * 2 > pairs and high * 8 < pairs:
        return "utf-16-be"
    return None


def _chinese(path: Path) -> bool:
    """Do the bytes above ASCII come in pairs of GB2312, as in Chinese, or alone, as in French?"""
    paired = alone = 0
    with path.open("rb") as file:
        while (chunk := file.read(CHUNK)) and paired + alone < 10_000:
            at = 0
            while at < len(chunk) - 1:
                if chunk[at] < 0x80:
                    at += 1
                elif 0xA1 <= chunk[at] <= 0xF7 and chunk[at + 1] >= 0xA1:
                    paired += 1
                    at += 2
                else:
                    alone += 1
                    at += 1
    return paired > alone
