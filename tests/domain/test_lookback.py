"""Days gone by of a whole board: what was shown, what was owed, whom it saw."""

from datetime import time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.histories import ledgers
from tests.domain.story import Story, day
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.lookback import (
    MOST_DAYS,
    Blank,
    DayWalk,
    Lookback,
    Punctuality,
    SiteDay,
    days_before,
)
from trafficlight.domain.record import Record
from trafficlight.domain.state import HISTORY_DAYS

HOUR = 3600


def back(story: Story, at: str = "26 07:00", number: int = 3) -> Lookback:
    now = story.wall(at)
    days = days_before(story.board, now, number)
    walk = DayWalk(story.board, days[0])
    walk.advance(story.records, today_at(story.board, now).start)
    return walk.lookback(days)


def on(story: Story, text: str, site: str = "a", at: str = "26 07:00") -> SiteDay:
    return back(story, at).sites[site][day(text)]


def test_a_day_has_the_light_that_was_shown_longest() -> None:
    story = Story(site={"capacity": 50})
    story.report("24 08:00", 10)
    story.report("24 10:00", 40)
    story.report("24 15:00", 60)
    told = on(story, "24")
    assert told.mark is Light.RED
    assert told.seconds == {"blue": 2 * HOUR, "yellow": 5 * HOUR, "red": 8 * HOUR, "none": 9 * HOUR}
    assert told.patients == 60


def test_of_two_lights_shown_equally_long_the_later_one_is_the_days() -> None:
    story = Story(site={"capacity": 50, "hours": "8:00-12:00"})
    story.report("24 08:00", 60)
    story.report("24 10:00", 61)
    story.override("24 10:00", Light.BLUE, "24 12:00")
    assert on(story, "24").mark is Light.BLUE


def test_only_hours_in_which_the_site_was_open_count() -> None:
    """A closure goes on through the night: who reopens at ten was not closed most of the day."""
    story = Story(site={"capacity": 50, "hours": "8:00-17:00"})
    story.report("23 10:00", staff_infected=True)
    story.report("24 10:00", 5, staff_infected=False)
    assert on(story, "23").mark is Light.CROSS
    told = on(story, "24")
    assert told.mark is Light.BLUE
    assert told.seconds == {"cross": 2 * HOUR, "blue": 7 * HOUR}


def test_a_day_without_a_light_says_why() -> None:
    story = Story(site={"hours": "周一至周五8:00-17:00"})
    story.put("2022-11-01 00:00", "stop", rota="每周六 9:00-11:00")
    marks = {
        site: [str(told.mark) for told in days.values()] for site, days in back(story).sites.items()
    }  # Friday 23 to Sunday 25
    assert marks == {"a": ["unreported", "shut", "shut"], "stop": ["shut", "visit", "shut"]}


def test_a_day_that_was_told_of_only_later_is_not_a_day_without_a_report() -> None:
    story = Story(site={"capacity": 50})
    story.report("25 09:00", 60, about="24")
    told = on(story, "24")
    assert told.mark is Light.RED
    assert told.answers == {"09:00": Punctuality.MISSING, "14:00": Punctuality.MISSING}
    assert told.patients == 60


def test_what_was_shown_stays_and_how_many_came_is_what_is_known_now() -> None:
    story = Story(site={"capacity": 50})
    wrong = story.report("24 08:00", 60)
    story.withdraw("25 08:00", wrong)
    told = on(story, "24")
    assert (told.mark, told.patients, told.judged) == (Light.RED, None, (60, (35, 50)))
    story.report("26 06:00", 12, about="24")
    assert on(story, "24").patients == 12


def test_the_last_word_of_all_is_heard() -> None:
    story = Story(site={"capacity": 50})
    story.report("26 07:00", 60, about="25")
    assert on(story, "25", at="26 07:00").mark is Light.RED


def test_patients_are_known_of_days_that_the_fold_has_long_let_go_of() -> None:
    story = Story(site={"capacity": 50})
    for back_days in range(60):
        story.report(story.wall("2022-11-02 08:00") + timedelta(days=back_days), back_days)
    told = back(story, "2023-01-01 07:00", 60).sites["a"]
    assert [one.patients for one in told.values()] == list(range(60))
    assert len(story.state().tallies) < HISTORY_DAYS + 2


def test_reporting_times_are_answered_in_time_late_or_not() -> None:
    story = Story()
    story.report("24 08:00", 5)
    story.report("24 15:00", 9)
    assert on(story, "24").answers == {"09:00": Punctuality.IN_TIME, "14:00": Punctuality.LATE}
    assert on(story, "25").answers == {"09:00": Punctuality.MISSING, "14:00": Punctuality.MISSING}


@pytest.mark.parametrize("site", [{"hours": "周一至周五8:00-17:00"}, {"rota": "每周六 9:00-11:00"}])
def test_who_is_shut_or_comes_by_a_rota_owes_nothing(site: dict[str, str]) -> None:
    assert on(Story(site=site), "24").answers == {}  # a Saturday


def test_a_site_closed_for_infection_owes_nothing() -> None:
    story = Story()
    story.report("23 10:00", staff_infected=True)
    assert on(story, "24").answers == {}


def test_a_board_without_reporting_times_is_owed_nothing() -> None:
    assert on(Story(report_by=()), "24").answers == {}


