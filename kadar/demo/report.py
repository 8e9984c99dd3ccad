"""What the demo wrote: the files, their deliberate faults and the true figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

# what becomes of a faulty row when it is imported
QUARANTINED = "quarantined"  # refused whole, with its reason
REPEATED = "repeated"  # the same row twice: kept once
EXCLUDED = "excluded"  # kept; durations leave it out, because it ends before it begins
UNKNOWN = "unknown"  # kept; the value is unknown (N/A)
UNCONVERTED = "unconverted"  # kept; no exchange rate, so no money figure counts it
REFUND = "refund"  # kept; a negative order
MERGED = "merged"  # kept; counted under the account it was merged into


@dataclass(slots=True, frozen=True)
class Fault:
    """One row that is not as it should be.

    `line` is the line of the file (row number in an Excel sheet, record number in JSON lines),
    `key` the row's id as written, `column` the header at fault.
    """

    path: str
    line: int
    key: str
    column: str
    what: str
    fate: str


@dataclass(slots=True, frozen=True)
class DemoFile:
    """One export: its path relative to the project, the model's table it tells of, its records.

    `footer` counts lines after the records that are no records (a Salesforce report's closing
    block).
    """

    path: str
    table: str
    rows: int
    footer: int = 0


@dataclass(slots=True, frozen=True)
class Truth:
    """True figures straight from the simulation, by period label ("2025-Q3", "2025-08").

    Money in ringgit, ticket times in hours, sales cycle in days; a tuple is (numerator,
    denominator). Periods are those of the company's local time.
    """

    deals_won: dict[str, int]
    deals_closed: dict[str, int]
    deals_created: dict[str, int]
    customers_acquired: dict[str, int]
    sales_cycle_days: dict[str, float]
    nps: dict[str, tuple[int, int, int]]  # promoters, detractors, answers
    csat: dict[str, tuple[int, int]]  # answers in the top two boxes, answers
    leads_converted: dict[str, tuple[int, int]]  # within 90 days, created; by month
    orders: dict[str, int]
    revenue: dict[str, float]
    spend: dict[str, float]
    first_response_hours: dict[str, float]
    resolution_hours: dict[str, float]
    interactions: dict[str, int]  # by people, with customers
    # customers active when the quarter opened, and of those still active when it closed
    retained: dict[str, tuple[int, int]]


@dataclass(slots=True, frozen=True)
class DemoReport:
    """What `write` left in a folder.

    `files` are to be imported; `later` are the same exports taken a week later, with the edits
    people made meanwhile: importing them in place of the first ones shows history at work.
    """

    folder: Path
    files: list[DemoFile]
    faults: list[Fault]
    truth: Truth
    later: list[DemoFile] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)  # ids that differ in `later`
    removed: list[str] = field(default_factory=list)  # ids that are missing in `later`

    def quarantined(self) -> list[Fault]:
        """Return the rows an import must refuse, and no others."""
        return [fault for fault in self.faults if fault.fate == QUARANTINED]
