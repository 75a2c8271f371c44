"""A site's page as a person uses it: sending it on, the days gone by, the ways there."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.pages import HOST, SITE, phone
from tests.golden.make import AS_OF

PUBLIC = f"{HOST}/gongkai/sites/gongkai-1.html"
TEXT = """12月24日 周六 8:10填报，有效至16:10
示例镇卫生院：▲ 黄·较多
就诊人数较多，建议先打电话预约时间再前往。
电话：0000-5551234
地址：东庄镇人民路12号
看最新：https://deng.example/fever/gongkai/sites/gongkai-1.html"""
NEW_KERNEL = """Object.defineProperty(navigator, 'clipboard', {
  value: {writeText: text => { window.copied = text; return Promise.resolve(); }}})"""
REFUSED = """Object.defineProperty(navigator, 'clipboard', {
  value: {writeText: () => Promise.reject(new Error())}});
document.execCommand = () => { throw new Error('refused'); };"""


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await phone(browser)
    yield context
    await context.close()


async def opened(context: BrowserContext, url: str, before: str = "") -> Page:
    page = await context.new_page()
    if before:
        await page.add_init_script(before)
    await page.clock.install(time=AS_OF + timedelta(minutes=1))
    await page.goto(url)
    return page


async def test_the_text_for_the_family_begins_with_its_date(context: BrowserContext) -> None:
    page = await opened(context, PUBLIC, NEW_KERNEL)
    await page.get_by_role("button", name="复制发家人").click()
    await expect(page.locator("#share-said")).to_have_text("已复制，请到微信里粘贴。")
    assert await page.evaluate("window.copied") == TEXT


async def test_an_old_kernel_copies_it_too(context: BrowserContext) -> None:
    """Scripts have no clipboard of their own there, nor on any page without https."""
    page = await opened(context, PUBLIC, "Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    assert await page.evaluate("navigator.clipboard === undefined")
    await page.get_by_role("button", name="复制发家人").click()
    await expect(page.locator("#share-said")).to_have_text("已复制，请到微信里粘贴。")
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=there></textarea>')")
    await page.locator("#there").focus()
    await page.keyboard.press("Control+V")
    assert await page.locator("#there").input_value() == TEXT


async def test_where_copying_is_refused_the_text_stands_there_selected(context: BrowserContext) -> None:
    page = await opened(context, PUBLIC, REFUSED)
    await page.get_by_role("button", name="复制发家人").click()
    await expect(page.locator("#share-said")).to_have_text("没有复制成功，请长按下面的文字复制。")
    await expect(page.locator("#share-text")).to_be_visible()
    assert await page.evaluate("String(getSelection())") == TEXT


async def test_without_scripts_the_text_is_there_to_be_selected(browser: Browser) -> None:
    page = await (await phone(browser, scripts=False)).new_page()
    await page.goto(PUBLIC)
    await expect(page.get_by_role("button", name="复制发家人")).to_be_hidden()
    await page.get_by_text("看要发的文字").click()
    await expect(page.locator("#share-text")).to_be_visible()
    assert await page.locator("#share-text").input_value() == TEXT


async def test_without_an_address_nothing_is_linked_and_the_hotline_is_named(context: BrowserContext) -> None:
    page = await opened(context, SITE)
    assert "http" not in await page.locator("#share-text").input_value()
    await expect(page.locator("#wrong form")).to_have_count(0)
    await expect(page.locator("#wrong a")).to_have_attribute("href", "tel:00005551200")


async def test_what_is_not_as_it_says_is_told_with_one_tap_and_nothing_personal(
    context: BrowserContext,
) -> None:
    page = await opened(context, PUBLIC)
    await page.get_by_text("告诉我们哪里不对").click()
    form = page.locator("#wrong form")
    await expect(form).to_have_attribute("action", "https://deng.example/api/v1/sites/gongkai-1/mismatches")
    fields = "form => [...new Set([...form.elements].map(one => one.name))].sort()"
    assert await form.evaluate(fields) == ["hour", "lang", "what"]
    told = "form => [...form.querySelectorAll('button')].map(one => [one.value, one.textContent])"
    assert await form.evaluate(told) == [
        ["wrong_phone", "电话有误"],
        ["closed", "到了没开门"],
        ["not_seen", "到了没看上"],
    ]


async def test_the_days_gone_by_are_read_in_words_oldest_first(context: BrowserContext) -> None:
    page = await opened(context, SITE)
    await expect(page.get_by_role("heading", name="最近14天")).to_be_visible()
    days = [" ".join(day.split()) for day in await page.locator(".strip li").all_text_contents()]
    assert len(days) == 14
    assert days[0].startswith("12月10日 周六")
    assert days[-1] == "12月23日 周五 12/23■ 很多"
    assert [day.split()[-1] for day in days][-6:] == ["休诊", "未报", "暂停", "人少", "较多", "很多"]
    marks = await page.locator(".strip b").all_text_contents()
    assert set(marks) == {"●", "▲", "■", "✕", "○", "–"}


async def test_the_strip_is_a_list_to_those_who_hear_it(context: BrowserContext) -> None:
    page = await opened(context, SITE)
    strip = page.locator("#past").get_by_role("listitem")
    await expect(strip).to_have_count(14)
    assert "listitem: 12月23日 周五 很多" in await page.locator("#past").aria_snapshot()


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_every_tap_of_a_sites_page_is_large_enough(browser: Browser, width: int) -> None:
    page = await (await phone(browser, width=width)).new_page()
    await page.goto(PUBLIC)
    await page.get_by_text("告诉我们哪里不对").click()
    for one in await page.locator(".ways a, .press, summary, select").all():
        box = await one.bounding_box()
        assert box
        assert box["height"] >= 43.5
        assert box["x"] + box["width"] <= width


async def test_a_map_opens_in_a_window_of_its_own_and_nobody_is_asked_before(browser: Browser) -> None:
    context = await phone(browser)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = await opened(context, f"{HOST}/shili/sites/shili-002.html")
    links = page.locator(".ways a")
    await expect(links).to_have_text(["高德地图", "腾讯地图", "百度地图"])
    for link in await links.all():
        assert await link.get_attribute("target") == "_blank"
        assert "noopener" in str(await link.get_attribute("rel"))
    assert asked
    assert all(url.startswith(HOST) for url in asked)
