"""What the eye and the thumb meet: measured, not seen."""

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.pages import BOARD, HOST, SITE, phone

THUMB = 44
"""Pixels: the least that MIIT's and WCAG's rules ask of what is tapped."""
PAGES = (
    BOARD,
    SITE,
    f"{HOST}/shili/sites/shili-012.html",
    f"{HOST}/",
    f"{HOST}/jieshu/",
    f"{HOST}/shili/print.html",
)

MEASURES = """links => links.filter(link => link.offsetParent).map(link => {
  const box = link.getBoundingClientRect();
  return [link.textContent, Math.round(box.height * 10) / 10];
})"""
SPLIT = """parts => parts.flatMap(part => {
  const found = [], walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());)
    for (const match of text.data.matchAll(/\\d+(家|月\\d+日)/g)) {
      const range = document.createRange();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map(box => box.top)).size > 1) found.push(match[0]);
    }
  return found;
})"""


@pytest_asyncio.fixture(params=[320, 360, 1280], ids=str, loop_scope="session")
async def page(browser: Browser, request: pytest.FixtureRequest) -> Page:
    return await (await phone(browser, width=request.param, scripts=False)).new_page()


async def test_a_page_fits_the_screen_and_its_banner_fills_it(page: Page) -> None:
    assert page.viewport_size
    width = page.viewport_size["width"]
    for url in PAGES:
        await page.goto(url)
        root = page.locator("html")
        assert await root.evaluate("root => root.scrollWidth") <= width, url
        for banner in await page.locator(".banner").all():
            left = await banner.evaluate("banner => getComputedStyle(banner).boxShadow")
            assert "100vmax" in left or int(float(left.rpartition("px")[0].rpartition(" ")[2])) >= width


async def test_a_thumb_meets_what_it_aims_at(page: Page) -> None:
    for url in PAGES:
        await page.goto(url)
        for selector in ("a[href^='tel:']", "h3 a", "nav a", ".go a", "footer a"):
            for text, height in await page.locator(selector).evaluate_all(MEASURES):
                assert height >= THUMB - 0.5, (url, selector, text, height)


async def test_no_number_is_parted_from_what_it_counts(page: Page) -> None:
    for url in PAGES:
        await page.goto(url)
        assert await page.locator(".head, .do, .fresh, .t").evaluate_all(SPLIT) == [], url


async def test_what_to_do_and_the_phone_stand_in_a_sites_first_view(browser: Browser) -> None:
    page = await (await phone(browser, scripts=False)).new_page()
    for number in (1, 2, 3, 8, 11, 13):
        await page.goto(f"{HOST}/shili/sites/shili-{number:03}.html")
        do = await page.locator("header .do").bounding_box()
        call = await page.locator(".calls .call a").first.bounding_box()
        assert do
        assert call
        assert do["y"] + do["height"] <= call["y"]
        assert call["y"] + call["height"] <= 640


async def test_long_lines_stay_readable_on_a_wide_screen(browser: Browser) -> None:
    page = await (await phone(browser, width=1280, scripts=False)).new_page()
    await page.goto(BOARD)
    for selector, widest in ((".head", 44), (".fresh", 44), (".sos", 44), (".key li", 30)):
        for part in await page.locator(selector).all():
            ems = "part => part.getBoundingClientRect().width / parseFloat(getComputedStyle(part).fontSize)"
            assert await part.evaluate(ems) <= widest + 0.1, selector


async def test_print_is_black_on_white_and_cuts_no_row(browser: Browser) -> None:
    page = await (await phone(browser, scripts=False, scheme="dark")).new_page()
    await page.goto(BOARD)
    await page.emulate_media(media="print", color_scheme="dark")
    looks = (
        "parts => parts.map(part => getComputedStyle(part)).map(look => [look.color, look.backgroundColor])"
    )
    for selector in (".pill", ".banner", "body", ".t"):
        for ink, paper in await page.locator(selector).evaluate_all(looks):
            assert ink == "rgb(0, 0, 0)", selector
            assert paper == "rgba(0, 0, 0, 0)", selector
    cut = "rows => rows.map(row => getComputedStyle(row).breakInside)"
    assert set(await page.locator("main section li, .key li").evaluate_all(cut)) == {"avoid"}
    for navigation in await page.locator("nav").all():
        assert await navigation.is_hidden()
