"""What a site's reports say of one day, the light that this gives, and its closure (✕)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from trafficlight.domain.board import Board, Site, capacity_of, declared_capacity
from trafficlight.domain.closure import CROSS_LASTS, Cross, CrossAct
from trafficlight.domain.day import ONE_DAY, Today, instant, today
from trafficlight.domain.hours import openings_of
from trafficlight.domain.light import Light
from trafficlight.domain.rules import Load
from trafficlight.domain.rules.pace import COMMON_RHYTHM, day_exponent, rhythm_of, whole_day
from trafficlight.domain.state import (
    BoardFold,
    Report,
    SiteState,
    Tally,
    pack_count,
    rule_in_force,
    tally_of,
    unpack_count,
)

USUAL_DAYS: Final = 14
"""The usual volume is the median of at most so many reported days …"""
USUAL_WITHIN: Final = timedelta(days=90)
"""… none of them longer ago than this."""
_MOST_TALLIES: Final = USUAL_DAYS + 1
"""Of one site: today's, and those that the usual volume is made of."""
_LAST_MOMENT: Final = timedelta(microseconds=1)


def has_status(report: Report) -> bool:
    """Whether the report says how busy the site is or whether it is closed, not only that its phone is."""
    status = (report.patients, report.capacity_today, report.closes)
    return any(one is not None for one in status) or "capacity_today" in report.cleared


def with_report(tally: Tally, report: Report) -> Tally:
    """The day's figures after one more report: of each the last that was given, unless it holds no longer."""
    closes, current, counted = report.closes, report.current, report.patients is not None
    capacity, unlimited = report.capacity_today, "capacity_today" in report.cleared
    # Full before it closed says nothing of a site that has opened again.
    over = closes is False and tally.reported_closed is True and tally.capacity_today == 0
    if capacity is None and not unlimited and not over:
        capacity = tally.capacity_today
    loaded = counted or report.capacity_today is not None or unlimited
    at = report.counted_at or report.at
    return Tally(
        day=tally.day,
        patients=tally.patients if report.patients is None else report.patients,
        capacity_today=capacity,
        reported_closed=tally.reported_closed if closes is None else closes,
        corrected=tally.corrected if current or closes is None else closes,
        at=at if current and loaded else tally.at,
        counted_at=(at if current else None) if counted else tally.counted_at,
        first=_first(tally, report, at),
        closed_at=report.at if current and closes else tally.closed_at,
        capacity=tally.capacity,
        closed=tally.closed,
        light=tally.light,
        whole=(None if current else report.patients) if counted else tally.whole,
        exponent=None if counted and current else tally.exponent,
    )


def _first(tally: Tally, report: Report, at: datetime) -> int | None:
    if tally.first is not None or report.patients is None or not report.current:
        return tally.first
    return pack_count(at, report.patients)


def load_of(  # noqa: PLR0913 - what a rule knows comes from as many places
    site: Site,
    board: Board,
    day: Today,
    counted_at: datetime,
    *,
    patients: int = 0,
    capacity: int | None = None,
    rhythm: int = COMMON_RHYTHM,
) -> Load:
    """What a rule may know of the site: a count of the day, and when it was true."""
    return Load(
        site=site.id,
        capacity=capacity or capacity_of(site, board),
        patients=patients,
        counted_at=counted_at,
        opening=openings_of(site, board, day),
        day_start=day.start,
        day_end=day.end,
        zone=board.zone,
        rhythm=rhythm,
    )


def capacity_assumed(state: SiteState, board: Board, day: date) -> bool:
    """Whether nobody said how many the site can see on the day: then a number is only taken for it."""
    tally = tally_of(state, day)
    return declared_capacity(state.site, board) is None and not (tally and tally.capacity_today)


def close_last(fold: BoardFold, state: SiteState) -> None:
    """A later day begins: what the last one's counts say of its whole, and of the rhythm, is settled."""
    if state.tallies:
        state.tallies[-1] = _closed(fold, state, state.tallies[-1])
        _set_rhythm(state, state.tallies)


def close_anew(fold: BoardFold, state: SiteState) -> None:
    """The same for every day but the last, of which nothing is settled while no later one has begun."""
    for index, tally in enumerate(state.tallies):
        if index + 1 < len(state.tallies):
            state.tallies[index] = tally if tally.whole is not None else _closed(fold, state, tally)
        elif tally.counted_at is not None:
            state.tallies[index] = replace(tally, whole=None, exponent=None)
    _set_rhythm(state, state.tallies[:-1])


def _closed(fold: BoardFold, state: SiteState, tally: Tally) -> Tally:
    if tally.patients is None or tally.counted_at is None or tally.first is None:
        return tally
    board = fold.board
    load = load_of(
        state.site,
        board,
        today(tally.day, board.cut_off, board.report_by, board.zone),
        tally.counted_at,
        patients=tally.patients,
        capacity=tally.capacity_today or tally.capacity,
    )
    return replace(tally, whole=whole_day(load), exponent=day_exponent(load, *unpack_count(tally.first)))


def _set_rhythm(state: SiteState, closed: Sequence[Tally]) -> None:
    state.rhythm = rhythm_of([tally.exponent for tally in closed if tally.exponent is not None])


def rhythm_on(fold: BoardFold, state: SiteState, day: date) -> int:
    """By which rhythm a count of the day is judged, also of one that has not begun yet."""
    if not state.tallies or state.tallies[-1].day >= day:
        return state.rhythm
    begun = replace(state, tallies=list(state.tallies))
    close_last(fold, begun)
    return begun.rhythm


