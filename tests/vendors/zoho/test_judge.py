"""The stand-in of the CRM judged by Zoho's own client, which knows every answer's shape."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.zoho.example import full
from tests.vendors.zoho.standin import SECRETS, ZohoStandin
from tests.vendors.zoho.state import to

pytest.importorskip("zohocrmsdk", reason="Zoho's client (zohocrmsdk8-0) is not installed")
pytestmark = [
    # the client's own code
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::SyntaxWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def zoho(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZohoStandin]:
    """A stand-in, and Zoho's client signed in to it by the refresh token."""
    monkeypatch.chdir(tmp_path)  # the client writes files
    from zohocrmsdk.src.com.zoho.api.authenticator.oauth_token import OAuthToken
    from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
    from zohocrmsdk.src.com.zoho.api.logger import Logger
    from zohocrmsdk.src.com.zoho.crm.api import Initializer
    from zohocrmsdk.src.com.zoho.crm.api.dc import DataCenter

    with full() as standin:
        assert isinstance(standin, ZohoStandin)
        Initializer.initialize(
            environment=DataCenter.Environment(
                standin.url, f"{standin.url}/oauth/v2/token", standin.url
            ),
            token=OAuthToken(
                client_id=SECRETS["client_id"],
                client_secret=SECRETS["client_secret"],
                refresh_token=SECRETS["refresh_token"],
                find_user=False,
            ),
            store=FileStore(file_path=str(tmp_path / "tokens.txt")),
            resource_path=str(tmp_path),
            logger=Logger.get_instance(level=Logger.Levels.NOTSET, file_path=str(tmp_path / "log")),
        )
        yield standin


def _params(place: str, called: str, **given: Any) -> Any:
    """Return parameters of one of the client's operations."""
    from importlib import import_module

    from zohocrmsdk.src.com.zoho.crm.api import ParameterMap

    known = getattr(import_module(f"zohocrmsdk.src.com.zoho.crm.api.{place}"), called)
    made = ParameterMap()
    for name, value in given.items():
        made.add(getattr(known, name), value)
    return made


def _records(**given: Any) -> Any:
    return _params("record.record_operations", "GetRecordsParam", **given)


def _read(answer: Any) -> Any:
    """Return what the client understood; an error it understood fails."""
    read = answer.get_object()
    assert "APIException" not in type(read).__name__, vars(read)
    return read


def test_records_by_page_and_token(zoho: ZohoStandin) -> None:
    from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations

    for number in range(250):
        zoho.state.put("Deals", Deal_Name=f"D{number}", Stage="Proposal", Amount=number + 0.5)
    asked = {"fields": "Deal_Name,Amount,Stage,Owner,Created_Time,Closing_Date", "per_page": 200,
             "sort_by": "id", "sort_order": "asc"}  # fmt: skip
    deals = RecordOperations("Deals")
    first = _read(deals.get_records(_records(**asked)))
    info = first.get_info()
    assert info.get_more_records()
    assert len(first.get_data()) == 200
    second = _read(deals.get_records(_records(**asked, page_token=info.get_next_page_token())))
    assert len(second.get_data()) == 54
    assert not second.get_info().get_more_records()
    ids = [one.get_id() for one in (*first.get_data(), *second.get_data())]
    assert [str(one) for one in ids] == sorted(zoho.state.records["Deals"], key=int)
    won = next(r for r in first.get_data() if r.get_key_value("Deal_Name") == "Big")
    assert won.get_key_value("Amount") == 1200.55
    assert won.get_key_value("Created_Time").astimezone(UTC) == datetime(2026, 2, 1, 1, tzinfo=UTC)
    assert str(won.get_key_value("Closing_Date")) == "2026-03-15"


def test_nothing_changed_since(zoho: ZohoStandin) -> None:
    from zohocrmsdk.src.com.zoho.crm.api import HeaderMap
    from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations
    from zohocrmsdk.src.com.zoho.crm.api.record.record_operations import GetRecordsHeader

    headers = HeaderMap()
    since = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    headers.add(GetRecordsHeader.if_modified_since, since)
    answer = RecordOperations("Deals").get_records(_records(fields="Stage"), headers)
    assert answer.get_status_code() == 304


