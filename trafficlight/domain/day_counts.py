"""Counts of days as they came in: what was known of a day at an hour of it, and what is known by now."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, today
from trafficlight.domain.event import Reported, Withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.record import Record

DAYS_HELD: Final = 16
"""Today, the week before it, and the days that may still be corrected."""


class _Count(NamedTuple):
    report: str
    at: datetime
    patients: int


class DayCounts:
    """Reads a board's ledger, and goes on later from where it stopped. Not safe across threads."""

    def __init__(self, days: int = DAYS_HELD) -> None:
        self.position = 0
        """Of the last record that was read."""
        self._most = days
        self._days: dict[date, dict[str, list[_Count]]] = {}

    def advance(self, records: Iterable[Record]) -> None:
        """Read the records that come next."""
        for record in records:
            self.position = record.position
            event = record.event
            if isinstance(event, Reported) and event.patients is not None:
                day = self._days.setdefault(event.service_day, {})
                day.setdefault(event.site, []).append(_Count(event.id, record.at, event.patients))
            elif isinstance(event, Withdrawn):
                for sites in self._days.values():
                    counts = sites.get(event.site, [])
                    counts[:] = [one for one in counts if one.report != event.report]
        for old in sorted(self._days)[: -self._most]:
            del self._days[old]

    def of(self, day: date, until: datetime | None = None) -> dict[str, int]:
        """By site the last count of the day that had come by the instant, or that is known by now."""
        found = {}
        for site, counts in self._days.get(day, {}).items():
            known = [one.patients for one in counts if until is None or one.at <= until]
            if known:
                found[site] = known[-1]
        return found

    def course(self, day: date, instants: Sequence[datetime]) -> list[int]:
        """The sum of what had come by each of these instants, which ascend."""
        steps: list[tuple[datetime, int]] = []
        for counts in self._days.get(day, {}).values():
            before = 0
            for one in counts:
                steps.append((one.at, one.patients - before))
                before = one.patients
        steps.sort()
        sums, total, at = [], 0, 0
        for instant in instants:
            while at < len(steps) and steps[at][0] <= instant:
                total += steps[at][1]
                at += 1
            sums.append(total)
        return sums


def same_hour(board: Board, at: datetime, days_back: int) -> tuple[date, datetime]:
    """The service day so many days earlier, and the instant of it at which as much of it had passed."""
    now = today_at(board, at)
    day = now.day - days_back * ONE_DAY
    return day, today(day, board.cut_off, board.report_by, board.zone).start + (at - now.start)
