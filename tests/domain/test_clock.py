"""Times of the day and days as people write them, and a phone's word of when it was."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from trafficlight.domain.board import Board
from trafficlight.domain.clock import PHONE_CLOCK, WAITED, Waiting, parse_clock, read_date, split_moment
from trafficlight.domain.errors import Refused

TODAY = date(2022, 12, 24)
BOARD = Board(slug="longkou", name="龙口市")
NOW = datetime(2022, 12, 24, 3, 0, tzinfo=UTC)
"""11:00 on the board's clock."""


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("9:05", (9, 5)),
        ("09:05", (9, 5)),
        ("９：０５", (9, 5)),
        (" 9:05:33 ", (9, 5)),
        ("9点", (9, 0)),
        ("9点整", (9, 0)),
        ("9点钟", (9, 0)),
        ("9点半", (9, 30)),
        ("九点一刻", (9, 15)),
        ("十点三刻", (10, 45)),
        ("9时05分", (9, 5)),
        ("上午9点05", (9, 5)),
        ("下午3点", (15, 0)),
        ("下午3:20", (15, 20)),
        ("下午15:20", (15, 20)),
        ("中午12点半", (12, 30)),
        ("中午1点", (13, 0)),
        ("中午11点50", (11, 50)),
        ("晚上8点", (20, 0)),
        ("凌晨12点10分", (0, 10)),
        ("3点", (3, 0)),  # nobody said that it was in the afternoon
        ("23:59", (23, 59)),
        ("0:00", (0, 0)),
    ],
)
def test_a_time_is_read_as_people_write_it(written: str, clock: tuple[int, int]) -> None:
    assert parse_clock("counted_at", written) == time(*clock)


@pytest.mark.parametrize(
    "written",
    ["24:00", "9", "9:5", "9:60", "25点", "soon", "上午15点", "9:05前", "三五点", "-9:05", "9点九十分"],
)
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_clock("counted_at", written)
    assert (refused.value.code, refused.value.field) == ("bad_time", "counted_at")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022-12-23", date(2022, 12, 23)),
        ("2022/12/23", date(2022, 12, 23)),
        ("2022年12月23日", date(2022, 12, 23)),
        ("12月23日", date(2022, 12, 23)),
        ("12/23", date(2022, 12, 23)),
        ("今天", TODAY),
        ("昨天", date(2022, 12, 23)),
        ("12-25", date(2022, 12, 25)),  # tomorrow, to be refused
        ("12-31", date(2021, 12, 31)),
        ("2月30日", None),
        ("24日", None),
        ("9:05", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(written: str, day: date | None) -> None:
    assert read_date(written, TODAY) == day


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("2022-12-24 09:05", ("2022-12-24", "09:05")),
        ("2022-12-24T09:05", ("2022-12-24", "09:05")),
        ("12月24日9点半", ("12月24日", "9点半")),
        ("今天 9:05", ("今天", "9:05")),
        ("9:05", ("", "9:05")),
        ("下午3点", ("", "下午3点")),
        ("", ("", "")),
    ],
)
def test_a_time_may_stand_behind_its_day(written: str, parts: tuple[str, str]) -> None:
    assert split_moment(written) == parts


def waited(minutes: float, *, off: timedelta = timedelta()) -> Waiting:
    """So long on a phone whose clock is so far ahead."""
    return Waiting(typed_at=NOW + off - timedelta(minutes=minutes), sent_at=NOW + off)


def test_a_report_that_waited_was_typed_when_the_phone_says() -> None:
    moment = waited(125.5).moment(BOARD, NOW)
    assert moment is not None
    assert (moment.day, moment.clock) == (TODAY, time(8, 54))


def test_a_report_that_was_sent_at_once_says_no_time() -> None:
    assert waited(0.2).moment(BOARD, NOW) is None
    assert waited(WAITED / timedelta(minutes=1)).moment(BOARD, NOW) is not None


@pytest.mark.parametrize("sign", [1, -1])
def test_a_phone_whose_clock_is_not_near_ours_is_not_believed(sign: int) -> None:
    tick = timedelta(seconds=1)
    assert waited(60, off=sign * PHONE_CLOCK).moment(BOARD, NOW) is not None
    assert waited(60, off=sign * (PHONE_CLOCK + tick)).moment(BOARD, NOW) is None
    assert waited(60, off=sign * timedelta(days=1)).moment(BOARD, NOW) is None


def test_a_phone_that_typed_after_it_sent_is_not_believed() -> None:
    assert waited(-10).moment(BOARD, NOW) is None
