"""Special days and holidays at the desk: statutory ones are offered by kind, before they come."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from tests.web.conftest import SITES, World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import BoardPut, SitePut
from trafficlight.domain.hours import opening_at

DAYS = "/boards/longkou/sites/days"
TODAY = "/boards/longkou/today"
FESTIVAL = [date(2023, 1, 21) + timedelta(days=ahead) for ahead in range(7)]


def board(world: World) -> Board:
    return world.node.current.boards["longkou"].board


def site(world: World, name: str) -> Site:
    return world.node.current.boards["longkou"].sites[name].site


async def festival(person: Person) -> dict[str, str]:
    """The form of the Spring Festival as it stands."""
    page = await person.page(DAYS)
    (number,) = [at for at, form in enumerate(page.forms) if form.fields.get("first") == "2023-01-21"]
    return fields(page, number)


async def test_the_holidays_to_come_are_offered_with_the_weekends_worked_for_them(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    told = text_of(await person.page(DAYS))
    for said in ("元旦 12月31日 周六 – 1月2日 周一 · 还没有安排", "春节 1月21日 周六 – 1月27日 周五"):
        assert said in told
    assert "调休上班：1月28日 周六、1月29日 周日" in told
    world.clock.turn(days=20)
    await person.sign_in()
    assert "元旦" not in text_of(await person.page(DAYS))


async def test_a_holiday_is_set_by_kind_in_one_go_and_taken_back(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    before = world.node.current.position("longkou")
    form = await festival(person) | {"2023-01-21:village_clinic": "休息", "2023-01-21:hospital": "8:00-12:00"}
    assert (await person.post(DAYS, form)).status == 303
    assert site(world, "lk-002").special_days == dict.fromkeys(FESTIVAL, "休息")
    assert site(world, "lk-003").special_days == dict.fromkeys(FESTIVAL, "8:00-12:00")
    assert not site(world, "lk-001").special_days
    assert world.node.current.position("longkou") == before + 2
    form = await festival(person)
    assert form["2023-01-21:village_clinic"] == "休息"
    assert (await person.post(DAYS, form)).status == 303
    assert world.node.current.position("longkou") == before + 2, "the same again is no event"
    form = await festival(person) | {"2023-01-21:village_clinic": ""}
    assert (await person.post(DAYS, form)).status == 303
    assert not site(world, "lk-002").special_days


async def test_where_sites_of_a_kind_differ_an_empty_field_leaves_them(world: World, hire: Hire) -> None:
    other = Site(
        id="lk-004", name="小吴家村卫生室", kind="village_clinic", special_days={FESTIVAL[0]: "休息"}
    )
    await world.put("longkou", SitePut(site=other))
    person = await hire("王芳", {"longkou": "editor"})
    form = await festival(person)
    assert form["2023-01-21:village_clinic"] == ""
    assert "各家不同，空着就不改" in text_of(await person.page(DAYS))
    assert (await person.post(DAYS, form)).status == 303
    assert site(world, "lk-004").special_days == {FESTIVAL[0]: "休息"}


@pytest.mark.parametrize("hours", ["24小时", "8:00-17:00，节假日照常", "全年无休 8:00-17:00"])
async def test_nobody_is_shut_who_says_that_holidays_are_no_matter(
    hours: str, world: World, hire: Hire
) -> None:
    """Neither by the board, nor by the kind, nor by a holiday; but by name it can be."""
    await world.put("longkou", SitePut(site=replace(SITES[2], hours=hours)))
    person = await hire("王芳", {"longkou": "editor"})
    noon = [world.clock.at.replace(year=2023, month=1, day=day.day, hour=4) for day in FESTIVAL]

    def is_open() -> set[bool | None]:
        return {opening_at(site(world, "lk-003"), board(world), at).is_open for at in noon}

    days = {"first": "2023-01-21", "last": "2023-01-27", "hours": "休息"}
    assert (await person.send(DAYS, whom="all", **days)).status == 303
    assert is_open() == {True}
    assert (await person.send(DAYS, whom="some", kind="hospital", **days)).status == 303
    assert is_open() == {True}
    form = await festival(person)
    assert "2023-01-21:hospital" not in form
    assert "1家都写明24小时或节假日照常" in text_of(await person.page(DAYS))
    assert (await person.post(DAYS, form | {"2023-01-21:hospital": "休息"})).status == 303
    assert is_open() == {True}
    assert (await person.send(DAYS, whom="some", kind="hospital", through="1", **days)).status == 303
    assert is_open() == {False}


async def test_to_shut_all_of_them_takes_a_tick_of_its_own(world: World, hire: Hire) -> None:
    await world.put("longkou", SitePut(site=replace(SITES[2], hours="24小时")))
    person = await hire("王芳", {"longkou": "editor"})
    assert (await person.send(DAYS, whom="all", through="1", first="2023-01-21", hours="休息")).status == 303
    assert board(world).special_days == {FESTIVAL[0]: "休息"}
    assert site(world, "lk-003").special_days == {FESTIVAL[0]: "休息"}
    assert not site(world, "lk-001").special_days


async def test_hours_that_cannot_be_read_are_said_to_be_unknown_then(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    answer = await person.post(DAYS, await festival(person) | {"2023-01-21:hospital": "看情况"})
    assert answer.status == 303
    assert "当天按开诊时间不详处理" in text_of(await person.page(DAYS))
    wrong = await person.post(DAYS, await festival(person) | {"2023-01-21:hospital": "长" * 201})
    assert wrong.status == 422
    assert 'id="wrong-2023-01-21:hospital"' in await wrong.text()


async def test_the_day_reminds_of_a_holiday_of_which_nothing_was_said(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "editor"})
    told = text_of(await person.page(TODAY))
    assert "元旦从12月31日 周六开始，还没有安排各类机构的开诊时间。" in told
    assert "春节从" not in told, "it is a month away"
    await world.put(
        "longkou", BoardPut(board=replace(board(world), special_days={date(2022, 12, 31): "休息"}))
    )
    assert "元旦从" not in text_of(await person.page(TODAY))


async def test_of_a_year_that_the_calendar_does_not_know_it_says_so(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    assert "放假安排本程序还不知道" not in text_of(await person.page(DAYS))
    world.clock.turn(days=366 * 20)
    person = await hire("李明", {"longkou": "viewer"})
    assert "放假安排本程序还不知道" in text_of(await person.page(DAYS))
