"""Values of a dimension that are probably one, spelt in two ways: `GTXPro` and `GTX Pro`."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from kadar.checks.finding import EXAMPLES, Company, Finding
from kadar.language import N_

# Dimensions whose values come from a list, by name; a name of several tables is one dimension.
DIMENSIONS = {
    "channel": ("customers", "leads", "deals", "orders", "tickets", "spend", "campaigns"),
    "product": ("deals", "order_lines"),
    "segment": ("customers",),
    "industry": ("customers",),
    "country": ("customers", "leads"),
    "region": ("customers",),
    "stage": ("deals", "deal_stages"),
    "lost_reason": ("deals",),
    "disqualified_reason": ("leads",),
    "plan": ("subscriptions",),
    "end_reason": ("subscriptions",),
    "category": ("order_lines",),
    "tickets.category": ("tickets",),
    "priority": ("tickets",),
    "team": ("people",),
    "role": ("people",),
}
MOST = 2000  # different values: more are free text
RARE = 0.05  # of the frequent spelling's rows


def check(company: Company) -> Iterator[Finding]:
    """Find the spellings of each dimension, the frequent one of each against the rare ones."""
    for name, tables in DIMENSIONS.items():
        column = name.rpartition(".")[2]
        counts: Counter[str] = Counter()
        where: dict[str, set[str]] = defaultdict(set)
        for table in tables:
            if not company.has(table, column):
                continue
            for value, rows in company.rows(
                f"SELECT {column}, count(*) FROM crm.{table} WHERE {column} IS NOT NULL GROUP BY 1"
            ):
                counts[value] += rows
                where[value].add(table)
        if not 1 < len(counts) <= MOST:
            continue
        found = alike(counts)
        if found:
            homes = sorted({table for rare in found for table in where[rare]})
            pairs = [f"“{rare}” = “{usual}”" for rare, usual in sorted(found.items())]
            yield Finding(
                "KDR-CHK-013",
                N_("{column}: {values} values are probably others, spelt differently: {pairs}"),
                N_('Map them in kadar.toml: values.{column} = {{ "{rare}" = "{usual}" }}.'),
                "doubtful",
                table=homes[0],
                column=column,
                details={
                    "column": column,
                    "values": len(found),
                    "pairs": "; ".join(pairs[:EXAMPLES]) + ("; …" if pairs[EXAMPLES:] else "."),
                    "rare": min(found),
                    "usual": found[min(found)],
                },
                count=sum(counts[value] for value in found),
                examples=sorted(found)[:EXAMPLES],
                withholds=False,
            )


def alike(counts: Mapping[str, int]) -> dict[str, str]:
    """Return for each doubtful value the more frequent one it probably is.

    Values that differ in case, accents, spaces or signs only are the same whatever their
    frequency; a slip of the pen must be rare.
    """
    from rapidfuzz.distance import DamerauLevenshtein

    groups: dict[str, list[str]] = defaultdict(list)
    for value in counts:
        groups[_levelled(value)].append(value)
    found: dict[str, str] = {}
    best: dict[str, str] = {}
    for key, values in groups.items():
        usual = best[key] = max(values, key=lambda value: (counts[value], value))
        if key:
            found |= {value: usual for value in values if value != usual}
    total = {key: sum(counts[value] for value in values) for key, values in groups.items()}
    keys = sorted(key for key in groups if len(key) >= 5)
    for key in keys:
        least = 1 if len(key) < 10 else 2
        for other in keys:
            if total[key] > RARE * total[other] or abs(len(key) - len(other)) > least:
                continue
            slips = DamerauLevenshtein.distance(key, other, score_cutoff=least)
            if 0 < slips <= least and not _named(best[key], best[other]):
                found.setdefault(best[key], best[other])
                break
    return found


def _levelled(value: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", value).casefold())
    return "".join(sign for sign in text if sign.isalnum())


def _named(one: str, other: str) -> bool:
    """Whether values differ in a number or a single letter on purpose: `Plan A` and `Plan B`."""
    left, right = (set(_split(value)) for value in (one, other))
    differing = left ^ right
    return any(len(word) <= 2 or any(map(str.isdigit, word)) for word in differing)


def _split(value: str) -> list[str]:
    spaced = "".join(sign if sign.isalnum() else " " for sign in value.casefold())
    return spaced.split()
