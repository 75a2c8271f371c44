"""When the next news of a site is due, where today's is missing or old."""

import pytest

from tests.domain.story import Story, day


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("23 08:00", "23 09:00"),
        ("23 09:00", "23 14:00"),
        ("23 13:59", "23 14:00"),
        ("23 14:00", "24 09:00"),
        ("23 23:59", "24 09:00"),
    ],
)
def test_it_is_the_next_reporting_time(at: str, due: str) -> None:
    story = Story()
    assert story.judged(at).next_news == story.wall(due)


def test_old_news_too_is_followed_by_the_next_reporting_time() -> None:
    story = Story(valid_hours=2)
    story.report("23 09:30", 10)
    assert story.judged("23 10:00").next_news is None
    assert story.seen("23 11:30") == "none expired"
    assert story.judged("23 11:30").next_news == story.wall("23 14:00")


def test_none_is_promised_for_a_day_on_which_the_site_is_shut() -> None:
    story = Story(site={"hours": "8:00-17:00"}, special_days={day("24"): "休息"})
    assert story.judged("23 10:00").next_news == story.wall("23 14:00")
    assert story.judged("23 15:00").next_news is None


def test_none_is_promised_where_no_reporting_times_are_set_or_it_is_closed_now() -> None:
    assert Story(report_by=()).judged("23 10:00").next_news is None
    assert Story(site={"hours": "8:00-12:00"}).judged("23 13:00").next_news is None
