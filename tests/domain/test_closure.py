"""✕: closed because staff are infected."""

from datetime import time
from typing import Any

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain import event as e
from trafficlight.domain.closure import Pause
from trafficlight.domain.light import Light


def crossed(**said: Any) -> Story:
    story = Story()
    story.report("20 10:00", staff_infected=True, **said)
    return story


def confirm(story: Story, at: str, *, confirmed: bool = True) -> None:
    story.keep(at, e.CrossConfirmed(site="a", confirmed=confirmed))


def test_it_shows_at_once_and_says_since_when_and_until_when() -> None:
    story = crossed(expected_reopen=day("23"))
    judged = story.judged("20 10:00")
    assert story.seen("20 10:00") == "cross staff_infected"
    assert judged.cross_since == judged.reported_at == story.wall("20 10:00")
    assert judged.expected_reopen == day("23")
    assert judged.valid_until == story.wall("23 00:00")
    assert not judged.confirmed


def test_it_wins_over_the_count_that_came_with_it_and_keeps_the_count() -> None:
    story = Story()
    story.report("20 10:00", 60, staff_infected=True)
    assert story.seen("20 10:00") == "cross staff_infected"
    story.report("20 11:00", staff_infected=False)
    assert story.seen("20 11:00") == "red rule"
    assert story.judged("20 11:00").patients == 60


def test_midnight_does_not_clear_it_and_counts_do_not_either() -> None:
    story = crossed()
    assert story.seen("21 00:00") == "cross staff_infected"
    story.report("21 08:10", 5)
    assert story.seen("21 08:10") == "cross staff_infected"
    assert story.judged("21 08:10").cross_since == story.wall("20 10:00")


def test_false_reopens() -> None:
    story = crossed()
    story.report("21 08:10", 5, staff_infected=False)
    assert story.seen("21 08:10") == "blue rule"


def test_another_true_says_it_again_and_keeps_since_and_the_announced_day() -> None:
    story = crossed(expected_reopen=day("29"))
    story.report("22 08:10", staff_infected=True)
    judged = story.judged("22 08:10")
    assert judged.cross_since == story.wall("20 10:00")
    assert judged.reported_at == story.wall("22 08:10")
    assert judged.expected_reopen == day("29")
    story.report("23 08:10", staff_infected=True, expected_reopen=day("25"))
    assert story.judged("23 08:10").valid_until == story.wall("25 00:00")


# --- when it is over ----------------------------------------------------------------------------------------


def test_from_the_first_instant_of_the_announced_day_it_is_over() -> None:
    story = crossed(expected_reopen=day("23"))
    assert story.seen("22 23:59:59.999999") == "cross staff_infected"
    assert story.seen("23 00:00") == "none reopening_due"
    assert story.judged("23 00:00").since == story.wall("23 00:00")
    assert story.judged("23 00:00").expected_reopen == day("23")
    assert story.seen("29 23:00") == "none reopening_due"


def test_the_announced_day_starts_at_the_cut_off() -> None:
    story = Story(cut_off=time(4))
    story.report("20 10:00", staff_infected=True, expected_reopen=day("23"))
    assert story.seen("23 03:59:59.999999") == "cross staff_infected"
    assert story.seen("23 04:00") == "none reopening_due"


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ({"patients": 5}, "blue rule"),
        ({"patients": 50}, "red rule"),
        ({"capacity_today": 0}, "red full"),
        ({"staff_infected": False}, "none not_due"),
        ({"staff_infected": True}, "cross staff_infected"),
    ],
)
def test_then_the_next_report_is_judged_as_usual(said: dict[str, Any], seen: str) -> None:
    story = crossed(expected_reopen=day("23"))
    story.report("23 08:10", **said)
    assert story.seen("23 08:10") == seen


def test_who_closes_again_after_it_was_over_closes_anew() -> None:
    story = crossed(expected_reopen=day("23"))
    story.report("23 08:10", staff_infected=True)
    judged = story.judged("23 08:10")
    assert judged.cross_since == story.wall("23 08:10")
    assert judged.expected_reopen is None


def test_seven_days_without_a_word_and_it_is_not_believed() -> None:
    story = crossed()
    end = story.wall("27 10:00")
    assert story.judged("20 10:00").valid_until == end
    assert story.seen(end - MOMENT) == "cross staff_infected"
    assert story.seen(end) == "none reopening_due"


def test_counts_are_no_word_about_it_but_another_true_is() -> None:
    counted, repeated = crossed(), crossed()
    counted.report("26 10:00", 4)
    assert counted.seen("27 10:00") == "none reopening_due"
    repeated.report("26 10:00", staff_infected=True)
    assert repeated.seen("27 10:00") == "cross staff_infected"
    assert repeated.seen("2023-01-02 10:00") == "none reopening_due"


