"""The desk's word on a light: above everything, until its end or a new closure."""

import pytest

from tests.domain.story import MOMENT, Story
from trafficlight.domain import event as e
from trafficlight.domain.light import Light


def overridden(**settings: str) -> Story:
    story = Story(site=settings)
    story.report("24 08:00", 60)
    story.override("24 09:00", Light.BLUE, "24 18:00")
    return story


def test_it_shows_until_its_end_and_not_a_microsecond_longer() -> None:
    story = overridden()
    judged = story.judged("24 09:00")
    assert story.seen("24 09:00") == "blue override"
    assert judged.override_reason == "电话核实"
    assert judged.valid_until == story.wall("24 18:00")
    assert story.seen(story.wall("24 18:00") - MOMENT) == "blue override"
    assert story.seen("24 18:00") == "none expired"
    assert story.judged("24 18:00").since == story.wall("24 18:00")


@pytest.mark.parametrize("light", Light)
def test_it_may_be_any_light(light: Light) -> None:
    story = Story()
    story.override("24 09:00", light, "25 12:00")
    assert story.judged("25 11:59").light is light


def test_it_stands_above_cross_and_closed_hours_and_rule() -> None:
    story = overridden(hours="8:00-17:00")
    assert story.seen("24 17:30") == "blue override"
    assert not story.judged("24 17:30").is_open
    closed = Story()
    closed.report("24 08:00", staff_infected=True)
    closed.override("24 09:00", Light.YELLOW, "24 18:00")
    assert closed.seen("24 09:00") == "yellow override"
    assert closed.seen("24 18:00") == "cross staff_infected"


def test_reports_change_nothing_under_it_and_hold_after_it() -> None:
    story = overridden()
    story.report("24 12:00", 40)
    assert story.seen("24 12:00") == "blue override"
    assert story.seen("24 18:00") == "yellow rule"


def test_the_desk_takes_it_back() -> None:
    story = overridden()
    story.override("24 10:00", None)
    assert story.seen("24 10:00") == "red rule"


def test_the_desk_sets_another() -> None:
    story = overridden()
    story.override("24 10:00", Light.RED, "24 11:00")
    assert story.seen("24 10:00") == "red override"
    assert story.seen("24 11:00") == "red rule"


def test_a_new_closure_ends_it() -> None:
    story = overridden()
    story.report("24 10:00", staff_infected=True)
    assert story.seen("24 10:00") == "cross staff_infected"
    story.report("24 11:00", staff_infected=False)
    assert story.seen("24 11:00") == "red rule"


def test_a_closure_told_before_does_not_end_it_but_told_again_does() -> None:
    story = Story()
    story.report("24 08:00", staff_infected=True)
    story.override("24 09:00", Light.BLUE, "24 18:00")
    story.report("24 10:00", 7)
    assert story.seen("24 10:00") == "blue override"
    story.report("24 11:00", staff_infected=True)
    assert story.seen("24 11:00") == "cross staff_infected"


def test_a_closure_of_yesterday_told_today_does_not_end_it() -> None:
    story = overridden()
    story.report("24 10:00", staff_infected=True, about="23")
    assert story.seen("24 10:00") == "blue override"


def test_taking_the_closure_back_brings_it_back() -> None:
    story = overridden()
    closing = story.report("24 10:00", staff_infected=True)
    story.withdraw("24 10:05", closing)
    assert story.seen("24 10:05") == "blue override"
    assert story.seen("24 18:00") == "none expired"


def test_taking_the_closure_back_after_its_end_brings_nothing_back() -> None:
    story = overridden()
    closing = story.report("24 10:00", staff_infected=True)
    story.report("24 17:00", 60)
    story.withdraw("24 18:00", closing)
    assert story.seen("24 18:00") == "red rule"


def test_one_set_after_the_closure_stands() -> None:
    story = overridden()
    closing = story.report("24 10:00", staff_infected=True)
    story.override("24 11:00", Light.YELLOW, "24 18:00")
    assert story.seen("24 11:00") == "yellow override"
    story.withdraw("24 12:00", closing)
    assert story.seen("24 12:00") == "yellow override"


def test_it_is_gone_for_good_when_the_closure_can_no_longer_be_taken_back() -> None:
    story = Story()
    story.override("20 09:00", Light.BLUE, "2023-02-01 00:00")
    closing = story.report("20 10:00", staff_infected=True)
    story.report("27 10:00:00.000001", 5)
    assert story.state().override is None
    story.withdraw("27 10:00:00.000001", closing)
    assert story.seen("27 10:00:00.000001") == "blue rule"


@pytest.mark.parametrize(
    "until",
    ["", "24 09:00", "24 08:59:59.999999", "9999-12-31 23:59:59.999999"],
    ids=["none", "now", "past", "end-of-all-dates"],
)
def test_without_an_end_ahead_it_makes_no_sense(until: str) -> None:
    story = Story()
    story.override("24 09:00", Light.BLUE, until)
    assert story.fold.ignored == 1
    assert story.state().override is None


def test_an_end_without_a_zone_makes_no_sense() -> None:
    story = Story()
    naive = story.wall("25 09:00").replace(tzinfo=None)
    story.keep("24 09:00", e.Overridden(site="a", light=Light.BLUE, until=naive))
    assert story.fold.ignored == 1


def test_what_was_not_set_cannot_be_taken_back() -> None:
    story = Story()
    story.override("24 09:00", None)
    assert story.fold.ignored == 1
