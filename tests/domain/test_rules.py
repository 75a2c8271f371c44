from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficlight.domain.errors import Refused
from trafficlight.domain.light import Light
from trafficlight.domain.rules import DEFAULT_RULE, RULES, Load, Rule, dump_rule, inputs_of, load_rule
from trafficlight.domain.rules.counts import Counts
from trafficlight.domain.rules.share import Share
from trafficlight.domain.rules.steady import as_percent, from_share
from trafficlight.domain.rules.usual import Usual

USUAL = Usual(fixed_on=date(2022, 11, 30), baselines={"a": 20, "half": 12.5})


MIDNIGHT = datetime(2022, 12, 23, 16, tzinfo=UTC)
NINE = MIDNIGHT + timedelta(hours=9)


def load_of(site: str = "a", capacity: int = 50, patients: int = 0) -> Load:
    return Load(
        site=site,
        capacity=capacity,
        patients=patients,
        counted_at=NINE,
        day_start=MIDNIGHT,
        day_end=MIDNIGHT + timedelta(days=1),
        zone="Asia/Shanghai",
    )


def light_for(rule: Rule, site: str, capacity: int, patients: int) -> Light:
    return rule.light(load_of(site, capacity, patients), NINE)


def told(rule: Rule) -> str:
    """The rule as it is read."""
    said = rule.describe("a")
    return said.text.format(**said.values)


@pytest.mark.parametrize(
    ("rule", "capacity", "lights"),
    [
        pytest.param(Share(), 50, {0: "blue", 34: "blue", 35: "yellow", 49: "yellow", 50: "red"}, id="of-50"),
        pytest.param(Share(), 1, {0: "blue", 1: "red"}, id="of-1"),
        pytest.param(Share(), 3, {2: "blue", 3: "red"}, id="two-of-3-are-66-percent"),
        pytest.param(Share(), 7, {4: "blue", 5: "yellow", 6: "yellow", 7: "red"}, id="of-7"),
        pytest.param(Share(), 10, {6: "blue", 7: "yellow", 9: "yellow", 10: "red"}, id="of-10"),
        pytest.param(
            Share(), 9999, {6999: "blue", 7000: "yellow", 9998: "yellow", 9999: "red"}, id="of-9999"
        ),
        pytest.param(Share(yellow=0.35), 100, {34: "blue", 35: "yellow"}, id="0.35-of-100"),
        pytest.param(Share(yellow=0.35), 20, {6: "blue", 7: "yellow"}, id="0.35-of-20"),
        pytest.param(
            Share(yellow=0.1, red=0.3), 10, {0: "blue", 1: "yellow", 2: "yellow", 3: "red"}, id="0.3"
        ),
        pytest.param(Share(yellow=1, red=1), 50, {49: "blue", 50: "red"}, id="no-yellow-at-all"),
        pytest.param(Share(red=1.5), 50, {50: "yellow", 74: "yellow", 75: "red"}, id="red-beyond-capacity"),
        pytest.param(Counts(), 1, {29: "blue", 30: "yellow", 59: "yellow", 60: "red"}, id="plain-counts"),
    ],
)
def test_both_thresholds_are_inclusive_and_exact(rule: Rule, capacity: int, lights: dict[int, str]) -> None:
    assert {count: light_for(rule, "a", capacity, count) for count in lights} == lights


@pytest.mark.parametrize(
    ("site", "lights"),
    [
        pytest.param("a", {25: "blue", 26: "yellow", 39: "yellow", 40: "red"}, id="1.3-and-2-times-20"),
        pytest.param("half", {16: "blue", 17: "yellow", 24: "yellow", 25: "red"}, id="a-baseline-of-12.5"),
        pytest.param("b", {34: "blue", 35: "yellow", 50: "red"}, id="no-baseline-falls-back-to-the-share"),
    ],
)
def test_the_usual_rule_judges_by_the_baseline_that_the_desk_fixed(site: str, lights: dict[int, str]) -> None:
    assert {count: light_for(USUAL, site, 50, count) for count in lights} == lights


