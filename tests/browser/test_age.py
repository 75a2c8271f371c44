"""Pages that nobody refreshes, in a real browser: every light goes out when its time has passed.

The pages are the golden ones, put at an invented address; no server runs.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import BOARD, HOST, SITE, phone
from tests.golden.make import AS_OF, VALID_UNTIL, at
from tests.golden.views import MIXED

OUT = "已过有效时间，前往前请先打电话。"
OLD = "本页已过期"
LIT = [site for site in MIXED.sites if site.light]
BLUE = MIXED.sites[0]


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await phone(browser)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    assert not wrong
    await context.close()


async def see(page: Page, url: str, when: datetime) -> None:
    """The page as a phone whose clock says so shows it."""
    await page.clock.install(time=when - timedelta(hours=1))  # a busy machine is slow to pause it
    await page.clock.pause_at(when)
    await page.goto(url)
    await page.clock.run_for(200)


async def lights(page: Page) -> dict[str, str]:
    """The class of each row by the name of its site."""
    rows = page.locator("main li:has(h3)")
    said = "rows => rows.map(row => [row.querySelector('h3 a').textContent, row.className])"
    return dict(await rows.evaluate_all(said))


async def test_until_its_end_every_light_stands(page: Page) -> None:
    await see(page, BOARD, AS_OF + timedelta(minutes=1))
    shown = await lights(page)
    assert {site.name: site.light or "none" for site in MIXED.sites if site.light} == {
        name: light for name, light in shown.items() if light in {"blue", "yellow", "red", "cross"}
    }
    await expect(page.locator("#age")).to_be_hidden()
    await expect(page.locator("header .do")).to_contain_text("家")


@pytest.mark.parametrize("until", sorted({site.valid_until for site in LIT}), ids=str)
async def test_a_light_goes_out_at_its_own_end(page: Page, until: datetime) -> None:
    await see(page, BOARD, until - timedelta(seconds=2))
    going = [site.name for site in LIT if site.valid_until == until]
    before = await lights(page)
    assert all(before[name] in {"blue", "yellow", "red", "cross"} for name in going)
    await page.clock.run_for(3000)
    after = await lights(page)
    assert all(after[name] == "none out" for name in going)
    assert {name for name in after if after[name] == "none out"} == {
        site.name for site in MIXED.sites if site.valid_until <= until
    }
    row = page.locator("main li", has_text=going[0]).first
    await expect(row.locator(".do")).to_have_text(OUT)
    await expect(row.locator(".pill")).to_have_text("○ 待更新")


async def test_a_row_that_went_out_keeps_its_phone_and_has_no_colour(page: Page) -> None:
    await see(page, BOARD, at(16, 11))
    await page.locator("main summary", has_text=BLUE.town).click()
    row = page.locator("main li", has_text=BLUE.name).first
    await expect(row.locator("a[href^='tel:']")).to_be_visible()
    colour = await row.locator(".pill").evaluate("pill => getComputedStyle(pill).backgroundColor")
    assert colour == "rgba(0, 0, 0, 0)"


async def test_after_its_end_the_page_says_so_and_counts_nothing(page: Page) -> None:
    await see(page, BOARD, VALID_UNTIL - timedelta(seconds=2))
    await expect(page.locator("#age")).to_be_hidden()
    await page.clock.run_for(3000)
    await expect(page.locator("#age")).to_contain_text(OLD)
    await expect(page.locator("#age a")).to_have_text("请刷新")
    await expect(page.locator("header .do")).to_have_text(OUT)
    for count in await page.locator(".key .n").all():
        await expect(count).to_be_hidden()
    await expect(page.locator(".fresh")).to_contain_text("12月24日 周六 9:12")


async def test_yesterdays_page_shows_no_light_at_all(page: Page) -> None:
    await see(page, BOARD, at(6, 30, day=25))
    closed = {site.name for site in MIXED.sites if site.light == "cross"}
    shown = await lights(page)
    assert {name for name, light in shown.items() if light != "none out"} == closed
    await expect(page.locator("#age")).to_be_visible()


async def test_a_sites_page_puts_out_its_light_and_its_neighbours(page: Page) -> None:
    await see(page, SITE, at(16, 9))
    assert await page.locator("header .blue").count() == 1
    await page.clock.run_for(61_000)
    assert await page.locator("header .blue").count() == 0
    await expect(page.locator("header .do")).to_have_text(OUT)
    assert set((await lights(page)).values()) == {"none out"}
    await expect(page.locator("#age")).to_contain_text(OLD)


async def test_the_list_of_boards_counts_nothing_after_its_end(page: Page) -> None:
    await see(page, f"{HOST}/", VALID_UNTIL + timedelta(hours=1))
    await expect(page.locator("li", has_text="示例县").first.locator(".do")).to_have_text(OUT)
    for counts in await page.locator(".n").all():
        await expect(counts).to_be_hidden()


async def test_a_clock_that_is_three_hours_slow_is_noticed(page: Page) -> None:
    """It cannot tell when a light ends, so it says so beside the page's own instants."""
    await see(page, BOARD, AS_OF - timedelta(hours=3))
    bar = page.locator("#age")
    await expect(bar).to_contain_text("手机时间可能不准")
    await expect(bar).to_contain_text("12月24日 周六 9:12")
    await expect(bar).to_contain_text("有效至15:30")
    await expect(bar.locator("a")).to_be_hidden()


