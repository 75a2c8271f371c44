"""Events → state. The fold runs in ledger order and is total: an event that makes no sense where it stands
changes nothing and is counted in `ignored`.

`FOLD_VERSION` rises whenever the same events give another state; snapshots of an older fold are then not used.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from trafficlight.domain import event as e
from trafficlight.domain.board import Board
from trafficlight.domain.day import service_day, today
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import cross_ends, judge, rule_light
from trafficlight.domain.light import Light
from trafficlight.domain.record import Record
from trafficlight.domain.rules import load_rule
from trafficlight.domain.state import (
    KEEP_DAYS,
    KEEP_GONE,
    KEEP_REPORTS,
    BoardFold,
    Cross,
    CrossAct,
    Gone,
    Mark,
    Notice,
    Override,
    Report,
    RuleVersion,
    SiteState,
    Tally,
    rule_in_force,
)

FOLD_VERSION = 1

BACK_DAYS = 7
"""A report may be about a day so far back."""


def fold_all(slug: str, records: Iterable[Record]) -> BoardFold:
    """The board after these records, from nothing."""
    fold = BoardFold(slug=slug)
    for record in records:
        apply(fold, record)
    return fold


def apply(fold: BoardFold, record: Record) -> None:
    """Take the next record of the board into its state."""
    mark = Mark(position=record.position, at=record.at)
    fold.position, fold.at = record.position, record.at
    step = _STEPS.get(type(record.event))
    if step is None or not step(fold, record.event, mark):
        fold.ignored += 1


# --- the board ----------------------------------------------------------------------------------------------------


def _board_put(fold: BoardFold, event: e.BoardPut, mark: Mark) -> bool:
    if event.board.slug != fold.slug:
        return False
    fold.board = event.board
    fold.header = mark
    _rejudge(fold, fold.sites.values(), mark)
    return True


def _rule_set(fold: BoardFold, event: e.RuleSet, mark: Mark) -> bool:
    raw = b""
    if event.rule is not None:
        try:
            load_rule(event.rule)
        except Refused:
            return False
        raw = msgspec.json.encode(event.rule, order="deterministic")
    state = fold.sites.get(event.site)
    if event.site and state is None:
        return False
    versions = state.rules if state else fold.rules
    versions.append(RuleVersion(version=len(versions) + 1, since=mark.at, raw=raw))
    if state:
        state.touched = mark
        _rejudge(fold, [state], mark)
    else:
        fold.header = mark
        _rejudge(fold, fold.sites.values(), mark)
    return True


def _notice_posted(fold: BoardFold, event: e.NoticePosted, mark: Mark) -> bool:
    fold.notices.pop(event.notice, None)
    if event.text:
        fold.notices[event.notice] = Notice(text=event.text, until=event.until, mark=mark)
    fold.header = mark
    return True


def _asked_back(fold: BoardFold, _event: e.AskedBack, _mark: Mark) -> bool:
    fold.asked_back += 1
    return True


# --- its sites ----------------------------------------------------------------------------------------------------


def _site_put(fold: BoardFold, event: e.SitePut, mark: Mark) -> bool:
    if fold.board is None:
        return False
    state = fold.sites.get(event.site.id)
    fold.shape = mark
    fold.gone.pop(event.site.id, None)
    if state is None:
        fold.sites[event.site.id] = SiteState(site=event.site, touched=mark, lit=mark)
        return True
    state.site = event.site
    state.touched = state.lit = mark
    _rejudge(fold, [state], mark)
    return True


def _site_removed(fold: BoardFold, event: e.SiteRemoved, mark: Mark) -> bool:
    state = fold.sites.pop(event.site, None)
    if state is None:
        return False
    fold.shape = mark
    fold.gone[event.site] = Gone(site=state.site, mark=mark, moved_to=event.moved_to)
    for old in [site for site, gone in fold.gone.items() if gone.mark.at + KEEP_GONE < mark.at]:
        del fold.gone[old]
    return True


def _overridden(fold: BoardFold, event: e.Overridden, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None:
        return False
    if event.light is None:
        state.override = None
    elif event.until is None or event.until <= mark.at:
        return False
    else:
        state.override = Override(
            position=mark.position, light=event.light, reason=event.reason, until=event.until, by=event.by
        )
    state.override_over = False
    state.touched = state.lit = mark
    return True


def _cross_confirmed(fold: BoardFold, event: e.CrossConfirmed, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None or state.cross is None or fold.board is None:
        return False
    state.cross_acts.append(CrossAct(position=mark.position, at=mark.at, confirmed=event.confirmed))
    _recount(fold, state, {_day_of(fold.board, mark.at)})
    state.touched = state.lit = mark
    return True


# --- reports ------------------------------------------------------------------------------------------------------


def _reported(fold: BoardFold, event: e.Reported, mark: Mark) -> bool:
    board, state = fold.board, fold.sites.get(event.site)
    if board is None or state is None:
        return False
    day = _day_of(board, mark.at)
    if not day - timedelta(days=BACK_DAYS) <= event.service_day <= day:
        return False
    before = judge(fold, state, mark.at)
    report = Report(
        id=event.id,
        position=mark.position,
        at=mark.at,
        day=event.service_day,
        current=event.service_day == day,
        patients=event.patients,
        capacity_today=event.capacity_today,
        staff_infected=event.staff_infected,
        expected_reopen=event.expected_reopen,
        note=event.note,
        phone_busy=event.phone_busy,
        by=event.by,
    )
    _settle(fold, state, mark.at)
    state.reports.append(report)
    _recount(fold, state, {event.service_day})
    answer = judge(fold, state, mark.at)
    state.reports[-1] = replace(report, answer=answer)
    state.touched = mark
    if (before.light, before.reason) != (answer.light, answer.reason):
        state.lit = mark
    return True


def _withdrawn(fold: BoardFold, event: e.Withdrawn, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None:
        return False
    report = next((kept for kept in state.reports if kept.id == event.report), None)
    if report is None or mark.at - report.at > KEEP_REPORTS:
        return False
    state.reports.remove(report)
    _recount(fold, state, {report.day})
    state.touched = state.lit = mark
    return True


def _day_of(board: Board, at: datetime) -> date:
    return service_day(at, board.cut_off, board.zone)


def _settle(fold: BoardFold, state: SiteState, at: datetime) -> None:
    """Let go of reports that can no longer be withdrawn; what they said stays in the settled tallies and cross."""
    horizon = at - KEEP_REPORTS
    if not state.reports or state.reports[0].at >= horizon:
        return
    board = fold.board
    old = [report for report in state.reports if report.at < horizon]
    acts = [act for act in state.cross_acts if act.at < horizon]
    state.settled_cross = _cross_after(board, state.settled_cross, old, acts)
    if state.override and any(_ends_override(report, state.override) for report in old):
        state.override, state.override_over = None, False
    for report in old:
        kept = next((tally for tally in state.settled if tally.day == report.day), Tally(day=report.day))
        state.settled = [tally for tally in state.settled if tally.day != report.day] + [_said(kept, report)]
    oldest = at.date() - timedelta(days=2 * BACK_DAYS + 2)
    state.settled = [tally for tally in state.settled if tally.day >= oldest]
    del state.reports[: len(old)]
    del state.cross_acts[: len(acts)]


def _recount(fold: BoardFold, state: SiteState, days: set[date]) -> None:
    """Derive anew, from the reports that stand, those days' tallies, the cross, and what else reports decide."""
    lights = {tally.day: tally.light for tally in state.tallies if tally.day in days}
    for day in days:
        tally = next((settled for settled in state.settled if settled.day == day), Tally(day=day))
        for report in state.reports:
            if report.day == day:
                tally = _said(tally, report)
        state.tallies = [kept for kept in state.tallies if kept.day != day]
        if tally.heard:
            state.tallies.append(tally)
            state.tallies.sort(key=_by_day)
            del state.tallies[: -KEEP_DAYS - 1]
    state.cross = _cross_after(fold.board, state.settled_cross, state.reports, state.cross_acts)
    state.override_over = bool(state.override) and any(_ends_override(r, state.override) for r in state.reports)
    state.heard_at = state.reports[-1].at if state.reports else None
    busy = next((r for r in reversed(state.reports) if r.phone_busy is not None), None)
    state.phone_busy_at = busy.at if busy and busy.phone_busy else None
    for day in days:
        _relight(fold, state, day, lights.get(day))


