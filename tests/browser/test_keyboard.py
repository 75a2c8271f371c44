"""Somebody without mouse and touch: each control is reached in reading order, seen, and worked by keys."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final, NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.judging import opened
from tests.browser.pages import BOARD, HOST, phone
from tests.golden.make import AS_OF

SITE: Final = f"{HOST}/shili/sites/shili-002.html"
"""A site with coordinates, so that its maps are three."""
TOLD: Final = "http://county.example"
"""Where the pages are in every language."""
_FOCUSED: Final = """() => {
  const one = document.activeElement;
  const look = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const bar = document.getElementById('age');
  const covered = bar.contains(one) ? 0 : bar.offsetHeight; // 0 also while it is hidden
  const seen = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0 &&
    box.width > 0 && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight - covered;
  return [one.name || one.textContent.trim(), seen];
}"""


class Stop(NamedTuple):
    """What a press of Tab led to."""

    at: str
    seen: bool
    """It is outlined, and within the window, clear of the bar that says how old the page is."""


@pytest_asyncio.fixture(params=[360, 1280], loop_scope="session")
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    context = await phone(browser, width=request.param)
    page = await context.new_page()
    await page.clock.set_fixed_time(AS_OF + timedelta(minutes=1))
    yield page
    await context.close()


async def stops(page: Page, last: str) -> list[str]:
    """Where Tab leads from the top of the page until `last`, each seen."""
    reached: list[str] = []
    while last not in reached:
        await page.keyboard.press("Tab")
        stop = Stop(*await page.evaluate(_FOCUSED))
        reached.append(stop.at)
        assert stop.seen, reached
        assert len(reached) < 99, reached
    return reached


async def test_a_boards_controls_come_in_the_order_they_are_read_in(page: Page) -> None:
    await page.goto(BOARD)
    towns = page.locator("main .folds > details")
    town = await towns.first.locator("summary").first.text_content()
    assert town
    # The filters are there for as long as somebody is in the search.
    assert await stops(page, town.strip()) == ["长辈版", "繁", "EN", "120", "q", "near", "筛选", town.strip()]
    await page.keyboard.press("Enter")
    first = towns.first.locator(".rows > li").first
    number = await first.locator(".call a").inner_text()
    await expect(first.locator("h3 a")).to_be_focused()
    assert await stops(page, number) == [number]


@pytest.mark.parametrize("url", [BOARD, SITE], ids=["board", "site"])
async def test_the_bar_of_an_old_page_covers_nothing_that_is_reached(page: Page, url: str) -> None:
    await page.clock.set_fixed_time(AS_OF + timedelta(days=1))
    await page.goto(url)
    await expect(page.locator("#age")).to_be_visible()
    await stops(page, await page.locator("footer a").last.inner_text())


async def test_a_search_is_typed_and_a_town_picked_by_arrows(page: Page) -> None:
    await page.goto(BOARD)
    rows = page.locator("main .rows > li:visible")
    await stops(page, "q")
    await page.keyboard.type("周家村")
    await expect(rows).to_have_count(1)
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Backspace")
    await expect(rows).to_have_count(0)
    first, second = [await town.get_attribute("id") for town in await page.locator(".folds > details").all()][
        :2
    ]
    await page.goto(f"{BOARD}?town={first}")
    await stops(page, "town")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".folds > details").first).to_have_id(second or "")
    assert await page.evaluate("decodeURIComponent(location.search)") == f"?town={second}"


async def test_the_filters_open_and_close_by_space(page: Page) -> None:
    await page.goto(BOARD)
    await stops(page, "筛选")
    light = page.get_by_label("忙闲")
    await expect(light).to_be_hidden()
    await page.keyboard.press("Space")
    await expect(light).to_be_visible()
    assert await stops(page, "light") == ["light"]
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Space")
    await expect(light).to_be_hidden()


@pytest.mark.parametrize("url", [BOARD, SITE], ids=["board", "site"])
async def test_enter_makes_a_page_large_and_it_stays_so(page: Page, url: str) -> None:
    await page.goto(url)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    normal = await page.evaluate(size)
    await stops(page, "长辈版")
    await page.keyboard.press("Enter")
    assert await page.evaluate(size) > normal
    assert await page.evaluate(_FOCUSED) == ["标准版", True]
    await page.reload()
    assert await page.evaluate(size) > normal
    await stops(page, "标准版")
    await page.keyboard.press("Enter")
    await page.reload()
    assert await page.evaluate(size) == normal


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["shili/index.html", "shili/sites/clinic-1.html"])
async def test_enter_leads_to_the_page_in_another_language(browser: Browser, path: str, width: int) -> None:
    page = await opened(browser, f"{TOLD}/{path}")
    await page.set_viewport_size({"width": width, "height": 640})
    await stops(page, "EN")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{TOLD}/en/{path}")
    await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_a_sites_controls_come_in_the_order_they_are_read_in(page: Page) -> None:
    await page.goto(SITE)
    numbers = await page.locator(".calls .call a").all_text_contents()
    assert numbers
    reached = await stops(page, "复制发家人")
    assert reached[:3] == ["长辈版", "繁", "EN"]
    assert reached[3].startswith("‹")
    assert reached[4 : 4 + len(numbers)] == numbers
    maps = [reached.index(name) for name in ("高德地图", "腾讯地图", "百度地图")]
    assert maps == list(range(maps[0], maps[0] + 3))


async def test_enter_leads_back_to_the_board(page: Page) -> None:
    await page.goto(SITE)
    await stops(page, await page.locator(".sub a").inner_text())
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{HOST}/shili/index.html")


@pytest.mark.parametrize("links", [".calls .call a", ".ways a"], ids=["phone", "map"])
async def test_enter_follows_a_phone_and_a_map(page: Page, links: str) -> None:
    await page.goto(SITE)
    await page.evaluate("""addEventListener('click', (event) => {
      event.preventDefault(); // neither phone nor map is here
      window.followed = event.target.closest('a').href;
    })""")
    link = page.locator(links).first
    await stops(page, str(await link.text_content()))
    await page.keyboard.press("Enter")
    assert await page.evaluate("window.followed") == await link.evaluate("link => link.href")


async def test_enter_copies_the_text_for_the_family(page: Page) -> None:
    await page.goto(SITE)
    await stops(page, "复制发家人")
    await page.keyboard.press("Enter")
    await expect(page.locator("#share-said")).to_have_text("已复制，请到微信里粘贴。")
