"""A stand-in of Fxiaoke's OpenAPI, written from its documentation as publicly transcribed.

Both ways to sign in, the query by conditions, the description of objects and the address book.
Where the documentation contradicts itself there is a switch (`lone_map`, `hides_void`).
"""

from __future__ import annotations

import asyncio
import json
from bisect import insort
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.vendors.fxiaoke.described import DESCRIBED, SYSTEM
from tests.vendors.standin import Standin

BEGAN = 1_767_225_600_000  # 2026-01-01T00:00:00Z, in milliseconds
APP = {"appId": "FSAID_131a", "appSecret": "s3cr3t-of-the-app", "permanentCode": "PERM-c0de-77"}
EA, CORP = "fs71557", "FSCID_9F00AA"
_GREATER = {"GT", "GTE", "LT", "LTE"}
_OPERATORS = _GREATER | {
    "EQ", "N", "LIKE", "NLIKE", "IS", "ISN", "IN", "NIN", "BETWEEN", "NBETWEEN", "STARTWITH",
    "ENDWITH", "HASANYOF", "NHASANYOF", "CONTAINS",
}  # fmt: skip


class Refusal(Exception):  # noqa: N818
    """An answer with an errorCode."""

    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said


class FxiaokeStandin(Standin):
    """One company: its records, its staff, its app."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN
        self.records: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.sorted: dict[str, list[str]] = defaultdict(list)
        self.described: dict[str, dict[str, dict[str, Any]]] = {
            name: {**json.loads(json.dumps(SYSTEM)), **json.loads(json.dumps(fields))}
            for name, fields in DESCRIBED.items()
        }
        self.active = set(self.described) - {"OpportunityObj"}
        self.forbidden: set[str] = {"PersonnelObj"}  # not even an administrator may see it
        self.users: list[dict[str, Any]] = []
        self.tokens: list[tuple[str, int]] = []  # token, when it was given
        self.token_calls: list[int] = []
        self.asking = 0  # token calls under way
        self.traces: set[str] = set()
        self.limited = False  # 100 calls in 20 s an interface
        self.calls: dict[str, list[int]] = defaultdict(list)
        self.lone_map = False  # one record is given by itself, as the pages draw it
        self.hides_void = False  # 作废 records only where they are asked for
        self.bodies: list[dict[str, Any]] = []  # of the queries, in order

    # what happens in the company

    def tick(self, seconds: float) -> None:
        """Let time go by."""
        self.now += int(seconds * 1000)

    def put(self, name: str, key: str | None = None, /, **fields: Any) -> str:
        """Create a record, or change one; a field that is None is emptied."""
        with self.lock:
            unknown = [f for f in fields if f.removesuffix("__r") not in self.described[name]]
            assert not unknown, f"{name} has no {unknown}"
            self.tick(1)
            if key is None or key not in self.records[name]:
                made = sum(map(len, self.sorted.values()))
                key = key or f"{self.now // 1000:08x}{made:016x}"
                self.records[name][key] = {
                    "_id": key, "create_time": self.now, "life_status": "normal",
                    "is_deleted": False, "lock_status": "0", "version": "0",
                }  # fmt: skip
                insort(self.sorted[name], key)
            record = self.records[name][key]
            record.update(fields)
            record["last_modified_time"] = self.now
            record["version"] = str(int(record["version"]) + 1)
            return key

    def void(self, name: str, key: str) -> None:
        """作废: it can still be queried, and be brought back."""
        self.put(name, key, life_status="invalid")

    def restore(self, name: str, key: str) -> None:
        self.put(name, key, life_status="normal")

    def delete(self, name: str, key: str) -> None:
        """Delete a void record for good."""
        with self.lock:
            assert self.records[name][key]["life_status"] == "invalid", "only void ones"
            del self.records[name][key]
            self.sorted[name].remove(key)

    def hire(self, number: str, name: str, **more: Any) -> None:
        usual = {"isStop": False, "mobile": f"1380000{number}", "departmentIds": []}
        self.users.append({"openUserId": number, "name": name, **usual, **more})

    def revoke(self) -> None:
        """Take every token back: the next one is another."""
        self.tokens.clear()

    # the API

    def routes(self) -> list[Route]:
        ways = {
            "/oauth2.0/token": self._token,
            "/cgi/corpAccessToken/get/V2": self._corp_token,
            "/cgi/crm/v2/data/query": self._query,
            "/cgi/crm/custom/v2/data/query": self._query,
            "/cgi/crm/v2/object/list": self._list,
            "/cgi/crm/v2/object/describe": self._describe,
            "/cgi/user/list": self._users,
            "/cgi/user/getByMobile": self._by_mobile,
        }

        def route(path: str, way: Any) -> Route:
            async def serve(request: Request) -> Response:
                return await self._serve(request, path, way)

            return Route(path, serve, methods=["POST"])

        return [route(path, way) for path, way in ways.items()]

    async def _serve(self, request: Request, path: str, way: Any) -> Response:
        trace = f"E-O.{EA}.1000-{len(self.log)}"
        try:
            if "json" not in request.headers.get("content-type", ""):
                raise Refusal(12004, "POST的数据包为空")
            body = json.loads(await request.body())
            if not isinstance(body, dict):
                raise Refusal(32000, "参数错误")
            if way in (self._token, self._corp_token):
                answer = await way(request, body)
            else:
                with self.lock:
                    self._signed(request, body, path)
                    self._within_limits(path)
                    answer = way(request, body)
        except Refusal as refusal:
            return JSONResponse(
                {"traceId": trace, "errorCode": refusal.code, "errorMessage": "see description",
                 "errorDescription": refusal.said}
            )  # fmt: skip
        return JSONResponse(
            {"traceId": trace, "errorDescription": "success", **answer, "errorMessage": "OK",
             "errorCode": 0}
        )  # fmt: skip

    async def _token(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("grantType") != "app_secret" or len(body) != 4:
            raise Refusal(10006, "缺少参数或参数不合法")
        token, lives = await self._give(body)
        return {"openUserId": CORP, "accessToken": token, "expiresIn": lives,
                "appId": APP["appId"], "ea": EA}  # fmt: skip

    async def _corp_token(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        token, lives = await self._give(body)
        return {"corpAccessToken": token, "corpId": CORP, "expiresIn": lives}

    async def _give(self, body: Mapping[str, Any]) -> tuple[str, int]:
        """Give the token: the same one until 6,600 s of its life have gone."""
        if {name: body.get(name) for name in APP} != APP:
            raise Refusal(10006, "缺少参数或参数不合法")
        self.asking += 1
        try:
            await asyncio.sleep(0.005)
            if self.asking > 1:
                raise Refusal(30004, "不能并发")
            self.token_calls = [at for at in self.token_calls if at > self.now - 60_000]
            self.token_calls.append(self.now)
            if len(self.token_calls) > 10:
                raise Refusal(14001, "接口调用超过限制")
            if not self.tokens or self.now - self.tokens[-1][1] >= 6_600_000:
                self.tokens.append((f"TOKEN{len(self.log):04d}{self.now:X}", self.now))
            token, given = self.tokens[-1]
            return token, 7200 - (self.now - given) // 1000
        finally:
            self.asking -= 1

    def _signed(self, request: Request, body: dict[str, Any], path: str) -> None:
        """Check who asks, and that each request has a trace of its own."""
        sign = request.headers.get("authorization")
        if sign is None and "corpAccessToken" not in body:
            raise Refusal(20017, "corpAccessToken为必填项，不能为空")
        if sign is not None and "corpAccessToken" in body:
            raise Refusal(15002, "both ways at once")
        token = sign.removeprefix("Bearer ") if sign else body["corpAccessToken"]
        company = request.headers.get("x-fs-ea") if sign else body.get("corpId")
        valid = {one for one, given in self.tokens if self.now - given < 7_200_000}
        if token not in valid or company != (EA if sign else CORP):
            raise Refusal(20016, "the cropId,cropAccessToken or authorization is error")
        if path == "/cgi/user/getByMobile":
            return
        user = request.headers.get("x-fs-userid") if sign else body.get("currentOpenUserId")
        known = {self._id(one["openUserId"], old=not sign) for one in self.users}
        if user not in known:
            raise Refusal(30027, "员工不存在")
        if sign:  # clients that sign in the old way have never sent one
            trace = request.query_params.get("thirdTraceId", "")
            if trace in self.traces or UUID(trace).version != 4:
                raise Refusal(15002, "thirdTraceId")
            self.traces.add(trace)

    def _within_limits(self, path: str) -> None:
        if not self.limited:
            return
        self.calls[path] = [at for at in self.calls[path] if at > self.now - 20_000]
        if len(self.calls[path]) >= 100:
            raise Refusal(30004, "秒频次超限")
        self.calls[path].append(self.now)

    def _list(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "data": {
                "objects": [
                    {"describeApiName": name, "describeDisplayName": name,
                     "isActive": name in self.active,
                     **({} if name.endswith("__c") else {"defineType": "package"})}
                    for name in self.described
                ]
            }
        }  # fmt: skip

    def _describe(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(body.get("includeDetail"), bool):
            raise Refusal(15002, "includeDetail")
        name = body.get("data", {}).get("apiName")
        if name not in self.described:
            raise Refusal(32000, "对象不存在")
        return {"data": {"describe": {"api_name": name, "fields": self.described[name]}}}

    def _users(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("departmentId") != 999999 or not isinstance(body.get("fetchChild"), bool):
            raise Refusal(11009, "参数departmentId不合法")
        old = "corpAccessToken" in body
        listed = [{**one, "openUserId": self._id(one["openUserId"], old)} for one in self.users]
        return {"userList": listed}

    def _by_mobile(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        found = [one for one in self.users if one["mobile"] == body.get("mobile")]
        return {"empList": [{"openUserId": self._id(one["openUserId"], True)} for one in found]}

    def _query(self, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
        self.bodies.append(json.loads(json.dumps(body)))
        asked = body.get("data") or {}
        name, info = asked.get("dataObjectApiName"), asked.get("search_query_info") or {}
        if name not in self.described or name not in self.active:
            raise Refusal(32000, "对象不存在")
        if ("custom" in request.url.path) != name.endswith("__c"):
            raise Refusal(32000, "preset and custom objects have paths of their own")
        if name in self.forbidden:
            raise Refusal(320001, f"没有{name}权限")
        limit, offset = info.get("limit"), info.get("offset")
        if type(limit) is not int or not 0 < limit <= 100:
            raise Refusal(15002, "limit")
        if type(offset) is not int or offset % limit:
            raise Refusal(15002, "offset")
        if offset > 10_000:
            raise Refusal(10013, "offset 不能超过10000")
        fields = self.described[name]
        rows = self._filtered(name, info.get("filters"))
        for order in reversed(_listed(info.get("orders"))):
            field, ascending = order.get("fieldName"), order.get("isAsc")
            if field not in fields or not isinstance(ascending, bool):
                raise Refusal(15002, "orders")
            rows.sort(key=lambda row: (row.get(field) is not None, row.get(field)),
                      reverse=not ascending)  # fmt: skip
        shown = _listed(info.get("fieldProjection"))
        for field in shown:
            if field.removesuffix("__r") not in fields:
                raise Refusal(15002, f"fieldProjection: {field}")
        counts = asked.get("find_explicit_total_num", True) and body.get("returnTotalNum", 1) != 3
        page = [self._shown(name, row, shown, "corpAccessToken" in body)
                for row in rows[offset : offset + limit]]  # fmt: skip
        if self.lone_map and len(page) == 1 and not counts:
            return {"data": page[0]}
        total = len(rows) if counts else 0
        return {"data": {"dataList": page, "offset": offset, "limit": limit, "total": total}}

    def _filtered(self, name: str, filters: Any) -> list[dict[str, Any]]:
        fields, rows = self.described[name], list(self.records[name].values())
        said = {one.get("field_name") for one in _listed(filters)}
        if self.hides_void and "life_status" not in said:
            rows = [row for row in rows if row["life_status"] != "invalid"]
        for one in _listed(filters):
            field, operator, values = (
                one.get(part) for part in ("field_name", "operator", "field_values")
            )
            texts = isinstance(values, list) and all(isinstance(v, str) for v in values)
            if field not in fields or operator not in _OPERATORS or not texts or not values:
                raise Refusal(15002, f"filters: {one}")
            rows = [row for row in rows if _holds(row.get(field), operator, values)]
        return rows

    def _shown(
        self, name: str, row: Mapping[str, Any], fields: list[str], old: bool
    ) -> dict[str, Any]:
        """Return a row as the API gives it: what is empty left out, people as the way wants."""
        made = {}
        for field in dict.fromkeys([*fields, "_id"]):
            value = row.get(field)
            if value is None:
                continue
            if self.described[name].get(field, {}).get("type") == "employee":
                value = [self._id(one, old) for one in value]
            made[field] = value
        return made

    @staticmethod
    def _id(number: str, old: bool) -> str:
        return f"FSUID_{int(number):08X}" if old else number


def _listed(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise Refusal(15002, "a list is wanted")
    return said


def _holds(value: Any, operator: str, values: list[str]) -> bool:
    """Tell whether a value meets a condition; numbers are compared as numbers."""
    if operator in _GREATER:
        if value is None:
            return False
        other: Any = int(values[0]) if isinstance(value, int) else values[0]
        found: bool = {"GT": value > other, "GTE": value >= other,
                "LT": value < other, "LTE": value <= other}[operator]  # fmt: skip
        return found
    text = None if value is None else str(value)
    if operator == "EQ":
        return text == values[0]
    if operator == "N":  # finds what is empty, too
        return text != values[0]
    if operator == "IN":
        return text in values
    raise Refusal(15002, f"the stand-in knows no {operator}")
