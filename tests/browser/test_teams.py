"""Somebody looks for the family doctor: by the team, a village or initials, of few teams and of many."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.judging import opened
from tests.browser.pages import HOST

FIRST, DOCTOR, SILENT = "东庄镇第一家庭医生团队", "马医生团队", "没有电话的团队"


async def test_of_few_teams_the_rows_of_the_page_are_searched(browser: Browser) -> None:
    page = await opened(browser, f"{HOST}/shili/teams.html")
    for typed, names in (
        ("马医生", [DOCTOR]),
        ("西村", [FIRST]),
        ("北村", [SILENT]),
        ("dzzdy", [FIRST]),
        ("dzdy", [FIRST]),
        ("東莊鎮第一", [FIRST]),
        ("5552092", [DOCTOR]),
        ("没有的地方", []),
    ):
        await page.locator("#q").fill(typed)
        await expect(page.locator(".who:visible")).to_have_text(names)
    await expect(page.locator("#none")).to_be_visible()


@pytest.mark.parametrize("typed", ["第二镇第1团队", "第二镇 上坪", "第二鎮 第1團隊"])
async def test_of_many_a_list_is_and_what_was_found_leads_to_the_team_on_its_towns_page(
    browser: Browser, typed: str
) -> None:
    page = await opened(browser, f"{HOST}/gongkai/teams.html")
    await page.locator("#q").fill(typed)
    await expect(page.locator("#found a")).to_have_text(["第二镇第1团队"])
    await page.locator("#found a").click()
    await page.wait_for_url("**/gongkai/teams/*")
    await expect(page.locator("#t1 .who")).to_be_in_viewport()
    await expect(page.locator("#t1 .who")).to_have_text("第二镇第1团队")
