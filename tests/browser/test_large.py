"""The large version: one tap, remembered, and there without scripts too."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import BOARD, HOST, SITE, phone
from tests.golden.make import AS_OF

MAPPED = f"{HOST}/shili/sites/shili-002.html"
PAGES = (BOARD, SITE, MAPPED, f"{HOST}/")
TAPPED = ".call a, h2 a, h3 a, nav a, .sos a, footer a, .sub a, .ways a, #q, select, button, summary, .tick"
SMALL = """parts => parts.filter(part => part.offsetParent).map(part => {
  const box = part.getBoundingClientRect();
  return [part.textContent.trim() || part.name, Math.round(box.width), Math.round(box.height)];
}).filter(([, width, height]) => height < LEAST - 0.5)"""
LETTERS = """parts => Math.min(...parts.filter(part => part.offsetParent && part.textContent.trim())
  .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
TEXT = "main p, main li, header p, footer p, nav a, .pill, small, label, option"


async def sized(page: Page, *, thumb: int, letters: int) -> None:
    wide = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    assert await page.locator(TAPPED).evaluate_all(SMALL.replace("LEAST", str(thumb))) == []
    assert await page.locator(TEXT).evaluate_all(LETTERS) >= letters


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_one_tap_makes_every_page_large_and_is_remembered(browser: Browser, width: int) -> None:
    page = await (await phone(browser, width=width)).new_page()
    await page.goto(BOARD)
    await sized(page, thumb=44, letters=18)
    await page.get_by_role("link", name="长辈版").click()
    for url in PAGES:
        await page.goto(url)
        await sized(page, thumb=60, letters=22)
    await page.get_by_role("link", name="标准版").click()
    await page.goto(BOARD)
    await sized(page, thumb=44, letters=18)


@pytest.mark.parametrize("width", [320, 1280])
async def test_without_scripts_an_address_is_large(browser: Browser, width: int) -> None:
    page = await (await phone(browser, width=width, scripts=False)).new_page()
    await page.goto(BOARD)
    await page.get_by_role("link", name="长辈版").click()
    await sized(page, thumb=60, letters=22)
    await page.get_by_role("link", name="标准版").click()
    await sized(page, thumb=44, letters=18)


async def test_at_twice_the_size_nothing_is_cut_off(browser: Browser) -> None:
    """As by the browser's own zoom: half as many pixels to lay out."""
    page = await (await phone(browser, width=640 // 2)).new_page()
    await page.goto(f"{BOARD}#large")
    await sized(page, thumb=60, letters=22)


async def test_where_nothing_may_be_kept_the_tap_still_works(browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    await page.add_init_script(
        "Object.defineProperty(self, 'localStorage', {get() { throw new Error('no'); }})"
    )
    await page.goto(BOARD)
    await page.get_by_role("link", name="长辈版").click()
    await sized(page, thumb=60, letters=22)


async def test_nothing_moves_while_a_page_loads(browser: Browser) -> None:
    page = await (await phone(browser)).new_page()
    await page.clock.set_fixed_time(AS_OF)
    await page.goto(BOARD)
    await page.get_by_role("link", name="长辈版").click()
    await page.add_init_script(
        "self.moved = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "one => { moved += one.value; })).observe({type: 'layout-shift', buffered: true})"
    )
    for url in PAGES:
        await page.goto(url)
        await expect(page.locator(".top")).to_be_visible()
        await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert await page.evaluate("moved") == 0, url
