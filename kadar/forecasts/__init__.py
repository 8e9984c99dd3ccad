"""Models of what customers will do: when they buy, what they spend, whether they stay.

`BGNBD().fit(x, t_x, T)`: repeat purchases, the time of the last and the time observed, both since
the first purchase, in any one unit of time. One model, one file; numpy and scipy only.
"""

from kadar.forecasts.beta_discrete_weibull import BetaDiscreteWeibull
from kadar.forecasts.bg_bb import BGBB
from kadar.forecasts.bg_nbd import BGNBD
from kadar.forecasts.gamma_gamma import GammaGamma
from kadar.forecasts.mbg_nbd import MBGNBD
from kadar.forecasts.nbd import NBD
from kadar.forecasts.pareto_nbd import ParetoNBD
from kadar.forecasts.shifted_beta_geometric import ShiftedBetaGeometric

__all__ = [
    "BGBB",
    "BGNBD",
    "MBGNBD",
    "NBD",
    "BetaDiscreteWeibull",
    "GammaGamma",
    "ParetoNBD",
    "ShiftedBetaGeometric",
]
