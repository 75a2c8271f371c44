"""`/desk/boards/…/corrections`: what was wrong and is put right, by whoever may."""

from datetime import UTC, datetime

import pytest
from lxml import html
from msgspec.structs import replace

from tests.web.conftest import BOARD, World
from tests.web.desk.conftest import Hire, Person, fields, text_of
from trafficlight.domain.board import BoardState, Site
from trafficlight.domain.event import BoardPut, NoticePosted, Overridden, Reported, SitePut, Withdrawn
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.record import Record
from trafficlight.domain.state import Judged

HOME = "/boards/longkou/corrections"
SITE = f"{HOME}/sites/lk-001"
REPORT, OVERRIDE = 1, 2
"""The forms of a site's page on which nothing was reported and nothing is set; 0 is the sign-out."""


@pytest.fixture
async def editor(hire: Hire) -> Person:
    return await hire("王芳", {"longkou": "editor"})


def shown(world: World, site: str = "lk-001") -> Judged:
    fold = world.node.current.boards["longkou"]
    return judge(fold, fold.sites[site], world.clock.at)


async def last(world: World) -> Record:
    return (await world.node.ledger.read("longkou"))[-1]


# --- finding ------------------------------------------------------------------------------------------------


async def test_a_site_is_found_by_part_of_its_name_and_leads_to_its_page(editor: Person) -> None:
    page = await editor.page(f"{HOME}?q=东江")
    main = page.find(".//main")
    assert main is not None
    assert "东江卫生院" in text_of(main)
    assert "龙口市人民医院" not in text_of(main)
    links = [link for link in page.xpath("//main//a/@href") if "/sites/" in link]
    assert links == [
        "../../../desk/boards/longkou/corrections/sites/lk-001",
        "../../../desk/boards/longkou/corrections/sites/lk-002",
    ]
    assert "找到0家" in text_of(await editor.page(f"{HOME}?q=没有的"))


async def test_a_site_of_another_board_is_not_there(editor: Person) -> None:
    assert (await editor.get(f"{HOME}/sites/qx-001")).status == 404
    assert (await editor.get("/boards/qixia/corrections")).status == 404


# --- reports ------------------------------------------------------------------------------------------------


async def test_a_report_posted_for_a_site_is_the_users_and_changes_the_light(
    world: World, editor: Person
) -> None:
    answer = await editor.send(SITE, REPORT, patients="12")
    assert answer.status == 303, await answer.text()
    event = (await last(world)).event
    assert isinstance(event, Reported)
    assert (event.by, event.patients, event.site) == (f"user:{editor.user}", 12, "lk-001")
    assert shown(world).light is Light.BLUE
    page = text_of(await editor.page(SITE))
    assert "已代填报：东江卫生院" in page
    assert "12人 12月24日 周六 8:10 · 王芳" in page


async def test_the_same_form_sent_twice_is_one_report(world: World, editor: Person) -> None:
    form = {**fields(await editor.page(SITE), REPORT), "patients": "12"}
    assert (await editor.post(SITE, form)).status == 303
    assert (await editor.post(SITE, form)).status == 303
    assert len(world.node.current.boards["longkou"].sites["lk-001"].reports) == 1


async def test_a_closure_with_its_day_is_posted_and_a_day_gone_by_is_corrected(
    world: World, editor: Person
) -> None:
    await editor.send(SITE, REPORT, closure="infected", expected_reopen="2022-12-28")
    assert shown(world).light is Light.CROSS
    await editor.send(SITE, REPORT, closure="open")
    assert shown(world).light is None
    await editor.send(SITE, REPORT, service_day="2022-12-23", patients="30")
    event = (await last(world)).event
    assert isinstance(event, Reported)
    assert str(event.service_day) == "2022-12-23"


