"""The board's one sentence."""

from typing import Any

import pytest

from tests.domain.story import MOMENT, Story, day
from trafficlight.domain.headline import HeadlineKind
from trafficlight.domain.light import Light


def county(sites: int, *, hours: str = "24小时", **board: Any) -> Story:
    story = Story(site={"hours": hours}, **board)
    for number in range(2, sites + 1):
        story.put("2022-11-01 00:00", f"s{number}", hours=hours)
    return story


def names(story: Story) -> list[str]:
    return list(story.fold.sites)


def report_all(story: Story, at: str, *counts: int) -> None:
    for site, patients in zip(names(story), counts, strict=False):
        story.report(at, patients, site=site)


def kind(story: Story, at: Any) -> HeadlineKind:
    return story.headline(at).kind


def test_on_an_ordinary_day_it_counts() -> None:
    story = county(6)
    report_all(story, "24 09:30", 0, 10, 40, 60)
    story.report("24 09:30", site="s6", staff_infected=True)
    told = story.headline("24 09:30")
    assert told.kind is HeadlineKind.COUNTS
    assert told.counts == {"blue": 2, "yellow": 1, "red": 1, "cross": 1, "none": 1}
    assert list(told.counts) == ["blue", "yellow", "red", "cross", "none"]
    assert told.open_now == 5


def test_a_board_without_sites_counts_none() -> None:
    story = Story()
    story.fold.sites.clear()
    told = story.headline("24 12:00")
    assert (told.kind, sum(told.counts.values()), told.next_open) == (HeadlineKind.COUNTS, 0, None)


# --- fault --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sites", "expected"), [(4, HeadlineKind.COUNTS), (5, HeadlineKind.FAULT)])
def test_five_silent_sites_are_a_fault_and_four_are_not(sites: int, expected: HeadlineKind) -> None:
    story = county(sites)
    assert kind(story, "24 09:00") is expected


def test_before_the_first_reporting_time_silence_is_no_fault() -> None:
    story = county(5)
    assert kind(story, "24 08:59:59.999999") is HeadlineKind.EARLY
    assert kind(story, "24 09:00") is HeadlineKind.FAULT


def test_one_site_heard_from_within_the_hours_and_there_is_none() -> None:
    story = county(9)
    story.report("24 09:30", 10, site="s9")
    end = story.wall("24 17:30")
    assert kind(story, end - MOMENT) is HeadlineKind.COUNTS
    assert kind(story, end) is HeadlineKind.FAULT
    assert story.judged(end, "s9").since == end


def test_a_quiet_evening_after_everyone_reported_is_no_fault() -> None:
    story = county(9)
    for number in range(1, 10):
        story.report("24 13:50", 10, site=f"s{number}")
    assert kind(story, "24 23:00") is HeadlineKind.COUNTS


def test_who_reported_for_the_morning_owes_the_afternoon() -> None:
    story = county(5)
    for number in range(1, 6):
        story.report("24 08:40", 10, site=f"s{number}")
    assert kind(story, "24 16:00") is HeadlineKind.COUNTS
    assert kind(story, "24 16:40") is HeadlineKind.FAULT


def test_any_word_is_heard_from() -> None:
    story = county(5)
    story.report("24 09:30", site="s5", about="23", patients=3)
    assert kind(story, "24 09:30") is HeadlineKind.COUNTS


@pytest.mark.parametrize("away", ["hours", "cross"])
def test_who_is_closed_is_not_silent(away: str) -> None:
    story = county(5)
    if away == "hours":
        story.put("20 09:00", "s5", special_days={day("24"): "休息"})
    else:
        story.report("23 09:00", site="s5", staff_infected=True)
    assert kind(story, "24 09:00") is HeadlineKind.COUNTS


def test_a_light_set_by_the_desk_is_no_word_from_the_site() -> None:
    story = county(5)
    story.override("24 08:00", Light.BLUE, "24 18:00", site="s5")
    assert kind(story, "24 09:00") is HeadlineKind.FAULT


