"""A town's link: one page for a captain who reports for all sites of the town."""

import pytest
from lxml import html

from tests.web.conftest import World
from tests.web.phones import Fields, Phone, light_of, text_of
from trafficlight.domain.event import Reported


@pytest.fixture
async def captain(world: World) -> Phone:
    """Of 东江街道, which has 东江卫生院 (lk-001) and 大吴家村卫生室 (lk-002)."""
    phone = Phone(world, await world.link(board="longkou", town="东江街道"))
    await phone.enter()
    return phone


async def fields(captain: Phone) -> Fields:
    return dict((await captain.page()).forms[-1].form_values())


async def sent(captain: Phone, filled: Fields, **more: str) -> html.HtmlElement:
    answer = await captain.world.client.post(captain.url, data={**filled, "do": "send", **more})
    assert answer.status == 200
    return html.document_fromstring(await answer.text())


async def reports(world: World) -> list[Reported]:
    events = [record.event for record in await world.node.current.ledger.read("longkou")]
    return [event for event in events if isinstance(event, Reported)]


async def test_one_button_reports_for_every_site_that_has_a_number(world: World, captain: Phone) -> None:
    filled = {**await fields(captain), "n.lk-001": "40", "n.lk-002": "１２人"}
    told = text_of(await sent(captain, filled))
    assert "已收到 2 个机构的填报" in told
    assert "东江卫生院 40 人" in told
    assert [(one.site, one.patients, one.by) for one in await reports(world)] == [
        ("lk-001", 40, f"link:{captain.link.id}"),
        ("lk-002", 12, f"link:{captain.link.id}"),
    ]
    assert (await light_of(world), await light_of(world, "lk-002")) == ("yellow", "blue")


async def test_an_empty_row_says_nothing(world: World, captain: Phone) -> None:
    await sent(captain, {**await fields(captain), "n.lk-002": "0"})
    assert [one.site for one in await reports(world)] == ["lk-002"]


async def test_reloading_and_double_taps_report_once(world: World, captain: Phone) -> None:
    filled = {**await fields(captain), "n.lk-001": "40"}
    first, again = await sent(captain, filled), await sent(captain, filled)
    for page in (first, again):
        assert "已收到 1 个机构的填报" in text_of(page)
    assert len(await reports(world)) == 1


@pytest.mark.parametrize(
    ("act", "light"), [("full", "red"), ("close", "cross"), ("busy", None), ("yesterday", None)]
)
async def test_the_rare_choices_are_there_for_each_site(
    world: World, captain: Phone, act: str, light: str | None
) -> None:
    number = {"n.lk-001": "40"} if act == "yesterday" else {}
    await sent(captain, {**await fields(captain), **number, "a.lk-001": act})
    assert len(await reports(world)) == 1
    assert await light_of(world) == light
    if act == "close":
        await sent(captain, {**await fields(captain), "a.lk-001": "reopen"})
        assert await light_of(world) != "cross"


async def test_what_is_refused_stays_in_its_row_and_holds_up_no_other(world: World, captain: Phone) -> None:
    page = await sent(captain, {**await fields(captain), "n.lk-001": "many", "n.lk-002": "5"})
    assert "请只填数字" in text_of(page)
    again = dict(page.forms[-1].form_values())
    assert (again["n.lk-001"], again["n.lk-002"]) == ("many", "")
    assert [one.site for one in await reports(world)] == ["lk-002"]


async def test_an_unlikely_number_is_asked_about_in_its_row(world: World, captain: Phone) -> None:
    page = await sent(captain, {**await fields(captain), "n.lk-001": "400"})
    assert "确认是 400 人吗？" in text_of(page)
    again = dict(page.forms[-1].form_values())
    assert not await reports(world)
    assert "已收到 1 个" in text_of(await sent(captain, again, **{"d.lk-001": "confirm:400"}))


async def test_a_captain_sees_a_clinics_own_report_before_going_over_it(world: World, captain: Phone) -> None:
    filled = {**await fields(captain), "n.lk-001": "40"}
    await world.report({"patients": 30})
    page = await sent(captain, filled)
    assert "8:10 报的是：30 人" in text_of(page)
    assert [one.patients for one in await reports(world)] == [30]
    await sent(captain, dict(page.forms[-1].form_values()))
    assert [one.patients for one in await reports(world)] == [30, 40]


