"""Which table a file holds: every table drafted, the best one taken, or a reason given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kadar.sources.propose import choices, rules
from kadar.sources.propose.draft import Draft, draft
from kadar.sources.propose.names import key
from kadar.sources.propose.profile import Field
from kadar.sources.propose.synonyms import Sheet, sheets
from kadar.sources.propose.vendors import Shape, recognise

ENOUGH = 1.4  # points below which a file is refused rather than guessed
FAINT = 0.25  # points below which no table is near
VENDOR, NAMED, ENDING, IDS = 5.0, 1.5, 0.8, 2.0  # points for a vendor's export, a name, ids
CLOSE = 0.8  # a second table with this share of the points makes the first one doubtful
NOISE = re.compile(
    r"^(?:data|export|exports|exported|report|reports|all|sf|hubspot|salesforce|zoho|dynamics|crm|"
    r"zendesk|intercom|fxiaoke|copy|final|full|raw|dump|history|input|output|view|my|v?\d+|\d.*|"
    r"导出|全部|数据|报表|列表|eksport|laporan|senarai|semua)$"
)


@dataclass(frozen=True)
class Choice:
    """The table chosen for a file, or why there is none."""

    draft: Draft | None
    vendor: str | None
    confidence: float = 0.0
    runners_up: list[tuple[str, float]] = field(default_factory=list)
    reason: str | None = None


def choose(path: Path, fields: Sequence[Field], sheet: str | None = None) -> Choice:
    """Draft every table and take the best that lacks nothing it needs."""
    found = {k for f in fields for k in f.keys}
    vendor = recognise([f.header for f in fields], found)
    if vendor is not None and vendor.holds:
        return Choice(
            None,
            vendor.vendor,
            reason=f"it holds {vendor.holds}, and the model has no table for that",
        )
    drafts = []
    for each in sheets().values():
        made = draft(each, path, fields)
        rules.detect(made)
        made.vendor = vendor.vendor if vendor else None
        made.score += _bonus(each, path, fields, vendor, sheet)
        drafts.append(made)
    drafts.sort(key=lambda made: -made.score)
    able = [made for made in drafts if not made.lacks()]
    for made in able:
        if made.score < ENOUGH:
            break
        rules.refine(made)
        choices.apply(made)
        for further in made.also:
            choices.apply(further)
        if _whole(made):
            return _chosen(made, able, vendor)
    return Choice(
        None,
        vendor.vendor if vendor else None,
        runners_up=[(d.sheet.table.name, _share(d)) for d in drafts[:3] if d.score > 0],
        reason=_reason(drafts[0]),
    )


def _chosen(made: Draft, able: list[Draft], vendor: Shape | None) -> Choice:
    others = [other for other in able if other is not made]
    second = max((other.score for other in others), default=0.0)
    margin = max(0.0, 1 - second / made.score)
    confidence = _share(made) * (0.6 + 0.4 * margin)
    if vendor is not None and vendor.table == made.sheet.table.name:
        confidence = max(confidence, 0.95)
    elif second >= CLOSE * made.score:
        rival = max(others, key=lambda other: other.score).sheet.table.name
        made.questions.append(
            f"table: {made.sheet.table.name} was taken, but {rival} fits nearly as well"
        )
    for column, rivals in made.rivals.items():
        required = made.sheet.table[column].required and column not in made.sheet.table.key
        if column in made.columns and (required or column in _placing(made.sheet)):
            headers = ", ".join(f"“{rival.header}”" for rival in rivals[:4])
            made.questions.append(
                f"{column}: “{made.columns[column]}” was taken; {headers} would fit as well"
            )
    return Choice(
        made,
        vendor.vendor if vendor else None,
        round(confidence, 2),
        [(o.sheet.table.name, round(_share(o) * 0.6, 2)) for o in others[:3]],
    )


def _placing(sheet: Sheet) -> set[str]:
    """Columns that place rows in time: a wrong one makes every number wrong."""
    return set(sheet.table.events.values())


def _share(made: Draft) -> float:
    return round(made.score / (made.score + 1), 2)


def _whole(made: Draft) -> bool:
    """Tell whether every required column that cannot be made is there after the rules."""
    return not made.lacks() and all(
        column.name in made.columns
        for column in made.sheet.table.columns
        if column.required
        and (column.references or column.choices or column.name not in made.sheet.table.key)
    )


def _reason(nearest: Draft) -> str:
    name = nearest.sheet.table.name
    if nearest.score < FAINT:
        return "no column of the model was recognised in its headers"
    missing = [" or ".join(_plain(n) for n in group) for group in nearest.lacks()]
    missing += [
        column.name
        for column in nearest.sheet.table.columns
        if column.required and column.name not in nearest.columns and not nearest.lacks()
    ]
    if missing:
        return f"the nearest table is {name}, but no header gives: {'; '.join(missing)}"
    known = ", ".join(f"“{header}”" for header in list(nearest.columns.values())[:5])
    return f"too little points at any table; the nearest is {name}, by {known}"


def _plain(name: str) -> str:
    return name.replace("_", " ") if name in {"is_won", "close", "micros"} else name


def _bonus(
    sheet: Sheet, path: Path, fields: Sequence[Field], vendor: Shape | None, excel: str | None
) -> float:
    points = 0.0
    table = sheet.table.name
    if vendor is not None and vendor.table == table:
        points += VENDOR
    if any(f.salesforce_table == table for f in fields):
        points += IDS
    names = [path.stem] if excel is None else [path.stem, excel]
    return points + max(_name_points(sheet, name) for name in names)


def _name_points(sheet: Sheet, name: str) -> float:
    """Points for a file called like the table: wholly, or by its last words."""
    text = unicodedata.normalize("NFKC", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).casefold()
    words = [w for w in re.split(r"[\W_]+", text) if w and not NOISE.match(w)]
    if key("".join(words)) in sheet.words:
        return NAMED
    endings = ("".join(words[start:]) for start in range(1, len(words)))
    return ENDING if any(key(ending) in sheet.words for ending in endings) else 0.0
