"""A rule tried on today's counts is judged as the board would be, were it set."""

import pytest

from tests.domain.story import Story
from trafficlight.actions.rules import RuleWish, try_rule
from trafficlight.domain.rules import RULES, dump_rule

SITE = {"capacity": 50, "hours": "8:00-17:30"}


@pytest.fixture
def early() -> Story:
    """A site whose patients come early, by its last days."""
    story = Story(site=SITE)
    for day in range(10, 24):
        story.report(f"{day} 09:00", 20)
        story.report(f"{day} 17:00", 25)
    return story


@pytest.mark.parametrize("kind", [rule.kind for rule in RULES])
@pytest.mark.parametrize("count", [6, 12, 18, 24, 30, 45, 60])
def test_what_is_tried_is_what_would_be_shown(early: Story, kind: str, count: int) -> None:
    """Also where the count was true earlier than it was made, and of a site with a rhythm of its own."""
    early.report("24 11:30", count, counted_at=early.wall("24 09:30"))
    at = early.wall("24 12:00")
    trial = try_rule(early.fold, RuleWish(kind=kind), at)
    (one,) = trial.compared
    assert one.before == early.judged(at).light
    rule = trial.rules["tried"]("a")
    assert rule
    early.rule("24 12:00", dump_rule(rule))
    assert one.after == early.judged(at).light
