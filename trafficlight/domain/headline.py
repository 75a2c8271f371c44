"""The board's one sentence, as a fact; its words are the formats' affair."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from trafficlight.domain.day import local
from trafficlight.domain.judge import opening_at, shut_on, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.state import BoardFold, Judged

LEAST_SILENT = 5
"""So many silent sites mean that something is broken, not that some clinics are busy."""
BUSY_SHARE = 0.8


class HeadlineKind(StrEnum):
    FAULT = "fault"
    """Sites are due and open, and none was heard from for `valid_hours`."""
    ALL_BUSY = "all_busy"
    """Four in five of the open sites that reported are red or closed."""
    HOLIDAY = "holiday"
    NIGHT = "night"
    EARLY = "early"
    COUNTS = "counts"


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    kind: HeadlineKind
    counts: Mapping[str, int]
    """Sites by light, and under `none` those without one."""
    open_now: int = 0
    """Sites that are open now by their hours or show a light."""
    next_open: datetime | None = None
    """When most of those now closed open again."""


def headline(fold: BoardFold, judged: Mapping[str, Judged], at: datetime) -> Headline:
    """The sentence for the judgements of all the board's sites at the instant.

    `fault` comes first; then `all_busy`; then what explains why most sites are closed (a special day, the night,
    the early morning); else the counts.
    """
    board = fold.board
    assert board is not None  # noqa: S101 - a board that was never put has no headline
    now = today_at(board, at)
    tally = Counter(one.light.value if one.light else "none" for one in judged.values())
    counts = {name: tally[name] for name in (*Light, "none")}
    closed = [one for one in judged.values() if one.reason is Reason.CLOSED_NOW]
    open_now = len(judged) - len(closed) - counts[Light.CROSS]
    opens = Counter(one.next_open for one in closed if one.next_open is not None)
    next_open = max(opens, key=lambda instant: (opens[instant], -instant.timestamp())) if opens else None

    def told(kind: HeadlineKind) -> Headline:
        return Headline(kind=kind, counts=counts, open_now=open_now, next_open=next_open)

    if _silent(fold, judged, at):
        return told(HeadlineKind.FAULT)
    lights = [one.light for one in judged.values() if one.light]
    busy = sum(light in {Light.RED, Light.CROSS} for light in lights)
    if lights and busy >= BUSY_SHARE * len(lights):
        return told(HeadlineKind.ALL_BUSY)
    if 2 * len(closed) > len(judged):
        date_now = local(at, board.zone).date()
        if date_now in board.special_days:
            return told(HeadlineKind.HOLIDAY)
        later_today = next_open is not None and local(next_open, board.zone).date() == date_now
        return told(HeadlineKind.EARLY if later_today and at < now.due[-1] else HeadlineKind.NIGHT)
    if at < now.due[0] and 2 * counts["none"] > len(judged):
        return told(HeadlineKind.EARLY)
    return told(HeadlineKind.COUNTS)


def _silent(fold: BoardFold, judged: Mapping[str, Judged], at: datetime) -> bool:
    """Whether enough sites are due, open and past a reporting time, and nobody was heard from for `valid_hours`."""
    board = fold.board
    assert board is not None  # noqa: S101 - as above
    now = today_at(board, at)
    if at < now.due[0]:
        return False
    heard_from = at - timedelta(hours=board.valid_hours)
    due = 0
    for site, one in judged.items():
        state = fold.sites[site]
        if state.heard_at is not None and state.heard_at > heard_from:
            return False
        due += one.light is None and one.reason is not Reason.CLOSED_NOW
    return due >= LEAST_SILENT
