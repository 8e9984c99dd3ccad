"""A stand-in of one Dataverse environment and of the sign-in that gives tokens for it."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.vendors.dynamics.query import Refusal, condition, options
from tests.vendors.dynamics.schema import TYPES, TableOf, tables
from tests.vendors.standin import Standin

TENANT, CLIENT, SECRET = "b3a1c6f0-contoso", "5f2d-application", "S3cr3t~of~Contoso"
NAME, TYPE = "OData.Community.Display.V1.FormattedValue", "Microsoft.Dynamics.CRM.lookuplogicalname"
BEHAVIOUR = {"t": "UserLocal", "d": "DateOnly", "w": "TimeZoneIndependent",
             "w0": "TimeZoneIndependent"}  # fmt: skip
Row = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A moment as Dataverse writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def guid(*named: object) -> str:
    """A GUID that is the same for the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join(map(str, named))))


class Dataverse(Standin):
    """The environment: `rows` by table and id; `versions` count every change, as in SQL Server."""

    def __init__(self, page: int = 5000) -> None:
        super().__init__()
        self.page = page  # no page has more records, whatever is preferred
        self.now = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
        self.tables: dict[str, TableOf] = tables()
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in self.tables}
        self.versions: dict[str, dict[str, int]] = {name: {} for name in self.tables}
        self.deleted: dict[str, dict[str, tuple[int, datetime]]] = {n: {} for n in self.tables}
        self.version = 1_000_000
        self.labels: dict[tuple[str, str, int], dict[int, str]] = {}
        self.caller_language = 2052  # of the application user: not what reports are written in
        self.audited: set[str] = set()
        self.forbidden: set[str] = set()
        self.secret, self.member, self.token_lives, self.tokens = SECRET, True, 3599, set[str]()
        self.insert("organization", name="Contoso", languagecode=1033,
                    expirechangetrackingindays=7)  # fmt: skip

    # state --------------------------------------------------------------------------------------

    def insert(self, table: str, key: str | None = None, **values: Any) -> str:
        """Create a record; lookups are (table, id). Returns its id."""
        key = key or guid(table, len(self.rows[table]), self.version)
        known = self.tables[table].columns
        row = dict.fromkeys(known) | {self.tables[table].key: key}
        row |= {n: v for n, v in (("statecode", 0), ("statuscode", 1)) if n in known}
        for name in ("createdon", "modifiedon"):
            if name in known:
                row[name] = stamp(self.now)
        self._write(table, key, row | values, row, values)
        return key

    def update(self, table: str, key: str, **values: Any) -> None:
        """Change a record, now."""
        row = self.rows[table][key]
        changed = {n: v for n, v in values.items() if row[n] != v}
        if "modifiedon" in row:
            values = {"modifiedon": stamp(self.now)} | values
        self._write(table, key, row | values, row, changed)

    def delete(self, table: str, key: str) -> None:
        """Delete a record, now; of a tracked table the deletion is kept for some days."""
        del self.rows[table][key]
        self.versions[table].pop(key)
        self.version += 1
        self.deleted[table][key] = (self.version, self.now)

    def merge(self, table: str, into: str, merged: str) -> None:
        """Merge a record into another: it is deactivated and names its master."""
        self.update(table, merged, masterid=(table, into), merged=True, statecode=1)

    def label(self, table: str, column: str, value: int, english: str, chinese: str = "") -> None:
        """Give an option its labels; `stringmap` has a row for each language."""
        self.labels[table, column, value] = {1033: english, 2052: chinese or f"{english}（中）"}
        for language, text in self.labels[table, column, value].items():
            key = guid("label", table, column, value, language)
            self.rows["stringmap"].pop(key, None)
            self.insert("stringmap", key, objecttypecode=table, attributename=column,
                        attributevalue=value, value=text, langid=language)  # fmt: skip

    def pass_(self, **time: float) -> datetime:
        """Let time pass; return what time it is then."""
        self.now += timedelta(**time)
        return self.now

    def _write(
        self, table: str, key: str, row: Row, before: Row, changed: Mapping[str, Any]
    ) -> None:
        unknown = set(row) - set(self.tables[table].columns)
        if unknown:
            raise KeyError(f"{table} has no column {sorted(unknown)}")
        created = key not in self.rows[table]
        self.rows[table][key] = row
        self.version += 1
        self.versions[table][key] = self.version
        self.deleted[table].pop(key, None)
        if table in self.audited and changed:
            self._audit(table, key, {} if created else before, changed, 1 if created else 2)

    def _audit(
        self, table: str, key: str, before: Row, changed: Mapping[str, Any], op: int
    ) -> None:
        changes = [
            {"logicalName": n, "oldValue": _old(before.get(n)), "newValue": _old(v),
             "oldName": None, "newName": None}
            for n, v in changed.items() if n not in {"createdon", "modifiedon"}
        ]  # fmt: skip
        self.insert("audit", objectid=(table, key), objecttypecode=table, operation=op, action=op,
                    createdon=stamp(self.now), userid=("systemuser", guid("clerk")),
                    changedata=json.dumps({"changedAttributes": changes}))  # fmt: skip

    # requests -----------------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
            Route("/api/data/v9.2/{path:path}", self._api),
        ]

    async def _token(self, request: Request) -> Response:
        form = {n: v[0] for n, v in parse_qs((await request.body()).decode()).items()}
        wanted = {"grant_type": "client_credentials", "client_id": CLIENT,
                  "client_secret": self.secret, "scope": f"{self.url}/.default"}  # fmt: skip
        wrong = [name for name, value in wanted.items() if form.get(name) != value]
        if request.path_params["tenant"] != TENANT or wrong:
            said = "AADSTS7000215: Invalid client secret provided." if wrong == ["client_secret"] \
                else f"AADSTS900144: {wrong or 'tenant'}"  # fmt: skip
            body = {"error": "invalid_client",
                    "error_description": f"{said} Trace ID: 1-2 Correlation ID: 3-4"}  # fmt: skip
            return JSONResponse(body, 401)
        with self.lock:
            token = f"eyJ.{guid('token', len(self.tokens))}"
            self.tokens.add(token)
        lives = {"expires_in": self.token_lives, "ext_expires_in": self.token_lives}
        return JSONResponse({"token_type": "Bearer", **lives, "access_token": token})

    async def _api(self, request: Request) -> Response:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self.lock:
            if bearer not in self.tokens:
                return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
            try:
                return self._answer(request)
            except Refusal as refused:
                body = {"error": {"code": refused.code, "message": refused.message}}
                return JSONResponse(body, refused.status)

    def _answer(self, request: Request) -> Response:
        for header in ("odata-version", "odata-maxversion"):
            if request.headers.get(header) != "4.0":
                raise Refusal(f"{header} must be 4.0", "0x0")
        if not self.member:
            raise Refusal("The user is not a member of the organization.", "0x80072560", 403)
        path, asked = request.path_params["path"], options(request.scope["query_string"].decode())
        if path == "WhoAmI()":
            return JSONResponse({"UserId": guid("user"), "OrganizationId": guid("org")})
        if path.startswith("EntityDefinitions"):
            return JSONResponse({"value": self._definitions(path, asked)})
        name, _, count = path.partition("/")
        found = next((t for t in self.tables.values() if t.entity_set == name), None)
        if found is None:
            raise Refusal(f"Resource not found for the segment '{name}'.", "0x8006088a", 404)
        if found.name in self.forbidden:
            raise Refusal(f"Principal user (Id=1, type=8) is missing prvRead{found.name} "
                          "privilege", "0x80040220", 403)  # fmt: skip
        if count == "$count":
            return PlainTextResponse("\ufeff" + str(min(len(self.rows[found.name]), 5000)))
        return self._set(found, asked, request.headers.get("prefer", ""))

    def _definitions(self, path: str, asked: Mapping[str, str]) -> list[Row]:
        if path.endswith("DateTimeAttributeMetadata"):
            table = self.tables[path.split("'")[1]]
            return [
                {"LogicalName": n, "DateTimeBehavior": {"Value": BEHAVIOUR[k]},
                 "Format": "DateOnly" if k in {"d", "w0"} else "DateAndTime"}
                for n, k in table.columns.items() if k in BEHAVIOUR
            ]  # fmt: skip
        matches = condition(asked["$filter"], {"LogicalName": "LogicalName"})
        return [
            {"LogicalName": t.name, "EntitySetName": t.entity_set, "PrimaryIdAttribute": t.key,
             "ChangeTrackingEnabled": t.tracked, "MetadataId": guid(t.name),
             "Attributes": [{"LogicalName": n, "AttributeType": TYPES[k], "IsValidForRead": True}
                            for n, k in t.columns.items()]}
            for t in self.tables.values() if matches({"LogicalName": t.name})
        ]  # fmt: skip

    def _set(self, table: TableOf, asked: dict[str, str], prefer: str) -> Response:
        tracking = "odata.track-changes" in prefer
        if (tracking or "$deltatoken" in asked) and not table.tracked:
            raise Refusal(f"Change tracking is not enabled for entity {table.name}.")
        if tracking and {"$filter", "$orderby", "$top"} & set(asked):
            raise Refusal("Change tracking takes no other option than $select.")
        names = asked.get("$select", "").split(",") if asked.get("$select") else []
        unknown = [name for name in names if name not in table.properties]
        if unknown:
            raise Refusal(f"Could not find a property named '{unknown[0]}' on type "
                          f"'Microsoft.Dynamics.CRM.{table.name}'.", "0x80060888")  # fmt: skip
        place = _read_place(asked.get("$skiptoken"))
        token = asked.get("$deltatoken") or place.get("delta")
        rows = self._changed(table, token) if token else self._chosen(table, asked)
        size = min([self.page, *(int(p.split("=")[1]) for p in prefer.split(",")
                                 if p.startswith("odata.maxpagesize"))])  # fmt: skip
        size = min(size, int(asked.get("$top", size)))
        rows = [row for row in rows if _after(row, place)]
        since = place.get("since", self.version)  # a delta begins where its reading began
        page, more = rows[:size], rows[size:] if "$top" not in asked else []
        base = f"{self.url}/api/data/v9.2/{table.entity_set}"
        body: Row = {
            "@odata.context": f"{base.rpartition('/')[0]}/$metadata#{table.entity_set}",
            "value": [self._record(table, row, names, prefer) for row in page],
        }
        kept = "&".join(f"{n}={quote(v, safe='$,=')}" for n, v in asked.items()
                        if n not in {"$skiptoken", "$deltatoken"})  # fmt: skip
        if more:
            last = {"since": since, "delta": token, "at": page[-1]["_at"], "key": page[-1]["_key"],
                    "page": place.get("page", 1) + 1}  # fmt: skip
            body["@odata.nextLink"] = f"{base}?{kept}&$skiptoken={_write_place(last)}"
        elif tracking or token:
            moment = quote(f"{since}!{self.now:%m/%d/%Y %H:%M:%S}", safe="")
            body["@odata.deltaLink"] = f"{base}?{kept}&$deltatoken={moment}"
        return JSONResponse(body)

    def _chosen(self, table: TableOf, asked: Mapping[str, str]) -> list[Row]:
        flat = [self._flat(table, key) for key in self.rows[table.name]]
        if "$filter" in asked:
            matches = condition(asked["$filter"], table.properties)
            flat = [row for row in flat if matches(row)]
        by = asked.get("$orderby", "").split(" ")[0]
        if by and by not in table.properties:
            raise Refusal(f"Could not find a property named '{by}'.")
        for row in flat:
            row["_at"] = row[by] if by else ""
        return sorted(flat, key=lambda row: (row["_at"], row["_key"]))

    def _changed(self, table: TableOf, token: str) -> list[Row]:
        version, _, said = token.partition("!")
        issued = datetime.strptime(said, "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
        days = next(iter(self.rows["organization"].values()))["expirechangetrackingindays"]
        if self.now - issued > timedelta(days=days):
            raise Refusal("Version stamp associated with the client has expired. "
                          "Please perform a full sync.", "0x80044352")  # fmt: skip
        found = [self._flat(table, key) | {"_at": n} for key, n in
                 self.versions[table.name].items() if n > int(version)]  # fmt: skip
        found += [{"_key": key, "_at": n, "_gone": True} for key, (n, _) in
                  self.deleted[table.name].items() if n > int(version)]  # fmt: skip
        return sorted(found, key=lambda row: (row["_at"], row["_key"]))

    def _flat(self, table: TableOf, key: str) -> Row:
        row = self.rows[table.name][key]
        flat: Row = {"_key": key, "_version": self.versions[table.name].get(key, 0)}
        for name, column in table.properties.items():
            value = row[column]
            flat[name] = value[1] if table.columns[column] == "l" and value else value
        return flat

    def _record(self, table: TableOf, row: Row, names: list[str], prefer: str) -> Row:
        if row.get("_gone"):
            base = f"{self.url}/api/data/v9.2/$metadata#{table.entity_set}"
            return {"@odata.context": f"{base}/$deletedEntity", "id": row["_key"],
                    "reason": "deleted"}  # fmt: skip
        record = {"@odata.etag": f'W/"{row["_version"]}"'}
        for name in dict.fromkeys([*(names or table.properties), table.key]):
            column, value = table.properties[name], row[name]
            if value is not None and NAME in prefer:
                formatted = self._formatted(table, row["_key"], column, value)
                if formatted is not None:
                    record[f"{name}@{NAME}"] = formatted
            if value is not None and TYPE in prefer and table.columns[column] == "l":
                record[f"{name}@{TYPE}"] = self.rows[table.name][row["_key"]][column][0]
            record[name] = value
        return record

    def _formatted(self, table: TableOf, key: str, column: str, value: Any) -> str | None:
        if table.columns[column] == "c":
            labels = self.labels.get((table.name, column, value), {})
            return labels.get(self.caller_language, str(value))
        if table.columns[column] == "l":
            to, there = self.rows[table.name][key][column]
            target = self.rows.get(to, {}).get(there, {})
            shown = next((target[n] for n in ("name", "fullname", "title") if n in target), None)
            return str(shown) if shown else None
        return None


def _old(value: Any) -> str | None:
    """A value as the audit log writes it."""
    if isinstance(value, tuple):
        return f"{value[0]},{value[1]}"
    return None if value is None else str(value)


def _write_place(place: Row) -> str:
    cookie = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    return quote(f'<cookie pagenumber="{place["page"]}" pagingcookie="{cookie}" istracking="F"/>',
                 safe="")  # fmt: skip


def _read_place(token: str | None) -> Row:
    if token is None:
        return {}
    try:
        return dict(
            json.loads(base64.urlsafe_b64decode(token.split('pagingcookie="')[1].split('"')[0]))
        )
    except (IndexError, ValueError):
        raise Refusal("The paging cookie is malformed.", "0x80041129") from None


def _after(row: Row, place: Row) -> bool:
    return not place or (row["_at"], row["_key"]) > (place["at"], place["key"])