@pytest.mark.parametrize(
    ("typed", "field", "status"),
    [
        ({"patients": "很多"}, "patients", 422),
        ({"patients": ""}, "patients", 422),
        ({"patients": "99999"}, "patients", 422),
        ({"patients": "12", "service_day": "2022-12-25"}, "service_day", 422),
        ({"patients": "12", "expected_reopen": "2022-12-28"}, "expected_reopen", 422),
        ({"patients": "12", "note": "张三 13812345678"}, "note", 422),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field_with_what_was_typed(
    world: World, editor: Person, typed: dict[str, str], field: str, status: int
) -> None:
    before = await last(world)
    answer = await editor.send(SITE, REPORT, **typed)
    assert answer.status == status
    body = await answer.text()
    assert f'id="wrong-{field}"' in body
    assert await last(world) == before


async def test_a_number_far_above_the_usual_is_asked_back_and_taken_once_it_is_confirmed(
    world: World, editor: Person
) -> None:
    answer = await editor.send(SITE, REPORT, patients="400")
    assert answer.status == 409
    body = await answer.text()
    assert 'name="decided" value="confirm:400"' in body
    assert "一天约能看 50 人，确认是 400 人吗？" in body
    assert "confirm: true" not in body, "that is for programs"
    await editor.send(SITE, REPORT, patients="400", decided="confirm:400")
    assert shown(world).light is Light.RED


async def test_a_report_that_the_site_sent_meanwhile_is_not_overwritten_unseen(
    world: World, editor: Person
) -> None:
    form = {**fields(await editor.page(SITE), REPORT), "patients": "12"}
    await world.report({"patients": 48})
    answer = await editor.post(SITE, form)
    assert answer.status == 409
    assert "48" in await answer.text()
    assert shown(world).patients == 48


async def test_a_withdrawn_report_is_as_if_never_made_and_the_ledger_says_who_did_it(
    world: World, editor: Person
) -> None:
    await world.report({"patients": 12})
    await world.report({"patients": 120})
    assert shown(world).light is Light.RED
    page = await editor.page(SITE)
    number = next(i for i, form in enumerate(page.forms) if "report" in form.fields)
    answer = await editor.post(SITE, {**fields(page, number), "act": "withdraw"})
    assert answer.status == 303
    event = (await last(world)).event
    assert (type(event), event.by) == (Withdrawn, f"user:{editor.user}")
    assert shown(world).light is Light.BLUE
    assert (await editor.post(SITE, {**fields(page, number), "act": "withdraw"})).status == 404


# --- overrides ----------------------------------------------------------------------------------------------


async def test_a_light_is_set_with_reason_and_end_and_ended_again(world: World, editor: Person) -> None:
    await world.report({"patients": 12})
    answer = await editor.send(SITE, OVERRIDE, light="red", reason="电话核实：候诊排到门外")
    assert answer.status == 303, await answer.text()
    judged = shown(world)
    assert (judged.light, judged.reason) == (Light.RED, Reason.OVERRIDE)
    assert judged.valid_until == datetime(2022, 12, 24, 4, tzinfo=UTC), "as offered: 12:00"
    assert "电话核实" in text_of(await editor.page(HOME))
    page = await editor.page(SITE)
    assert "电话核实：候诊排到门外 · 到12:00 · 王芳" in text_of(page)
    assert (await editor.send(SITE, 1, act="end")).status == 303
    assert shown(world).light is Light.BLUE
    event = (await last(world)).event
    assert isinstance(event, Overridden)
    assert (event.light, event.by) == (None, f"user:{editor.user}")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"light": ""}, "light"),
        ({"light": "green"}, "light"),
        ({"reason": ""}, "reason"),
        ({"reason": "找13812345678"}, "reason"),
        ({"ends": "明天"}, "ends"),
        ({"ends": "2022-12-24T08:00"}, "ends"),
        ({"ends": "2023-01-24T08:00"}, "ends"),
    ],
)
async def test_a_light_without_reason_or_a_near_end_is_not_set(
    world: World, editor: Person, typed: dict[str, str], field: str
) -> None:
    answer = await editor.send(SITE, OVERRIDE, **{"light": "red", "reason": "电话核实", **typed})
    assert answer.status == 422
    assert f'id="wrong-{field}"' in await answer.text()
    assert shown(world).light is None


async def test_of_two_who_set_a_light_the_second_is_shown_the_first(
    world: World, editor: Person, hire: Hire
) -> None:
    other = await hire("李明", {"*": "editor"})
    opened = fields(await other.page(SITE), OVERRIDE)
    await editor.send(SITE, OVERRIDE, light="red", reason="电话核实")
    answer = await other.post(SITE, {**opened, "light": "blue", "reason": "我也核实了"})
    assert answer.status == 409
    assert "我也核实了" in await answer.text()
    assert shown(world).light is Light.RED


# --- notices ------------------------------------------------------------------------------------------------


