"""Which sites owe a report: the reporting times of the day against when each site reported."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.day import Today
from trafficlight.domain.hours import shut_on
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import Light
from trafficlight.domain.rota import rota_of
from trafficlight.domain.state import BoardFold, Judged, SiteState
from trafficlight.domain.tally import has_status


class ReportingTime(msgspec.Struct, frozen=True, kw_only=True):
    """One reporting time of the day, and which sites reported for it; those that need not are left out."""

    due: datetime
    passed: bool
    in_time: tuple[str, ...]
    late: tuple[str, ...]
    """Reported after it, but before the next one."""
    missing: tuple[str, ...]
    """Did not report at all; before the time: not yet."""


def reporting_times(fold: BoardFold, judged: Mapping[str, Judged], at: datetime) -> tuple[ReportingTime, ...]:
    """The reporting times of the instant's service day, in order.

    At the last one that has passed, exactly those sites are missing of which `owes` is true.
    """
    board = fold.board
    now = today_at(board, at)
    expected = [
        site
        for site, one in judged.items()
        if one.light is not Light.CROSS and is_due_on(fold.sites[site], board, now.day)
    ]
    reported = {
        site: [report.at for report in fold.sites[site].reports if report.at <= at and has_status(report)]
        for site in expected
    }
    found, since = list[ReportingTime](), now.start
    for number, due in enumerate(now.due):
        end = now.due[number + 1] if number + 1 < len(now.due) else now.end
        in_time, late, missing = [], [], []
        for site in expected:
            if any(since <= at <= due for at in reported[site]):
                in_time.append(site)
            elif any(due < at < end for at in reported[site]):
                late.append(site)
            else:
                missing.append(site)
        found.append(
            ReportingTime(
                due=due,
                passed=due <= at,
                in_time=tuple(in_time),
                late=tuple(late),
                missing=tuple(missing),
            )
        )
        since = due
    return tuple(found)


def due_since(now: Today, at: datetime) -> datetime | None:
    """Since when a report counts for the last reporting time that has passed; None before the first one.

    A report is in time if it came after the reporting time before that one, or after the day's start.
    """
    passed = [due for due in now.due if due <= at]
    if not passed:
        return None
    return passed[-2] if len(passed) > 1 else now.start


def owes(state: SiteState, judged: Judged, board: Board, at: datetime) -> bool:
    """Whether the site is to be chased: a reporting time has passed, and it has not reported for it.

    Sites closed for infection owe nothing, nor do sites shut on the day, nor ever stops with a rota.
    """
    now = today_at(board, at)
    since = due_since(now, at)
    if since is None or judged.light is Light.CROSS or not is_due_on(state, board, now.day):
        return False
    return state.last_report_at is None or state.last_report_at < since


def is_due_on(state: SiteState, board: Board, day: date) -> bool:
    """Whether the site is to report on that date: it is not shut, and it is not a stop with a rota."""
    return not shut_on(state.site, board, day) and rota_of(state, board) is None
