"""Customers of several systems that are one: what `[[identity]]` in kadar.toml declares."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec import Struct, field

from kadar.errors import nearest
from kadar.language import N_
from kadar.model import TABLES
from kadar.problem import Path, Problem

EMAIL, DOMAIN = "email", "domain"
COLUMNS = [c.name for c in TABLES["customers"].columns if c.type == "text"]


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[identity]]` table: customers of one source that are those of another.

    Whom the first names, the second says who it is: its customer stands for both. Ways to know
    one are tried in turn, the first that finds exactly one customer counts.
    """

    source: str  # whose customers are looked for …
    among: str  # … among the customers of this source
    # "email", "domain", or columns of customers that are the same: "name = customer_id"
    by: list[str] = field(default_factory=lambda: [EMAIL, DOMAIN])


def columns(way: str) -> tuple[str, str] | None:
    """Return the columns that a way compares, of `source` and of `among`; None for e-mail."""
    found = re.fullmatch(r"\s*(\w+)\s*=\s*(\w+)\s*", way)
    return (found.group(1), found.group(2)) if found else None


def problems(at: Path, said: Identity, sources: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with an `[[identity]]` table."""
    for key in ("source", "among"):
        name = getattr(said, key)
        if name not in sources:
            yield Problem(
                (*at, key),
                "KDR-SRC-240",
                N_('{file}, line {line}: there is no source "{value}".'),
                N_("The sources of this project: {known}."),
                {"value": name, "known": nearest(name, list(sources)) or "-"},
            )
    if said.source == said.among:
        yield Problem(
            (*at, "among"),
            "KDR-SRC-241",
            N_("{file}, line {line}: a source is compared with itself."),
            N_("Name two sources; what one source holds twice, kadar duplicates lists."),
            {},
        )
    for number, way in enumerate(said.by):
        pair = columns(way)
        wrong = [name for name in pair or () if name not in COLUMNS]
        if (pair is None and way not in (EMAIL, DOMAIN)) or wrong:
            yield Problem(
                (*at, "by", number),
                "KDR-SRC-242",
                N_('{file}, line {line}: customers cannot be known by "{value}".'),
                N_('Say "email", "domain" or two columns, "name = customer_id"; columns: {known}.'),
                {"value": way, "known": ", ".join(COLUMNS)},
            )
