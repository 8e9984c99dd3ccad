"""One column of a file: its header and what its values show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kadar.sources.files.nulls import is_null
from kadar.sources.files.values import Kind, kind_of
from kadar.sources.propose.names import key, keys

ENOUGH = 600  # values that tell what kind a column is
WRONG = 0.05  # share of a column's values that may be wrong without changing what it is
RARE = 0.005  # share of answers below which a number is taken for a mistake
_SALESFORCE = re.compile(r"^[a-zA-Z0-9]{15}(?:[A-Z0-5]{3})?$")
_CLOCK = re.compile(r"^\d{1,4}:\d\d(?::\d\d)?$")
# the first three characters of a Salesforce id say what kind of record it is
SALESFORCE_PREFIXES = {
    "006": "deals",
    "00Q": "leads",
    "003": "contacts",
    "001": "customers",
    "500": "tickets",
    "701": "campaigns",
    "00v": "campaign_members",
    "005": "people",
    "801": "orders",
    "802": "order_lines",
    "00T": "interactions",
    "00U": "interactions",
}


@dataclass(frozen=True)
class Field:
    """A header with the values of the sampled records, None where there is nothing."""

    header: str
    position: int
    values: tuple[str | None, ...]

    @cached_property
    def known(self) -> list[str]:
        """Values that say something, trimmed."""
        return [v.strip() for v in self.values if v is not None and not is_null(v)]

    @cached_property
    def kind(self) -> Kind:
        """What the values look like, judged by some from all over the sample."""
        step = len(self.known) // ENOUGH + 1
        return kind_of(self.known[::step])

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs."""
        return Counter(self.known)

    @property
    def keys(self) -> tuple[str, ...]:
        """The ways to read the header."""
        return keys(self.header)

    @cached_property
    def numbers(self) -> list[float]:
        """Values that are plain numbers."""
        return [float(v) for v in self.known if re.fullmatch(r"-?\d+(?:\.\d+)?", v)]

    @cached_property
    def range(self) -> tuple[float, float]:
        """Lowest and highest number, without the few that hardly any record has."""
        counts = Counter(self.numbers)
        common = [n for n, count in counts.items() if count > RARE * len(self.numbers)]
        kept = common or list(counts)
        return min(kept), max(kept)

    @cached_property
    def whole(self) -> bool:
        """The values are plain numbers, but for a few that are wrong."""
        return bool(self.numbers) and len(self.numbers) >= (1 - WRONG) * len(self.known)

    @cached_property
    def clock(self) -> bool:
        """Every value is a time that passed: 2:30 or 12:05:40."""
        return bool(self.known) and all(_CLOCK.match(v) for v in self.known)

    @cached_property
    def unique(self) -> bool:
        """No value occurs twice, but for a few that are wrong."""
        return len(self.counts) >= (1 - WRONG) * len(self.known)

    @cached_property
    def salesforce_table(self) -> str | None:
        """Return the table whose Salesforce ids nearly all the values are."""
        if key(self.header) not in {"id", "recordid"} or not self.known:
            return None
        prefixes = Counter(v[:3] for v in self.known if _SALESFORCE.match(v))
        if not prefixes:
            return None
        prefix, count = prefixes.most_common(1)[0]
        return SALESFORCE_PREFIXES.get(prefix) if count >= 0.9 * len(self.known) else None


def fields_of(headers: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[Field]:
    """Make the fields of a file from its headers and sampled records."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(headers)
    return [
        Field(header, position, tuple(values))
        for position, (header, values) in enumerate(zip(headers, columns, strict=True))
    ]
