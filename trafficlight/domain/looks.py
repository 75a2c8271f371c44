"""What whoever looked at a site's page saw on a day, and what its reports say of what they found.

Somebody looks each quarter of an hour from 6:00 to 22:00, and arrives 45 minutes later. It is recorded while
a ledger is replayed. What nobody reported is unknown: neither yes nor no. The figures: `accuracy.py`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, Today, instant
from trafficlight.domain.hours import Span, openings_of, shut_on
from trafficlight.domain.judge import load_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.replay import Segment
from trafficlight.domain.rules import Load
from trafficlight.domain.rules.pace import course_of
from trafficlight.domain.state import Report, Tally
from trafficlight.domain.tally import has_status, usual_volume, with_report

HOURS: Final = range(6, 22)
QUARTER: Final = 15
"""Minutes."""
ARRIVAL: Final = timedelta(minutes=45)
"""From looking at the page to standing at the desk; also how late a last count may be true before it shuts
for the day to be known to its end."""
MOMENT: Final = timedelta(microseconds=1)


class LookGrid(NamedTuple):
    """The looks of a service day, also those while a site is shut."""

    instants: tuple[datetime, ...]
    """Ascending."""
    hours: tuple[int, ...]
    """Those of each hour in `HOURS`, as a set of looks."""


@lru_cache(maxsize=1024)
def grid_of(day: date, cut_off: time, zone: str) -> LookGrid:
    """The looks of a service day; a clock time before the cut-off is of the next date."""
    walls = [time(hour, QUARTER * quarter) for hour in HOURS for quarter in range(60 // QUARTER)]
    walls.sort(key=lambda wall: (wall < cut_off, wall))
    return LookGrid(
        tuple(instant(day + (wall < cut_off) * ONE_DAY, wall, zone) for wall in walls),
        tuple(sum(1 << look for look, wall in enumerate(walls) if wall.hour == hour) for hour in HOURS),
    )


class LookRun(msgspec.Struct, frozen=True, gc=False):
    """Looks in a row for which the same load was known, and that saw the same light."""

    first: int
    end: int
    """The first look after it; looks are numbered from 0 in the order of the day."""
    light: Light | None
    load: Load | None
    """What a rule judged; None where something else decided (nobody reported, closed, set by the desk)."""


class DayReport(msgspec.Struct, frozen=True, gc=False):
    """What one report that was not withdrawn says of a day's load."""

    at: datetime
    """When it was true."""
    patients: int | None
    capacity_today: int | None
    """As it holds after this report; 0: it is full."""
    afterwards: bool
    """It was made on a later day: it is of the whole day."""


class DayLooks(msgspec.Struct, frozen=True, kw_only=True):
    """One site on one day: what whoever looked saw, and what its reports say of what they found."""

    grid: LookGrid
    start: datetime
    zone: str
    opening: tuple[Span, ...]
    """Empty: nobody knows its hours."""
    runs: tuple[LookRun, ...]
    """Ascending; while the site was not on the board, or the board was paused, there is none."""
    reports: tuple[DayReport, ...]
    """As they were made."""
    capacity: int | None
    """Patients a day, as declared when the day was last judged; None where nothing was reported."""
    closed: bool
    """The day ended with the site closed (✕)."""
    usual: float | None
    """The usual volume, by the days before."""


