"""Zoho CRM's ways to say which records there are: lists, COQL, counts, and what was deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kadar.sources.zoho.api import Api, InfoPages, Record
from kadar.sources.zoho.verdicts import Refused

if TYPE_CHECKING:
    from kadar.sources.zoho.modules import Module

V8 = "/crm/v8"
PER_PAGE = 200
AT_ONCE = 2000  # rows of one COQL answer
FIELDS = 50  # fields of one question
IDS = 100  # records asked for by their ids at once
EXPIRED = {"EXPIRED_VALUE", "TOKEN_BOUND_DATA_MISMATCH"}
# What COQL does not do: without its own permission, and for modules it does not know.
_NOT_BY_QUERY = {
    "OAUTH_SCOPE_MISMATCH", "NO_PERMISSION", "INVALID_QUERY", "SYNTAX_ERROR", "INVALID_MODULE",
    "MODULE_NOT_SUPPORTED", "LIMIT_EXCEEDED",
}  # fmt: skip
_LOOKUPS = {"lookup", "ownerlookup", "userlookup"}


@dataclass(frozen=True)
class Described:
    """The fields of a module that are asked for, and which of them look another record up."""

    fields: tuple[str, ...]
    lookups: frozenset[str]
    missing: tuple[str, ...]  # the mapping wants them, the account cannot see them
    beyond: tuple[str, ...]  # more fields than one question takes


@dataclass
class Crm:
    """Zoho CRM, asked in its eighth version."""

    api: Api
    described: dict[str, Described] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When Zoho answered last, by its own clock (UTC)."""
        return self.api.moment or datetime.now(UTC)

    def describe(self, module: Module, custom: Sequence[str]) -> Described:
        """Find out which fields of a module this account can see. Raises `Refused`."""
        if module.name not in self.described:
            said = self.api.get(f"{V8}/settings/fields", {"module": module.name})
            types = {one["api_name"]: one.get("data_type") for one in said.get("fields", [])}
            wanted = list(dict.fromkeys([*module.wanted, *custom]))
            there = [name for name in wanted if name in types]
            self.described[module.name] = Described(
                tuple(there[:FIELDS]),
                frozenset(name for name in there if types[name] in _LOOKUPS),
                tuple(name for name in wanted if name not in types),
                tuple(there[FIELDS:]),
            )
        return self.described[module.name]

    def count(self, module: str) -> int:
        """Return how many records a module has, as Zoho counts them."""
        return int(self.api.get(f"{V8}/{module}/actions/count").get("count", 0))

    def listed(
        self,
        module: str,
        fields: Sequence[str],
        since: datetime | None = None,
        token: str | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[list[Record], Record]]:
        """Yield pages in the order of ids, of records changed since a moment if given.

        Where records change meanwhile that order stays, and by token none is skipped.
        """
        params = {
            "fields": ",".join(fields),
            "per_page": str(PER_PAGE),
            "sort_by": "id",
            "sort_order": "asc",
            **(more or {}),
        }
        headers = {"If-Modified-Since": stamp(since)} if since else {}
        yield from self.api.pages(f"{V8}/{module}", params, InfoPages(token), headers=headers)

    def of_ids(
        self, module: str, fields: Sequence[str], ids: Sequence[str], more: Mapping[str, str]
    ) -> Iterator[list[Record]]:
        """Yield the records that have these ids, as far as there are any."""
        for start in range(0, len(ids), IDS):
            params = {"fields": ",".join(fields), "ids": ",".join(ids[start : start + IDS])}
            yield self.api.get(f"{V8}/{module}", {**params, **more}).get("data", [])

    def query(self, module: str, fields: Sequence[str], after: str) -> Iterator[list[Record]]:
        """Yield records by COQL in the order of ids, those after an id: none can be skipped."""
        limit = AT_ONCE
        while True:
            said = (
                f"select {', '.join(fields)} from {module} where id > {int(after)} "
                f"order by id asc limit {limit}"
            )
            try:
                answer = self.api.post(f"{V8}/coql", {"select_query": said})
            except Refused as refused:
                if refused.said != "LIMIT_EXCEEDED" or limit == PER_PAGE:
                    raise
                limit = PER_PAGE  # editions and older accounts allow less at once
                continue
            rows: list[Record] = answer.get("data") or []
            if rows:
                yield rows
            if not rows or not (answer.get("info") or {}).get("more_records"):
                return
            after = str(rows[-1]["id"])

    def can_query(self, module: str) -> bool:
        """Tell whether COQL reads a module for this account."""
        try:
            said = f"select id from {module} where id > 0 order by id asc limit 1"
            self.api.post(f"{V8}/coql", {"select_query": said})
        except Refused as refused:
            if refused.said in _NOT_BY_QUERY:
                return False
            raise
        return True

    def deleted(self, module: str, kind: str, since: datetime | None) -> set[str]:
        """Return the ids in the recycle bin (`recycle`) or deleted for good (`permanent`)."""
        headers = {"If-Modified-Since": stamp(since)} if since else {}
        found: set[str] = set()
        for rows, _ in self.api.pages(
            f"{V8}/{module}/deleted",
            {"type": kind, "per_page": str(PER_PAGE)},
            InfoPages(),
            headers=headers,
        ):
            found.update(str(row["id"]) for row in rows)
        return found


def stamp(moment: datetime) -> str:
    """Return a moment as Zoho's headers and queries take it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def moment_of(text: Any) -> datetime | None:
    """Return the moment Zoho wrote, with its offset, or None."""
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None
