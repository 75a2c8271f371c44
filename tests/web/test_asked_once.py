"""What is asked once, in words, before it is kept: unlikely, lower, somebody else's, another day's."""

import pytest
from msgspec.structs import replace

from tests.web.conftest import World
from tests.web.phones import Phone, answer_with, decided, fields_of, light_of, shown_again, text_of
from trafficlight.domain.event import SitePut


@pytest.mark.parametrize(("choice", "total"), [("correct:12", 12), ("add:40:12", 52)])
async def test_a_lower_number_is_asked_about_once(
    world: World, phone: Phone, choice: str, total: int
) -> None:
    await phone.send(patients="40")
    asked = await phone.send(patients="12")
    assert asked.status == 409
    _, text = await shown_again(asked)
    assert "更正为 12" in text
    assert "加上，共 52" in text
    told = await phone.receipt(await answer_with(phone, asked, choice))
    assert f"{total} 人" in told


async def test_an_unlikely_number_is_asked_about_once_in_words(world: World, phone: Phone) -> None:
    asked = await phone.send(patients="400")
    assert asked.status == 409
    page, text = await shown_again(asked)
    assert "一天约能看 50 人，确认是 400 人吗？" in text
    assert fields_of(page)["patients"] == "400"
    assert "400 人" in await phone.receipt(await answer_with(phone, asked, "confirm:400"))


async def test_a_corrected_typo_is_not_taken_for_a_confirmation(world: World, phone: Phone) -> None:
    await phone.send(patients="400")
    answer = await world.client.post(
        phone.url, data=decided(await phone.fields(), "confirm:400", patients="500"), allow_redirects=False
    )
    assert answer.status == 409


async def test_two_clinicians_do_not_overwrite_each_other_unseen(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await world.report({"patients": 30})
    late = await phone.send(fields, patients="12")
    assert late.status == 409
    _, text = await shown_again(late)
    assert "此后已有一条更新的填报，请核对后再提交。 8:10 报的是：30 人" in text
    assert "您填的是：12 人" in text
    again = await answer_with(phone, late, "count")
    assert again.status == 409  # lower than 30: the other question
    assert "12 人" in await phone.receipt(await answer_with(phone, again, "correct:12"))


async def test_going_back_and_changing_the_number_is_asked_about(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await phone.send(fields, patients="30")
    changed = await phone.send(fields, patients="31")
    assert changed.status == 409
    assert "31 人" in await phone.receipt(await answer_with(phone, changed, "count"))


async def test_another_sites_form_is_not_taken_for_ours(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    answer = await phone.send({**fields, "token": "0" * 32}, patients="40")
    assert answer.status == 403
    page, text = await shown_again(answer)
    assert "再提交一次" in text
    assert await light_of(world) is None
    assert (await phone.send(fields_of(page))).status == 303


async def _usual(world: World, patients: int) -> None:
    """A usual day of so many, told yesterday."""
    await world.report({"patients": patients, "service_day": "2022-12-23"})


async def _opens_at_eight(world: World) -> None:
    _, state = await world.node.reporting.place("lk-001")
    await world.put("longkou", SitePut(site=replace(state.site, hours="8:00-12:00,14:00-17:00")))


@pytest.mark.parametrize(
    ("choice", "today", "yesterday"), [("yesterday:30", None, "30 人"), ("today:30", "blue", "40 人")]
)
async def test_just_after_opening_a_large_number_is_asked_for_its_day(
    world: World, phone: Phone, choice: str, today: str | None, yesterday: str
) -> None:
    await _usual(world, 40)
    await _opens_at_eight(world)
    asked = await phone.send(patients="30")  # at 8:10
    assert asked.status == 409
    _, text = await shown_again(asked)
    assert "刚开诊，30 人已是平时的一半以上" in text
    answer = await answer_with(phone, asked, choice)
    if choice == "yesterday:30":  # 40 were told of it already
        assert answer.status == 409
        answer = await answer_with(phone, answer, "correct:30")
    await phone.receipt(answer)
    assert await light_of(world) == today
    assert f"昨天 {yesterday}" in text_of(await phone.page())


@pytest.mark.parametrize(("patients", "minutes"), [("20", 0), ("30", 51), ("30", 360)])
async def test_a_likely_number_is_not_asked_for_its_day(
    world: World, phone: Phone, patients: str, minutes: int
) -> None:
    """At most half the usual, an hour after opening, or after the midday break."""
    await _usual(world, 40)
    await _opens_at_eight(world)
    world.clock.turn(minutes=minutes)
    assert (await phone.send(patients=patients)).status == 303


async def test_a_site_that_never_shuts_is_asked_as_the_day_begins(world: World, phone: Phone) -> None:
    await _usual(world, 40)
    _, state = await world.node.reporting.place("lk-001")
    await world.put("longkou", SitePut(site=replace(state.site, hours="24小时")))
    assert (await phone.send(patients="30")).status == 303
    world.clock.turn(hours=16, minutes=20)  # 0:30 of the 25th
    assert (await phone.send(patients="30")).status == 409
