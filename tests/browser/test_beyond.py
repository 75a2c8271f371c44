"""Across the border: clinics of other boards within reach are named, a county by where one stands."""

from datetime import timedelta
from typing import Final

from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from tests.browser.pages import HOST, phone, tree
from tests.golden.make import AS_OF, board, entry, header, site, town
from tests.golden.views import INDEX
from trafficlight.publish.formats.base import FormatScope

HERE: Final = {"latitude": 37.6, "longitude": 120.39}
OWN: Final = board(
    (town("西镇", (site("西镇卫生院", light="blue", id="o-1", town="西镇", lat=37.6, lon=120.3),)),),
    header=header("jin", "近县"),
)
NEXT: Final = board(
    (
        town(
            "东镇",
            (
                site(
                    "东镇卫生院", light="red", id="n-1", town="东镇", address="界河路1号", lat=37.6, lon=120.4
                ),
                site("海角卫生院", light="blue", id="n-2", town="东镇", lat=37.6, lon=120.9),
            ),
        ),
    ),
    header=header("lin", "邻县"),
)
FAR: Final = board(
    (town("远镇", (site("东镇远房卫生院", light="blue", id="f-1", town="远镇", lat=30.0, lon=110.0),)),),
    header=header("yuan", "远县"),
)
BOARDS: Final = (OWN, NEXT, FAR)
_MANY: Final = tuple(board((), header=header(f"b{number}", f"第{number}县")) for number in range(9))
TREE: Final = tree(
    {
        FormatScope.BOARD: BOARDS,
        FormatScope.INDEX: (replace(INDEX, boards=tuple(map(entry, (*BOARDS, *_MANY)))),),
    }
)


async def opened(browser: Browser, path: str) -> tuple[Page, list[str]]:
    context = await phone(browser, more=TREE)
    await context.grant_permissions(["geolocation"])
    await context.set_geolocation(HERE)  # type: ignore[arg-type]
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(HOST)))
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{HOST}{path}")
    return page, asked


async def test_a_clinic_of_the_next_county_is_found_by_its_name_and_the_far_one_is_not(
    browser: Browser,
) -> None:
    page, asked = await opened(browser, "/jin/")
    await page.locator("#q").fill("东镇")
    beyond = page.locator("details.beyond")
    await expect(beyond.locator("summary")).to_have_text("邻近地区找到2家")
    await expect(beyond.locator("h3 a:visible").first).to_have_text("东镇卫生院")
    await expect(beyond.locator("li").first).to_contain_text("邻县 东镇 界河路1号")
    await expect(beyond.locator("h3 a").first).to_have_attribute("href", "../lin/sites/n-1.html")
    await expect(beyond.locator(".call a").first).to_have_attribute("href", "tel:00005551234")
    await expect(beyond.locator(".pill")).to_have_count(0)
    assert "/yuan/find.json" not in asked
    await page.locator("#q").fill("西镇卫生院")
    await expect(page.locator("main ul.rows:not(.near) h3 a:visible")).to_have_text(["西镇卫生院"])
    await expect(beyond).to_have_count(0)
    await page.context.close()


async def test_whoever_stands_at_the_border_is_shown_how_far_the_next_countys_clinic_is(
    browser: Browser,
) -> None:
    page, asked = await opened(browser, "/jin/")
    await page.locator("#q").focus()
    await page.wait_for_load_state("networkidle")
    before = len(asked)
    await page.get_by_role("button", name="离我最近").click()
    beyond = page.locator("details.beyond")
    await expect(beyond.locator("summary")).to_have_text("邻近地区的机构，由近到远")
    await expect(beyond.locator("h3 a:visible")).to_have_count(0)
    assert asked[before:] == [], "whoever says where he is asks nobody for anything"
    await beyond.locator("summary").click()
    await expect(beyond.locator("h3 a:visible")).to_have_text(["东镇卫生院"])
    await expect(beyond.locator("li")).to_contain_text("900米")
    assert not [url for url in asked if "37.6" in url]
    await page.context.close()


async def test_a_county_is_found_by_its_pinyin_its_towns_and_from_where_somebody_is(browser: Browser) -> None:
    page, _ = await opened(browser, "/")
    names = page.locator("main h3 a:visible")
    for typed, name in (("jinxian", "近县"), ("xizhen", "近县"), ("东镇", "邻县"), ("远县", "远县")):
        await page.locator("#q").fill(typed)
        await expect(names).to_have_text([name])
    await page.locator("#q").fill("")
    await page.get_by_role("button", name="离我最近").click()
    await expect(names.first).to_have_text("近县")
    await expect(names.nth(1)).to_have_text("邻县")
    await page.context.close()


async def test_a_board_whose_place_nobody_knows_names_nobody_and_asks_for_no_list(browser: Browser) -> None:
    page, asked = await opened(browser, "/b0/")
    assert not [url for url in asked if url == "/find.json"]
    await page.context.close()
