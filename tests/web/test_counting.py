"""The number of a day: one screen, one touch; the receipt, undo, and the day it was written for."""

import asyncio
import re

import pytest

from tests.web.conftest import World
from tests.web.phones import Fields, Phone, answer_with, fields_of, light_of, shown_again, text_of
from trafficlight.domain.event import Reported


async def test_a_number_is_one_touch_and_the_receipt_says_what_the_public_sees(
    world: World, phone: Phone
) -> None:
    page = await phone.page()
    assert page.findtext(".//title") == "内部填报 · 东江卫生院"
    assert "提交今天 12月24日 周六 的人数" in text_of(page)
    assert re.findall(r"0–34|35–49|50\+", text_of(page)) == ["0–34", "35–49", "50+"]
    answer = await phone.send(patients="40")
    told = await phone.receipt(answer)
    for part in ("✓ 已收到", "12月24日 周六：40 人", "▲ 黄·较多", "有效至 16:10", "下次请在 14:00 前填报"):
        assert part in told
    assert await light_of(world) == "yellow"


@pytest.mark.parametrize(
    ("typed", "patients"),
    [("12", 12), (" 12 ", 12), ("１２", 12), ("12人", 12), ("012", 12), ("0", 0), ("9999", 9999)],
)
async def test_numbers_are_taken_as_people_type_them(phone: Phone, typed: str, patients: int) -> None:
    fields = await phone.fields()
    answer = await phone.world.client.post(
        phone.url,
        data=[*fields.items(), ("patients", typed), ("decided", f"confirm:{patients}")],
        allow_redirects=False,
    )
    assert answer.status == 303
    last = (await phone.world.node.current.ledger.read("longkou"))[-1].event
    assert isinstance(last, Reported)
    assert last.patients == patients


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"patients": ""}, "请填写人数"),
        ({"patients": "abc"}, "请只填数字"),
        ({"patients": "-1"}, "请只填数字"),
        ({"patients": "1e3"}, "请只填数字"),
        ({"patients": "3.5"}, "请只填数字"),
        ({"patients": "12345"}, "0 到 9999"),
        ({"patients": "5", "note": "张三 13812345678"}, "像是有手机号或证件号"),
        ({"patients": "5", "note": "长" * 61}, "最多 60 个字"),
        ({"act": "part", "capacity": "x"}, "请只填数字"),
        ({"act": "part", "capacity": "99999"}, "0 到 9999"),
        ({"act": "yesterday", "patients": ""}, "请填写人数"),
        ({"act": "yesterday", "patients": "many"}, "请只填数字"),
        ({"act": "close", "why": "infected", "reopen": "2022-12-01"}, "恢复日期应在明天至"),
        ({"act": "close", "why": "infected", "reopen": "soon"}, "日期应写成"),
        ({"patients": "5", "day": "2022-12-25"}, "不能填报今天"),
        ({"patients": "5", "day": "2022-12-01"}, "只能补报 7 天以内的日子"),
        ({"patients": "5", "day": "someday"}, "日期应写成"),
    ],
)
async def test_what_is_refused_is_shown_again_with_a_sentence(
    world: World, phone: Phone, typed: Fields, sentence: str
) -> None:
    before = await world.node.current.ledger.heads()
    answer = await phone.send(None, **typed)
    assert answer.status == 422
    page, text = await shown_again(answer)
    assert sentence in text
    again = fields_of(page)
    for name in ("patients", "note", "capacity"):
        if name in typed:
            assert again[name] == typed[name]
    assert await world.node.current.ledger.heads() == before


