"""A change and its parts: a table for each dimension, or records for other tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.show import columns
from kadar.show.answers import dimension, heading, known_until
from kadar.show.records import plain, text_rows
from kadar.show.terminal import table
from kadar.show.verdicts import WORDS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kadar.insight.division import Division, Part
    from kadar.insight.why import Why
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace

MOST = 15  # parts shown; the rest is one line
_KINDS = {
    "came": N_("only in the later period"),
    "went": N_("only in the earlier period"),
    "no_rate": N_("nothing to divide by"),
    "several": N_("counted in several"),
}
_TEXT = {"from": "DATE", "to": "DATE", "n_before": "BIGINT", "n_after": "BIGINT"}
_NUMBERS = {
    "before", "after", "weight_before", "weight_after", "rate_effect", "mix_effect",
    "numerator_effect", "denominator_effect", "effect", "p",
}  # fmt: skip


def show(console: Console, why: Why, workspace: Workspace, reader: Reader) -> None:
    """Print a change, its parts by each dimension, how they were made."""
    console.print(heading([why.after], workspace, reader), style="bold")
    for line in _head(why, reader):
        console.print(line)
    console.print()
    if why.drivers:
        console.print(_drivers(why, reader))
        console.print()
    for division in why.divisions:
        console.print(_table(division, why, reader))
        for line in _sums(division, why, reader):
            console.print(line)
        console.print()
    for line in _notes(why, reader):
        console.print(line, style="dim")
    until = known_until(why.answer, workspace, reader)
    if until:
        console.print(until, style="dim")


def as_json(why: Why) -> str:
    """Return the records as a JSON list."""
    lines = (
        json.dumps({k: plain(v) for k, v in record.items()}, ensure_ascii=False, allow_nan=False)
        for record in why.records()
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def as_csv(why: Why) -> str:
    """Return the records as CSV with a header; null as nothing."""
    records = why.records()
    return text_rows(list(records[0]), [list(record.values()) for record in records])


def as_parquet(why: Why) -> bytes:
    """Return the records as a Parquet file; values of dimensions as text."""
    records = why.records()
    kinds = {n: "DOUBLE" if n in _NUMBERS else _TEXT.get(n, "VARCHAR") for n in records[0]}
    values = [
        [
            str(record[name]) if kind == "VARCHAR" and record[name] is not None else record[name]
            for record in records
        ]
        for name, kind in kinds.items()
    ]
    return columns.as_parquet(kinds, values)


def _head(why: Why, reader: Reader) -> Iterator[str]:
    before, after = (
        f"{reader.period(row.grain, row.opens, row.closes)} {reader.value(row.value, row.unit)}"
        for row in (why.before, why.after)
    )
    line = f"{before} → {after}: {reader.signed(why.change, why.unit)}"
    yield f"{line} ({_verdict(why.verdict, why.p, reader)})" if why.verdict else line
    if why.test:
        yield reader.t(N_("Test: {test}."), test=reader.t(why.test))
    if why.above_effect is not None and why.below_effect is not None:
        yield reader.t(
            N_("Of it from the numerator {above}, from the denominator {below}."),
            above=reader.signed(why.above_effect, why.unit),
            below=reader.signed(why.below_effect, why.unit),
        )


def _drivers(why: Why, reader: Reader) -> Table:
    made = table()
    made.add_column(reader.t(N_("driver")))
    for name in (N_("before"), N_("after"), N_("effect")):
        made.add_column(reader.t(name), justify="right", no_wrap=True)
    for one in why.drivers[1:]:
        made.add_row(
            f"{'  ' * (one.level - 1)}{one.name.text(reader.t)}",
            reader.number(float(one.before)),
            reader.number(float(one.after)),
            reader.signed(float(one.effect), why.unit),
            style=None if one.leaf else "bold",
        )
    return made


def _table(division: Division, why: Why, reader: Reader) -> Table:
    made = table(title=division.dimension)
    made.add_column(division.dimension)
    for name in (N_("before"), N_("after"), N_("weight")):
        made.add_column(reader.t(name), justify="right", no_wrap=True)
    for name in (N_("rate effect"), N_("mix effect")) if why.ratio else ():
        made.add_column(reader.t(name), justify="right", no_wrap=True)
    made.add_column(reader.t(N_("effect")), justify="right", no_wrap=True)
    made.add_column("n", justify="right", no_wrap=True)
    made.add_column("", no_wrap=True)
    for part in division.parts[:MOST]:
        made.add_row(*_cells(part, why, reader))
    rest = division.parts[MOST:]
    if rest:
        empty = [""] * (5 if why.ratio else 3)
        label = reader.t(N_("{number} others"), number=reader.count(len(rest)))
        total = reader.signed(sum(part.effect for part in rest), why.unit)
        made.add_row(label, *empty, total, "", "", style="dim")
    return made


def _cells(part: Part, why: Why, reader: Reader) -> Iterator[str]:
    several = part.kind == "several"
    yield reader.t(_KINDS["several"]) if several else dimension(part.value, reader)
    yield "" if part.before is None else reader.value(part.before, why.unit)
    yield "" if part.after is None else reader.value(part.after, why.unit)
    weights = (part.weight_before, part.weight_after)
    if None in weights:
        yield ""
    else:
        yield " → ".join(reader.value(weight, "percent") for weight in weights)
    if why.ratio:
        for effect in (part.rate_effect, part.mix_effect):
            yield "" if effect is None else reader.signed(effect, why.unit)
    yield reader.signed(part.effect, why.unit)
    yield "" if several else f"{reader.count(part.n_before)} → {reader.count(part.n_after)}"
    if part.kind == "both":
        yield _verdict(part.verdict, part.p, reader) if part.verdict else ""
    else:
        yield "" if several else reader.t(_KINDS[part.kind])


def _sums(division: Division, why: Why, reader: Reader) -> Iterator[str]:
    named = [
        (N_("rate effect"), division.sum("rate_effect")),
        (N_("mix effect"), division.sum("mix_effect")),
    ]
    if not why.ratio:
        named = [(N_("in both periods"), division.sum("effect", "both"))]
    for kind, name in _KINDS.items():
        if any(part.kind == kind for part in division.parts):
            named.append((name, division.sum("effect", kind)))
    sums = ", ".join(f"{reader.t(name)} {reader.signed(value, why.unit)}" for name, value in named)
    yield f"{sums} = {reader.signed(division.sum('effect'), why.unit)}"
    yield reader.t(
        N_("{dimension} sets its values apart by {apart}; chance alone by about {chance}."),
        dimension=division.dimension,
        apart=reader.apart(division.apart, why.unit),
        chance=reader.apart(division.by_chance, why.unit),
    )


def _notes(why: Why, reader: Reader) -> Iterator[str]:
    if why.searched:
        yield reader.t(
            N_(
                "Tried: {dimensions}; shown is what sets values apart by more than chance, most "
                "first. False alarms are held to 5 % over all of them (Benjamini & Hochberg 1995)."
            ),
            dimensions=", ".join(why.searched),
        )
    if why.drivers:
        yield reader.t(
            N_(
                "Drivers: each one's mean effect over every order in which they could have changed "
                "(Shapley 1953); the last of each branch sum to the change."
            )
        )
    if not (why.divisions or why.drivers or why.searched):
        yield reader.t(N_("Divide it by a dimension with --by to see where the change comes from."))
    if len(why.divisions) > 1 and why.divisions[0].explains > 0:
        yield reader.t(
            N_("{dimension} explains most of the change."), dimension=why.divisions[0].dimension
        )
    kinds = {part.kind for division in why.divisions for part in division.parts}
    if "several" in kinds:
        yield reader.t(
            N_(
                "Counted in several: what stands under more than one value at once, such as a "
                "customer who bought in two channels."
            )
        )
    if why.divisions and why.ratio:
        yield reader.t(
            N_(
                "Method: mean weights and mean rates of both periods (Kitagawa 1955), the mean of "
                "the whole as reference (Griliches & Regev 1995); the parts sum to the change."
            )
        )
    if not all(row.complete and row.mature for row in (why.before, why.after)):
        yield reader.t(N_("A period is not finished: its number will still change."))


def _verdict(verdict: str | None, p: float | None, reader: Reader) -> str:
    said = reader.t(WORDS[verdict]) if verdict else ""
    if p is None:
        return said
    return f"{said}, p < 0.001" if p < 0.001 else f"{said}, p = {p:.3f}"
