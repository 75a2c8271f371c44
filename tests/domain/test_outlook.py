"""Before the first report of a day: yesterday was red, and the board's own days say that red comes again."""

import pytest

from tests.domain.story import Story, day
from trafficlight.domain.judge import judge, outlook, red_comes_again

AGAIN = "昨天名额很早用完，今天多半也会：先打电话"
STRICT = {"kind": "counts", "yellow": 5, "red": 10}
RED, YELLOW, BLUE, NOTHING = 12, 6, 1, -1


def told(*days: tuple[int, ...]) -> Story:
    """The days up to 23 December: what each of the sites a, b, … counted at 16:00."""
    story = Story()
    story.rule("10 08:00", STRICT)
    for site in "bcdefg":
        story.put("10 08:00", site)
    for number, counts in enumerate(days):
        for site, count in zip("abcdefg", counts, strict=False):
            if count != NOTHING:
                story.report(f"{24 - len(days) + number} 16:00", count, site=site)
    return story


def said(story: Story, at: str, site: str = "a") -> str | None:
    when, state = story.wall(at), story.state(site)
    sentence = outlook(story.fold, state, judge(story.fold, state, when), when)
    return sentence.text if sentence else None


def test_where_red_came_again_nearly_always_yesterdays_red_is_said_until_the_first_report() -> None:
    story = told((RED,) * 5, (RED, RED, RED, RED, BLUE), (RED, BLUE, BLUE, BLUE, BLUE))
    assert said(story, "24 06:30") is None, "2 of 9"
    story = told((RED,) * 5, (RED,) * 4 + (BLUE,))
    assert [said(story, at) for at in ("24 06:30", "24 09:30", "24 23:59")] == [AGAIN] * 3
    assert said(story, "24 06:30", "e") is None, "its own yesterday was blue"
    assert story.seen("24 06:30") == "none not_due", "words, no colour"
    story.report("24 08:10", 2)
    assert said(story, "24 08:10") == "今天的就诊人数未到“较多”的界线"


def test_of_fewer_than_five_days_nothing_is_foretold() -> None:
    assert said(told((RED,) * 4, (RED,) * 4), "24 06:30") is None
    assert said(told((RED,) * 5, (RED,) * 5), "24 06:30") == AGAIN


@pytest.mark.parametrize("other", [YELLOW, BLUE])
def test_two_of_ten_other_days_are_borne_and_three_are_not(other: int) -> None:
    first = (RED,) * 5
    assert said(told(first, first, (RED, RED, RED, other, other)), "24 06:30") == AGAIN
    assert said(told(first, first, (RED, RED, other, other, other)), "24 06:30") is None


def test_days_without_a_report_are_neither_for_nor_against_it() -> None:
    assert said(told((RED,) * 5, (NOTHING,) * 5, (RED,) * 5), "24 06:30") is None
    story = told((RED,) * 6, (RED,) * 5 + (NOTHING,))
    assert said(story, "24 06:30") == AGAIN


def test_what_is_said_stays_the_same_all_day_whatever_the_others_report() -> None:
    story = told(*[(RED,) * 5] * 12)
    assert red_comes_again(story.fold, day("24"))
    for site in "bcde":
        story.report("24 07:00", BLUE, site=site)
        assert said(story, "24 07:00") == AGAIN


def test_a_correction_of_a_day_gone_by_is_news_of_every_page() -> None:
    story = told((RED,) * 5, (RED,) * 5)
    before = story.fold.header
    kept = story.report("24 07:00", BLUE, site="b", about="23")
    corrected = story.fold.header
    assert corrected.position > before.position
    story.withdraw("24 07:10", kept, site="b")
    assert story.fold.header.position > corrected.position
    story.report("24 07:20", BLUE, site="b")
    assert story.fold.header.position < story.fold.position
