"""`/desk/boards/…/links`: every site and town of the board with its posting links."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import groupby
from typing import Final

from aiohttp import web

from trafficlight.actions.credentials import revoke_links
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import N_
from trafficlight.web.desk.links.registry import LinkHolder, subjects
from trafficlight.web.desk.request import DeskRequest, mark

STALE: Final = timedelta(days=30)
"""A clinic that has not reported by its link for a month has lost it, or somebody else reports for it."""
FILTERS: Final[Mapping[str, str]] = {
    "": N_("全部"),
    "none": N_("没有链接"),
    "unused": N_("没有用过"),
    "stale": N_("30天没有用"),
    "several": N_("不止一条"),
}


async def show(desk: DeskRequest) -> web.Response:
    """All of them, or those that are looked for."""
    wanted, matching = _matching(desk)
    which = desk.request.query.get("show", "")
    tests = _tests(desk)
    which = which if which in FILTERS else ""
    found = [one for one in matching if tests[which](one)]
    older = _older(matching)
    return desk.page(
        "desk/links/list.html",
        wanted=wanted,
        which=which,
        shown=[(key, word, sum(map(tests[key], matching))) for key, word in FILTERS.items()],
        towns=[(town, list(group)) for town, group in groupby(found, key=_section)],
        older=len(older),
        seen=mark(older),
    )


async def save(desk: DeskRequest) -> web.Response:
    """Of each one that is looked for the newest link stays; the others open nothing any more."""
    if desk.form.value("act") != "prune":
        raise Refused("not_form")
    here = f"/boards/{desk.board}/links"
    older = _older(_matching(desk)[1])
    if not older and mark(older) == desk.form.value("seen"):
        raise Refused("nothing_chosen")
    await revoke_links(desk.changes(lambda _system: _older(_matching(desk)[1])), older)
    return desk.done(here, N_("旧的链接已停用。"))


def _matching(desk: DeskRequest) -> tuple[str, list[LinkHolder]]:
    """What is looked for, and who has it in name, town or id."""
    wanted = desk.request.query.get("q", "").strip()[:60]
    return wanted, [one for one in subjects(desk) if wanted in f"{one.name} {one.town} {one.site}"]


def _older(found: list[LinkHolder]) -> list[str]:
    """The links of each that are not its newest."""
    return [link.id for one in found for link in one.links[1:]]


def _section(one: LinkHolder) -> tuple[bool, str]:
    return one.gone, "" if one.gone else one.town


def _tests(desk: DeskRequest) -> Mapping[str, Callable[[LinkHolder], bool]]:
    """What each choice of the list shows. A town needs no link where its sites have theirs."""
    now = desk.local(desk.at)
    return {
        "": lambda _one: True,
        "none": lambda one: bool(one.site) and not one.links and not one.gone,
        "unused": lambda one: bool(one.links) and one.used is None,
        "stale": lambda one: one.used is not None and now - one.used >= STALE,
        "several": lambda one: len(one.links) > 1,
    }
