"""The site in a real browser, opened from a folder: seen wide and narrow, by keyboard, on paper, by axe."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from almanac.edition import site  # noqa: E402
from almanac.edition.bundle import assemble  # noqa: E402

ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("ALMANAC_AXE", ROOT / "build/axe/node_modules/axe-core/axe.min.js"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
KINDS = (
    "index.html",
    "en/index.html",
    "zh/index.html",
    "en/chapters/industry.html",
    "zh/chapters/predictions.html",
    "en/failed.html",
    "zh/failed.html",
    "en/claims/index.html",
    "en/claims/industry.ai-first-revenue.html",
    "zh/claims/industry.lean-total-revenue.html",
    "en/claims/politics.china-power-added.html",
    "zh/claims/predictions.agentic-checkout-share.html",
    "en/identities.html",
    "zh/forecasts.html",
    "en/sources/index.html",
    "zh/sources/best-partners.html",
    "en/instruments/index.html",
    "zh/instruments/chip-citations.html",
    "en/instruments/track-record.html",
    "en/data.html",
    "zh/method.html",
    "en/search.html",
)
"""One or two pages of every kind."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the 2025 edition, on disk."""
    out = tmp_path_factory.mktemp("site")
    for name, content in site.render(assemble(ROOT / "editions" / "2025")).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


class Reader:
    """Somebody with a browser, who notes everything that goes wrong."""

    def __init__(self, browser: Any, folder: Path, width: str = "desk", **settings: Any) -> None:
        wide, high = WIDTHS[width]
        self.context = browser.new_context(viewport={"width": wide, "height": high}, **settings)
        self.page = self.context.new_page()
        self.folder = folder
        self.wrong: list[str] = []
        self.page.on("console", lambda message: self.wrong.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._requested)
        self.page.on("requestfailed", self._failed)

    def _requested(self, request: Any) -> None:
        if not request.url.startswith("file:"):
            self.wrong.append(f"request: {request.url}")

    def _failed(self, request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # leaving a page stops its icon from loading, which is no fault
            self.wrong.append(f"failed: {request.url}: {request.failure}")

    def open(self, name: str) -> Any:
        self.page.goto(f"{self.folder.as_uri()}/{name}")
        return self.page

    @property
    def place(self) -> str:
        """Where the reader is, relative to the site's root."""
        return str(self.page.url).removeprefix(f"{self.folder.as_uri()}/")


@pytest.fixture
def reader(browser: Any, folder: Path) -> Iterator[Reader]:
    one = Reader(browser, folder)
    yield one
    one.context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_quiet_load_nothing_and_fit(browser: Any, folder: Path, width: str, scheme: str) -> None:
    one = Reader(browser, folder, width, color_scheme=scheme)
    for name in KINDS:
        page = one.open(name)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            one.wrong.append(f"{name}: {over} px too wide")
    one.context.close()
    assert not one.wrong


@pytest.mark.skipif(not AXE.is_file(), reason=f"no axe-core at {AXE} (scripts/test installs it where npm is there)")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, folder: Path, width: str, scheme: str) -> None:
    one = Reader(browser, folder, width, color_scheme=scheme, bypass_csp=True)
    script, found = AXE.read_text("utf-8"), []
    for name in KINDS:
        page = one.open(name)
        page.evaluate(script)
        result = page.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")
        found += [
            (name, violation["id"], node["target"], node["failureSummary"][:200])
            for violation in result["violations"]
            for node in violation["nodes"][:3]
        ]
    one.context.close()
    assert not found


@pytest.mark.parametrize(
    ("language", "query", "claim"),
    [
        ("en", "lean revenue", "industry.lean-total-revenue"),
        ("en", "$18.5 billion", "industry.ai-first-revenue"),
        ("en", "industry.ai-first-revenue", "industry.ai-first-revenue"),
        ("en", "185亿美元", "industry.ai-first-revenue"),
        ("zh", "循环交易", "industry.circular-deals-centre"),
        ("zh", "185亿美元", "industry.ai-first-revenue"),
        ("zh", "Qwen", "politics.qwen-derivative-share"),
    ],
)
def test_search_finds_a_claim(reader: Reader, language: str, query: str, claim: str) -> None:
    page = reader.open(f"{language}/search.html")
    page.fill("#query", query)
    found = [link.get_attribute("href") for link in page.query_selector_all("#found a")]
    assert f"claims/{claim}.html" in found[:10]
    page.click(f'#found a[href="claims/{claim}.html"]')
    assert reader.place == f"{language}/claims/{claim}.html"
    assert not reader.wrong


