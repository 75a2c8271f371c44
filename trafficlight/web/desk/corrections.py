"""`/desk/boards/…/corrections`: find a site and put right what it shows; lights set by the desk; notices."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.announcing import (
    LONGEST_NOTICE,
    end_ahead,
    post_notice,
    read_notice,
    take_back_notice,
)
from trafficlight.actions.changing import Changes
from trafficlight.actions.corrections import end_override, set_override
from trafficlight.actions.reporting import Submission
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.kind import counted
from trafficlight.domain.light import Reason
from trafficlight.domain.report import CLEARABLE
from trafficlight.domain.state import (
    BACK_DAYS,
    REPORT_RETENTION,
    BoardFold,
    Judged,
    SiteState,
)
from trafficlight.publish import presenter
from trafficlight.publish.view import NoticeView
from trafficlight.publish.words import CLOSED_FOR
from trafficlight.text.languages import N_
from trafficlight.text.rendering import phrase
from trafficlight.web.desk.presenter import SiteLine, pill, report_text, senders, site_line, site_of
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.form import question_of

MOST_LISTED: Final = 400
"""Sites on one page; where there are more, a search finds the others."""


class FoundSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site and what it shows."""

    line: SiteLine
    light: str
    pill: str


class DeskLight(msgspec.Struct, frozen=True, kw_only=True):
    """A light that the desk set."""

    line: SiteLine
    light: str
    pill: str
    reason: str
    until: datetime
    who: str


class StandingNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it stands."""

    name: str
    text: str
    since: datetime
    until: datetime | None


async def show(desk: DeskRequest) -> web.Response:
    """The sites that are looked for, or all."""
    return _page(desk)


def _page(desk: DeskRequest, looked: NoticeView | None = None) -> web.Response:
    wanted = desk.request.query.get("q", "").strip()[:60]
    states = [state for state in desk.fold.sites.values() if _is_wanted(state, wanted)]
    states.sort(key=lambda state: (state.site.town, state.site.name, state.site.id))
    found = [_found_site(desk, state, judge(desk.fold, state, desk.at)) for state in states[:MOST_LISTED]]
    return desk.page(
        "desk/corrections/board.html",
        at=desk.local(desk.at),
        wanted=wanted,
        towns=[(town, list(group)) for town, group in groupby(found, key=lambda one: one.line.town)],
        found=len(states),
        more=len(states) - len(found),
        set_by_desk=_set_by_desk(desk),
        notices=_notices(desk),
        longest=LONGEST_NOTICE,
        looked=looked,
    )


async def save(desk: DeskRequest) -> web.Response:
    """Show a notice as it will stand, post it, or take one back."""
    form, here = desk.form, f"/boards/{desk.board}/corrections"
    if form.value("act") == "look":
        line = read_notice(form.text("text"))
        until = end_ahead(form.text("until"), desk.fold.board.zone, desk.at)
        return _page(desk, NoticeView(text=line, until=desk.local(until) if until else None))
    if form.value("act") == "post":
        await post_notice(desk.changes(), desk.board, form.text("text"), form.text("until"), desk.at)
        return desk.done(here, N_("公告已发布。"))
    if form.value("act") == "take-back":
        await take_back_notice(desk.changes(), desk.board, form.value("notice"))
        return desk.done(here, N_("公告已撤下。"))
    raise Refused("not_form")


def _is_wanted(state: SiteState, wanted: str) -> bool:
    site = state.site
    texts = (site.id, site.name, site.town, site.address, *site.also, *(one.number for one in site.phones))
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts)


def _found_site(desk: DeskRequest, state: SiteState, judged: Judged) -> FoundSite:
    line = site_line(desk.fold, state, desk.at)
    return FoundSite(line=line, light=judged.light or "none", pill=pill(desk, judged))


def _desk_light(desk: DeskRequest, state: SiteState, judged: Judged) -> DeskLight | None:
    """The light that the desk set, where that is what the site shows."""
    override = state.override
    if override is None or judged.reason is not Reason.OVERRIDE:
        return None
    return DeskLight(
        line=site_line(desk.fold, state, desk.at),
        light=judged.light or "none",
        pill=pill(desk, judged),
        reason=override.reason,
        until=desk.local(override.until),
        who=desk.who(override.by),
    )


def _set_by_desk(desk: DeskRequest) -> list[DeskLight]:
    fold = desk.fold
    states = [state for state in fold.sites.values() if state.override]
    found = [_desk_light(desk, state, judge(fold, state, desk.at)) for state in states]
    return sorted((one for one in found if one), key=lambda one: one.until)


def _notices(desk: DeskRequest) -> list[StandingNotice]:
    return [
        StandingNotice(
            name=name,
            text=notice.text,
            since=desk.local(notice.mark.at),
            until=desk.local(notice.until) if notice.until else None,
        )
        for name, notice in desk.fold.notices.items()
        if notice.until is None or desk.at < notice.until
    ]


OFFERED: Final = timedelta(hours=4)
"""The end that is offered: the rest of a half-day."""


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A report of the last days."""

    id: str
    at: datetime
    who: str
    text: str


