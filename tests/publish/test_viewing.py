"""Views: what of the facts reaches the formats."""

from datetime import timedelta

import pytest

from tests.publish.worlds import DAY, SHILI, World, board, county, everything, report, site
from trafficlight.domain.kind import KINDS, kind_of
from trafficlight.domain.phone import parse_phones
from trafficlight.publish import words
from trafficlight.publish.view import SitePageView
from trafficlight.publish.viewing import BoardViews


def page(world: World, site: str) -> SitePageView:
    views = BoardViews(world.boards[SHILI], world.place(), words.ZH)
    view = views.site(site, world.at)
    assert isinstance(view, SitePageView)
    return view


def test_the_days_of_a_lasting_closure_read_as_closed() -> None:
    """Nobody reports while a clinic is closed; that is no missing report."""
    world = county(2)
    reopens = DAY + timedelta(days=4)
    world.happen(SHILI, report(0, 12, DAY - timedelta(days=1)))
    world.happen(SHILI, report(0, staff_infected=True, expected_reopen=reopens))
    world.at += timedelta(days=3)
    told = {past.day: (past.light, past.mark, past.word) for past in page(world, "clinic-0").history}
    assert [told[DAY + timedelta(days=day)] for day in range(3)] == [("cross", "✕", "暂停")] * 3
    assert told[DAY - timedelta(days=1)] == ("blue", "●", "人少")
    assert DAY - timedelta(days=2) not in told
    world.happen(SHILI, report(0, 3, DAY + timedelta(days=3), staff_infected=False), after=60)
    world.at += timedelta(days=1)
    told = {past.day: (past.light, past.mark, past.word) for past in page(world, "clinic-0").history}
    assert told[DAY + timedelta(days=3)][2] == "人少"
    assert told[DAY + timedelta(days=2)][2] == "暂停"
    assert [past.word for past in page(world, "clinic-1").history] == ["未报"] * 4


def test_two_weeks_are_told_and_no_day_before_the_site_was_listed() -> None:
    """A day on which nobody could report is no day without a report."""
    world = county(2)
    assert page(world, "clinic-0").history == ()
    world.at += timedelta(days=3)
    assert len(page(world, "clinic-0").history) == 3
    world.happen(SHILI, report(0, 12, DAY - timedelta(days=2)))
    told = [(past.day, past.word) for past in page(world, "clinic-0").history]
    assert told[-1] == (DAY - timedelta(days=2), "人少")
    assert told[-2] == (DAY - timedelta(days=1), "未报")
    world.at += timedelta(days=40)
    history = page(world, "clinic-0").history
    assert len(history) == 14
    assert [past.day for past in history] == sorted((past.day for past in history), reverse=True)


def test_a_day_on_which_a_site_is_shut_is_no_missing_report() -> None:
    world = county(1)
    world.happen(SHILI, site(0, hours="周一至周五 8:00-17:00"))
    world.at += timedelta(days=7)
    told = {past.day.isoweekday(): (past.mark, past.word) for past in page(world, "clinic-0").history}
    assert told[6] == told[7] == ("–", "休诊")
    assert {told[day] for day in range(1, 6)} == {("○", "未报")}


def test_a_map_looks_in_the_city_else_the_county_else_where_the_board_is() -> None:
    world = county(1)
    assert page(world, "clinic-0").region == "shili县"
    world.happen(SHILI, site(0, county="东县"))
    assert page(world, "clinic-0").region == "东县"
    world.happen(SHILI, site(0, county="东县", city="东市"))
    assert page(world, "clinic-0").region == "东市"


def test_what_a_neighbour_does_changes_no_past_day() -> None:
    world = county(2)
    world.happen(SHILI, report(0, staff_infected=True))
    world.at += timedelta(days=2)
    before = page(world, "clinic-0").history
    world.happen(SHILI, report(1, 5, DAY + timedelta(days=2)))
    assert page(world, "clinic-0").history == before


def test_the_morning_headline_names_no_hour_while_most_are_open() -> None:
    """The next opening is that of the few that are closed: all would seem to open then."""
    world = county(5)
    world.happen(SHILI, site(4, hours="8:00-17:30"))
    told = BoardViews(world.boards[SHILI], world.place(), words.ZH).board(world.at).headline
    assert told.kind == "early"
    assert told.text == "时间尚早，今日信息约9:00更新。现在开诊的有4家，没有颜色的请先打电话。"
    world.happen(SHILI, *(site(number, hours="8:00-17:30") for number in range(3)))
    told = BoardViews(world.boards[SHILI], world.place(), words.ZH).board(world.at).headline
    assert told.text == "时间尚早，8:00开诊，今日信息约9:00更新。现在开诊的有1家，没有颜色的请先打电话。"


ONE_DOCTOR = ("村医", "村卫生站", "一体化村卫生室", "医务室", "诊所", "个体诊所", "社区卫生服务站")


