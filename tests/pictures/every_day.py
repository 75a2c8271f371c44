"""The desk of a county that has been running for a week."""

from tests.pictures.stage import Stage

BOARD = "/desk/boards/shili"


async def morning(stage: Stage) -> None:
    page = await stage.desk(f"{BOARD}/today")
    await stage.take(page, "zh/pictures/desk-today", height=700)
    await page.locator("summary", has_text="催报文字：全部").first.click()
    copy = page.get_by_role("button", name="复制").first
    await stage.take(page, "zh/pictures/desk-chase", copy, of=page.locator(".copied").first)
    closed = page.locator("section", has=page.get_by_role("heading", name="暂停接诊（✕）"))
    await stage.take(page, "zh/pictures/desk-closed", of=closed)


async def corrections(stage: Stage) -> None:
    site = f"{BOARD}/corrections/sites/shili-013"
    page = await stage.desk(site)
    await page.locator("summary", has_text="代机构填报").click()
    await page.get_by_label("今天到现在登记的").fill("46")
    form = page.locator("details.fix", has_text="代机构填报")
    await stage.take(
        page, "zh/pictures/desk-report", page.get_by_role("button", name="填报", exact=True), of=form
    )
    await page.goto(f"{stage.base}{site}")
    await page.locator("summary", has_text="直接设定颜色").click()
    form = page.locator("details.fix", has_text="直接设定颜色")
    await page.get_by_label("颜色").select_option("red")
    await page.get_by_label("原因").fill("诊室消毒，约两小时")
    await stage.take(
        page, "zh/pictures/desk-override", page.get_by_role("button", name="设定", exact=True), of=form
    )
    await page.goto(f"{stage.base}{BOARD}/corrections/sites/shili-004/statement")
    await stage.take(page, "zh/pictures/desk-statement", height=1000)
    await page.goto(f"{stage.base}{BOARD}/corrections")
    notices = page.locator("section", has=page.locator("#notices"))
    await page.get_by_label("内容").fill("12月30日下午县人民医院发热门诊迁至东楼一层。")
    await page.get_by_label("到哪天为止").fill("2022-12-30")
    await stage.take(page, "zh/pictures/desk-notice", page.get_by_role("button", name="发布"), of=notices)


async def settings(stage: Stage) -> None:
    page = await stage.desk(f"{BOARD}/rules")
    await page.locator("input[name=kind][value=share]").check()
    await page.locator("#share_yellow").fill("66")
    await page.get_by_role("button", name="先看会变哪些").click()
    await page.get_by_role("heading", name="按今天的人数试一试").wait_for()
    await stage.take(page, "zh/pictures/desk-rule", height=700)
    await page.goto(f"{stage.base}{BOARD}/sites/days")
    await page.get_by_label("第一天").fill("2023-01-21")
    await page.get_by_label("最后一天（只有一天就不填）").fill("2023-01-23")
    await page.get_by_label("时间").fill("8:00-12:00")
    await stage.take(page, "zh/pictures/desk-days", page.get_by_role("button", name="保存"))
    await page.goto(f"{stage.base}{BOARD}/links")
    await stage.take(page, "zh/pictures/desk-links", height=800)
    await page.get_by_role("link", name="竹溪乡中心卫生院", exact=True).click()
    await page.get_by_role("button", name="发新链接").click()
    await page.get_by_role("heading", name="新链接，只显示这一次").wait_for()
    await stage.take(page, "zh/pictures/desk-link", height=1000)


async def looking(stage: Stage) -> None:
    page = await stage.desk(f"{BOARD}/wechat")
    await stage.take(
        page, "zh/pictures/desk-wechat", page.get_by_role("button", name="复制到公众号"), height=1100
    )
    await page.goto(f"{stage.base}{BOARD}/lookback")
    await stage.take(page, "zh/pictures/desk-lookback", height=800)
    await page.goto(f"{stage.base}{BOARD}/lookback/accuracy")
    hours = page.locator("section", has=page.get_by_role("heading", name="一天里哪些时刻不准"))
    await stage.take(page, "zh/pictures/desk-accuracy", of=hours.first)
    await page.goto(f"{stage.base}/desk/users")
    await stage.take(page, "zh/pictures/desk-users")
    await page.goto(f"{stage.base}/desk/account/second-step")
    await stage.take(page, "zh/pictures/desk-second-step")
