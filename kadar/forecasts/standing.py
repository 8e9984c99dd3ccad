"""A forecast where the records carry one; where they do not, what stands in its place, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kadar.errors import KadarError
from kadar.language import N_

if TYPE_CHECKING:
    from kadar.asking import Asked, Asking
    from kadar.forecasts.predictions import Predictions

NOT_PREDICTED = N_("Not predicted, so the variant {variant} is shown: {reason}")


def predicted_or_otherwise(asking: Asking, asked: Asked) -> Asked:
    """Return what is asked with what is to be said of its predictions, or its `otherwise`."""
    try:
        made = asking.predictions()
    except KadarError as error:
        otherwise = asked.kpi.get(asked.variant).otherwise
        if otherwise is None or not error.code.startswith("KDR-FCT"):
            raise
        other = asking.meant(asked.kpi, otherwise)
        why = NOT_PREDICTED.format(variant=other.variant, reason=error.sentence())
        return replace(other, notes=(why, *other.notes))
    return replace(asked, notes=(*asked.notes, *made.notes))


def predictions(asking: Asking) -> Predictions | KadarError:
    """Predict, or return the error that says why the records do not carry it."""
    from kadar.forecasts.predictions import lend

    try:
        return lend(asking)
    except KadarError as error:
        if not error.code.startswith("KDR-FCT"):
            raise
        return error
