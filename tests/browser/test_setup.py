"""A clerk sets a board up in an afternoon: on a phone, without a script, from the bureau's own Excel."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import pytest
from playwright.async_api import Browser, Page

from tests.browser.conftest import County, Few
from tests.browser.test_desk import WIDE, add, faults_of, phone, sign_in

BUREAU = (
    (1, "北河镇", "北河镇中心卫生院", "示例市北河镇北河村1号", "０５３５－５５５０１０１"),
    (2, None, "前田村卫生室", "示例市北河镇前田村", "0535-5550102"),
    (3, "", "示例市第二人民医院", "示例市南关街道建设路2号", "0535-5550103"),
)
MANY = 6000
PATIENCE = 60_000
"""Milliseconds after which something hangs, on however crowded a machine."""


def workbook(rows: Iterable[Sequence[object]], merged: str = "") -> dict[str, object]:
    """As a bureau makes it: a title across the sheet, merged towns, numbers in front, no ids."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["示例市发热门诊（诊室）一览表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["序号", "乡镇", "机构名称", "地址", "联系电话"])
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "一览表.xlsx", "mimeType": media, "buffer": out.getvalue()}


async def new_board(page: Page, county: County, slug: str) -> None:
    await page.goto(f"{county.base}/desk")
    await page.get_by_role("link", name="新建看板").click()
    await page.get_by_label("名称").fill("示例市")
    await page.get_by_label("网址里的代码").fill(slug)
    await page.get_by_role("button", name="新建").click()


async def choose(page: Page, file: dict[str, object], button: str = "上传，先看会改什么") -> None:
    await page.get_by_label("Excel、WPS、ODS或CSV文件").set_input_files(file)  # type: ignore[arg-type] # as playwright takes it
    await page.get_by_role("button", name=button).click()
    await page.locator("h1", has_not_text="正在读文件").wait_for()  # a file is read in a process of its own


async def test_a_clerk_sets_a_board_up_from_a_draft_to_its_opening(
    browser: Browser, county: County, tmp_path: Path
) -> None:
    add(county, "周敏")
    page = await phone(browser, scripts=False)
    await sign_in(page, county, "周敏")
    await new_board(page, county, "shiliyi")
    # The list: seen first, then in.
    await choose(page, workbook(BUREAU, merged="B3:B4"))
    told = await page.locator("main").inner_text()
    assert "北河镇中心卫生院" in told
    await page.get_by_role("button", name="确认导入").click()
    assert await page.get_by_role("heading", name="已导入").is_visible()
    # The one town that the list left out is read from the address, and confirmed.
    await page.get_by_role("link", name="1家没有填乡镇").click()
    assert await page.get_by_label("示例市第二人民医院").input_value() == "南关街道"
    await page.get_by_role("button", name="保存").click()
    # Who answers for it, and what each kind can see in a day.
    await page.get_by_role("link", name="设置").click()
    await page.get_by_role("link", name="看板设置").click()
    await page.get_by_role("button", name="开放看板").click()
    assert await page.get_by_role("alert").is_visible(), "not before somebody answers for it"
    await page.get_by_label("发布单位").fill("示例市卫生健康局")
    await page.get_by_label("咨询热线").fill("0535-5550120")
    await page.get_by_role("group", name="日接诊能力").get_by_label("医院").fill("120")
    await page.get_by_role("button", name="保存设置").click()
    assert "84人起黄，120人起红" in await page.locator("main").inner_text()
    await page.get_by_role("button", name="开放看板").click()
    assert "公布中" in await page.get_by_role("heading", name="看板设置").inner_text()
    # A day's counts from a sheet, the rule tried on them, and saved.
    await page.goto(f"{county.base}/desk/boards/shiliyi/sites/counts")
    await choose(
        page,
        {"name": "今天.csv", "mimeType": "text/csv", "buffer": "机构名称,人数\n前田村卫生室,20\n".encode()},
        "上传，先看会填报什么",
    )
    assert "前田村卫生室 20" in await page.locator(".s-lines").inner_text()
    await page.get_by_role("button", name="照这样填报").click()
    assert "收下" in await page.locator(".s-lines").inner_text()
    await page.goto(f"{county.base}/desk/boards/shiliyi/rules")
    await page.get_by_label("当天就诊人数（人）").check()
    await page.locator("#counts_yellow").fill("10")
    await page.locator("#counts_red").fill("15")
    await page.get_by_role("button", name="先看会变哪些").click()
    assert "1家会变" in await page.locator(".s-trial").inner_text()
    await page.get_by_role("button", name="保存，从现在起生效").click()
    assert "第2版" in await page.locator("main").inner_text()
    # The export goes in again without a trace.
    await page.goto(f"{county.base}/desk/boards/shiliyi/sites")
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="导出Excel").click()
    saved = tmp_path / "sites.xlsx"
    await (await coming.value).save_as(saved)
    await page.goto(f"{county.base}/desk/boards/shiliyi/sites/import")
    await choose(page, {"name": "sites.xlsx", "mimeType": "", "buffer": saved.read_bytes()})
    assert "和现在的名单一样" in await page.locator("main").inner_text()


async def test_six_thousand_rows_go_in_while_others_are_served(browser: Browser, county: County) -> None:
    add(county, "孙丽")
    page, other = await phone(browser, scripts=False), await phone(browser)
    await sign_in(page, county, "孙丽")
    await new_board(page, county, "shilida")
    rows = [
        (n, f"第{n // 60}镇", f"示例{n}村卫生室", f"第{n // 60}镇{n}号", f"0535-5{n:06}") for n in range(MANY)
    ]
    await choose(page, workbook(rows))
    await page.get_by_role("button", name="确认导入").click(timeout=PATIENCE)
    assert await other.goto(f"{county.base}/shili/"), "the public's page is served meanwhile"
    await page.get_by_role("heading", name="已导入").wait_for(timeout=PATIENCE)
    assert f"{MANY} 新增" in await page.locator(".s-sums").inner_text()


@pytest.mark.parametrize("width", [360, WIDE])
async def test_the_pages_of_setting_up_are_accessible_and_never_too_wide(
    browser: Browser, county: County, few: Few, width: int
) -> None:
    name = f"吴刚{width}"
    add(county, name)
    page = await phone(browser)
    await page.set_viewport_size({"width": width, "height": 740})
    await sign_in(page, county, name)
    home = f"{county.base}/desk/boards/{few.board}"
    ways = (
        *("sites", "sites/import", "sites/days", "sites/phones", "sites/towns", "sites/counts", "sites/chat"),
        *(f"site/{few.sites[0]}", "rules", "rules/history", "words", "settings"),
    )
    addresses = [f"{county.base}/desk/boards/new", *(f"{home}/{way}" for way in ways)]
    await page.goto(f"{home}/sites/import?lang=zh-Hans")
    named = [
        (1, "新镇", "新镇卫生院", "新镇", "打电话"),
        (2, "新镇", "新村卫生室", "", ""),
        (3, "", "", "x", ""),
    ]
    await choose(page, workbook(named))
    addresses.append(f"{home}/sites/import/check")
    assert await faults_of(page, addresses) == []