def test_a_paused_board_shows_no_light_and_is_owed_nothing() -> None:
    story = Story(site={"capacity": 50})
    story.put_board("24 00:00", state=BoardState.PAUSED)
    story.report("24 08:00", 60)
    told = on(story, "24")
    assert (told.mark, told.seconds, told.answers, told.patients) == (Blank.LIGHTS_OFF, {}, {}, 60)


def test_before_a_site_came_onto_the_board_and_after_it_left_there_are_no_days() -> None:
    story = Story()
    story.put("24 11:00", "new")
    story.keep("24 12:00", e.SiteRemoved(site="a"))
    told = back(story).sites
    assert list(told["a"]) == [day("23")]
    assert list(told["new"]) == [day("25")]


def test_on_its_first_day_a_site_that_reports_has_its_light_and_owes_what_came_after() -> None:
    story = Story()
    story.put("24 11:00", "new")
    story.report("24 11:10", 3, site="new")
    told = on(story, "24", "new")
    assert (told.mark, told.answers) == (Light.BLUE, {"14:00": Punctuality.IN_TIME})


def test_a_day_is_the_boards_own() -> None:
    story = Story(site={"capacity": 50}, cut_off=time(4), report_by=(time(9), time(2)))
    story.keep("25 01:30", e.Reported(id="x", site="a", service_day=day("24"), patients=60))
    told = on(story, "24")
    assert told.seconds["red"] == 2.5 * HOUR
    assert told.answers == {"09:00": Punctuality.LATE, "02:00": Punctuality.IN_TIME}


def test_days_are_those_that_are_over() -> None:
    story = Story()
    assert days_before(story.board, story.wall("26 07:00"), 2) == (day("24"), day("25"))
    assert back(story).position == len(story.records)


def test_a_walk_keeps_no_more_days_than_are_told() -> None:
    story = Story()
    walk = DayWalk(story.board, day("2022-11-01"))
    walk.advance(story.records, story.wall("2023-06-01 00:00"))
    far = days_before(story.board, story.wall("2023-06-01 07:00"), 200)
    assert len(walk.lookback(far).sites["a"]) == MOST_DAYS + 1


def test_where_a_walk_begins_makes_no_difference() -> None:
    """What was said long before the first day is left out, and only where it is of no account."""
    story, chance = Story(site={"capacity": 50}), Random(24)
    story.put("2022-11-01 00:00", "b", hours="8:00-17:00")
    story.put("2022-11-01 00:00", "c")
    for hours in range(0, 24 * 100, 5):
        at = story.wall("2022-11-02 07:00") + timedelta(hours=hours, minutes=chance.randrange(60))
        site = chance.choice("aabbbc")
        if site == "c" and chance.random() < 0.2:
            story.report(at, staff_infected=chance.random() < 0.7, site=site)
        else:
            name = story.report(at, chance.randrange(70), site=site)
            if chance.random() < 0.1:
                story.keep(at, e.Withdrawn(site=site, report=name))
    now = story.wall("2023-02-09 07:00")
    days = days_before(story.board, now, 14)
    told = []
    for since in (days[0], day("2022-11-05")):
        walk = DayWalk(story.board, since)
        walk.advance(story.records, today_at(story.board, now).start)
        told.append(walk.lookback(days))
    assert told[0] == told[1]
    assert {len(one) for one in told[0].sites.values()} == {14}


def test_a_site_that_reports_seldom_has_its_rhythm_wherever_a_walk_begins() -> None:
    """Fourteen reported days reach back further than a month, and decide how a count is judged."""
    story = Story(site={"capacity": 50, "hours": "8:00-17:30"})
    story.rule("2022-11-01 00:00", {"kind": "pace"})
    for number in range(20):
        at = story.wall("2022-11-02 09:00") + timedelta(days=5 * number)
        story.report(at, 30 if number > 11 else 3)
        story.report(at + timedelta(hours=7), 32)
    last = story.wall("2022-11-02 07:00") + timedelta(days=5 * 19 + 1)
    days = days_before(story.board, last, 14)
    told = []
    for since in (days[0], day("2022-11-01")):
        walk = DayWalk(story.board, since)
        walk.advance(story.records, today_at(story.board, last).start)
        told.append(walk.lookback(days).sites["a"][days[-1]])
    assert told[0] == told[1]
    assert told[0].looks
    assert len({run.load.rhythm for run in told[0].looks.runs if run.load}) == 1


@settings(max_examples=150)
@given(records=ledgers(), cuts=st.lists(st.integers(0, 30), max_size=4))
def test_whoever_goes_on_sees_what_whoever_begins_anew_sees(records: list[Record], cuts: list[int]) -> None:
    board = next((one.event.board for one in records if isinstance(one.event, e.BoardPut)), None)
    if board is None:
        return
    end = today_at(board, records[-1].at).start
    days = days_before(board, records[-1].at, 9)
    anew, step = DayWalk(board, days[0]), DayWalk(board, days[0])
    anew.advance(records, end)
    for since, until in pairwise([0, *sorted(min(cut, len(records)) for cut in cuts), len(records)]):
        part = records[since:until]
        step.advance(part, min(part[-1].at, end) if part else records[0].at)
    step.advance([], end)
    assert step.lookback(days) == anew.lookback(days)
