"""Holidays and special days: hours of single dates, for the whole board or for many sites at once."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Final

from aiohttp import web

from trafficlight.actions.boards import SpecialDays, clear_special_day, set_special_days
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_day
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest, mark

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
        kinds=[(kind, desk.kind(kind)) for kind in sorted({s.site.kind for s in fold.sites.values()})],
        towns=sorted({state.site.town for state in fold.sites.values()} - {""}),
        today=today,
        seen=mark(_subject(fold)),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Set them, or take one back."""
    form, here = desk.form, f"/boards/{desk.board}/sites/days"
    if form.value("act") == "remove":
        day, _, hours = form.value("gone").partition("|")
        await clear_special_day(desk.changes(_subject), desk.board, day, hours)
        return desk.done(here, N_("已取消。"))
    if form.value("whom") not in {ALL, "some"}:
        raise Refused("nothing_chosen", "whom")
    wanted = SpecialDays(
        first=form.text("first"),
        last=form.text("last"),
        hours=form.value("hours"),
        everywhere=form.value("whom") == ALL,
        towns=frozenset(form.values("town")),
        kinds=frozenset(form.values("kind")),
    )
    hours = await set_special_days(desk.changes(_subject), desk.board, wanted)
    done = N_("已保存。") if parse_day(hours) is not None else N_("已保存。这样写的时间只显示，不参与判断。")
    return desk.done(here, done)


def _days(fold: BoardFold) -> Mapping[date, str]:
    return fold.board.special_days


def _subject(fold: BoardFold) -> object:
    """What the page edits."""
    own = {site: state.site.special_days for site, state in fold.sites.items() if state.site.special_days}
    return [
        [(day.isoformat(), text) for day, text in days.items()] for days in (_days(fold), *own.values())
    ], list(own)
