"""The path of a first list: a table out of Excel is pasted at the desk, mended there, and in."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browser.conftest import County
from tests.browser.test_desk import WIDE, add, faults_of, phone, sign_in
from tests.browser.test_setup import new_board

TABLE = """<html><body><style>td{color:red}</style><table style="width:300pt">
<tr><td colspan="4">示例县发热门诊一览表</td></tr>
<tr><td>乡镇</td><td>机构名称</td><td>联系电话</td><td>日接诊能力</td></tr>
<tr><td rowspan="2">东河镇</td><td>东河镇卫生院</td><td>0535-8512101</td><td>40</td></tr>
<tr><td>东河村卫生室</td><td>打村医电话</td><td>很多</td></tr>
<tr><td>西山乡</td><td>西山乡卫生院</td><td>0535-8512103<br>0535-8512104</td><td>50</td></tr>
<tr><td>西山乡</td><td>西山乡中心医院</td><td>0535-8512103</td><td>50</td></tr>
</table></body></html>"""
"""As Excel puts it on the clipboard, with a merged town and a line break in a cell."""
PASTE = """([html, text]) => {
  const box = document.getElementById("pasted");
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", text);
  box.focus();
  box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
  box.value = text;
}"""


async def look(page: Page, name: str) -> None:
    """A picture for whoever wants one: `PICTURES=folder pytest …`."""
    folder = os.environ.get("PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [360, WIDE])
async def test_a_table_is_pasted_mended_and_in(browser: Browser, county: County, width: int) -> None:
    name, slug = f"钱进{width}", f"first{width}"
    add(county, name)
    page = await phone(browser)
    await page.set_viewport_size({"width": width, "height": 740})
    await sign_in(page, county, name)
    await new_board(page, county, slug)
    home = f"{county.base}/desk/boards/{slug}/sites/import"
    await page.goto(home)
    await look(page, f"paste-{width}")
    await page.evaluate(PASTE, [TABLE, "示例县发热门诊一览表"])
    await page.get_by_role("button", name="上传，先看会改什么").click()
    assert "4 新增" in " ".join((await page.locator(".s-sums").first.inner_text()).split())
    await page.get_by_text("怎样读的：工作表、各列、改一格").click()
    await look(page, f"preview-{width}")
    boxes = page.get_by_label("改成", exact=True)
    assert [await box.input_value() for box in await boxes.all()] == ["打村医电话", "很多"]
    await boxes.nth(0).fill("0535-8512102")
    await boxes.nth(1).fill("20")
    await page.get_by_label("第几行").fill("3")
    await page.get_by_label("哪一列").select_option(label="开诊时间")
    await page.get_by_label("改成（留空是没有）").fill("8:00-17:00")
    await page.get_by_role("button", name="按改的重新读").click()
    text = " ".join((await page.locator("main").inner_text()).split())
    assert "0 看不懂" in text
    assert "1 家的开诊时间看得懂" in text
    assert "东河镇" in text, "the merged town holds for both its rows"
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await look(page, f"mended-{width}")
    await page.get_by_role("button", name="确认导入").click()
    await page.get_by_role("heading", name="已导入").wait_for()
    await page.goto(f"{county.base}/desk/boards/{slug}/sites")
    assert await page.get_by_text("东河村卫生室").count()
    site = f"{county.base}/desk/boards/{slug}/site/{slug}-001"
    await page.goto(site)
    await page.get_by_text("与另一家合为一家…").click()
    await look(page, f"merge-{width}")
    assert await faults_of(page, [site]) == []
