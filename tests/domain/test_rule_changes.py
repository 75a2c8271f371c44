"""A changed rule judges today's reports anew from that moment; what was before stays as it was."""

import pytest

from tests.domain.story import MOMENT, Story
from trafficlight.domain.light import Light
from trafficlight.domain.state import rule_in_force

STRICT = {"kind": "counts", "yellow": 5, "red": 10}
LENIENT = {"kind": "counts", "yellow": 500, "red": 1000}


def lights(story: Story) -> dict[int, Light | None]:
    return {tally.day.day: tally.light for tally in story.state().tallies}


def test_a_rule_of_noon_judges_todays_count_from_noon() -> None:
    story = Story()
    story.report("24 08:10", 10)
    assert story.seen("24 11:59:59.999999") == "blue rule"
    story.rule("24 12:00", STRICT)
    assert story.seen("24 12:00") == "red rule"
    assert story.steps("24 12:00") == (5, 10)
    assert story.judged("24 12:00").reported_at == story.wall("24 08:10")


def test_days_gone_by_keep_their_light() -> None:
    story = Story()
    story.report("22 16:00", 10)
    story.report("23 16:00", 10)
    story.rule("24 00:00", STRICT)
    assert lights(story) == {22: Light.BLUE, 23: Light.BLUE}
    assert story.last("24 00:00") == "23 blue 16:00"


def test_a_day_corrected_later_is_judged_by_the_rule_that_it_ended_with() -> None:
    story = Story()
    story.report("23 08:00", 1)
    story.rule("23 12:00", STRICT)
    story.rule("24 00:00", LENIENT)
    story.report("24 10:00", 10, about="23")
    story.report("24 10:01", 10, about="22")
    story.report("24 10:02", 10)
    assert lights(story) == {22: Light.BLUE, 23: Light.RED, 24: Light.BLUE}


def test_a_rule_set_in_the_last_microsecond_of_a_day_judges_it() -> None:
    story = Story()
    story.report("23 08:00", 10)
    story.rule("23 23:59:59.999999", STRICT)
    assert lights(story) == {23: Light.RED}
    story.report("24 10:00", 10, about="23")
    assert lights(story) == {23: Light.RED}


def test_a_day_corrected_later_keeps_the_capacity_that_was_declared_on_it() -> None:
    story = Story(site={"capacity": 20})
    story.report("23 08:00", 5)
    story.put("24 08:00", capacity=200)
    story.report("24 10:00", 20, about="23")
    assert lights(story) == {23: Light.RED}


def test_a_site_may_be_judged_by_an_exception_and_by_the_board_again() -> None:
    story = Story()
    story.put("20 08:00", "b")
    story.rule("20 09:00", LENIENT)
    story.rule("20 10:00", STRICT, site="a")
    for site in ("a", "b"):
        story.report("24 08:10", 10, site=site)
    assert (story.seen("24 08:10", "a"), story.seen("24 08:10", "b")) == ("red rule", "blue rule")
    story.rule("24 12:00", None, site="a")
    assert story.seen("24 12:00", "a") == "blue rule"
    story.rule("24 13:00", None)
    story.report("24 13:00", 35, site="a")
    assert story.seen("24 13:00", "a") == "yellow rule"


def test_an_exception_stays_when_the_boards_rule_changes() -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.rule("24 09:00", LENIENT, site="a")
    story.rule("24 10:00", STRICT)
    assert story.seen("24 10:00") == "blue rule"


def test_versions_count_from_one_for_the_board_and_for_each_site() -> None:
    story = Story()

    def version(at: str) -> tuple[int, object]:
        found = rule_in_force(story.fold, story.state(), story.wall(at))
        return found.version, found.since

    assert version("24 00:00") == (0, None)
    story.rule("24 09:00", LENIENT)
    story.rule("24 10:00", STRICT)
    assert version("24 10:00") == (2, story.wall("24 10:00"))
    story.rule("24 11:00", LENIENT, site="a")
    assert version("24 11:00") == (1, story.wall("24 11:00"))
    story.rule("24 12:00", None, site="a")
    assert version("24 12:00") == (2, story.wall("24 10:00"))


def test_the_rule_of_an_instant_before_the_change_is_the_one_before() -> None:
    story = Story()
    story.rule("24 10:00", STRICT)
    before = rule_in_force(story.fold, story.state(), story.wall("24 10:00") - MOMENT)
    assert before.version == 0
    assert before.kind == "share"


def test_the_latest_of_two_rules_of_one_instant_holds() -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.rule("24 10:00", LENIENT)
    story.rule("24 10:00", STRICT)
    assert story.seen("24 10:00") == "red rule"


def test_a_rule_of_a_site_that_there_is_not_is_ignored() -> None:
    story = Story()
    story.rule("24 10:00", STRICT, site="nowhere")
    assert story.fold.ignored == 1
    assert story.fold.rules == []


@pytest.mark.parametrize("rule", [{"kind": "moon"}, {"kind": "share", "tides": 2}, {"kind": 3}, {}])
def test_a_rule_that_this_program_cannot_read_shows_no_light(rule: dict[str, object]) -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.rule("24 10:00", rule)
    assert story.seen("24 09:59") == "blue rule"
    assert story.seen("24 10:00") == "none rule_unreadable"
    assert story.steps("24 10:00") is None
    assert lights(story) == {24: None}
    assert story.fold.unreadable == {""}
    story.rule("24 11:00", STRICT)
    assert story.seen("24 11:00") == "red rule"
    assert story.fold.unreadable == set()


def test_a_board_whose_lights_cannot_be_made_says_that_its_news_are_interrupted() -> None:
    story = Story()
    story.report("24 08:10", 10)
    story.rule("24 10:00", {"kind": "moon"})
    assert story.headline("24 10:00").kind == "fault"


def test_what_no_rule_decides_shows_as_ever_under_a_rule_that_cannot_be_read() -> None:
    story = Story()
    story.rule("24 07:00", {"kind": "moon"})
    assert story.seen("24 08:00") == "none not_due"
    story.report("24 08:10", capacity_today=0)
    assert story.seen("24 08:10") == "red full"
    story.report("24 08:20", staff_infected=True)
    assert story.seen("24 08:20") == "cross staff_infected"


def test_a_site_of_its_own_rule_is_judged_by_it_whatever_the_boards_is() -> None:
    story = Story()
    story.put("24 07:00", "b")
    story.rule("24 07:00", {"kind": "moon"})
    story.rule("24 07:00", STRICT, site="b")
    for site in ("a", "b"):
        story.report("24 08:10", 10, site=site)
    assert (story.seen("24 08:10", "a"), story.seen("24 08:10", "b")) == ("none rule_unreadable", "red rule")
    story.rule("24 09:00", STRICT)
    story.rule("24 09:00", {"kind": "moon"}, site="b")
    assert story.fold.unreadable == {"b"}
    assert (story.seen("24 09:00", "a"), story.seen("24 09:00", "b")) == ("red rule", "none rule_unreadable")
    story.rule("24 10:00", None, site="b")
    assert story.fold.unreadable == set()
    assert story.seen("24 10:00", "b") == "red rule"


def test_the_usual_rule_judges_each_site_by_its_own_baseline() -> None:
    story = Story()
    story.put("20 08:00", "b")
    story.rule("20 09:00", {"kind": "usual", "fixed_on": "2022-11-30", "baselines": {"a": 10}})
    for site in ("a", "b"):
        story.report("24 08:10", 20, site=site)
    assert (story.seen("24 08:10", "a"), story.seen("24 08:10", "b")) == ("red rule", "blue rule")
