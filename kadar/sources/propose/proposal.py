"""From files to proposed sources: which table each file holds, and how its columns map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kadar.errors import KadarError
from kadar.project import Project, Source
from kadar.sources.files.shape import kind_of_file, sample, shape
from kadar.sources.propose.best import Choice, choose
from kadar.sources.propose.draft import Draft
from kadar.sources.propose.finish import finish, out_of_reach
from kadar.sources.propose.names import of_a_loader
from kadar.sources.propose.profile import fields_of

ROWS = 10_000  # records looked at; the rest is read when the file is loaded


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one table in one file (or for several files of one shape).

    A refused file has no `source`, and `reason` says why. `questions` are what only the user can
    know; `notes` say what was assumed. `confidence` runs from 0 to 1, as in `runners_up`.
    `undecided` are the date columns, with an example of each, of which no value tells whether the
    day or the month comes first: the source cannot be loaded until `dated` says so.
    """

    path: str  # relative to the project folder where it lies in it
    source: Source | None
    vendor: str | None = None
    confidence: float = 0.0
    runners_up: list[tuple[str, float]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)  # see `dated`
    reason: str | None = None
    covered_by: str | None = None  # the source in kadar.toml that reads this file already
    keys: frozenset[str] = frozenset()  # ids seen, to tell parts of one export from two of them


ORDERS = {"dmy": "D/M/Y", "mdy": "M/D/Y"}


def dated(proposal: Proposal, order: str) -> Proposal:
    """Return the proposal with its undecided dates read in an order, "dmy" or "mdy"."""
    if proposal.source is None or not proposal.undecided:
        return proposal
    formats = dict.fromkeys(proposal.undecided, ORDERS[order])
    return replace(proposal, source=_with(proposal.source, date_format=formats), undecided={})


def propose(project: Project, paths: Iterable[str | Path]) -> list[Proposal]:
    """Propose sources for files: at least one proposal for each, in the order given.

    Nothing is written. A file with several sheets or several tables in it gives several
    proposals; parts of one export (the same headers, no id in common) give one.
    """
    taken = {source.name for source in project.sources}
    found: list[Proposal] = []
    for path in paths:
        for proposal in _of_file(project, Path(path)):
            if not _joined(found, proposal):
                found.append(_named(proposal, taken))
    return found


def _of_file(project: Project, path: Path) -> list[Proposal]:
    absolute = path if path.is_absolute() else _existing(project.folder, path)
    shown = _relative(project.folder, absolute)
    covered = _covering(project, absolute)
    try:
        excel = kind_of_file(absolute) == "excel"
        names = shape(absolute).sheets if excel else []
        sheets: Sequence[str | None] = names if len(names) > 1 else [None]
        out: list[Proposal] = []
        for sheet in sheets:
            out += _of_sheet(project, absolute, shown, sheet)
    except KadarError as error:
        return [Proposal(shown, None, reason=f"{error.sentence()} {error.next_step()}")]
    accepted = [proposal for proposal in out if proposal.source]
    return [replace(proposal, covered_by=covered) for proposal in accepted or out]


def _of_sheet(project: Project, path: Path, shown: str, sheet: str | None) -> list[Proposal]:
    headers, rows = sample(path, ROWS, sheet=sheet)
    if headers == [f"column_{number}" for number in range(1, len(headers) + 1)]:
        return [Proposal(shown, None, headers=headers, reason=_NO_HEADER)]
    if not rows:
        return [Proposal(shown, None, headers=headers, reason=_NO_ROWS)]
    fields = fields_of(headers, rows)
    choice = choose(path, fields, sheet)
    if choice.draft is None:
        return [
            Proposal(
                shown,
                None,
                vendor=choice.vendor,
                runners_up=choice.runners_up,
                headers=headers,
                reason=choice.reason,
            )
        ]
    return [
        _proposal(_Place(project, shown, sheet), choice, draft, headers)
        for draft in (choice.draft, *choice.draft.also)
    ]


_NO_HEADER = "the first row holds values, not headers: put a row of headers above it"
_OUTSIDE = (
    "records that no longer stand are in the file and can only be left out by a query: "
    "copy the file into the project folder and import it there"
)
_NO_ROWS = "there are headers but no records"


@dataclass(frozen=True)
class _Place:
    """Where a table is: which project, which file, which sheet of it."""

    project: Project
    path: str
    sheet: str | None