def _by_day(tally: Tally) -> date:
    return tally.day


def _said(tally: Tally, report: Report) -> Tally:
    """The day's figures after one more report: of each the last that was given."""
    speaks = report.patients is not None or report.capacity_today is not None
    return replace(
        tally,
        patients=tally.patients if report.patients is None else report.patients,
        capacity_today=tally.capacity_today if report.capacity_today is None else report.capacity_today,
        staff_infected=tally.staff_infected if report.staff_infected is None else report.staff_infected,
        at=report.at if speaks and report.current else tally.at,
        heard=True,
    )


def _ends_override(report: Report, override: Override | None) -> bool:
    closed = report.staff_infected is True and report.current
    return override is not None and closed and report.position > override.position


def _cross_after(
    board: Board | None, cross: Cross | None, reports: Iterable[Report], acts: Iterable[CrossAct]
) -> Cross | None:
    """The closure after what reports and desk said, in ledger order."""
    assert board is not None  # noqa: S101 - sites exist only on a board that was put
    steps: list[Report | CrossAct] = sorted([*reports, *acts], key=lambda step: step.position)
    for step in steps:
        over = cross is None or step.at >= cross_ends(cross, board)
        if isinstance(step, CrossAct):
            if cross is not None:
                cross = replace(cross, confirmed=True, word_at=step.at) if step.confirmed else None
        elif not step.current:
            continue
        elif step.staff_infected is True:
            standing = None if over else cross
            cross = Cross(
                since=standing.since if standing else step.at,
                word_at=step.at,
                reopen=step.expected_reopen or (standing.reopen if standing else None),
                confirmed=standing.confirmed if standing else False,
            )
        elif step.staff_infected is False or over:
            cross = None
    return cross


