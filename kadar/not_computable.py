"""What is said where the data cannot carry a KPI: what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from kadar.errors import NO, KadarError
from kadar.kpi import Kpi
from kadar.language import N_


def not_computable(
    kpi: Kpi, variant: str, lacking: Sequence[str], others: Sequence[str]
) -> KadarError:
    """Return the error of a variant that lacks columns, or a kind of rows (`column = value`).

    `others` are the variants that can be computed. KDR-KPI-041 where rows of a kind are missing,
    KDR-ASK-008 where columns are.
    """
    if " = " in lacking[0]:
        return KadarError(
            "KDR-KPI-041",
            N_("{kpi} ({variant}) cannot be computed: no row has {kinds}."),
            N_(
                "Import rows of that kind, or translate the source's own words for it "
                "under values in kadar.toml. Variants that can be computed: {variants}."
            ),
            exit_code=NO,
            kpi=kpi.name,
            variant=variant,
            kinds=", ".join(lacking),
            variants=", ".join(others) or "-",
        )
    return KadarError(
        "KDR-ASK-008",
        N_("{kpi} ({variant}) cannot be computed: the data has no {columns}."),
        N_(
            "Map them in kadar.toml (usual headers: {headers}). "
            "Variants that can be computed: {variants}."
        ),
        exit_code=NO,
        kpi=kpi.name,
        variant=variant,
        columns=", ".join(lacking),
        headers=_usual_headers(lacking) or "-",
        variants=", ".join(others) or "-",
    )


def _usual_headers(lacking: Sequence[str]) -> str:
    """Say under which headers systems export the columns: `deals.amount: Amount, Deal Value`."""
    from kadar.model import TABLES
    from kadar.sources.propose.synonyms import usual_headers

    told = []
    for name in lacking:
        table, _, column = name.partition(".")
        headers = usual_headers(table, column) if table in TABLES else ()
        if headers:
            told.append(f"{name}: {', '.join(headers)}")
    return "; ".join(told)
