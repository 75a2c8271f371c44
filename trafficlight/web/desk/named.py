"""A site in a line of the desk: what it is called, where it is, how it is phoned; and who sent what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold, Judged, SiteState
from trafficlight.domain.system import Link
from trafficlight.publish import telling, words
from trafficlight.publish.languages import N_
from trafficlight.publish.view import Phone
from trafficlight.web.desk.visit import Visit

PHONES: Final = 2
"""Shown in a line; the others stand on the site's page."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One site."""

    id: str
    name: str
    town: str
    phones: tuple[Phone, ...]


def line(fold: BoardFold, state: SiteState, at: datetime) -> Line:
    """The site as a list names it."""
    board, site = fold.board, state.site
    assert board is not None  # noqa: S101 - pages of a board are of one that was put
    phones = telling.phones(site.phones, board.area_code, at, board.zone)
    return Line(id=site.id, name=site.name, town=site.town, phones=phones[:PHONES])


def lines(fold: BoardFold, sites: Iterable[str], at: datetime) -> list[Line]:
    """The sites by town and name."""
    made = [line(fold, fold.sites[site], at) for site in sites]
    return sorted(made, key=lambda one: (one.town, one.name, one.id))


def site_of(visit: Visit, site: str) -> SiteState:
    """The site of the page's board; `Refused` with `not_found` where there is none."""
    state = visit.fold.sites.get(site)
    if state is None:
        raise Refused("not_found")
    return state


def pill(visit: Visit, judged: Judged) -> str:
    """What the site shows, as the desk reads it in a line: ●蓝·人少."""
    key = judged.light or judged.reason
    mark = words.MARKS.get(judged.light or "none", words.MARKS["none"])
    return f"{mark} {visit.say(words.PILLS[key])}"


def links_of(visit: Visit) -> dict[str, Link]:
    """The posting links in force, by their ids."""
    return {link.id: link for link in visit.system.links.values()}


def sender(visit: Visit, by: str, links: dict[str, Link]) -> str:
    """Who did it, for a reader who never saw the ledger."""
    kind, _, name = by.partition(":")
    if kind == "user":
        return visit.who(by)
    if kind == "link":
        link = links.get(name)
        if link is not None and link.town:
            return visit.say(N_("%(town)s点位长"), town=link.town)
        return visit.say(N_("填报链接"))
    if kind == "token":
        label = next((token.label for token in visit.system.tokens.values() if token.id == name), "")
        return visit.say(N_("系统接口（%(label)s）"), label=label) if label else visit.say(N_("系统接口"))
    return visit.say(N_("命令行")) if by == "cli" else by