class LooksBuilder:
    """One day of one site, segment by segment."""

    def __init__(self, now: Today) -> None:
        self._now = now
        self._grid: LookGrid | None = None
        self._runs: list[LookRun] = []
        self._zone = ""
        self._opening: tuple[Span, ...] = ()
        self._shut = self._unsure = False
        self._usual: float | None = None

    def take(self, segment: Segment, board: Board) -> None:
        """The site between two instants at which its page was published with lights."""
        if self._grid is None:
            self._grid = grid_of(self._now.day, board.cut_off, board.zone)
            self._usual = usual_volume(segment.state, self._now.day)
        site = segment.state.site
        self._zone, self._opening = board.zone, openings_of(site, board, self._now)
        self._shut = not self._opening and shut_on(site, board, self._now.day)
        first, end = (bisect_left(self._grid.instants, at) for at in (segment.since, segment.until))
        if first == end:
            return
        self._unsure |= segment.judged.is_open is None
        by_rule = segment.judged.reason in {Reason.RULE, Reason.RULE_UNREADABLE}
        load = load_at(segment.fold, segment.state, segment.since) if by_rule else None
        run = LookRun(first, end, segment.judged.light, load)
        last = self._runs[-1] if self._runs else None
        if last and last.end == first and (last.light, last.load) == (run.light, run.load):
            self._runs[-1] = LookRun(last.first, end, run.light, run.load)
        else:
            self._runs.append(run)

    def result(self, reports: Iterable[Report], tally: Tally | None) -> DayLooks | None:
        """The day, with what its reports say of it by now; None where nothing was to be seen."""
        if self._grid is None or not self._runs or self._shut:
            return None
        return DayLooks(
            grid=self._grid,
            start=self._now.start,
            zone=self._zone,
            opening=() if self._unsure else self._opening,
            runs=tuple(self._runs),
            reports=tuple(_day_reports(self._now.day, reports)),
            capacity=tally.capacity if tally else None,
            closed=tally is not None and tally.light is Light.CROSS,
            usual=self._usual,
        )


def _day_reports(day: date, reports: Iterable[Report]) -> Iterator[DayReport]:
    tally = Tally(day=day)
    for report in filter(has_status, reports):
        tally = with_report(tally, report)
        at = report.counted_at or report.at
        yield DayReport(at, report.patients, tally.capacity_today, not report.current)


# --- what a day was like: sets of looks are bits, the first look the lowest ---------------------------------


class Outcome(StrEnum):
    """What is known of a site's day."""

    FILLED = "filled"
    """The places were used up, and the minute is known."""
    FILLED_SOMETIME = "filled_sometime"
    """The places were used up, but nobody knows when."""
    ROOM = "room"
    """Places were left: its last count, true in the last 45 minutes or later, is below the capacity."""
    UNSURE = "unsure"
    """No count reached the capacity, but none is of the day's end."""
    FALLING = "falling"
    """A later count is below an earlier one: one of them is wrong."""
    UNCOUNTED = "uncounted"
    """It reported no number."""
    CLOSED = "closed"
    """It ended the day closed (✕)."""
    NO_HOURS = "no_hours"
    """It is not known when it is open: there are no looks to judge."""


JUDGED: Final = (Outcome.FILLED, Outcome.FILLED_SOMETIME, Outcome.ROOM, Outcome.UNSURE)
"""Of these days some looks can be judged."""


class _Reached(NamedTuple):
    """When the day's count came to a number: not before the one, surely by the other (None: nobody knows)."""

    not_before: datetime
    by: datetime | None


class DayCount(NamedTuple):
    """A count of a day, or that the site was full."""

    at: datetime
    patients: int
    """Of whoever said only that it is full, the number before; 0 where there is none."""
    full: bool
    """The site said so, whatever its number."""
    afterwards: bool


class DayFacts(NamedTuple):
    """A day as its reports tell it; sets of looks are those in which the site was open."""

    outcome: Outcome
    filled: tuple[datetime, datetime] | None
    """Not before the one and surely by the other, the same where the minute is known."""
    looks: int
    full: int
    """Whoever looked found it full on arrival …"""
    room: int
    """… or with places left; of the other looks nobody knows."""
    next_full: int
    """At the next report the site was full …"""
    next_room: int
    mostly: int
    """On arrival seven tenths of the places were gone …"""
    not_mostly: int


