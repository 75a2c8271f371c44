"""A day's last report counts; later days correct earlier ones; what is taken back was never said."""

import pytest

from tests.domain.story import Story, day
from trafficlight.domain import event as e
from trafficlight.domain.light import Light
from trafficlight.domain.state import Tally, tally_of


def told(story: Story, on: str) -> Tally:
    tally = tally_of(story.state(), day(on))
    assert tally is not None
    return tally


def test_the_last_report_in_ledger_order_counts_though_another_came_at_the_same_instant() -> None:
    story = Story()
    story.report("24 08:10", 60)
    story.report("24 08:10", 10)
    assert story.seen("24 08:10") == "blue rule"
    assert len(story.state().reports) == 2


def test_a_day_told_later_is_corrected_and_today_is_not_touched() -> None:
    story = Story()
    story.report("23 08:10", 10)
    story.report("24 08:10", 11)
    story.report("24 09:10", 60, about="23")
    assert told(story, "23").light is Light.RED
    assert told(story, "23").at == story.wall("23 08:10")
    assert story.seen("24 09:10") == "blue rule"
    assert story.judged("24 09:10").reported_at == story.wall("24 08:10")


def test_in_ledger_order_a_correction_counts_over_what_was_said_on_the_day() -> None:
    story = Story()
    story.report("23 16:00", 60)
    story.report("24 08:00", 40, about="23")
    assert told(story, "23").patients == 40


@pytest.mark.parametrize(
    ("about", "kept"),
    [("17", True), ("16", False), ("25", False), ("9999-12-31", False), ("0001-01-01", False)],
)
def test_seven_days_back_and_not_eight_and_never_ahead(about: str, kept: bool) -> None:
    story = Story()
    story.report("24 08:10", 10, about=about)
    assert (story.fold.ignored == 0) is kept
    assert bool(story.state().tallies) is kept


def test_what_the_door_took_a_moment_before_the_day_turned_is_kept() -> None:
    """The door's clock and the ledger's are not the same; what was acknowledged must not vanish."""
    story = Story()
    story.report("24 00:00:09", 10, about="16")
    assert told(story, "16").patients == 10
    story.report("24 23:59:51", 20, about="25")
    assert story.seen("25 00:00") == "blue rule"
    assert story.judged("25 00:00").patients == 20
    assert story.fold.ignored == 0


def test_a_flag_told_later_concerns_its_day_alone() -> None:
    story = Story()
    story.report("23 08:10", 10)
    story.report("24 08:10", 11)
    story.report("24 09:10", staff_infected=True, about="23")
    assert told(story, "23").light is Light.CROSS
    assert story.seen("24 09:10") == "blue rule"
    assert story.seen("25 09:10") == "none not_reported"


def test_a_reopening_told_later_uncovers_that_days_light_and_leaves_todays_closure() -> None:
    story = Story()
    story.report("22 08:10", staff_infected=True)
    story.report("23 08:10", 40)
    story.report("24 09:10", staff_infected=False, about="23")
    assert told(story, "23").light is Light.YELLOW
    assert story.seen("24 09:10") == "cross staff_infected"


def test_a_closed_day_whose_count_is_corrected_stays_closed() -> None:
    story = Story()
    story.report("22 08:10", staff_infected=True)
    story.report("23 08:10", 40)
    story.report("23 18:00", staff_infected=True)
    story.report("24 08:10", staff_infected=False)
    story.report("24 09:10", 5, about="23")
    assert told(story, "23").light is Light.CROSS


def test_a_day_on_which_the_desk_ended_the_closure_keeps_its_light_when_corrected() -> None:
    story = Story()
    story.report("23 08:10", 40, staff_infected=True)
    story.keep("23 12:00", e.CrossConfirmed(site="a", confirmed=False))
    story.report("24 09:10", 60, about="23")
    assert told(story, "23").light is Light.RED


def test_a_busy_phone_is_of_the_day_it_was_said() -> None:
    story = Story()
    story.report("24 08:10", 10, phone_busy=True)
    assert story.state().phone_busy_at == story.wall("24 08:10")
    story.report("24 09:10", phone_busy=False, about="23")
    assert story.state().phone_busy_at == story.wall("24 08:10")
    again = story.report("24 10:10", 11, phone_busy=False)
    assert story.state().phone_busy_at is None
    story.withdraw("24 10:11", again)
    assert story.state().phone_busy_at == story.wall("24 08:10")


