"""Histories where the audit log is off: business processes, and what syncs have seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.vendors.acceptance import FIRST, Run
from tests.vendors.dynamics.cases import case, installed, rows
from tests.vendors.dynamics.standin import Dataverse, guid, stamp

QUALIFY, DEVELOP, PROPOSE = guid("Qualify"), guid("Develop"), guid("Propose")
DEAL, OLDER, STILL = guid("deal"), guid("older"), guid("still")


def day(number: float) -> datetime:
    """The moment of a day's sync, and parts of a day after it."""
    return FIRST + timedelta(days=number)


def test_stages_of_a_business_process(tmp_path: Path) -> None:
    with installed(
        Dataverse(), "opportunity", "opportunityclose", "processstage", "opportunitysalesprocess"
    ) as crm:
        crm.now = day(-1)
        for key, name in ((QUALIFY, "Qualify"), (DEVELOP, "Develop"), (PROPOSE, "Propose")):
            crm.insert("processstage", key, stagename=name)
        crm.insert("opportunity", DEAL, name="Deal")
        process = crm.insert(
            "opportunitysalesprocess", opportunityid=("opportunity", DEAL),
            activestageid=("processstage", QUALIFY), activestagestartedon=stamp(crm.now),
            traversedpath=QUALIFY,
        )  # fmt: skip
        run = Run(case(Dataverse, tables=("deals", "deal_stages")), crm, tmp_path).make()

        def move(when: datetime, stage: str, path: list[str]) -> None:
            crm.now = when
            crm.update("opportunitysalesprocess", process, traversedpath=",".join(path),
                       activestageid=("processstage", stage),
                       activestagestartedon=stamp(when))  # fmt: skip

        move(day(-0.5), DEVELOP, [QUALIFY, DEVELOP])
        run.sync(0)
        assert rows(tmp_path, "deals", "stage") == [("Develop",)]
        assert rows(tmp_path, "deal_stages", "stage", "position", "entered_at", "left_at") == [
            ("Develop", 2, day(-0.5), None),
            ("Qualify", 1, day(-1), day(-0.5)),  # the first stage, begun with the process
        ]
        move(day(0.5), PROPOSE, [QUALIFY, DEVELOP, PROPOSE])
        run.sync(1)
        move(day(1.25), DEVELOP, [QUALIFY, DEVELOP])  # back
        run.sync(2)
        crm.now = day(2.5)
        crm.update("opportunity", DEAL, statecode=1, actualclosedate="2026-10-07")
        crm.insert("opportunityclose", opportunityid=("opportunity", DEAL))
        run.sync(3)
        assert rows(tmp_path, "deal_stages", "entered_at", "left_at", "stage", "position") == [
            (day(-1), day(-0.5), "Qualify", 1),
            (day(-0.5), day(0.5), "Develop", 2),
            (day(0.5), day(1.25), "Propose", 3),
            (day(1.25), day(2.5), "Develop", 2),
        ]


def test_a_stage_passed_between_two_syncs_is_not_made_up(tmp_path: Path) -> None:
    with installed(Dataverse(), "opportunity", "processstage", "opportunitysalesprocess") as crm:
        crm.now = day(-1)
        for key, name in ((QUALIFY, "Qualify"), (DEVELOP, "Develop"), (PROPOSE, "Propose")):
            crm.insert("processstage", key, stagename=name)
        crm.insert("opportunity", DEAL)
        crm.insert(
            "opportunitysalesprocess", opportunityid=("opportunity", DEAL),
            activestageid=("processstage", PROPOSE), activestagestartedon=stamp(day(-0.5)),
            traversedpath=",".join([QUALIFY, DEVELOP, PROPOSE]),
        )  # fmt: skip
        Run(case(Dataverse, tables=("deal_stages",)), crm, tmp_path).make().sync(0)
    # when Qualify ended and Develop began, nobody knows
    assert rows(tmp_path, "deal_stages", "stage", "entered_at", "left_at") == [
        ("Propose", day(-0.5), None)
    ]


def test_stages_as_syncs_have_seen_them(tmp_path: Path) -> None:
    with installed(Dataverse(), "opportunity") as crm:
        crm.now = day(-9)
        crm.insert("opportunity", OLDER, stepname="1-Qualify")
        crm.now = day(-8)
        crm.update("opportunity", OLDER, stepname="2-Develop")  # before anybody looked
        crm.now = day(-1)
        crm.insert("opportunity", DEAL, stepname="1-Qualify")
        run = Run(case(Dataverse, tables=("deal_stages",)), crm, tmp_path).make()
        run.sync(0)
        crm.now = day(0.5)
        crm.update("opportunity", DEAL, stepname="2-Develop")
        crm.update("opportunity", OLDER, name="Renamed")
        run.sync(1)
        crm.now = day(1.5)
        crm.update("opportunity", OLDER, stepname="3-Propose")
        run.sync(2)
    assert rows(tmp_path, "deal_stages", "deal_id", "entered_at", "left_at", "stage") == sorted([
        (DEAL, day(-1), day(0.5), "1-Qualify"),  # never changed before: in it since it was made
        (DEAL, day(0.5), None, "2-Develop"),
        (OLDER, day(1.5), None, "3-Propose"),  # when Develop began, nobody knows
    ], key=repr)  # fmt: skip


