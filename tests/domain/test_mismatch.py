"""「与实际不符」: what is taken, what is kept, and that nobody but the desk sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.domain.story import Story
from trafficlight.domain import event as e
from trafficlight.domain.errors import Refused
from trafficlight.domain.mismatch import (
    MISMATCHES_LAST,
    MOST_MISMATCHES,
    WHATS,
    NewMismatch,
    mismatch_event,
    parse_mismatch,
    standing,
)
from trafficlight.domain.state import Judged, Mark


@pytest.mark.parametrize("what", WHATS)
def test_each_of_the_listed_things_can_be_told(what: str) -> None:
    assert parse_mismatch({"what": what}) == NewMismatch(what=what, hour=None)
    assert parse_mismatch({"what": what, "hour": None}).hour is None
    assert parse_mismatch({"what": what, "hour": 0}).hour == 0


@pytest.mark.parametrize(
    ("raw", "code", "field"),
    [
        (["closed"], "wrong_type", None),
        ({}, "missing", "what"),
        ({"what": "张医生态度不好"}, "not_listed", "what"),
        ({"what": None}, "not_listed", "what"),
        ({"what": ["closed"]}, "not_listed", "what"),
        ({"what": "closed", "hour": "8"}, "wrong_type", "hour"),
        ({"what": "closed", "hour": True}, "wrong_type", "hour"),
        ({"what": "closed", "hour": 24}, "out_of_range", "hour"),
        ({"what": "closed", "hour": -1}, "out_of_range", "hour"),
        ({"what": "closed", "note": "我姓王"}, "unknown_field", "note"),
    ],
)
def test_nothing_else_can_and_there_is_no_place_for_a_word(raw: Any, code: str, field: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parse_mismatch(raw)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    ("at", "hour", "about"),
    [
        ("24 08:10", None, None),
        ("24 08:10", 8, "24 08:00"),
        ("24 08:10", 0, "24 00:00"),
        ("24 08:10", 9, "23 09:00"),
        ("25 00:15", 23, "24 23:00"),
        ("25 00:00", 0, "25 00:00"),
    ],
)
def test_an_hour_is_the_last_one_of_that_number(at: str, hour: int | None, about: str | None) -> None:
    story = Story()
    fact = mismatch_event(story.fold, "a", NewMismatch(what="closed", hour=hour), story.wall(at))
    assert fact == e.MismatchReported(site="a", what="closed", about=story.wall(about) if about else None)


def test_the_desk_sees_what_was_told_and_when_it_was_so() -> None:
    story = Story()
    story.keep("24 08:10", e.MismatchReported(site="a", what="closed"))
    story.keep("24 09:00", e.MismatchReported(site="a", what="wrong_phone", about=story.wall("24 07:00")))
    kept = [(one.what, one.received_at, one.about) for one in standing(story.state(), story.wall("24 10:00"))]
    assert kept == [
        ("closed", story.wall("24 08:10"), story.wall("24 08:10")),
        ("wrong_phone", story.wall("24 09:00"), story.wall("24 07:00")),
    ]


def test_of_a_site_the_last_are_kept_and_for_a_while() -> None:
    story = Story()
    begin = story.wall("01 08:00")
    for minute in range(MOST_MISMATCHES + 5):
        story.keep(begin + timedelta(minutes=minute), e.MismatchReported(site="a", what="closed"))
    state = story.state()
    assert [one.received_at for one in state.mismatches] == [
        begin + timedelta(minutes=minute) for minute in range(5, MOST_MISMATCHES + 5)
    ]
    later = begin + MISMATCHES_LAST + timedelta(minutes=10)
    assert len(list(standing(state, later))) == MOST_MISMATCHES - 6
    story.keep(later, e.MismatchReported(site="a", what="closed"))
    assert len(state.mismatches) == MOST_MISMATCHES - 5


@pytest.mark.parametrize(
    "event",
    [
        e.MismatchReported(site="nowhere", what="closed"),
        e.MismatchReported(site="a", what="something newer"),
        e.MismatchReported(site="a", what="closed", about=datetime(2022, 12, 24)),  # noqa: DTZ001 - no instant
    ],
)
def test_one_that_makes_no_sense_is_counted_and_changes_nothing(event: e.MismatchReported) -> None:
    story = Story()
    story.keep("24 08:10", event)
    assert (story.fold.ignored, story.state().mismatches) == (1, [])


def test_it_touches_neither_the_site_nor_the_edition() -> None:
    story = Story()
    story.report("24 08:00", 12)

    def public() -> tuple[Mark, Mark, Mark, Judged]:
        state = story.state()
        return story.fold.edition_mark, state.touched, state.light_changed, story.judged("24 08:20")

    before = public()
    story.keep("24 08:10", e.MismatchReported(site="a", what="closed"))
    story.keep(
        "24 08:11", e.AskedBack(site="a", service_day=datetime(2022, 12, 24, tzinfo=UTC).date(), patients=900)
    )
    story.keep("24 08:12", e.Unknown(raw=b'{"type":"later","v":1}'))
    assert before == public()
    assert story.fold.position == before[0].position + 3
    story.report("24 08:30", 13)
    assert story.fold.edition_mark.position == story.fold.position
