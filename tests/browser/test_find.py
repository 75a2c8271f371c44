"""Somebody looks for a clinic: by any word they know, by filters, by who is nearest; and sends it on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.pages import HOST, phone, tree
from tests.golden.make import AS_OF, board, entry, header, site, town
from tests.golden.views import INDEX
from trafficlight.publish.formats.base import FormatScope

JIN: Final = f"{HOST}/jin/"
SITES: Final = (
    site(
        "重庆路社区卫生服务中心",
        light="red",
        id="jin-1",
        town="城关镇",
        kind="community_centre",
        kind_label="社区卫生服务中心",
        address="重庆路88号",
        also=("老铁路医院", "马家村"),
        adult=True,
        child=False,
        lat=37.64,
        lon=120.33,
    ),
    site(
        "城关镇卫生院",
        light="blue",
        id="jin-2",
        town="城关镇",
        address="文昌街2号",
        lat=37.65,
        lon=120.33,
    ),
    site("柳林镇卫生院", light="blue", id="jin-3", town="柳林镇", address="柳林大街1号", lat=37.7, lon=120.4),
    site(
        "杏花村卫生室",
        "closed_now",
        id="jin-4",
        town="柳林镇",
        kind="village_clinic",
        kind_label="村卫生室",
    ),
)
COUNTY: Final = board(
    (town("城关镇", SITES[:2]), town("柳林镇", SITES[2:])),
    header=header("jin", "近县", hotline="0000-5550120"),
)
NAMES: Final = tuple(one.name for one in SITES)
_ENGLISH: Final = replace(COUNTY, header=replace(COUNTY.header, lang="en"))
TREE: Final = tree({FormatScope.BOARD: (COUNTY,)}) | {
    f"en/{path}": file for path, file in tree({FormatScope.BOARD: (_ENGLISH,)}).items()
}
HERE: Final = {"latitude": 37.6491, "longitude": 120.33}
"""A hundred metres south of 城关镇卫生院."""


async def open_page(browser: Browser, url: str = JIN, **of: object) -> tuple[BrowserContext, Page]:
    context = await phone(browser, more=TREE, **of)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(url)
    return context, page


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context, page = await open_page(browser)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert not wrong
    await context.close()


async def found(page: Page, names: list[str]) -> None:
    await expect(page.locator("main h3 a:visible")).to_have_text(names)


def box(page: Page) -> Locator:
    return page.get_by_label("查找机构")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("重庆路", [NAMES[0]]),
        ("老铁路", [NAMES[0]]),
        ("马家村", [NAMES[0]]),
        ("cqlsq", [NAMES[0]]),
        ("LLZ", list(NAMES[2:])),
        ("ＬＬＺ", list(NAMES[2:])),
        ("柳林镇", list(NAMES[2:])),
        ("文昌街", [NAMES[1]]),
        ("村卫生室", [NAMES[3]]),
        ("城关 卫生院", [NAMES[1]]),
        ("卫生院", list(NAMES[1:3])),
        ("柳林卫生院", [NAMES[2]]),
        ("llwsy", [NAMES[2]]),
        ("柳林鎮", list(NAMES[2:])),
        ("馬家村", [NAMES[0]]),
        ("重慶路社區衞生服務中心", [NAMES[0]]),
    ],
    ids=[
        "name",
        "called",
        "village",
        "initials",
        "capitals",
        "full width",
        "town",
        "address",
        "kind",
        "two",
        "part",
        "left out",
        "initials left out",
        "traditional town",
        "traditional village",
        "as in Hong Kong",
    ],
)
async def test_a_clinic_is_found_by_any_word_people_know(page: Page, typed: str, names: list[str]) -> None:
    await box(page).fill(typed)
    await found(page, names)
    await page.clock.run_for(1000)
    await expect(page.locator("#find output")).to_have_text(f"找到{len(names)}家")


async def test_what_to_do_is_no_word_to_be_found_by(page: Page) -> None:
    await box(page).fill("直接前往")
    await found(page, [])


async def test_where_nothing_is_found_it_says_what_to_do(page: Page) -> None:
    await box(page).fill("没有的地方")
    await found(page, [])
    await page.clock.run_for(1000)
    await expect(page.locator("#find output")).to_have_text("没有找到")
    await expect(page.locator("#none")).to_contain_text("清除")
    await expect(page.locator("#none")).to_contain_text("0000-5550120")
    await page.get_by_role("button", name="清除").click()
    await found(page, [])
    await expect(page.locator("#none")).to_be_hidden()
    await expect(page.locator("main summary h2:visible")).to_have_text(["城关镇", "柳林镇"])


async def filters(page: Page) -> None:
    """The filters come with the search."""
    await box(page).focus()
    await page.get_by_text("筛选", exact=True).click()


async def test_filters_keep_rows_by_light_and_kind(page: Page) -> None:
    await filters(page)
    await page.get_by_label("忙闲").select_option("blue")
    await found(page, list(NAMES[1:3]))
    await page.get_by_label("忙闲").select_option("")
    await page.get_by_label("类别").select_option("村卫生室")
    await found(page, [NAMES[3]])
    await expect(page.locator("main h2:visible")).to_have_text(["柳林镇"])


async def test_filters_keep_who_is_open_and_who_sees_a_child(page: Page) -> None:
    """Of whom nobody knows whether it sees children stays; one whose light has run out goes."""
    await filters(page)
    await page.get_by_label("现在开诊").check()
    await found(page, list(NAMES[:3]))
    assert "open=1" in page.url
    await page.get_by_label("接诊对象").select_option("儿童")
    await found(page, list(NAMES[1:3]))
    await expect(page.locator("#find output")).to_have_text("找到2家，其中2家没有写明")
    await page.get_by_label("接诊对象").select_option("成人")
    await found(page, list(NAMES[:3]))
    await page.clock.fast_forward("12:00:00")
    await found(page, [])
    await page.get_by_label("接诊对象").select_option("全部")
    await page.get_by_label("现在开诊").uncheck()
    await box(page).fill("镇")
    assert set(await page.locator("main h3 a:visible").all_inner_texts()) == set(NAMES)


async def test_a_search_stands_in_the_address_and_can_be_sent_on(page: Page, browser: Browser) -> None:
    await filters(page)
    await page.get_by_label("忙闲").select_option("blue")
    await box(page).fill("llwsy")
    await found(page, [NAMES[2]])
    assert "light=blue" in page.url
    context, other = await open_page(browser, page.url)
    await found(other, [NAMES[2]])
    await expect(box(other)).to_have_value("llwsy")
    await expect(other.get_by_label("忙闲")).to_have_value("blue")
    await expect(other.get_by_label("忙闲")).to_be_visible()
    await context.close()


async def test_a_search_goes_along_into_another_language(page: Page) -> None:
    await page.locator("summary", has_text="柳林镇").click()
    await page.get_by_role("button", name="查找").click()
    await box(page).fill("柳林镇卫生院")
    await found(page, [NAMES[2]])
    await page.get_by_role("link", name="EN", exact=True).click()
    await page.wait_for_url("**/en/jin/**")
    await found(page, [f"Liulin Township Health Centre {NAMES[2]}"])
    await expect(page.locator("#q")).to_have_value("柳林镇卫生院")
    await expect(page.get_by_role("combobox", name="My town")).to_have_value("柳林镇")


async def test_what_others_put_into_the_address_stays(browser: Browser) -> None:
    context, page = await open_page(browser, f"{JIN}?from=timeline&light=green")
    await found(page, [])
    await box(page).fill("llwsy")
    await found(page, [NAMES[2]])
    assert "from=timeline" in page.url
    assert "green" not in page.url
    await context.close()


async def test_back_from_a_clinics_page_the_search_still_stands(page: Page) -> None:
    await box(page).fill("llwsy")
    await found(page, [NAMES[2]])
    await page.goto(f"{HOST}/shili/")
    await page.go_back()
    await found(page, [NAMES[2]])
    await expect(box(page)).to_have_value("llwsy")


async def test_the_nearest_come_first_and_the_position_goes_nowhere(browser: Browser) -> None:
    context, page = await open_page(browser)
    await context.grant_permissions(["geolocation"])
    await context.set_geolocation(HERE)  # type: ignore[arg-type]
    await box(page).focus()
    await page.wait_for_load_state("networkidle")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url) if "/icon." not in request.url else None)
    await page.get_by_role("button", name="离我最近").click()
    await found(page, [NAMES[1], NAMES[0], NAMES[2], NAMES[3]])
    assert await page.locator(".far").all_inner_texts() == [
        "100米 城关镇",
        "1.0公里 城关镇",
        "8.4公里 柳林镇",
        "柳林镇",
    ]
    await box(page).fill("卫生院")
    await found(page, [NAMES[1], NAMES[2]])
    assert asked == []
    assert "near=1" in page.url
    assert "37." not in page.url
    assert (
        await page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])") == '[{},{},""]'
    )
    await page.get_by_role("button", name="清除").click()
    await found(page, [])
    await expect(page.locator(".far")).to_have_count(0)
    await context.close()


async def test_where_the_position_is_refused_it_says_so(browser: Browser) -> None:
    context, page = await open_page(browser)
    await page.get_by_role("button", name="离我最近").click()
    await expect(page.locator("#find output")).to_contain_text("没有取得您的位置")
    await found(page, [])
    await context.close()


async def test_a_shared_address_asks_nobody_for_the_position(browser: Browser) -> None:
    context, page = await open_page(browser, f"{JIN}?near=1")
    await expect(page.get_by_role("button", name="离我最近")).to_have_attribute("aria-pressed", "false")
    await found(page, [])
    await context.close()


async def test_without_scripts_the_towns_open_and_no_dead_control_stands_there(
    browser: Browser,
) -> None:
    context = await phone(browser, scripts=False, more=TREE)
    page = await context.new_page()
    await page.goto(JIN)
    await expect(page.locator("#find")).to_be_hidden()
    await page.locator("summary", has_text="柳林镇").click()
    await found(page, [NAMES[2]])
    await page.locator("summary", has_text="现未开诊").click()
    await found(page, list(NAMES[2:]))
    await context.close()


async def test_where_a_script_does_not_come_no_dead_control_stands_there(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    await context.route("**/search.*.js", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(JIN)
    await expect(page.locator("#find")).to_be_hidden()
    await context.close()


async def test_a_county_is_found_by_its_name_and_by_the_initials_of_it(browser: Browser) -> None:
    names = ("示例县", "重庆区", "长滩市", "临示区", "东坪县", "西岭县", "北坡县", "南塘市", "杏花县")
    entries = tuple(entry(board((), header=header(f"b{number}", name))) for number, name in enumerate(names))
    more = tree({FormatScope.INDEX: (replace(INDEX, boards=entries),)})
    context = await phone(browser, more=more)
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{HOST}/")
    await found(page, list(names))
    for typed, name in (("重庆", "重庆区"), ("cqq", "重庆区"), ("临示", "临示区"), ("nts", "南塘市")):
        await page.get_by_label("查找地区").fill(typed)
        await found(page, [name])
    await context.close()
