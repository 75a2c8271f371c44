"""When a number was true, from the form to the page: an hour that is said, a form that waited on a phone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.web.conftest import SITES, World
from tests.web.phones import Fields, Phone, answer_with, fields_of, light_of, shown_again, text_of
from trafficlight.domain.event import Reported, RuleSet, SitePut
from trafficlight.domain.rules import dump_rule
from trafficlight.domain.rules.pace import Pace

ELEVEN = datetime(2022, 12, 24, 3, 0, tzinfo=UTC)
"""11:00 on the board's clock."""


async def last_report(world: World) -> Reported:
    events = [record.event for record in await world.node.current.ledger.read("longkou")]
    return [event for event in events if isinstance(event, Reported)][-1]


def moment(at: datetime) -> str:
    """As a phone says it."""
    return str(int(at.timestamp() * 1000))


def waited(now: datetime, **since: float) -> Fields:
    return {"typed_at": moment(now - timedelta(**since)), "sent_at": moment(now)}


async def test_an_hour_of_today_is_when_the_number_was_true(world: World, phone: Phone) -> None:
    world.clock.at = ELEVEN
    told = await phone.receipt(await phone.send(patients="12", clock="09:00"))
    assert "11:00 收到，12月24日 周六：12 人（9:00的数）" in told
    assert "有效至 17:00" in told, "it grows old from nine"
    assert (await last_report(world)).counted_at == ELEVEN - timedelta(hours=2)
    assert "今天已报 9:00 12 人" in text_of(await phone.page())


async def test_pages_and_programs_read_both_instants(world: World, phone: Phone) -> None:
    world.clock.at = ELEVEN
    await phone.send(patients="12", clock="09:00")
    page = await (await world.client.get("/longkou/sites/lk-001.html")).text()
    assert "12月24日 周六 9:00的人数（11:00填报），有效至17:00" in page
    board = await (await world.client.get("/longkou/board.json")).json()
    [site] = [one for one in board["sites"] if one["id"] == "lk-001"]
    assert (site["reported_at"], site["posted_at"]) == (
        "2022-12-24T09:00:00+08:00",
        "2022-12-24T11:00:00+08:00",
    )


async def test_a_number_of_now_is_told_once(world: World, phone: Phone) -> None:
    told = await phone.receipt(await phone.send(patients="12", clock="08:10"))
    assert "的数）" not in told
    page = await (await world.client.get("/longkou/sites/lk-001.html")).text()
    assert "12月24日 周六 8:10填报" in page
    board = await (await world.client.get("/longkou/board.json")).json()
    assert next(one for one in board["sites"] if one["id"] == "lk-001")["posted_at"] is None


async def test_the_api_says_it_again_where_it_was_told(world: World) -> None:
    at = "2022-12-24T08:05:00+08:00"
    answer = await (await world.report({"patients": 5, "counted_at": at})).json()
    assert answer["counted_at"] == at
    assert "counted_at" not in await (await world.report({"patients": 6})).json()


async def test_a_time_that_is_none_is_shown_again_beside_its_field(phone: Phone) -> None:
    page, text = await shown_again(await phone.send(patients="12", clock="10:00"))
    assert "这个时刻还没有到" in text
    assert page.xpath('//details[@class="when"]/@open'), "what is wrong is in sight"
    assert fields_of(page) | {"patients": "12", "clock": "10:00"} == fields_of(page)


# --- a form that waited on the phone ------------------------------------------------------------------------


async def test_a_form_kept_without_a_network_sends_the_minute_it_was_typed(
    world: World, phone: Phone
) -> None:
    fields = await phone.fields()
    world.clock.at = ELEVEN
    told = await phone.receipt(
        await phone.send(fields, patients="12", **waited(ELEVEN, hours=2, minutes=1, seconds=30))
    )
    assert "12 人（8:58的数）" in told


