"""A captain at the page of a town: lines from a chat, one button; without a network too."""

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.conftest import County
from tests.browser.test_clinic import context

__all__ = ["context"]


async def test_a_captain_pastes_lines_looks_at_them_and_sends_all(
    context: BrowserContext, county: County
) -> None:
    one, two = county.take(), county.take()
    page = await context.new_page()
    await page.goto(county.town())
    await page.get_by_text("粘贴一段文字").click()
    await page.get_by_label("每行一个机构和人数").fill(f"{one.name} 40\n{two.name[:7]}：12人\n无此村 3")
    await page.get_by_role("button", name="读出人数").click()
    lines = page.locator(".lines li")
    await expect(lines).to_have_count(3)
    await expect(lines.nth(2)).to_contain_text("没有机构“无此村”")
    assert county.told(one)["light"] is None
    await expect(page.get_by_label("每行一个机构和人数")).to_have_value("无此村 3")
    await expect(page.get_by_label(f"{one.name}：人数")).to_have_value("40")
    await page.get_by_role("button", name="全部提交").click()
    await expect(page.get_by_text("已收到 2 个机构的填报")).to_be_visible()
    assert (county.told(one)["light"], county.told(two)["light"]) == ("yellow", "blue")


async def test_what_a_captain_sent_without_a_network_is_sent_when_there_is_one(
    browser: Browser, county: County
) -> None:
    site, other = county.take(), county.take()
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = await context.new_page()
    await page.goto(county.town())
    await page.get_by_label("找机构").fill(site.name)
    await expect(page.get_by_label(f"{other.name}：人数")).to_be_hidden()
    await page.get_by_label(f"{site.name}：填报什么").select_option("close:infected")
    await expect(page.get_by_label(f"{site.name}：预计哪天恢复")).to_be_visible()
    await page.get_by_label(f"{site.name}：填报什么").select_option("count")
    await context.set_offline(True)
    await expect(page.get_by_text("几点的数", exact=True).first).to_be_hidden()
    await page.get_by_label(f"{site.name}：人数").fill("40")
    await expect(page.get_by_text("几点的数", exact=True).locator("visible=true")).to_have_count(1)
    await page.get_by_role("button", name="全部提交").click()
    await expect(page.get_by_text("还没有发出")).to_be_visible()
    await expect(page.locator("#unsent")).to_contain_text(f"{site.name} 40")
    await context.set_offline(False)
    await expect(page.get_by_text("已收到 1 个机构的填报")).to_be_visible()
    assert county.told(site)["light"] == "yellow"