def facts_of(day: DayLooks) -> DayFacts:
    """What is known of the day, whatever its lights were."""
    at = day.grid.instants
    covered = opened = 0
    for run in day.runs:
        covered |= span_mask(run.first, run.end)
    for since, until in day.opening:
        opened |= span_mask(bisect_left(at, since), bisect_left(at, until))
    looks = covered & opened
    counts, capacity = counts_of(day)
    outcome = _without_counts(day, counts)
    if outcome:
        return DayFacts(outcome, None, looks, 0, 0, 0, 0, 0, 0)
    full = _reached(day, counts, 10 * capacity)
    mostly = _reached(day, counts, 7 * capacity)
    close = day.opening[-1][1]
    if full.by is None:
        outcome = Outcome.ROOM if counts[-1].at >= close - ARRIVAL else Outcome.UNSURE
    else:
        outcome = Outcome.FILLED if full.not_before == full.by else Outcome.FILLED_SOMETIME
    next_full = next_room = begin = 0
    for count in counts:
        end = bisect_left(at, count.at)
        if not count.afterwards and end > begin:
            if count.full or count.patients >= capacity:
                next_full |= span_mask(begin, end)
            else:
                next_room |= span_mask(begin, end)
            begin = end
    full_looks, room = _on_arrival(at, close, full)
    mostly_looks, not_mostly = _on_arrival(at, close, mostly)
    return DayFacts(
        outcome=outcome,
        filled=(full.not_before, full.by) if full.by else None,
        looks=looks,
        full=looks & full_looks,
        room=looks & room,
        next_full=looks & next_full,
        next_room=looks & next_room,
        mostly=looks & mostly_looks,
        not_mostly=looks & not_mostly,
    )


def span_mask(first: int, end: int) -> int:
    return (1 << end) - (1 << first) if end > first else 0


def counts_of(day: DayLooks) -> tuple[list[DayCount], int]:
    """The day's counts in the order in which they were true, and how many the site can see in the day.

    That it was full counts only if that was not taken back, by a number of places or by reopening.
    """
    holding = [report.capacity_today for report in day.reports]
    full_since = len(holding)
    while full_since and holding[full_since - 1] == 0:
        full_since -= 1
    capacity = (holding[full_since - 1] if full_since else None) or day.capacity or 1
    close = day.opening[-1][1] if day.opening else day.start
    counts: list[DayCount] = []
    last = 0
    for index, report in enumerate(day.reports):
        if report.patients is None and index != full_since:
            continue
        last = last if report.patients is None else report.patients
        at = close if report.afterwards else report.at
        counts.append(DayCount(at, last, index >= full_since, report.afterwards))
    return sorted(counts, key=lambda count: count.at), capacity


def _without_counts(day: DayLooks, counts: Sequence[DayCount]) -> Outcome | None:
    """Why the day cannot be judged; None where it can."""
    if not day.opening:
        return Outcome.NO_HOURS
    if day.closed:
        return Outcome.CLOSED
    if not counts:
        return Outcome.UNCOUNTED
    numbers = [count.patients for count in counts]
    return Outcome.FALLING if numbers != sorted(numbers) else None


def _reached(day: DayLooks, counts: Sequence[DayCount], tenths: int) -> _Reached:
    """When ten times the count came to so many: between two counts along the course of the opening."""
    course = course_of(day.opening, day.start, day.zone)
    before: DayCount | None = None
    for count in counts:
        if not count.full and 10 * count.patients < tenths:
            before = count
            continue
        if before is None:
            return _Reached(min(day.opening[0][0], count.at), count.at)
        gone, then = (course.gone((one.at - day.start) // MOMENT) for one in (before, count))
        if 10 * count.patients < tenths or then <= gone:
            return _Reached(before.at + MOMENT, count.at)
        missing, came = tenths - 10 * before.patients, 10 * (count.patients - before.patients)
        offset = course.reached(gone - -missing * (then - gone) // came)
        found = min(max(day.start + offset * MOMENT, before.at + MOMENT), count.at)
        return _Reached(found, found)
    assert before is not None  # noqa: S101 - there is a count, and it is below
    return _Reached(before.at + MOMENT, None)


def _on_arrival(at: Sequence[datetime], close: datetime, reached: _Reached) -> tuple[int, int]:
    """The looks whose arrivals, before it shuts, are surely after, and those that are surely before."""
    after = before = 0
    if reached.by is not None and reached.by <= close:
        after = span_mask(bisect_left(at, reached.by - ARRIVAL), len(at))
    if close < reached.not_before:
        before = span_mask(0, len(at))
    else:
        before = span_mask(0, bisect_left(at, reached.not_before - ARRIVAL))
    return after, before