# --- all busy -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param((60, 60, 60, 60, 0), HeadlineKind.ALL_BUSY, id="four-of-five"),
        pytest.param((60,) * 7 + (0,) * 2, HeadlineKind.COUNTS, id="seven-of-nine"),
        pytest.param((60,) * 8 + (0,) * 2, HeadlineKind.ALL_BUSY, id="eight-of-ten"),
        pytest.param((60,) * 12 + (40,) * 3, HeadlineKind.ALL_BUSY, id="twelve-of-fifteen"),
        pytest.param((60,) * 11 + (40,) * 3, HeadlineKind.COUNTS, id="eleven-of-fourteen"),
        pytest.param((40,) * 5, HeadlineKind.COUNTS, id="yellow-is-not-that-busy"),
    ],
)
def test_from_eighty_percent_red_it_says_so(counts: tuple[int, ...], expected: HeadlineKind) -> None:
    story = county(len(counts))
    report_all(story, "24 09:30", *counts)
    assert kind(story, "24 09:30") is expected


@pytest.mark.parametrize(
    ("sites", "expected"), [(1, HeadlineKind.COUNTS), (2, HeadlineKind.COUNTS), (3, HeadlineKind.ALL_BUSY)]
)
def test_of_one_or_two_sites_nothing_is_said_as_of_most(sites: int, expected: HeadlineKind) -> None:
    story = county(sites)
    report_all(story, "24 09:30", *(60,) * sites)
    assert kind(story, "24 09:30") is expected


def test_a_closed_clinic_is_as_good_as_red() -> None:
    story = county(5)
    report_all(story, "24 09:30", 60, 60, 60, 0)
    story.report("24 09:30", site="s5", staff_infected=True)
    assert kind(story, "24 09:30") is HeadlineKind.ALL_BUSY


@pytest.mark.parametrize(("sites", "expected"), [(10, HeadlineKind.ALL_BUSY), (11, HeadlineKind.COUNTS)])
def test_sites_without_news_do_not_count_unless_they_are_most(sites: int, expected: HeadlineKind) -> None:
    story = county(sites)
    report_all(story, "24 09:30", 60, 60, 60, 60, 0)
    assert kind(story, "24 09:30") is expected


def test_the_few_that_are_open_at_night_may_all_be_busy() -> None:
    story = county(5, hours="8:00-17:00")
    story.put("01 00:00", "round", hours="24小时")
    story.report("23 20:00", 60, site="round")
    assert kind(story, "23 22:00") is HeadlineKind.ALL_BUSY


def test_a_cross_out_of_hours_does_not_make_the_night_busy() -> None:
    story = county(5, hours="8:00-17:00")
    story.report("23 10:00", site="a", staff_infected=True)
    assert kind(story, "23 22:00") is HeadlineKind.NIGHT


def test_a_closure_from_yesterday_does_not_speak_for_the_morning() -> None:
    story = county(5)
    story.report("23 10:00", site="a", staff_infected=True)
    assert kind(story, "24 06:30") is HeadlineKind.EARLY


# --- all closed ---------------------------------------------------------------------------------------------


def close(story: Story, at: str, *sites: str) -> None:
    for site in sites:
        story.report(at, site=site, staff_infected=True)


@pytest.mark.parametrize("hours", ["24小时", "8:00-17:00", ""])
@pytest.mark.parametrize("at", ["23 10:00", "23 23:00"])
def test_where_all_are_closed_it_does_not_say_that_they_are_busy(hours: str, at: str) -> None:
    story = county(5, hours=hours)
    close(story, "23 09:30", *names(story))
    told = story.headline(at)
    assert (told.kind, told.open_now, told.open_names) == (HeadlineKind.ALL_CLOSED, 0, ())


