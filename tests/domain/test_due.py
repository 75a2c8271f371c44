"""Who answered which reporting time of the day, and whose numbers want a look."""

from tests.domain.story import Story, day
from trafficlight.domain import event as e
from trafficlight.domain.due import ReportingTime, owes, reporting_times
from trafficlight.domain.hints import jump_of
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light
from trafficlight.domain.state import MOST_ASKED_BACK


def called(story: Story, at: str) -> tuple[ReportingTime, ...]:
    when = story.wall(at)
    judged = {site: judge(story.fold, state, when) for site, state in story.fold.sites.items()}
    return reporting_times(story.fold, judged, when)


def county(*sites: str) -> Story:
    story = Story()
    for site in sites:
        story.put("2022-11-01 00:00", site)
    return story


def test_who_reports_by_the_time_is_in_time_who_reports_after_it_late_and_the_others_are_missing() -> None:
    story = county("b", "c")
    story.report("24 09:00", 10, site="a")
    story.report("24 09:01", 10, site="b")
    morning, afternoon = called(story, "24 10:00")
    assert (morning.in_time, morning.late, morning.missing) == (("a",), ("b",), ("c",))
    assert (morning.passed, afternoon.passed) == (True, False)
    assert (afternoon.in_time, afternoon.missing) == (("a", "b"), ("c",))


def test_a_report_at_the_very_time_answers_it_and_counts_for_the_next_one_too() -> None:
    story = county()
    story.report("24 09:00", 10)
    morning, afternoon = called(story, "24 14:00")
    assert (morning.in_time, afternoon.in_time) == (("a",), ("a",))


def test_who_spoke_in_the_morning_only_is_missing_at_the_afternoons_time() -> None:
    story = county()
    story.report("24 08:00", 10)
    morning, afternoon = called(story, "24 14:30")
    assert (morning.in_time, afternoon.missing) == (("a",), ("a",))


def test_a_site_closed_for_infection_is_asked_by_no_reporting_time() -> None:
    story = county("b")
    story.report("24 07:00", staff_infected=True)
    morning, _ = called(story, "24 10:00")
    assert (morning.in_time, morning.late, morning.missing) == ((), (), ("b",))


def test_a_site_shut_on_the_day_and_a_stop_with_a_rota_are_asked_by_none() -> None:
    story = Story(site={"hours": "8:00-12:00", "special_days": {day("24"): "休息"}})
    story.put("01 00:00", "b", rota="每周二")
    assert all((call.in_time, call.late, call.missing) == ((), (), ()) for call in called(story, "24 10:00"))


def test_those_missing_at_the_last_time_that_passed_are_those_that_owe() -> None:
    story = county("b", "c")
    said = {"24 09:30": "a", "24 14:30": "b", "24 23:00": "a"}
    for at, site in said.items():
        when = story.wall(at)
        owing = {
            site
            for site, state in story.fold.sites.items()
            if owes(state, judge(story.fold, state, when), story.board, when)
        }
        passed = [call for call in called(story, at) if call.passed]
        assert set(passed[-1].missing) == owing, at
        story.report(at, 10, site=site)


def test_that_a_phone_is_busy_answers_no_reporting_time() -> None:
    story = county()
    story.report("24 08:00", phone_busy=True)
    morning, _ = called(story, "24 09:30")
    assert morning.missing == ("a",)


# --- numbers that want a look -------------------------------------------------------------------------------


def usual(story: Story, patients: int) -> None:
    story.put("13 00:00", hours="8:00-17:00")
    for past in range(14, 24):
        story.report(f"{past} 17:00", patients)


def test_a_number_over_twice_the_usual_and_twenty_above_it_jumped() -> None:
    story = Story()
    usual(story, 30)
    story.report("24 09:00", 60)
    assert jump_of(story.fold.sites["a"], day("24")) is None, "twice the usual is not over it"
    story.report("24 10:00", 61)
    jump = jump_of(story.fold.sites["a"], day("24"))
    assert jump is not None
    assert (jump.patients, jump.usual, jump.before) == (61, 30.0, None)


def test_at_a_small_site_twice_the_usual_is_an_ordinary_day() -> None:
    story = Story()
    usual(story, 5)
    story.report("24 09:00", 24)
    assert jump_of(story.fold.sites["a"], day("24")) is None
    story.report("24 10:00", 25)
    assert jump_of(story.fold.sites["a"], day("24")) is not None


def test_a_running_total_that_goes_down_is_looked_at() -> None:
    story = Story()
    story.report("24 09:00", 20)
    story.report("24 10:00", 12)
    jump = jump_of(story.fold.sites["a"], day("24"))
    assert jump is not None
    assert (jump.patients, jump.before, jump.usual) == (12, 20, None)
    story.report("24 11:00", 20)
    assert jump_of(story.fold.sites["a"], day("24")) is None


def test_without_a_number_today_nothing_jumped() -> None:
    story = Story()
    story.report("24 09:00", staff_infected=True)
    assert jump_of(story.fold.sites["a"], day("24")) is None


def test_the_last_numbers_that_were_asked_back_are_kept_of_a_site() -> None:
    story = Story()
    for number in range(MOST_ASKED_BACK + 2):
        story.keep("24 08:00", e.AskedBack(site="a", service_day=day("24"), patients=900 + number, usual=30))
    asked = story.fold.sites["a"].asked_back
    assert [one.patients for one in asked] == [902, 903, 904, 905, 906]
    assert (asked[-1].usual, asked[-1].day, asked[-1].at) == (30, day("24"), story.wall("24 08:00"))
    story.keep("24 08:00", e.AskedBack(site="gone", service_day=day("24"), patients=900))
    assert story.fold.ignored == 1
    story.override("24 08:00", Light.RED, "24 12:00")
    assert len(story.fold.sites["a"].asked_back) == MOST_ASKED_BACK, "other events leave them"
