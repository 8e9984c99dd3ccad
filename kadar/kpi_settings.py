"""The settings of KPIs that a company states in `kadar.toml`: known, of the right kind, above 0."""

from __future__ import annotations

import math
from typing import Any

from kadar.errors import KadarError, nearest
from kadar.kpi import Catalogue, Limit
from kadar.language import N_
from kadar.model import TABLES


def check_settings(given: dict[str, dict[str, Any]], kpis: Catalogue) -> None:
    """Check that every `[kpi.<name>]` names a KPI, and settings it has with values they can have.

    Raises KDR-KPI-003 for another KPI, KDR-KPI-006 for another setting, KDR-KPI-007 for a value
    of another kind, KDR-KPI-040 for one that is not above 0. A limit that differs by a ticket's
    column may be 0: such tickets are always late.
    """
    for name, settings in given.items():
        usual = {**kpis[name].settings, "target": None}  # the project checks targets
        known = list(usual)
        for setting, value in settings.items():
            if setting not in known:
                raise KadarError(
                    "KDR-KPI-006",
                    N_("{kpi} has no setting {setting}."),
                    N_("These exist: {settings}. Correct [kpi.{kpi}] in kadar.toml."),
                    kpi=name,
                    setting=setting,
                    settings=nearest(setting, known),
                )
            if not _of_the_kind(value, usual[setting]):
                raise KadarError(
                    "KDR-KPI-007",
                    N_("[kpi.{kpi}] {setting} cannot be {value}."),
                    N_("Write a value like {usual} in kadar.toml."),
                    kpi=name,
                    setting=setting,
                    value=repr(value),
                    usual=repr(usual[setting]),
                )
            if setting != "target" and not _possible(value):
                raise KadarError(
                    "KDR-KPI-040",
                    N_("[kpi.{kpi}] {setting} must be above 0; it is {value}."),
                    N_("Write a number such as {usual} in kadar.toml."),
                    kpi=name,
                    setting=setting,
                    value=repr(value),
                    usual=repr(usual[setting]),
                )


def _possible(value: Any, least: float = math.ulp(0.0)) -> bool:
    """Whether every number of a setting is finite and above 0, or not below it within a limit."""
    if isinstance(value, dict):
        return all(_possible(part, 0.0) for part in value.values())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return least <= value < math.inf
    return True


def _of_the_kind(value: Any, usual: Any) -> bool:
    """Whether a setting can stand for the usual value: any number for a number, else its type."""
    if isinstance(usual, Limit) and isinstance(value, dict):
        return "otherwise" in value and all(_limits(c, given) for c, given in value.items())
    if isinstance(usual, int | float) and not isinstance(usual, bool):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return usual is None or isinstance(value, type(usual))


def _limits(column: str, given: Any) -> bool:
    """Whether a part of a `Limit` says a number for each value of a ticket's column."""
    if column == "otherwise":
        return _of_the_kind(given, 0.0)
    known = column in TABLES["tickets"] and TABLES["tickets"][column].type == "text"
    return known and isinstance(given, dict) and all(_of_the_kind(v, 0.0) for v in given.values())
