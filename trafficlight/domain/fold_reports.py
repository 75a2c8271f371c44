"""The part of the fold that reports change: a site's figures of each day, their light, and its closure.

A new report is one step on what is known. Taking one back counts anew from those that are kept: the outcome
is as if it had never been made.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from sys import intern
from typing import Final, TypeVar

from msgspec.structs import replace

from trafficlight.domain import event as e
from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, service_day, today
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.state import (
    BACK_DAYS,
    HISTORY_DAYS,
    REPORT_RETENTION,
    BoardFold,
    CrossAct,
    Judged,
    Mark,
    Override,
    Report,
    SiteState,
    Tally,
    tally_of,
)
from trafficlight.domain.tally import (
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
"""The door looked at the day a moment before the ledger did, on a clock of its own. What it took is kept."""
_REPORTABLE_FOR: Final = (BACK_DAYS + 2) * ONE_DAY
"""A day so long past gets no new reports: two days more than seven, for zones and cut-offs."""


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
    shown = _judged_before(fold, state, at)
    _compact(board, state, at)
    report = Report(
        id=event.id,
        position=mark.position,
        at=at,
        day=day,
        current=day >= now.day,
        patients=event.patients,
        capacity_today=event.capacity_today,
        staff_infected=event.staff_infected,
        expected_reopen=event.expected_reopen,
        note=event.note,
        phone_busy=event.phone_busy,
        by=intern(event.by),
    )
    if state.reports and state.reports[-1].at < now.start:
        # Answers of days gone by are asked for once in a blue moon, and make up half of what a site holds.
        state.reports = [replace(kept, answer=None) if kept.answer else kept for kept in state.reports]
    before = state.cross
    if before is not None or report.staff_infected:
        state.cross = cross_after(board, before, report)
    _take_load(fold, state, report)
    if state.cross is not before and day != now.day:
        rejudge(fold, state, now.day, at)
    if report.current and report.phone_busy is not None:
        state.phone_busy_at = at if report.phone_busy else None
    state.override_over = state.override_over or _ends(report, state.override)
    answer = judge(fold, state, at)
    state.reports.append(replace(report, answer=answer))
    state.touched = mark
    if (shown.light, shown.reason) != (answer.light, answer.reason):
        state.light_changed = mark
    return True


def _take_load(fold: BoardFold, state: SiteState, report: Report) -> None:
    """What the report says of its day's load; nothing where it is of the phone alone."""
    if has_status(report):
        tally = with_report(tally_of(state, report.day) or Tally(day=report.day), report)
        store(state, with_light(fold, state, tally, report.at))
        state.last_report_at = report.at


def _judged_before(fold: BoardFold, state: SiteState, at: datetime) -> Judged:
    """What the site shows: as it was answered last, if nothing has come of it since."""
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
    taken = [report for report in state.reports if report.id == event.report and report.at >= horizon]
    if not taken:
        return False
    positions = {report.position for report in taken}
    state.reports = [report for report in state.reports if report.position not in positions]
    state.cross = cross_after_all(board, state.compacted_cross, state.reports, state.cross_acts)
    state.last_report_at = next((report.at for report in reversed(state.reports) if has_status(report)), None)
    busy = [report for report in state.reports if report.current and report.phone_busy is not None]
    state.phone_busy_at = busy[-1].at if busy and busy[-1].phone_busy else None
    state.override_over = any(_ends(report, state.override) for report in state.reports)
    for day in {report.day for report in taken}:
        _recount(state, day)
    # A closure colours the days after its own too.
    rejudge(fold, state, min(report.day for report in taken), mark.at)
    state.touched = state.light_changed = mark
    return True


def cross_confirmed(fold: BoardFold, event: e.CrossConfirmed, mark: Mark) -> bool:
    board, state = fold.board, fold.sites.get(event.site)
    if state is None:
        return False
    _compact(board, state, mark.at)
    act = CrossAct(position=mark.position, at=mark.at, confirmed=event.confirmed)
    state.cross_acts.append(
        act
    )  # also where there is no closure now: the report that ended it may be taken back
    if state.cross is None:
        return False
    state.cross = cross_after(board, state.cross, act)
    rejudge(fold, state, today_at(board, mark.at).day, mark.at)
    state.touched = state.light_changed = mark
    return True


def _may_be_reported(board: Board, day: date, at: datetime) -> bool:
    """Whether a report kept at the instant may be about the day: today or up to seven days back."""
    earliest = service_day(at - _CLOCK_TOLERANCE, board.cut_off, board.zone) - BACK_DAYS * ONE_DAY
    return earliest <= day <= service_day(at + _CLOCK_TOLERANCE, board.cut_off, board.zone)


def _ends(report: Report, override: Override | None) -> bool:
    """Whether the report ends the override: a closure told after it was set."""
    return (
        override is not None
        and report.staff_infected is True
        and report.current
        and report.position > override.position
    )


def _compact(board: Board, state: SiteState, at: datetime) -> None:
    """Let go of what can no longer be taken back; what it said stays in the settled tallies and closure."""
    horizon = at - REPORT_RETENTION
    if not _is_before(state.reports, horizon) and not _is_before(state.cross_acts, horizon):
        return
    reports, acts = _before(state.reports, horizon), _before(state.cross_acts, horizon)
    settled_at = max([report.at for report in reports] + [act.at for act in acts])
    if state.compacted_cross or state.closed_days or any(report.staff_infected for report in reports):
        state.closed_days = _closed_days(board, state, settled_at, at)
    state.compacted_cross = cross_after_all(board, state.compacted_cross, reports, acts)
    state.compacted_at = settled_at
    if any(_ends(report, state.override) for report in reports):
        state.override, state.override_over = None, False
    del state.reports[: len(reports)], state.cross_acts[: len(acts)]
    settled = {tally.day: tally for tally in state.compacted}
    for report in filter(has_status, reports):
        settled[report.day] = with_report(settled.get(report.day) or Tally(day=report.day), report)
    old = {day for day in settled if day < at.date() - _REPORTABLE_FOR}
    if old:
        old -= {report.day for report in state.reports}
    state.compacted = [tally for day, tally in settled.items() if day not in old]


def _closed_days(board: Board, state: SiteState, until: datetime, at: datetime) -> tuple[date, ...]:
    """The closed days that ended up to `until`, from where they were noted last; so many as are told.

    Asked before the reports that say so are let go of: afterwards nobody could tell when a closure was over.
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
    """Those at the beginning that are older than the horizon."""
    count = 0
    while count < len(steps) and steps[count].at < horizon:
        count += 1
    return steps[:count]


def _recount(state: SiteState, day: date) -> None:
    """The day's figures from what was settled and from the reports that stand; how it was judged is kept."""
    former = tally_of(state, day)
    state.tallies = [tally for tally in state.tallies if tally.day != day]
    tally = next((settled for settled in state.compacted if settled.day == day), None)
    for report in filter(has_status, state.reports):
        if report.day == day:
            tally = with_report(tally or Tally(day=day), report)
    if tally is not None:
        kept = former or tally
        store(state, replace(tally, capacity=kept.capacity, closed=kept.closed))