def with_light(fold: BoardFold, state: SiteState, tally: Tally, now: datetime) -> Tally:
    """The tally with its light as of `now`.

    A past day is judged by the rule and the declared capacity that it ended with, whatever came later.
    """
    board = fold.board
    day = today(tally.day, board.cut_off, board.report_by, board.zone)
    over = now >= day.end
    capacity = tally.capacity if over and tally.capacity else capacity_of(state.site, board)
    # What was reported after the day's end may be compacted with the rest: then what was known stays.
    known = not over or state.compacted_at is None or state.compacted_at < day.end
    closed = closed_on(board, state, day, now) if known else tally.closed
    light: Light | None = None
    if closed if tally.corrected is None else tally.corrected:
        light = Light.CROSS
    elif tally.capacity_today == 0:  # full
        light = Light.RED
    elif tally.patients is not None:
        rule = rule_in_force(fold, state, day.end - _LAST_MOMENT).rule()
        counted_at = tally.counted_at or day.end  # what was only reported later is judged as at the end
        able = tally.capacity_today or capacity
        load = load_of(
            state.site,
            board,
            day,
            counted_at,
            patients=tally.patients,
            capacity=able,
            rhythm=state.rhythm,
        )
        light = rule.light(load, counted_at) if rule else None
    return replace(tally, capacity=capacity, closed=closed, light=light)


def usual_volume(state: SiteState, day: date) -> float | None:
    """Patients on a usual day: the median of the last 14 reported days within 90 before the day.

    None where there is no such day. Of whole days, so that it means the same whenever a site posts. It
    decides no light: it serves plausibility and suggestions.
    """
    days = [
        tally.patients if tally.whole is None else tally.whole
        for tally in state.tallies
        if tally.patients is not None and day - USUAL_WITHIN <= tally.day < day
    ]
    counts = sorted(days[-USUAL_DAYS:])
    if not counts:
        return None
    middle = len(counts) // 2
    return float(counts[middle]) if len(counts) % 2 else (counts[middle - 1] + counts[middle]) / 2


def store(state: SiteState, tally: Tally) -> None:
    """Put the tally in place of the day's former one, if there is one; drop the oldest beyond the limit."""
    tallies = state.tallies
    index = len(tallies)
    while index and tallies[index - 1].day > tally.day:
        index -= 1
    if index and tallies[index - 1].day == tally.day:
        tallies[index - 1] = tally
    else:
        tallies.insert(index, tally)
        del tallies[:-_MOST_TALLIES]


def rejudge(fold: BoardFold, state: SiteState, since: date, now: datetime) -> None:
    """Judge the figures of the day `since` and of later days again, by what is known now."""
    for index, tally in enumerate(state.tallies):
        if tally.day >= since:
            state.tallies[index] = with_light(fold, state, tally, now)


# --- the closure: it lasts until somebody ends it, or it expires --------------------------------------------


def cross_ends(cross: Cross, board: Board) -> datetime:
    """When a closure expires: at the start of the announced day, or seven days after it was last renewed."""
    expiry = cross.renewed_at + CROSS_LASTS
    if cross.reopen is None or cross.reopen > expiry.date() + ONE_DAY:  # a zone is less than a day off UTC
        return expiry
    return min(expiry, instant(cross.reopen, board.cut_off, board.zone))


def cross_after(board: Board, cross: Cross | None, step: Report | CrossAct) -> Cross | None:
    """The closure after one more report of the site, or act of the desk.

    A back-dated report changes nothing: it is not about the present. That no staff are infected says nothing
    of a closure for another reason, and the other way round. After the closure has expired, any other
    report ends it.
    """
    if isinstance(step, CrossAct):
        return _confirmed(board, cross, step.at) if cross and step.confirmed else None
    if not step.current:
        return cross
    standing = cross if cross and step.at < cross_ends(cross, board) else None
    if standing and "expected_reopen" in step.cleared:
        standing = replace(standing, reopen=None)
    if step.closes:
        paused = "" if step.staff_infected else step.paused or ""
        return Cross(
            since=standing.since if standing else step.at,
            renewed_at=step.at,
            reported_at=step.at,
            reopen=step.expected_reopen or (standing.reopen if standing else None),
            confirmed=standing is not None and standing.paused == paused and standing.confirmed,
            paused=paused,
        )
    over = standing and (step.paused == "" if standing.paused else step.staff_infected is False)
    return None if over else standing


def _confirmed(board: Board, cross: Cross, at: datetime) -> Cross:
    """The closure after the desk confirmed it, which renews it like a report of the site.

    Confirmed after the announced day, it no longer has one: the desk asked, and the site is still closed.
    """
    known = replace(cross, confirmed=True, renewed_at=at)
    return known if at < cross_ends(known, board) else replace(known, reopen=None)


def cross_after_all(
    board: Board, cross: Cross | None, reports: Iterable[Report], acts: Iterable[CrossAct]
) -> Cross | None:
    """The closure after these reports and acts of the desk, taken in ledger order."""
    steps: list[Report | CrossAct] = [*reports, *acts]
    for step in sorted(steps, key=_by_position):
        cross = cross_after(board, cross, step)
    return cross


def _by_position(step: Report | CrossAct) -> int:
    return step.position


def closed_on(board: Board, state: SiteState, day: Today, now: datetime) -> bool:
    """Whether the site was closed at the end of the day, or is closed `now` where that is earlier.

    A closure that expired in the course of the day counts: no report came after it.
    """
    if now < day.end:
        cross = state.cross
    elif state.compacted_cross is None and not any(report.closes for report in state.reports):
        return False
    else:
        cross = cross_after_all(
            board,
            state.compacted_cross,
            [report for report in state.reports if report.at < day.end],
            [act for act in state.cross_acts if act.at < day.end],
        )
    return cross is not None and day.start < cross_ends(cross, board)