def test_by_the_choice_of_a_stage_where_nobody_writes_its_step(tmp_path: Path) -> None:
    with installed(Dataverse(), "opportunity", "audit") as crm:
        crm.label("opportunity", "salesstage", 0, "Qualify")
        crm.label("opportunity", "salesstage", 1, "Develop")
        crm.audited = {"opportunity"}
        crm.now = day(-2)
        crm.insert("opportunity", DEAL, salesstage=0)
        crm.insert("opportunity", STILL, salesstage=0)
        crm.now = day(-1)
        crm.update("opportunity", DEAL, salesstage=1)
        run = Run(case(Dataverse, tables=("deals", "deal_stages")), crm, tmp_path).make()
        run.sync(0)
        assert rows(tmp_path, "deals", "stage") == [("Develop",), ("Qualify",)]
        assert rows(tmp_path, "deal_stages", "deal_id", "stage", "position", "entered_at",
                    "left_at") == sorted([
            (DEAL, "Qualify", 1, day(-2), day(-1)),
            (DEAL, "Develop", 2, day(-1), None),
            (STILL, "Qualify", 1, day(-2), None),
        ], key=repr)  # fmt: skip
        # an option gets another name: no record changes, and every row has the new one
        crm.label("opportunity", "salesstage", 1, "Build")
        run.sync(1)
        assert rows(tmp_path, "deals", "stage") == [("Build",), ("Qualify",)]


def test_tickets_and_leads_as_syncs_have_seen_them(tmp_path: Path) -> None:
    with installed(Dataverse(), "incident", "incidentresolution", "lead") as crm:
        crm.now = day(-1)
        case_, lead = crm.insert("incident"), crm.insert("lead")
        crm.insert("incidentresolution", incidentid=("incident", case_), actualend=stamp(crm.now))
        crm.update("incident", case_, statecode=1)
        run = Run(
            case(Dataverse, tables=("tickets", "ticket_events", "leads")), crm, tmp_path
        ).make()
        run.sync(0)
        crm.now = day(0.5)
        crm.update("incident", case_, statecode=0)
        crm.update("lead", lead, statecode=2)
        run.sync(1)
        crm.now = day(1.5)
        crm.insert("incidentresolution", incidentid=("incident", case_), actualend=stamp(crm.now))
        crm.update("incident", case_, statecode=1)
        crm.update("lead", lead, statecode=0)  # given up too early
        run.sync(2)
        crm.now = day(2.5)
        crm.update("lead", lead, statecode=1)
        run.sync(3)
        crm.now = day(3.5)
        crm.update("lead", lead, subject="Renamed")
        run.sync(4)
    events = rows(tmp_path, "ticket_events", "occurred_at", "event")
    assert events == [
        (day(-1), "created"), (day(-1), "resolved"), (day(0.5), "reopened"),
        (day(1.5), "resolved"),
    ]  # fmt: skip
    assert rows(tmp_path, "tickets", "first_resolved_at", "resolved_at", "reopened") == [
        (day(-1), day(1.5), 1)
    ]
    assert rows(tmp_path, "leads", "converted_at", "disqualified_at") == [(day(2.5), None)]


def test_rates_of_a_currency_as_it_changes(tmp_path: Path) -> None:
    with installed(Dataverse(), "transactioncurrency", "opportunity") as crm:
        crm.now = datetime(2020, 1, 1, tzinfo=UTC)
        crm.insert("transactioncurrency", isocurrencycode="MYR", exchangerate=1.0)
        euro = crm.insert("transactioncurrency", isocurrencycode="EUR", exchangerate=0.2)
        paid: dict[str, Any] = {
            "transactioncurrencyid": ("transactioncurrency", euro),
            "exchangerate": 0.25,
        }
        crm.now = datetime(2019, 5, 1, tzinfo=UTC)
        crm.insert("opportunity", **paid)
        late = crm.insert("opportunity", **paid | {"exchangerate": 0.4})
        crm.now = day(-1)
        crm.update("opportunity", late, name="Touched")  # years later: tells no rate of that day
        run = Run(case(Dataverse, tables=("fx_rates",)), crm, tmp_path).make()
        run.sync(0)
        crm.now = day(0.5)
        crm.update("transactioncurrency", euro, exchangerate=0.22)
        run.sync(1)
    made = rows(tmp_path, "fx_rates", "valid_at", "currency", "round(rate, 6)")
    assert made == [
        (datetime(2019, 5, 1, tzinfo=UTC), "EUR", 4.0),
        (datetime(2020, 1, 1, tzinfo=UTC), "EUR", 5.0),
        (day(0.5), "EUR", round(1 / 0.22, 6)),
    ]
