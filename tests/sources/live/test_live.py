"""A live source from end to end: a connector of a third party, against a server with faults."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kadar.errors import KadarError
from kadar.sources.live.connector import Access
from kadar.sources.live.ledger import entries_of
from kadar.sources.live.secrets import Secrets, keep_in_file
from kadar.sources.live.session import ATTEMPTS
from tests.vendors import acceptance
from tests.vendors.acceptance import Case, Run, opened
from tests.vendors.toy import Toy, install
from tests.vendors.toy.connector import ToyConnector
from tests.vendors.toy.standin import ToySystem


def _first(toy: ToySystem) -> None:
    toy.now = 24
    toy.put("d03", value="99.99", state="won", closed="2026-10-02")
    toy.put("new", value="5")
    toy.delete("d04")


def _second(toy: ToySystem) -> None:
    toy.now = 48
    toy.delete("new")
    toy.put("d04", value="7.5")  # restored
    toy.owners = [{"id": "o1", "name": "Siti Aminah"}, {"id": "o2", "name": "Wei"}]


def _third(toy: ToySystem) -> None:
    toy.now = 72
    for number in range(10, 20):
        toy.put(f"d{number}", owner="o2")
    toy.owners = [{"id": "o2", "name": "Wei"}]


CASE = Case(
    kind=Toy,
    name="toy",
    standin=ToySystem,
    options=lambda toy: {"url": toy.url},
    secrets={"key": ToySystem.key},
    changes=(_first, _second, _third),
)


@pytest.fixture(autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path_factory.mktemp("site")
    install(site)
    monkeypatch.syspath_prepend(site)


@pytest.fixture
def run(tmp_path: Path) -> Any:
    with ToySystem() as toy:
        yield Run(CASE, toy, tmp_path / "project").make()


def test_repeated_syncs_end_as_one_load(tmp_path: Path) -> None:
    made = acceptance.runs_end_as_one_load(CASE, tmp_path)
    deals = {row[0]: row for row in made["deals"]}
    assert len(deals) == 40
    assert made["people"] == [("o2", "Wei", None, None, None, None, None, "crm")]


def test_kills_lose_nothing(tmp_path: Path) -> None:
    acceptance.kills_lose_nothing(CASE, tmp_path)


def test_no_secret_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    acceptance.no_secret_is_told(CASE, tmp_path, caplog)


def test_values_are_typed_and_dates_stay_dates(run: Run) -> None:
    run.standin.put("d00", value="1234567890123.4567", opened="2026-09-30")
    run.sync(0)
    with opened(run.folder / "store/model.duckdb") as made:
        row = made.execute(
            "select amount, created_at, currency from model.deals where deal_id = 'd00'"
        ).fetchone()
        carried = dict(
            made.execute(
                'select "column", date_only from meta.carried where "table" = \'deals\''
            ).fetchall()
        )
    assert row is not None
    assert row[0] == Decimal("1234567890123.4567")
    assert row[1] == datetime(2026, 9, 29, 16, tzinfo=UTC)  # the day's start in Kuala Lumpur
    assert row[2] == "MYR"
    assert carried["created_at"]
    assert not carried["amount"]
    assert "lead_id" not in carried


def test_a_value_that_cannot_be_read_is_refused_with_its_record(run: Run) -> None:
    run.standin.put("d05", value="a lot")
    report = run.sync(0)
    deals = next(one for one in report.sources if one.table == "deals")
    assert (deals.counts.read, deals.counts.new, deals.counts.quarantined) == (40, 39, 1)
    with opened(run.folder / "store/model.duckdb") as made:
        file, column, reason, record = made.execute(
            'select file, "column", reason, record from meta.quarantine'
        ).fetchone()  # type: ignore[misc]
    assert (file, column) == ("deals", "amount")
    assert "a lot" in reason
    assert '"id":"d05"' in record


def test_nothing_new_is_nothing_loaded(run: Run) -> None:
    run.sync(0)
    report = run.sync(1)
    assert [one.outcome for one in report.sources] == ["unchanged", "unchanged"]
    assert not report.published


def test_a_sync_makes_one_connector_to_read_and_one_to_map(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ToyConnector] = []
    really = ToyConnector.__init__

    def counted(self: ToyConnector, access: Access) -> None:
        made.append(self)
        really(self, access)

    monkeypatch.setattr(ToyConnector, "__init__", counted)
    run.sync(0)
    assert len(run.tables()["deals"]) == 40
    assert len(made) == 2


def test_an_object_that_cannot_be_read_is_said_and_its_rows_stay(run: Run) -> None:
    run.sync(0)
    run.standin.owners = None
    run.standin.now = 24
    run.standin.put("d01", value="3")
    report = run.sync(1)
    assert any("owners cannot be read" in note for one in report.sources for note in one.notes)
    assert run.tables()["people"][0][1] == "Siti"


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": {"Retry-After": "2"}, "times": 2},
        {"status": 429, "times": 2},
        {"status": 503, "times": 3},
        {"status": 401, "times": 1},
        {"cut": 40, "times": 2},
        {"drop": True, "times": 1},
    ],
)
def test_faults_are_lived_through(run: Run, fault: dict[str, Any]) -> None:
    run.standin.fail("/deals", skip=2, **fault)
    run.sync(0)
    assert len(run.tables()["deals"]) == 40


def test_a_system_that_stays_away_is_said_and_the_next_sync_goes_on(run: Run) -> None:
    run.standin.fail("/deals", skip=3, times=ATTEMPTS, status=500)
    (failed,) = run.try_sync(0).failed
    assert failed.error is not None
    assert failed.error.code == "KDR-SRC-004"
    assert run.tables()["deals"] == []
    before = len([line for line in run.standin.log if "GET /deals" in line])
    run.sync(0)
    after = [line for line in run.standin.log if "GET /deals" in line][before:]
    assert "after=d20" in after[0]  # three pages of seven were there already
    assert len(run.tables()["deals"]) == 40


def test_the_projects_own_mapping_and_custom_fields(tmp_path: Path) -> None:
    custom = '[sources.custom.deals]\nproduct = "line of product"\n'
    custom += '[sources.values."deals.kind"]\n"*" = "new"\n'
    with ToySystem() as toy:
        toy.put("d00", **{"line of product": "Solar"})
        run = Run(replace(CASE, custom=custom), toy, tmp_path / "p").make()
        own = run.folder / "mapping" / "crm"
        own.mkdir(parents=True)
        (own / "people.sql").write_text(
            "select _row, id as person_id, upper(name) as name from owners;", "utf-8"
        )
        run.sync(0)
        with opened(run.folder / "store/model.duckdb") as made:
            found = made.execute("select product from model.deals where deal_id = 'd00'").fetchone()
    assert found == ("Solar",)
    assert run.tables()["people"][0][1] == "SITI"


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select nothing from owners", "KDR-SRC-012"),
        ("select _row, id as person_id, id as shoe_size from owners", "KDR-SRC-013"),
        ("select id as person_id from owners", "KDR-SRC-014"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(run: Run, sql: str, code: str) -> None:
    own = run.folder / "mapping" / "crm"
    own.mkdir(parents=True)
    (own / "people.sql").write_text(sql, "utf-8")
    (failed,) = run.try_sync(0).failed
    assert failed.error is not None
    assert failed.error.code == code


def test_options_and_secrets_are_checked(run: Run) -> None:
    file = run.folder / "kadar.toml"
    right = file.read_text("utf-8")
    for wrong, code in (
        (right.replace("options = {", 'options = { key = "x",'), "KDR-SRC-009"),
        (right.replace("options = {", 'options = { colour = "x",'), "KDR-SRC-008"),
        (
            right.replace("url = ", "# url = ").replace("options = {", "options = {}  #"),
            "KDR-SRC-010",
        ),
        (right + '[sources.custom.orders]\nchannel = "x"\n', "KDR-SRC-016"),
    ):
        file.write_text(wrong, "utf-8")
        (failed,) = run.try_sync(0).failed
        assert failed.error is not None
        assert failed.error.code == code


def test_secrets_come_from_the_environment_then_a_file_of_the_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = keep_in_file(tmp_path, "crm", {"key": "from-the-file"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secrets = Secrets(tmp_path, "crm")
    assert secrets.get("key") == "from-the-file"
    monkeypatch.setenv("KADAR_CRM_KEY", "from-outside")
    assert secrets.get("key") == "from-outside"
    secrets.remember("key", "given-anew")
    assert Secrets(tmp_path, "crm").get("key") == "given-anew"
    monkeypatch.setenv("KADAR_CRM_KEY", "changed-by-hand")
    assert secrets.get("key") == "changed-by-hand"
    assert secrets.masked("it was given-anew, or from-the-file") == "it was ***, or ***"
    with pytest.raises(KadarError) as told:
        secrets.get("other")
    assert told.value.code == "KDR-SRC-002"
    monkeypatch.delenv("KADAR_CRM_KEY")
    file.chmod(0o644)
    with pytest.raises(KadarError) as told:
        secrets.get("key")
    assert told.value.code == "KDR-SRC-006"
    file.chmod(0o600)
    file.write_text("no toml", "utf-8")
    with pytest.raises(KadarError) as told:
        secrets.get("key")
    assert told.value.code == "KDR-SRC-007"


def test_the_ledger_says_what_is_there_and_what_is_here(run: Run) -> None:
    run.sync(0)
    deals, owners = sorted(entries_of(run.folder, "crm"), key=lambda one: one.object)
    assert (deals.received, deals.changed, deals.kept, deals.total) == (40, 40, 40, 40)
    assert deals.balances
    assert owners.whole
    run.standin.now = 24
    run.standin.delete("d00")
    run.standin.put("d01", value="2")
    run.sync(1)
    deals = next(one for one in entries_of(run.folder, "crm") if one.object == "deals")
    assert (deals.changed, deals.gone, deals.kept, deals.whole) == (1, 1, 39, False)


def test_the_later_version_of_a_record_sent_twice_counts(run: Run) -> None:
    """A deal changed while pages were read: it came twice, the older version last."""
    toy = run.standin
    toy.deals["again"] = dict(toy.deals["d02"], value="77", changed="2026-10-01T05:00:00Z")
    toy.deals["and again"] = dict(toy.deals["d02"], value="1", changed="2026-10-01T04:00:00Z")
    run.sync(0)
    with opened(run.folder / "store/model.duckdb") as made:
        found = made.execute("select amount from model.deals where deal_id = 'd02'").fetchall()
    assert found == [(Decimal(77),)]


def test_a_source_that_names_a_table_fills_no_other(run: Run) -> None:
    file = run.folder / "kadar.toml"
    file.write_text(
        file.read_text("utf-8").replace('kind = "toy"', 'kind = "toy"\ntable = "people"')
    )
    run.sync(0)
    assert run.tables()["deals"] == []
    assert len(run.tables()["people"]) == 1
