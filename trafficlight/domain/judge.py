"""From report to light: override › cross › rota › closed hours › rule › none.

Time enters as boundaries: the instants at which something that is published of a site may change without an
event. A judgement holds from the last boundary passed (`since`) to the next one (`until`).
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec.structs import replace

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, Today, day_at, service_day, today
from trafficlight.domain.hours import Opening, opening_at, ordinary_at, phones_answered, shut_on
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.rota import Visiting, visiting_at
from trafficlight.domain.rules import Load
from trafficlight.domain.sentence import Sentence
from trafficlight.domain.state import (
    BoardFold,
    Judged,
    LastLight,
    SiteState,
    Tally,
    rule_in_force,
    tally_of,
)
from trafficlight.domain.tally import closed_on, cross_ends, load_of

_LOOKED_BACK: Final = timedelta(days=7)
"""The fold drops no day of a week, whatever comes: what is said of it stays the same all day."""
_LEAST_AFTER_RED: Final = 5
_AGAIN_OF: Final = (4, 5)
_OPENS_WITHIN: Final = timedelta(days=6, hours=23)
"""The next opening is shown up to so far after the service day's end. Hours are worked out eight days ahead,
and a service day has up to 25 hours: this is always known."""

_ATTENDED: Final = timedelta(hours=2)
"""So long after a report somebody is there, whatever the hour."""
_CLOSING_SOON: Final = timedelta(minutes=45)
"""From looking at the page to standing at the desk."""


def today_at(board: Board, at: datetime) -> Today:
    """The board's service day at an instant."""
    return day_at(at, board.cut_off, board.report_by, board.zone)


def judge(fold: BoardFold, state: SiteState, at: datetime) -> Judged:
    """The site's light at the instant and why, by everything known at the fold's position."""
    board = fold.board
    now = today_at(board, at)
    visiting = visiting_at(state, board, at) if state.site.rota else None
    opening = visiting.opening if visiting else opening_at(state.site, board, at)
    tally = tally_of(state, now.day)
    valid = _hours(board.valid_hours)
    expiry = None
    if tally and tally.at and (tally.patients is not None or tally.capacity_today == 0):
        expiry = min(tally.at + valid, now.end)
    override = None if state.override_over else state.override
    lifted = override.until if override else None
    cross = state.cross
    ends = cross_ends(cross, board) if cross else None
    fault_after = state.last_report_at + valid if state.last_report_at else None
    phones = phones_answered(state.site.phones, at, board.zone)
    bounds = (expiry, ends, lifted, fault_after)
    moment = _moment(
        at,
        now,
        _presence(state, board, opening, at),
        (*bounds, phones.since, phones.until) if phones else bounds,
    )
    presence = moment.presence
    if override and at < override.until:
        return Judged(
            light=override.light,
            reason=Reason.OVERRIDE,
            since=moment.since,
            until=moment.until,
            valid_until=override.until,
            is_open=presence.is_open,
            presumed_open=presence.presumed_open,
            closes_at=None if override.light is Light.CROSS else presence.closes_at,
            override_reason=override.reason,
        )
    if cross and ends and at < ends:
        return Judged(
            light=Light.CROSS,
            reason=Reason.PAUSED if cross.paused else Reason.STAFF_INFECTED,
            since=moment.since,
            until=moment.until,
            valid_until=ends,
            is_open=presence.is_open,
            presumed_open=presence.presumed_open,
            reported_at=cross.reported_at,
            cross_since=cross.since,
            expected_reopen=cross.reopen,
            confirmed=cross.confirmed,
            paused=cross.paused,
        )
    if visiting:
        return _by_rota(moment, visiting)
    if presence.may_be_open and not cross and tally and expiry and at < expiry:
        judged = _by_rule(fold, state, moment, tally, expiry)
        if judged:
            return judged
    return _without_light(fold, state, moment, tally, expiry)


def openness(state: SiteState, board: Board, at: datetime) -> Opening:
    """Whether the site is open, by its rota, else by hours and special days.

    On the day of a visit whose hours are not known nobody knows. Openings and closings too far ahead are left
    out: no boundary would bring them up in time.
    """
    visiting = visiting_at(state, board, at) if state.site.rota else None
    if visiting:
        if visiting.visit is None or visiting.visit.spans:
            return visiting.opening
        return replace(visiting.opening, next_open=None)
    opening = opening_at(state.site, board, at)
    if opening.until and opening.until >= today_at(board, at).end + _OPENS_WITHIN:
        return replace(opening, until=None, next_open=None, closes=None)
    return opening


class _Presence(NamedTuple):
    """Whether anybody is there at an instant, as far as can be known."""

    opening: Opening
    is_open: bool | None
    presumed_open: bool
    may_be_open: bool
    """It is judged as usual: open, within ordinary hours, or just after a report."""
    until: datetime | None
    """When that is so no more; None: as long as can be seen."""
    closes_at: datetime | None
    bounds: tuple[datetime | None, ...]