def test_where_most_of_the_busy_are_closed_it_says_so_and_who_is_open() -> None:
    story = county(10)
    report_all(story, "24 09:30", 60, 60, 60, 10, 40)
    close(story, "24 09:30", *names(story)[5:])
    told = story.headline("24 10:00")
    assert (told.kind, told.open_now) == (HeadlineKind.ALL_CLOSED, 5)
    assert told.open_names == ("s4", "s5", "a"), "three of them, the least busy first"


@pytest.mark.parametrize(
    ("red", "closed", "expected"),
    [(3, 2, HeadlineKind.ALL_BUSY), (2, 2, HeadlineKind.ALL_BUSY), (2, 3, HeadlineKind.ALL_CLOSED)],
)
def test_red_or_closed_is_said_of_whichever_is_more(red: int, closed: int, expected: HeadlineKind) -> None:
    story = county(red + closed)
    report_all(story, "24 09:30", *(60,) * red)
    close(story, "24 09:30", *names(story)[red:])
    assert kind(story, "24 10:00") is expected


def test_below_four_in_five_it_counts() -> None:
    story = county(5)
    report_all(story, "24 09:30", 10, 10)
    close(story, "24 09:30", *names(story)[2:])
    assert kind(story, "24 10:00") is HeadlineKind.COUNTS


# --- when most are closed -----------------------------------------------------------------------------------


def test_early_in_the_morning_it_says_when_most_open() -> None:
    story = county(3, hours="8:00-17:00")
    story.put("01 00:00", "s2", hours="7:30-17:00")
    told = story.headline("23 06:30")
    assert told.kind is HeadlineKind.EARLY
    assert told.next_open == story.wall("23 08:00")
    assert told.open_now == 0


def test_who_is_open_at_night_is_counted() -> None:
    story = county(5, hours="8:00-17:00")
    story.put("01 00:00", "round", hours="24小时")
    told = story.headline("22 22:00")
    assert told.kind is HeadlineKind.NIGHT
    assert (told.open_now, told.next_open) == (1, story.wall("23 08:00"))


@pytest.mark.parametrize(("shut", "expected"), [(2, HeadlineKind.COUNTS), (3, HeadlineKind.NIGHT)])
def test_most_is_more_than_half(shut: int, expected: HeadlineKind) -> None:
    story = county(4)
    for site in names(story)[:shut]:
        story.put("01 00:00", site, hours="8:00-17:00")
    assert kind(story, "22 22:00") is expected


def test_of_openings_alike_the_next_is_told() -> None:
    story = county(2, hours="8:00-17:00")
    story.put("01 00:00", "s2", hours="9:00-17:00")
    assert story.headline("22 22:00").next_open == story.wall("23 08:00")


def test_a_noon_break_is_not_early() -> None:
    story = county(3, hours="8:00-12:00,14:30-17:00")
    assert kind(story, "23 12:30") is HeadlineKind.NIGHT
    assert story.headline("23 12:30").next_open == story.wall("23 14:30")


def test_a_closed_day_of_the_board_is_a_holiday() -> None:
    story = county(3, hours="8:00-17:00", special_days={day("26"): "休息"})
    told = story.headline("26 06:30")
    assert (told.kind, told.next_open) == (HeadlineKind.HOLIDAY, story.wall("27 08:00"))
    assert kind(story, "26 23:59:59.999999") is HeadlineKind.HOLIDAY
    assert kind(story, "27 00:00") is HeadlineKind.EARLY


def test_a_special_day_with_hours_is_no_holiday_after_them() -> None:
    """A Saturday that is worked, a half day: at night they are days like others."""
    story = county(3, hours="8:00-17:00", special_days={day("24"): "8:00-12:00"})
    assert kind(story, "24 20:00") is HeadlineKind.NIGHT


def test_who_works_on_the_holiday_is_counted() -> None:
    story = county(3, hours="8:00-17:00", special_days={day("26"): "休息"})
    story.put("01 00:00", "s3", hours="8:00-17:00", special_days={day("26"): "8:00-17:00"})
    told = story.headline("26 10:00")
    assert (told.kind, told.open_now) == (HeadlineKind.HOLIDAY, 1)
