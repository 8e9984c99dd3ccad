"""Associations: what a record belongs to, in one form, the primary company first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kadar.errors import KadarError
from kadar.sources.hubspot.api import MOST_LINKED
from kadar.sources.hubspot.judge import MISSING

if TYPE_CHECKING:
    from kadar.sources.hubspot.api import Api
    from kadar.sources.hubspot.records import Kind


def listed(api: Api, kind: Kind, records: Sequence[dict[str, Any]]) -> None:
    """Bring the associations that came with a list into one form; ask for what did not fit."""
    for record in records:
        said: dict[str, Any] = {
            name.replace(" ", "_"): links
            for name, links in (record.get("associations") or {}).items()
        }
        made: dict[str, list[str]] = {}
        for to in kind.to:
            links = said.get(to) or {}
            if ((links.get("paging") or {}).get("next") or {}).get("after"):
                made[to] = _asked(api, kind.name, to, [str(record["id"])])[str(record["id"])]
            else:
                made[to] = _first(
                    (str(one["id"]), _primary(str(one.get("type")), to))
                    for one in links.get("results") or ()
                )
        record["associations"] = made


def asked(api: Api, kind: Kind, records: Sequence[dict[str, Any]]) -> None:
    """Ask for the associations of records, which searches and batches do not give."""
    ids = [str(record["id"]) for record in records]
    for record in records:
        record["associations"] = {}
    for to in kind.to:
        found: dict[str, list[str]] = {}
        for start in range(0, len(ids), MOST_LINKED):
            found |= _asked(api, kind.name, to, ids[start : start + MOST_LINKED])
        for record in records:
            record["associations"][to] = found.get(str(record["id"]), [])


def _asked(api: Api, kind: str, to: str, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the associated ids of each record, page after page where there are many."""
    found: dict[str, list[tuple[str, bool]]] = {one: [] for one in ids}
    asking: list[tuple[Sequence[str], str | None]] = [(ids, None)]
    while asking:
        of, after = asking.pop()
        try:
            answers = api.links(kind, to, of, after) if of else []
        except KadarError as error:
            if error.code != MISSING:
                raise
            continue  # without the scope of `to` its ids would lead nowhere
        for said in answers:
            one = str(said["from"]["id"])
            found[one] += [(str(link["toObjectId"]), _labelled(link)) for link in said["to"]]
            following = ((said.get("paging") or {}).get("next") or {}).get("after")
            if following:
                asking.append(([one], str(following)))
    return {one: _first(links) for one, links in found.items()}


def _primary(said: str, to: str) -> bool:
    return to == "companies" and said.endswith(("_to_company", "_to_primary_company"))


def _labelled(link: Mapping[str, Any]) -> bool:
    return any(one.get("label") == "Primary" for one in link.get("associationTypes") or ())


def _first(links: Iterable[tuple[str, bool]]) -> list[str]:
    """Return each id once, the primary one first, else by number: any order must give the same."""
    primary: dict[str, bool] = {}
    for one, first in links:
        primary[one] = primary.get(one, False) or first
    return sorted(primary, key=lambda one: (not primary[one], len(one), one))
