"""Each board's day: who has reported, who has not, what wants a look."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.corrections import confirm_closure
from trafficlight.domain.board import BoardState
from trafficlight.domain.closure import INFECTED, Pause
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.due import reporting_times
from trafficlight.domain.errors import Refused
from trafficlight.domain.headline import headline
from trafficlight.domain.hints import Jump, jump_of
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.mismatch import standing
from trafficlight.domain.state import BoardFold, ImplausibleCount, Judged, SiteState
from trafficlight.publish.words import CLOSED_FOR, MISMATCHES
from trafficlight.text.languages import N_
from trafficlight.web.desk.alarms import why
from trafficlight.web.desk.bench import bench_of
from trafficlight.web.desk.days import reminders
from trafficlight.web.desk.presenter import ChaseText, SiteLine, chases, site_line, site_lines, site_of
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.webhook import SENT

ASKED_FOR: Final = 2 * ONE_DAY
"""Numbers that were asked back are looked at today and tomorrow."""
MOST_MISMATCHES: Final = 30
"""The last ones of a board: more are read on the command line."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A reporting time and who has not answered it."""

    due: datetime
    """On the board's clock."""
    passed: bool
    in_time: int
    late: int
    missing: list[SiteLine]
    chases: list[ChaseText]
    now: bool
    """The last one that has passed: these are chased."""


class ClosureLine(msgspec.Struct, frozen=True, kw_only=True):
    """A site that is closed, or was to be open again."""

    line: SiteLine
    why: str
    """Which the desk alone reads of every site."""
    since: datetime | None
    reopen: date | None
    confirmed: bool
    overdue: bool
    """Its day has come, or nobody spoke of it for a week."""
    seen: str


class MismatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """What a resident found otherwise than the page says; instants are on the board's clock."""

    line: SiteLine
    at: datetime
    what: str
    about: datetime


class AskedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A number that was asked back, at an instant on the board's clock."""

    line: SiteLine
    at: datetime
    patients: int
    usual: float | None
    later: int | None
    """The number that was reported after that."""


async def show(desk: DeskRequest) -> web.Response:
    """The board's day at a glance, each thing with the phone beside it."""
    fold, at = desk.fold, desk.at
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    closed = closures(desk, judged)
    return desk.page(
        "desk/today.html",
        bench=await bench_of(desk, judged),
        live=fold.board.state is BoardState.LIVE,
        draft=fold.board.state is BoardState.DRAFT,
        at=desk.local(at),
        counts=headline(fold, judged, at).counts if judged else {},
        sites=len(judged),
        dues=_dues(desk, judged),
        reminder=_reminder(desk),
        closed=closed,
        unsure=sum(not one.confirmed or one.overdue or one.reopen is None for one in closed),
        mismatches=_mismatches(desk),
        asked=_asked(desk),
        jumps=jumped(desk),
        holidays=reminders(desk),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Confirm a closure, as told by the site on the phone, or end it."""
    site, act = desk.form.value("site"), desk.form.value("act")
    if act not in _DONE:
        raise Refused("not_form")
    name = site_of(desk, site).site.name

    def cross(fold: BoardFold) -> object:
        state = fold.sites.get(site)
        return state.cross if state else None

    await confirm_closure(desk.changes(cross), desk.board, site, confirmed=act == "confirm")
    return desk.done(f"/boards/{desk.board}/today", _DONE[act], name=name)


_DONE: Final[Mapping[str, str]] = {
    "confirm": N_("已核实暂停接诊：%(name)s"),
    "end": N_("已记为恢复接诊：%(name)s"),
}


class GroupReminder(msgspec.Struct, frozen=True, kw_only=True):
    """The last message of the day to the county's group; instants are on the board's clock."""

    due: datetime
    at: datetime
    missing: int
    sent: bool
    fault: str
    """In words; empty where nothing is known to have gone wrong."""


def _reminder(desk: DeskRequest) -> GroupReminder | None:
    """The last message to the group, where it was of today."""
    board, chased = desk.fold.board, desk.fold.chased
    if chased is None or chased.due < today_at(board, desk.at).start:
        return None
    outcome = chased.outcome
    return GroupReminder(
        due=desk.local(chased.due),
        at=desk.local(chased.at),
        missing=chased.missing,
        sent=outcome == SENT,
        fault=why(desk, outcome) if outcome not in {"", SENT} else "",
    )


def _dues(desk: DeskRequest, judged: Mapping[str, Judged]) -> list[Due]:
    found = reporting_times(desk.fold, judged, desk.at)
    passed = [call.due for call in found if call.passed]
    made = []
    for call in found:
        missing = site_lines(desk.fold, call.missing, desk.at)
        made.append(
            Due(
                due=desk.local(call.due),
                passed=call.passed,
                in_time=len(call.in_time),
                late=len(call.late),
                missing=missing,
                chases=chases(desk, call, missing) if missing and call.due not in passed[:-1] else [],
                now=bool(passed) and call.due == passed[-1],
            )
        )
    return made


def closures(desk: DeskRequest, judged: Mapping[str, Judged]) -> list[ClosureLine]:
    """Those first that somebody has to ask: whose day has come, who named none, whom nobody asked yet."""
    found = []
    for site, one in judged.items():
        state = desk.fold.sites[site]
        if state.cross is None or one.reason is Reason.OVERRIDE:
            continue
        found.append(
            ClosureLine(
                line=site_line(desk.fold, state, desk.at),
                why=desk.say(CLOSED_FOR.get(state.cross.paused or INFECTED, CLOSED_FOR[Pause.OTHER])),
                since=desk.local(state.cross.since),
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


def _mismatches(desk: DeskRequest) -> list[MismatchLine]:
    found = [
        MismatchLine(
            line=site_line(desk.fold, state, desk.at),
            at=desk.local(one.received_at),
            what=desk.say(MISMATCHES[one.what]),
            about=desk.local(one.about),
        )
        for state in desk.fold.sites.values()
        if state.mismatches
        for one in standing(state, desk.at)
    ]
    return sorted(found, key=_newest_first)[:MOST_MISMATCHES]


def _asked(desk: DeskRequest) -> list[AskedLine]:
    found = [
        AskedLine(
            line=site_line(desk.fold, state, desk.at),
            at=desk.local(one.at),
            patients=one.patients,
            usual=one.usual,
            later=_later(state, one),
        )
        for state in desk.fold.sites.values()
        for one in state.asked_back
        if desk.at - one.at < ASKED_FOR
    ]
    return sorted(found, key=_newest_first)


def _later(state: SiteState, asked: ImplausibleCount) -> int | None:
    """What was reported of that day after all."""
    later = [
        report.patients
        for report in state.reports
        if report.day == asked.day and report.position > asked.position and report.patients is not None
    ]
    return later[0] if later else None


def _newest_first(one: MismatchLine | AskedLine) -> tuple[float, str]:
    return -one.at.timestamp(), one.line.id


def jumped(desk: DeskRequest) -> list[tuple[SiteLine, Jump]]:
    """The sites whose number of today wants a look, by town and name."""
    board = desk.fold.board
    day = today_at(board, desk.at).day
    found = [(state, jump_of(state, day)) for state in desk.fold.sites.values()]
    jumps = [(site_line(desk.fold, state, desk.at), jump) for state, jump in found if jump is not None]
    return sorted(jumps, key=lambda one: (one[0].town, one[0].name))
