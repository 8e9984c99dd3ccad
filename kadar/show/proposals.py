"""What is proposed for a file: its table, its columns, and what each KPI could do with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kadar.language import N_
from kadar.show.terminal import table

if TYPE_CHECKING:
    from rich.console import Console

    from kadar.kpi import Catalogue
    from kadar.show.reader import Reader
    from kadar.sources.propose import Proposal


def show(console: Console, proposal: Proposal, reader: Reader) -> None:
    """Print one proposal."""
    t = reader.t
    console.print(proposal.path, style="bold", end="")
    if proposal.covered_by:
        console.print("  " + t(N_("read by the source {name} already"), name=proposal.covered_by))
        return
    source = proposal.source
    if source is None:
        console.print("  " + t(N_("not proposed: {reason}"), reason=t(proposal.reason or "")))
        return
    sure = f"{proposal.confidence:.0%}"
    about = t(N_("table {table}, {confidence} sure"), table=source.table, confidence=sure)
    vendor = f", {proposal.vendor}" if proposal.vendor else ""
    sheet = f", {source.sheet}" if source.sheet else ""
    console.print(f"  {about}{vendor}{sheet}")
    made = table()
    made.add_column(t(N_("column")), no_wrap=True)
    made.add_column(t(N_("from")), overflow="fold")
    made.add_column(t(N_("values")), overflow="fold", style="dim")
    for column, header in source.columns.items():
        values = source.values.get(column, {})
        said = ", ".join(f"{raw} = {meant}" for raw, meant in values.items())
        made.add_row(column, header, said)
    console.print(made)
    if proposal.unmapped:
        names = ", ".join(proposal.unmapped)
        console.print(t(N_("Not used: {headers}."), headers=names), style="dim")
    for note in proposal.notes:
        console.print(f"- {t(note)}", style="dim")
    for question in proposal.questions:
        console.print(f"? {t(question)}", style="yellow")
    console.print()


def show_brief(console: Console, proposals: Sequence[Proposal], reader: Reader) -> None:
    """Print proposals a line each."""
    t = reader.t
    made = table()
    made.add_column(t(N_("file")), overflow="fold")
    for head in (N_("table"), N_("vendor"), N_("sure"), N_("columns"), N_("not used")):
        made.add_column(t(head))
    for one in proposals:
        if one.source is None:
            made.add_row(one.path, t(one.reason or ""), style="red")
            continue
        made.add_row(
            one.path,
            one.source.table,
            one.vendor or "",
            f"{one.confidence:.0%}",
            reader.count(len(one.source.columns)),
            reader.count(len(one.unmapped)),
        )
    console.print(made)
    console.print()


def show_kpis(
    console: Console,
    kpis: Catalogue,
    works: list[str],
    lacks: dict[str, list[str]],
    reader: Reader,
) -> None:
    """Print which core KPIs could be computed, and what the others would lack."""
    t = reader.t
    if works:
        names = ", ".join(t(kpis[name].title) for name in works)
        console.print(t(N_("Computable with it: {kpis}."), kpis=names))
    for name, columns in lacks.items():
        text = N_("Not computable: {kpi}, which lacks {columns}.")
        shown = t(text, kpi=t(kpis[name].title), columns=", ".join(columns))
        console.print(shown, style="dim")
    console.print()