async def test_where_nobody_says_what_time_it_is_a_slow_clock_shows_no_light(page: Page) -> None:
    """A page without a server that says the time claims no freshness that it cannot know."""
    await see(page, BOARD, AS_OF - timedelta(hours=3))
    assert (await lights(page))[BLUE.name] == "blue"
    await page.clock.run_for(16_000)
    assert set((await lights(page)).values()) == {"none out"}
    await expect(page.locator("#age")).to_contain_text("手机时间可能不准")


async def test_a_clock_a_little_slow_is_no_trouble(page: Page) -> None:
    await see(page, BOARD, AS_OF - timedelta(minutes=4))
    await expect(page.locator("#age")).to_be_hidden()


async def test_a_page_come_back_to_is_looked_at_at_once(page: Page) -> None:
    """A phone that slept, or a page out of the browser's memory: no timer ran, the clock did."""
    for wake in ("new PageTransitionEvent('pageshow', {persisted: true})", "new Event('visibilitychange')"):
        await see(page, BOARD, at(9, 30))
        assert (await lights(page))[BLUE.name] == "blue"
        await page.clock.set_fixed_time(at(19))
        assert (await lights(page))[BLUE.name] == "blue"
        target = "window" if "pageshow" in wake else "document"
        await page.evaluate(f"{target}.dispatchEvent({wake})")
        assert (await lights(page))[BLUE.name] == "none out"
        await expect(page.locator("#age")).to_contain_text(OLD)


async def test_going_back_to_a_page_does_not_bring_its_lights_back(page: Page) -> None:
    await see(page, BOARD, at(9, 30))
    await page.goto(SITE)
    await page.clock.set_fixed_time(at(19))
    await page.go_back()
    await page.wait_for_function("document.querySelectorAll('main li.out').length > 0")
    assert (await lights(page))[BLUE.name] == "none out"


@pytest.mark.parametrize("url", [BOARD, SITE], ids=["board", "site"])
async def test_without_scripts_date_weekday_and_end_stand_in_the_first_view(
    browser: Browser, url: str
) -> None:
    context = await phone(browser, scripts=False)
    page = await context.new_page()
    await page.goto(url)
    fresh = page.locator(".fresh").first
    await expect(fresh).to_contain_text("12月24日 周六")
    await expect(fresh).to_contain_text("有效至")
    box = await fresh.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 640
    await expect(page.locator("#age")).to_be_hidden()
    await context.close()


async def test_without_scripts_each_row_says_its_date_weekday_and_end(browser: Browser) -> None:
    context = await phone(browser, scripts=False)
    page = await context.new_page()
    await page.goto(BOARD)
    rows = await page.locator("main li .t").all_text_contents()
    assert len(rows) == len(MIXED.sites)
    for row in rows:
        assert "12月2" in row
        assert "周" in row
        assert "有效至" in row
    await context.close()
