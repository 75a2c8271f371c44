"""The clinic's pages behind a posting link: one screen, ten seconds, no password, no way to break anything.

They work without a script. What is refused is shown again with what was typed, and a sentence where it
belongs.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Final

from aiohttp import web
from msgspec.structs import replace

from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import REPORT_RETENTION, Report, SiteState
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.publish import presenter, templating
from trafficlight.text.rendering import explain
from trafficlight.web import form
from trafficlight.web.form import Typed
from trafficlight.web.form_view import change_texts, next_due, public_change, public_view, screen_of
from trafficlight.web.link_auth import (
    HEADERS,
    PIN_CODES,
    LinkAuth,
    LinkParts,
    LinkRequest,
    Pins,
    Where,
    see_other,
    up,
)
from trafficlight.web.problems import status_of
from trafficlight.web.reading import read_body
from trafficlight.web.town_form import TownForm

FORM_MEDIA: Final = "application/x-www-form-urlencoded"
UNDO_FOR: Final = timedelta(minutes=10)
"""So long a slip is noticed; what is wrong later is put right by the next report."""


class Staff:
    """The handlers of `/enter/` and of a site under `/report/`."""

    def __init__(self, parts: LinkParts, pins: Pins) -> None:
        self._parts = parts
        self._links = LinkAuth(parts)
        self._town = TownForm(parts, self._links)
        self._pins = pins

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """`GET /enter/SECRET`: the secret leaves the address bar at once, and stays in a cookie's stead."""
        digest, link = await self._parts.access.link(request, request.match_info["secret"])
        response = see_other(f"../report/{link.id}/")
        if request.method == "GET":
            board = link.board or self._parts.current.system.directory.get(link.site, "")
            self._links.remember(request, response, self._parts.sessions.begin(link.id, digest, board))
        return response

    async def pin(self, request: web.Request) -> web.StreamResponse:
        """`POST /report/LINK/pin`: asked for once in a browser."""
        linked = await self._links.unproven(request)
        if request.content_type != FORM_MEDIA:
            raise Refused("not_form")
        fields = form.parse_form(await read_body(request, form.FORM_BYTES))
        typed, device = fields.get("pin", [""])[-1], self._links.device(request, linked)
        await self._pins.check(request, linked, typed, device)
        response = see_other("./")
        self._links.prove(request, response, linked)
        return response

    async def trial(self, request: web.Request) -> web.StreamResponse:
        """`GET /enter/trial`: what the test card of a printed sheet leads to. It does nothing else."""
        body = templating.render("staff/trial.html", up=up(request), switch=False)
        return web.Response(body=body, headers=HEADERS)

    async def form(self, request: web.Request) -> web.StreamResponse:
        """`GET /report/LINK/`, for a town's link the list of its sites; `GET /report/LINK/SITE/`."""
        linked = await self._links.request(request)
        switched = self._links.switched(request, linked)
        if switched is not None:
            return switched
        if linked.link.town and "site" not in request.match_info:
            return self._town.page(request, linked)
        where, _ = await self._found(request, linked)
        return self._form(request, linked, where, self._blank(where))

    async def post(self, request: web.Request) -> web.StreamResponse:
        """`POST` of the form: a receipt by 303, or the form again with what was typed."""
        linked = await self._links.request(request)
        if request.content_type != FORM_MEDIA:
            raise Refused("not_form")
        if linked.link.town and "site" not in request.match_info:
            return await self._town.post(request, linked)
        where = await self._links.site(request, linked)
        typed = form.typed_of(form.parse_form(await read_body(request, form.FORM_BYTES)))
        if not self._parts.sessions.is_form_token(linked.session, typed.token):
            return self._form(request, linked, where, typed, Refused("stale_form"))
        try:
            key = f"{linked.by}\n{request.path}\n{linked.session.id}/{typed.key}"
            report = await form.post(self._parts, where, typed, by=linked.by, key=key)
        except Refused as refused:
            return self._form(request, linked, where, typed, refused)
        except LedgerUnavailable:
            return self._form(request, linked, where, typed, Refused("ledger_unavailable"))
        return see_other(f"./?r={report.id}" if typed.act in form.PLUS else f"done?r={report.id}")

    async def undo(self, request: web.Request) -> web.StreamResponse:
        """`POST …/undo`: the report is as if never made."""
        linked = await self._links.request(request)
        where = await self._links.site(request, linked)
        if request.content_type != FORM_MEDIA:
            raise Refused("not_form")
        fields = form.parse_form(await read_body(request, form.FORM_BYTES))
        token, named = fields.get("token", [""])[-1], fields.get("report", [""])[-1]
        if not self._parts.sessions.is_form_token(linked.session, token):
            raise Refused("stale_form")
        try:
            await self._parts.reporting.withdraw_report(
                where.state.site.id, named, by=linked.by, now=self._parts.clock(), within=UNDO_FOR
            )
        except Refused as refused:
            return see_other(f"done?not={refused.code}")
        return see_other("done?undone=1")

    async def done(self, request: web.Request) -> web.StreamResponse:
        """`GET …/done`: what the public sees now, whatever was done."""
        linked = await self._links.request(request)
        where, report = await self._found(request, linked)
        fold, state, zone, at = where.fold, where.state, where.board.zone, self._parts.clock()
        return self._links.page(
            request,
            linked,
            "staff/done.html",
            site=state.site,
            board=fold.slug,
            header=presenter.header(fold, self._parts.place(), linked.lang, at),
            public=public_view(fold, state, at, linked.lang),
            change=public_change(fold, state, at, linked.lang),
            token=self._parts.sessions.form_token(linked.session),
            report=report,
            at=local(report.at, zone) if report else None,
            undo_until=_undo_until(report, zone, at),
            due=next_due(fold, at),
            today=local(at, zone).date(),
            undone="undone" in request.query,
            failed=_why_not(request.query.get("not", ""), linked.lang),
        )

    def refusal_page(self, request: web.Request, refused: Refused) -> web.StreamResponse:
        """A refusal as a page: what is wrong, and whom to phone where that is known."""
        folds, lang = self._parts.current.boards, self._links.asked_lang(request)
        known = folds.get(refused.params.get("board", ""))
        candidates = [known] if known else list(folds.values())
        fold = candidates[0] if len(candidates) == 1 else None
        headers = dict(HEADERS)
        if "retry_after" in refused.params:
            headers["Retry-After"] = str(refused.params["retry_after"])
        if "allow" in refused.params:
            headers["Allow"] = refused.params["allow"]
        body = templating.render(
            "staff/pin.html" if refused.code in PIN_CODES else "staff/told.html",
            lang,
            up=up(request),
            switch=False,
            code=refused.code,
            link=request.match_info.get("link", ""),
            text=explain(refused, lang),
            header=presenter.header(fold, self._parts.place(), lang, self._parts.clock()) if fold else None,
        )
        return web.Response(status=status_of(refused.code), body=body, headers=headers)

    async def _found(self, request: web.Request, linked: LinkRequest) -> tuple[Where, Report | None]:
        """The site, and the report that the address names (`?r=`)."""
        where, wanted = await self._links.site(request, linked), request.query.get("r", "")
        report = _report(where.state, wanted)
        if wanted and report is None:
            await self._parts.freshness.refresh()  # it may have been posted at another node a moment ago
            where = await self._links.site(request, linked)
            report = _report(where.state, wanted)
        return where, report

    # --- the form -------------------------------------------------------------------------------------------

    def _form(
        self,
        request: web.Request,
        linked: LinkRequest,
        where: Where,
        typed: Typed,
        refused: Refused | None = None,
    ) -> web.StreamResponse:
        at = self._parts.clock()
        screen = screen_of(where.fold, where.state, at, linked.lang)
        code, field = (refused.code, refused.field) if refused else ("", "")
        question = form.question_of(refused, where.board.zone, linked.lang)
        if code in {"newer_report", "counted_before_last"}:
            base = "" if screen.patients is None else str(screen.patients)
            typed = replace(typed, key=_new_key(), seen=screen.seen, base=base)
        # What waited on the phone is sent again with the time at which it was true, as it will wait no more.
        typed = replace(typed, clock=form.clock_of(typed, where.board, at))
        day = None if field == "service_day" else _day(typed.day)
        counted = _report(where.state, request.query.get("r", ""))
        return self._links.page(
            request,
            linked,
            "staff/form.html",
            status=status_of(refused.code) if refused else 200,
            screen=screen,
            zone=where.board.zone,
            changes=change_texts(where.fold, where.state, at, linked.lang)
            if shows_lights(where.board)
            else (),
            typed=typed,
            more=form.PLUS.get(typed.act, 0),
            day=day or screen.today,
            question=question,
            stale=code == "stale_form",
            wrong={}
            if refused is None or question or code == "stale_form"
            else {field or "patients": explain(refused, linked.lang)},
            token=self._parts.sessions.form_token(linked.session),
            counted=counted,
            change=public_change(where.fold, where.state, at, linked.lang) if counted else "",
            undo_until=_undo_until(counted, where.board.zone, at),
        )

    def _blank(self, where: Where) -> Typed:
        """The form before anything was typed."""
        screen = screen_of(where.fold, where.state, self._parts.clock())
        return Typed(
            day=screen.today.isoformat(),
            base="" if screen.patients is None else str(screen.patients),
            reopen=screen.reopen.isoformat() if screen.reopen else "",
            until=screen.reopen.isoformat() if screen.reopen else "",
            seen=screen.seen,
            key=_new_key(),
        )


def _report(state: SiteState, wanted: str) -> Report | None:
    return next((report for report in state.reports if report.id == wanted), None)


def _undo_until(report: Report | None, zone: str, at: datetime) -> datetime | None:
    """Until when the report can be taken back from here; None where it cannot any more."""
    if report is None or at > report.at + UNDO_FOR:
        return None
    return local(report.at + UNDO_FOR, zone)


def _why_not(code: str, lang: str) -> str:
    """Why a report was not taken back, in words; empty where it was, or where nobody asked."""
    if code not in {"unknown_report", "too_old", "undo_late"}:
        return ""
    minutes = UNDO_FOR // timedelta(minutes=1)
    return explain(Refused(code, days=REPORT_RETENTION.days, minutes=minutes), lang)


def _new_key() -> str:
    return secrets.token_urlsafe(12)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
