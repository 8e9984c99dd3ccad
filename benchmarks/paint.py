"""How soon a browser that has nothing cached shows the first of a page."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measured import stolen

CHROMIUM = "/usr/bin/chromium"
_ALONE = 0.02  # seconds


@dataclass(frozen=True)
class Paint:
    """A page's first paint, and the seconds of processor time the host kept meanwhile."""

    milliseconds: float
    kept: float


def median(seen: list[Paint]) -> str:
    """Return the median of all paints, and of those that the machine had to itself."""
    said = f"median {statistics.median(one.milliseconds for one in seen):.0f} ms of {len(seen)}"
    alone = [one.milliseconds for one in seen if one.kept <= _ALONE]
    if len(alone) == len(seen):
        return said
    median = f"{statistics.median(alone):.0f} ms" if alone else "none"
    return (
        f"{said}, {median} of the {len(alone)} during which the machine's host kept "
        f"{1000 * _ALONE:.0f} ms of processor time or less"
    )


def first(
    port: int, paths: tuple[str, ...], times: int = 25
) -> list[tuple[str, list[Paint], float]]:
    """Return each page's first paints, and its bytes but Vega's.

    Nothing is cached in the browser, which has started and does nothing else.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return []
    there = CHROMIUM if Path(CHROMIUM).exists() else None
    found = []
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=there, args=["--no-sandbox"])
        except Error:
            return []
        # one context: each is a new profile, for which chromium works a second of its own
        context = browser.new_context()
        for path in paths:
            painted: list[Paint] = []
            loaded = 0.0
            for _ in range(times):
                page = context.new_page()
                session = context.new_cdp_session(page)
                session.send("Network.clearBrowserCache")
                session.detach()
                page.wait_for_timeout(1_500)
                before, _ = stolen()
                page.goto(f"http://127.0.0.1:{port}{path}")
                milliseconds = page.evaluate(_PAINT)
                painted.append(Paint(milliseconds, stolen()[0] - before))
                loaded = page.evaluate(_LOADED)
                page.close()
            found.append((path, painted, loaded))
        browser.close()
    return found


_PAINT = """() => new Promise(told => {
    const look = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        paint ? told(paint.startTime) : setTimeout(look, 5);
    };
    look();
})"""
_LOADED = """() => [...performance.getEntriesByType('navigation'),
    ...performance.getEntriesByType('resource').filter(one => !one.name.includes('vega'))]
    .reduce((sum, one) => sum + one.transferSize, 0)"""
