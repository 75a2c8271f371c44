"""The large version: one tap, remembered, and there without scripts too."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.judging import opened
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
TEXT = "main p, main li, .strip span, header p, footer p, nav a, .pill, small, label, option"
TOLD = "http://county.example/en/shili"
NARROW = (
    BOARD,
    MAPPED,
    f"{HOST}/gongkai/",
    f"{HOST}/shili/print.html",
    f"{HOST}/shili/teams.html",
    f"{TOLD}/",
    f"{TOLD}/sites/clinic-1.html",
)
BROKEN = """() => {
  const wrong = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const line = (text, at, length) => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + length);
    return Array.from(range.getClientRects()).map((box) => Math.round(box.top));
  };
  for (let text; (text = walker.nextNode());) {
    for (const found of text.data.matchAll(/[0-9][0-9-]{6,}[0-9]|[0-9]+[:/][0-9]+/g)) {
      const lines = line(text, found.index, found[0].length);
      if (new Set(lines).size > 1) wrong.push(found[0]);
    }
    for (const found of text.data.matchAll(/[\u4e00-\u9fff](?=[\uff0c\u3002\uff1b])/g)) {
      const [word, stop] = [line(text, found.index, 1), line(text, found.index + 1, 1)];
      if (word.length && stop[0] > word[0] + 9) wrong.push(text.data.slice(0, found.index + 2));
    }
  }
  return wrong;
}"""
"""Numbers that go over a line's end, and sentences of which a line begins with the comma or the stop."""


async def sized(page: Page, *, thumb: int, letters: int) -> None:
    wide = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    assert await page.locator(TAPPED).evaluate_all(SMALL.replace("LEAST", str(thumb))) == []
    assert await page.locator(TEXT).evaluate_all(LETTERS) >= letters


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_one_tap_makes_every_page_large_and_is_remembered(browser: Browser, width: int) -> None:
    page = await (await phone(browser, width=width)).new_page()
    await page.goto(BOARD)
    await sized(page, thumb=44, letters=15)
    await page.get_by_role("link", name="长辈版").click()
    for url in PAGES:
        await page.goto(url)
        await sized(page, thumb=60, letters=22)
    await page.get_by_role("link", name="标准版").click()
    await page.goto(BOARD)
    await sized(page, thumb=44, letters=15)


@pytest.mark.parametrize("width", [320, 1280])
async def test_without_scripts_an_address_is_large(browser: Browser, width: int) -> None:
    page = await (await phone(browser, width=width, scripts=False)).new_page()
    await page.goto(BOARD)
    await page.get_by_role("link", name="长辈版").click()
    await sized(page, thumb=60, letters=22)
    await page.get_by_role("link", name="标准版").click()
    await sized(page, thumb=44, letters=15)


@pytest.mark.parametrize("url", NARROW)
async def test_on_the_narrowest_screens_nothing_is_wider_and_no_number_is_broken(
    browser: Browser, url: str
) -> None:
    """An old phone in the large version, and a phone at twice its size, in which 180 pixels are left."""
    page = await opened(browser, url)
    for width, large in ((320, True), (180, False)):
        await page.set_viewport_size({"width": width, "height": 640})
        await page.evaluate("large => document.documentElement.classList.toggle('large', large)", large)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.evaluate(BROKEN) == []


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