async def test_a_notice_is_posted_to_the_end_of_a_day_and_taken_back(world: World, editor: Person) -> None:
    answer = await editor.send(HOME, act="post", text="  明天\n停电 ", until="2022-12-25")
    assert answer.status == 303
    event = (await last(world)).event
    assert isinstance(event, NoticePosted)
    assert (event.text, event.until) == ("明天 停电", datetime(2022, 12, 25, 16, tzinfo=UTC))
    assert event.by == f"user:{editor.user}"
    public = await world.client.get("/longkou/")
    assert "明天 停电" in await public.text()
    page = await editor.page(HOME)
    number = next(i for i, form in enumerate(page.forms) if "notice" in form.fields)
    form = {**fields(page, number), "act": "take-back"}
    assert (await editor.post(HOME, form)).status == 303
    assert (await editor.post(HOME, form)).status == 303, "the second tap of the same button"
    assert world.node.current.boards["longkou"].notices == {}
    gone = await editor.send(HOME, act="take-back", notice="n1")
    assert gone.status == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "长" * 201}, "text"),
        ({"text": "停电", "until": "2022-12-23"}, "until"),
        ({"text": "停电", "until": "明天"}, "until"),
    ],
)
async def test_a_notice_that_nobody_could_read_is_not_posted(
    world: World, editor: Person, typed: dict[str, str], field: str
) -> None:
    answer = await editor.send(HOME, act="post", **typed)
    assert answer.status == 422
    assert f'id="wrong-{field}"' in await answer.text()
    assert world.node.current.boards["longkou"].notices == {}


# --- rights -------------------------------------------------------------------------------------------------


async def test_who_may_only_look_finds_no_form_and_is_refused_without_one(world: World, hire: Hire) -> None:
    await world.report({"patients": 12})
    person = await hire("赵静", {"longkou": "viewer"})
    for path in (HOME, SITE):
        page = await person.page(path)
        assert page.xpath("//main//form[@method='post']") == [], path
    token = fields(await person.page(HOME), 0)
    before = await last(world)
    for path, act in (
        (SITE, "report"),
        (SITE, "withdraw"),
        (SITE, "override"),
        (SITE, "end"),
        (SITE, "burn"),
        (HOME, "post"),
        (HOME, "take-back"),
    ):
        answer = await person.post(path, {**token, "act": act, "patients": "1", "text": "x", "light": "red"})
        assert answer.status == 403, (path, act)
    assert await last(world) == before


async def test_a_form_that_says_nothing_known_is_refused(editor: Person) -> None:
    assert (await editor.send(SITE, REPORT, act="burn")).status == 400
    assert (await editor.send(HOME, act="burn")).status == 400


# --- what the public sees -----------------------------------------------------------------------------------


async def test_a_paused_boards_site_shows_the_desk_no_light_either(editor: Person) -> None:
    day = editor.world.clock.at.date()
    await editor.world.put("longkou", Reported(id="r" * 16, site="lk-001", service_day=day, patients=3))
    assert "● 蓝·人少" in text_of(await editor.page(SITE))
    await editor.world.put("longkou", BoardPut(board=replace(BOARD, state=BoardState.PAUSED)))
    page = text_of(await editor.page(SITE))
    assert "● 蓝·人少" not in page
    assert "本页暂停更新，不显示忙闲" in page


async def test_a_mobile_stop_has_the_mark_that_the_public_sees(editor: Person) -> None:
    stop = Site(id="stop", name="巡诊点", rota="每周一 9:00-11:00")
    await editor.world.put("longkou", SitePut(site=stop))
    page = text_of(await editor.page(f"{HOME}?q=巡诊点"))
    assert "◇ 定期巡诊" in page


async def test_the_desk_says_when_the_number_was_true(world: World, hire: Hire) -> None:
    world.clock.turn(hours=2, minutes=50)
    editor = await hire("王芳", {"longkou": "editor"})
    path = "/boards/longkou/corrections/sites/lk-001"
    answer = await editor.send(path, REPORT, act="report", patients="12", counted_at="09:00")
    assert answer.status == 303, await answer.text()
    page = text_of(await editor.page(path))
    assert "当天到现在12人，是9:00的数" in page
    assert "9:00的人数（11:00填报）" in page


async def test_the_desk_takes_back_what_stood_and_not_what_it_gives(world: World, hire: Hire) -> None:
    editor = await hire("王芳", {"longkou": "editor"})
    path = "/boards/longkou/corrections/sites/lk-001"
    await world.report({"staff_infected": True, "expected_reopen": "2022-12-28"})
    both = await editor.send(
        path, REPORT, act="report", clear="expected_reopen", expected_reopen="2022-12-29"
    )
    assert both.status == 422
    assert "填了内容，又选了去掉" in await both.text()
    answer = await editor.send(path, REPORT, act="report", clear="expected_reopen")
    assert answer.status == 303, text_of(html.document_fromstring(await answer.text()))
    assert "恢复日期还不确定" in text_of(await editor.page(path))
    assert world.node.current.boards["longkou"].sites["lk-001"].cross is not None
