"""What is typed at the desk is understood, or said not to be; all faults at once; nothing is lost."""

from datetime import date, time

import pytest
from lxml import html

from tests.web.conftest import World
from tests.web.desk.conftest import Hire, fields, text_of
from trafficlight.actions.values import read_times
from trafficlight.domain.errors import Faults, Refused
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.hours_text import parse_day, parse_hours
from trafficlight.domain.ids import SYSTEM

ADMIN = {"*": "admin"}
SETTINGS = "/boards/longkou/settings"
SITE = "/boards/longkou/site/lk-001"


@pytest.mark.parametrize(
    "text",
    [
        "9:00 14:00",
        "９：００，１４：００",
        "9点、14点",
        "9:00和14:00",
        " 14:00;9:00 ",
        "9时 14点00分",
        "09:00,14:00",
    ],
)
def test_reporting_times_are_read_as_people_write_them(text: str) -> None:
    assert read_times(text, "report_by") == (time(9), time(14))


@pytest.mark.parametrize("text", ["", "9:00,", "9", "25:00", "9:00-14:00", "早上", "9点半半", "9:0"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_time"):
        read_times(text, "report_by")


@pytest.mark.parametrize("text", ["放假", "停业", "全天放假", "休假", "歇业", "不上班", "休诊"])
def test_a_day_off_is_understood_by_any_of_its_words(text: str) -> None:
    assert parse_day(text) == ()


@pytest.mark.parametrize("text", ["放假看情况", "停业整顿", "可能放假", "放假期间值班"])
def test_what_is_not_surely_a_day_off_decides_nothing(text: str) -> None:
    assert parse_day(text) is None


def test_a_weekday_off_is_read_within_hours() -> None:
    assert parse_hours("周一至周五8:00-17:00，周末放假") == parse_hours("周一至周五8:00-17:00，周末休息")


async def test_reporting_times_and_days_off_are_taken_at_the_desk(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send(
        SETTINGS, number_of(await person.page(SETTINGS), "report_by"), report_by="８：３０ 14点"
    )
    assert answer.status == 303, await answer.text()
    assert world.node.current.boards["longkou"].board.report_by == (time(8, 30), time(14))
    days = {"first": "2022-12-31", "last": "2022-12-31", "hours": "放假", "whom": "all"}
    page = await person.page("/boards/longkou/sites/days")
    answer = await person.post(
        "/boards/longkou/sites/days", {**fields(page, number_of(page, "whom")), **days}
    )
    assert answer.status == 303, await answer.text()
    assert "看不懂" not in text_of(await person.page("/boards/longkou/sites/days"))
    assert date(2022, 12, 31) in world.node.current.boards["longkou"].board.special_days


async def test_hours_that_cannot_be_read_are_kept_and_said_to_decide_nothing(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", ADMIN)
    page = await person.page(SITE)
    answer = await person.send(SITE, number_of(page, "hours"), hours="９：００－１７：００")
    assert answer.status == 303
    assert "看不懂" not in text_of(await person.page(SITE))
    answer = await person.send(SITE, number_of(await person.page(SITE), "hours"), hours="看情况，先打电话")
    assert answer.status == 303
    assert "开诊时间“看情况，先打电话”照样显示给居民，但看不懂" in text_of(await person.page(SITE))
    assert world.node.current.boards["longkou"].sites["lk-001"].site.hours == "看情况，先打电话"


def number_of(page: html.HtmlElement, field: str) -> int:
    """Which of the page's forms has the field."""
    return next(number for number, form in enumerate(page.forms) if field in form.fields)


# --- all faults at once -------------------------------------------------------------------------------------


async def test_all_faults_of_the_settings_stand_beside_their_fields(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    before = world.node.current.boards["longkou"].position
    typed = {"report_by": "早上", "valid_hours": "很久", "name": "", "publisher": "新的单位"}
    answer = await person.send(SETTINGS, number_of(await person.page(SETTINGS), "report_by"), **typed)
    assert answer.status == 422
    page = html.document_fromstring(await answer.text())
    wrong = {one.get("id") for one in page.find_class("wrong")}
    assert wrong >= {"wrong-report_by", "wrong-valid_hours", "wrong-name"}
    again = fields(page, number_of(page, "report_by"))
    assert {name: again[name] for name in typed} == typed, "nothing typed is lost"
    assert world.node.current.boards["longkou"].position == before, "nothing is half done"


async def test_all_faults_of_a_site_and_of_a_new_board_are_told_at_once(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send(
        SITE, number_of(await person.page(SITE), "hours"), capacity="很多", name="", lat="x"
    )
    page = html.document_fromstring(await answer.text())
    assert {one.get("id") for one in page.find_class("wrong")} >= {
        "wrong-capacity",
        "wrong-name",
        "wrong-lat",
    }
    answer = await person.send("/boards/new", name="", slug="大写")
    page = html.document_fromstring(await answer.text())
    assert {one.get("id") for one in page.find_class("wrong")} == {"wrong-name", "wrong-slug"}
    assert set(world.node.current.boards) == {"longkou", "qixia"}


async def test_all_faults_of_a_new_account_are_told_at_once(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    answer = await person.send("/users", name="", password="kurz", **{"role:longkou": ""})
    page = html.document_fromstring(await answer.text())
    assert {one.get("id") for one in page.find_class("wrong")} == {
        "wrong-name",
        "wrong-password",
        "wrong-role",
    }
    assert len(world.node.current.system.users.known) == 1


def test_faults_are_raised_together_and_none_is_none() -> None:
    faults = Faults()
    faults.check()
    for field in "abc":
        with faults.gathered():
            raise Refused("bad_time", field)
    with pytest.raises(Refused) as caught:
        faults.check()
    assert [caught.value.field, *(one.field for one in caught.value.others)] == ["a", "b", "c"]


# --- words, and where nobody can go on ----------------------------------------------------------------------


async def test_what_is_filled_in_stands_in_words_and_is_stored_by_its_name(world: World, hire: Hire) -> None:
    person = await hire("王芳", ADMIN)
    words = "/boards/longkou/words"
    page = await person.page(words)
    assert "{due}" not in text_of(page)
    assert "【更新时间】" in text_of(page)
    number = number_of(page, "word:not_due")
    answer = await person.send(words, number, **{"word:not_due": "【更新时间】以后再看，{due}"})
    assert answer.status == 303, await answer.text()
    assert world.node.current.boards["longkou"].board.words == {"not_due": "{due}以后再看，{due}"}
    again = fields(await person.page(words), number)
    assert again["word:not_due"].strip() == "【更新时间】以后再看，【更新时间】"
    answer = await person.send(words, number, **{"word:blue": "【更新时间】"})
    assert answer.status == 422


async def test_who_cannot_go_on_is_given_a_phone_number(world: World, hire: Hire) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    refused = text_of(html.document_fromstring(await (await person.get("/nowhere")).text()))
    assert "请找管理账号的同事或装系统的技术人员" in refused
    await world.put(SYSTEM, ConfigSet(key="support", value="0000-5550199"))
    for path in ("/nowhere", "/boards/longkou/tokens", "/boards/qixia/today"):
        answer = await person.get(path)
        assert answer.status in {403, 404}
        assert "0000-5550199" in await answer.text(), path
    assert "0000-5550199" in await (await world.client.get("/desk/sign-in")).text()
    assert "0000-5550199" not in await (await world.client.get("/longkou/")).text(), "not for the public"
