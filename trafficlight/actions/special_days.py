"""Days with hours of their own: of the whole board, of some of its sites, of a statutory holiday by kind."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from trafficlight.actions.changing import Changes
from trafficlight.actions.values import read_date, read_public_line
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut, Event, SitePut
from trafficlight.domain.hours import open_on_holidays
from trafficlight.domain.state import BoardFold

MOST_DAYS: Final = 31


class SpecialDays(msgspec.Struct, frozen=True, kw_only=True):
    """Days with hours of their own, as they are asked for: of the whole board, or of some of its sites."""

    first: str
    last: str = ""
    """Empty: the first alone."""
    hours: str
    """As written: 休息, 8:00-12:00. What cannot be read leaves unknown whether a site is open on the days."""
    everywhere: bool
    towns: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    """Of towns and kinds none chosen means any, but not both."""
    through: bool = False
    """Also those that say that they do not close on holidays (24小时, 节假日照常)."""


async def set_special_days(changes: Changes, slug: str, wanted: SpecialDays) -> str:
    """Set the days; the hours as they are kept.

    `Refused` with `bad_date`, `days_order`, `hours_missing`, `nothing_chosen`, `too_long`.
    """
    dates = _dates(wanted.first, wanted.last)
    hours = read_public_line(wanted.hours, "hours")
    if not hours:
        raise Refused("hours_missing", "hours")
    if not (wanted.everywhere or wanted.towns or wanted.kinds):
        raise Refused("nothing_chosen", "whom")

    def is_meant(site: Site) -> bool:
        through = open_on_holidays(site)
        if wanted.everywhere:
            return through and wanted.through
        return (
            (wanted.through or not through)
            and (not wanted.towns or site.town in wanted.towns)
            and (not wanted.kinds or site.kind in wanted.kinds)
        )

    def decide(fold: BoardFold) -> Sequence[Event]:
        days = dict.fromkeys(dates, hours)
        of_board = _with_days(fold, {**fold.board.special_days, **days}) if wanted.everywhere else []
        return [*of_board, *_put(fold, lambda site: hours if is_meant(site) else None, dates)]

    await changes.board(slug, decide)
    return hours


class HolidayHours(msgspec.Struct, frozen=True, kw_only=True):
    """What sites of a kind do on the days of a holiday."""

    hours: str
    """The same of all of them; empty where nothing was set, or not the same of all."""
    sites: int
    differ: bool
    """They do not all have the same."""
    through: int
    """Those that say that they do not close on holidays; they are asked nothing."""


def holiday_hours(fold: BoardFold, kind: str, dates: Sequence[date]) -> HolidayHours:
    """What is known of the kind by now, the board's own special days apart."""
    sites = [state.site for state in fold.sites.values() if state.site.kind == kind]
    asked = [site for site in sites if not open_on_holidays(site)]
    found = {tuple(site.special_days.get(day, "") for day in dates) for site in asked}
    (same,) = found if len(found) == 1 else ((),)
    hours = same[0] if len(set(same)) == 1 else ""
    return HolidayHours(
        hours=hours,
        sites=len(asked),
        differ=len(found) > 1 or len(set(same)) > 1,
        through=len(sites) - len(asked),
    )


async def set_holiday(changes: Changes, slug: str, first: str, last: str, by_kind: Mapping[str, str]) -> None:
    """Set by kind what holds on the days of a holiday, all at once; empty: nothing any more.

    Where sites of a kind have not all the same, empty leaves them as they are. Sites that say that they do
    not close on holidays are passed over. `Refused` with `bad_date`, `days_order`, or with `too_long` of a
    kind.
    """
    dates = _dates(first, last)
    written = {kind: read_public_line(text, kind) for kind, text in by_kind.items()}

    def decide(fold: BoardFold) -> Sequence[Event]:
        given = {
            kind: text
            for kind, text in written.items()
            if text or not holiday_hours(fold, kind, dates).differ
        }
        return _put(fold, lambda site: None if open_on_holidays(site) else given.get(site.kind), dates)

    await changes.board(slug, decide)


def _dates(first: str, last: str) -> list[date]:
    begin = read_date(first, "first")
    end = read_date(last, "last") if last.strip() else begin
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise Refused("days_order", "last", most=MOST_DAYS)
    return [begin + timedelta(days=ahead) for ahead in range((end - begin).days + 1)]


def _put(fold: BoardFold, hours_of: Callable[[Site], str | None], dates: Sequence[date]) -> list[Event]:
    """Each site with its hours on these dates: None leaves it as it is, an empty text takes them away."""
    events: list[Event] = []
    for site in (state.site for state in fold.sites.values()):
        hours = hours_of(site)
        if hours is None:
            continue
        days = {day: text for day, text in site.special_days.items() if hours or day not in dates}
        days |= dict.fromkeys(dates, hours) if hours else {}
        if days != site.special_days:
            events.append(SitePut(site=replace(site, special_days=dict(sorted(days.items())))))
    return events


async def clear_special_day(changes: Changes, slug: str, day: str, hours: str = "") -> None:
    """Take the day back: the board's own, or that of all sites that have these hours on it."""
    gone = read_date(day, "special_day")

    def decide(fold: BoardFold) -> Sequence[Event]:
        if not hours:
            return _with_days(fold, _without(fold.board.special_days, gone))
        return [
            SitePut(site=replace(state.site, special_days=_without(state.site.special_days, gone)))
            for state in fold.sites.values()
            if state.site.special_days.get(gone) == hours
        ]

    await changes.board(slug, decide)


def _without(days: Mapping[date, str], gone: date) -> dict[date, str]:
    return {day: hours for day, hours in days.items() if day != gone}


def _with_days(fold: BoardFold, days: Mapping[date, str]) -> Sequence[Event]:
    board = replace(fold.board, special_days=dict(sorted(days.items())))
    return [BoardPut(board=board)] if board != fold.board else []