def test_search_says_when_there_is_nothing(reader: Reader) -> None:
    page = reader.open("en/search.html")
    page.fill("#query", "xyzzy plugh")
    assert page.inner_text("#count") == "Nothing found."
    page.fill("#query", "<img src=x onerror=alert(1)>")
    assert not reader.wrong


def test_the_language_switch_keeps_the_place(reader: Reader) -> None:
    page = reader.open("en/chapters/safety.html#claims")
    page.click("a[data-language]")
    assert reader.place == "zh/chapters/safety.html#claims"
    page.click("a[data-language]")
    assert reader.place == "en/chapters/safety.html#claims"
    page = reader.open("en/search.html")
    page.fill("#query", "NVIDIA")
    page.click("a[data-language]")
    page.wait_for_load_state("load")
    assert reader.place.startswith("zh/search.html")
    assert page.input_value("#query") == "NVIDIA"


def test_the_theme_is_chosen_and_remembered(reader: Reader) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    page = reader.open("en/index.html")
    light = page.evaluate(ground)
    page.click("[data-theme-toggle]")
    dark = page.evaluate(ground)
    assert dark != light
    assert page.get_attribute("[data-theme-toggle]", "aria-pressed") == "true"
    page = reader.open("zh/chapters/industry.html")
    assert page.evaluate(ground) == dark
    page.click("[data-theme-toggle]")
    assert page.evaluate(ground) == light


def test_everything_is_reached_by_keyboard(reader: Reader) -> None:
    page = reader.open("en/chapters/industry.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Search", "中文", "Dark", "Research", "What failed", "Method"} <= reached
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page = reader.open("en/chapters/industry.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.press("/")
    page.wait_for_selector("#query")
    assert page.evaluate("document.activeElement.id") == "query"


def test_the_menu_opens_on_a_phone(browser: Any, folder: Path) -> None:
    one = Reader(browser, folder, "phone")
    page = one.open("zh/index.html")
    assert not page.is_visible(".nav-small nav")
    page.focus(".nav-small summary")
    page.keyboard.press("Enter")
    page.click('.nav-small a[href="failed.html"]')
    assert one.place == "zh/failed.html"
    assert not one.wrong
    one.context.close()


def test_the_list_of_claims_is_filtered(reader: Reader) -> None:
    page = reader.open("en/claims/index.html")
    shown = "document.querySelectorAll('[data-claims] > li:not([hidden])').length"
    everything = page.evaluate(shown)
    page.select_option('[data-by="chapter"]', "safety")
    chapter = page.evaluate(shown)
    page.select_option('[data-by="verdict"]', "disputed")
    assert 0 < page.evaluate(shown) < chapter < everything
    assert page.inner_text("[data-count]") == f"{page.evaluate(shown)} shown"


def test_without_scripts_everything_can_still_be_read(browser: Any, folder: Path) -> None:
    one = Reader(browser, folder, java_script_enabled=False)
    page = one.open("en/claims/index.html")
    assert page.locator("[data-claims] > li").first.is_visible()
    assert not page.is_visible("[data-filter]")
    assert not page.is_visible("[data-theme-toggle]")
    page = one.open("en/search.html")
    assert page.is_visible('noscript a, a[href="claims/index.html"]')
    one.context.close()


def test_a_fragment_unfolds_what_it_points_into(reader: Reader) -> None:
    page = reader.open("en/identities.html")
    name = page.get_attribute("details.rule.holds", "id")
    page = reader.open(f"en/identities.html#{name}")
    page.reload()
    assert page.evaluate(f"document.getElementById({name!r}).open")


def test_paper_shows_the_text_and_no_tools(reader: Reader) -> None:
    page = reader.open("en/chapters/industry.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.is_visible(".nav-wide")
    assert not page.is_visible(".tools")
    assert page.is_visible(".prose-text p")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 27, 24)"
    assert len(page.pdf(format="A4")) > 20_000
