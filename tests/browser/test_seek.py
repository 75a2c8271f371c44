"""People write as they speak: what they mean by it is found, and stands first and in view."""

from datetime import timedelta
from typing import Final

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import HOST, phone, tree
from tests.golden.make import AS_OF, board, header, site, town
from tests.golden.make import phone as number
from trafficlight.publish.formats.base import FormatScope

SITES: Final = (
    site("示例县第二人民医院", light="blue", id="x-1", town="城关镇", phones=(number("0535-8501234"),)),
    site("城关镇卫生院", light="yellow", id="x-2", town="城关镇", phones=(number("0535-8505678"),)),
    site("竹溪镇中心卫生院", light="red", id="x-3", town="竹溪镇", phones=(number("13800000003"),)),
    site(
        "竹溪镇卫生院",
        light="cross",
        id="x-4",
        town="竹溪镇",
    ),
    site("妇幼保健院", light="blue", id="x-5", town="竹溪镇", adult=False, child=True),
    site("王家庄村卫生室", "closed_now", id="x-6", town="竹溪镇", also=("大王庄",)),
)
SECOND, TOWNSHIP, CENTRAL, PLAIN, CHILDREN, VILLAGE = (one.name for one in SITES)
TOWN: Final = [CENTRAL, PLAIN, CHILDREN, VILLAGE]
"""Whoever is in the town: those first that are called after it."""
COUNTY: Final = board((town("城关镇", SITES[:2]), town("竹溪镇", SITES[2:])), header=header("jin", "近县"))
LARGE: Final = board(
    (
        town("竹溪镇", SITES),
        town(
            "远镇",
            tuple(site(f"远村{n}号卫生室", light="blue", id=f"f-{n}", town="远镇") for n in range(400)),
        ),
    ),
    header=header("da", "大县"),
)
TREE: Final = tree({FormatScope.BOARD: (COUNTY, LARGE)})


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> Page:
    context = await phone(browser, more=TREE)
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{HOST}/jin/?q=%20")
    return page


AS_WRITTEN: Final = (
    ("zhuxi", TOWN, "pinyin"),
    ("zhu xi wei sheng yuan", [CENTRAL, PLAIN], "pinyin in words"),
    ("zhuxizhenweishengyuan", [PLAIN], "pinyin whole"),
    ("zx", TOWN, "initials"),
    ("zuxi", [PLAIN, CENTRAL, CHILDREN, VILLAGE], "as the south says it"),
    ("竹溪镇卫生院", [PLAIN, CENTRAL], "the exact one first"),
    ("竹西镇卫生院", [PLAIN, CENTRAL], "a wrong character"),
    ("竹溪卫院", [PLAIN, CENTRAL], "a missing character"),
    ("竹溪镇镇卫生院", [PLAIN, CENTRAL], "one too many"),
    ("二院", [SECOND], "second hospital"),
    ("县二院", [SECOND], "the county's second"),
    ("第二医院", [SECOND], "second hospital, longer"),
    ("王家庄卫生所", [VILLAGE], "a village's room by its other name"),
    ("卫生所", [VILLAGE], "any village's room"),
    ("竹溪卫生所", [VILLAGE], "a town's small places"),
    ("城关卫生所", [TOWNSHIP], "a township's by the small name"),
    ("儿科", [CHILDREN], "who sees children"),
    ("小孩", [CHILDREN], "children"),
    ("发烧门诊", [SECOND, TOWNSHIP, CENTRAL, PLAIN, CHILDREN, VILLAGE], "fever clinic"),
    ("竹溪发烧门诊", TOWN, "fever clinic of a town"),
    ("0535-8501234", [SECOND], "a phone"),
    ("0535 850 1234", [SECOND], "a phone with gaps"),
    ("8505678", [TOWNSHIP], "a phone without its area"),
    ("+8613800000003", [CENTRAL], "a mobile with its country"),
    ("138-0000-0003", [CENTRAL], "a mobile in groups"),
    ("蓝色", [SECOND, CHILDREN], "blue"),
    ("黄灯", [TOWNSHIP], "yellow"),
    ("红", [CENTRAL], "red"),
    ("✕", [PLAIN], "cross"),
    ("蓝色 城关", [SECOND], "blue and a town"),
    ("dawang", [VILLAGE], "another name in pinyin"),
)


async def found(page: Page, typed: str) -> tuple[list[str], bool]:
    """The names that are seen, and whether the first stands in view."""
    await page.locator("#q").fill(typed)
    there = page.locator("main h3 a:visible")
    box = await there.first.bounding_box() if await there.count() else None
    return await there.all_inner_texts(), bool(box and 0 <= box["y"] <= 640 - box["height"])


async def test_what_people_write_means_what_they_mean(page: Page) -> None:
    await page.locator("#q").focus()
    await page.wait_for_load_state("networkidle")
    wrong = {}
    for typed, names, case in AS_WRITTEN:
        seen, in_view = await found(page, typed)
        first = len(names) == len(SITES) or seen[:1] == names[:1]
        if not first or sorted(seen) != sorted(names) or not in_view:
            wrong[case] = (typed, seen, in_view)
    assert wrong == {}


async def test_what_is_only_like_what_was_written_is_called_so(page: Page) -> None:
    await page.locator("#q").fill("竹西镇卫生院")
    await page.clock.run_for(1000)
    await expect(page.locator("#find output")).to_have_text("没有一样的，相近的有2家")
    await page.locator("#q").fill("")
    await expect(page.locator("main summary h2:visible")).to_have_text(["城关镇", "竹溪镇"])
    names = await page.locator("main ul.rows:not(.near) > li h3 a").all_text_contents()
    assert sorted(names) == sorted(one.name for one in SITES)


async def test_of_a_board_too_large_for_rows_the_same_is_found(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{HOST}/da/")
    for typed, first in (
        ("二院", SECOND),
        ("zuxi", PLAIN),
        ("8505678", TOWNSHIP),
        ("竹西镇卫生院", PLAIN),
        ("儿科", CHILDREN),
    ):
        await page.locator("#q").fill(typed)
        await expect(page.locator("#found a").first).to_have_text(first)
    await page.locator("#q").fill("蓝色")
    await page.clock.run_for(1000)
    await expect(page.locator("#find output")).to_contain_text("这里不能按是否开诊、忙闲筛选")
    await context.close()


async def test_what_was_found_is_moved_above_the_keyboard(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{HOST}/jin/")
    await page.set_viewport_size({"width": 360, "height": 300})
    await page.locator("#q").press_sequentially("竹溪")
    await expect(page.locator("main h3 a:visible").first).to_be_in_viewport()
    await expect(page.locator("#q")).to_be_in_viewport()
    await context.close()
