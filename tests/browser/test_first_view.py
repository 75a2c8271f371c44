"""The first view is the answer: which clinic can see me, and its phone, before anything is scrolled."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page

from tests.browser.counties import COUNTY, HOURS, TOWN, county_at
from tests.browser.pages import phone
from trafficlight.cli.demo_county import TOWNS

WIDTH: Final = 360
HEIGHT: Final = 640
ANSWERS: Final = 4
"""Clinics with mark, name and phone that stand in the first view, once it is known where somebody is."""
TILES: Final = 8
"""Towns with their lights that stand in it on a first visit."""
CLOSED: Final = 2500
"""Pixels of the whole page while nothing in it was opened."""

each_hour = pytest.mark.parametrize("at", HOURS, ids=lambda at: f"{at:%H%M}")

_SEEN: Final = """([width, height]) => Array.from(document.querySelectorAll('main li')).map((row) => {
  const parts = ['.pill', 'h3 a', "a[href^='tel:']"].map((part) => row.querySelector(part));
  const whole = parts.every((part) => {
    const box = part && part.getClientRects().length && part.getBoundingClientRect();
    return box && box.top >= 0 && box.bottom <= height && box.left >= 0 && box.right <= width;
  });
  return whole ? parts.map((part) => part.textContent.trim()) : null;
}).filter(Boolean)"""


async def seen(page: Page, width: int = WIDTH) -> list[list[str]]:
    """The clinics whose mark, name and phone stand fully in the window: what these say."""
    found: list[list[str]] = await page.evaluate(_SEEN, [width, HEIGHT])
    return found


async def opened(
    browser: Browser, at: datetime, path: str = "", *, scripts: bool = True, width: int = WIDTH, **more: Any
) -> Page:
    context = await phone(browser, width=width, scripts=scripts, more=county_at(at), **more)
    page = await context.new_page()
    if scripts:
        await page.clock.set_fixed_time(at + timedelta(minutes=1))
    await page.goto(f"{COUNTY}{path}")
    return page


@each_hour
async def test_four_clinics_stand_in_the_first_view_once_the_town_is_known(
    browser: Browser, at: datetime
) -> None:
    page = await opened(browser, at, f"?town={TOWN}")
    assert len(await seen(page)) >= ANSWERS


@each_hour
async def test_a_towns_own_page_says_the_same_without_scripts(browser: Browser, at: datetime) -> None:
    chosen = await seen(await opened(browser, at, f"?town={TOWN}"))
    page = await opened(browser, at, f"towns/{TOWN}.html", scripts=False)
    alone = await seen(page)
    assert len(alone) >= ANSWERS
    assert all(one == other for one, other in zip(alone, chosen, strict=False))


@each_hour
async def test_on_a_first_visit_the_towns_come_first_and_one_tap_shows_a_towns_clinics(
    browser: Browser, at: datetime
) -> None:
    page = await opened(browser, at)
    ends = "towns => towns.map(town => town.getBoundingClientRect().bottom)"
    bottoms = await page.locator("main .folds > details").evaluate_all(ends)
    assert len(bottoms) == len(TOWNS)
    assert sum(bottom <= HEIGHT for bottom in bottoms) >= TILES
    await page.locator("main summary:visible", has_text=TOWN).click()
    assert len(await seen(page)) >= ANSWERS


@each_hour
async def test_while_nothing_is_opened_the_page_is_short(browser: Browser, at: datetime) -> None:
    for path in ("", f"?town={TOWN}"):
        page = await opened(browser, at, path)
        assert await page.evaluate("document.documentElement.scrollHeight") <= CLOSED, path
