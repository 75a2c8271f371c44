"""The part of the fold that reports change: a site's figures of each day, their light, and its closure.

A new report is one step from what is known. Withdrawing one counts again from those that remain: the result
is as if it had never been made.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from sys import intern
from typing import Final, TypeVar

from msgspec.structs import replace

from trafficlight.domain import event as e
from trafficlight.domain.board import Board
from trafficlight.domain.closure import CrossAct
from trafficlight.domain.day import ONE_DAY, Today, service_day, today
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.state import (
    BACK_DAYS,
    HISTORY_DAYS,
    REPORT_RETENTION,
    BoardFold,
    Judged,
    Mark,
    Override,
    Report,
    SiteState,
    Tally,
    tally_of,
)
from trafficlight.domain.tally import (
    close_anew,
    close_last,
    closed_on,
    cross_after,
    cross_after_all,
    has_status,
    rejudge,
    store,
    with_light,
    with_report,
)

_Step = TypeVar("_Step", Report, CrossAct)

_CLOCK_TOLERANCE: Final = timedelta(seconds=10)
"""The action checked the day a moment before the ledger stamped it, by another clock: both may be right."""
_REPORTABLE_FOR: Final = (BACK_DAYS + 2) * ONE_DAY
"""How far back a report may be about at most: two days more than seven, for time zones and cut-offs."""


def reported(fold: BoardFold, event: e.Reported, mark: Mark) -> bool:
    board, state = fold.board, fold.sites.get(event.site)
    if state is None:
        return False
    at, day = mark.at, event.service_day
    now = today_at(board, at)
    if day == now.day:
        day = now.day  # one date for all reports of a day: a hundred thousand sites keep dozens each
    elif not _may_be_reported(board, day, at):
        return False
    if event.expected_reopen is not None and event.expected_reopen <= day:
        return False
    before = _judged_before(fold, state, at)
    report = _report(event, mark, now, day)
    if has_status(report) and state.tallies and state.tallies[-1].day < day:
        close_last(fold, state)
    _compact(board, state, at)
    if state.reports and state.reports[-1].at < now.start:
        # Answers of past days are hardly ever asked for again, and take half of a site's memory.
        state.reports = [replace(old, answer=None) if old.answer else old for old in state.reports]
    _take_closure(fold, state, report, now.day)
    if report.current and report.phone_busy is not None:
        state.phone_busy_at = at if report.phone_busy else None
    state.override_over = state.override_over or _ends(report, state.override)
    answer = judge(fold, state, at)
    state.reports.append(replace(report, answer=answer))
    if not report.current:
        fold.header = mark  # what the board says of its last days may change on every page
    state.touched = mark
    if (before.light, before.reason, before.paused) != (answer.light, answer.reason, answer.paused):
        state.light_changed = mark
    return True


def _report(event: e.Reported, mark: Mark, now: Today, day: date) -> Report:
    return Report(
        id=event.id,
        position=mark.position,
        at=mark.at,
        day=day,
        current=day >= now.day,
        patients=event.patients,
        capacity_today=event.capacity_today,
        staff_infected=event.staff_infected,
        expected_reopen=event.expected_reopen,
        note=event.note,
        phone_busy=event.phone_busy,
        by=intern(event.by),
        counted_at=_counted_at(event, now.start, mark.at),
        paused=event.paused,
        cleared=event.cleared,
    )


def _counted_at(event: e.Reported, day_start: datetime, at: datetime) -> datetime | None:
    """When the figures were true, where that is another instant of today than when they came."""
    counted_at = event.counted_at
    if counted_at is None or counted_at.tzinfo is None or not day_start <= counted_at < at:
        return None
    return counted_at


def _take_closure(fold: BoardFold, state: SiteState, report: Report, today: date) -> None:
    """Apply what the report says of a closure, and add it to its day's figures."""
    before = state.cross
    if before is not None or report.closes:
        state.cross = cross_after(fold.board, before, report)
    _count(fold, state, report)
    if state.cross is not before and report.day != today:
        rejudge(fold, state, today, report.at)


def _count(fold: BoardFold, state: SiteState, report: Report) -> None:
    """Add the report to its day's figures, unless it is about the site's phone alone."""
    if has_status(report):
        tally = with_report(tally_of(state, report.day) or Tally(day=report.day), report)
        store(state, with_light(fold, state, tally, report.at))
        state.last_report_at = report.at
        if report.current:
            state.current_report_at = report.at


def _judged_before(fold: BoardFold, state: SiteState, at: datetime) -> Judged:
    """The judgement just before a new report: the last answer, where nothing has changed since."""
    last = state.reports[-1] if state.reports else None
    if (
        last is not None
        and last.answer is not None
        and at < last.answer.until
        and last.position == state.touched.position
        and fold.header.position < last.position
    ):
        return last.answer
    return judge(fold, state, at)


def withdrawn(fold: BoardFold, event: e.Withdrawn, mark: Mark) -> bool:
    board, state = fold.board, fold.sites.get(event.site)
    if state is None:
        return False
    horizon = mark.at - REPORT_RETENTION
    found = [report for report in state.reports if report.id == event.report and report.at >= horizon]
    if not found:
        return False
    positions = {report.position for report in found}
    state.reports = [report for report in state.reports if report.position not in positions]
    state.cross = cross_after_all(board, state.compacted_cross, state.reports, state.cross_acts)
    reports = [report for report in reversed(state.reports) if has_status(report)]
    state.last_report_at = next((report.at for report in reports), None)
    state.current_report_at = next((report.at for report in reports if report.current), None)
    busy = [report for report in state.reports if report.current and report.phone_busy is not None]
    state.phone_busy_at = busy[-1].at if busy and busy[-1].phone_busy else None
    state.override_over = any(_ends(report, state.override) for report in state.reports)
    for day in {report.day for report in found}:
        _recount(state, day)
    if min(report.day for report in found) < today_at(board, mark.at).day:
        fold.header = mark
    close_anew(fold, state)
    # A closure decides the light of later days too.
    rejudge(fold, state, min(report.day for report in found), mark.at)
    state.touched = state.light_changed = mark
    return True


