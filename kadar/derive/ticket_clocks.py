"""The clocks of tickets: minutes and working minutes, less what does not count."""

from __future__ import annotations

from collections.abc import Iterator

from kadar.derive.derivation import Derivation, literal, quote
from kadar.derive.projection import Shared
from kadar.derive.ticket_history import History
from kadar.derive.working_time import WorkingClock, clock
from kadar.model import TABLES
from kadar.schedule import conditions

# Each clock: from, to, and to what while that is unknown; the last of all is the data's end.
# An answer nobody gave was waited for until a person resolved the ticket without one.
CLOCKS = {
    "response": (
        "asked_at",
        "responded_at",
        "CASE WHEN NOT coalesce(resolved_automatically, FALSE) THEN resolved_at END",
    ),
    "resolution": ("created_at", "resolved_at", "NULL"),
    "first_resolution": ("created_at", "first_resolved_at", "NULL"),
}
_NOTHING = "SELECT 0 AS paused, 0 AS paused_worked, 0 AS closed, 0 AS closed_worked"


def build(shared: Shared, tickets: str, events: History | None) -> None:
    """Make `crm.tickets` from the completed rows in relation `tickets`."""
    work = shared.work
    numbered = work.temporary("ticket schedules", _scheduled(shared, tickets))
    working = WorkingClock(work)
    runs = _runs(work, tickets, numbered, working)
    if events:
        stopped = f"LEFT JOIN {_stopped(work, runs, events, working)} s USING (ticket_id, verb)"
    else:
        stopped = f"CROSS JOIN ({_NOTHING}) s"
    columns = [
        f"any_value(({sql}) / 6e7) FILTER (verb = '{clock}'{when}) AS {name}"
        for clock, when, name, sql in _columns(count_pauses=work.tickets.count_pauses)
    ]
    work.run(
        f"""
        CREATE TABLE {work.crm("tickets")} AS
        SELECT t.*, n.schedule, m.* EXCLUDE (ticket_id)
        FROM {tickets} t JOIN {numbered} n USING (ticket_id) LEFT JOIN (
            SELECT ticket_id, {", ".join(columns)} FROM {runs} {stopped} GROUP BY ticket_id
        ) m ON m.ticket_id = t.ticket_id
        """
    )


def _columns(*, count_pauses: bool) -> Iterator[tuple[str, str, str, str]]:
    """Yield clock, condition, name and SQL (microseconds) of each column."""
    for name, minutes, suffix in (
        ("minutes", "minutes", ""),
        ("working_minutes", "worked", "_worked"),
    ):
        paused = f"coalesce(paused{suffix}, 0)"
        counted = minutes if count_pauses else f"{minutes} - {paused}"
        yield "response", "", f"response_{name}", counted
        yield "resolution", "", f"resolution_{name}", counted
        yield "first_resolution", " AND ended", f"first_resolution_{name}", counted
        handled = f"{minutes} - {paused} - coalesce(closed{suffix}, 0)"
        yield "resolution", " AND ended", f"handled_{name}", handled


def _scheduled(shared: Shared, tickets: str) -> str:
    """SQL for the clock of each ticket, and the schedule it came in under."""
    work = shared.work
    tables = work.timetables.tables[:-1]
    if not any(table.when for table in tables):
        number = clock(work, work.timetables.general)
        name = _name(work, "true")
        return f"SELECT ticket_id, {number} AS clock, {name} AS schedule FROM {tickets} t"
    known = conditions("tickets")
    met, references = [], set()
    for table in tables:
        tests = ["true"]
        for condition, values in table.when.items():
            reference, column = known[condition]
            references.add(reference)
            listed = ", ".join(literal(value.strip().lower()) for value in values) or "NULL"
            place = quote(reference or "t")
            tests.append(f"coalesce(lower(trim({place}.{quote(column)})) IN ({listed}), false)")
        met.append(" AND ".join(tests))
    joins = ""
    for reference in sorted(filter(None, references)):
        to = TABLES["tickets"].references[reference]
        joins += (
            f" LEFT JOIN {shared.current[to]} {quote(reference)} "
            f"ON {quote(reference)}.{quote(TABLES[to].key[0])} = t.{quote(reference)}"
        )
    flags = ", ".join(f"CASE WHEN {test} THEN {at} END" for at, test in enumerate(met))
    matched = work.temporary(
        "ticket conditions",
        f"SELECT t.ticket_id, t.created_on, list_filter([{flags}], lambda x: x IS NOT NULL) AS met "
        f"FROM {tickets} t{joins}",
    )
    numbers = {
        tuple(row[0]): clock(work, tuple(row[0]))
        for row in work.rows(f"SELECT DISTINCT met FROM {matched} ORDER BY met")
    }
    cases = " ".join(f"WHEN {list(among)} THEN {number}" for among, number in numbers.items())
    name = _name(work, "list_contains(t.met, {at})")
    return (
        f"SELECT ticket_id, CASE met {cases or 'WHEN NULL THEN 0'} END AS clock, "
        f"{name} AS schedule FROM {matched} t"
    )


