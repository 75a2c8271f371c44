"""The phone of somebody who reports for a whole town."""

from tests.pictures.stage import Stage

CHAT = "上坪 8人\n大湾 11\n下坪今天12\n卫生院 41人\n张家湾 5\n"
"""Lines as they come in a group; nobody knows the last village."""


async def town(stage: Stage) -> None:
    page = await stage.enter(2)
    await stage.take(page, "zh/pictures/captain-town", height=860)
    await page.locator("summary", has_text="粘贴一段文字").click()
    await page.get_by_label("每行一个机构和人数").fill(CHAT)
    read = page.get_by_role("button", name="读出人数，填到下面（不提交）")
    await read.click()
    await page.get_by_text("读出来的内容（还没有提交）").wait_for()
    await stage.take(page, "zh/pictures/captain-pasted", height=1000)
    await stage.turn(page, minutes=1)
    await page.get_by_role("button", name="全部提交").click()
    await page.locator(".done").wait_for()
    await stage.take(page, "zh/pictures/captain-sent", height=860)
