"""From report to light: override › cross › closed hours › rule › none.

Time enters as boundaries. A judgement holds from the latest boundary passed (`since`) to the next one (`until`);
every instant at which anything told of a site may change by itself is a boundary.
"""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from trafficlight.domain.board import Board, Site, capacity_of
from trafficlight.domain.day import Today, instant, service_day, today
from trafficlight.domain.hours import Opening, Week, open_state, parse_day, parse_hours
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.rules import Load, Rule, light_for
from trafficlight.domain.state import (
    CROSS_LASTS,
    BoardFold,
    Cross,
    Judged,
    Last,
    SiteState,
    Tally,
    rule_in_force,
    tally_of,
)


_ALWAYS: Week = (((0, 24 * 60),),) * 7


def today_at(board: Board, at: datetime) -> Today:
    """The board's service day at an instant."""
    return today(service_day(at, board.cut_off, board.zone), board.cut_off, board.report_by, board.zone)


def cross_ends(cross: Cross, board: Board) -> datetime:
    """The instant from which a closure is no longer believed: the announced day's start, or seven days of silence."""
    silence = cross.word_at + CROSS_LASTS
    if cross.reopen is None:
        return silence
    return min(silence, instant(cross.reopen, board.cut_off, board.zone))


def opening_at(site: Site, board: Board, at: datetime) -> Opening | None:
    """Whether the site is open, by its hours and special days; None where what is written decides nothing."""
    week = parse_hours(site.hours)
    special: dict[date, tuple[tuple[int, int], ...]] = {}
    for days in (board.special_days, site.special_days):
        for day, text in days.items():
            spans = parse_day(text)
            if spans is not None:
                special[day] = spans
    if week is None and not special:
        return None
    return open_state(week or _ALWAYS, special, at, board.zone)


def shut_on(site: Site, board: Board, day: date) -> bool:
    """Whether the site is surely closed on that whole date: it is neither chased nor drawn as not reported."""
    written = site.special_days.get(day) or board.special_days.get(day)
    spans = parse_day(written) if written is not None else None
    if spans is None:
        week = parse_hours(site.hours)
        spans = None if week is None else week[day.weekday()]
    return spans == ()


def rule_light(state: SiteState, board: Board, rule: Rule, tally: Tally | None) -> tuple[Light, Reason] | None:
    """The light of a day's load by the rule; None where no load was reported."""
    if tally is None:
        return None
    if tally.capacity_today == 0:
        return Light.RED, Reason.FULL
    if tally.patients is None:
        return None
    return light_for(rule, load_of(state, board, tally), tally.patients), Reason.RULE


def load_of(state: SiteState, board: Board, tally: Tally | None) -> Load:
    """What the rule may know of the site on the day."""
    declared = tally.capacity_today if tally is not None else None
    return Load(site=state.site.id, capacity=declared or capacity_of(state.site, board))


def judge(fold: BoardFold, state: SiteState, at: datetime) -> Judged:
    """The site at the instant, by everything known at the fold's position. The board must have been put."""
    board = fold.board
    assert board is not None  # noqa: S101 - the fold keeps no site of a board that was never put
    now = today_at(board, at)
    tally = tally_of(state, now.day)
    rule = rule_in_force(fold, state, at).rule()
    load = rule_light(state, board, rule, tally)
    opening = opening_at(state.site, board, at)
    override = None if state.override_over else state.override
    ends = cross_ends(state.cross, board) if state.cross else None
    expiry = min(tally.at + timedelta(hours=board.valid_hours), now.end) if load and tally and tally.at else None
    since, until = _around(at, _boundaries(board, state, now, opening, (expiry, ends, override and override.until)))

    def told(light: Light | None, reason: Reason, valid_until: datetime = until) -> Judged:
        return Judged(
            light=light,
            reason=reason,
            since=since,
            until=until,
            valid_until=valid_until,
            last=None if light else last_light(state, now),
        )

    if override and at < override.until:
        return replace(told(override.light, Reason.OVERRIDE, override.until), override_reason=override.reason)
    if state.cross and ends and at < ends:
        return replace(
            told(Light.CROSS, Reason.STAFF_INFECTED, ends),
            reported_at=state.cross.word_at,
            cross_since=state.cross.since,
            expected_reopen=state.cross.reopen,
            confirmed=state.cross.confirmed,
        )
    if opening and not opening.is_open:
        return replace(told(None, Reason.CLOSED_NOW), next_open=opening.next_open)
    if state.cross:
        return replace(told(None, Reason.REOPENING_DUE), expected_reopen=state.cross.reopen)
    if load is None or tally is None or expiry is None:
        return told(None, Reason.NOT_DUE if at < now.due[0] else Reason.NOT_REPORTED)
    if at >= expiry:
        return replace(told(None, Reason.EXPIRED), reported_at=tally.at)
    known = load_of(state, board, tally)
    return replace(
        told(*load, min(expiry, opening.until) if opening and opening.until else expiry),
        reported_at=tally.at,
        patients=tally.patients,
        capacity=known.capacity if load[1] is Reason.RULE else 0,
        steps=rule.steps(known) if load[1] is Reason.RULE else None,
    )


def _boundaries(
    board: Board, state: SiteState, now: Today, opening: Opening | None, ends: tuple[datetime | None, ...]
) -> list[datetime]:
    """Every instant near the service day at which time alone may change what is told of the site."""
    heard = state.heard_at + timedelta(hours=board.valid_hours) if state.heard_at else None
    hours = (opening.since, opening.until) if opening else ()
    return [*now.turns, *(bound for bound in (*ends, *hours, heard) if bound)]


def _around(at: datetime, bounds: list[datetime]) -> tuple[datetime, datetime]:
    return max(bound for bound in bounds if bound <= at), min(bound for bound in bounds if bound > at)


def last_light(state: SiteState, now: Today) -> Last | None:
    """The last light that reports gave, for as long as it is told: to the end of the following service day."""
    for tally in reversed(state.tallies):
        if tally.day < now.day - timedelta(days=1):
            return None
        if tally.day <= now.day and tally.light:
            return Last(day=tally.day, light=tally.light, at=tally.at)
    return None
