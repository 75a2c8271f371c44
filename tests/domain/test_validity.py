"""When a light goes out: before the first report, after the last, and what is then told of the one before."""

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.light import Light


def test_before_the_first_reporting_time_nothing_is_due_and_from_it_on_it_is_missing() -> None:
    story = Story()
    assert story.seen("24 00:00") == "none not_due"
    assert story.seen("24 08:59:59.999999") == "none not_due"
    assert story.seen("24 09:00") == "none not_reported"
    assert story.seen("24 23:59:59.999999") == "none not_reported"
    assert story.seen("25 00:00") == "none not_due"
    assert story.judged("24 08:59:59.999999").until == story.wall("24 09:00")
    assert story.judged("24 09:00").since == story.wall("24 09:00")


def test_reporting_times_are_taken_in_the_order_of_the_day() -> None:
    story = Story()
    story.put_board("23 12:00", report_by=(story.board.report_by[1], story.board.report_by[0]))
    assert story.seen("24 09:00") == "none not_reported"


def test_a_board_without_reporting_times_misses_reports_all_day() -> None:
    story = Story(report_by=())
    assert story.seen("24 00:00") == "none not_reported"


def test_a_report_is_believed_for_eight_hours() -> None:
    story = Story()
    story.report("24 08:10", 10)
    end = story.wall("24 16:10")
    assert story.judged("24 08:10").valid_until == end
    assert story.judged("24 08:10").light is Light.BLUE
    assert story.seen(end - MOMENT) == "blue rule"
    assert story.seen(end) == "none expired"
    assert story.judged(end).since == end
    assert story.judged(end).reported_at == story.wall("24 08:10")


@pytest.mark.parametrize(
    ("hours", "end"), [(1, "24 09:10"), (3, "24 11:10"), (24, "25 00:00"), (48, "25 00:00")]
)
def test_a_report_is_believed_for_the_boards_hours_and_never_beyond_its_day(hours: int, end: str) -> None:
    story = Story(valid_hours=hours)
    story.report("24 08:10", 10)
    assert story.judged("24 08:10").valid_until == story.wall(end)
    assert story.judged(story.wall(end) - MOMENT).light is Light.BLUE
    assert story.judged(end).light is None


def test_a_report_of_the_evening_ends_with_its_day() -> None:
    story = Story()
    story.report("24 20:00", 10)
    assert story.judged("24 20:00").valid_until == story.wall("25 00:00")
    assert story.seen("24 23:59:59.999999") == "blue rule"
    assert story.seen("25 00:00") == "none not_due"


def test_each_report_is_believed_anew() -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.report("24 12:00", 11)
    assert story.judged("24 12:00").valid_until == story.wall("24 20:00")


def test_a_word_without_load_does_not_make_an_old_count_fresh() -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.report("24 15:00", staff_infected=False)
    assert story.seen("24 16:09:59.999999") == "blue rule"
    assert story.seen("24 16:10") == "none expired"


# --- the last light -----------------------------------------------------------------------------------------


def test_the_last_light_is_told_to_the_end_of_the_following_service_day() -> None:
    story = Story()
    story.report("23 16:20", 40)
    assert story.last("23 16:20") == ""
    assert story.last("24 00:00") == "23 yellow 16:20"
    assert story.last("24 12:00") == "23 yellow 16:20"
    assert story.last("24 23:59:59.999999") == "23 yellow 16:20"
    assert story.last("25 00:00") == ""


def test_an_expired_light_of_today_is_the_last() -> None:
    story = Story()
    story.report("23 16:20", 40)
    story.report("24 08:10", 10)
    assert story.last("24 16:09:59.999999") == ""
    assert story.last("24 16:10") == "24 blue 08:10"
    assert story.last("25 23:59:59.999999") == "24 blue 08:10"
    assert story.last("26 00:00") == ""


def test_a_later_count_replaces_the_last_light() -> None:
    story = Story()
    story.report("23 08:10", 10)
    story.report("23 16:20", 60)
    assert story.last("24 00:00") == "23 red 16:20"


def test_a_day_that_was_told_later_has_a_last_light_without_a_time() -> None:
    story = Story()
    story.report("24 08:00", 60, about="23")
    assert story.last("24 08:00") == "23 red"


def test_a_closure_is_a_last_light_with_the_time_of_its_word() -> None:
    story = Story()
    story.report("23 16:20", 3, staff_infected=True)
    story.report("24 08:00", staff_infected=False)
    assert story.seen("24 08:00") == "none not_due"
    assert story.last("24 08:00") == "23 cross 16:20"


def test_a_closure_that_lasted_is_the_last_light_of_each_of_its_days() -> None:
    story = Story()
    story.report("20 16:20", staff_infected=True)
    story.report("24 08:00", staff_infected=False)
    assert story.last("24 12:00") == "23 cross"
    assert story.last("25 00:00") == ""


def test_a_closure_that_ran_out_is_the_last_light() -> None:
    announced, silent = Story(), Story()
    announced.report("20 16:20", staff_infected=True, expected_reopen=day("24"))
    assert announced.last("24 00:00") == "23 cross"
    assert announced.last("25 00:00") == ""
    silent.report("20 16:20", staff_infected=True)
    assert silent.last("27 16:19:59.999999") == ""
    assert silent.last("27 16:20") == "27 cross"
    assert silent.last("28 23:59:59.999999") == "27 cross"
    assert silent.last("29 00:00") == ""


def test_what_the_desk_set_was_not_reported_and_is_no_last_light() -> None:
    story = Story()
    story.override("23 10:00", Light.RED, "23 12:00")
    assert story.judged("23 12:00").last is None


def test_out_of_hours_the_last_light_is_told_too() -> None:
    story = Story(site={"hours": "8:00-17:00"})
    story.report("23 16:20", 40)
    assert story.seen("23 17:00") == "none closed_now"
    assert story.last("23 17:00") == "23 yellow 16:20"
    assert story.last("24 03:00") == "23 yellow 16:20"
