"""One fit by one library in a process of its own: `python forecast_fits.py TASK LIBRARY FOLDER`.

Stands alone: each library runs it in its own environment. Prints seconds from arrays (or from
the file, where the task begins there) to the result, peak megabytes, and what came out.
"""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

WEEKS, MONTH_DISCOUNT = 52, 0.01


def arrays(folder: Path, *names: str) -> list[Any]:
    return [np.load(folder / f"{name}.npy") for name in names]


def kadar_bg_nbd(folder: Path) -> Any:
    from kadar.forecasts import BGNBD

    given = arrays(folder, "x", "t_x", "T")
    started = time.perf_counter()
    made = BGNBD().fit(*given)
    return started, made.parameters


def kadar_bg_nbd_days(folder: Path) -> Any:
    from kadar.forecasts import BGNBD

    *given, weights = arrays(folder, "x", "t_x", "T", "weights")
    started = time.perf_counter()
    made = BGNBD().fit(*given, weights=weights)
    return started, made.parameters


def kadar_pareto_nbd(folder: Path) -> Any:
    from kadar.forecasts import ParetoNBD

    given = arrays(folder, "x", "t_x", "T")
    started = time.perf_counter()
    made = ParetoNBD().fit(*given)
    return started, made.parameters


def kadar_gamma_gamma(folder: Path) -> Any:
    from kadar.forecasts import GammaGamma

    given = arrays(folder, "again", "spend")
    started = time.perf_counter()
    made = GammaGamma().fit(*given)
    return started, made.parameters


def _kadar_summary(folder: Path) -> Any:
    """Seconds at which the statement, compiled before, began; and what it gave."""
    from datetime import date

    from kadar.engines.duckdb import DuckDB
    from kadar.measure.summary import compile_purchases
    from kadar.store.reading import read_only

    statement = compile_purchases(date(2026, 7, 1))
    started = time.perf_counter()
    engine = DuckDB(read_only(folder / "orders.duckdb"))
    return started, engine.run(statement)


def kadar_rfm(folder: Path) -> Any:
    started, found = _kadar_summary(folder)
    repeats = float(found["n"].sum()) - found["n"].size
    return started, {"customers": int(found["n"].size), "x": repeats}


def kadar_clv(folder: Path) -> Any:
    from kadar.forecasts import BGNBD, GammaGamma
    from kadar.forecasts.lifetime import worth_of_totals

    started, found = _kadar_summary(folder)
    x = found["n"] - 1
    t_x = (found["last"] - found["first"]).astype(float)
    T = (np.datetime64("2026-06-30") - found["first"]).astype(float)  # noqa: N806
    mean = found["repeat_money"] / np.maximum(found["repeat_known"], 1)
    model = BGNBD().fit(x, t_x, T)
    spend = GammaGamma().fit(x, mean).expected_spend(x, mean)
    ends = [month * 365.25 / 12 for month in range(1, 13)]
    worth = worth_of_totals(12, (1 + MONTH_DISCOUNT) ** 12 - 1)
    value = model.expected_by(ends, x, t_x, T, sums=[worth])[0] * spend
    return started, {"total": float(value.sum())}


def lifetimes_bg_nbd(folder: Path) -> Any:
    from lifetimes import BetaGeoFitter

    given = arrays(folder, "x", "t_x", "T")
    started = time.perf_counter()
    made = BetaGeoFitter().fit(*given)
    return started, dict(made.params_)


def lifetimes_bg_nbd_days(folder: Path) -> Any:
    from lifetimes import BetaGeoFitter

    *given, weights = arrays(folder, "x", "t_x", "T", "weights")
    started = time.perf_counter()
    made = BetaGeoFitter().fit(*given, weights=weights)
    return started, dict(made.params_)


def lifetimes_pareto_nbd(folder: Path) -> Any:
    from lifetimes import ParetoNBDFitter

    given = arrays(folder, "x", "t_x", "T")
    started = time.perf_counter()
    made = ParetoNBDFitter().fit(*given)
    return started, dict(made.params_)


