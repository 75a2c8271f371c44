"""What the search does not know, it says: no number, nobody nearest, nobody surely open."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser, expect

from tests.browser.pages import HOST, phone, tree
from tests.browser.test_find import HERE, JIN, NAMES, SITES, TREE, box, found
from tests.golden.make import AS_OF, board, header, town
from trafficlight.publish.formats.base import FormatScope


async def test_where_the_list_does_not_come_names_are_found_and_it_says_so(
    browser: Browser,
) -> None:
    context = await phone(browser, more=TREE)
    await context.route("**/find.json", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(f"{JIN}?q=文昌街")
    await found(page, [NAMES[1]])
    await expect(page.locator("#find output")).to_have_text(
        "找到1家 网络不通，暂时只能按名称、电话查找，不能按类别、接诊对象、距离。"
    )
    await context.close()


@pytest.mark.parametrize("body", [None, "", "{}", '{"sites":[],"fold":""}', "[]"])
async def test_a_filter_that_knows_nothing_gives_no_number(browser: Browser, body: str | None) -> None:
    """Of which kind a site is stands in the list alone: without it all 152 were found to be hospitals."""
    context = await phone(browser, more=TREE)
    await context.route(
        "**/find.json", lambda route: route.fulfill(body=body) if body is not None else route.abort()
    )
    page = await context.new_page()
    await page.goto(f"{JIN}?kind=village_clinic")
    await expect(page.locator("#find output")).to_contain_text("不能按类别")
    await expect(page.locator("#find output")).not_to_contain_text("找到")
    await found(page, list(NAMES))
    await context.close()


async def test_whoever_is_open_is_known_without_the_list(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    await context.route("**/find.json", lambda route: route.abort())
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{JIN}?open=1")
    await found(page, list(NAMES[:3]))
    await expect(page.locator("#find output")).to_contain_text("找到3家")
    await context.close()


async def test_what_went_out_is_not_open_whether_the_list_came_or_not(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    await context.route("**/find.json", lambda route: route.abort())
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(days=1))
    await page.goto(f"{JIN}?open=1")
    await found(page, [])
    await context.close()


async def test_without_the_list_nobody_is_said_to_be_nearest(browser: Browser) -> None:
    context = await phone(browser, more=TREE)
    await context.grant_permissions(["geolocation"])
    await context.set_geolocation(HERE)  # type: ignore[arg-type]
    await context.route("**/find.json", lambda route: route.abort())
    page = await context.new_page()
    await page.goto(JIN)
    await page.get_by_role("button", name="离我最近").click()
    await expect(page.locator("#find output")).to_contain_text("不能按类别、接诊对象、距离")
    await expect(page.locator("#find output")).not_to_contain_text("由近到远")
    await expect(page.locator(".far")).to_have_count(0)
    await found(page, list(NAMES))
    await context.close()


async def test_where_no_place_is_known_nobody_is_offered_the_nearest(browser: Browser) -> None:
    nowhere = [replace(one, lat=None, lon=None) for one in SITES[:3]] + [replace(SITES[3], lat=0.0, lon=0.0)]
    view = board((town("城关镇", nowhere),), header=header("jin", "近县"))
    context = await phone(browser, more=tree({FormatScope.BOARD: (view,)}))
    page = await context.new_page()
    await page.goto(JIN)
    await expect(box(page)).to_be_visible()
    await expect(page.get_by_role("button", name="离我最近")).to_have_count(0)
    await context.close()


async def test_who_may_not_be_open_stands_behind_who_surely_is_however_near(browser: Browser) -> None:
    sites = (replace(SITES[1], is_open=None), SITES[0], SITES[2])
    view = board((town("城关镇", sites),), header=header("jin", "近县"))
    context = await phone(browser, more=tree({FormatScope.BOARD: (view,)}))
    await context.grant_permissions(["geolocation"])
    await context.set_geolocation(HERE)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(JIN)
    await page.get_by_role("button", name="离我最近").click()
    await found(page, [NAMES[0], NAMES[2], NAMES[1]])
    await expect(page.locator("#find output")).to_contain_text("确知开诊的在前")
    await context.close()


async def test_an_address_that_asks_who_is_open_finds_a_list_that_says_it_cannot_tell(
    browser: Browser,
) -> None:
    """A site's page leads there, whether its board shows rows or, with more than 400 sites, towns alone."""
    many = tuple(replace(SITES[1], id=f"da-{number}", name=f"第{number}卫生院") for number in range(401))
    view = board((town("城关镇", many[:200]), town("柳林镇", many[200:])), header=header("da", "大县"))
    context = await phone(browser, more=tree({FormatScope.BOARD: (view,)}))
    page = await context.new_page()
    await page.goto(f"{HOST}/da/?open=1")
    await expect(page.locator("#find output")).to_have_text(
        "机构较多，这里不能按是否开诊、忙闲筛选，请先选乡镇。"
    )
    await box(page).fill("第7卫")
    await expect(page.locator("#find output")).to_contain_text("找到")
    await context.close()


async def test_who_sees_children_is_not_said_to_see_adults(browser: Browser) -> None:
    """Its list names children and a word that nobody understands: of adults nothing is known."""
    sites = (
        SITES[0],
        replace(SITES[1], adult=None, child=True),
        replace(SITES[2], adult=True, child=True),
    )
    view = board((town("城关镇", sites),), header=header("jin", "近县"))
    context = await phone(browser, more=tree({FormatScope.BOARD: (view,)}))
    page = await context.new_page()
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(f"{JIN}?serves=child")
    await expect(page.locator("#find output")).to_have_text("找到2家")
    await page.goto(f"{JIN}?serves=adult")
    await expect(page.locator("#find output")).to_have_text("找到3家，其中1家没有写明")
    await context.close()
