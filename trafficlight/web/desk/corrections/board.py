"""`/desk/boards/…/corrections`: find a site; the lights that the desk set; notices."""

from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.notices import LONGEST_NOTICE, Posting, posted, taken_back
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Reason
from trafficlight.domain.state import Judged, SiteState
from trafficlight.text.languages import N_
from trafficlight.web.desk.presenter import SiteLine, pill, site_line
from trafficlight.web.desk.request import DeskRequest

MOST_LISTED: Final = 400
"""Sites on one page; where there are more, a search finds the others."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A site and what it shows."""

    line: SiteLine
    light: str
    pill: str


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """A light that the desk set."""

    line: SiteLine
    light: str
    pill: str
    reason: str
    until: datetime
    who: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it stands."""

    name: str
    text: str
    since: datetime
    until: datetime | None


async def show(desk: DeskRequest) -> web.Response:
    """The sites that are looked for, or all."""
    wanted = desk.request.query.get("q", "").strip()[:60]
    states = [state for state in desk.fold.sites.values() if _is_wanted(state, wanted)]
    states.sort(key=lambda state: (state.site.town, state.site.name, state.site.id))
    found = [_found(desk, state, judge(desk.fold, state, desk.at)) for state in states[:MOST_LISTED]]
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
    )


async def save(desk: DeskRequest) -> web.Response:
    """Post a notice, or take one back."""
    form, here = desk.form, f"/boards/{desk.board}/corrections"
    if form.value("act") == "post":
        wanted = Posting(form.text("text"), form.text("until"), desk.by)
        _, events = posted(desk.fold, wanted, desk.at)
        if events:
            await desk.append(events)
        return desk.done(here, N_("公告已发布。"))
    if form.value("act") == "take-back":
        if not await desk.was_taken():
            await desk.append(taken_back(desk.fold, form.value("notice"), desk.by))
        return desk.done(here, N_("公告已撤下。"))
    raise Refused("not_form")


def _is_wanted(state: SiteState, wanted: str) -> bool:
    site = state.site
    told = (site.id, site.name, site.town, site.address, *site.also, *(one.number for one in site.phones))
    return not wanted or any(wanted.casefold() in text.casefold() for text in told)


def _found(desk: DeskRequest, state: SiteState, judged: Judged) -> Found:
    line = site_line(desk.fold, state, desk.at)
    return Found(line=line, light=judged.light or "none", pill=pill(desk, judged))


def _set_by_desk(desk: DeskRequest) -> list[Set]:
    found = []
    for state in desk.fold.sites.values():
        override = state.override
        if override is None or desk.at >= override.until:
            continue
        judged = judge(desk.fold, state, desk.at)
        if judged.reason is Reason.OVERRIDE:
            found.append(
                Set(
                    line=site_line(desk.fold, state, desk.at),
                    light=judged.light or "none",
                    pill=pill(desk, judged),
                    reason=override.reason,
                    until=desk.local(override.until),
                    who=desk.who(override.by),
                )
            )
    return sorted(found, key=lambda one: one.until)


def _notices(desk: DeskRequest) -> list[Standing]:
    return [
        Standing(
            name=name,
            text=notice.text,
            since=desk.local(notice.mark.at),
            until=desk.local(notice.until) if notice.until else None,
        )
        for name, notice in desk.fold.notices.items()
        if notice.until is None or desk.at < notice.until
    ]
