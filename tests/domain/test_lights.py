"""From today's report to today's light."""

from typing import Any

import pytest

from tests.domain.story import Story
from trafficlight.domain.light import Light

RULES: dict[str, dict[str, Any]] = {
    "share": {"kind": "share"},
    "counts": {"kind": "counts"},
    "usual": {"kind": "usual", "fixed_on": "2022-11-30", "baselines": {"a": 20}},
    "usual-without-baseline": {"kind": "usual", "fixed_on": "2022-11-30", "baselines": {}},
}


@pytest.mark.parametrize(
    ("patients", "seen"),
    [(0, "blue rule"), (34, "blue rule"), (35, "yellow rule"), (49, "yellow rule"), (50, "red rule")],
)
def test_nobody_declared_a_capacity_so_it_is_50(patients: int, seen: str) -> None:
    story = Story()
    story.report("24 08:10", patients)
    assert story.seen("24 08:10") == seen
    judged = story.judged("24 08:10")
    assert (judged.patients, judged.capacity, story.steps("24 08:10")) == (patients, 50, (35, 50))


def test_zero_is_a_report_and_blue() -> None:
    story = Story()
    story.report("24 08:10", 0)
    assert story.seen("24 09:30") == "blue rule"
    assert story.judged("24 09:30").reported_at == story.wall("24 08:10")


@pytest.mark.parametrize(
    ("site", "board", "said", "capacity"),
    [
        pytest.param({}, {}, {}, 50, id="default"),
        pytest.param({}, {"capacities": {"hospital": 120}}, {}, 50, id="another-kinds"),
        pytest.param({}, {"capacities": {"fever_clinic": 80}}, {}, 80, id="its-kinds"),
        pytest.param({"capacity": 20}, {"capacities": {"fever_clinic": 80}}, {}, 20, id="its-own"),
        pytest.param({"capacity": 20}, {}, {"capacity_today": 40}, 40, id="todays"),
        pytest.param({"capacity": -5}, {"capacities": {"fever_clinic": 0}}, {}, 50, id="nonsense-is-none"),
    ],
)
def test_capacity_is_todays_else_declared_else_the_kinds_else_50(
    site: dict[str, Any], board: dict[str, Any], said: dict[str, Any], capacity: int
) -> None:
    story = Story(site=site, **board)
    story.report("24 08:10", capacity - 1, **said)
    assert story.judged("24 08:10").capacity == capacity
    assert story.judged("24 08:10").light is Light.YELLOW
    story.report("24 08:11", capacity)
    assert story.judged("24 08:11").light is Light.RED


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("patients", [None, 0, 3])
def test_a_capacity_of_zero_is_full_and_red_whatever_the_rule_and_the_count(
    rule: str, patients: int | None
) -> None:
    story = Story()
    story.rule("24 07:00", RULES[rule])
    story.report("24 08:10", patients, capacity_today=0)
    assert story.seen("24 08:10") == "red full"
    judged = story.judged("24 08:10")
    assert (judged.patients, judged.capacity, story.steps("24 08:10")) == (patients, 0, None)


def test_full_stays_through_a_later_count_and_ends_with_a_later_capacity() -> None:
    story = Story()
    story.report("24 08:10", 20, capacity_today=0)
    story.report("24 09:10", 21)
    assert story.seen("24 09:10") == "red full"
    story.report("24 10:10", capacity_today=100)
    assert story.seen("24 10:10") == "blue rule"
    assert story.judged("24 10:10").patients == 21


def test_todays_capacity_holds_for_the_day_and_not_beyond() -> None:
    story = Story()
    story.report("24 08:10", 20, capacity_today=20)
    story.report("24 12:10", 21)
    assert story.seen("24 23:59:59.999999") == "none expired"
    assert story.seen("24 12:10") == "red rule"
    story.report("25 08:10", 21)
    assert story.seen("25 08:10") == "blue rule"
    assert story.judged("25 08:10").capacity == 50


def test_a_capacity_alone_is_no_load() -> None:
    story = Story()
    story.report("24 08:10", capacity_today=80)
    assert story.seen("24 08:10") == "none not_due"
    assert story.seen("24 09:00") == "none not_reported"


def test_a_capacity_after_the_count_speaks_of_the_load_anew() -> None:
    story = Story()
    story.report("24 08:10", 20)
    story.report("24 10:10", capacity_today=20)
    assert story.seen("24 17:00") == "red rule"
    assert story.judged("24 17:00").reported_at == story.wall("24 10:10")


def test_the_declared_capacity_changed_in_the_day_judges_the_day() -> None:
    story = Story()
    story.report("24 08:10", 20)
    assert story.seen("24 09:00") == "blue rule"
    story.put("24 10:00", capacity=20)
    assert story.seen("24 10:00") == "red rule"
    story.put_board("24 11:00", capacities={"fever_clinic": 10})
    assert story.judged("24 11:00").capacity == 20


def test_the_kinds_capacity_changed_in_the_day_judges_the_day() -> None:
    story = Story()
    story.report("24 08:10", 20)
    story.put_board("24 11:00", capacities={"fever_clinic": 10})
    assert story.seen("24 11:00") == "red rule"


def test_what_a_later_report_leaves_out_stays_said() -> None:
    story = Story()
    story.report("24 08:10", 20, capacity_today=25)
    story.report("24 09:10", phone_busy=True)
    assert story.seen("24 09:10") == "yellow rule"
    assert story.judged("24 09:10").reported_at == story.wall("24 08:10")


def test_counts_of_yesterday_say_nothing_of_today() -> None:
    story = Story()
    story.report("23 23:59:59.999999", 60)
    assert story.seen("23 23:59:59.999999") == "red rule"
    assert story.seen("24 00:00") == "none not_due"
    story.report("24 00:00", 1)
    assert story.seen("24 00:00") == "blue rule"


def test_the_answer_to_a_report_is_what_the_public_sees_from_then_on() -> None:
    story = Story()
    story.report("24 08:10", 34)
    story.report("24 09:10", 35)
    first, second = story.state().reports
    assert first.answer is not None
    assert second.answer == story.judged("24 09:10")
    assert (first.answer.light, second.answer.light) == (Light.BLUE, Light.YELLOW)


def test_answers_of_days_gone_by_are_let_go_of() -> None:
    """They make up half of what a site holds; who repeats an old request has the board folded again."""
    story = Story()
    story.report("24 08:10", 34)
    story.report("24 09:10", 35)
    story.report("25 08:10", 12)
    first, second, third = story.state().reports
    assert (first.answer, second.answer) == (None, None)
    assert third.answer == story.judged("25 08:10")
