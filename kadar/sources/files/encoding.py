"""Which encoding a text file is in: told by its mark, else by its bytes, all of them."""

from __future__ import annotations

import codecs
from pathlib import Path

from kadar.errors import KadarError
from kadar.language import N_
from kadar.sources.files.asian_text import scripts_of, side_by_side

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

    UTF-8 is taken only if the whole file is valid UTF-8. Otherwise the East Asian encoding under
    which its characters are everyday ones (GB18030, Big5, Shift-JIS, Korean's); otherwise
    Windows-1252, or Latin-1 where a byte has no meaning in Windows-1252. Raises KDR-FIL-014 where
    the bytes are words of another script.
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
    beyond = _beyond_ascii(path)
    for script in scripts_of(beyond):
        for codec in script.codecs:
            if decodes(path, codec):
                return codec
    if side_by_side(beyond):
        raise KadarError(
            "KDR-FIL-014",
            N_("What encoding the file {path} is in cannot be told."),
            N_(
                "Save it as UTF-8, or name it in the source in kadar.toml, as in "
                'encoding = "big5" (or "shift_jis", "euc_kr", "cp1251", "cp874" …).'
            ),
            path=path.name,
        )
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


def _beyond_ascii(path: Path) -> bytes:
    """Return the lines of the file that are not ASCII alone, up to enough of them."""
    found = bytearray()
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                found += line
                if len(found) > CHUNK:
                    break
    return bytes(found)
