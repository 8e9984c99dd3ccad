"""MBG/NBD: as BG/NBD, but a customer may leave after the first purchase too."""

from __future__ import annotations

from kadar.forecasts.bg_nbd import BGNBD


class MBGNBD(BGNBD):
    """MBG/NBD: Poisson purchases, rate gamma (r, α); leaving after any purchase, beta (a, b).

    L = Γ(r+x) α^r / Γ(r) · [ B(a, b+x+1) / B(a, b) / (α+T)^(r+x)
                              + B(a+1, b+x) / B(a, b) / (α+t_x)^(r+x) ]

    Source: Batislam, Denizel & Filiztekin (2007), Empirical validation and comparison of models
    for customer base analysis, International Journal of Research in Marketing 24(3), 201-209.
    Covariates as in BG/NBD.

    Assumes what BG/NBD does, except that the first purchase is as likely to be the last as any.

    >>> model = MBGNBD().fit(
    ...     x=[0, 1, 1, 1, 2, 2, 4, 4, 7, 7, 15], t_x=[0, 5, 12, 25, 12, 30, 20, 35, 15, 37, 38],
    ...     T=[39] * 11, weights=[600, 40, 40, 40, 30, 40, 15, 30, 5, 15, 4],
    ... )
    >>> {letter: round(value, 3) for letter, value in model.parameters.items()}
    {'r': 0.941, 'alpha': 15.338, 'a': 0.467, 'b': 0.357}
    >>> round(float(model.probability_alive(x=0, t_x=0, T=39)), 3)
    0.189
    """

    name = "MBG/NBD"
    chances = 1
