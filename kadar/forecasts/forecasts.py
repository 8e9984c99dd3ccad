"""A workspace's forecasts: each method one of them, made where it is not kept already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from kadar.forecasts.backtest import Backtest, Told
    from kadar.forecasts.customers_to_come import Forecast
    from kadar.forecasts.kpi_series import KpiForecast
    from kadar.measure.question import Filter
    from kadar.workspace import Workspace


class Forecasts:
    """The forecasts of one workspace, as known as of its moment."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def backtest(
        self,
        *,
        origins: int | None = None,
        horizon: int | None = None,
        told: Told | None = None,
    ) -> Backtest:
        """Test every forecast on the company's own past: see `kadar.forecasts.backtest`.

        `origins` (3 where the records suffice) and `horizon` in months (6); `told` is called with
        what is being fitted. Kept by data version.
        """
        from kadar.asking import Asking
        from kadar.forecasts.kept import backtest

        with Asking(self._workspace.project, self._workspace.as_of) as asking:
            return backtest(asking, origins=origins, horizon=horizon, told=told)

    def kpi(
        self,
        kpi: str,
        *,
        variant: str | None = None,
        grain: str = "month",
        horizon: int = 6,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        since: date | str | None = None,
        target: float | None = None,
    ) -> KpiForecast:
        """Forecast a KPI's series by period, with its record: see `kadar.forecasts.kpi_series`.

        `horizon` periods beyond the last whole one; `since` leaves older periods out; `target`,
        in the unit of the answer, is that of kadar.toml where none is given.
        """
        from kadar.forecasts.kpi_series import forecast_kpi

        return forecast_kpi(
            self._workspace, kpi, variant=variant, grain=grain, horizon=horizon,
            target=target, by=by, where=where, since=since,
        )  # fmt: skip

    def clv(
        self,
        *,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        limit: int | None = None,
        force: bool = False,
    ) -> Forecast:
        """List customers by what they are expected to bring, or groups of them by dimensions.

        Money is in the company's currency, times in days; see `kadar.forecasts.lifetime`. Raises
        KDR-FCT-050 where the records are too short for a backtest, unless forced; KDR-FCT-051
        where they are too few to learn from.
        """
        return self._customers(by, where, limit, churn=False, force=force)

    def churn(
        self,
        *,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | Iterable[str | Filter] = (),
        limit: int | None = None,
        force: bool = False,
    ) -> Forecast:
        """List customers by the value that is at stake, each with its risk and why; as `clv`.

        The risk is the probability of no purchase in the six months to come (under contract,
        that it ends), never 1 - P(alive): learnt from behaviour where that did better on past
        origins (`kadar.forecasts.churn`), else the model's. `log_odds_…` are what each part of
        the behaviour adds to the log odds of the mean customer; they add up exactly.
        """
        return self._customers(by, where, limit, churn=True, force=force)

    def of(self, customer_ids: Sequence[str]) -> Forecast:
        """Return the rows of `churn` of some customers, without a look at the others'.

        Quick once the forecasts of a data version are made. Raises what `churn` raises.
        """
        from kadar.asking import Asking
        from kadar.forecasts.customers_to_come import forecast
        from kadar.forecasts.kept import classifier
        from kadar.forecasts.predictions import lend
        from kadar.measure.question import Question

        ids = list(dict.fromkeys(customer_ids))
        with Asking(self._workspace.project, self._workspace.as_of) as asking:
            made = lend(asking, only=ids)
            learnt = classifier(asking, made)
            return forecast(
                asking, made, Question("all"), classifier=learnt, churn=True, only=set(ids)
            )

    def _customers(
        self,
        by: Sequence[str],
        where: Mapping[str, Any] | Iterable[str | Filter],
        limit: int | None,
        *,
        churn: bool,
        force: bool,
    ) -> Forecast:
        from kadar.asking import Asking
        from kadar.forecasts.customers_to_come import forecast, named
        from kadar.forecasts.kept import classifier
        from kadar.forecasts.predictions import lend
        from kadar.given import filters
        from kadar.measure.question import Question

        question = Question("all", named(by), tuple(filters(where)))
        with Asking(self._workspace.project, self._workspace.as_of) as asking:
            made = lend(asking, untested=True) if force else asking.predictions()
            learnt = None if made.backtest is None else classifier(asking, made)
            return forecast(asking, made, question, classifier=learnt, churn=churn, limit=limit)
