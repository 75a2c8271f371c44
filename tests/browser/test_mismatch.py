"""A resident tells that a door was closed, as on the way home from it: by thumb, in large letters."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import County
from tests.here import command
from tests.running import Server


async def test_what_is_not_as_it_says_is_told_from_the_page_and_leads_back_to_it(
    browser: Browser, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the page's language and size of letters; the desk hears of which site, and what."""
    site = county.take()
    server = Server(county.data, log=county.data.with_name("told.log"))
    base = f"http://127.0.0.1:{server.port}"
    monkeypatch.setenv("TRAFFICLIGHT_APP_URL", base)
    with server:
        server.wait_until_ready(within=60)
        context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")
        page = await context.new_page()
        await page.goto(f"{base}/en/shili/sites/{site.id}.html")
        await page.get_by_role("link", name="Larger").click()
        await page.get_by_text("Tell us what is wrong").click()
        await page.get_by_role("button", name="nobody opened").click()
        await expect(page.get_by_text(site.name)).to_be_visible()
        assert await page.locator("html").get_attribute("lang") == "en"
        letters = "parts => Math.min(...parts.map(one => parseFloat(getComputedStyle(one).fontSize)))"
        assert await page.locator("main p").evaluate_all(letters) >= 22
        board = await page.get_by_role("link", name="示例县").evaluate("link => link.href")
        assert board == f"{base}/en/shili/"
        await page.locator("main a[href*=sites]").click()
        assert page.url == f"{base}/en/shili/sites/{site.id}.html"
    told = command("mismatches", "list", "--board", "shili", "--data", county.data)
    assert [line for line in told.splitlines() if site.id in line and "nobody opened" in line], told
