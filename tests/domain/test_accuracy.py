"""How true the lights were: each figure by hand on days that were made up, and laws that hold on any."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import pytest

from tests.domain.story import Story
from trafficlight.domain.accuracy import (
    CURRENT,
    LEAST_DAYS,
    PUBLISHED,
    Accuracy,
    Figures,
    HourLooks,
    Rate,
    compared_rules,
    current_rules,
    measure,
    worst_hour,
)
from trafficlight.domain.board import BoardState
from trafficlight.domain.lookback import look_back
from trafficlight.domain.looks import Outcome

CAPACITY = 20
TEN_HOURS: Mapping[str, Any] = {"capacity": CAPACITY, "hours": "8:00-18:00"}
"""All of them in the daytime, so that patients come evenly."""


def accuracy(story: Story, at: str = "25 07:00", number: int = 1) -> Accuracy:
    now = story.wall(at)
    back = look_back(story.board, story.records, number, now)
    return measure(back, compared_rules(current_rules(story.fold, now), back))


def outcome(story: Story, at: str = "25 07:00") -> Outcome | None:
    found = [one for one, number in accuracy(story, at).outcomes.items() if number]
    return found[0] if found else None


def rates(figures: Figures) -> dict[str, tuple[int, int, int]]:
    return {name: (one.hits, one.of, one.unknown) for name, one in figures.rates.items()}


# --- one day, by hand ---------------------------------------------------------------------------------------


@pytest.fixture
def surprise() -> Story:
    """5 of 20 at nine, 25 at eleven: the twentieth came after 3/4 of the two hours, at 10:30."""
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report("24 11:00", 25)
    return story


def test_a_day_by_hand_under_share(surprise: Story) -> None:
    """Blue from 9:00, red from 11:00. Whoever looks from 9:45 on arrives from 10:30 on, and finds it full."""
    published = accuracy(surprise).rules[PUBLISHED]
    assert published.looks == 40
    assert published.lights == {"blue": 8, "yellow": 0, "red": 28, "cross": 0, "none": 4}
    assert rates(published) == {
        "blue_of_full": (5, 33, 0),  # 9:45 to 10:45, of 9:45 to 17:45
        "full_on_arrival": (5, 8, 0),
        "full_at_next_report": (8, 8, 0),
        "announced_30": (0, 1, 0),  # at 10:00 it was blue
        "announced_60": (0, 1, 0),
        "false_alarm": (0, 36, 0),
        "without_light": (4, 40, 0),
    }
    assert published.hours[:5] == (
        HourLooks(6, 0, 0, 0),
        HourLooks(7, 0, 0, 0),
        HourLooks(8, 4, 4, 0),
        HourLooks(9, 4, 0, 1),
        HourLooks(10, 4, 0, 4),
    )


def test_every_kind_of_rule_judges_the_same_day(surprise: Story) -> None:
    """At 9:00 a day at the pace of 5 in an hour comes to (5 + 2) / (1/10 + 1/6) = 26: yellow."""
    found = accuracy(surprise)
    assert list(found.rules) == [PUBLISHED, CURRENT, "pace", "share", "counts"], "usual has no baseline"
    assert rates(found.rules["pace"]) == {
        "blue_of_full": (0, 33, 0),
        "full_on_arrival": (0, 0, 0),
        "full_at_next_report": (0, 0, 0),
        "announced_30": (1, 1, 0),
        "announced_60": (1, 1, 0),
        "false_alarm": (0, 36, 0),
        "without_light": (4, 40, 0),
    }
    assert rates(found.rules["counts"])["blue_of_full"] == (33, 33, 0)  # 25 are blue until 30
    assert found.rules["share"] == found.rules[CURRENT] == found.rules[PUBLISHED]
    assert {one.looks for one in found.rules.values()} == {40}


def test_the_rule_in_force_is_tried_on_days_before_it_was_set(surprise: Story) -> None:
    surprise.rule("25 06:00", {"kind": "counts", "yellow": 3, "red": 4})
    found = accuracy(surprise)
    assert rates(found.rules[CURRENT])["blue_of_full"] == (0, 33, 0)
    assert rates(found.rules[PUBLISHED])["blue_of_full"] == (5, 33, 0)


def test_a_sites_own_rule_is_its_rule_in_force(surprise: Story) -> None:
    surprise.rule("25 06:00", {"kind": "counts", "yellow": 3, "red": 4}, site="a")
    found = accuracy(surprise)
    assert rates(found.rules[CURRENT])["blue_of_full"] == (0, 33, 0)
    assert rates(found.rules["share"])["blue_of_full"] == (5, 33, 0)


def test_by_a_rule_that_this_program_does_not_know_there_is_no_light(surprise: Story) -> None:
    surprise.rule("25 06:00", {"kind": "of_tomorrow"})
    found = accuracy(surprise)
    assert found.rules[CURRENT].lights["none"] == 40
    assert found.rules[PUBLISHED].lights["none"] == 4
    surprise.report("25 09:00", 5)
    later = accuracy(surprise, "26 07:00").rules
    assert (later[PUBLISHED].lights["none"], later["share"].lights["blue"]) == (40, 36 - 4)


def test_an_alarm_though_there_was_room() -> None:
    """12 of 20 at nine and 13 at half past five: the day did not fill, nor came to seven tenths."""
    story = Story(site=TEN_HOURS)
    story.rule("2022-12-01 00:00", {"kind": "counts", "yellow": 10, "red": 12})
    story.report("24 08:00", 10)
    story.report("24 09:00", 12)
    story.report("24 17:30", 13)
    found = accuracy(story).rules[PUBLISHED]
    # Yellow 8:00-8:45, red 9:00-16:45, then too old for half an hour, and red again: of after 17:30
    # nobody knows.
    assert (found.lights["yellow"], found.lights["red"], found.lights["none"]) == (4, 34, 2)
    assert rates(found)["false_alarm"] == (4 + 32, 36, 2)
    assert rates(found)["announced_30"] == (0, 0, 0)


def test_yellow_is_no_false_alarm_where_seven_tenths_were_gone_or_it_filled() -> None:
    story = Story(site=TEN_HOURS, valid_hours=24)
    story.rule("2022-12-01 00:00", {"kind": "counts", "yellow": 5, "red": 100})
    story.report("24 08:00", 5)
    story.report("24 18:00", 15)  # 14 of 20 after nine of ten hours, at 17:00
    found = accuracy(story).rules[PUBLISHED]
    assert rates(found)["false_alarm"] == (33, 40, 0)  # looks from 8:00 to 16:00
    story.report("25 06:00", 20, about="24")
    assert rates(accuracy(story).rules[PUBLISHED])["false_alarm"] == (0, 40, 0)


# --- unknown is neither yes nor no --------------------------------------------------------------------------


def test_after_the_last_count_nobody_knows() -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report("24 12:00", 8)
    found = accuracy(story)
    assert found.outcomes[Outcome.UNSURE] == 1
    # Blue 9:00-17:45; arrivals are known up to 12:00, the next report up to 11:45.
    assert rates(found.rules[PUBLISHED])["full_on_arrival"] == (0, 10, 26)
    assert rates(found.rules[PUBLISHED])["full_at_next_report"] == (0, 12, 24)
    assert rates(found.rules[PUBLISHED])["blue_of_full"] == (0, 0, 26)


@pytest.mark.parametrize(("last", "known"), [("24 17:15", Outcome.ROOM), ("24 17:14", Outcome.UNSURE)])
def test_a_day_is_known_to_its_end_by_a_count_of_the_last_three_quarters(last: str, known: Outcome) -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report(last, 8)
    assert outcome(story) is known


def test_what_is_reported_afterwards_is_of_the_whole_day() -> None:
    story = Story(site=TEN_HOURS, valid_hours=24)
    story.report("24 09:00", 5)
    assert outcome(story) is Outcome.UNSURE
    story.report("25 06:00", 8, about="24")
    found = accuracy(story)
    assert found.outcomes[Outcome.ROOM] == 1
    assert rates(found.rules[PUBLISHED])["full_on_arrival"] == (0, 36, 0)
    assert rates(found.rules[PUBLISHED])["full_at_next_report"] == (0, 0, 36), "it was no next report"


def test_full_already_at_the_first_count_is_not_known_since_when() -> None:
    """But that nobody was warned is: whenever it filled, there was no light before."""
    story = Story(site=TEN_HOURS)
    story.report("24 12:00", 22)
    found = accuracy(story)
    assert found.outcomes[Outcome.FILLED_SOMETIME] == 1
    published = rates(found.rules[PUBLISHED])
    assert published["blue_of_full"] == (0, 24, 0)  # red from 12:00 on
    assert published["announced_30"] == published["announced_60"] == (0, 1, 0)


def test_where_the_announcement_depends_on_the_minute_it_is_unknown() -> None:
    """Full by words between 10:00 and 14:00; yellow from 10:00: announced only if it was after 10:30."""
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report("24 10:00", 15)
    story.report("24 14:00", capacity_today=0)
    found = accuracy(story)
    assert found.outcomes[Outcome.FILLED_SOMETIME] == 1
    assert rates(found.rules[PUBLISHED])["announced_30"] == (0, 0, 1)
    assert rates(found.rules["pace"])["announced_30"] == (1, 1, 0)  # yellow from 9:00


def test_that_it_is_full_is_taken_back_by_a_number_of_places() -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report("24 14:00", capacity_today=0)
    story.report("24 14:10", 8, capacity_today=30)
    assert outcome(story) is Outcome.UNSURE
    story.report("24 16:00", 30)
    assert outcome(story) is Outcome.FILLED


def test_what_was_said_of_the_places_and_holds_no_longer_counts_no_longer() -> None:
    """A capacity of the day that was taken back, and full from before it closed and opened again."""
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5, capacity_today=10)
    story.report("24 12:00", 15, cleared=("capacity_today",))
    assert outcome(story) is Outcome.UNSURE
    again = Story(site=TEN_HOURS)
    again.report("24 09:00", 5)
    again.report("24 10:00", capacity_today=0)
    assert outcome(again) is Outcome.FILLED_SOMETIME
    again.report("24 10:30", paused="power")
    again.report("24 12:00", 8, paused="")
    assert outcome(again) is Outcome.UNSURE


def test_full_holds_until_it_is_taken_back() -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    full = story.report("24 10:00", capacity_today=0)
    story.report("24 14:00", 12)
    assert outcome(story) is Outcome.FILLED_SOMETIME
    story.withdraw("24 14:10", full)
    assert outcome(story) is Outcome.UNSURE


def test_the_capacity_is_that_of_the_day() -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5, capacity_today=10)
    story.report("24 10:00", 10)
    assert outcome(story) is Outcome.FILLED


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ([], Outcome.UNCOUNTED),
        ([("24 09:00", {"patients": 40}), ("24 10:00", {"patients": 5})], Outcome.FALLING),
        ([("24 09:00", {"patients": 5, "staff_infected": True})], Outcome.CLOSED),
    ],
)
def test_days_that_cannot_be_judged_say_why(told: Sequence[tuple[str, Any]], known: Outcome) -> None:
    story = Story(site=TEN_HOURS)
    for at, said in told:
        story.report(at, **said)
    found = accuracy(story)
    assert found.outcomes[known] == 1
    assert sum(found.outcomes.values()) == 1
    assert found.sites == 0
    for name, rate in found.rules[PUBLISHED].rates.items():
        assert name == "without_light" or not rate.of or name == "false_alarm"
        assert not rate.hits or name == "without_light"


def test_a_count_that_was_withdrawn_was_never_made(surprise: Story) -> None:
    wrong = surprise.report("24 13:00", 3)
    assert outcome(surprise) is Outcome.FALLING
    surprise.withdraw("24 13:01", wrong)
    assert outcome(surprise) is Outcome.FILLED


def test_when_a_count_was_true_decides() -> None:
    story = Story(site=TEN_HOURS)
    story.report("24 09:00", 5)
    story.report("24 13:00", 25, counted_at=story.wall("24 11:00"))
    published = rates(accuracy(story).rules[PUBLISHED])
    assert published["blue_of_full"] == (13, 33, 0)  # full from 10:30 as by hand, but blue until 13:00
    assert published["full_at_next_report"] == (8, 8, 8)


def test_without_hours_there_are_no_looks() -> None:
    story = Story(site={"capacity": 20, "hours": "看情况"})
    story.report("24 09:00", 25)
    found = accuracy(story)
    assert found.outcomes[Outcome.NO_HOURS] == 1
    assert found.rules[PUBLISHED].looks == 0


def test_days_on_which_nothing_could_be_seen_are_none() -> None:
    shut = Story(site={"capacity": 20, "hours": "周一至周五8:00-17:00"})  # 24 December is a Saturday
    assert outcome(shut) is None
    stop = Story(site={"capacity": 20, "rota": "每周六 9:00-11:00"})
    assert outcome(stop) is None
    off = Story(site=TEN_HOURS)
    off.put_board("23 00:00", state=BoardState.PAUSED)
    off.report("24 09:00", 25)
    assert outcome(off) is None


def test_a_rate_of_few_days_is_not_said_in_per_cent() -> None:
    assert Rate(hits=1, of=4, days=LEAST_DAYS - 1).ratio is None
    assert Rate(hits=1, of=4, days=LEAST_DAYS).ratio == 0.25
    assert Rate(days=LEAST_DAYS, unknown=5).ratio is None


# --- what follows -------------------------------------------------------------------------------------------


def figures(*hours: HourLooks) -> Figures:
    return Figures(looks=0, lights=Counter(), rates={}, hours=hours)


@pytest.mark.parametrize(
    ("hours", "report_by", "wanted"),
    [
        ([HourLooks(8, 400, 390, 0), HourLooks(13, 400, 0, 80)], (time(9),), 13),
        ([HourLooks(8, 400, 390, 0), HourLooks(13, 400, 0, 39)], (time(9),), 8),
        ([HourLooks(8, 400, 390, 0), HourLooks(13, 400, 0, 80)], (time(9), time(13, 30)), 8),
        ([HourLooks(8, 400, 120, 0), HourLooks(13, 400, 0, 39)], (), None),
        ([HourLooks(6, 40, 40, 0), HourLooks(8, 400, 200, 0)], (), 8),  # more are helped at eight
        ([HourLooks(13, 39, 0, 39)], (), None),  # ten hours of looks are too few
        ([], (), None),
    ],
)
def test_one_more_reporting_time(
    hours: list[HourLooks], report_by: tuple[time, ...], wanted: int | None
) -> None:
    """First where blue misled, else where there was no light; not in an hour that has a time already."""
    found = worst_hour(figures(*hours), report_by)
    assert (found.hour.hour if found else None) == wanted
    assert found is None or found.misled == (wanted == 13)