async def test_a_double_tap_posts_once(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    answers = await asyncio.gather(*(phone.send(fields, patients="40") for _ in range(5)))
    assert {answer.status for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    records = await world.node.current.ledger.read("longkou")
    assert sum(isinstance(record.event, Reported) for record in records) == 1


async def test_reloading_the_receipt_posts_nothing(world: World, phone: Phone) -> None:
    answer = await phone.send(patients="40")
    before = await world.node.current.ledger.heads()
    assert await phone.receipt(answer) == await phone.receipt(answer)
    assert await world.node.current.ledger.heads() == before


async def test_undo_is_as_if_never_posted(world: World, phone: Phone) -> None:
    await phone.send(patients="10")
    answer = await phone.send(patients="60")
    assert await light_of(world) == "red"
    page = await phone.page(answer.headers["Location"])
    undone = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "已撤销" in await phone.receipt(undone)
    assert await light_of(world) == "blue"
    again = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "没有撤销" in await phone.receipt(again)
    assert "已撤销，或已过 7 天" in await phone.receipt(answer)


async def test_undo_is_for_ten_minutes(world: World, phone: Phone) -> None:
    answer = await phone.send(patients="60")
    page = await phone.page(answer.headers["Location"])
    assert "8:20 前可以撤销" in text_of(page)
    world.clock.turn(minutes=11)
    assert not (await phone.page(answer.headers["Location"])).forms
    late = await world.client.post(phone.url + "undo", data=fields_of(page), allow_redirects=False)
    assert "已过 10 分钟，不能撤销了" in await phone.receipt(late)
    assert await light_of(world) == "red"


async def test_who_counts_as_they_come_adds_one_or_five_by_a_tap(world: World, phone: Phone) -> None:
    for act, total in (("plus1", 1), ("plus5", 6), ("plus1", 7)):
        assert f"已记 12月24日 周六 {total} 人" in await phone.receipt(await phone.send(act=act))
    page = await phone.page((await phone.send(act="plus1")).headers["Location"])
    token = page.forms[0].form_values()
    undone = await world.client.post(phone.url + "undo", data=dict(token), allow_redirects=False)
    assert "已撤销" in await phone.receipt(undone)
    assert "7 人" in text_of(await phone.page())


async def test_what_was_kept_without_a_network_is_added_to_as_it_was_typed(phone: Phone) -> None:
    """A page that is still open goes on from the number that was typed on it."""
    answer = await phone.send(act="plus1", base="１２人")
    assert "13 人" in await phone.receipt(answer)
    assert (await phone.send(act="plus1", base="12+")).status == 422


async def test_two_taps_on_one_page_add_once(world: World, phone: Phone) -> None:
    await phone.send(patients="12")
    fields = await phone.fields()
    answers = await asyncio.gather(*(phone.send(fields, act="plus1") for _ in range(4)))
    assert {answer.status for answer in answers} == {303}
    assert "13 人" in await phone.receipt(answers[0])


async def test_adding_to_a_number_that_somebody_has_changed_is_asked_about(
    world: World, phone: Phone
) -> None:
    await phone.send(patients="12")
    fields = await phone.fields()
    await world.report({"patients": 20})
    late = await phone.send(fields, act="plus1")
    assert late.status == 409
    assert "您要加的是：+1" in (await shown_again(late))[1]
    assert "21 人" in await phone.receipt(await answer_with(phone, late, "plus1"))


async def test_a_report_goes_to_the_day_it_was_written_for(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    world.clock.turn(hours=16)  # 00:10 of the 25th
    told = await phone.receipt(await phone.send(fields, patients="40"))
    assert "12月24日 周六：40 人" in told
    assert "已记到 12月24日 周六 那一天，今天的颜色不变" in told
    assert await light_of(world) is None


async def test_yesterdays_total_is_that_of_the_day_before_the_form_was_opened(
    world: World, phone: Phone
) -> None:
    fields = await phone.fields()
    world.clock.turn(hours=16)  # 00:10 of the 25th
    told = await phone.receipt(await phone.send(fields, act="yesterday", patients="7"))
    assert "12月23日 周五：7 人" in told


async def test_yesterdays_total_leaves_todays_light_alone(world: World, phone: Phone) -> None:
    await phone.send(patients="40")
    told = await phone.receipt(await phone.send(act="yesterday", patients="7"))
    assert "12月23日 周五：7 人" in told
    assert await light_of(world) == "yellow"
    assert "昨天 7 人" in text_of(await phone.page())
