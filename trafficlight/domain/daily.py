"""The daily sheet: every site on one service day, today so far or a day that is over; and sums of many.

Numbers are compared over those sites alone that gave one on both days: where fewer have reported, that is
not fewer patients.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain.board import Board, Site, declared_capacity
from trafficlight.domain.day import ONE_DAY, local, today
from trafficlight.domain.day_counts import DayCounts, same_hour
from trafficlight.domain.due import reporting_times
from trafficlight.domain.hours import shut_on, special_day
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.lookback import Blank, DayWalk, Punctuality
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold, Judged, SiteState, tally_of

WEEK: Final = 7
_MOMENT: Final = timedelta(microseconds=1)


class DailyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One site on the day."""

    site: Site
    patients: int | None
    """The last count of the day; None: none was given."""
    capacity: int | None
    """Patients a day that it can see, as somebody said; None where it would only be assumed."""
    shows: Light | Reason | Blank
    """The light: today the one that stands, else the day's last; where there is none, why."""
    first: datetime | None
    last: datetime | None
    """When the day's first and last report came, those of the day itself."""
    answers: Mapping[str, Punctuality]
    """By reporting time that has passed, on the board's clock (`09:00`)."""
    hours: str
    """What is written of the hours on that date."""
    shut: bool
    """Surely closed all that date."""
    before: int | None
    """The count of the day before: at the same hour, or of the whole day where this one is over."""
    week: int | None
    """The same of a week before."""

    @property
    def share(self) -> int | None:
        """Patients of a hundred that it can see; None where either is not known."""
        if self.patients is None or not self.capacity:
            return None
        return round(self.patients * 100 / self.capacity)


class Compared(msgspec.Struct, frozen=True):
    """A sum beside an earlier one."""

    patients: int
    sites: int
    """The earlier sum, and how many sites it is of."""
    both: int
    """Sites that gave a number on both days, and what these came to now and then."""
    now: int
    then: int

    @property
    def change(self) -> int | None:
        """Of the sites that gave a number on both days; None where there are none."""
        return self.now - self.then if self.both else None

    @property
    def percent(self) -> int | None:
        """The same in per cent of then; None where then there was nobody."""
        return round((self.now - self.then) * 100 / self.then) if self.then else None


class DailySum(msgspec.Struct, frozen=True, kw_only=True):
    """Several sites together."""

    name: str
    """Of the town, or the code of the kind; empty for all, and for sites without a town."""
    sites: int
    reported: int
    """How many gave a number."""
    patients: int
    share: int | None
    """Patients of a hundred that can be seen, over the sites of which both are known."""
    before: Compared
    week: Compared
    lights: Mapping[str, int]
    """By light, and under `none` those without one."""
    missing: int
    """Of those that were to answer the last reporting time that has passed: did not."""


class Daily(msgspec.Struct, frozen=True, kw_only=True):
    """The sheet."""

    day: date
    at: datetime
    """Up to when it counts: now, or the end of the day."""
    over: bool
    clocks: tuple[str, ...]
    """The reporting times that have passed, on the board's clock."""
    rows: tuple[DailyRow, ...]
    """By town and name; sites without a town last."""

    def sums(self, by: Callable[[Site], str]) -> list[DailySum]:
        """The rows in groups, in the order of their names."""
        groups: dict[str, list[DailyRow]] = {}
        for row in self.rows:
            groups.setdefault(by(row.site), []).append(row)
        return [self._sum(name, groups[name]) for name in sorted(groups, key=lambda name: (not name, name))]

    def total(self) -> DailySum:
        """All rows together."""
        return self._sum("", self.rows)

    def _sum(self, name: str, rows: Sequence[DailyRow]) -> DailySum:
        known = [(row.patients, row.capacity) for row in rows if row.patients is not None and row.capacity]
        able = sum(capacity for _, capacity in known)
        last = self.clocks[-1] if self.clocks else ""
        return DailySum(
            name=name,
            sites=len(rows),
            reported=sum(row.patients is not None for row in rows),
            patients=sum(row.patients or 0 for row in rows),
            share=round(sum(patients for patients, _ in known) * 100 / able) if able else None,
            before=_compared((row.patients, row.before) for row in rows),
            week=_compared((row.patients, row.week) for row in rows),
            lights=Counter(str(row.shows) if isinstance(row.shows, Light) else "none" for row in rows),
            missing=sum(row.answers.get(last) is Punctuality.MISSING for row in rows),
        )