def test_counted_and_queried(zoho: ZohoStandin) -> None:
    from zohocrmsdk.src.com.zoho.crm.api.coql import BodyWrapper, CoqlOperations
    from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations

    assert _read(RecordOperations("Deals").record_count()).get_count() == 4
    body = BodyWrapper()
    body.set_select_query("select id, Stage, Owner from Deals where id > 0 order by id asc limit 3")
    read = _read(CoqlOperations().get_records(body))
    assert len(read.get_data()) == 3
    assert read.get_info().get_more_records()


def test_deleted(zoho: ZohoStandin) -> None:
    from zohocrmsdk.src.com.zoho.crm.api.record import RecordOperations

    kept, gone = zoho.state.put("Leads"), zoho.state.put("Leads")
    zoho.state.delete("Leads", kept)
    zoho.state.purge("Leads", gone)
    leads = RecordOperations("Leads")
    for kind, key in (("recycle", kept), ("permanent", gone)):
        read = _read(
            leads.get_deleted_records(
                _params("record.record_operations", "GetDeletedRecordsParam", type=kind)
            )
        )
        assert [str(one.get_id()) for one in read.get_data()] == [key]
        assert read.get_data()[0].get_type() == kind


def test_settings(zoho: ZohoStandin) -> None:
    from zohocrmsdk.src.com.zoho.crm.api.currencies import CurrenciesOperations
    from zohocrmsdk.src.com.zoho.crm.api.fields import FieldsOperations
    from zohocrmsdk.src.com.zoho.crm.api.layouts import LayoutsOperations
    from zohocrmsdk.src.com.zoho.crm.api.pipeline import PipelineOperations
    from zohocrmsdk.src.com.zoho.crm.api.users import UsersOperations

    currencies = _read(CurrenciesOperations().get_currencies()).get_currencies()
    assert [one.get_iso_code() for one in currencies] == ["MYR", "USD", "SGD"]
    fields = _read(
        FieldsOperations().get_fields(
            _params("fields.fields_operations", "GetFieldsParam", module="Deals")
        )
    ).get_fields()
    assert "Stage" in {one.get_api_name() for one in fields}
    layouts = _read(
        LayoutsOperations().get_layouts(
            _params("layouts.layouts_operations", "GetLayoutsParam", module="Deals")
        )
    ).get_layouts()
    pipelines = _read(PipelineOperations(layouts[0].get_id()).get_pipelines())
    stages = pipelines.get_pipeline()[0].get_maps()
    assert [one.get_forecast_type() for one in stages] == [
        "Open", "Open", "Closed Won", "Closed Lost",
    ]  # fmt: skip
    users = _read(
        UsersOperations().get_users(
            _params("users.users_operations", "GetUsersParam", type="AllUsers")
        )
    ).get_users()
    assert [one.get_status() for one in users] == ["active", "active", "disabled"]


def test_bulk_read(zoho: ZohoStandin, tmp_path: Path) -> None:
    from zohocrmsdk.src.com.zoho.crm.api.bulk_read import (
        BodyWrapper,
        BulkReadOperations,
        Query,
    )
    from zohocrmsdk.src.com.zoho.crm.api.modules import MinifiedModule

    zoho.state.put("Leads", Last_Name="Ten", Owner=to("7"), Converted__s=False)
    module = MinifiedModule()
    module.set_api_name("Leads")
    query = Query()
    query.set_module(module)
    query.set_fields(["Last_Name", "Owner"])
    query.set_page(1)
    body = BodyWrapper()
    body.set_query(query)
    made = _read(BulkReadOperations().create_bulk_read_job(body)).get_data()[0]
    job = made.get_details()["id"]
    for _ in range(3):
        said = _read(BulkReadOperations().get_bulk_read_job_details(int(job))).get_data()[0]
    assert said.get_state().get_value() == "COMPLETED"
    assert said.get_result().get_count() == 3
    file = _read(BulkReadOperations().download_result(int(job))).get_file()
    content = b"".join(file.get_stream())
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        assert zipped.read(zipped.namelist()[0]).decode().splitlines()[-1].endswith("Ten,7")
