"""Damped Newton: climb to the top of a smooth function by its gradient and Hessian."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kadar.forecasts.terms import Array

Objective = Callable[[Array], tuple[float, Array, Array]]
_STEPS, _LONGEST, _HALVINGS = 200, 2.0, 40


@dataclass(frozen=True)
class Top:
    """Where the climb ended; `reached` is false where it left the box or did not converge."""

    point: Array
    value: float
    gradient: Array
    hessian: Array
    reached: bool

    @property
    def information(self) -> tuple[Array, Array]:
        """Eigenvalues, smallest first, and eigenvectors of the observed information."""
        found = np.linalg.eigh(-self.hessian)
        return found.eigenvalues, found.eigenvectors


def climb(
    objective: Objective,
    start: Array,
    low: Array,
    high: Array,
    close: float = 1e-14,
    *,
    trust: float = 0.0,
) -> Top:
    """Climb from `start` until one more step would gain next to nothing.

    The objective gives value, gradient and Hessian. Where the Hessian is not negative definite
    its eigenvalues are taken as such, so that every step leads up; steps are cut to a length of 2
    (of logarithms: a factor of 7) and halved until they gain. Where a step reaches the box
    [low, high] the climb ends: there is no top inside.

    A step that will gain less than `trust` is taken without a look from where it leads: the value
    there is the one the parabola has, the Hessian that of before. The point is then as near the
    top as the step is short, squared.
    """
    point = np.array(start, dtype=float)
    value, gradient, hessian = objective(point)
    idle = 0
    for _ in range(_STEPS):
        step = _uphill(gradient, hessian)
        gain = float(gradient @ step) / 2
        if gain <= close * abs(value) + 1e-12:
            return Top(point, value, gradient, hessian, True)
        room = _room(point, step, low, high)
        if gain <= trust and room > 1 and _concave(hessian):
            return Top(point + step, value + gain, 0.0 * gradient, hessian, True)
        step = step * min(room, 1.0)
        for _halving in range(_HALVINGS):
            there = point + step
            found = objective(there)
            if np.isfinite(found[0]) and found[0] > value:
                break
            step, room = step / 2, 2.0
        else:  # no step gains: as high as the arithmetic can tell
            return Top(point, value, gradient, hessian, gain < 1e-9 * abs(value) + 1e-6)
        idle = idle + 1 if found[0] - value < 1e-11 * abs(value) else 0
        point, (value, gradient, hessian) = there, found
        if room < 1:
            break
        if idle == 3:  # as flat as the arithmetic can tell, though not at a top
            break
    return Top(point, value, gradient, hessian, False)


def _room(point: Array, step: Array, low: Array, high: Array) -> float:
    """Return how much of a step leads to the box's nearest wall."""
    walls = np.where(step > 0, high, low) - point
    return float(np.min(walls[step != 0] / step[step != 0], initial=np.inf))


def _concave(hessian: Array) -> bool:
    return bool(np.linalg.eigvalsh(hessian)[-1] < 0)


def _uphill(gradient: Array, hessian: Array) -> Array:
    found = np.linalg.eigh(-hessian)
    steep = np.abs(found.eigenvalues)
    steep = np.maximum(steep, 1e-12 * max(float(steep.max(initial=0.0)), 1e-300))
    step: Array = found.eigenvectors @ ((found.eigenvectors.T @ gradient) / steep)
    length = float(np.linalg.norm(step))
    return step * min(1.0, _LONGEST / length) if length > 0 else step
