"""A county clerk's morning: who has not reported, a complaint, and what the public saw."""

import re

import pytest
from playwright.async_api import Browser, Page

from tests.browser.conftest import County, Few
from tests.browser.test_desk import add, faults_of, phone, sign_in

TAP = 44
"""Pixels that a finger needs."""
LOW = """() => [...document.querySelectorAll('main a, main button, main input, main select, main summary')]
  .filter(one => one.offsetParent && one.type !== 'hidden' && one.type !== 'checkbox' && !one.closest('td'))
  .map(one => `${one.textContent.trim() || one.name} ${Math.round(one.getBoundingClientRect().height)}`)
  .filter(one => Number(one.split(' ').pop()) < %d)"""


async def low(page: Page) -> list[str]:
    """What on the page is too low to be tapped surely."""
    found: list[str] = await page.evaluate(LOW % TAP)
    return found


async def test_what_a_clinic_is_asked_the_desk_is_asked_too(browser: Browser, county: County) -> None:
    site = county.take()
    add(county, "赵静", "editor")
    page = await phone(browser, scripts=False)
    await sign_in(page, county, "赵静")
    await page.goto(f"{county.base}/desk/boards/shili/corrections/sites/{site.id}")
    await page.get_by_text("代机构填报").click()
    await page.get_by_label("今天到现在登记的").fill("300多人")
    await page.get_by_role("button", name="填报", exact=True).click()
    await page.get_by_label("就报 300 人").check()
    await page.get_by_role("button", name="填报", exact=True).click()
    await page.get_by_label("是的，300 人").check()
    await page.get_by_role("button", name="填报", exact=True).click()
    assert f"已代填报：{site.name}" in await page.get_by_role("status").inner_text()
    assert county.told(site)["light"] == "red"
    await page.goto(f"{county.base}/desk/boards/shili/sites/counts")
    sheet = f"编号,人数\n{site.id},20\n".encode()
    await page.get_by_label("Excel").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": sheet}
    )
    await page.get_by_role("button", name="上传，先看会填报什么").click()
    await page.get_by_role("button", name="照这样填报").click()
    await page.get_by_label("更正为 20").check()
    await page.get_by_role("button", name="选好了，照报").click()
    assert "20 人 收下" in await page.locator(".s-lines").inner_text()
    assert county.told(site)["light"] == "blue"


@pytest.mark.parametrize("scripts", [False, True], ids=["no script", "scripts"])
async def test_a_complaint_is_answered_from_the_list_of_the_missing_to_the_statement(
    browser: Browser, county: County, *, scripts: bool
) -> None:
    name, site = f"王芳{scripts}", county.take()
    add(county, name, "editor")
    page = await phone(browser, scripts=scripts)
    await sign_in(page, county, name)
    await page.goto(f"{county.base}/desk/boards/shili/today")  # other tests may have made other boards
    await page.get_by_role("link", name="更正", exact=True).click()
    await page.get_by_label("名称、乡镇、电话或编号").fill(site.name)
    await page.get_by_role("button", name="查找").click()
    await page.get_by_role("link", name=site.name).click()
    await page.get_by_text("代机构填报").click()
    await page.get_by_label("今天到现在登记的").fill("12")
    await page.get_by_role("button", name="填报", exact=True).click()
    assert f"已代填报：{site.name}" in await page.get_by_role("status").inner_text()
    assert county.told(site)["light"] == "blue"
    await page.get_by_text("直接设定颜色").click()
    await page.get_by_label("颜色").select_option("red")
    await page.get_by_label("原因").fill("电话核实：候诊排到门外")
    await page.get_by_role("button", name="设定", exact=True).click()
    assert county.told(site)["light"] == "red"
    await page.get_by_role("button", name="取消设定").click()
    assert county.told(site)["light"] == "blue"
    await page.get_by_role("link", name="时间线").click()
    assert await page.locator("ol.fix-line > li").count() == 4
    await page.get_by_role("link", name="情况说明").click()
    rows = await page.locator("table").first.locator("tbody tr").all_inner_texts()
    assert [re.sub(r".*?([●■○] ?\S+).*", r"\1", row, flags=re.DOTALL) for row in rows][-3:] == [
        "● 蓝·人少",
        "■ 红·很多",
        "● 蓝·人少",
    ]
    await page.locator("table").first.locator("a").nth(-2).click()
    await page.get_by_text("历史页面，不是现在的情况").wait_for()
    await page.get_by_text("红·很多").first.wait_for()
    await page.get_by_role("link", name="看别的时刻").click()
    await page.get_by_role("heading", name="当时公众看到的").wait_for()


async def test_the_text_to_chase_is_copied_by_one_tap(browser: Browser, county: County) -> None:
    add(county, "抄写", "viewer")
    page = await phone(browser)
    await sign_in(page, county, "抄写")
    await page.goto(f"{county.base}/desk/boards/shili/today")
    await page.get_by_text("催报文字：全部").last.click()
    chase = page.locator("details.copied[open]")
    assert "【示例县】" in await chase.locator("textarea").input_value()
    await chase.get_by_role("button", name="复制").click()
    await chase.get_by_text("已复制").wait_for()


@pytest.mark.parametrize("of_today", [True, False], ids=["the day and corrections", "days gone by"])
async def test_the_pages_are_accessible_and_wide_enough_for_a_finger(
    browser: Browser, county: County, few: Few, *, of_today: bool
) -> None:
    name = f"检查{of_today}"
    add(county, name, "editor")
    page = await phone(browser)
    await sign_in(page, county, name)
    home = f"{county.base}/desk/boards/{few.board}"
    one = f"{home}/corrections/sites/{few.sites[1]}"
    today = ("/today", "/corrections", "/corrections/past")
    addresses = [
        *(f"{home}{path}" for path in today),
        *(f"{one}{path}" for path in ("", "/timeline", "/statement")),
    ]
    if not of_today:
        sections = ("", "/days", "/hours", "/accuracy", "/bulletin", "/hints")
        addresses = [f"{home}/lookback{path}" for path in sections]
    assert await faults_of(page, addresses) == []
    for address in addresses:
        await page.goto(address)
        assert await low(page) == [], address
