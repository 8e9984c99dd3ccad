"""What headers alone do not say: outcomes, two meanings of a date, durations, scores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kadar.project import load
from kadar.sources.propose import Proposal, add_sources, propose

Propose = Callable[..., list[Proposal]]
DEAL = ["Deal ID", "Deal Name", "Stage", "Amount", "Created Date"]


def columns(proposal: Proposal) -> dict[str, str]:
    assert proposal.source is not None, proposal.reason
    return proposal.source.columns


def test_an_actual_close_beside_an_expected_one_is_taken_as_it_is(proposed: Propose) -> None:
    (found,) = proposed(
        [*DEAL, "Expected Close Date", "Actual Close Date"],
        [["1", "A", "Closed Won", "5", "2026-01-02", "2026-02-01", "2026-02-03"]],
    )
    assert columns(found)["closed_at"] == "Actual Close Date"
    assert columns(found)["expected_close_at"] == "Expected Close Date"


def test_won_and_closed_flags_give_the_outcome(proposed: Propose) -> None:
    (found,) = proposed(
        [*DEAL, "IsWon", "IsClosed"],
        [["1", "A", "S3", "5", "2026-01-02", "true", "true"]],
    )
    assert columns(found)["outcome"].startswith("= case when")
    assert '"IsWon"' in columns(found)["outcome"]
    assert "then 'lost' else 'open' end" in columns(found)["outcome"]


def test_stages_nobody_knows_are_asked_about_not_guessed(proposed: Propose) -> None:
    (found,) = proposed(
        [*DEAL, "Close Date"], [["1", "A", "7970058", "5", "2026-01-02", "2026-02-01"]]
    )
    assert "outcome" not in columns(found)
    assert "closed_at" not in columns(found)
    assert columns(found)["expected_close_at"] == "Close Date"
    assert any(question.startswith("outcome:") for question in found.questions)
    assert any(question.startswith("closed_at:") for question in found.questions)


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("closedwon", "won"),
        ("6 - Closed Won", "won"),
        ("Tutup Menang", "won"),
        ("已贏單", "won"),
        ("Closed Lost - Price", "lost"),
        ("Kalah", "lost"),
        ("输单", "lost"),
        ("Verbal yes", None),
        ("Known", None),
        ("Waiting", None),
    ],
)
def test_stage_names_that_mean_an_outcome(
    proposed: Propose, stage: str, outcome: str | None
) -> None:
    rows = [["1", "A", stage, "5", "2026-01-02"], ["2", "B", "Closed Won", "5", "2026-01-02"]]
    (found,) = proposed(DEAL, rows)
    assert found.source is not None
    assert found.source.values["outcome"].get(stage) == outcome
    assert found.source.values["outcome"]["*"] == "open"


def test_a_quote_in_a_header_or_a_stage_is_written_as_sql_does(proposed: Propose) -> None:
    (found,) = proposed(
        ["Deal ID", "Deal Name", "Stage", "Created Date", "Close Date"],
        [["1", "A", "Won 'n done", "2026-01-02", "2026-02-01"]],
    )
    assert "('Won ''n done')" in columns(found)["closed_at"]


@pytest.mark.parametrize(
    ("header", "value", "sql"),
    [
        (
            "First response time (min)",
            "74",
            '"Created At" + "First response time (min)" * interval 1 minute',
        ),
        (
            "First Response Time Hours",
            "1.5",
            '"Created At" + "First Response Time Hours" * interval 1 hour',
        ),
        (
            "First Response Time",
            "01:30:00",
            '"Created At" + cast("First Response Time" as interval)',
        ),
    ],
)
def test_a_duration_becomes_a_moment(proposed: Propose, header: str, value: str, sql: str) -> None:
    (found,) = proposed(
        ["Ticket ID", "Created At", "Status", header], [["1", "2026-01-02 09:00", "Open", value]]
    )
    assert columns(found)["responded_at"] == f"= {sql}"


def test_a_duration_of_unknown_unit_is_asked_about(proposed: Propose) -> None:
    (found,) = proposed(
        ["Ticket ID", "Created At", "Status", "First Response Time"],
        [["1", "2026-01-02 09:00", "Open", "74"]],
    )
    assert "responded_at" not in columns(found)
    assert any(question.startswith("responded_at:") for question in found.questions)


def test_a_rating_in_a_ticket_file_is_a_second_source(proposed: Propose) -> None:
    tickets, surveys = proposed(
        ["Ticket ID", "Account ID", "Created At", "Closed At", "Status", "CSAT"],
        [["1", "K1", "2026-01-02 09:00", "2026-01-03 09:00", "Closed", "4"]],
    )
    assert tickets.source is not None
    assert tickets.source.table == "tickets"
    assert surveys.source is not None
    assert surveys.source.table == "surveys"
    assert columns(surveys) == {
        "survey_id": "Ticket ID",
        "customer_id": "Account ID",
        "ticket_id": "Ticket ID",
        "kind": "= 'csat'",
        "answered_at": """= case when "CSAT" is not null then "Closed At" end""",
        "score": "CSAT",
    }
    assert surveys.source.name != tickets.source.name


@pytest.mark.parametrize(
    ("scores", "name", "kind", "scale"),
    [
        ([0, 3, 9, 10], "answers.csv", "= 'nps'", None),
        ([1, 3, 4, 5], "answers.csv", "= 'csat'", None),
        ([1, 3, 6, 7], "ces answers.csv", "= 'ces'", "= 7"),
        ([1, 2, 9, 10], "csat.csv", "= 'csat'", "= 10"),
    ],
)
def test_a_bare_score_is_told_by_the_files_name_or_its_values(
    proposed: Propose, scores: list[int], name: str, kind: str, scale: str | None
) -> None:
    rows = [[f"R{i}", "2026-01-02", score] for i, score in enumerate(scores)]
    (found,) = proposed(["Response ID", "Survey Date", "Score"], rows, name)
    assert columns(found)["kind"] == kind
    assert columns(found).get("scale_max") == scale


def test_one_wrong_answer_does_not_change_the_scale(proposed: Propose) -> None:
    rows = [[f"R{i}", "2026-01-02", i % 11] for i in range(400)] + [["R400", "2026-01-02", 11]]
    (found,) = proposed(["Response ID", "Response Date", "NPS Score"], rows)
    assert "scale_max" not in columns(found)


def test_two_scores_are_two_sources(proposed: Propose) -> None:
    nps, csat = proposed(
        ["Response ID", "Response Date", "NPS", "CSAT", "Comment"],
        [["1", "2026-01-02", "9", "4", "x"], ["2", "2026-01-02", "0", "5", "y"]],
    )
    assert (columns(nps)["kind"], columns(nps)["score"]) == ("= 'nps'", "NPS")
    assert (columns(csat)["kind"], columns(csat)["score"]) == ("= 'csat'", "CSAT")
    assert columns(csat)["answered_at"] == "Response Date"


def test_satisfaction_in_words_becomes_a_score(proposed: Propose) -> None:
    (found,) = proposed(
        ["回访编号", "评价时间", "客户满意度"],
        [["1", "2026-01-02", "很满意"], ["2", "2026-01-03", "不满意"]],
        "满意度调查.csv",
    )
    assert "when '很满意' then 5" in columns(found)["score"]
    assert "when '不满意' then 2" in columns(found)["score"]
    assert columns(found)["kind"] == "= 'csat'"


def test_question_headers_over_several_lines(proposed: Propose) -> None:
    (found,) = proposed(
        [
            "Timestamp",
            "On a scale of 0-10,\nhow would you rate us?",
            "...why?",
            "On a scale of 0-10, the food?",
        ],
        [["2026-01-02 09:00", "9", "good", "3"], ["2026-01-02 10:00", "0", "bad", "4"]],
    )
    assert columns(found)["score"] == "On a scale of 0-10, how would you rate us?"
    assert columns(found)["comment"] == "...why?"
    assert any("the food?" in question for question in found.questions)


def test_cost_and_revenue_are_worked_out(proposed: Propose) -> None:
    (found,) = proposed(
        ["Order ID", "Order Date", "Customer Name", "Sales", "Profit"],
        [["1", "2026-01-02", "A", "100.5", "20"]],
    )
    assert columns(found)["cost"] == '= "Sales" - "Profit"'
    (found,) = proposed(
        ["InvoiceNo", "Invoice Date", "Customer ID", "Quantity", "UnitPrice"],
        [["1", "2026-01-02", "A", "2", "3.5"]],
        "invoices.csv",
    )
    assert columns(found)["revenue"] == '= "Quantity" * "UnitPrice"'


def test_an_annual_amount_is_spread_over_months(proposed: Propose) -> None:
    (found,) = proposed(
        ["Subscription ID", "Customer ID", "Start Date", "ARR"], [["1", "A", "2026-01-02", "1200"]]
    )
    assert columns(found)["monthly_amount"] == '= "ARR" / 12'


def test_what_a_campaign_cost_is_spend(proposed: Propose) -> None:
    campaigns, spend = proposed(
        ["CAMPAIGNID", "Campaign Name", "Type", "Start Date", "Budgeted Cost", "Actual Cost"],
        [["1", "Raya", "E-mail", "2026-01-02", "100", "80"]],
    )
    assert campaigns.source is not None
    assert campaigns.source.table == "campaigns"
    assert columns(spend)["amount"] == "Actual Cost"
    assert columns(spend)["spent_at"] == "Start Date"
    assert columns(spend)["campaign_id"] == "CAMPAIGNID"


def test_values_a_choice_does_not_know_say_nothing(proposed: Propose) -> None:
    (found,) = proposed(
        ["Deal ID", "Deal Name", "Deal Type", "Stage", "Created Date"],
        [["1", "A", "Renewal", "Won", "2026-01-02"], ["2", "B", "Barter", "Won", "2026-01-02"]],
    )
    assert found.source is not None
    assert found.source.values["kind"] == {"Renewal": "renewal", "*": ""}
    assert any("Barter" in note for note in found.notes)


def test_deleted_records_and_old_versions_are_left_out_by_a_query(proposed: Propose) -> None:
    (found,) = proposed(
        [*DEAL, "IsDeleted", "SystemModstamp"],
        [
            ["1", "A", "Won", "5", "2026-01-02", "false", "2026-01-03T00:00:00Z"],
            ["1", "A", "Won", "6", "2026-01-02", "false", "2026-01-04T00:00:00Z"],
            ["2", "B", "Won", "7", "2026-01-02", "true", "2026-01-05T00:00:00Z"],
        ],
    )
    assert found.source is not None
    assert found.source.path is None
    query = found.source.query or ""
    assert "from 'file.csv' where" in query
    assert '"IsDeleted"' in query
    assert 'partition by "Deal ID"' in query


def test_deleted_records_that_no_query_reaches_are_not_loaded(
    tmp_path: Path, proposed: Propose
) -> None:
    """A query reads no file outside the project; without it what was deleted would count."""
    proposed([*DEAL, "IsDeleted"], [["1", "A", "Won", "5", "2026-01-02", "true"]])
    inner = tmp_path / "project"
    inner.mkdir()
    (inner / "kadar.toml").write_text("", "utf-8")
    (found,) = propose(load(inner), [tmp_path / "file.csv"])
    assert found.source is None
    assert "copy the file into the project folder" in str(found.reason)


def test_names_stand_for_ids_and_it_is_said(proposed: Propose) -> None:
    (found,) = proposed([*DEAL, "Account Name"], [["1", "A", "Won", "5", "2026-01-02", "Acme"]])
    assert columns(found)["customer_id"] == "Account Name"
    assert any("names stand for ids" in note for note in found.notes)


def test_a_second_header_that_would_fit_is_reported(proposed: Propose) -> None:
    (found,) = proposed(
        ["Order ID", "Order Date", "Invoice Date", "Customer ID", "Net Amount"],
        [["1", "2026-01-02", "2026-01-05", "A", "5"]],
    )
    assert columns(found)["ordered_at"] == "Order Date"
    assert any("Invoice Date" in question for question in found.questions)


REFUSED = [
    (["Company ID", "Deal ID", "Type"], [["1", "2", "x"]], ["deals"]),
    (["age", "job", "marital"], [["30", "cook", "single"]], ["no column of the model"]),
    (["id", "nps", "t"], [["1", "9", "11"], ["2", "0", "11"]], ["surveys", "answered_at"]),
    (["Account ID", "Churn Date", "Churn Reason"], [["1", "2026-01-02", "x"]], ["subscriptions"]),
]


@pytest.mark.parametrize(("headers", "rows", "words"), REFUSED)
def test_a_file_that_fits_no_table_is_refused_with_the_reason(
    proposed: Propose, headers: list[str], rows: list[list[str]], words: list[str]
) -> None:
    (found,) = proposed(headers, rows)
    assert found.source is None
    assert found.reason is not None
    for word in words:
        assert word in found.reason


def test_files_that_cannot_be_read_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "kadar.toml").write_text("", "utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "bare.csv").write_text("1,2026-01-02,5\n2,2026-01-03,6\n", "utf-8")
    (tmp_path / "headers.csv").write_text("Deal ID,Deal Name,Stage\n", "utf-8")
    names = ["empty.csv", "absent.csv", "bare.csv", "headers.csv"]
    empty, absent, bare, headers = propose(load(tmp_path), names)
    for found in (empty, absent, bare, headers):
        assert found.source is None
    assert "empty" in (empty.reason or "")
    assert "absent.csv" in (absent.reason or "")
    assert "headers" in (bare.reason or "")
    assert "no records" in (headers.reason or "")


def test_parts_of_one_export_are_one_source_and_copies_are_not(tmp_path: Path) -> None:
    (tmp_path / "kadar.toml").write_text("", "utf-8")
    head = ",".join(DEAL)
    for name, ids in {"a.csv": (1, 2), "b.csv": (3, 4), "c.csv": (1, 3)}.items():
        rows = [f"{number},A,Won,5,2026-01-02" for number in ids]
        (tmp_path / name).write_text("\n".join([head, *rows]), "utf-8")
    joined, copy = propose(load(tmp_path), ["a.csv", "b.csv", "c.csv"])
    assert joined.source is not None
    assert joined.source.path == ["a.csv", "b.csv"]
    assert copy.source is not None
    assert copy.source.path == "c.csv"
    assert any("same ids" in note for note in copy.notes)
    add_sources(tmp_path, [joined.source, copy.source])
    assert load(tmp_path).sources == [joined.source, copy.source]


def test_sources_are_written_beside_what_is_there(tmp_path: Path) -> None:
    before = '# ours\n[company]\nname = "A"  # a comment\n'
    (tmp_path / "kadar.toml").write_text(before, "utf-8")
    rows = ["1,A,Closed Won,5,2026-01-02,2026-02-01", "2,B,Open,5,2026-01-02,2026-02-01"]
    text = "\n".join([",".join([*DEAL, "Close Date"]), *rows])
    (tmp_path / "deals.csv").write_text(text, "utf-8")
    (found,) = propose(load(tmp_path), ["deals.csv"])
    assert found.source is not None
    add_sources(tmp_path, [found.source])
    written = (tmp_path / "kadar.toml").read_text("utf-8")
    assert written.startswith(before)
    assert load(tmp_path).sources == [found.source]
    (again,) = propose(load(tmp_path), ["deals.csv"])
    assert again.covered_by == found.source.name
    assert again.source is not None
    assert again.source.name != found.source.name


def test_nothing_is_written_that_could_not_be_loaded(tmp_path: Path) -> None:
    from msgspec.structs import replace

    from kadar.errors import KadarError
    from kadar.project import Source

    (tmp_path / "kadar.toml").write_text("# ours\n", "utf-8")
    source = Source(name="a", table="deals", path="a.csv", columns={"deal_id": "ID"})
    add_sources(tmp_path, [source])
    text = (tmp_path / "kadar.toml").read_text("utf-8")
    with pytest.raises(KadarError, match="KDR-PRJ-022"):
        add_sources(tmp_path, [replace(source, name="b", table="nothing")])
    with pytest.raises(KadarError, match="KDR-PRJ-020"):
        add_sources(tmp_path, [source])
    assert (tmp_path / "kadar.toml").read_text("utf-8") == text


def test_each_sheet_of_a_workbook_is_looked_at(tmp_path: Path) -> None:
    from openpyxl import Workbook

    (tmp_path / "kadar.toml").write_text("", "utf-8")
    book = Workbook()
    deals = book.active
    deals.title = "Deals"
    deals.append(DEAL)
    deals.append(["1", "A", "Won", 5, "2026-01-02"])
    spend = book.create_sheet("Spend")
    spend.append(["Expense Date", "Channel", "Amount"])
    spend.append(["2026-01-02", "Web", 7])
    book.create_sheet("Notes").append(["nothing to see"])
    book.save(tmp_path / "book.xlsx")
    found = propose(load(tmp_path), ["book.xlsx"])
    sources = [proposal.source for proposal in found if proposal.source]
    assert [(source.table, source.sheet) for source in sources] == [
        ("deals", "Deals"),
        ("spend", "Spend"),
    ]
    assert all(source.path == "book.xlsx" for source in sources)
    assert len({source.name for source in sources}) == 2


@pytest.mark.parametrize(("day", "asked"), [("11/2/2026", True), ("11/13/2026", False)])
def test_a_date_that_can_be_read_two_ways_is_asked_about(
    proposed: Propose, day: str, asked: bool
) -> None:
    (found,) = proposed(
        ["Order ID", "Order Date", "Customer ID", "Amount"],
        [["1", "11/1/2026", "A", "5"], ["2", day, "A", "5"]],
    )
    assert any("date_format" in question for question in found.questions) is asked