def test_an_announced_day_after_the_silence_does_not_prolong_it() -> None:
    story = crossed(expected_reopen=day("2023-02-01"))
    assert story.seen("27 10:00") == "none reopening_due"


@pytest.mark.parametrize("reopen", ["20", "19", "0001-01-01"])
def test_a_closure_that_ends_before_it_begins_makes_no_sense(reopen: str) -> None:
    story = crossed(expected_reopen=day(reopen))
    assert story.seen("20 10:00") == "none not_reported"
    assert story.fold.ignored == 1


def test_a_closure_until_the_end_of_all_dates_is_over_after_a_week() -> None:
    story = crossed(expected_reopen=day("9999-12-31"))
    assert story.seen("27 09:59:59.999999") == "cross staff_infected"
    assert story.seen("27 10:00") == "none reopening_due"


def test_once_over_a_correction_of_an_earlier_day_does_not_end_it() -> None:
    story = crossed(expected_reopen=day("23"))
    story.report("23 08:10", 5, about="19")
    assert story.seen("23 08:10") == "none reopening_due"


# --- the desk -----------------------------------------------------------------------------------------------


def test_the_desks_confirmation_is_a_word() -> None:
    story = crossed()
    confirm(story, "26 09:00")
    assert story.judged("26 09:00").confirmed
    assert story.judged("26 09:00").reported_at == story.wall("20 10:00")
    assert story.seen("2023-01-02 08:59:59.999999") == "cross staff_infected"
    assert story.seen("2023-01-02 09:00") == "none reopening_due"


def test_a_confirmed_closure_that_is_told_again_stays_confirmed() -> None:
    story = crossed()
    confirm(story, "20 11:00")
    story.report("21 08:00", staff_infected=True)
    assert story.judged("21 08:00").confirmed
    story.report("22 08:00", staff_infected=False)
    story.report("23 08:00", staff_infected=True)
    assert not story.judged("23 08:00").confirmed


def test_the_desk_ends_it() -> None:
    story = crossed()
    story.report("20 10:30", 7)
    confirm(story, "20 11:00", confirmed=False)
    assert story.seen("20 11:00") == "blue rule"
    assert story.last("21 00:00") == "20 blue 10:30"


def test_the_desk_confirming_after_the_announced_day_sets_that_day_aside() -> None:
    story = crossed(expected_reopen=day("23"))
    confirm(story, "23 09:00")
    judged = story.judged("23 09:00")
    assert story.seen("23 09:00") == "cross staff_infected"
    assert judged.expected_reopen is None
    assert judged.cross_since == story.wall("20 10:00")
    assert story.seen("30 09:00") == "none reopening_due"


def test_the_desk_confirming_in_time_leaves_the_announced_day() -> None:
    story = crossed(expected_reopen=day("23"))
    confirm(story, "22 09:00")
    assert story.seen("23 00:00") == "none reopening_due"


def test_the_desk_confirming_after_the_silence_keeps_an_announced_day_to_come() -> None:
    story = crossed(expected_reopen=day("30"))
    confirm(story, "28 09:00")
    assert story.seen("29 23:59:59.999999") == "cross staff_infected"
    assert story.seen("30 00:00") == "none reopening_due"


def test_the_desk_can_neither_confirm_nor_end_what_is_not() -> None:
    story = Story()
    confirm(story, "20 09:00")
    confirm(story, "20 09:01", confirmed=False)
    assert story.fold.ignored == 2
    assert story.seen("20 09:01") == "none not_reported"


# --- taking back --------------------------------------------------------------------------------------------


def test_taking_the_closure_back_brings_the_count_back() -> None:
    story = Story()
    story.report("20 09:00", 40)
    closing = story.report("20 10:00", staff_infected=True)
    story.withdraw("20 10:05", closing)
    assert story.seen("20 10:05") == "yellow rule"
    assert story.last("21 00:00") == "20 yellow 09:00"


def test_taking_the_reopening_back_brings_the_closure_back() -> None:
    story = crossed()
    reopening = story.report("21 08:00", 5, staff_infected=False)
    story.withdraw("21 08:05", reopening)
    assert story.seen("21 08:05") == "cross staff_infected"
    assert story.judged("21 08:05").cross_since == story.wall("20 10:00")


def test_taking_back_the_first_report_after_an_announced_day_makes_it_due_again() -> None:
    story = crossed(expected_reopen=day("23"))
    report = story.report("23 08:10", 5)
    story.withdraw("23 08:11", report)
    assert story.seen("23 08:11") == "none reopening_due"


