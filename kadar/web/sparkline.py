"""A sparkline: values as the points of an SVG line, gaps where a value is missing."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, EDGE = 120, 32, 3


def points(values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Return the line's pieces in pixels, the latest value at the right edge."""
    known = [value for value in values if value is not None]
    if not known:
        return []
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (WIDTH - 2 * EDGE) / max(len(values) - 1, 1)
    pieces: list[list[tuple[float, float]]] = [[]]
    for position, value in enumerate(values):
        if value is None:
            pieces.append([])
            continue
        x = EDGE + step * position
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (value - low) / span
        pieces[-1].append((round(x, 1), round(y, 1)))
    return [piece for piece in pieces if piece]