def _proposal(place: _Place, choice: Choice, draft: Draft, headers: Sequence[str]) -> Proposal:
    query = finish(draft, place.project.company.currency, place.path)
    if out_of_reach(draft, place.path):  # loaded as it is, what was deleted would count
        return Proposal(place.path, None, choice.vendor, headers=list(headers), reason=_OUTSIDE)
    source = Source(
        name="",
        table=draft.sheet.table.name,
        path=None if query else place.path,
        query=query,
        columns=_ordered(draft),
        values=draft.values,
        sheet=place.sheet,
    )
    used = " ".join(draft.columns.values())
    unmapped = [
        header
        for header in headers
        if header not in draft.columns.values()
        and '"' + header.replace('"', '""') + '"' not in used
        and not of_a_loader(header)
    ]
    key = draft.fields.get(draft.sheet.table.key[0])
    return Proposal(
        path=place.path,
        source=source,
        vendor=choice.vendor,
        confidence=choice.confidence,
        runners_up=choice.runners_up,
        headers=list(headers),
        unmapped=unmapped,
        questions=draft.questions,
        notes=draft.notes,
        undecided=draft.undecided,
        keys=frozenset(key.counts) if key else frozenset(),
    )


def _ordered(draft: Draft) -> dict[str, str]:
    """Columns in the order of the table."""
    names = draft.sheet.table.column_names
    return {name: draft.columns[name] for name in names if name in draft.columns}


def _joined(found: list[Proposal], new: Proposal) -> bool:
    """Add a file to the proposal it is another part of; tell whether that was done."""
    if new.source is None or new.source.path is None:
        return False
    for position, old in enumerate(found):
        if old.source is None or old.source.path is None or old.covered_by != new.covered_by:
            continue
        alike = old.headers == new.headers and replace_path(old.source) == replace_path(new.source)
        if old.headers != new.headers or old.source.table != new.source.table:
            continue
        if old.path == new.path:
            continue
        if alike and old.keys and new.keys and not old.keys & new.keys:
            before = [old.source.path] if isinstance(old.source.path, str) else old.source.path
            joined = _with(old.source, path=[*before, str(new.source.path)])
            found[position] = replace(old, source=joined, keys=old.keys | new.keys)
            return True
        new.notes.append(
            f"has the same headers as {old.path}"
            + (" and some of the same ids" if old.keys & new.keys else "")
            + ": if it is another export of the same records, import only one of them"
        )
    return False


def replace_path(source: Source) -> tuple[object, ...]:
    """Everything of a source that a second file must share to be read by it."""
    return (source.table, source.columns, source.sheet)


def _named(proposal: Proposal, taken: set[str]) -> Proposal:
    """Give the source a short name nobody has: "hubspot deals", else with the file's name."""
    if proposal.source is None:
        return proposal
    vendor = re.sub(r"\W+", " ", proposal.vendor or "").strip().lower()
    stem = re.sub(r"[\W_]+", " ", Path(proposal.path).stem).strip().lower()
    table = proposal.source.table.replace("_", " ")
    base = f"{vendor} {table}".strip()
    names = [base, f"{table} {stem}", *(f"{table} {stem} {n}" for n in range(2, 1000))]
    name = next(name for name in names if name not in taken)
    taken.add(name)
    return replace(proposal, source=_with(proposal.source, name=name))


def _with(source: Source, **changes: object) -> Source:
    import msgspec

    return msgspec.structs.replace(source, **changes)


def _existing(folder: Path, path: Path) -> Path:
    """A path as typed, from the current folder; else from the project folder."""
    return path.absolute() if path.exists() else folder / path


def _relative(folder: Path, path: Path) -> str:
    resolved, root = path.resolve(), folder.resolve()
    if resolved.is_relative_to(root):
        return resolved.relative_to(root).as_posix()
    return str(path)


def _covering(project: Project, path: Path) -> str | None:
    """Name the source of `kadar.toml` that reads this file already."""
    resolved = path.resolve()
    shown = _relative(project.folder, path)
    for source in project.sources:
        patterns = [source.path] if isinstance(source.path, str) else source.path or []
        for pattern in patterns:
            if any(char in pattern for char in "*?["):
                anchor = Path(pattern).anchor
                root = Path(anchor) if anchor else project.folder
                matching = root.glob(pattern.removeprefix(anchor))
                if any(match.resolve() == resolved for match in matching):
                    return source.name
            elif (project.folder / pattern).resolve() == resolved:
                return source.name
        if source.query and f"'{shown}'" in source.query:
            return source.name
    return None