def _presence(state: SiteState, board: Board, opening: Opening, at: datetime) -> _Presence:
    is_open, until = opening.is_open, opening.until
    soon = opening.closes - _CLOSING_SOON if opening.closes else None
    closes_at = opening.closes if soon and soon <= at else None
    if is_open is not None:
        bounds = (opening.since, until, soon)
        return _Presence(opening, is_open, is_open, is_open, until, closes_at, bounds)
    ordinary, report_at = ordinary_at(state.site, board, at), state.current_report_at
    attended = report_at + _ATTENDED if report_at else None
    end: datetime | None = at
    then = ordinary
    while end is not None:
        if then.is_open:
            end = then.until  # and right after that it is shut
        if attended is None or end is None or end >= attended:
            break
        end = attended
        then = ordinary_at(state.site, board, end)
    return _Presence(
        opening,
        is_open,
        presumed_open=bool(ordinary.is_open),
        may_be_open=end != at,
        until=min((one for one in (end, until) if one), default=None),
        closes_at=None,
        bounds=(opening.since, until, ordinary.since, ordinary.until, report_at, attended),
    )


class _SiteMoment(NamedTuple):
    """An instant of a site, and the boundaries around it."""

    at: datetime
    now: Today
    presence: _Presence
    since: datetime
    until: datetime


def _moment(
    at: datetime, now: Today, presence: _Presence, bounds: tuple[datetime | None, ...]
) -> _SiteMoment:
    passed = bisect_right(now.boundaries, at)
    since, until = now.boundaries[passed - 1], now.boundaries[passed]
    for bound in (*bounds, *presence.bounds):
        if bound is None:
            continue
        if since < bound <= at:
            since = bound
        elif at < bound < until:
            until = bound
    return _SiteMoment(at, now, presence, since, until)


@lru_cache(maxsize=64)
def _hours(hours: int) -> timedelta:
    return timedelta(hours=hours)


def _by_rule(
    fold: BoardFold, state: SiteState, moment: _SiteMoment, tally: Tally, expiry: datetime
) -> Judged | None:
    """The site open, with today's load known and fresh; None where this program cannot read the rule.

    Where the rule's light changes is a boundary too.
    """
    assert tally.at is not None  # noqa: S101 - what has an expiry was reported at some instant
    counted_at = tally.counted_at or tally.at
    light, reason, capacity = Light.RED, Reason.FULL, 0
    since, until = moment.since, moment.until
    ends = [expiry]
    if tally.patients is not None and tally.capacity_today != 0:
        load = _load(fold, state, moment.now, tally, counted_at)
        rule = rule_in_force(fold, state, moment.at).rule()
        if rule is None:
            return None
        light, reason, capacity = rule.light(load, moment.at), Reason.RULE, load.capacity
        crossings = rule.crossings(load, max(since, counted_at), expiry)
        passed = bisect_right(crossings, moment.at)
        if passed:
            since = crossings[passed - 1]
        if passed < len(crossings):
            until = min(until, crossings[passed])
            ends.append(crossings[passed])
    presence = moment.presence
    if presence.until:
        ends.append(presence.until)
    return Judged(
        light=light,
        reason=reason,
        since=since,
        until=until,
        valid_until=min(ends),
        is_open=presence.is_open,
        presumed_open=presence.presumed_open,
        closes_at=presence.closes_at,
        reported_at=tally.at,
        patients=tally.patients,
        capacity=capacity,
    )


def outlook(fold: BoardFold, state: SiteState, judged: Judged, at: datetime) -> Sentence | None:
    """What is to be said of the site beside its light, or before today's first report; None for nothing."""
    if judged.reason is Reason.FULL:
        return Sentence("机构报告今天已满")
    if judged.reason is Reason.RULE:
        load, rule = load_at(fold, state, at), rule_in_force(fold, state, at).rule()
        return rule.outlook(load, at) if load and rule else None
    if judged.reason in {Reason.NOT_DUE, Reason.NOT_REPORTED}:
        day = today_at(fold.board, at).day
        yesterday = tally_of(state, day - ONE_DAY)
        if yesterday and yesterday.light is Light.RED and red_comes_again(fold, day):
            return Sentence("昨天名额很早用完，今天多半也会：先打电话")
    return None


def red_comes_again(fold: BoardFold, day: date) -> bool:
    """Whether on the board a day that ended red was, within the week before, nearly always followed by one.

    Of at least five days on which a site reported after such a day, four in five.
    """
    after, again = 0, 0
    for state in fold.sites.values():
        for before, tally in pairwise(state.tallies):
            if before.light is not Light.RED or not day - _LOOKED_BACK <= before.day < tally.day < day:
                continue
            if tally.day == before.day + ONE_DAY and tally.light not in {None, Light.CROSS}:
                after += 1
                again += tally.light is Light.RED
    return after >= _LEAST_AFTER_RED and again * _AGAIN_OF[1] >= after * _AGAIN_OF[0]


