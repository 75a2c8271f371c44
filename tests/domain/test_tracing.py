"""One site's story is what the fold of everything says of it, event by event and instant by instant."""

from datetime import timedelta
from itertools import pairwise

from tests.domain.histories import folded
from tests.domain.story import Story, day
from trafficlight.domain import event as e
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.replay import LightPeriod, light_periods, site_as_of, site_changes


def busy() -> Story:
    """A day with everything in it, beside another site's reports."""
    story = Story(site={"capacity": 50})
    story.put("2022-11-01 00:00", "b", capacity=50)
    story.report("24 08:00", 12)
    story.report("24 08:05", 60, site="b")
    wrong = story.report("24 10:00", 60)
    story.withdraw("24 10:30", wrong)
    story.override("24 11:00", Light.RED, "24 12:00")
    story.rule("24 13:00", {"kind": "share", "yellow": 0.1, "red": 0.9})
    story.keep("24 13:30", e.AskedBack(site="a", service_day=day("24"), patients=900))
    story.report("24 15:00", staff_infected=True)
    story.put_board("24 16:00", hotline="1")
    return story


def whole(story: Story) -> list[LightPeriod]:
    return light_periods("a", story.records, story.wall("24 00:00"), story.wall("25 00:00"))


def test_each_event_is_told_with_what_stood_before_and_after_it() -> None:
    told = [
        (
            type(step.record.event).__name__,
            step.before.light if step.before else "absent",
            step.after.light if step.after else "absent",
        )
        for step in site_changes("a", busy().records)
    ]
    assert told == [
        ("SitePut", "absent", None),
        ("Reported", None, "blue"),
        ("Reported", "blue", "red"),
        ("Withdrawn", "red", "blue"),
        ("Overridden", "blue", "red"),
        ("RuleSet", "blue", "yellow"),
        ("AskedBack", "yellow", "yellow"),
        ("Reported", "yellow", "cross"),
    ]


def test_a_site_that_left_the_board_shows_nothing_from_then_on() -> None:
    story = Story()
    story.report("24 08:00", 12)
    story.keep("24 09:00", e.SiteRemoved(site="a"))
    assert site_changes("a", story.records)[-1].after is None
    assert whole(story)[-1].until == story.wall("24 09:00")


def test_what_stood_when_has_no_gap_and_begins_and_ends_with_the_day() -> None:
    story = busy()
    told = whole(story)
    assert (told[0].since, told[-1].until) == (story.wall("24 00:00"), story.wall("25 00:00"))
    assert all(one.until == two.since for one, two in pairwise(told))
    assert [(one.judged.light, one.judged.reason) for one in told] == [
        (None, Reason.NOT_DUE),
        (Light.BLUE, Reason.RULE),
        (Light.RED, Reason.RULE),
        (Light.BLUE, Reason.RULE),
        (Light.RED, Reason.OVERRIDE),
        (Light.BLUE, Reason.RULE),
        (Light.YELLOW, Reason.RULE),
        (Light.CROSS, Reason.STAFF_INFECTED),
    ]


def test_what_stood_when_is_what_the_fold_of_all_records_up_to_then_says() -> None:
    story = busy()
    for number, record in enumerate(story.records):
        fold = folded(story.records[: number + 1])
        following = (
            story.records[number + 1].at if number + 1 < len(story.records) else story.wall("25 00:00")
        )
        for at in (record.at, following - timedelta(microseconds=1)):
            stretch = next((one for one in whole(story) if one.since <= at < one.until), None)
            if stretch is None or at < record.at:
                continue
            judged = judge(fold, fold.sites["a"], at)
            assert (stretch.judged.light, stretch.judged.reason) == (judged.light, judged.reason), at


def test_the_edition_is_the_last_event_that_the_public_saw_something_of() -> None:
    story = Story()
    story.report("24 08:00", 12)
    story.keep("24 08:30", e.AskedBack(site="a", service_day=day("24"), patients=900))
    story.report("24 09:30", 48)
    told = whole(story)[:3]
    assert [(one.edition, one.by_event) for one in told] == [(2, False), (3, True), (5, True)]


def test_the_site_as_of_an_instant_is_as_it_stood_just_before_it() -> None:
    story = busy()
    fold = site_as_of("a", story.records, story.wall("24 10:00"))
    assert fold is not None
    assert [report.patients for report in fold.sites["a"].reports] == [12]
    assert list(fold.sites) == ["a"], "what others say is left out"
    assert site_as_of("a", story.records, story.wall("2022-11-01 00:00")) is None
