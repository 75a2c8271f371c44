"""`/desk/boards/…/corrections`: find a site; the lights that the desk set; notices."""

from datetime import datetime
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import judge
from trafficlight.domain.light import Reason
from trafficlight.domain.state import Judged, SiteState
from trafficlight.doors.notices import LONGEST_NOTICE, Posting, posted, taken_back
from trafficlight.publish.languages import N_
from trafficlight.web.desk.named import Line, line, pill
from trafficlight.web.desk.visit import Visit

MOST_LISTED: Final = 400
"""Sites on one page; where there are more, a search finds the others."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A site and what it shows."""

    line: Line
    light: str
    pill: str


class Set(msgspec.Struct, frozen=True, kw_only=True):
    """A light that the desk set."""

    line: Line
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


async def show(visit: Visit) -> web.Response:
    """The sites that are looked for, or all."""
    wanted = visit.request.query.get("q", "").strip()[:60]
    states = [state for state in visit.fold.sites.values() if _is_wanted(state, wanted)]
    states.sort(key=lambda state: (state.site.town, state.site.name, state.site.id))
    found = [_found(visit, state, judge(visit.fold, state, visit.at)) for state in states[:MOST_LISTED]]
    return visit.page(
        "desk/corrections/board.html",
        at=visit.local(visit.at),
        wanted=wanted,
        towns=[(town, list(group)) for town, group in groupby(found, key=lambda one: one.line.town)],
        found=len(states),
        more=len(states) - len(found),
        set_by_desk=_set_by_desk(visit),
        notices=_notices(visit),
        longest=LONGEST_NOTICE,
    )


async def save(visit: Visit) -> web.Response:
    """Post a notice, or take one back."""
    form, here = visit.form, f"/boards/{visit.board}/corrections"
    if form.value("act") == "post":
        wanted = Posting(form.text("text"), form.text("until"), visit.by)
        _, events = posted(visit.fold, wanted, visit.at)
        if events:
            await visit.append(events)
        return visit.done(here, N_("公告已发布。"))
    if form.value("act") == "take-back":
        if not await visit.was_taken():
            await visit.append(taken_back(visit.fold, form.value("notice"), visit.by))
        return visit.done(here, N_("公告已撤下。"))
    raise Refused("not_form")


def _is_wanted(state: SiteState, wanted: str) -> bool:
    site = state.site
    told = (site.id, site.name, site.town, site.address, *site.also, *(one.number for one in site.phones))
    return not wanted or any(wanted.casefold() in text.casefold() for text in told)


def _found(visit: Visit, state: SiteState, judged: Judged) -> Found:
    return Found(
        line=line(visit.fold, state, visit.at), light=judged.light or "none", pill=pill(visit, judged)
    )


def _set_by_desk(visit: Visit) -> list[Set]:
    found = []
    for state in visit.fold.sites.values():
        override = state.override
        if override is None or visit.at >= override.until:
            continue
        judged = judge(visit.fold, state, visit.at)
        if judged.reason is Reason.OVERRIDE:
            found.append(
                Set(
                    line=line(visit.fold, state, visit.at),
                    light=judged.light or "none",
                    pill=pill(visit, judged),
                    reason=override.reason,
                    until=visit.local(override.until),
                    who=visit.who(override.by),
                )
            )
    return sorted(found, key=lambda one: one.until)


def _notices(visit: Visit) -> list[Standing]:
    return [
        Standing(
            name=name,
            text=notice.text,
            since=visit.local(notice.mark.at),
            until=visit.local(notice.until) if notice.until else None,
        )
        for name, notice in visit.fold.notices.items()
        if notice.until is None or visit.at < notice.until
    ]