# --- taking back --------------------------------------------------------------------------------------------


def test_taking_a_report_back_restores_count_and_capacity_and_time() -> None:
    story = Story()
    story.report("24 08:10", 10, capacity_today=20)
    slip = story.report("24 09:10", 400, capacity_today=0)
    assert story.seen("24 09:10") == "red full"
    story.withdraw("24 09:11", slip)
    judged = story.judged("24 09:11")
    assert (judged.light, judged.patients, judged.capacity) == (Light.BLUE, 10, 20)
    assert judged.reported_at == story.state().last_report_at == story.wall("24 08:10")


def test_taking_the_only_report_back_leaves_nothing() -> None:
    story = Story()
    only = story.report("24 08:10", 10)
    story.withdraw("24 08:11", only)
    assert story.seen("24 09:00") == "none not_reported"
    assert (story.state().tallies, story.state().reports, story.state().last_report_at) == ([], [], None)


def test_taking_an_earlier_report_back_leaves_the_later_one() -> None:
    story = Story()
    first = story.report("24 08:10", 10, capacity_today=10)
    story.report("24 09:10", 20)
    assert story.seen("24 09:10") == "red rule"
    story.withdraw("24 09:11", first)
    assert story.seen("24 09:11") == "blue rule"


def test_seven_days_and_not_a_microsecond_longer() -> None:
    in_time, late = Story(), Story()
    for story in (in_time, late):
        story.report("17 08:10", 10)
    in_time.withdraw("24 08:10", "r3")
    late.withdraw("24 08:10:00.000001", "r3")
    assert (in_time.fold.ignored, late.fold.ignored) == (0, 1)
    assert (in_time.state().tallies, len(late.state().tallies)) == ([], 1)


def test_a_day_with_reports_too_old_to_be_taken_back_is_restored_to_what_they_said() -> None:
    story = Story()
    story.report("17 08:10", 10, capacity_today=20)
    correction = story.report("24 07:00", 60, about="17")
    story.report("24 08:11", 5)
    assert story.state().reports[0].id == correction
    assert told(story, "17").patients == 60
    story.withdraw("24 08:12", correction)
    assert (told(story, "17").patients, told(story, "17").capacity_today) == (10, 20)
    assert told(story, "17").light is Light.BLUE


def test_a_correction_of_a_day_long_settled_can_be_taken_back_for_a_week() -> None:
    story = Story()
    story.report("10 08:10", 10, staff_infected=True)
    story.report("10 16:10", 11, staff_infected=False)
    correction = story.report("17 09:00", 60, about="10")
    story.report("24 08:00", 5)
    assert told(story, "10").light is Light.RED
    story.withdraw("24 09:00", correction)
    assert (told(story, "10").patients, told(story, "10").light) == (11, Light.BLUE)


@pytest.mark.parametrize(("report", "site"), [("r3", "b"), ("r3", "nowhere"), ("r99", "a"), ("", "a")])
def test_what_was_not_said_there_cannot_be_taken_back(report: str, site: str) -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.put("24 08:10", "b")
    story.withdraw("24 08:11", report, site)
    assert story.fold.ignored == 1
    assert story.seen("24 08:11") == "blue rule"


def test_twice_taken_back_is_once() -> None:
    story = Story()
    story.report("24 08:10", 10)
    slip = story.report("24 08:11", 60)
    story.withdraw("24 08:12", slip)
    story.withdraw("24 08:13", slip)
    assert story.fold.ignored == 1
    assert story.seen("24 08:13") == "blue rule"


def test_two_reports_of_one_id_are_taken_back_together() -> None:
    story = Story()
    for at in ("24 08:10", "24 08:11"):
        story.keep(at, e.Reported(id="same", site="a", service_day=day("24"), patients=60))
    story.withdraw("24 08:12", "same")
    assert story.state().reports == []


def test_what_is_kept_of_a_site_does_not_grow() -> None:
    """Today and the days that the usual volume needs; a week of reports; what they may still correct."""
    story = Story()
    for number in range(1, 29):
        story.report(f"{number:02} 08:10", number)
    assert [tally.day.day for tally in story.state().tallies] == list(range(14, 29))
    assert len(story.state().reports) == 8
    assert [tally.day.day for tally in story.state().compacted] == [19, 20]