def cross_confirmed(fold: BoardFold, event: e.CrossConfirmed, mark: Mark) -> bool:
    board, state = fold.board, fold.sites.get(event.site)
    if state is None:
        return False
    _compact(board, state, mark.at)
    act = CrossAct(position=mark.position, at=mark.at, confirmed=event.confirmed)
    # Also where there is no closure now: the report that ended it may be withdrawn.
    state.cross_acts.append(act)
    if state.cross is None:
        return False
    state.cross = cross_after(board, state.cross, act)
    rejudge(fold, state, today_at(board, mark.at).day, mark.at)
    state.touched = state.light_changed = mark
    return True


def carried(state: SiteState, days: Sequence[e.CarriedDay], today: date) -> None:
    """Past days of a site that became one with this: of days without a report of its own."""
    known = {tally.day for tally in state.tallies}
    new = [
        Tally(
            day=one.day,
            patients=one.patients,
            whole=one.whole,
            capacity=one.capacity,
            light=one.light,
            closed=one.closed,
            reported_closed=one.closed or None,
        )
        for one in days
        if one.day < today and one.day not in known
    ]
    for tally in {tally.day: tally for tally in new}.values():
        store(state, tally)
        # A withdrawal counts the day again from these.
        state.compacted = [one for one in state.compacted if one.day != tally.day] + [tally]


def _may_be_reported(board: Board, day: date, at: datetime) -> bool:
    """Whether a report appended at the instant may be about the day: today or up to seven days back."""
    earliest = service_day(at - _CLOCK_TOLERANCE, board.cut_off, board.zone) - BACK_DAYS * ONE_DAY
    return earliest <= day <= service_day(at + _CLOCK_TOLERANCE, board.cut_off, board.zone)


def _ends(report: Report, override: Override | None) -> bool:
    """Whether the report ends the override: it reports a closure, and was made after the override was set."""
    return (
        override is not None
        and report.closes is True
        and report.current
        and report.position > override.position
    )


def _compact(board: Board, state: SiteState, at: datetime) -> None:
    """Drop reports that can no longer be withdrawn; their figures stay in compacted tallies and closure."""
    horizon = at - REPORT_RETENTION
    if not _is_before(state.reports, horizon) and not _is_before(state.cross_acts, horizon):
        return
    reports, acts = _before(state.reports, horizon), _before(state.cross_acts, horizon)
    last = max([report.at for report in reports] + [act.at for act in acts])
    if state.compacted_cross or state.closed_days or any(report.closes for report in reports):
        state.closed_days = _closed_days(board, state, last, at)
    state.compacted_cross = cross_after_all(board, state.compacted_cross, reports, acts)
    state.compacted_at = last
    if any(_ends(report, state.override) for report in reports):
        state.override, state.override_over = None, False
    del state.reports[: len(reports)], state.cross_acts[: len(acts)]
    compacted = {tally.day: tally for tally in state.compacted}
    for report in filter(has_status, reports):
        compacted[report.day] = with_report(compacted.get(report.day) or Tally(day=report.day), report)
    old = {day for day in compacted if day < at.date() - _REPORTABLE_FOR}
    if old:
        old -= {report.day for report in state.reports}
    state.compacted = [tally for day, tally in compacted.items() if day not in old]


def _closed_days(board: Board, state: SiteState, until: datetime, at: datetime) -> tuple[date, ...]:
    """The days up to `until` on which the site was closed, as far back as the pages show.

    To be called before the reports are dropped: afterwards nobody could tell when a closure was over.
    """
    now = today_at(board, at).day
    days = [day for day in state.closed_days if day >= now - HISTORY_DAYS * ONE_DAY]
    for back in range(HISTORY_DAYS, 0, -1):
        day = today(now - back * ONE_DAY, board.cut_off, board.report_by, board.zone)
        noted = state.compacted_at is not None and day.end <= state.compacted_at
        if not noted and day.end <= until and closed_on(board, state, day, at):
            days.append(day.day)
    return tuple(days)


def _is_before(steps: Sequence[Report | CrossAct], horizon: datetime) -> bool:
    return bool(steps) and steps[0].at < horizon


def _before(steps: list[_Step], horizon: datetime) -> list[_Step]:
    """Those at the beginning of the list that are older than the horizon."""
    count = 0
    while count < len(steps) and steps[count].at < horizon:
        count += 1
    return steps[:count]


def _recount(state: SiteState, day: date) -> None:
    """Count the day's figures again, from the compacted ones and the reports that remain."""
    former = tally_of(state, day)
    state.tallies = [tally for tally in state.tallies if tally.day != day]
    tally = next((old for old in state.compacted if old.day == day), None)
    for report in filter(has_status, state.reports):
        if report.day == day:
            tally = with_report(tally or Tally(day=day), report)
    if tally is not None:
        known = former or tally
        store(state, replace(tally, capacity=known.capacity, closed=known.closed))
