"""What a page loads from ourselves: style, script and Vega, named by content, kept for ever."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from kadar.whole_file import write_whole

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
VEGA = "vega.js"


@cache
def content(name: str) -> bytes:
    """Return a file of `static/`. Raises FileNotFoundError for another."""
    room = files("kadar.web") / "static"
    if name not in {entry.name for entry in room.iterdir()}:
        raise FileNotFoundError(name)
    return (room / name).read_bytes()


@cache
def address(name: str) -> str:
    """Return the address of an asset: it holds a digest of the content, so it never changes."""
    digest = _vega_digest() if name == VEGA else sha256(content(name)).hexdigest()[:12]
    return f"/static/{digest}/{name}"


def _vega_digest() -> str:
    from importlib.metadata import version

    return sha256(version("vl-convert-python").encode()).hexdigest()[:12]


def vega(folder: Path) -> bytes:
    """Return Vega's JavaScript, made once by vl-convert (4 s), then kept."""
    file = folder / f"vega-{_vega_digest()}.js"
    try:
        return file.read_bytes()
    except OSError:
        pass
    import vl_convert

    bundle: Any = vl_convert.javascript_bundle  # its stub forgets that the snippet has a default
    made = str(bundle()).encode()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, made)
    except OSError:  # a folder nobody may write to: made again at the next start
        pass
    return made
