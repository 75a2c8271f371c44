"""`/desk/boards/…/today`: who has reported, who has not, and what wants a look."""

import pytest

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.domain.board import Site
from trafficlight.domain.event import CrossConfirmed, MismatchReported, SitePut
from trafficlight.domain.phone import Phone

TODAY = "/boards/longkou/today"


async def section(person: Person, number: int) -> str:
    page = await person.page(TODAY)
    return text_of(page.xpath("//section[@data-fresh]")[number])


async def test_it_names_who_did_not_report_by_the_time_with_the_phone_one_tap_away(
    world: World, hire: Hire
) -> None:
    await world.put(
        "longkou",
        SitePut(
            site=Site(
                id="lk-002",
                name="大吴家村卫生室",
                kind="village_clinic",
                town="东江街道",
                phones=(Phone(number="0535-5550001"),),
            )
        ),
    )
    await world.report({"patients": 12})
    world.clock.turn(hours=1)  # 9:10
    await world.report({"patients": 12}, site="lk-003")
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(TODAY)
    first = page.xpath("//section[@data-fresh]")[0]
    assert first is not None
    assert "按时1家，晚报1家，没报1家" in text_of(first)
    assert "大吴家村卫生室" in text_of(first)
    assert "东江卫生院" not in text_of(first)
    assert first.xpath(".//a[starts-with(@href, 'tel:')]/@href") == ["tel:05355550001"]


async def test_the_text_to_chase_names_those_missing_by_town_and_is_there_for_each_town(
    world: World, hire: Hire
) -> None:
    world.clock.turn(hours=1)
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(TODAY)
    texts = [area.text or "" for area in page.xpath("//section[@data-fresh]")[0].iter("textarea")]
    assert len(texts) == 3
    assert texts[0].strip().splitlines() == [
        "【龙口市】12月24日9:00应报的就诊人数，截至9:10还有3家没有填报：",
        "东江街道：东江卫生院、大吴家村卫生室",
        "新嘉街道：龙口市人民医院",
        "请打开本机构的填报链接，填今天到现在为止的人数；已暂停接诊的也请报一下。",
        "链接打不开或有困难，请打0000-5550120。",
    ]
    assert "新嘉街道" not in texts[1]
    assert "东江街道" not in texts[2]


async def test_before_the_first_time_nobody_is_chased_but_can_be_reminded(world: World, hire: Hire) -> None:
    await world.report({"patients": 12})
    person = await hire("王芳", {"longkou": "viewer"})
    first = await section(person, 0)
    assert "下次：9:00前" in first
    assert "已报1家，还没报2家" in first
    assert "请在12月24日9:00前填报" in first


async def test_a_closure_is_confirmed_and_ended_by_whoever_asked_on_the_phone(
    world: World, hire: Hire
) -> None:
    await world.report({"staff_infected": True})
    person = await hire("王芳", {"longkou": "editor"})
    before = await person.page(TODAY)
    assert "没说哪天恢复 · 未核实" in text_of(before)
    answer = await person.send(TODAY, act="confirm")
    assert answer.status == 303
    page = await person.page(TODAY)
    assert "已核实暂停接诊：东江卫生院" in text_of(page)
    assert "卫健部门已核实" in text_of(page)
    record = (await world.node.ledger.read("longkou"))[-1]
    assert (type(record.event), record.event.by) == (CrossConfirmed, f"user:{person.user}")
    assert (await person.send(TODAY, act="end")).status == 303
    assert world.node.current.boards["longkou"].sites["lk-001"].cross is None


async def test_of_two_who_decide_about_a_closure_the_second_is_told_of_the_first(
    world: World, hire: Hire
) -> None:
    await world.report({"staff_infected": True})
    one, two = await hire("王芳", {"longkou": "editor"}), await hire("李明", {"longkou": "editor"})
    opened = fields(await two.page(TODAY))
    await one.send(TODAY, act="end")
    answer = await two.post(TODAY, {**opened, "act": "confirm"})
    assert answer.status == 409
    assert world.node.current.boards["longkou"].sites["lk-001"].cross is None


async def test_who_may_only_look_finds_no_button_and_is_refused_without_one(world: World, hire: Hire) -> None:
    await world.report({"staff_infected": True})
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(TODAY)
    assert page.xpath("//main//form") == []
    answer = await person.post(TODAY, {**fields(page, 0), "act": "end", "site": "lk-001"})
    assert answer.status == 403
    assert world.node.current.boards["longkou"].sites["lk-001"].cross is not None


async def test_a_form_that_says_nothing_known_is_refused(world: World, hire: Hire) -> None:
    await world.report({"staff_infected": True})
    person = await hire("王芳", {"longkou": "editor"})
    assert (await person.send(TODAY, act="burn")).status == 400
    assert (await person.send(TODAY, act="end", site="qx-001")).status == 404


async def test_a_closure_whose_day_has_come_stands_first_and_asks_for_a_call(
    world: World, hire: Hire
) -> None:
    await world.report({"staff_infected": True, "expected_reopen": "2022-12-25"})
    await world.report({"staff_infected": True, "expected_reopen": "2023-01-05"}, site="lk-002")
    world.clock.turn(hours=30)
    person = await hire("王芳", {"longkou": "viewer"})
    rows = [text_of(row) for row in (await person.page(TODAY)).xpath("//section[@id='closed']")[0].iter("li")]
    assert rows[0].startswith("东江卫生院")
    assert "恢复日期已到" in rows[0]
    assert "恢复日期已到" not in rows[1]


async def test_what_residents_found_otherwise_is_told_newest_first(world: World, hire: Hire) -> None:
    await world.put("longkou", MismatchReported(site="lk-001", what="closed"))
    world.clock.turn(minutes=5)
    await world.put("longkou", MismatchReported(site="lk-002", what="wrong_phone", about=world.clock.at))
    person = await hire("王芳", {"longkou": "viewer"})
    told = await section(person, 3)
    assert told.index("电话有误") < told.index("到了没开门")


async def test_a_number_that_was_asked_back_is_told_with_what_came_of_it(world: World, hire: Hire) -> None:
    assert (await world.report({"patients": 400})).status == 409
    person = await hire("王芳", {"longkou": "viewer"})
    assert "填了400人，系统请其再确认 · 之后没有再报" in await section(person, 4)
    await world.report({"patients": 40})
    assert "之后改报40人" in await section(person, 4)
    assert (await world.report({"patients": 300})).status == 409
    await world.report({"patients": 300, "confirm": True})
    assert "填了300人，系统请其再确认 · 之后确认无误" in await section(person, 4)


async def test_a_running_total_that_went_down_is_told(world: World, hire: Hire) -> None:
    await world.report({"patients": 40})
    await world.report({"patients": 12})
    person = await hire("王芳", {"longkou": "viewer"})
    assert "今天先报40人，后来报12人" in await section(person, 4)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"staff_infected": True}, "医务人员感染"),
        ({"paused": "power"}, "停电停水"),
        ({"paused": "other"}, "其他原因"),
    ],
)
async def test_the_desk_reads_of_every_closure_why(
    world: World, hire: Hire, said: dict[str, object], why: str
) -> None:
    await world.report(said)
    person = await hire("王芳", {"longkou": "viewer"})
    assert f"{why} · 从" in text_of(await person.page(TODAY))
