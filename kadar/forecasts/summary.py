"""Customers summed up from the company's records, as the models take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kadar.errors import NO, KadarError, nearest
from kadar.forecasts.calendar import Days, complete_months
from kadar.forecasts.sample import Sample, table_of
from kadar.forecasts.terms import Array
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asking


@dataclass(frozen=True)
class Purchases:
    """Customers by what they purchased before a cut; times in local days.

    A purchase is a day on which a customer's orders, returns netted, come to more than 0 (or
    their amounts are unknown). The first day is not counted in `x`, nor in `spend`, the mean of
    the repeat days' money that is known (NaN where none is). `T` runs to `observed`, the last day
    known, however long ago the last order was. `left_out` counts orders that make no purchase, by
    reason. What customers `brought` is what all their orders came to; `kept` is the share that is
    left of the money of purchases after returns on other days, 1 where it is not known. Grouped:
    customers alike are one row, of `weights` customers, without ids and spend.
    """

    x: Array
    t_x: Array
    T: Array
    first: Days
    observed: date
    assumed: bool  # nobody said up to when the records are complete: the latest event is taken
    left_out: dict[str, int]
    money: str
    weights: Array | None = None
    customer_ids: NDArray[Any] | None = None
    spend: Array | None = None
    brought: Array | None = None
    kept: float = 1.0
    later: Array | None = None  # purchases in [cut, until)
    later_money: Array | None = None

    def __len__(self) -> int:
        return self.x.size


def purchases(
    asking: Asking,
    *,
    cut: date | None = None,
    until: date | None = None,
    money: str = "revenue",
    grouped: bool = False,
    among: Sample | None = None,
) -> Purchases:
    """Sum customers up from their orders, in the engine.

    Only orders before the local day `cut` are known (None: all), whatever came after; `until`
    tells what they did in [cut, until), to test a forecast by. `money` is revenue or margin, in
    the company's currency; orders without an exchange rate are left out. `among` a sample of the
    customers, only they are.

    Raises KDR-FCT-011 where the records lack a column, KDR-FCT-012 where there is no purchase,
    KDR-FCT-013 for another money, KDR-FCT-014 where the records do not reach `until`.
    """
    from kadar.measure.summary import MONEY, compile_left_out, compile_purchases

    if money not in MONEY:
        raise KadarError(
            "KDR-FCT-013",
            N_("{money} is not what a purchase can be counted in."),
            N_("These exist: {names}."),
            money=money,
            names=nearest(money, list(MONEY)),
        )
    _carried(asking, "orders", "customer_id", "ordered_at")
    known = last_day(asking)
    if until is not None and until > known + timedelta(days=1):
        raise KadarError(
            "KDR-FCT-014",
            N_("The records reach to {observed}, not to {until}."),
            N_("Choose an earlier day."),
            exit_code=NO,
            observed=known,
            until=until - timedelta(days=1),
        )
    cut = min(cut or known + timedelta(days=1), known + timedelta(days=1))
    observed = cut - timedelta(days=1)
    dialect = asking.engine.dialect
    found = asking.engine.run(
        compile_purchases(
            cut, until=until, money=money, grouped=grouped, orders=table_of(among), dialect=dialect
        )
    )
    if not found["n"].size:
        raise KadarError(
            "KDR-FCT-012",
            N_("There is no purchase up to {observed}."),
            N_("Import orders, or choose a later day."),
            exit_code=NO,
            observed=observed,
        )
    left_out = asking.engine.run(compile_left_out(cut, dialect=dialect))
    first, last = found["first"], found["last"]
    spend = None
    if not grouped:
        count = found["repeat_known"]
        spend = np.full(count.size, np.nan)
        np.divide(found["repeat_money"], count, out=spend, where=count > 0)
    return Purchases(
        x=found["n"] - 1,
        t_x=(last - first).astype(float),
        T=(np.datetime64(observed) - first).astype(float),
        first=first,
        observed=observed,
        assumed=asking.assumed,
        left_out={name: int(count[0]) for name, count in left_out.items() if count[0]},
        money=money,
        weights=found.get("customers"),
        customer_ids=found.get("customer_id"),
        spend=spend,
        brought=found.get("brought"),
        kept=_kept(found),
        later=found.get("later"),
        later_money=found.get("later_money"),
    )


def _kept(found: Mapping[str, Any]) -> float:
    bought = float(found["bought"].sum()) if "bought" in found else 0.0
    return float(found["brought"].sum()) / bought if bought > 0 else 1.0


@dataclass(frozen=True)
class Contracts:
    """Contracts from when to when, one row a spell; `ended` is the first day without, or NaT.

    A spell is a customer's unbroken time under contract, gaps of the company's grace days
    bridged. `observed` is the last day known.
    """

    customer_ids: NDArray[Any]
    started: Days
    ended: Days
    observed: date

    def __len__(self) -> int:
        return self.started.size

    @property
    def running(self) -> NDArray[np.bool_]:
        """Whether no end is known."""
        made: NDArray[np.bool_] = np.isnat(self.ended)
        return made

    def by(self, cut: date) -> Contracts:
        """Return what was known at the opening of a day, of the contracts begun before it."""
        begun = self.started < np.datetime64(cut)
        ended = self.ended[begun]
        known = np.where(ended < np.datetime64(cut), ended, np.datetime64("NaT", "D"))
        return Contracts(
            self.customer_ids[begun], self.started[begun], known, cut - timedelta(days=1)
        )

    def running_on(self, cut: date) -> NDArray[np.bool_]:
        """Whether each contract began before a day and has not ended by its opening."""
        day = np.datetime64(cut)
        made: NDArray[np.bool_] = (self.started < day) & ~(self.ended < day)
        return made

    def renewals(self, months: int = 1) -> tuple[Array, Array]:
        """Return renewals behind each spell, and how many could be seen of it.

        A renewal is due every so many calendar months after the start (of one on the 31st, at the
        end of shorter months); who ends on the day it is due has not renewed.
        """
        known = np.full(len(self), np.datetime64(self.observed))
        seen = complete_months(self.started, known) // months
        last = np.where(self.running, known, self.ended - np.timedelta64(1, "D"))
        kept = complete_months(self.started, last) // months
        return np.minimum(kept, seen), seen

    def survivors(self, months: int = 1) -> Array:
        """Spells left after 0, 1, 2, … renewals; a row for each number that could be seen.

        The input of the models of retention: after what could be seen a row goes on with NaN.
        """
        kept, seen = self.renewals(months)
        table = np.full((int(seen.max()) + 1, int(seen.max()) + 1), np.nan)
        for row in np.unique(seen).astype(int):
            counts = np.bincount(kept[seen == row].astype(int), minlength=row + 1)
            table[row, : row + 1] = counts[::-1].cumsum()[::-1]
        there: Array = table[np.unique(seen).astype(int)]
        return there

    def cohorts(self, months: int = 1) -> dict[date, Array]:
        """Return the spells left after 0, 1, 2, … renewals, by the month they began in.

        Only as far as every spell of the month could be seen.
        """
        kept, seen = self.renewals(months)
        begun = self.started.astype("datetime64[M]")
        made = {}
        for month in np.unique(begun):
            mine = begun == month
            far = int(seen[mine].min())
            made[month.astype("datetime64[D]").astype(object)] = np.array(
                [float(np.sum(kept[mine] >= k)) for k in range(far + 1)]
            )
        return made


def contracts(asking: Asking, *, cut: date | None = None) -> Contracts:
    """Sum customers up from their contracts, in the engine; ends from `cut` on are not known.

    Raises KDR-FCT-015 for a company without contracts, KDR-FCT-011 and 012 as `purchases`.
    """
    from kadar.measure.summary import compile_contracts

    if not asking.project.company.contract:
        raise KadarError(
            "KDR-FCT-015",
            N_("The company has no contracts: nothing is renewed."),
            N_("Set contract = true under [company] in kadar.toml where customers subscribe."),
            exit_code=NO,
        )
    _carried(asking, "subscriptions", "customer_id", "started_at")
    known = last_day(asking)
    cut = min(cut or known + timedelta(days=1), known + timedelta(days=1))
    found = asking.engine.run(compile_contracts(cut, dialect=asking.engine.dialect))
    observed = cut - timedelta(days=1)
    if not found["started"].size:
        raise KadarError(
            "KDR-FCT-016",
            N_("There is no contract up to {observed}."),
            N_("Import subscriptions, or choose a later day."),
            exit_code=NO,
            observed=observed,
        )
    return Contracts(found["customer_id"], found["started"], found["ended"], observed)


def last_day(asking: Asking) -> date:
    """Return the last local day of which anything is known; KDR-FCT-017 where there is none."""
    from kadar.measure.summary import compile_observed

    day = asking.engine.run(compile_observed(dialect=asking.engine.dialect))["day"]
    if not day.size or np.isnat(day[0]):
        raise KadarError(
            "KDR-FCT-017",
            N_("The records hold no day yet."),
            N_("Run kadar import FILE… or kadar sync."),
            exit_code=NO,
        )
    found: date = day[0].astype(object)
    return found


def _carried(asking: Asking, table: str, *columns: str) -> None:
    lacking = [f"{table}.{c}" for c in columns if (table, c) not in asking.carried]
    if lacking:
        raise KadarError(
            "KDR-FCT-011",
            N_("There is nothing to forecast from: the data has no {columns}."),
            N_("Map them in kadar.toml."),
            exit_code=NO,
            columns=", ".join(lacking),
        )
