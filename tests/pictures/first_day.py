"""The desk on the first day: a county that begins."""

from pathlib import Path

from openpyxl import Workbook

from tests.pictures.stage import DESK, Stage

ROWS = (
    ("城东街道", "城东社区卫生服务中心", "城东街道学府路8号", "0000-5570101", "8:00-17:30"),
    ("", "城东社区卫生服务中心发热诊室", "城东街道学府路8号东院", "0000-5570102", "24小时"),
    ("", "学府路社区卫生服务站", "城东街道学府路66号", "0000-5570103", "8:00-11:30,13:30-17:00"),
    ("河湾镇", "河湾镇中心卫生院", "河湾镇人民路1号", "0000-5570111（白天）0000-5570112（夜间）", "24小时"),
    ("", "河湾镇柳林村卫生室", "河湾镇柳林村村委会旁", "0000-5570113", "8:00-17:00"),
    ("", "河湾镇沙坪村卫生室", "河湾镇沙坪村村委会旁", "0000-5570114", "8:00-17:00"),
)
"""As a bureau has them: the town once for all below it."""


def sheet(file: Path) -> Path:
    book = Workbook()
    page = book.active
    assert page
    page.append(["样例县发热门诊（诊室）名单"])
    page.append(["序号", "所属乡镇", "机构名称", "地址", "联系电话", "开诊时间"])
    for number, row in enumerate(ROWS, 1):
        page.append([number, *row])
    page.merge_cells("B3:B5")
    page.merge_cells("B6:B8")
    book.save(file)
    return file


async def first_day(stage: Stage) -> None:
    page = await stage.open(DESK, "/desk")
    await stage.take(page, "zh/pictures/desk-sign-in", page.get_by_role("button", name="登录"))
    page = await stage.desk("/desk/boards/new")
    await page.get_by_label("名称").fill("样例县")
    await page.get_by_label("网址里的代码").fill("yangli")
    await page.get_by_label("发布单位").fill("样例县卫生健康局（虚构）")
    await page.get_by_label("咨询热线").fill("0000-5570000")
    await stage.take(page, "zh/pictures/desk-new-board", page.get_by_role("button", name="新建"))
    await page.get_by_role("button", name="新建").click()
    await page.goto(f"{stage.base}/desk/boards/yangli/sites/import")
    await page.get_by_label("Excel、WPS、ODS或CSV文件").set_input_files(
        sheet(stage.folder / "发热门诊名单.xlsx")
    )
    await page.get_by_role("button", name="上传，先看会改什么").click()
    await page.get_by_role("heading", name="会改什么").wait_for()
    await stage.take(page, "zh/pictures/desk-import", page.get_by_role("button", name="确认导入"), height=620)
    await page.get_by_role("button", name="确认导入").click()
    await page.get_by_role("heading", name="已导入").wait_for()
    await page.goto(f"{stage.base}/desk/boards/yangli/links/sheet")
    await page.get_by_role("button", name="发新链接，排成卡片").click()
    await page.get_by_text("请先用自己的手机（4G）扫这张").wait_for()
    await stage.take(page, "zh/pictures/desk-cards", height=560)
    await page.goto(f"{stage.base}/desk/boards/yangli/settings")
    await stage.take(
        page, "zh/pictures/desk-settings", page.get_by_role("button", name="开放看板"), height=1000
    )
    await page.get_by_role("button", name="开放看板").click()