@pytest.mark.parametrize("kind", [*ONE_DOCTOR, "康养驿站", "张大夫家", ""])
def test_a_closure_is_told_without_its_cause_unless_several_doctors_are_known_to_work_there(
    kind: str,
) -> None:
    world = county(1)
    world.happen(SHILI, site(0, kind=kind_of(kind)), report(0, staff_infected=True))
    told = page(world, "clinic-0").site
    assert (told.light, told.reason) == ("cross", "paused")
    assert "感染" not in told.action


@pytest.mark.parametrize("kind", [kind.code for kind in KINDS if not kind.one_doctor])
def test_where_several_doctors_work_a_closure_is_told_with_its_cause(kind: str) -> None:
    world = county(1)
    world.happen(SHILI, site(0, kind=kind), report(0, staff_infected=True))
    told = page(world, "clinic-0").site
    assert (told.light, told.reason) == ("cross", "staff_infected")


def test_a_town_speaks_of_its_own_sites_alone() -> None:
    world = county(6)
    views = BoardViews(world.boards[SHILI], world.place(), words.ZH)
    world.happen(SHILI, report(0, 90), after=7200)
    before = views.town("镇1", world.at)
    world.happen(SHILI, report(2, 5), after=60)
    view, other = views.town("镇0", world.at), views.town("镇1", world.at)
    assert view
    assert other
    assert before
    assert view.counts == {"blue": 1, "yellow": 0, "red": 1, "cross": 0, "none": 1}
    assert view.edition.position == world.boards[SHILI].position
    assert (other.counts, other.headline, other.town.sites) == (
        before.counts,
        before.headline,
        before.town.sites,
    )
    assert views.town("没有这个镇", world.at) is None


def test_the_number_that_is_answered_now_stands_first_and_turns_over_by_itself() -> None:
    world = county(0)
    cell = "0535-0001001（夜间）/0535-0001002（节假日）/0535-0001003（白天）"
    world.happen(SHILI, site(1, phones=parse_phones(cell)))
    views = BoardViews(world.boards[SHILI], world.place(), words.ZH)

    def told(hours: float) -> list[tuple[str, bool]]:
        shown = views.board(world.at + timedelta(hours=hours)).sites[0].phones
        return [(phone.number[-1], phone.now) for phone in shown]

    assert told(0) == [("1", True), ("2", True), ("3", False)]  # 07:30
    assert told(0.5) == [("3", True), ("2", True), ("1", False)]
    assert told(10.5) == [("1", True), ("2", True), ("3", False)]


def test_a_stop_tells_its_visit_and_is_in_no_count() -> None:
    world = county(0)
    world.happen(SHILI, site(1, rota="每周六、一", hours="8:30-11:30"), site(2))
    views = BoardViews(world.boards[SHILI], world.place(), words.ZH)
    now, later = views.board(world.at), views.board(world.at + timedelta(hours=5))
    stop = next(one for one in now.sites if one.rota)
    assert (stop.reason, stop.action) == ("visiting_today", "今天巡诊，8:30-11:30。")
    assert (stop.visit, stop.visit_hours, stop.is_open) == (DAY, "8:30-11:30", False)
    stop = next(one for one in later.sites if one.rota)
    assert (stop.reason, stop.action) == ("next_visit", "下次巡诊：12月26日 周一 8:30起。")
    assert stop.next_open == stop.opens_at
    assert now.counts["none"] == later.counts["none"] == 1


def test_missing_news_says_when_the_next_is_due() -> None:
    world = county(1)
    views = BoardViews(world.boards[SHILI], world.place(), words.ZH)
    told = [views.board(world.at + timedelta(hours=hours)).sites[0].action for hours in (0, 2, 8)]
    assert told == [
        "今日信息约9:00更新，前往前请先打电话。",
        "今日信息尚未更新，下次更新约14:00，前往前请先打电话。",
        "今日信息尚未更新，下次更新约明天9:00，前往前请先打电话。",
    ]


@pytest.mark.parametrize(
    ("declared", "by_kind", "today", "assumed"),
    [
        (None, {}, None, True),
        (None, {"hospital": 60}, None, True),
        (None, {"township_centre": 60}, None, False),
        (40, {}, None, False),
        (None, {}, 40, False),
    ],
)
def test_what_a_site_can_see_is_told_as_a_fact_only_where_somebody_said_it(
    declared: int | None, by_kind: dict[str, int], today: int | None, *, assumed: bool
) -> None:
    world = World()
    world.happen(SHILI, board(SHILI, public_counts=True, capacities=by_kind))
    world.happen(SHILI, site(0, kind="township_centre", capacity=declared))
    at = world.happen(SHILI, report(0, 12, capacity_today=today), after=60)
    page = everything(world.publisher(), at)[f"{SHILI}/sites/clinic-0.html"].decode()
    assert ("没有填一天能接诊多少人，按50人算。" in page) is assumed
    assert ("一天约能接诊" in page) is not assumed
