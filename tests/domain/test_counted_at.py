"""When a number was true is a fact of its own: age, expiry and pace count from it."""

from typing import Any

import pytest

from tests.domain.story import Story
from trafficlight.domain.errors import Refused
from trafficlight.domain.report import accept, parse_report
from trafficlight.domain.rules import dump_rule
from trafficlight.domain.rules.pace import Pace

HOURS = {"hours": "8:00-17:30", "capacity": 50}


def paced() -> Story:
    story = Story(site=HOURS)
    story.rule("2022-11-01 00:00", dump_rule(Pace()))
    return story


def counted(story: Story, clock: str) -> dict[str, Any]:
    return {"counted_at": story.wall(clock)}


def test_a_count_typed_later_is_as_old_as_the_count() -> None:
    told, at_once = paced(), paced()
    told.report("24 11:00", 20, **counted(told, "24 09:00"))
    at_once.report("24 09:00", 20)
    for clock in ("24 11:00", "24 12:30", "24 16:59", "24 17:00"):
        assert told.seen(clock) == at_once.seen(clock)
        assert told.judged(clock).valid_until == at_once.judged(clock).valid_until
        assert told.judged(clock).reported_at == at_once.judged(clock).reported_at
    assert told.seen("24 17:00") == "none expired"


def test_a_count_taken_for_new_would_show_another_light() -> None:
    story = paced()
    story.report("24 11:00", 20, **counted(story, "24 09:00"))
    assert story.seen("24 11:00") == "yellow rule"
    fresh = paced()
    fresh.report("24 11:00", 20)
    assert fresh.seen("24 11:00") == "yellow rule"
    assert story.judged("24 11:00").valid_until < fresh.judged("24 11:00").valid_until


def test_a_capacity_told_later_leaves_the_count_as_old_as_it_was() -> None:
    """Only the places are news: the pace is still that of the count."""
    story = paced()
    story.report("24 09:00", 10)
    story.report("24 12:00", capacity_today=50)
    same = paced()
    same.report("24 09:00", 10)
    assert story.steps("24 12:30") == same.steps("24 12:30")


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param("23 23:59", id="yesterday"),
        pytest.param("24 12:00", id="to-come"),
        pytest.param("24 11:00", id="when-it-came"),
    ],
)
def test_an_instant_that_makes_no_sense_is_that_of_the_report(clock: str) -> None:
    """The fold is total: a ledger may have been written by another program."""
    story = paced()
    story.report("24 11:00", 20, **counted(story, clock))
    assert story.judged("24 11:00").reported_at == story.wall("24 11:00")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param(
            {"patients": 9, "counted_at": "2022-12-24T11:01:00+08:00"}, "counted_in_future", id="future"
        ),
        pytest.param(
            {"patients": 9, "counted_at": "2022-12-23T23:59:00+08:00"}, "counted_not_today", id="yesterday"
        ),
        pytest.param(
            {"patients": 9, "counted_at": "2022-12-24T08:59:59+08:00"}, "counted_before_last", id="older"
        ),
        pytest.param(
            {"patients": 9, "counted_at": "2022-12-23T09:00:00+08:00", "service_day": "2022-12-23"},
            "counted_at_past_day",
            id="a-correction-has-none",
        ),
    ],
)
def test_an_instant_is_of_today_and_not_to_come_and_not_older(raw: dict[str, Any], code: str) -> None:
    story = paced()
    story.report("24 09:00", 8)
    with pytest.raises(Refused) as refused:
        accept(story.fold, story.state(), parse_report(raw), story.wall("24 11:00"), report_id="r", by="t")
    assert (refused.value.code, refused.value.field) == (code, "counted_at")


def test_the_same_instant_may_be_corrected_and_another_zone_says_the_same() -> None:
    story = paced()
    story.report("24 09:00", 8)
    for text in ("2022-12-24T09:00:00+08:00", "2022-12-24T01:30:00Z"):
        report = parse_report({"patients": 9, "counted_at": text})
        event = accept(story.fold, story.state(), report, story.wall("24 11:00"), report_id="r", by="t")
        assert event.counted_at == report.counted_at


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        pytest.param({"patients": 9, "counted_at": "2022-12-24T11:01:00"}, "bad_instant", id="no-zone"),
        pytest.param({"patients": 9, "counted_at": "9:00"}, "bad_instant", id="a-time-alone"),
        pytest.param({"patients": 9, "counted_at": 1671850800}, "wrong_type", id="a-number"),
        pytest.param(
            {"staff_infected": True, "counted_at": "2022-12-24T09:00:00+08:00"},
            "counted_at_alone",
            id="no-count",
        ),
    ],
)
def test_an_instant_is_written_with_its_zone_and_belongs_to_a_figure(raw: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_report(raw)
    assert (refused.value.code, refused.value.field) == (code, "counted_at")