async def show_site(desk: DeskRequest) -> web.Response:
    """The site as the public sees it, the desk's forms, and the reports that can be withdrawn."""
    fold, at = desk.fold, desk.at
    board, state = fold.board, site_of(desk, desk.request.match_info["site"])
    judged = judge(fold, state, at)
    today = today_at(board, at).day
    return desk.page(
        "desk/corrections/site.html",
        at=desk.local(at),
        line=site_line(fold, state, at),
        shown=presenter.site(fold, state, judged, at, lang=desk.lang),
        patients=judged.patients,
        capacity=judged.capacity,
        desk_light=_desk_light(desk, state, judged),
        reports=_report_rows(desk, state),
        days=[today - back * ONE_DAY for back in range(BACK_DAYS + 1)],
        closures=[
            (value, desk.say(N_("暂停：%(why)s"), why=desk.say(why))) for value, why in CLOSED_FOR.items()
        ],
        today=today,
        seen=state.reports[-1].id if state.reports else "",
        mark=mark(state.override),
        offered=_offered(desk.local(at)),
        counted=phrase(counted(state.site.kind), desk.lang),
        zone=board.zone,
        question=question_of(desk.refusal, board.zone, desk.lang),
    )


async def save_site(desk: DeskRequest) -> web.Response:
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
    accepted = await desk.parts.reporting.post_report(state.site.id, _raw(desk), sent)
    return desk.done(_here(desk), N_("已代填报：%(name)s"), name=accepted.site.site.name)


async def _withdraw(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("report.post")
    await desk.parts.reporting.withdraw_report(
        state.site.id, desk.form.value("report"), by=desk.by, now=desk.at
    )
    return desk.done(_here(desk), N_("填报已撤回，恢复为其余填报所说的情况。"))


async def _override(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("light.override")
    form = desk.form
    await set_override(
        _override_changes(desk, state.site.id),
        desk.board,
        state.site.id,
        form.value("light"),
        form.text("reason"),
        form.text("ends"),
        desk.at,
    )
    return desk.done(_here(desk), N_("已设定，公众马上看到。"))


async def _end(desk: DeskRequest, state: SiteState) -> web.Response:
    desk.require("light.override")
    await end_override(_override_changes(desk, state.site.id), desk.board, state.site.id)
    return desk.done(_here(desk), N_("已取消设定，恢复为填报所说的情况。"))


def _override_changes(desk: DeskRequest, site: str) -> Changes:
    def subject(fold: BoardFold) -> object:
        state = fold.sites.get(site)
        return state.override if state else None

    return desk.changes(subject, desk.form.value("mark"))


_ACTS: Final[Mapping[str, Callable[[DeskRequest, SiteState], Awaitable[web.Response]]]] = {
    "report": _report,
    "withdraw": _withdraw,
    "override": _override,
    "end": _end,
}


def _here(desk: DeskRequest) -> str:
    return f"/boards/{desk.board}/corrections/sites/{desk.request.match_info['site']}"


def _report_rows(desk: DeskRequest, state: SiteState) -> list[ReportRow]:
    known = senders(desk)
    return [
        ReportRow(
            id=report.id,
            at=desk.local(report.at),
            who=known.who(report.by),
            text=report_text(desk, report, report.at),
        )
        for report in reversed(state.reports)
        if desk.at - report.at <= REPORT_RETENTION
    ]


# --- what was typed -----------------------------------------------------------------------------------------


def _raw(desk: DeskRequest) -> dict[str, object]:
    """The fields of a report as they were typed; what is empty was not said, None holds no longer."""
    form = desk.form
    raw: dict[str, object] = {
        field: form.text(field)
        for field in (
            *("service_day", "patients", "counted_at", "capacity_today", "remaining_today"),
            *("closure", "expected_reopen", "note"),
        )
    }
    if form.value("phone"):
        raw["phone_busy"] = form.value("phone") == "busy"
    for field in form.values("clear"):
        if field not in CLEARABLE:
            raise Refused("not_form")
        if raw[field]:
            raise Refused("given_and_cleared", field)
        raw[field] = None
    return raw


def _offered(now: datetime) -> str:
    """The end that is offered, on the hour, as a browser's field for it has it."""
    return f"{(now + OFFERED).replace(minute=0):%Y-%m-%dT%H:%M}"
