"""Nothing typed at the desk is lost, whatever comes between typing and saving; nothing comes back late."""

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import County
from tests.browser.test_desk import add, phone, sign_in
from tests.here import command

NOTE = "已填回上次没保存的内容。"


async def at_settings(browser: Browser, county: County, board: str, name: str) -> Page:
    """The settings of a board of the test's own."""
    command("boards", "put", board, "--name", f"{name}县", "--data", county.data)
    add(county, name)
    page = await phone(browser)
    await sign_in(page, county, name)
    await page.goto(f"{county.base}/desk/boards/{board}/settings")
    return page


async def test_what_was_typed_survives_a_cut_network_and_is_gone_once_saved(
    browser: Browser, county: County
) -> None:
    page = await at_settings(browser, county, "duanwang", "断网")
    await page.get_by_label("咨询热线").fill("0000-5550177")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="保存设置").click()
    await page.wait_for_timeout(500)
    await page.context.set_offline(False)
    await page.goto(f"{county.base}/desk/boards/duanwang/settings")
    await expect(page.get_by_text(NOTE)).to_be_visible()
    await expect(page.get_by_label("咨询热线")).to_have_value("0000-5550177")
    await page.get_by_role("button", name="保存设置").click()
    await expect(page.get_by_text("设置已保存。")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text(NOTE)).to_have_count(0)
    await expect(page.get_by_label("咨询热线")).to_have_value("0000-5550177")


async def test_what_was_typed_survives_a_session_that_ended(browser: Browser, county: County) -> None:
    page = await at_settings(browser, county, "guoqi", "过期")
    await page.get_by_label("发布单位").fill("过期县卫生健康局")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="保存设置").click()
    await expect(page.get_by_role("link", name="重新登录")).to_be_visible()
    await sign_in(page, county, "过期")
    await page.goto(f"{county.base}/desk/boards/guoqi/settings")
    await expect(page.get_by_label("发布单位")).to_have_value("过期县卫生健康局")
    await expect(page.get_by_text(NOTE)).to_be_visible()
    await page.get_by_role("button", name="不要了").click()
    await expect(page.get_by_label("发布单位")).to_have_value("")
    await page.reload()
    await expect(page.get_by_text(NOTE)).to_have_count(0)


async def test_the_button_of_another_form_takes_nothing_with_it(browser: Browser, county: County) -> None:
    page = await at_settings(browser, county, "lingyige", "另一个")
    await page.get_by_label("监督电话").fill("0000-5550188")
    await page.get_by_role("button", name="暂停公布").click()
    await expect(page.get_by_text("看板已暂停公布。")).to_be_visible()
    await expect(page.get_by_label("监督电话")).to_have_value("0000-5550188")


async def test_what_was_refused_is_shown_once_and_not_restored_over(browser: Browser, county: County) -> None:
    page = await at_settings(browser, county, "beiju", "被拒")
    await page.get_by_label("填报时刻").fill("早上")
    await page.get_by_role("button", name="保存设置").click()
    await expect(page.locator("#wrong-report_by")).to_be_visible()
    await expect(page.get_by_label("填报时刻")).to_have_value("早上")
    await expect(page.get_by_text(NOTE)).to_have_count(0)
    await page.goto(f"{county.base}/desk/boards/beiju/settings")
    await expect(page.get_by_label("填报时刻")).to_have_value("早上")
    await page.get_by_label("填报时刻").fill("8点 15点")
    await page.get_by_role("button", name="保存设置").click()
    await expect(page.get_by_text("设置已保存。")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("填报时刻")).to_have_value("08:00，15:00")


async def test_a_password_is_never_held(browser: Browser, county: County) -> None:
    page = await at_settings(browser, county, "mima", "密码人")
    await page.goto(f"{county.base}/desk/account")
    await page.get_by_label("新密码", exact=True).fill("a secret of mine")
    assert "secret of mine" not in await page.evaluate("JSON.stringify(sessionStorage)")