def steps_of(fold: BoardFold, state: SiteState, at: datetime) -> tuple[int, int] | None:
    """From which counts, true when today's was, yellow and red begin; None where there is none to judge."""
    load, rule = load_at(fold, state, at), rule_in_force(fold, state, at).rule()
    return rule.steps(load, load.counted_at) if load and rule else None


def load_at(fold: BoardFold, state: SiteState, at: datetime) -> Load | None:
    """What a rule may know of the site on the day of the instant; None where there is no count to judge."""
    day = today_at(fold.board, at)
    tally = tally_of(state, day.day)
    if tally is None or tally.patients is None or tally.counted_at is None or tally.capacity_today == 0:
        return None
    return _load(fold, state, day, tally, tally.counted_at)


def _load(fold: BoardFold, state: SiteState, day: Today, tally: Tally, counted_at: datetime) -> Load:
    return load_of(
        state.site,
        fold.board,
        day,
        counted_at,
        patients=tally.patients or 0,
        capacity=tally.capacity_today,
        rhythm=state.rhythm,
    )


def _by_rota(moment: _SiteMoment, visiting: Visiting) -> Judged:
    """A stop with a rota: its visit, instead of a light."""
    return Judged(
        light=None,
        reason=Reason.VISITING_TODAY if visiting.today else Reason.NEXT_VISIT,
        since=moment.since,
        until=moment.until,
        valid_until=moment.until,
        is_open=moment.presence.is_open,
        presumed_open=moment.presence.presumed_open,
        closes_at=moment.presence.closes_at,
        next_open=visiting.opening.next_open,
        visit=visiting.visit,
    )


def _without_light(
    fold: BoardFold, state: SiteState, moment: _SiteMoment, tally: Tally | None, expiry: datetime | None
) -> Judged:
    """The site closed now, or without a report that is still valid."""
    at, now, presence = moment.at, moment.now, moment.presence
    cross = state.cross
    if presence.is_open is False:
        reason = Reason.CLOSED_NOW
    elif not presence.may_be_open:
        reason = Reason.HOURS_UNKNOWN
    elif cross:
        reason = Reason.REOPENING_DUE
    elif expiry and at < expiry:
        reason = Reason.RULE_UNREADABLE
    elif expiry:
        reason = Reason.EXPIRED
    else:
        reason = Reason.NOT_DUE if at < now.due[0] else Reason.NOT_REPORTED
    opens = presence.opening.next_open
    return Judged(
        light=None,
        reason=reason,
        since=moment.since,
        until=moment.until,
        valid_until=moment.until,
        is_open=presence.is_open,
        presumed_open=presence.presumed_open,
        closes_at=presence.closes_at,
        reported_at=tally.at if tally and reason is Reason.EXPIRED else None,
        expected_reopen=cross.reopen if cross and reason is Reason.REOPENING_DUE else None,
        next_open=opens if opens and opens < now.end + _OPENS_WITHIN else None,
        next_news=_next_news(fold, state, moment)
        if reason in {Reason.NOT_DUE, Reason.NOT_REPORTED, Reason.EXPIRED}
        else None,
        last=last_light(fold, state, now),
    )


def _next_news(fold: BoardFold, state: SiteState, moment: _SiteMoment) -> datetime | None:
    """The next reporting time of today, else tomorrow's first one; None where the site is shut tomorrow."""
    board, now = fold.board, moment.now
    if not board.report_by:
        return None
    ahead = bisect_right(now.due, moment.at)
    if ahead < len(now.due):
        return now.due[ahead]
    tomorrow = now.day + ONE_DAY
    if shut_on(state.site, board, tomorrow):
        return None
    return today(tomorrow, board.cut_off, board.report_by, board.zone).due[0]


# --- lights of today and of past days -----------------------------------------------------------------------


def last_light(fold: BoardFold, state: SiteState, now: Today) -> LastLight | None:
    """The last light that reports gave, today or yesterday: pages show it until the next service day ends."""
    return light_on(fold, state, now.day) or light_on(fold, state, now.day - ONE_DAY)


def listed_since(board: Board, state: SiteState) -> date:
    """The day on which the site was listed, or an earlier one that a report was about."""
    listed = state.listed or state.touched.at
    days = [service_day(listed, board.cut_off, board.zone), *(tally.day for tally in state.tallies[:1])]
    return min(days)


def light_on(fold: BoardFold, state: SiteState, day: date) -> LastLight | None:
    """The light that reports gave the day, or ✕ where an earlier closure lasted; None where there is none."""
    board = fold.board
    tally = tally_of(state, day)
    if tally is not None:
        when = tally.closed_at if tally.light is Light.CROSS else tally.at
        return LastLight(day=day, light=tally.light, at=when) if tally.light else None
    whole = today(day, board.cut_off, board.report_by, board.zone)
    if state.compacted_at is not None and whole.end <= state.compacted_at:
        closed = day in state.closed_days
    else:
        closed = closed_on(board, state, whole, fold.at)
    return LastLight(day=day, light=Light.CROSS) if closed else None
