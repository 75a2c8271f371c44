"""What stood holds no longer: absent keeps, cleared takes away; and full ends where a site opens again."""

from datetime import timedelta
from typing import Any

import pytest

from tests.domain.story import Story, day
from trafficlight.domain.errors import Refused
from trafficlight.domain.report import accept, parse_report, parse_written

CAPACITY = {"capacity": 50}


def closed() -> Story:
    story = Story(site=CAPACITY)
    story.report("24 08:00", staff_infected=True, expected_reopen=day("28"))
    return story


def test_a_day_of_reopening_is_kept_by_who_says_nothing_of_it() -> None:
    story = closed()
    story.report("24 09:00", staff_infected=True)
    assert story.judged("24 09:00").expected_reopen == day("28")


@pytest.mark.parametrize("said", [{"staff_infected": True}, {"patients": 5}, {}], ids=str)
def test_a_day_of_reopening_can_be_taken_back(said: dict[str, Any]) -> None:
    story = closed()
    story.report("24 09:00", cleared=("expected_reopen",), **said)
    judged = story.judged("24 09:00")
    assert (judged.light, judged.expected_reopen) == ("cross", None)
    assert story.seen("28 09:00") == "cross staff_infected", "no day has come"


def test_taking_the_day_back_alone_is_no_word_about_the_closure() -> None:
    story = closed()
    story.report("30 07:00", cleared=("expected_reopen",))
    assert story.seen("28 00:00").startswith("none")
    other = closed()
    other.report("25 09:00", cleared=("expected_reopen",))
    assert other.seen("31 07:59") == "cross staff_infected"
    assert other.seen("31 08:00").startswith("none"), "seven days after it was last reported"


def test_withdrawing_what_took_it_back_restores_it() -> None:
    story = closed()
    report = story.report("24 09:00", staff_infected=True, cleared=("expected_reopen",))
    story.withdraw("24 09:10", report)
    assert story.judged("24 09:10").expected_reopen == day("28")


def test_full_can_be_taken_back_and_the_count_judges_again() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 12, capacity_today=0)
    assert story.seen("24 08:00") == "red full"
    report = story.report("24 09:00", cleared=("capacity_today",))
    assert story.seen("24 09:00") == "blue rule"
    assert story.judged("24 09:00").capacity == 50
    story.withdraw("24 09:10", report)
    assert story.seen("24 09:10") == "red full"


def test_a_capacity_that_is_taken_back_stays_so_when_reports_are_no_longer_held() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 12, capacity_today=0)
    story.report("24 09:00", cleared=("capacity_today",))
    story.report("24 20:00", 20)
    before = [tally.capacity_today for tally in story.state().tallies]
    story.report(story.wall("24 09:00") + timedelta(days=8), 3)
    assert [tally.capacity_today for tally in story.state().tallies][:1] == before == [None]


def test_full_does_not_survive_a_closure_and_its_reopening() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 12, capacity_today=0)
    story.report("24 09:00", staff_infected=True)
    story.report("24 11:00", staff_infected=False)
    assert story.seen("24 11:00") == "blue rule"


def test_full_does_survive_a_program_that_says_with_each_number_that_it_is_open() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 12, capacity_today=0, staff_infected=False)
    story.report("24 09:00", 13, staff_infected=False)
    assert story.seen("24 09:00") == "red full"


def test_part_of_the_staff_stays_part_of_it_after_a_closure() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 12, capacity_today=20)
    story.report("24 09:00", staff_infected=True)
    story.report("24 11:00", staff_infected=False)
    assert story.judged("24 11:00").capacity == 20


# --- what can be seen besides those who have come -----------------------------------------------------------


def accepted(story: Story, clock: str, raw: dict[str, object], answers: tuple[str, ...] | None = None) -> Any:
    report = parse_report(raw) if answers is None else parse_written(raw, answers)
    at = story.wall(clock)
    return accept(story.fold, story.state(), report, at, report_id="r", by="t", answers=answers)


def test_what_is_left_is_counted_from_the_days_last_count() -> None:
    story = Story(site=CAPACITY)
    story.report("24 08:00", 30)
    assert accepted(story, "24 09:00", {"remaining_today": 5}).capacity_today == 35
    assert accepted(story, "24 09:00", {"patients": 32, "remaining_today": 5}).capacity_today == 37
    assert accepted(story, "24 09:00", {"remaining_today": 0}).capacity_today == 0, "full"


def test_yesterdays_count_says_nothing_of_what_is_left() -> None:
    story = Story(site=CAPACITY)
    story.report("23 08:00", 30)
    with pytest.raises(Refused) as refused:
        accepted(story, "24 09:00", {"remaining_today": 5})
    assert refused.value.code == "left_without_count"


def test_more_than_anybody_counts_is_refused() -> None:
    story = Story(site=CAPACITY)
    with pytest.raises(Refused) as refused:
        accepted(story, "24 09:00", {"patients": 9000, "remaining_today": 1000, "confirm": True})
    assert (refused.value.code, refused.value.field) == ("out_of_range", "remaining_today")


def test_of_a_day_gone_by_nobody_asks_what_is_left() -> None:
    story = Story(site=CAPACITY)
    raw: dict[str, object] = {"patients": "30", "capacity_today": "20", "service_day": "2022-12-23"}
    assert accepted(story, "24 09:00", raw, ()).capacity_today == 20
