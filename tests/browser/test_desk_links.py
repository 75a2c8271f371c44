"""A clerk hands out posting links from a phone, and the pages around them can be read by everybody."""

from playwright.async_api import Browser

from tests.browser.conftest import County, Few
from tests.browser.judging import asked
from tests.browser.test_desk import DARK, ONLY_FAULTS, add, phone, sign_in

PAGES = ("links", "links/sheet", "teams", "guide", "robot")


async def test_a_link_is_issued_from_a_phone_opened_on_another_and_revoked(
    browser: Browser, county: County
) -> None:
    add(county, "孙莉")
    page = await phone(browser, scripts=False)
    await sign_in(page, county, "孙莉")
    await page.goto(f"{county.base}/desk/boards/shili/links/of?site=yi-000")
    if await page.get_by_label("填报网址").count():
        await page.get_by_label("填报网址").fill(county.base)
    await page.get_by_role("button", name="发新链接").click()
    # The county of this test is on this very machine, which the desk tells before it issues anything.
    assert await page.get_by_text("外面的手机打不开").is_visible()
    await page.get_by_label("知道，只用来试").check()
    await page.get_by_role("button", name="发新链接").click()
    url = (await page.locator("#link").input_value()).strip()
    clinic = await phone(browser)
    await clinic.goto(url)
    assert (
        await clinic.get_by_label("今天到现在").or_(clinic.locator("input[name=patients]")).first.is_visible()
    )
    newest = page.locator("section.l-link").first
    await newest.get_by_text("停用…").click()
    await newest.get_by_role("button", name="停用这条链接").click()
    await clinic.reload()
    assert await clinic.locator("input[name=patients]").count() == 0


async def test_pages_of_links_and_lists_are_accessible_and_never_too_wide(
    browser: Browser, county: County, few: Few
) -> None:
    add(county, "郑洁")
    page = await phone(browser)
    await page.set_viewport_size({"width": 360, "height": 740})
    await sign_in(page, county, "郑洁")
    faults: list[str] = []
    for tongue in ("zh-Hans", DARK):
        await page.emulate_media(color_scheme="dark" if tongue == DARK else "light")
        await page.goto(f"{county.base}/desk/boards/{few.board}/links?lang={tongue}")
        for way in (*PAGES, f"links/of?site={few.sites[0]}"):
            await page.goto(f"{county.base}/desk/boards/{few.board}/{way}")
            result = await asked(page, ONLY_FAULTS)
            faults += [f"{way} {tongue}: {one['id']}" for one in result["violations"]]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{way} {tongue}: too wide")
    assert faults == []
