"""`/desk/boards/…/corrections/sites/…`: what one site shows, and how the desk puts it right."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.reporting import Submission
from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY, instant
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Overridden
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.kind import counted
from trafficlight.domain.light import Light
from trafficlight.domain.note import check_note
from trafficlight.domain.state import BACK_DAYS, REPORT_RETENTION, BoardFold, Override, Report, SiteState
from trafficlight.publish import presenter
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.presenter import senders, site_line, site_of
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.form import question_of

LONGEST_OVERRIDE: Final = 7 * ONE_DAY
"""A light that the desk set stands no longer without somebody looking again: as long as a closure does."""
OFFERED: Final = timedelta(hours=4)
"""The end that is offered: the rest of a half-day."""


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A report of the last days."""

    id: str
    at: datetime
    day: date
    who: str
    report: Report


async def show(desk: DeskRequest) -> web.Response:
    """The site as the public sees it, the desk's forms, and the reports that can be withdrawn."""
    fold, at = desk.fold, desk.at
    board, state = fold.board, site_of(desk, desk.request.match_info["site"])
    judged = judge(fold, state, at)
    today = today_at(board, at).day
    return desk.page(
        "desk/corrections/site.html",
        at=desk.local(at),
        site=state.site,
        line=site_line(fold, state, at),
        shown=presenter.site(fold, state, judged, at, lit=True, lang=desk.lang),
        judged=judged,
        override=_standing(state, at),
        override_until=desk.local(state.override.until) if state.override else None,
        override_by=desk.who(state.override.by) if state.override else "",
        reports=_rows(desk, state),
        days=[today - back * ONE_DAY for back in range(BACK_DAYS + 1)],
        today=today,
        seen=state.reports[-1].id if state.reports else "",
        mark=mark(state.override),
        offered=_offered(desk.local(at)),
        closed=state.cross is not None,
        counted=phrase(counted(state.site.kind), desk.lang),
        question=question_of(desk.refusal, board.zone, desk.lang),
    )


async def save(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    state, act = site_of(desk, desk.request.match_info["site"]), desk.form.value("act")
    if act not in _ACTS:
        desk.require("report.post")
        raise Refused("not_form")
    return await _ACTS[act](desk, state)


async def _report(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("report.post")
    form, key = desk.form, desk.form_key()
    sent = Submission(
        by=desk.by,
        now=desk.at,
        key=key.name if key else None,
        seen=form.value("seen"),
        answers=tuple(form.values("decided")),
    )
    accepted = await desk.node.reporting.post_report(state.site.id, _raw(desk), sent)
    return desk.done(_here(desk), N_("已代填报：%(name)s"), name=accepted.site.site.name)


async def _withdraw(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("report.post")
    await desk.node.reporting.withdraw_report(
        state.site.id, desk.form.value("report"), by=desk.by, now=desk.at
    )
    return desk.done(_here(desk), N_("填报已撤回，恢复为其余填报所说的情况。"))


async def _override(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("light.override")
    form, board = desk.form, desk.fold.board
    light = form.value("light")
    if light not in set(Light):
        raise Refused("not_listed", "light")
    reason, until = _reason(form.text("reason")), _until(form.text("ends"), board, desk.at)
    event = Overridden(site=state.site.id, light=Light(light), reason=reason, until=until)
    await desk.change(form.value("mark"), _override_of(state.site.id), lambda _fold: [event])
    return desk.done(_here(desk), N_("已设定，公众马上看到。"))


async def _end(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("light.override")
    event = Overridden(site=state.site.id)
    await desk.change(desk.form.value("mark"), _override_of(state.site.id), lambda _fold: [event])
    return desk.done(_here(desk), N_("已取消设定，恢复为填报所说的情况。"))


_ACTS: Final[Mapping[str, Callable[[DeskRequest, SiteState], Awaitable[web.Response]]]] = {
    "report": _report,
    "withdraw": _withdraw,
    "override": _override,
    "end": _end,
}


def _here(desk: DeskRequest) -> str:
    return f"/boards/{desk.board}/corrections/sites/{desk.request.match_info['site']}"


def _override_of(site: str) -> Callable[[BoardFold], object]:
    def subject(fold: BoardFold) -> object:
        state = fold.sites.get(site)
        return state.override if state else None

    return subject


def _standing(state: SiteState, at: datetime) -> Override | None:
    override = state.override
    return override if override and not state.override_over and at < override.until else None


def _rows(desk: DeskRequest, state: SiteState) -> list[ReportRow]:
    said = senders(desk)
    return [
        ReportRow(
            id=report.id,
            at=desk.local(report.at),
            day=report.day,
            who=said.who(report.by),
            report=report,
        )
        for report in reversed(state.reports)
        if desk.at - report.at <= REPORT_RETENTION
    ]


# --- what was typed -----------------------------------------------------------------------------------------


def _raw(desk: DeskRequest) -> dict[str, object]:
    """The fields of a report as they were typed; what is empty was not said."""
    form = desk.form
    raw: dict[str, object] = {
        field: form.text(field)
        for field in ("service_day", "patients", "capacity_today", "expected_reopen", "note")
    }
    for name, field, yes in (("closure", "staff_infected", "closed"), ("phone", "phone_busy", "busy")):
        if form.value(name):
            raw[field] = form.value(name) == yes
    return raw


def _reason(text: str) -> str:
    if not text:
        raise Refused("reason_missing", "reason")
    try:
        return check_note(text)
    except Refused as refused:
        raise Refused(refused.code, "reason", **refused.params) from None


def _until(text: str, board: Board, at: datetime) -> datetime:
    """The instant of a wall time, which is to come within the longest that is allowed."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("bad_end", "ends", text=text[:40]) from None
    until = instant(wall.date(), wall.time(), board.zone) if wall.tzinfo is None else wall
    if until <= at:
        raise Refused("past_instant", "ends", text=text[:40])
    if until > at + LONGEST_OVERRIDE:
        raise Refused("far_instant", "ends", days=LONGEST_OVERRIDE.days)
    return until


def _offered(now: datetime) -> str:
    """The end that is offered, on the hour, as a browser's field for it has it."""
    return f"{(now + OFFERED).replace(minute=0):%Y-%m-%dT%H:%M}"
