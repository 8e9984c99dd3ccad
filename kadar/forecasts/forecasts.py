"""A workspace's forecasts: each method one of them, made where it is not kept already."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kadar.forecasts.backtest import Backtest, Told
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
