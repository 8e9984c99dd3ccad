"""Numbers that are withheld: what stands in their place, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kadar.language import N_

if TYPE_CHECKING:
    from kadar.answer import Row
    from kadar.show.reader import Reader
    from kadar.workspace import Workspace


def value(row: Row, reader: Reader) -> str:
    """Return the value of a row, or the word that it is withheld."""
    if row.withheld is not None:
        return reader.t(N_("withheld"))
    return reader.value(row.value, row.unit)


def reason(row: Row, workspace: Workspace, reader: Reader) -> str | None:
    """Say why a row's value is withheld; None where it is not."""
    one = row.withheld
    if one is None:
        return None
    title = reader.t(workspace.kpis[row.kpi].title)
    period = reader.period(row.grain, row.opens, row.closes)
    codes = ", ".join(one.codes)
    if math.isinf(one.lower) or math.isinf(one.upper):
        text = N_(
            "{kpi}, {period}, is withheld: doubtful rows leave it open ({codes}; see kadar check). "
            "ask --show-withheld shows it all the same."
        )
        return reader.t(text, kpi=title, period=period, codes=codes)
    text = N_(
        "{kpi}, {period}, is withheld: with doubtful rows it lies anywhere from {lower} to {upper} "
        "({codes}; see kadar check). ask --show-withheld shows it all the same."
    )
    return reader.t(
        text,
        kpi=title,
        period=period,
        codes=codes,
        lower=reader.value(one.lower, row.unit),
        upper=reader.value(one.upper, row.unit),
    )