def _name(work: Derivation, holds: str) -> str:
    """SQL for the name of the first schedule in force on the day a ticket came in."""
    cases = ""
    for at, table in enumerate(work.timetables.tables[:-1]):
        epoch = "DATE '1970-01-01'"
        tests = [holds.format(at=at)]
        tests += [f"t.created_on >= {epoch} + {table.since}"] if table.since is not None else []
        tests += [f"t.created_on <= {epoch} + {table.until}"] if table.until is not None else []
        cases += f" WHEN {' AND '.join(tests)} THEN {literal(table.name)}"
    return f"CASE{cases} END" if cases else "CAST(NULL AS VARCHAR)"


def _runs(work: Derivation, tickets: str, numbered: str, working: WorkingClock) -> str:
    """Return a relation of each ticket's clocks: from, to, minutes; in microseconds."""
    until = f"(SELECT observed_until FROM {work.crm('company')})"
    each = " UNION ALL ".join(
        f"SELECT ticket_id, '{verb}' AS verb, {start} AS begins, "
        f"coalesce({end}, {other}, {until}) AS ends, {end} IS NOT NULL AS ended FROM {tickets}"
        for verb, (start, end, other) in CLOCKS.items()
    )
    timed = _worked(
        work,
        working,
        f"SELECT * FROM ({each}) JOIN {numbered} USING (ticket_id) "
        "WHERE begins IS NOT NULL AND ends IS NOT NULL",
    )
    return work.temporary("ticket clocks", timed)


def _stopped(work: Derivation, runs: str, events: History, working: WorkingClock) -> str:
    """Return a relation of what pauses and closures take from each clock."""
    timed = _worked(
        work,
        working,
        f"""
        SELECT * FROM (
            SELECT r.ticket_id, r.verb, r.clock, s.state, greatest(r.begins, s.begins) AS begins,
                least(r.ends, coalesce(s.ends, r.ends)) AS ends
            FROM {runs} r JOIN {events.stops} s USING (ticket_id)
        ) WHERE begins < ends
        """,
    )
    sums = ", ".join(
        f"sum({column}) FILTER (state = '{state}') AS {name}"
        for state in ("paused", "closed")
        for column, name in (("minutes", state), ("worked", f"{state}_worked"))
    )
    return work.temporary(
        "ticket stops timed", f"SELECT ticket_id, verb, {sums} FROM ({timed}) GROUP BY ALL"
    )


def _worked(work: Derivation, working: WorkingClock, spans: str) -> str:
    """SQL that adds to rows of begins, ends and clock their time and working time."""
    begins, ends = working.reading("b", "x.begins"), working.reading("e", "x.ends")
    return (
        f"SELECT x.*, epoch_us(x.ends) - epoch_us(x.begins) AS minutes, "
        f"{ends} - {begins} AS worked "
        f"FROM (SELECT *, {work.day('begins')} AS begins_on, {work.day('ends')} AS ends_on "
        f"FROM ({spans})) x {working.join('b', 'x.clock', 'x.begins_on')} "
        f"{working.join('e', 'x.clock', 'x.ends_on')}"
    )
