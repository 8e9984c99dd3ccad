"""Customers of several sources that are one: declared keys, e-mail, domain; never a guess."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

import kadar
from kadar.decisions import Decision, add, pair_id
from kadar.derive import derive
from kadar.identity import Identity
from kadar.model import TABLES
from kadar.project import Company, Project, Source
from kadar.store.schema import migrate

MOMENT = datetime(2026, 7, 1, tzinfo=UTC)
SOURCES = [Source("crm", "customers"), Source("desk", "customers"), Source("stripe", "customers")]


def derived(
    customers: list[tuple[str, str, str | None]],
    contacts: list[tuple[str, str]],
    identities: list[Identity],
    decisions: list[Decision] = [],  # noqa: B006
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Derive customers of (source, id, name) with contacts of (customer, e-mail).

    Return whom each counts as, by a contact of its own, and the pairs that were left open.
    """
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        migrate(connection)
        connection.execute("set TimeZone = 'UTC'")
        add(Path(folder), decisions)
        rows = [
            {"customer_id": key, "name": name, "source": source} for source, key, name in customers
        ]
        _insert(connection, "customers", rows)
        source_of = {key: source for source, key, _ in customers}
        told: list[dict[str, Any]] = [
            {"contact_id": f"k{n}", "customer_id": key, "email": email, "source": source_of[key]}
            for n, (key, email) in enumerate(contacts)
        ]
        told += [
            {"contact_id": f"of {key}", "customer_id": key, "source": "x"}
            for _, key, _ in customers
        ]
        _insert(connection, "contacts", told)
        project = Project(Path(folder), Company(), SOURCES, {}, identity=identities)
        derive(connection, project)
        ends = dict(
            connection.execute(
                "select contact_id[4:], customer_id from crm.contacts where contact_id[1:3] = 'of '"
            ).fetchall()
        )
        open_ = connection.execute(
            "select customer_id, same_as from crm.identities where not joined"
        ).fetchall()
        assert {
            end for (end,) in connection.execute("select customer_id from crm.customers").fetchall()
        } == set(ends.values())
        return ends, {(one, other) for one, other in open_}


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names = ["source", "recorded_at", *(c for c in TABLES[name].column_names if c in row)]
        values = [row["source"], MOMENT, *(row[c] for c in names[2:])]
        connection.execute(
            f"insert into model.{name} ({', '.join(names)}) values ({', '.join('?' * len(names))})",
            values,
        )


def joined(*arguments: Any) -> dict[str, str]:
    ends, _ = derived(*arguments)
    return {key: end for key, end in ends.items() if key != end}


CRM = ("crm", "1", "Acme"), ("crm", "2", "Beta")
DESK = ("desk", "d1", "1"), ("desk", "d2", "someone"), ("desk", "d3", None)


def test_declared_keys_come_first() -> None:
    said = [Identity("desk", "crm", ["name = customer_id", "email"])]
    contacts = [
        ("1", "a@acme.com"),
        ("2", "b@beta.com"),
        ("d1", "b@beta.com"),
        ("d2", "B+x@Beta.com "),
    ]
    assert joined([*CRM, *DESK], contacts, said) == {"d1": "1", "d2": "2"}
    assert joined([*CRM, *DESK], contacts, []) == {}


def test_an_address_that_could_mean_two_is_left_open() -> None:
    contacts = [("1", "a@acme.com"), ("2", "a@acme.com"), ("d1", "a@acme.com")]
    ends, open_ = derived([*CRM, *DESK], contacts, [Identity("desk", "crm")])
    assert ends["d1"] == "d1"
    assert open_ == {("d1", "1"), ("d1", "2")}


def test_two_addresses_of_two_customers_are_left_open() -> None:
    contacts = [("1", "a@x.com"), ("2", "b@x.com"), ("d1", "a@x.com"), ("d1", "b@x.com")]
    ends, open_ = derived([*CRM, *DESK], contacts, [Identity("desk", "crm", ["email"])])
    assert (ends["d1"], open_) == ("d1", {("d1", "1"), ("d1", "2")})


def test_domains_are_a_companys_only_where_one_customer_of_each_side_has_it() -> None:
    said = [Identity("desk", "crm")]
    contacts = [("1", "a@acme.com"), ("d1", "z@ACME.com")]
    assert joined([*CRM, *DESK], contacts, said) == {"d1": "1"}
    both = [*contacts, ("d2", "y@acme.com")]
    ends, open_ = derived([*CRM, *DESK], both, said)
    assert (ends["d1"], ends["d2"]) == ("d1", "d2")
    assert open_ == {("d1", "1"), ("d2", "1")}
    free = [("1", "acme@gmail.com"), ("d1", "other@gmail.com")]
    assert derived([*CRM, *DESK], free, said) == (
        {key: key for _, key, _ in (*CRM, *DESK)}, set(),
    )  # fmt: skip


def test_sources_are_known_through_one_another() -> None:
    customers = [*CRM, *DESK, ("stripe", "s1", None)]
    contacts = [
        ("1", "a@acme.com"),
        ("s1", "a@acme.com"),
        ("s1", "pay@acme.io"),
        ("d3", "pay@acme.io"),
    ]
    said = [Identity("stripe", "crm", ["email"]), Identity("desk", "stripe", ["email"])]
    assert joined(customers, contacts, said) == {"s1": "1", "d3": "1"}
    assert joined(customers, contacts, said[::-1]) == {"s1": "1", "d3": "1"}


