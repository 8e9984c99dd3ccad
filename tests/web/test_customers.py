"""The list of customers and the page of one, against the shop's own rows."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

import kadar
from kadar.web.app import make_app
from tests.companies import at, company
from tests.web.shop import CUSTOMERS, rows

KNOWN = at("2026-06-12 16:00")


@pytest.fixture(scope="module")
def data() -> dict[str, list]:
    return rows()


def _margins(data: dict[str, list]) -> dict[str, float]:
    made: dict[str, float] = {}
    for one in data["orders"]:
        if one["ordered_at"] <= KNOWN:
            margin = one["revenue"] - one["cost"]
            made[one["customer_id"]] = made.get(one["customer_id"], 0.0) + margin
    return made


def test_customers_are_sorted_by_the_margin_of_their_orders(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    margins = _margins(data)
    told = shop_client.get("/customers/customers.json").json()
    assert told["count"] == CUSTOMERS == len(told["rows"])
    for row in told["rows"]:
        assert (row["value"] or 0.0) == pytest.approx(margins.get(row["customer_id"], 0.0))
        assert row["orders"] == sum(o["customer_id"] == row["customer_id"] for o in data["orders"])
    known = [row["value"] for row in told["rows"] if row["value"] is not None]
    assert known == sorted(known, reverse=True)
    assert all(row["value"] is None for row in told["rows"][len(known) :])


def test_a_customer_is_found_by_name_id_or_a_contacts_mail(shop_client: TestClient) -> None:
    def found(text: str) -> set[str]:
        told = shop_client.get("/customers/customers.json", params={"q": text}).json()
        assert told["count"] == len(told["rows"])
        return {row["customer_id"] for row in told["rows"]}

    assert found("SYARIKAT 17 ") == {"c17"}
    assert found("c17") == {"c17"}
    assert found("p17@EXAMPLE") == {"c17"}
    assert found("syarikat") == {f"c{i}" for i in range(CUSTOMERS)}
    assert found("%") == found("_") == found("!") == set()  # signs of LIKE are plain text
    assert found("' OR 1=1 --") == found("nobody") == set()


def test_the_list_is_paged_and_never_holds_contact_data(shop_client: TestClient) -> None:
    first = shop_client.get("/customers").text
    second = shop_client.get("/customers?page=2").text
    ids = [re.findall(r'href="/customers/(c\d+)"', page) for page in (first, second)]
    assert [len(page) for page in ids] == [50, CUSTOMERS - 50]
    assert not set(ids[0]) & set(ids[1])
    assert "@example.com" not in first + second
    assert "page 2 of 2" in second
    everyone = shop_client.get("/customers/customers.csv").text
    assert len(list(csv.DictReader(io.StringIO(everyone)))) == CUSTOMERS
    assert "@example.com" not in everyone
    assert "No customer meets the search." in shop_client.get("/customers?q=zzz").text


@pytest.mark.parametrize("sort", ["name", "recent", "acquired"])
def test_the_list_is_sorted_as_asked(shop_client: TestClient, sort: str) -> None:
    told = shop_client.get(f"/customers/customers.json?sort={sort}").json()["rows"]
    field = {"name": "name", "recent": "last_at", "acquired": "acquired_at"}[sort]
    known = [row[field] for row in told if row[field] is not None]
    if sort == "name":
        known = [name.lower() for name in known]
    assert known == sorted(known, reverse=sort != "name")
    assert shop_client.get("/customers?sort=shoe").status_code == 400


def test_markup_in_a_name_stays_text(shop_client: TestClient) -> None:
    for address in ("/customers", "/customers/c5"):
        page = shop_client.get(address).text
        assert "&lt;Sdn Bhd&gt;" in page
        assert "<Sdn" not in page


def test_the_timeline_holds_everything_the_latest_first(
    shop_client: TestClient, data: dict[str, list]
) -> None:
    def mine(table: str, moment: str, **only: object) -> int:
        return sum(
            row.get("customer_id") == "c5"
            and row[moment] is not None
            and all(row[k] == v for k, v in only.items())
            for row in data[table]
        )

    told = shop_client.get("/customers/c5/timeline.json").json()["rows"]
    counted: dict[str, int] = {}
    for row in told:
        counted[row["kind"]] = counted.get(row["kind"], 0) + 1
    assert counted == {
        kind: count
        for kind, count in {
            "lead came in": mine("leads", "created_at"),
            "deal opened": mine("deals", "created_at"),
            "deal won": mine("deals", "closed_at", outcome="won"),
            "deal lost": mine("deals", "closed_at", outcome="lost"),
            "order": mine("orders", "ordered_at"),
            "ticket opened": mine("tickets", "created_at"),
            "ticket resolved": mine("tickets", "resolved_at"),
            "survey answered": mine("surveys", "answered_at"),
            "interaction": mine("interactions", "occurred_at", automated=False),
            "automatic message": mine("interactions", "occurred_at", automated=True),
        }.items()
        if count
    }
    moments = [row["at"] for row in told]
    assert moments == sorted(moments, reverse=True)
    assert all(moment.endswith("+08:00") for moment in moments)
    amounts = sorted(row["amount"] for row in told if row["kind"] == "order")
    assert amounts == pytest.approx(
        sorted(row["revenue"] for row in data["orders"] if row["customer_id"] == "c5")
    )
    only = shop_client.get("/customers/c5/timeline.json?only=tickets").json()["rows"]
    assert {row["kind"] for row in only} <= {"ticket opened", "ticket resolved"}
    assert len(only) == counted["ticket opened"] + counted["ticket resolved"]


def test_figures_of_a_customer(shop_client: TestClient, data: dict[str, list]) -> None:
    page = shop_client.get("/customers/c5").text
    figures = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    revenue = sum(row["revenue"] for row in data["orders"] if row["customer_id"] == "c5")
    assert figures["revenue to date"] == f"MYR{revenue:,.0f}"
    assert figures["margin to date"] == f"MYR{_margins(data)['c5']:,.0f}"
    open_ = [row for row in data["tickets"]
             if row["customer_id"] == "c5" and row["resolved_at"] is None]  # fmt: skip
    assert figures["open tickets"] == str(len(open_))


def test_only_who_consented_is_written_to_with_a_click(shop_client: TestClient) -> None:
    consented, refused, unasked = (shop_client.get(f"/customers/c{i}").text for i in (3, 4, 5))
    assert 'href="mailto:p3@example.com"' in consented
    assert "may be contacted" in consented
    for page, said in ((refused, "may not be contacted"), (unasked, "nobody asked")):
        assert said in page
        assert "mailto:" not in page


@pytest.mark.parametrize(
    "customer_id", ["a/b", "ann@example.com", "x.json", "50%", "a ~1 b", "客户 1", "O'Hara?#"]
)
def test_any_id_has_a_page(tmp_path: Path, customer_id: str) -> None:
    company(tmp_path, customers=[{"customer_id": customer_id, "created_at": at("2026-01-02")}])
    with TestClient(make_app(tmp_path, warming=False)) as client:
        (address,) = re.findall(r'href="(/customers/[^"?]+)">', client.get("/customers").text)
        page = client.get(address)
        assert page.status_code == 200
        assert "There is no customer" not in page.text
        (file,) = re.findall(r'href="([^"]+timeline\.json)"', page.text)
        assert client.get(file).json()["panel"] == "timeline"
        named = re.findall(r'href="(/customers/[^"]+)"', page.text)
        assert all("customers/a/b" not in one for one in named)


def test_who_is_not_there_is_not_found(shop_client: TestClient) -> None:
    for customer_id in ("c999", "' OR '1'='1", "c5'; DROP TABLE crm.customers; --"):
        answer = shop_client.get(f"/customers/{quote(customer_id, safe='')}")
        assert answer.status_code == 404
        assert "KDR-WEB-040" in answer.text
    assert shop_client.get("/customers/c5").status_code == 200


def test_python_gives_the_same(shop_folder: Path, shop_client: TestClient) -> None:
    workspace = kadar.open(shop_folder)
    found = workspace.customers("syarikat 1", sort="name", limit=3)
    assert [line.customer_id for line in found.rows] == ["c1", "c10", "c11"]
    assert found.value == "margin"
    one = workspace.customer("c5")
    told = shop_client.get("/customers/c5/timeline.json").json()
    assert one.count == told["count"] == len(told["rows"])


def test_customers_of_orders_alone_are_worth_their_revenue(tmp_path: Path) -> None:
    made = company(
        tmp_path,
        toml='inactive_after_days = 30\nobserved_until = "2026-06-30"',
        orders=[
            {"order_id": "1", "customer_id": "a", "ordered_at": at("2026-06-20"), "revenue": 10.0},
            {"order_id": "2", "customer_id": "a", "ordered_at": at("2026-06-21"), "revenue": -4.0},
            {"order_id": "3", "customer_id": "b", "ordered_at": at("2026-01-20"), "revenue": 5.0},
            {"order_id": "4", "customer_id": "b", "ordered_at": at("2026-07-20"), "revenue": 500.0},
        ],
    )
    found = made.customers()
    assert [(r.customer_id, r.orders, r.value, r.active) for r in found.rows] == [
        ("a", 1, 6.0, True),
        ("b", 1, 5.0, False),
    ]
    assert found.value == "revenue"


def test_without_customers_the_page_says_what_to_map(bare_client: TestClient) -> None:
    page = bare_client.get("/customers").text
    assert "There are no customers yet" in page
    assert "kadar import customers.csv" in page
