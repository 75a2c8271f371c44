"""Holidays and special days: hours of single dates, for the whole board or for many sites at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.boards import read_text
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut, Event, SitePut
from trafficlight.domain.hours_text import parse_day
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_, translate
from trafficlight.web.desk.request import DeskRequest, mark

MOST_DAYS: Final = 31
"""Dates of one form: a month is no holiday."""
ALL: Final = "all"


async def show(desk: DeskRequest) -> web.Response:
    """The special days to come, and the form for more."""
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
    return desk.page(
        "desk/sites/days.html",
        lines=sorted((line for line in lines if line[0] >= today), key=lambda line: (line[0], line[3])),
        kinds=[(kind, _kind(desk, kind)) for kind in sorted({s.site.kind for s in fold.sites.values()})],
        towns=sorted({state.site.town for state in fold.sites.values()} - {""}),
        today=today,
        seen=mark(_subject(fold)),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Set them, or take one back."""
    form = desk.form
    if form.value("act") == "remove":
        day, _, text = form.value("gone").partition("|")
        gone = [_date(day, "gone")]
        await desk.change(form.value("seen"), _subject, lambda fold: _removed(fold, gone[0], text))
        return desk.done(f"/boards/{desk.board}/sites/days", N_("已取消。"))
    first = _date(form.text("first"), "first")
    last = _date(form.text("last"), "last") if form.text("last") else first
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused("days_order", "last", most=MOST_DAYS)
    text = read_text(form.value("hours"), "hours")
    if not text:
        raise Refused("hours_missing", "hours")
    days = {first + timedelta(days=n): text for n in range((last - first).days + 1)}
    towns, kinds = frozenset(form.values("town")), frozenset(form.values("kind"))
    if form.value("whom") not in {ALL, "some"} or (form.value("whom") == "some" and not (towns or kinds)):
        raise Refused("nothing_chosen", "whom")

    def put(fold: BoardFold) -> Sequence[Event]:
        if form.value("whom") == ALL:
            return _of_board(fold, {**_days(fold), **days})
        return [
            SitePut(site=msgspec.structs.replace(site, special_days=_sorted({**site.special_days, **days})))
            for site in (state.site for state in fold.sites.values())
            if (not towns or site.town in towns) and (not kinds or site.kind in kinds)
        ]

    await desk.change(form.value("seen"), _subject, put)
    said = N_("已保存。") if parse_day(text) is not None else N_("已保存。这样写的时间只显示，不参与判断。")
    return desk.done(f"/boards/{desk.board}/sites/days", said)


def _removed(fold: BoardFold, day: date, text: str) -> Sequence[Event]:
    if not text:
        return _of_board(fold, {key: said for key, said in _days(fold).items() if key != day})
    return [
        SitePut(
            site=msgspec.structs.replace(
                state.site, special_days={key: s for key, s in state.site.special_days.items() if key != day}
            )
        )
        for state in fold.sites.values()
        if state.site.special_days.get(day) == text
    ]


def _of_board(fold: BoardFold, days: Mapping[date, str]) -> Sequence[Event]:
    return [BoardPut(board=msgspec.structs.replace(fold.board, special_days=_sorted(days)))]


def _days(fold: BoardFold) -> Mapping[date, str]:
    return fold.board.special_days


def _sorted(days: Mapping[date, str]) -> dict[date, str]:
    return dict(sorted(days.items()))


def _subject(fold: BoardFold) -> object:
    """What the page edits."""
    own = {site: state.site.special_days for site, state in fold.sites.items() if state.site.special_days}
    return [
        [(day.isoformat(), text) for day, text in days.items()] for days in (_days(fold), *own.values())
    ], list(own)


def _date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad_date", field) from None


def _kind(desk: DeskRequest, kind: str) -> str:
    return translate(label(kind), desk.lang)
