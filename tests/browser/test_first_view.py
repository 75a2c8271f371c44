"""The first view is the answer: which clinic can see me, and its phone, before anything is scrolled."""

import re
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import unquote

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.counties import COUNTY, DAWN, HOURS, MORNING, TOWN, county_at
from tests.browser.pages import HOST, phone
from trafficlight.cli.demo_county import SLUG, TOWNS
from trafficlight.text.languages import EN

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
async def test_in_english_three_clinics_do_each_with_its_reading_and_its_chinese(
    browser: Browser, at: datetime
) -> None:
    context = await phone(browser, width=WIDTH, more=county_at(at, EN))
    page = await context.new_page()
    await page.clock.set_fixed_time(at + timedelta(minutes=1))
    await page.goto(f"{HOST}/en/{SLUG}/?town={TOWN}")
    first = await seen(page)
    assert len(first) >= ANSWERS - 1
    assert all(re.search(r"[A-Z][a-z]+ .*[\u4e00-\u9fff]", name) for _mark, name, _number in first)


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


async def test_my_town_is_remembered_and_stands_in_the_address(browser: Browser) -> None:
    page = await opened(browser, MORNING)
    await page.locator("main summary:visible", has_text=TOWN).click()
    assert unquote(page.url) == f"{COUNTY}?town={TOWN}"
    first = await seen(page)
    await page.goto(COUNTY)
    assert await seen(page) == first
    assert unquote(page.url) == f"{COUNTY}?town={TOWN}"
    await page.get_by_role("combobox", name="我在哪个乡镇").select_option("")
    await page.goto(COUNTY)
    assert page.url == COUNTY
    assert await page.locator("main summary:visible").count() == len(TOWNS)


async def test_on_paper_every_clinic_stands_and_afterwards_the_folds_are_as_they_were(
    browser: Browser,
) -> None:
    page = await opened(browser, MORNING)
    numbers = page.locator("main .rows .call a[href^='tel:']")
    assert await numbers.count() > 100
    assert await numbers.locator("visible=true").count() == 0
    shut = "document.querySelectorAll('main .folds details:not([open])').length"
    before = await page.evaluate(shut)
    await page.evaluate(f"addEventListener('beforeprint', () => {{ window.on_paper = {shut}; }})")
    await page.pdf()
    assert await page.evaluate("window.on_paper") == 0
    assert await page.evaluate(shut) == before
    assert await numbers.locator("visible=true").count() == 0


async def test_a_link_to_another_town_is_not_mine(browser: Browser) -> None:
    """Somebody sends a town's clinics on; whoever opens them keeps a town of their own."""
    page = await opened(browser, MORNING, f"?town={TOWN}")
    await page.goto(f"{COUNTY}?town={TOWNS[3]}")
    await expect(page.locator(".folds > details").first).to_have_id(TOWNS[3])
    assert await page.evaluate("localStorage.length") == 0


async def test_a_town_with_few_names_the_nearest_of_others_and_says_whose(browser: Browser) -> None:
    page = await opened(browser, DAWN, f"?town={TOWN}")
    await expect(page.locator(".first > .near > li")).to_have_count(3)
    for text in await page.locator(".first > .near .far").all_inner_texts():
        assert re.fullmatch(r"(\S+[镇乡道]) 约\d+公里", text), text
        assert not text.startswith(TOWN)


async def test_every_number_is_called_by_whose_it_is(browser: Browser) -> None:
    page = await opened(browser, MORNING, f"?town={TOWN}")
    row = page.locator(".first .rows > li").first
    name, number = await row.locator("h3 a").text_content(), await row.locator(".call a").text_content()
    await expect(row.get_by_role("link", name=f"给{name}打电话 {number}")).to_be_visible()


async def test_the_version_for_elders_is_one_column_and_its_first_phone_is_seen(browser: Browser) -> None:
    page = await opened(browser, MORNING, f"?town={TOWN}")
    await page.get_by_role("link", name="长辈版").click()
    call = page.locator(".first .rows .call a").first
    box, row = await call.bounding_box(), await page.locator(".first .rows > li").first.bounding_box()
    assert box
    assert row
    assert box["y"] + box["height"] <= HEIGHT
    assert box["height"] >= 60
    assert box["width"] >= row["width"] - 1
    await expect(page.get_by_role("button", name="读给我听")).to_be_visible()


async def test_the_first_clinics_are_read_aloud(browser: Browser) -> None:
    context = await phone(browser, more=county_at(MORNING))
    page = await context.new_page()
    await page.add_init_script(
        "localStorage.setItem('large', '1'); self.said = [];"
        "speechSynthesis.speak = one => said.push(one.text); speechSynthesis.cancel = () => {};"
    )
    await page.clock.set_fixed_time(MORNING + timedelta(minutes=1))
    await page.goto(f"{COUNTY}?town={TOWN}")
    await page.get_by_role("button", name="读给我听").click()
    said: list[str] = await page.evaluate("said")
    assert len(said) == 6
    assert "有效至" in said[0]
    first = await page.locator(".first .rows h3 a").first.text_content()
    assert first
    assert said[1].startswith(f"{first}，蓝·人少，0 0 0 0，")
