"""Screenshots of the dashboard's main pages: `make screenshots` writes docs/screenshots/*.png.

Needs Debian's chromium and the demo company (`make demo`); serves it for the while.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

from kadar.web.app import make_app

HERE = Path(__file__).parent / "screenshots"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
SHOTS = {
    "board": ("/", DESK, "light", "en"),
    "board_dark": ("/?role=sales", DESK, "dark", "ms"),
    "board_phone": ("/?role=service", PHONE, "light", "zh_CN"),
    "kpi": ("/kpi/win_rate?by=channel", DESK, "light", "en"),
    "why": ("/kpi/win_rate/why?by=channel", DESK, "light", "en"),
    "reconcile": ("/kpi/win_rate/reconcile?with=with_overdue", DESK, "light", "en"),
    "cohorts": ("/cohorts?grain=quarter", DESK, "dark", "en"),
    "checks": ("/checks", DESK, "light", "en"),
    "channels": ("/channels", DESK, "light", "en"),
}


def main(project: Path) -> None:
    """Serve the project, and take every picture."""
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(project, warming=False), host="127.0.0.1", port=0, log_level="error"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (address, size, theme, language) in SHOTS.items():
            page = browser.new_page(viewport=size)
            page.set_default_timeout(120_000)
            joined = "&" if "?" in address else "?"
            page.goto(f"http://127.0.0.1:{port}{address}{joined}lang={language}&theme={theme}")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(800)
            page.screenshot(path=HERE / f"{name}.png")
            page.close()
        browser.close()
    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
