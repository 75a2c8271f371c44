"""A clinic's phone, from the first number of the day to one that could not be sent."""

from tests.pictures.stage import PHONE, Stage


async def public(stage: Stage) -> None:
    """What residents see."""
    page = await stage.open(PHONE, "/shili/?town=杏花乡")
    await stage.take(page, "screenshots/board-360", height=1100)
    await page.goto(f"{stage.base}/shili/sites/shili-001.html")
    await stage.take(page, "screenshots/site-360", height=900)


async def number(stage: Stage) -> None:
    page = await stage.enter(0)
    box = page.get_by_label("今天到现在登记的病人，含候诊的")
    send = page.get_by_role("button", name="提交今天")
    await box.fill("23")
    await stage.take(page, "zh/pictures/clinic-form", box, send, height=1130)
    await stage.turn(page, seconds=20)
    await send.click()
    await page.get_by_text("已收到").wait_for()
    await stage.take(page, "zh/pictures/clinic-receipt", page.get_by_role("button", name="填错了，撤销"))
    await page.get_by_role("link", name="再填一次").click()
    await stage.turn(page, minutes=1)
    await page.get_by_role("button", name="+1", exact=True).click()
    await page.get_by_text("已记").wait_for()
    await stage.take(
        page, "zh/pictures/clinic-plus", page.get_by_role("button", name="+1", exact=True), height=1000
    )


async def rare(stage: Stage) -> None:
    page = await stage.enter(0)
    for name in ("今天已满，不能再看", "暂停接诊（感染、停电、搬迁等）"):
        await page.locator("summary", has_text=name).click()
    await page.get_by_label("预计恢复接诊").select_option(index=5)
    full, close = (page.get_by_role("button", name=name) for name in ("报告今天已满", "现在起暂停接诊"))
    await stage.take(page, "zh/pictures/clinic-rare", full, close, of=page.locator("form#form"))


async def asked(stage: Stage) -> None:
    page = await stage.enter(0)
    await page.get_by_label("今天到现在登记的病人，含候诊的").fill("2400")
    await page.get_by_role("button", name="提交今天").click()
    await page.get_by_role("alert").first.wait_for()
    await stage.take(page, "zh/pictures/clinic-asked", of=page.locator(".ask"))
    await page.get_by_label("今天到现在登记的病人，含候诊的").fill("12")
    await page.get_by_role("button", name="提交今天").click()
    await page.get_by_role("button", name="更正为").wait_for()
    await stage.take(page, "zh/pictures/clinic-fewer", of=page.locator(".ask"))


async def offline(stage: Stage) -> None:
    page = await stage.enter(0)
    await page.get_by_label("今天到现在登记的病人，含候诊的").fill("31")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="提交今天").click()
    unsent = page.locator("#unsent")
    await unsent.get_by_text("还没有发出").wait_for()
    await stage.take(page, "zh/pictures/clinic-offline", of=unsent)
    await page.context.set_offline(False)
    await page.get_by_text("已收到").wait_for()  # sent by itself
