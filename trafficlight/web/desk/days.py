"""`/desk/boards/…/sites/days`: special days of a board and its sites, and statutory holidays to come."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.special_days import (
    HolidayHours,
    SpecialDays,
    clear_special_day,
    holiday_hours,
    set_holiday,
    set_special_days,
)
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.errors import Refused
from trafficlight.domain.holidays import Holiday, coming_holidays, last_known_year
from trafficlight.domain.hours_text import parse_day
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

ALL: Final = "all"
OFFERED: Final = timedelta(days=100)
"""So far ahead holidays are offered: the next one or two."""
SOON: Final = timedelta(days=14)
"""So long before a holiday somebody is reminded of it."""
HOLIDAYS: Final = (N_("元旦"), N_("春节"), N_("清明"), N_("劳动节"), N_("端午"), N_("中秋"), N_("国庆节"))
"""By the names of the national calendar, to be translated."""


class HolidayOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A holiday to come, and what sites of each kind do on its days."""

    name: str
    first: date
    last: date
    worked: tuple[date, ...]
    """Weekends that are worked for it."""
    of_board: str
    """What the board's own special days say of the first day."""
    kinds: tuple[tuple[str, str, HolidayHours], ...]
    """Field, name and what is known of each kind that is asked."""

    @property
    def is_set(self) -> bool:
        return bool(self.of_board) or any(one.hours or one.differ for _, _, one in self.kinds)


def offers(desk: DeskRequest) -> tuple[HolidayOffer, ...]:
    """The holidays to come, nearest first."""
    today = desk.local(desk.at).date()
    return tuple(_offer(desk, one) for one in coming_holidays(today, today + OFFERED))


def reminders(desk: DeskRequest) -> tuple[HolidayOffer, ...]:
    """Those that are near, and of whose days nobody has said anything."""
    today = desk.local(desk.at).date()
    return tuple(one for one in offers(desk) if one.first <= today + SOON and not one.is_set)


def _offer(desk: DeskRequest, holiday: Holiday) -> HolidayOffer:
    fold = desk.fold
    dates = [holiday.first + ahead * ONE_DAY for ahead in range((holiday.last - holiday.first).days + 1)]
    kinds = sorted({state.site.kind for state in fold.sites.values() if not state.site.rota})
    known = ((kind, holiday_hours(fold, kind, dates)) for kind in kinds)
    return HolidayOffer(
        name="、".join(desk.say(name) for name in holiday.names),
        first=holiday.first,
        last=holiday.last,
        worked=holiday.worked,
        of_board=fold.board.special_days.get(holiday.first, ""),
        kinds=tuple(
            (f"{holiday.first}:{kind}", desk.kind(kind), one)
            for kind, one in known
            if one.sites + one.through
        ),
    )


async def show_days(desk: DeskRequest) -> web.Response:
    """The special days to come, the holidays that are offered, and the form for more."""
    fold = desk.fold
    today = desk.local(desk.at).date()
    sites: dict[tuple[date, str], list[str]] = defaultdict(list)
    for state in fold.sites.values():
        for day, text in state.site.special_days.items():
            sites[day, text].append(state.site.name)
    board = _days(fold)
    lines: list[tuple[date, str, list[str], str]] = [
        (day, text, [], f"{day}|") for day, text in board.items()
    ]
    lines += [(day, text, names, f"{day}|{text}") for (day, text), names in sites.items()]
    last_known = last_known_year()
    return desk.page(
        "desk/sites/days.html",
        lines=sorted((line for line in lines if line[0] >= today), key=lambda line: (line[0], line[3])),
        kinds=[(kind, desk.kind(kind)) for kind in sorted({s.site.kind for s in fold.sites.values()})],
        towns=sorted({state.site.town for state in fold.sites.values()} - {""}),
        today=today,
        offers=offers(desk),
        unknown_year=last_known + 1 if (today + OFFERED).year > last_known else None,
        seen=mark(_days_subject(fold)),
    )


async def save_days(desk: DeskRequest) -> web.Response:
    """Set them, or take one back."""
    form, here = desk.form, f"/boards/{desk.board}/sites/days"
    if form.value("act") == "remove":
        day, _, hours = form.value("gone").partition("|")
        await clear_special_day(desk.changes(_days_subject), desk.board, day, hours)
        return desk.done(here, N_("已取消。"))
    if form.value("act") == "holiday":
        return _done(desk, await _save_holiday(desk))
    if form.value("whom") not in {ALL, "some"}:
        raise Refused("nothing_chosen", "whom")
    wanted = SpecialDays(
        first=form.text("first"),
        last=form.text("last"),
        hours=form.value("hours"),
        everywhere=form.value("whom") == ALL,
        towns=frozenset(form.values("town")),
        kinds=frozenset(form.values("kind")),
        through=form.value("through") == "1",
    )
    return _done(desk, [await set_special_days(desk.changes(_days_subject), desk.board, wanted)])


async def _save_holiday(desk: DeskRequest) -> Sequence[str]:
    """Set a holiday's days by kind; what was written."""
    form, kinds = desk.form, {state.site.kind for state in desk.fold.sites.values()}
    first = form.text("first")
    by_kind = {kind: form.text(f"{first}:{kind}") for kind in kinds if form.values(f"{first}:{kind}")}
    try:
        await set_holiday(desk.changes(_days_subject), desk.board, first, form.text("last"), by_kind)
    except Refused as refused:
        if refused.field in by_kind:
            refused.field = f"{first}:{refused.field}"
        raise
    return [text for text in by_kind.values() if text]


def _done(desk: DeskRequest, written: Sequence[str]) -> web.Response:
    unread = [text for text in written if parse_day(text) is None]
    done = N_("已保存。这样写的时间看不懂，当天按开诊时间不详处理。") if unread else N_("已保存。")
    return desk.done(f"/boards/{desk.board}/sites/days", done)


def _days(fold: BoardFold) -> Mapping[date, str]:
    return fold.board.special_days


def _days_subject(fold: BoardFold) -> object:
    """What the page edits."""
    own = {site: state.site.special_days for site, state in fold.sites.items() if state.site.special_days}
    return [
        [(day.isoformat(), text) for day, text in days.items()] for days in (_days(fold), *own.values())
    ], list(own)
