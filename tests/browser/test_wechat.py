"""Articles are copied as they were made, by whatever way the browser has, and pasted into an editor."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.conftest import County
from tests.browser.judging import asked
from tests.browser.pages import HOST, phone
from tests.browser.test_desk import TONGUES, add, sign_in
from tests.browser.test_desk import phone as phone_of
from tests.golden.make import AS_OF
from tests.golden.views import COUNTED
from tests.publish.whitelist import canonical
from tests.running import get
from trafficlight.publish.article import articles

(ARTICLE,) = articles(COUNTED)

WITHOUT = "delete window.ClipboardItem"
REFUSED = f"{WITHOUT}; document.execCommand = () => false"

_READ = """async () => {
  const [item] = await navigator.clipboard.read();
  return Object.fromEntries(await Promise.all(item.types.map(
    async type => [type, await (await item.getType(type)).text()])));
}"""


def plain(fragment: str) -> str:
    """As one parser writes it, without what a browser leaves out because it is so anyway."""
    return re.sub('(?<=[:;]) |;?text-align:left|;(?=")', "", re.sub("; ", ";", canonical(fragment)))


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await phone(browser)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.clock.set_fixed_time(AS_OF + timedelta(minutes=1))
    yield page
    await context.close()


async def copied(page: Page, before: str = "") -> str:
    """What the page says afterwards; `before`: a script that takes a way from the browser."""
    await page.goto(f"{HOST}/gongkai/wechat.html")
    await page.evaluate(before or "0")
    await page.get_by_role("button", name="复制到公众号").click()
    told = page.locator(".wx-copy [role=status]")
    await told.filter(has_text="已").wait_for()
    return await told.inner_text()


async def test_an_article_is_copied_and_pasted_as_it_was_made(page: Page) -> None:
    assert await page.goto(f"{HOST}/gongkai/wechat.html")
    assert await page.locator("#wx-1").inner_html() == ARTICLE.content
    for before in ("", WITHOUT):
        assert await copied(page, before) == "已复制"
        clipboard = await page.evaluate(_READ)
        assert canonical(ARTICLE.content) in canonical(clipboard["text/html"]), before
        assert "▲ 黄·较多 就诊人数较多，建议先打电话预约时间再前往。\n电话：" in clipboard["text/plain"]
        await page.evaluate(
            "document.body.innerHTML = '<div id=editor contenteditable style=\"height:99px\"></div>'"
        )
        await page.locator("#editor").focus()
        await page.keyboard.press("Control+V")
        pasted = await page.locator("#editor").inner_html()
        assert plain(pasted) == plain(ARTICLE.content), before


async def test_where_nothing_may_be_copied_all_is_selected_and_it_says_so(page: Page) -> None:
    assert (await copied(page, REFUSED)).startswith("已选中全文，请按Ctrl+C")
    chosen = await page.evaluate("getSelection().toString()")
    assert chosen.startswith("截至12月24日 周六 9:12")
    assert chosen.endswith(ARTICLE.link)


async def test_an_article_that_is_over_is_not_copied(page: Page) -> None:
    await page.clock.set_fixed_time(ARTICLE.until)
    await page.goto(f"{HOST}/gongkai/wechat.html")
    await page.evaluate("navigator.clipboard.writeText('x')")
    await page.get_by_role("button", name="复制到公众号").click()
    await page.get_by_text("这一版已过有效时间，请刷新后再复制").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == "x"


async def test_title_and_summary_are_copied_as_text_and_without_scripts_there_is_no_button(
    page: Page, browser: Browser
) -> None:
    await page.goto(f"{HOST}/gongkai/wechat.html")
    for name, text in (
        ("复制标题", ARTICLE.title),
        ("复制摘要", ARTICLE.digest),
        ("复制网址", ARTICLE.link),
    ):
        await page.get_by_role("button", name=name).click()
        await page.wait_for_function("async text => await navigator.clipboard.readText() === text", arg=text)
    bare = await phone(browser, scripts=False)
    page = await bare.new_page()
    await page.goto(f"{HOST}/gongkai/wechat.html")
    assert await page.get_by_role("button").count() == 0
    await page.get_by_role("link", name="单独打开全文").click()
    assert await page.inner_html("body") == ARTICLE.content
    await bare.close()


async def test_the_desks_page_shows_the_published_article_and_axe_finds_nothing(
    browser: Browser, county: County
) -> None:
    add(county, "公众号编辑", role="viewer")
    page = await phone_of(browser)
    await sign_in(page, county, "公众号编辑")
    for tongue in TONGUES:
        await page.goto(f"{county.base}/desk/boards/shili/wechat?lang={tongue}&face=lights")
        (box,) = await page.locator("#wx-1").all()
        assert (await box.inner_html()).startswith('<section style="')
        assert await page.locator(".wx-phone").count() == 2  # in light and in dark
        assert (await asked(page, {}))["violations"] == []
    await page.goto(f"{county.base}/desk/boards/shili/wechat?lang=zh-Hans")
    published = get(county.server.port, "/shili/wechat-fragment.html")[1]
    assert await page.locator("#wx-1").inner_html() == published.decode()
    height = "getComputedStyle(document.querySelector('.wx-phone section')).lineHeight"
    assert await page.evaluate(height) == "26px"  # its own styles are let
    await page.context.close()


async def test_at_the_desk_an_article_is_copied_by_hand_where_nothing_else_works(
    browser: Browser, county: County
) -> None:
    add(county, "没有脚本", role="viewer")
    context = await phone(browser, scripts=False)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await sign_in(page, county, "没有脚本")
    await page.goto(f"{county.base}/desk/boards/shili/wechat?lang=zh-Hans&face=directory")
    article = (await page.locator("#wx-1").inner_html()).strip()
    assert await page.get_by_role("button", name="复制").count() == 0
    await page.get_by_role("link", name="单独打开全文").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.press("Control+C")
    editor = await browser.new_page()
    await editor.set_content('<div id="editor" contenteditable style="height:99px"></div>')
    await editor.locator("#editor").focus()
    await editor.keyboard.press("Control+V")
    pasted = await editor.locator("#editor").inner_text()
    assert "本篇是名录" in pasted
    assert plain(article).count("<strong>") <= (await editor.locator("#editor").inner_html()).count("<strong")
    await editor.close()
    await context.close()
