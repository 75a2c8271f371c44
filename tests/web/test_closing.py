"""The rare choices: full, part of the staff ill, closed, open again, the line is busy."""

from tests.web.conftest import World
from tests.web.phones import Phone, answer_with, light_of, shown_again, text_of


async def test_full_is_red(world: World, phone: Phone) -> None:
    assert "今天已满" in await phone.receipt(await phone.send(act="full"))
    assert await light_of(world) == "red"


async def test_part_of_the_staff_ill_is_no_closure(world: World, phone: Phone) -> None:
    await phone.send(patients="30")
    assert "今天总共能看 30 人" in await phone.receipt(await phone.send(act="part", capacity="30"))
    assert await light_of(world) == "red"
    assert "0–20" in text_of(await phone.page())


async def test_a_closure_and_its_end(world: World, phone: Phone) -> None:
    told = await phone.receipt(await phone.send(act="close", why="infected", reopen="2022-12-28"))
    assert "暂停接诊，预计12月28日恢复" in told
    assert "因医务人员感染暂停接诊" in told
    assert await light_of(world) == "cross"
    page = text_of(await phone.page())
    assert "现在是暂停接诊，预计12月28日恢复" in page
    assert "恢复接诊" in await phone.receipt(await phone.send(act="reopen", patients="5"))
    assert await light_of(world) == "blue"


async def test_at_a_one_doctor_site_the_public_is_not_told_of_an_illness(world: World) -> None:
    phone = Phone(world, await world.link(site="lk-002"))
    await phone.enter()
    page = await phone.page()
    says = [text_of(one) for one in page.xpath('//p[contains(., "居民会看到")]')]
    assert len(says) == 2
    assert not any("感染" in one for one in says)
    told = await phone.receipt(await phone.send(act="close", why="infected"))
    assert "感染" not in told


async def test_it_closes_for_what_was_chosen_and_another_day_is_of_the_same_closure(
    world: World, phone: Phone
) -> None:
    told = await phone.receipt(await phone.send(act="close", why="power", reopen="2022-12-28"))
    assert "因停电停水暂停接诊" in told
    fields = await phone.fields()
    assert (fields["why"], fields["reopen"]) == ("power", "2022-12-28")
    told = await phone.receipt(await phone.send(fields, act="close", reopen="2022-12-29"))
    assert "因停电停水暂停接诊" in told
    assert "预计12月29日恢复" in told
    assert "恢复接诊" in await phone.receipt(await phone.send(act="reopen"))
    assert await light_of(world) is None


async def test_who_chooses_no_reason_is_asked_and_what_was_typed_stays(world: World, phone: Phone) -> None:
    answer = await phone.send(act="close", reopen="2022-12-28")
    _, text = await shown_again(answer)
    assert "暂停接诊是因为什么？" in text
    assert await light_of(world) is None
    told = await phone.receipt(
        await answer_with(phone, await phone.send(act="close", reopen="2022-12-28"), "paused:closed")
    )
    assert "暂停接诊，请到附近其他机构就诊。预计12月28日恢复。" in told
    assert await light_of(world) == "cross"


async def test_a_form_of_before_closes_for_infection_as_it_said(world: World, phone: Phone) -> None:
    """It was opened, or kept without a network, before there was a choice."""
    fields = {name: value for name, value in (await phone.fields()).items() if name != "why"}
    assert "因医务人员感染暂停接诊" in await phone.receipt(await phone.send(fields, act="close"))


async def test_at_a_one_doctor_site_nobody_reads_the_reason_and_the_form_says_so(world: World) -> None:
    phone = Phone(world, await world.link(site="lk-002"))
    await phone.enter()
    assert "居民只看到暂停接诊，看不到原因。" in text_of(await phone.page())
    told = await phone.receipt(await phone.send(act="close", why="power"))
    assert "停电" not in told
    row = next(
        one
        for one in (await (await world.client.get("/longkou/board.json")).json())["sites"]
        if one["id"] == "lk-002"
    )
    assert (row["light"], row["reason"]) == ("cross", "paused")
    assert "停电" not in str(row)


async def test_a_busy_phone_is_one_tap_and_so_is_its_end(world: World, phone: Phone) -> None:
    await phone.send(patients="5")
    told = await phone.receipt(await phone.send(act="busy"))
    assert "电话占线多" in told
    assert "5 人" in text_of(await phone.page())  # the count stands, and is as old as it was
    assert "电话占线多" not in await phone.receipt(await phone.send(act="free"))


async def test_a_busy_phone_is_no_news_of_the_load(world: World, phone: Phone) -> None:
    await phone.send(patients="5")
    world.clock.turn(hours=7)
    told = await phone.receipt(await phone.send(act="busy"))
    assert "有效至 16:10" in told
    world.clock.turn(hours=2)
    assert await light_of(world) is None
