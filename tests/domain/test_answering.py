"""Which phone is answered now."""

import pytest

from tests.domain.story import MOMENT, Story
from trafficlight.domain.hours import Answered, PhonesAnswered, parse_when, phones_answered
from trafficlight.domain.hours_text import WHOLE_DAY, Intervals
from trafficlight.domain.phone import parse_phones

SURELY, PERHAPS, NOT_NOW = Answered.SURELY, Answered.PERHAPS, Answered.NOT_NOW
DAY: Intervals = ((480, 1080),)
NIGHT: Intervals = ((1080, 1920),)
STORY = Story()


def answered(cell: str, at: str) -> PhonesAnswered | None:
    return phones_answered(parse_phones(cell), STORY.wall(at), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("when", "workday", "sunday"),
    [
        *((word, DAY, DAY) for word in ("白天", "白班", "日间", "日班", "白", "每天白天")),
        *((word, NIGHT, NIGHT) for word in ("夜间", "夜晚", "夜班", "晚上", "晚间", "夜", "晚")),
        *((word, WHOLE_DAY, WHOLE_DAY) for word in ("24小时", "全天", "昼夜", "每天")),
        *((word, WHOLE_DAY, ()) for word in ("工作日", "周一至周五")),
        *((word, (), WHOLE_DAY) for word in ("周末", "双休日")),
        ("工作日白天", DAY, ()),
        ("工作日 8:00-17:00", ((480, 1020),), ()),
        ("8:00-17:00", ((480, 1020),), ((480, 1020),)),
        ("白天8:00-17:00", ((480, 1020),), ((480, 1020),)),
        ("夜间17:00-8:00", ((1020, 1920),), ((1020, 1920),)),
        ("晚上8点-早上8点", ((1200, 1920),), ((1200, 1920),)),
    ],
)
def test_when_a_number_is_answered(when: str, workday: Intervals, sunday: Intervals) -> None:
    hours = parse_when(when)
    assert hours is not None
    assert (hours.usual[0], hours.usual[6]) == (workday, sunday)


@pytest.mark.parametrize(
    "when",
    ["节假日", "工作时间", "上班时间", "非工作时间", "工作日上班时间", "上午", "中午", "8:00", "看情况"],
)
def test_what_is_not_sure_decides_nothing(when: str) -> None:
    assert parse_when(when) is None


def test_numbers_that_say_nothing_of_times_are_not_looked_at() -> None:
    assert answered("0535-0001234/0535-0001235（值班室）", "24 10:00") is None
    assert phones_answered((), STORY.wall("24 10:00"), "Asia/Shanghai") is None


def test_by_day_and_by_night() -> None:
    cell = "0535-0001234（白天）/0535-0001235（夜间）/0535-0001236"
    morning, evening = STORY.wall("24 08:00"), STORY.wall("24 18:00")
    assert answered(cell, "24 08:00") == PhonesAnswered((SURELY, NOT_NOW, PERHAPS), morning, evening)
    assert phones_answered(parse_phones(cell), evening - MOMENT, "Asia/Shanghai") == answered(
        cell, "24 08:00"
    )
    assert answered(cell, "24 18:00") == PhonesAnswered(
        (NOT_NOW, SURELY, PERHAPS), evening, STORY.wall("25 08:00")
    )


def test_a_number_whose_times_cannot_be_read_is_perhaps_answered() -> None:
    assert answered("0535-0001234（节假日）", "24 10:00") == PhonesAnswered((PERHAPS,), None, None)


@pytest.mark.parametrize(
    ("at", "now"),
    [
        ("2022-09-30 10:00", SURELY),
        ("2022-10-03 10:00", NOT_NOW),  # a Monday of the National Day holiday
        ("2022-10-08 10:00", SURELY),  # a Saturday that was worked for it
        ("2050-10-03 10:00", PERHAPS),  # nobody knows the holidays of that year yet
    ],
)
def test_the_workdays_of_a_phone_are_the_national_calendars(at: str, now: Answered) -> None:
    found = answered("0535-0001234（工作日）", at)
    assert found is not None
    assert found.each == (now,)


def test_the_turn_of_a_phone_is_a_boundary_of_its_site() -> None:
    story = Story(site={"phones": parse_phones("0535-0001234（7:30-18:00）")})
    assert story.judged("24 07:00").until == story.wall("24 07:30")
    assert story.judged("24 07:30").since == story.wall("24 07:30")
    assert story.judged("24 15:00").until == story.wall("24 18:00")