async def test_pasted_lines_fill_in_numbers_and_send_nothing(world: World, captain: Phone) -> None:
    lines = "东江卫生院 40\n1、大吴家：12人\n王家庄 5\n今天都忙"
    answer = await world.client.post(captain.url, data={**await fields(captain), "do": "read", "text": lines})
    page = html.document_fromstring(await answer.text())
    told = text_of(page)
    assert "大吴家：12人 → 大吴家村卫生室 12 人" in told
    assert "王家庄 5 没有机构“王家庄”" in told
    assert "今天都忙 没有读出人数" in told
    filled = dict(page.forms[-1].form_values())
    assert (filled["n.lk-001"], filled["n.lk-002"]) == ("40", "12")
    assert filled["text"].strip() == "王家庄 5\n今天都忙"  # nothing of them is lost
    assert not await reports(world)
    assert "已收到 2 个" in text_of(await sent(captain, filled))


async def test_another_sites_form_is_not_taken_for_a_captains(world: World, captain: Phone) -> None:
    filled = {**await fields(captain), "token": "0" * 32, "n.lk-001": "40"}
    page = await sent(captain, filled)
    assert "再提交一次" in text_of(page)
    assert dict(page.forms[-1].form_values())["n.lk-001"] == "40"
    assert not await reports(world)


@pytest.mark.parametrize("bad", [{"a.lk-001": "explode"}, {"key": "../../etc"}, {"key": ""}])
async def test_what_no_form_of_ours_sends_is_refused(captain: Phone, bad: Fields) -> None:
    filled = {**await fields(captain), "n.lk-001": "4", "do": "send", **bad}
    assert (await captain.world.client.post(captain.url, data=filled)).status == 400


async def test_sites_of_other_towns_are_out_of_reach(world: World, captain: Phone) -> None:
    await sent(captain, {**await fields(captain), "n.lk-003": "40"})
    assert not await reports(world)


def names(page: html.HtmlElement) -> list[str]:
    return [one.text or "" for one in page.xpath("//p[@class='row-name']/a")]


async def test_sites_that_have_not_reported_today_stand_first(world: World, captain: Phone) -> None:
    assert names(await captain.page()) == ["东江卫生院", "大吴家村卫生室"]
    await world.report({"patients": 4})
    page = await captain.page()
    assert names(page) == ["大吴家村卫生室", "东江卫生院"]
    assert [text_of(head) for head in page.findall(".//h2")] == ["今天还没报 1", "已报和暂停的 1"]


async def test_what_was_not_taken_stands_above_everything(captain: Phone) -> None:
    page = await sent(captain, {**await fields(captain), "n.lk-002": "many"})
    assert names(page) == ["大吴家村卫生室", "东江卫生院"]
    assert text_of(page.findall(".//h2")[0]) == "还没有收下 1"


async def test_a_closed_site_shows_when_it_reopens_and_is_not_waited_for(
    world: World, captain: Phone
) -> None:
    await sent(captain, {**await fields(captain), "a.lk-001": "close:infected", "r.lk-001": "2022-12-28"})
    (told,) = await reports(world)
    assert str(told.expected_reopen) == "2022-12-28"
    world.clock.turn(days=1)
    page = await captain.page()
    assert names(page) == ["大吴家村卫生室", "东江卫生院"]
    assert "暂停接诊，预计12月28日恢复" in text_of(page)


async def test_a_day_of_reopening_that_has_gone_by_is_refused_in_its_row(
    world: World, captain: Phone
) -> None:
    page = await sent(
        captain, {**await fields(captain), "a.lk-001": "close:infected", "r.lk-001": "2022-12-20"}
    )
    assert page.xpath("//li[@class='marked']//input[@type='date']/@value") == ["2022-12-20"]
    assert not await reports(world)


async def test_a_lower_number_corrects_or_adds_as_the_captain_says(world: World, captain: Phone) -> None:
    await world.report({"patients": 30})
    page = await sent(captain, {**await fields(captain), "n.lk-001": "5"})
    assert "更正为 5" in text_of(page)
    assert "加上，共 35" in text_of(page)
    again = dict(page.forms[-1].form_values())
    assert "35" not in text_of(await sent(captain, again)).split("已报")[0], "unsaid, nothing is taken"
    assert len(await reports(world)) == 1
    await sent(captain, again, **{"d.lk-001": "add:30:5"})
    assert [one.patients for one in await reports(world)] == [30, 35]
    page = await sent(captain, {**await fields(captain), "n.lk-001": "5", "d.lk-001": "correct:5"})
    assert [one.patients for one in await reports(world)] == [30, 35, 5]