def test_taking_the_closure_back_recolours_the_days_that_it_lasted() -> None:
    story = Story()
    closing = story.report("20 10:00", staff_infected=True)
    story.report("21 16:20", 40)
    story.report("22 08:00", 10)
    story.withdraw("22 09:00", closing)
    assert story.seen("22 09:00") == "blue rule"
    assert [(tally.day.day, tally.light) for tally in story.state().tallies] == [
        (21, Light.YELLOW),
        (22, Light.BLUE),
    ]


def test_the_reopening_that_is_taken_back_lets_the_desks_ending_count() -> None:
    story = crossed()
    reopening = story.report("21 08:00", staff_infected=False)
    confirm(story, "21 08:01", confirmed=False)
    story.withdraw("21 08:02", reopening)
    assert story.judged("21 08:02").light is None


def test_a_closure_whose_report_is_too_old_to_be_kept_stands_on_the_desks_word() -> None:
    story = crossed()
    confirm(story, "26 09:00")
    story.report("28 08:00", 4)
    assert [report.at for report in story.state().reports] == [story.wall("28 08:00")]
    assert story.seen("28 08:00") == "cross staff_infected"
    assert story.judged("28 08:00").cross_since == story.wall("20 10:00")


# --- closed for another reason ---


@pytest.mark.parametrize("cause", Pause)
def test_closed_for_another_reason_it_is_the_same_cross_with_a_reason_of_its_own(cause: Pause) -> None:
    story = Story()
    story.report("20 10:00", paused=cause, expected_reopen=day("23"))
    judged = story.judged("20 10:00")
    assert story.seen("20 10:00") == "cross paused"
    assert judged.paused == cause
    assert judged.cross_since == judged.reported_at == story.wall("20 10:00")
    assert judged.valid_until == story.wall("23 00:00")
    assert story.seen("21 08:00") == "cross paused"
    assert story.seen("23 00:00") == "none reopening_due"


def test_a_cause_that_this_program_does_not_know_closes_all_the_same() -> None:
    story = Story()
    story.report("20 10:00", paused="flooded")
    assert story.seen("20 10:00") == "cross paused"


def test_that_nobody_is_infected_says_nothing_of_the_power() -> None:
    """A program that sends it with every count does not open what the staff closed."""
    story = Story()
    story.report("20 10:00", paused="power")
    story.report("20 11:00", 5, staff_infected=False)
    assert story.seen("20 11:00") == "cross paused"
    story.report("20 12:00", paused="")
    assert story.seen("20 12:00") == "blue rule"


def test_that_there_is_power_says_nothing_of_the_staff() -> None:
    story = crossed()
    story.report("20 11:00", 5, paused="")
    assert story.seen("20 11:00") == "cross staff_infected"


def test_open_again_is_said_of_both() -> None:
    for said in ({"staff_infected": True}, {"paused": "moved"}):
        story = Story()
        story.report("20 10:00", **said)
        story.report("20 11:00", 5, staff_infected=False, paused="")
        assert story.seen("20 11:00") == "blue rule"


def test_the_last_cause_counts_and_what_the_desk_confirmed_was_the_former_one() -> None:
    story = Story()
    story.report("20 10:00", paused="power", expected_reopen=day("23"))
    confirm(story, "20 11:00")
    story.report("20 12:00", paused="power")
    assert story.judged("20 12:00").confirmed
    story.report("20 13:00", staff_infected=True)
    judged = story.judged("20 13:00")
    assert story.seen("20 13:00") == "cross staff_infected"
    assert (judged.confirmed, judged.paused, judged.expected_reopen) == (False, "", day("23"))
    assert judged.cross_since == story.wall("20 10:00")


def test_withdrawn_what_stood_before_stands_again() -> None:
    story = crossed()
    report = story.report("20 11:00", paused="power")
    story.withdraw("20 11:05", report)
    assert story.seen("20 11:05") == "cross staff_infected"


def test_it_ends_what_the_desk_set_and_is_confirmed_and_ended_like_any_other() -> None:
    story = Story()
    story.report("20 08:00", 5)
    story.override("20 09:00", Light.YELLOW, "20 18:00")
    story.report("20 10:00", paused="equipment")
    assert story.seen("20 10:00") == "cross paused"
    confirm(story, "20 11:00", confirmed=False)
    assert story.seen("20 11:00") == "blue rule"


def test_a_day_gone_by_on_which_it_was_closed_is_one_whatever_for() -> None:
    story = Story()
    story.report("20 10:00", paused="rebuilding")
    story.report("22 10:00", 5, paused="")
    story.report("22 11:00", paused="", about="21")
    story.report("22 12:00", paused="power", about="19")
    found = {tally.day: tally.light for tally in story.state().tallies}
    assert found == {
        day("19"): Light.CROSS,
        day("20"): Light.CROSS,
        day("21"): None,
        day("22"): Light.BLUE,
    }