def _compared(pairs: Iterable[tuple[int | None, int | None]]) -> Compared:
    known = list(pairs)
    earlier = [then for _, then in known if then is not None]
    both = [(now, then) for now, then in known if now is not None and then is not None]
    return Compared(
        sum(earlier), len(earlier), len(both), sum(now for now, _ in both), sum(then for _, then in both)
    )


def daily_now(fold: BoardFold, judged: Mapping[str, Judged], counts: DayCounts, at: datetime) -> Daily:
    """Today so far. `counts`: read up to where the fold stands."""
    board = fold.board
    day = today_at(board, at).day
    before = counts.of(*same_hour(board, at, 1))
    week = counts.of(*same_hour(board, at, WEEK))
    answers: dict[str, dict[str, Punctuality]] = {site: {} for site in judged}
    clocks = []
    for call in reporting_times(fold, judged, at):
        if not call.passed:
            continue
        clocks.append(f"{local(call.due, board.zone):%H:%M}")
        for answer, sites in (
            (Punctuality.IN_TIME, call.in_time),
            (Punctuality.LATE, call.late),
            (Punctuality.MISSING, call.missing),
        ):
            for site in sites:
                answers[site][clocks[-1]] = answer
    rows = []
    for site, one in judged.items():
        state = fold.sites[site]
        tally = tally_of(state, day)
        came = [report.at for report in state.reports if report.current and report.day == day]
        rows.append(
            _row(
                board,
                state,
                day,
                (before.get(site), week.get(site)),
                _OfDay(
                    tally.patients if tally else None,
                    one.light or (tally.light if tally and tally.light else one.reason),
                    came,
                    answers[site],
                ),
            )
        )
    return Daily(day=day, at=at, over=False, clocks=tuple(clocks), rows=_sorted(rows))


def daily_of(slug: str, records: Sequence[Record], day: date, at: datetime) -> Daily | None:
    """A day that is over at the instant, from the board's whole ledger; None where it has no such day.

    Sites, hours and lights are those of that day; numbers are those that are known by now.
    """
    counts = DayCounts(days=sys.maxsize)
    counts.advance(records)
    replay = Replay(slug)
    for number, record in enumerate(records):
        if replay.fold and record.at >= _end_of(day, replay.fold.board):
            records = records[:number]
            break
        replay.apply(record)
    fold = replay.fold
    if fold is None or not fold.at < (end := _end_of(day, fold.board)) <= at:
        return None
    walk = DayWalk(fold.board, day)
    walk.advance(records, end)
    by_site = walk.lookback((day,)).sites
    known = {back: counts.of(day - back * ONE_DAY) for back in (0, 1, WEEK)}
    rows, clocks = [], set[str]()
    for site, state in fold.sites.items():
        found = by_site.get(site, {}).get(day)
        answers = found.answers if found else {}
        clocks.update(answers)
        rows.append(
            _row(
                fold.board,
                state,
                day,
                (known[1].get(site), known[WEEK].get(site)),
                _OfDay(
                    known[0].get(site),
                    (found.last or found.mark) if found else judge(fold, state, end - _MOMENT).reason,
                    (found.reported or ()) if found else (),
                    answers,
                ),
            )
        )
    return Daily(day=day, at=end, over=True, clocks=tuple(sorted(clocks)), rows=_sorted(rows))


def _end_of(day: date, board: Board) -> datetime:
    return today(day, board.cut_off, board.report_by, board.zone).end


class _OfDay(NamedTuple):
    """What was found out of a site's day."""

    patients: int | None
    shows: Light | Reason | Blank
    came: Sequence[datetime]
    answers: Mapping[str, Punctuality]


def _row(
    board: Board, state: SiteState, day: date, earlier: tuple[int | None, int | None], of_day: _OfDay
) -> DailyRow:
    tally, site = tally_of(state, day), state.site
    return DailyRow(
        site=site,
        patients=of_day.patients,
        capacity=(tally.capacity_today if tally else None) or declared_capacity(site, board),
        shows=of_day.shows,
        first=min(of_day.came, default=None),
        last=max(of_day.came, default=None),
        answers=of_day.answers,
        hours=special_day(site, board, day) or site.hours,
        shut=shut_on(site, board, day),
        before=earlier[0],
        week=earlier[1],
    )


def _sorted(rows: Iterable[DailyRow]) -> tuple[DailyRow, ...]:
    return tuple(sorted(rows, key=lambda row: (not row.site.town, row.site.town, row.site.name, row.site.id)))
