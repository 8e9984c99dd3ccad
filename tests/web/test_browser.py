"""Every page in a real browser: languages, themes, phone and desk, keys, axe, no script."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the dashboard is not installed: pip install 'kadar[web]'")
pytest.importorskip("playwright", reason="playwright is not installed: pip install playwright")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from kadar.web.app import make_app
from kadar.web.page import pages
from tests.web.shop import shop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt install chromium"),
    pytest.mark.xdist_group("browser"),
]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANGUAGES = {"en": "en", "ms": "ms", "zh_CN": "zh-Hans"}
# An address of each page whose path has parts.
EXAMPLES = {
    "/kpi/{name}": "/kpi/win_rate?by=channel",
    "/kpi/{name}/records": "/kpi/win_rate/records?period=2026-05",
    "/kpi/{name}/reconcile": "/kpi/win_rate/reconcile?with=with_overdue",
    "/kpi/{name}/restatements": "/kpi/win_rate/restatements?period=2026-05",
    "/kpi/{name}/why": "/kpi/win_rate/why?by=channel",
    "/customers/{customer_id}": "/customers/c3",
}
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


def addresses() -> list[str]:
    """Return an address of every page."""
    return [EXAMPLES.get(page.path, page.path) for page in pages()]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import uvicorn

    folder = tmp_path_factory.mktemp("shop")
    shop(folder)
    server = uvicorn.Server(
        uvicorn.Config(make_app(folder, warming=False), host="127.0.0.1", port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


class Visitor:
    """A reader with a browser, who notes what went wrong."""

    def __init__(self, browser: Browser, site: str, **context: Any) -> None:
        self.site = site
        self.context = browser.new_context(**{"viewport": DESK, **context})
        self.context.set_default_timeout(90_000)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.wrong.append(f"another host: {request.url}")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def open(self, address: str) -> Page:
        """Open an address, wait until it is quiet, and return the page."""
        self.wrong.clear()
        self.page.goto(self.site + address, wait_until="networkidle")
        return self.page

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Visitor]:
    made = Visitor(browser, site)
    yield made
    made.close()


def with_(address: str, **more: str) -> str:
    """Return an address with more parameters."""
    joined = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{address}{'&' if '?' in address else '?'}{joined}"


@pytest.fixture(scope="module")
def devices(browser: Browser, site: str) -> Iterator[dict[str, Visitor]]:
    """A desk in the light theme, a phone in the dark one: they keep the scripts they have."""
    made = {
        theme: Visitor(browser, site, viewport=size)
        for theme, size in (("light", DESK), ("dark", PHONE))
    }
    yield made
    for one in made.values():
        one.close()


@pytest.mark.parametrize("address", addresses())
def test_every_page_in_every_language_theme_and_width(
    devices: dict[str, Visitor], address: str
) -> None:
    for theme, made in devices.items():
        for language, tag in LANGUAGES.items():
            page = made.open(with_(address, lang=language, theme=theme))
            where = (address, language, theme)
            assert page.locator("html").get_attribute("lang") == tag
            assert page.locator("h1").count() == 1, where
            assert page.locator("h1").inner_text().strip(), where
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, (*where, "scrolls sideways")
            assert made.wrong == [], where
            found = Axe().run(page, options={"resultTypes": ["violations"]})
            assert found.violations_count == 0, (*where, found.generate_report())


@pytest.fixture(scope="module")
def scriptless(browser: Browser, site: str) -> Iterator[Visitor]:
    """A reader whose browser runs no script."""
    made = Visitor(browser, site, java_script_enabled=False)
    yield made
    made.close()


@pytest.mark.parametrize("address", addresses())
def test_every_page_works_without_javascript(scriptless: Visitor, address: str) -> None:
    made = scriptless
    page = made.open(address)
    assert page.locator("h1").count() == 1
    for figure in page.locator("figure.chart img").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert page.locator("figure.chart").count() == page.locator("figure.chart img").count()
    assert made.wrong == []


def test_a_form_without_javascript_leads_to_the_view(browser: Browser, site: str) -> None:
    made = Visitor(browser, site, java_script_enabled=False)
    page = made.open("/kpi/win_rate")
    page.locator("select[name=grain]").select_option("quarter")
    page.locator("select[name=by]").select_option("channel")
    page.locator(".controls button").click()
    assert "grain=quarter" in page.url
    assert page.locator("#breakdown table").count() == 1
    made.close()


def test_the_tables_of_the_funnel_fit_a_desk(visitor: Visitor) -> None:
    for language in LANGUAGES:
        page = visitor.open(f"/funnel?lang={language}")
        wider = "e => e.scrollWidth - e.clientWidth"
        assert [t.evaluate(wider) for t in page.locator(".scroll").all()] == [0, 0, 0], language


def test_charts_answer_with_javascript(visitor: Visitor) -> None:
    page = visitor.open("/kpi/win_rate?by=channel")
    drawn = page.locator("figure.chart svg.marks")
    drawn.first.wait_for()
    assert drawn.first.get_attribute("role") == "img"
    assert page.locator("#series figure img").count() == 0
    assert visitor.wrong == []


def test_a_change_of_grain_swaps_the_panel_and_keeps_history(visitor: Visitor) -> None:
    page = visitor.open("/kpi/win_rate")
    page.evaluate("window.kept = true")
    page.locator("select[name=grain]").select_option("quarter")
    page.wait_for_url("**grain=quarter**")
    assert page.evaluate("window.kept") is True  # no reload
    page.locator("#series details summary").click()
    assert "Q" in page.locator("#series tbody th").first.inner_text()
    page.go_back()
    page.wait_for_function("!location.search.includes('quarter')")
    assert page.evaluate("window.kept") is True


def test_the_keyboard_reaches_everything(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.getAttribute('href') ?? ''"))
        outline = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e),"
            " a = getComputedStyle(e, '::after'); return e === document.body"
            " || s.outlineStyle !== 'none' || a.outlineStyle !== 'none' })()"
        )
        assert outline, page.evaluate("document.activeElement.outerHTML")
    assert any(href.startswith("/kpi/win_rate") for href in seen)
    page.locator("body").press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "where"


def test_arrows_move_among_the_cards_and_enter_opens(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.locator(".card .cover").first.focus()
    first = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('href')") != first
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first}")


def test_the_system_theme_is_followed(browser: Browser, site: str) -> None:
    papers = set()
    for scheme in ("light", "dark"):
        made = Visitor(browser, site, color_scheme=scheme)
        page = made.open("/")
        papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        made.close()
    assert len(papers) == 2


def test_printed_pages_leave_the_navigation_out(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.emulate_media(media="print")
    assert not page.locator("header.top nav").is_visible()
    assert page.locator(".card").first.is_visible()