def _relight(fold: BoardFold, state: SiteState, day: date, before: Light | None) -> None:
    """Write beside a day's figures the light that they give, by the rule in force on that day at the latest."""
    board, now = fold.board, fold.at
    index = next((i for i, tally in enumerate(state.tallies) if tally.day == day), None)
    if board is None or now is None or index is None:
        return
    tally = state.tallies[index]
    end = today(day, board.cut_off, board.report_by, board.zone).end
    current = now < end
    judged = rule_light(state, board, rule_in_force(fold, state, now if current else end).rule(), tally)
    if current:
        closed = state.cross is not None
    else:
        closed = tally.staff_infected or (before is Light.CROSS and tally.staff_infected is None)
    light = Light.CROSS if closed else judged[0] if judged else None
    if light is not tally.light:
        state.tallies[index] = replace(tally, light=light)


def _rejudge(fold: BoardFold, states: Iterable[SiteState], mark: Mark) -> None:
    """Settings changed: today's figures get the light that now follows; days gone by keep theirs."""
    if fold.board is None:
        return
    day = _day_of(fold.board, mark.at)
    for state in states:
        state.lit = mark
        if state.tallies and state.tallies[-1].day == day:
            _relight(fold, state, day, state.tallies[-1].light)


_STEPS: dict[type[e.Event], Callable[[BoardFold, Any, Mark], bool]] = {
    e.BoardPut: _board_put,
    e.RuleSet: _rule_set,
    e.NoticePosted: _notice_posted,
    e.AskedBack: _asked_back,
    e.SitePut: _site_put,
    e.SiteRemoved: _site_removed,
    e.Overridden: _overridden,
    e.CrossConfirmed: _cross_confirmed,
    e.Reported: _reported,
    e.Withdrawn: _withdrawn,
}