async def test_a_form_that_is_sent_at_once_is_of_now(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    await phone.send(fields, patients="12", **waited(world.clock.at, seconds=20))
    assert (await last_report(world)).counted_at is None


@pytest.mark.parametrize(
    "phones",
    [
        pytest.param(
            {"typed_at": moment(ELEVEN - timedelta(hours=5)), "sent_at": moment(ELEVEN - timedelta(hours=3))},
            id="three-hours-slow",
        ),
        pytest.param(
            {"typed_at": moment(ELEVEN), "sent_at": moment(ELEVEN + timedelta(days=400))}, id="fast"
        ),
        pytest.param({"typed_at": moment(ELEVEN - timedelta(hours=2))}, id="not-said"),
        pytest.param({"typed_at": "9" * 30, "sent_at": moment(ELEVEN)}, id="no-instant"),
        pytest.param({"typed_at": "yesterday", "sent_at": "now"}, id="words"),
    ],
)
async def test_a_phone_whose_clock_is_wrong_decides_nothing(world: World, phone: Phone, phones: Any) -> None:
    fields = await phone.fields()
    world.clock.at = ELEVEN
    assert (await phone.send(fields, patients="12", **phones)).status == 303
    assert (await last_report(world)).counted_at is None


async def test_an_hour_that_was_said_stands_above_the_phones(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    world.clock.at = ELEVEN
    await phone.send(fields, patients="12", clock="08:30", **waited(ELEVEN, hours=2))
    assert (await last_report(world)).counted_at == ELEVEN - timedelta(hours=2, minutes=30)


async def test_a_form_sent_twice_counts_once_however_long_it_has_waited_meanwhile(
    world: World, phone: Phone
) -> None:
    """The answer to the first was lost; by the second it has waited long enough to say its minute."""
    fields = await phone.fields()
    now = world.clock.at
    first = await phone.send(fields, patients="12", **waited(now, minutes=1, seconds=50))
    world.clock.turn(seconds=20)
    again = {**waited(now, minutes=1, seconds=50), "sent_at": moment(world.clock.at)}
    second = await phone.send(fields, patients="12", **again)
    assert (first.status, second.status) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]


async def test_a_form_that_waited_over_midnight_corrects_its_day(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    world.clock.at = ELEVEN + timedelta(days=1)
    answer = await phone.send(fields, patients="12", clock="08:00", **waited(world.clock.at, hours=26))
    assert "已记到 12月24日" in await phone.receipt(answer)
    assert (await last_report(world)).counted_at is None


async def test_a_form_sent_late_after_a_newer_one_loses_nothing(world: World, phone: Phone) -> None:
    """Typed at nine without a network, while the desk took a number at ten."""
    fields = await phone.fields()
    world.clock.at = ELEVEN - timedelta(hours=1)
    await world.report({"patients": 20})
    world.clock.at = ELEVEN
    late = await phone.send(fields, patients="12", note="请走东门", **waited(ELEVEN, hours=2))
    assert late.status == 422
    page, text = await shown_again(late)
    assert "没有收下：这是09:00的数，而10:00的数已经报过。" in text
    assert "今天已报 10:00 20 人" in text
    filled = fields_of(page)
    assert filled | {"patients": "12", "clock": "09:00", "note": "请走东门"} == filled
    asked = await phone.send(filled, clock="")
    assert asked.status == 409, "of now it may be right: it is lower, which is asked about"
    assert "12 人" in await phone.receipt(await answer_with(phone, asked, "correct:12"))


async def test_a_form_that_waited_and_is_asked_about_keeps_its_minute(world: World, phone: Phone) -> None:
    """Somebody else's came in before it was typed: the question is answered later than it was typed."""
    fields = await phone.fields()
    await world.report({"patients": 4})
    world.clock.at = ELEVEN
    late = await phone.send(fields, patients="12", **waited(ELEVEN, hours=2))
    assert late.status == 409
    world.clock.turn(minutes=5)
    told = await phone.receipt(await answer_with(phone, late, "count"))
    assert "12 人（9:00的数）" in told


# --- the other doors ----------------------------------------------------------------------------------------


async def test_a_captain_says_one_hour_for_all_or_one_for_each(world: World) -> None:
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    world.clock.at = ELEVEN
    filled = dict((await captain.page()).forms[-1].form_values())
    filled |= {"clock": "09:00", "n.lk-001": "5", "n.lk-002": "6", "t.lk-002": "10:30", "do": "send"}
    answer = await world.client.post(captain.url, data=filled)
    _, text = await shown_again(answer)
    assert "东江卫生院 5 人（9:00的数）" in text
    assert "大吴家村卫生室 6 人（10:30的数）" in text


async def test_an_hour_for_all_is_not_said_of_closures_and_days_gone_by(world: World) -> None:
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    filled = dict((await captain.page()).forms[-1].form_values())
    filled |= {"clock": "08:00", "a.lk-001": "close", "n.lk-002": "6", "a.lk-002": "yesterday", "do": "send"}
    _, text = await shown_again(await world.client.post(captain.url, data=filled))
    assert "已收到 2 个机构的填报" in text


async def test_a_captains_page_that_waited_says_its_minute(world: World) -> None:
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    filled = dict((await captain.page()).forms[-1].form_values())
    world.clock.at = ELEVEN
    filled |= {"n.lk-001": "5", "a.lk-002": "close", "do": "send", **waited(ELEVEN, hours=2)}
    _, text = await shown_again(await world.client.post(captain.url, data=filled))
    assert "东江卫生院 5 人（9:00的数）" in text
    assert "大吴家村卫生室 暂停接诊" in text


async def test_a_pasted_chat_fills_in_the_hour_of_each_message(world: World) -> None:
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    world.clock.at = ELEVEN
    filled = dict((await captain.page()).forms[-1].form_values())
    chat = "张三 2022-12-24 9:05:33\n东江卫生院 12\n李四 12-24 10:20\n大吴家 6"
    _, text = await shown_again(
        await world.client.post(captain.url, data={**filled, "do": "read", "text": chat})
    )
    assert "→ 东江卫生院 12 人（09:05的数）" in text
    page, _ = await shown_again(
        await world.client.post(captain.url, data={**filled, "do": "read", "text": chat})
    )
    read = dict(page.forms[-1].form_values())
    assert (read["t.lk-001"], read["t.lk-002"]) == ("09:05", "10:20")
    _, text = await shown_again(await world.client.post(captain.url, data={**read, "do": "send"}))
    assert "东江卫生院 12 人（9:05的数）" in text


# --- what the form foretells --------------------------------------------------------------------------------


async def paced(world: World) -> None:
    await world.put(
        "longkou",
        RuleSet(rule=dump_rule(Pace())),
        SitePut(site=replace(SITES[0], hours="8:00-17:30")),
    )


async def test_the_receipt_says_about_when_the_light_will_turn(world: World, phone: Phone) -> None:
    await paced(world)
    world.clock.at = ELEVEN
    told = await phone.receipt(await phone.send(patients="28"))
    assert "▲ 黄·较多" in told
    assert "按现在的进度，约13:15前后会变成■ 红·很多。" in told


async def test_a_captain_and_who_counts_as_they_come_are_told_so_too(world: World, phone: Phone) -> None:
    await paced(world)
    world.clock.at = ELEVEN
    await phone.send(patients="27")
    added = await phone.send(act="plus1")
    page = await world.client.get(phone.url + added.headers["Location"])
    assert (
        "已记 12月24日 周六 28 人 按现在的进度，约13:15前后会变成■ 红·很多。" in (await shown_again(page))[1]
    )
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    filled = dict((await captain.page()).forms[-1].form_values())
    answer = await world.client.post(captain.url, data={**filled, "n.lk-001": "30", "do": "send"})
    assert "约13:00前后会变成■ 红·很多。" in (await shown_again(answer))[1]


async def test_the_preview_says_what_the_receipt_will_say(world: World, phone: Phone) -> None:
    """Of each number that may be typed, in the words of the receipt that then comes."""
    await paced(world)
    world.clock.at = ELEVEN
    page = await phone.page()
    [table] = page.xpath('//table[@id="bands"]')
    changes = json.loads(table.get("data-changes"))
    assert len(changes) > 3
    for patients in (0, 3, 8, 12, 16, 20, 24, 28, 33, 40, 50):
        light = [row.get("class") for row in table.xpath(".//tr") if int(row.get("data-least")) <= patients][
            -1
        ]
        text = [said for least, said in changes if least <= patients][-1]
        fields = await phone.fields()
        answer = await phone.world.client.post(
            phone.url,
            data=[*fields.items(), ("patients", str(patients)), ("decided", f"today:{patients}")],
            allow_redirects=False,
        )
        told = await phone.receipt(answer)
        assert await light_of(world) == light, patients
        assert (" ".join(text.split()) in told) if text else ("前后会变成" not in told), patients


async def test_rules_whose_lights_stay_foretell_nothing(world: World, phone: Phone) -> None:
    page = await phone.page()
    assert page.xpath('//table[@id="bands"]/@data-changes') == ["[]"]
    assert "会变成" not in await phone.receipt(await phone.send(patients="40"))


async def test_a_full_sites_preview_says_full_whatever_the_number(world: World, phone: Phone) -> None:
    await phone.send(act="full")
    page = await phone.page()
    assert [row.get("class") for row in page.xpath('//table[@id="bands"]//tr')] == ["red"]
    assert "今天已报 8:10 已满" in text_of(page)
    assert "照平时的人数看" in await phone.receipt(await phone.send(act="room", patients="5"))
    assert await light_of(world) == "blue"


async def test_a_page_of_yesterday_previews_nothing_of_today(world: World, phone: Phone) -> None:
    fields = await phone.fields()
    world.clock.turn(days=1)
    page, text = await shown_again(await phone.send(fields, patients=""))
    assert "人数会记到那一天" in text
    assert not page.xpath('//*[@id="preview"] | //*[@id="bands"]')


async def test_a_busy_phone_is_no_number_of_today(world: World, phone: Phone) -> None:
    await phone.send(patients="5")
    world.clock.turn(hours=2)
    await phone.send(act="busy")
    assert "今天已报 8:10 5 人" in text_of(await phone.page())
    captain = Phone(world, await world.link(board="longkou", town="新嘉街道"))
    await captain.enter()
    filled = dict((await captain.page()).forms[-1].form_values())
    await world.client.post(captain.url, data={**filled, "a.lk-003": "busy", "do": "send"})
    assert "今天已报 0／1 个机构" in text_of(await captain.page())


# --- what holds no longer -----------------------------------------------------------------------------------


async def test_a_day_of_reopening_is_taken_back_on_the_form(world: World, phone: Phone) -> None:
    await phone.send(act="close", why="infected", reopen="2022-12-28")
    fields = await phone.fields()
    assert fields["reopen"] == "2022-12-28", "as it stands, so that it is not lost by who leaves it alone"
    told = await phone.receipt(await phone.send(fields, act="close", reopen=""))
    assert "恢复日期还不确定" in told
    page = await (await world.client.get("/longkou/sites/lk-001.html")).text()
    assert "12月28日" not in page


async def test_a_day_far_ahead_stays_as_it_stands(world: World, phone: Phone) -> None:
    await world.report({"staff_infected": True, "expected_reopen": "2023-03-01"})
    assert (await phone.fields())["reopen"] == "2023-03-01"


async def test_a_captain_takes_back_a_day_of_reopening(world: World) -> None:
    await world.report({"staff_infected": True, "expected_reopen": "2022-12-28"})
    captain = Phone(world, await world.link(board="longkou", town="东江街道"))
    await captain.enter()
    filled = dict((await captain.page()).forms[-1].form_values())
    assert filled["r.lk-001"] == "2022-12-28"
    filled |= {"a.lk-001": "close:infected", "r.lk-001": "", "do": "send"}
    _, text = await shown_again(await world.client.post(captain.url, data=filled))
    assert "暂停接诊，恢复日期还不确定" in text


async def test_a_note_of_today_is_shown_and_taken_away(world: World, phone: Phone) -> None:
    await phone.send(patients="5", note="请走东门")
    assert "今天已有的备注：请走东门" in text_of(await phone.page())
    await phone.send(patients="6", clear="note")
    assert "请走东门" not in text_of(await phone.page())
    assert (await last_report(world)).cleared == ("note",)


async def test_the_form_takes_what_is_left(world: World, phone: Phone) -> None:
    told = await phone.receipt(await phone.send(act="part", patients="30", left="5"))
    assert "30 人，今天总共能看 35 人" in told
    asked = await phone.send(act="part", capacity="20")
    assert asked.status == 409
    _, text = await shown_again(asked)
    assert "20 人是今天总共还是还能看？" in text
    assert "今天总共能看 50 人" in await phone.receipt(await answer_with(phone, asked, "left:20"))
