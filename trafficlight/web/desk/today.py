"""Each board's day: who has reported, who has not, what wants a look."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.due import Call, calls
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import CrossConfirmed
from trafficlight.domain.headline import headline
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.mismatch import standing
from trafficlight.domain.notable import Jump, jump_of
from trafficlight.domain.state import Asked, BoardFold, Judged, SiteState
from trafficlight.publish.languages import N_
from trafficlight.web.chase.sending import SENT
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.chasing import Chase, chases
from trafficlight.web.desk.named import Line, line, lines, site_of
from trafficlight.web.desk.rules.robot import why
from trafficlight.web.desk.visit import Visit, mark

ASKED_FOR: Final = 2 * ONE_DAY
"""Numbers that were asked back are looked at today and tomorrow."""
MISMATCHES_SHOWN: Final = 30
"""The last ones of a board: more are read on the command line."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A reporting time and who has not answered it."""

    due: datetime
    """On the board's clock."""
    call: Call
    asked: int
    missing: list[Line]
    chases: list[Chase]
    now: bool
    """The last one that has passed: these are chased."""


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is closed for infection, or was to be open again."""

    line: Line
    since: datetime | None
    reopen: date | None
    confirmed: bool
    overdue: bool
    """Its day has come, or nobody spoke of it for a week."""
    seen: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was told of a site, at an instant on the board's clock."""

    line: Line
    at: datetime
    what: str = ""
    about: datetime | None = None
    patients: int = 0
    usual: float | None = None
    then: int | None = None
    """The number that was reported after it was asked back."""


async def show(visit: Visit) -> web.Response:
    """The board's day at a glance, each thing with the phone beside it."""
    fold, at = visit.fold, visit.at
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    closed = closures(visit, judged)
    asked = _asked(visit)
    jumps = jumped(visit)
    return visit.page(
        "desk/today.html",
        at=visit.local(at),
        counts=headline(fold, judged, at).counts if judged else {},
        sites=len(judged),
        dues=_dues(visit, judged),
        rung=_rung(visit),
        closed=closed,
        unsure=sum(not one.confirmed or one.overdue or one.reopen is None for one in closed),
        told=_mismatches(visit),
        asked=asked,
        jumps=jumps,
    )


async def save(visit: Visit) -> web.Response:
    """Confirm a closure, as told by the site on the phone, or end it."""
    site, act = visit.form.value("site"), visit.form.value("act")
    if act not in _SAID:
        raise Refused("not_form")
    name = site_of(visit, site).site.name

    def cross(fold: BoardFold) -> object:
        state = fold.sites.get(site)
        return state.cross if state else None

    event = CrossConfirmed(site=site, confirmed=act == "confirm")
    await visit.change(visit.form.value("seen"), cross, lambda _fold: [event])
    return visit.done(f"/boards/{visit.board}/today", _SAID[act], name=name)


_SAID: Final[Mapping[str, str]] = {
    "confirm": N_("已核实暂停接诊：%(name)s"),
    "end": N_("已记为恢复接诊：%(name)s"),
}


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """What the county's group was told today, on the board's clock."""

    due: datetime
    at: datetime
    missing: int
    sent: bool
    fault: str
    """In words; empty where nothing is known to have gone wrong."""


def _rung(visit: Visit) -> Rung | None:
    """The last message to the group, where it was of today."""
    board, chased = visit.fold.board, visit.fold.chased
    assert board is not None  # noqa: S101 - the frame has seen to it
    if chased is None or chased.due < today_at(board, visit.at).start:
        return None
    outcome = chased.outcome
    return Rung(
        due=visit.local(chased.due),
        at=visit.local(chased.at),
        missing=chased.missing,
        sent=outcome == SENT,
        fault=why(visit, outcome) if outcome not in {"", SENT} else "",
    )


def _dues(visit: Visit, judged: Mapping[str, Judged]) -> list[Due]:
    found = calls(visit.fold, judged, visit.at)
    passed = [call.due for call in found if call.passed]
    made = []
    for call in found:
        missing = lines(visit.fold, call.missing, visit.at)
        made.append(
            Due(
                due=visit.local(call.due),
                call=call,
                asked=len(call.in_time) + len(call.late) + len(missing),
                missing=missing,
                chases=chases(visit, call, missing) if missing and call.due not in passed[:-1] else [],
                now=bool(passed) and call.due == passed[-1],
            )
        )
    return made


def closures(visit: Visit, judged: Mapping[str, Judged]) -> list[Closed]:
    """Those first that somebody has to ask: whose day has come, who named none, whom nobody asked yet."""
    found = []
    for site, one in judged.items():
        state = visit.fold.sites[site]
        if state.cross is None or one.reason is Reason.OVERRIDE:
            continue
        found.append(
            Closed(
                line=line(visit.fold, state, visit.at),
                since=visit.local(state.cross.since),
                reopen=state.cross.reopen,
                confirmed=state.cross.confirmed,
                overdue=one.light is not Light.CROSS,
                seen=mark(state.cross),
            )
        )
    return sorted(
        found,
        key=lambda one: (
            not one.overdue,
            one.confirmed,
            one.reopen is not None,
            one.line.town,
            one.line.name,
        ),
    )


def _mismatches(visit: Visit) -> list[Told]:
    found = [
        Told(
            line=line(visit.fold, state, visit.at),
            at=visit.local(one.told_at),
            what=one.what,
            about=visit.local(one.about),
        )
        for state in visit.fold.sites.values()
        if state.mismatches
        for one in standing(state, visit.at)
    ]
    return _newest(found)[:MISMATCHES_SHOWN]


def _asked(visit: Visit) -> list[Told]:
    found = [
        Told(
            line=line(visit.fold, state, visit.at),
            at=visit.local(one.at),
            patients=one.patients,
            usual=one.usual,
            then=_then(state, one),
        )
        for state in visit.fold.sites.values()
        for one in state.asked
        if visit.at - one.at < ASKED_FOR
    ]
    return _newest(found)


def _then(state: SiteState, asked: Asked) -> int | None:
    """What was reported of that day after all."""
    later = [
        report.patients
        for report in state.reports
        if report.day == asked.day and report.position > asked.position and report.patients is not None
    ]
    return later[0] if later else None


def _newest(found: list[Told]) -> list[Told]:
    return sorted(found, key=lambda one: (-one.at.timestamp(), one.line.id))


def jumped(visit: Visit) -> list[tuple[Line, Jump]]:
    """The sites whose number of today wants a look, by town and name."""
    board = visit.fold.board
    assert board is not None  # noqa: S101 - the frame has seen to it
    day = today_at(board, visit.at).day
    found = [(state, jump_of(state, day)) for state in visit.fold.sites.values()]
    jumps = [(line(visit.fold, state, visit.at), jump) for state, jump in found if jump is not None]
    return sorted(jumps, key=lambda one: (one[0].town, one[0].name))


ROOM: Final = Room(
    "today",
    N_("今日"),
    "/boards/{board}/today",
    (Page("/boards/{board}/today", "board.see", show, save, act="light.override"),),
)
