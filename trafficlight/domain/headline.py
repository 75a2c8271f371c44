"""The headline: what a board's one sentence says. Its words are made in `publish/`."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.board import Board
from trafficlight.domain.day import local
from trafficlight.domain.due import owes
from trafficlight.domain.hours import shut_on
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import BY_ROTA, Light, Reason
from trafficlight.domain.state import BoardFold, Judged

LEAST_SILENT: Final = 5
"""So many sites without news mean that something is broken, not that some clinics are busy."""
LEAST_MANY: Final = 3
"""Of fewer sites nothing is said as of most: they are counted."""
BUSY_OF: Final = (4, 5)
"""Four in five of the open sites that reported."""
MOST_NAMED: Final = 3
_LEAST_BUSY: Final = (Light.BLUE, Light.YELLOW, None, Light.RED)


class HeadlineKind(StrEnum):
    FAULT = "fault"
    """Enough open sites owe a report, and no site has reported for `valid_hours`."""
    ALL_BUSY = "all_busy"
    """At least half of the open sites reported, and four in five of these are red or ✕, more of them red."""
    ALL_CLOSED = "all_closed"
    """The same, more of them ✕; or four in five of all sites are, at whatever hour."""
    HOLIDAY = "holiday"
    """Most sites are closed now, and for the whole date."""
    NIGHT = "night"
    """Most sites are closed now."""
    HOURS_UNKNOWN = "hours_unknown"
    """Of most sites nobody knows whether they are open."""
    EARLY = "early"
    """Before the first reporting time most sites have no light yet."""
    VISITS = "visits"
    """All sites are stops with a rota."""
    COUNTS = "counts"
    """None of these: the number of sites by light."""


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    kind: HeadlineKind
    counts: Mapping[str, int]
    """Sites by light, and under `none` those without one; stops that show a visit instead are left out."""
    sites: int = 0
    visited_today: int = 0
    """Stops with a visit today that is not over."""
    open_now: int = 0
    """Sites that are surely open, by their hours or their rota, and not closed (✕)."""
    open_names: tuple[str, ...] = ()
    """Some of these, the least busy first; where most are closed."""
    maybe_open: int = 0
    """Sites of which nobody knows whether they are open."""
    next_open: datetime | None = None
    """When most of those now out of hours open again."""


def headline(fold: BoardFold, judged: Mapping[str, Judged], at: datetime) -> Headline:
    """The headline, from the judgements of all the board's sites at the instant."""
    board = fold.board
    stops = [one for one in judged.values() if one.reason in BY_ROTA]
    sites = len(judged)
    if stops:
        judged = {site: one for site, one in judged.items() if one.reason not in BY_ROTA}
    tally = Counter(one.light.value if one.light else "none" for one in judged.values())
    closed = [one for one in judged.values() if one.reason is Reason.CLOSED_NOW]
    opens = Counter(one.next_open for one in closed if one.next_open is not None)
    next_open = max(opens, key=lambda instant: (opens[instant], -instant.timestamp())) if opens else None
    kind = _kind(fold, board, judged, next_open, at) if judged or not stops else HeadlineKind.VISITS
    known = {site: one for site, one in judged.items() if one.light is not Light.CROSS}
    return Headline(
        kind=kind,
        counts={name: tally[name] for name in (*Light, "none")},
        sites=sites,
        visited_today=sum(one.reason is Reason.VISITING_TODAY for one in stops),
        open_now=sum(one.is_open is True for one in (*known.values(), *stops)),
        open_names=_open_names(fold, known) if kind is HeadlineKind.ALL_CLOSED else (),
        maybe_open=sum(one.is_open is None for one in known.values()),
        next_open=next_open,
    )


def _kind(
    fold: BoardFold, board: Board, judged: Mapping[str, Judged], next_open: datetime | None, at: datetime
) -> HeadlineKind:
    """First `fault`, then `all_busy`, `all_closed`, then why most sites have no light, else the counts."""
    unread = [one.reason is Reason.RULE_UNREADABLE for one in judged.values()]
    if _silent(fold, board, judged, at) or _most(judged, unread):
        return HeadlineKind.FAULT
    busy = _busy(judged)
    if busy:
        return busy
    no_news = at < today_at(board, at).due[0] and _most(judged, [not one.light for one in judged.values()])
    if _most(judged, [one.reason is Reason.HOURS_UNKNOWN for one in judged.values()]):
        return HeadlineKind.HOURS_UNKNOWN
    if _most(judged, [one.is_open is False for one in judged.values()]):
        date = local(at, board.zone).date()
        if _most(judged, [shut_on(fold.sites[site].site, board, date) for site in judged]):
            return HeadlineKind.HOLIDAY
        opens_today = next_open is not None and local(next_open, board.zone).date() == date
        return HeadlineKind.EARLY if no_news and opens_today else HeadlineKind.NIGHT
    return HeadlineKind.EARLY if no_news else HeadlineKind.COUNTS


def _most(judged: Mapping[str, Judged], true: list[bool]) -> bool:
    return 2 * sum(true) > len(judged)


def _busy(judged: Mapping[str, Judged]) -> HeadlineKind | None:
    """Whether nearly all of the open sites that reported are busy or closed, and which of the two most are.

    Never while most open sites have no light: the first reports of a morning, and closures that last since
    the day before, say nothing about the others.
    """
    if len(judged) < LEAST_MANY:
        return None
    lights = [one.light for one in judged.values() if one.presumed_open]
    known = [light for light in lights if light]
    red, crosses = known.count(Light.RED), known.count(Light.CROSS)
    of, all_ = BUSY_OF
    if known and 2 * len(known) >= len(lights) and (red + crosses) * all_ >= len(known) * of:
        return HeadlineKind.ALL_CLOSED if crosses > red else HeadlineKind.ALL_BUSY
    closed = sum(one.light is Light.CROSS for one in judged.values())
    return HeadlineKind.ALL_CLOSED if judged and closed * all_ >= len(judged) * of else None


def _open_names(fold: BoardFold, judged: Mapping[str, Judged]) -> tuple[str, ...]:
    """The names of the first sites that are surely open."""
    names = sorted(
        (_LEAST_BUSY.index(one.light), fold.sites[site].site.name)
        for site, one in judged.items()
        if one.is_open
    )
    return tuple(name for _, name in names[:MOST_NAMED])


def _silent(fold: BoardFold, board: Board, judged: Mapping[str, Judged], at: datetime) -> bool:
    """Whether enough open sites owe a report, and no site at all has reported for `valid_hours`.

    Sites that reported for the last reporting time owe nothing: a quiet evening is not a fault.
    """
    if at < today_at(board, at).due[0]:
        return False
    since = at - timedelta(hours=board.valid_hours)
    for site in judged:
        last = fold.sites[site].last_report_at
        if last is not None and last > since:
            return False
    silent = sum(one.presumed_open and owes(fold.sites[site], one, board, at) for site, one in judged.items())
    return silent >= LEAST_SILENT
