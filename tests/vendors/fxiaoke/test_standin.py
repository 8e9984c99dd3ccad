"""The stand-in, judged by a client that others wrote for the real API: PyPI's fxiaoke-python."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.vendors.fxiaoke.company import Company
from tests.vendors.fxiaoke.standin import APP

api = pytest.importorskip("fxiaoke.api", reason="fxiaoke-python is not installed")


class ToLoopback(HTTPAdapter):
    """Sends what is meant for the vendor's host to the stand-in."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(
        self, request: requests.PreparedRequest, *given: Any, **more: Any
    ) -> requests.Response:
        request.url = self.url + request.path_url
        return super().send(request, *given, **more)


@pytest.fixture
def client(company: Company) -> Any:
    made = api.FxiaokeApi.init(
        APP["appId"], APP["appSecret"], APP["permanentCode"], open_user_id="FSUID_000003E8"
    )
    made._session.requests.mount("https://open.fxiaoke.com", ToLoopback(company.url))
    return made


def query(**info: Any) -> dict[str, Any]:
    usual = {"limit": 5, "offset": 0, "filters": [], "fieldProjection": ["_id", "name"],
             "orders": [{"fieldName": "_id", "isAsc": True}]}  # fmt: skip
    return {"data": {"dataObjectApiName": "NewOpportunityObj",
                     "search_query_info": usual | info}}  # fmt: skip


def test_its_pages_are_the_pages_the_client_expects(client: Any, company: Company) -> None:
    pages = api.Cursor(params=query(), api=client, node_id="data", endpoint="query")
    assert [one["_id"] for one in pages] == sorted(company.deals)
    assert pages.total() == len(company.deals)
    assert len(company.token_calls) == 1


def test_its_conditions_and_projection(client: Any, company: Company) -> None:
    condition = {"field_name": "_id", "operator": "GT", "field_values": [company.deals[9]]}
    found = client.call("POST", ("data", "query"), params=query(filters=[condition]))
    assert [sorted(one) for one in found["dataList"]] == [["_id", "name"]] * 2


def test_its_refusals_are_errors_to_the_client(client: Any) -> None:
    with pytest.raises(RuntimeError, match="15002"):
        client.call("POST", ("data", "query"), params=query(limit=101))
    with pytest.raises(RuntimeError, match="10013"):
        client.call("POST", ("data", "query"), params=query(limit=100, offset=10100))


def test_its_descriptions(client: Any) -> None:
    asked = {"includeDetail": False, "data": {"apiName": "AccountObj"}}
    said = client.call("POST", ("object", "describe"), params=asked)
    assert said["describe"]["fields"]["account_level"]["type"] == "select_one"
