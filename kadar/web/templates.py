"""Pages out of Jinja templates in `html/`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kadar.web import assets, suffix
from kadar.web.sparkline import points

if TYPE_CHECKING:
    from jinja2 import Environment

    from kadar.web.visit import Visit


@cache
def environment() -> Environment:
    """Return the templates: everything is escaped, an unknown name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("kadar.web", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(asset=assets.address, sparkline=points, suffixes=suffix.suffixes)
    return made


def render(name: str, visit: Visit, **given: Any) -> str:
    """Return a page: `v` is the visit, `t` translates, the rest is what the view gives."""
    from kadar.web.page import pages

    navigation = [page for page in pages() if page.place is not None]
    page, place = given.pop("page", None), given.pop("place", {})
    parts = {name: quote(part, safe="") for name, part in place.items()}
    stem = page.path.format(**parts).rstrip("/") if page else ""
    return (
        environment()
        .get_template(name)
        .render(v=visit, t=visit.t, navigation=navigation, page=page, stem=stem, **given)
    )