def lifetimes_gamma_gamma(folder: Path) -> Any:
    from lifetimes import GammaGammaFitter

    x, spend = arrays(folder, "again", "spend")
    started = time.perf_counter()
    made = GammaGammaFitter().fit(x, spend)
    return started, dict(made.params_)


def _summed_up(folder: Path, summarise: Any) -> Any:
    """When a library's own summary of the orders began, and what it gave."""
    import pandas as pd

    started = time.perf_counter()
    orders = pd.read_parquet(folder / "orders.parquet")
    return started, summarise(
        orders, "customer_id", "day", "revenue", observation_period_end="2026-06-30"
    )


def _counted(started: float, made: Any) -> Any:
    return started, {"customers": len(made), "x": float(made["frequency"].sum())}


def _lifetimes_summary(folder: Path) -> Any:
    from lifetimes.utils import summary_data_from_transaction_data

    return _summed_up(folder, summary_data_from_transaction_data)


def lifetimes_rfm(folder: Path) -> Any:
    return _counted(*_lifetimes_summary(folder))


def lifetimes_clv(folder: Path) -> Any:
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    started, made = _lifetimes_summary(folder)
    # in weeks: in days its search from 1 does not converge
    model = BetaGeoFitter().fit(made["frequency"], made["recency"] / 7, made["T"] / 7)
    again = made[made["frequency"] > 0]
    spend = GammaGammaFitter().fit(again["frequency"], again["monetary_value"])
    value = spend.customer_lifetime_value(
        model, made["frequency"], made["recency"] / 7, made["T"] / 7, made["monetary_value"],
        time=12, discount_rate=MONTH_DISCOUNT, freq="W",
    )  # fmt: skip
    return started, {"total": float(value.sum())}


def _pymc(folder: Path, name: str, columns: dict[str, str]) -> Any:
    import pandas as pd
    from pymc_marketing import clv

    data = pd.DataFrame(
        {column: np.load(folder / f"{file}.npy") for column, file in columns.items()}
    )
    data["customer_id"] = np.arange(len(data))
    started = time.perf_counter()
    made = getattr(clv, name)()
    made.fit(data=data, method="map", progressbar=False)
    found = made.fit_result.mean()
    return started, {k: float(v) for k, v in found.data_vars.items() if v.ndim == 0}


PURCHASES = {"frequency": "x", "recency": "t_x", "T": "T"}


def pymc_bg_nbd(folder: Path) -> Any:
    return _pymc(folder, "BetaGeoModel", PURCHASES)


def pymc_pareto_nbd(folder: Path) -> Any:
    return _pymc(folder, "ParetoNBDModel", PURCHASES)


def pymc_gamma_gamma(folder: Path) -> Any:
    return _pymc(folder, "GammaGammaModel", {"frequency": "again", "monetary_value": "spend"})


def _pymc_summary(folder: Path) -> Any:
    from pymc_marketing.clv.utils import rfm_summary

    return _summed_up(folder, rfm_summary)


def pymc_rfm(folder: Path) -> Any:
    return _counted(*_pymc_summary(folder))


def pymc_clv(folder: Path) -> Any:
    from pymc_marketing import clv

    started, made = _pymc_summary(folder)
    made["recency"], made["T"] = made["recency"] / 7, made["T"] / 7
    model, spend = clv.BetaGeoModel(), clv.GammaGammaModel()
    model.fit(data=made, method="map", progressbar=False)
    spend.fit(data=made[made["frequency"] > 0], method="map", progressbar=False)
    value = spend.expected_customer_lifetime_value(
        transaction_model=model, data=made, future_t=12, discount_rate=MONTH_DISCOUNT,
        time_unit="W",
    )  # fmt: skip
    return started, {"total": float(value.sum())}


def main() -> None:
    """Run the task and print a line of JSON."""
    task, library, folder = sys.argv[1:]
    started, found = globals()[f"{library}_{task}"](Path(folder))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "megabytes": peak(), "found": found}))


def peak() -> float:
    """Megabytes; `ru_maxrss` would count those of the process that started this one, too."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM"):
            return float(line.split()[1]) / 1000
    return math.nan


if __name__ == "__main__":
    main()