@given(st.integers(1, 100_000), st.integers(1, 100_000), st.integers(1, 9999), st.integers(0, 9999))
def test_a_light_is_what_exact_fractions_say(one: int, other: int, capacity: int, patients: int) -> None:
    yellow, red = sorted((one, other))
    rule = Share(yellow=float(f"{yellow / 1000}"), red=float(f"{red / 1000}"))
    share = Fraction(patients, capacity)
    light = (
        Light.RED
        if share >= Fraction(red, 1000)
        else Light.YELLOW
        if share >= Fraction(yellow, 1000)
        else Light.BLUE
    )
    assert light_for(rule, "a", capacity, patients) is light
    assert from_share(rule.yellow, capacity) >= 1


def test_without_a_word_the_rule_is_the_published_bands() -> None:
    assert dump_rule(DEFAULT_RULE) == {"kind": "share", "yellow": 0.7, "red": 1.0}


@pytest.mark.parametrize("rule", [Share(yellow=0.35), Counts(yellow=3, red=8), USUAL])
def test_a_rule_survives_its_plain_form(rule: Rule) -> None:
    assert load_rule(dump_rule(rule)) == rule


def test_each_rule_has_a_kind_of_its_own() -> None:
    assert len({rule.kind for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({}, "rule_unknown"),
        ({"kind": "moon"}, "rule_unknown"),
        ({"kind": ["share"]}, "rule_unknown"),
        ({"kind": "share", "yellow": 0}, "rule_invalid"),
        ({"kind": "share", "yellow": -1}, "rule_invalid"),
        ({"kind": "share", "yellow": "0.7"}, "rule_invalid"),
        ({"kind": "share", "yellow": True}, "rule_invalid"),
        ({"kind": "share", "yellow": None}, "rule_invalid"),
        ({"kind": "share", "red": float("inf")}, "rule_invalid"),
        ({"kind": "share", "yellow": float("nan")}, "rule_invalid"),
        ({"kind": "share", "green": 0.1}, "rule_invalid"),
        ({"kind": "counts", "yellow": 3.5}, "rule_invalid"),
        ({"kind": "usual", "baselines": {}}, "rule_invalid"),
        ({"kind": "usual", "fixed_on": "2022-13-01", "baselines": {}}, "rule_invalid"),
        ({"kind": "usual", "fixed_on": "2022-12-01", "baselines": {"a": 0}}, "rule_invalid"),
        ({"kind": "usual", "fixed_on": "2022-12-01", "baselines": {"a": float("nan")}}, "rule_invalid"),
        ({"kind": "usual", "fixed_on": "2022-12-01", "baselines": {"a": float("inf")}}, "rule_invalid"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(raw: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        load_rule(raw)
    assert refused.value.code == code
    assert refused.value.field == "rule"


@pytest.mark.parametrize(
    "raw", [{"kind": "share", "yellow": 1.1, "red": 1.0}, {"kind": "counts", "yellow": 60, "red": 59}]
)
def test_red_does_not_begin_below_yellow(raw: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        load_rule(raw)
    assert (refused.value.code, refused.value.field) == ("rule_order", "red")


@pytest.mark.parametrize("kind", RULES)
def test_what_a_rule_is_set_with_has_a_default_within_its_range(kind: type[Rule]) -> None:
    for one in inputs_of(kind):
        assert one.field.least <= one.default <= one.field.most
        assert one.field.label.text


@pytest.mark.parametrize("rule", [Share(), Counts(), USUAL])
def test_a_light_by_thresholds_never_changes_by_itself(rule: Rule) -> None:
    load = load_of(patients=36)
    assert rule.crossings(load, NINE, load.day_end) == ()
    assert rule.light(load, NINE) is rule.light(load, load.day_end)
    assert rule.steps(load, NINE) == rule.steps(load, load.day_end)


def test_the_public_reads_the_thresholds_as_they_judge() -> None:
    assert "70%起为黄，100%起为红" in told(Share())
    assert "35.5%起为黄" in told(Share(yellow=0.355))
    assert "30人起为黄，60人起为红" in told(Counts())
    assert "2022-11-30核定" in told(USUAL)
    assert "1.3倍起为黄，2倍起为红" in told(USUAL)
    assert USUAL.describe("b") == Share().describe("b")


@pytest.mark.parametrize("rule", [Share(), Counts(), USUAL])
def test_the_public_reads_that_a_number_is_not_a_queue(rule: Rule) -> None:
    assert "不是排队时间" in told(rule)


def test_a_share_is_written_as_it_was_meant() -> None:
    assert [as_percent(share) for share in (0.07, 0.29, 0.355, 1.0, 2)] == [
        "7%",
        "29%",
        "35.5%",
        "100%",
        "200%",
    ]