def test_what_people_said_counts_more() -> None:
    contacts = [("1", "a@acme.com"), ("d1", "a@acme.com")]
    two = Decision(pair_id("d1", "1"), "rejected", "1", "d1", MOMENT, "me")
    assert joined([*CRM, *DESK], contacts, [Identity("desk", "crm")], [two]) == {}
    other = Decision(pair_id("d1", "2"), "accepted", "2", "d1", MOMENT, "me")
    ends = joined([*CRM, *DESK], contacts, [Identity("desk", "crm")], [two, other])
    assert ends == {"d1": "2"}


mail = st.sampled_from(["a@x.com", "b@x.com", "c@y.com", "d@z.com", "a@gmail.com", "e@z.com"])
people = st.lists(st.tuples(st.integers(0, 11), mail), max_size=14)


@settings(max_examples=15, deadline=None)
@given(people, st.sampled_from([["email"], ["domain"], ["email", "domain"]]))
def test_only_the_desks_customers_count_as_others(
    told: list[tuple[int, str]], by: list[str]
) -> None:
    """By a plain rule of its own: one way after another, each seen as it stood before it."""
    customers = [("crm", f"c{n}", None) for n in range(6)] + [
        ("desk", f"d{n}", None) for n in range(6)
    ]
    key = [f"c{n}" for n in range(6)] + [f"d{n}" for n in range(6)]
    contacts = [(key[n], email) for n, email in told]
    expected: dict[str, str] = {}
    for way in by:
        has: dict[str, set[str]] = defaultdict(set)
        for one, email in contacts:
            value = email if way == "email" else email.partition("@")[2]
            if way == "email" or value != "gmail.com":
                has[one].add(value)
        left = [one for one in key[6:] if one not in expected]
        new = {}
        for one in left:
            could = set()
            for value in has[one]:
                theirs = [c for c in key[:6] if value in has[c]]
                sharing = [d for d in left if value in has[d]]
                if len(theirs) == 1 and (way == "email" or len(sharing) == 1):
                    could.add(theirs[0])
            if len(could) == 1:
                new[one] = could.pop()
        expected |= new
    assert joined(customers, contacts, [Identity("desk", "crm", by)]) == expected
    # no order of the rows changes anything, and no customer of the CRM is ever merged
    assert joined(customers[::-1], contacts[::-1], [Identity("desk", "crm", by)]) == expected
    assert not any(one.startswith("c") for one in expected)


TOML = """
[company]
[[sources]]
name = "crm"
table = "customers"
path = "crm.csv"
columns = {{ customer_id = "id", name = "name" }}
[[sources]]
name = "people"
table = "contacts"
path = "people.csv"
columns = {{ contact_id = "id", customer_id = "customer", email = "email" }}
[[sources]]
name = "shop"
table = "customers"
path = "shop.csv"
columns = {{ customer_id = "id", name = "name" }}
{ids}
[[sources]]
name = "buyers"
table = "contacts"
path = "buyers.csv"
columns = {{ contact_id = "id", customer_id = "customer", email = "email" }}
{ids}
{identity}
"""


def _project(folder: Path, ids: str, identity: str) -> None:
    (folder / "kadar.toml").write_text(TOML.format(ids=ids, identity=identity), "utf-8")


def _ends(folder: Path, as_of: str | None = None) -> list[str]:
    from kadar.store import Store

    work = kadar.open(folder, as_of=as_of)
    store = Store(folder)
    opened = store.as_of(work.project, work.as_of) if work.as_of else store.reader()
    assert opened is not None
    with opened as connection:
        found = connection.execute("select customer_id from crm.customers order by 1").fetchall()
    return [key for (key,) in found]


def test_equal_ids_are_one_only_where_nothing_else_is_declared(tmp_path: Path) -> None:
    from kadar import project
    from kadar.sync import sync

    def synced(day: int) -> None:
        report = sync(project.load(tmp_path), recorded_at=MOMENT + timedelta(days=day))
        assert not report.failed, [one.error and one.error.sentence("en") for one in report.failed]

    (tmp_path / "crm.csv").write_text("id,name\n1,Acme\n2,Beta\n", "utf-8")
    (tmp_path / "people.csv").write_text("id,customer,email\np1,1,a@acme.com\n", "utf-8")
    (tmp_path / "shop.csv").write_text("id,name\n1,Zulu\n3,Acme Shop\n", "utf-8")
    (tmp_path / "buyers.csv").write_text("id,customer,email\nb1,9,x@x.com\n", "utf-8")
    _project(tmp_path, "", "")
    synced(0)
    assert _ends(tmp_path) == ["1", "2", "3"]  # files of one company name the same things …
    (told,) = [f for f in kadar.open(tmp_path).check() if f.check == "shared_ids"]  # … as a rule
    assert "Acme" in str(told.details)
    _project(tmp_path, 'ids = "shop"', "")
    synced(1)
    assert _ends(tmp_path) == ["1", "2", "shop:1", "shop:3"]
    assert not [f for f in kadar.open(tmp_path).check() if f.check == "shared_ids"]
    (tmp_path / "buyers.csv").write_text("id,customer,email\nb1,3,a@acme.com\n", "utf-8")
    _project(tmp_path, 'ids = "shop"', '[[identity]]\nsource = "shop"\namong = "crm"\n')
    synced(5)
    assert _ends(tmp_path) == ["1", "2", "shop:1"]
    # as it was known before the contact was: by the same rule, nothing to know them by
    assert _ends(tmp_path, "2026-07-04") == ["1", "2", "shop:1", "shop:3"]
    assert _ends(tmp_path, "2026-07-07") == ["1", "2", "shop:1"]
