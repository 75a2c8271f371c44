"""What is known of posting links: whose they are, who issued them, when they were last reported by.

Nothing is kept of it beside the ledger. A report names the link that it came by, so that is its last use; to
open a page is no event, so which phones have done so nobody knows.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from trafficlight.actions.credentials import Scope
from trafficlight.domain.errors import Refused
from trafficlight.domain.fold import LINK
from trafficlight.domain.system import Link
from trafficlight.web.desk.presenter import Senders, senders
from trafficlight.web.desk.request import DeskRequest

GONE: Final = "gone"
"""Sites that left the board: their links open nothing but a word about that."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A link in force; instants on the board's clock."""

    id: str
    issued: datetime
    by: str
    used: datetime | None
    """When a report came by it last."""
    pin: bool
    since: datetime | None
    """Phones that came in before this have to come in again."""


class LinkHolder(msgspec.Struct, frozen=True, kw_only=True):
    """A site, or the sites of a town, with the links that are for it, newest first."""

    site: str = ""
    town: str
    name: str
    kind: str = ""
    gone: bool = False
    links: tuple[Held, ...] = ()

    @property
    def query(self) -> Mapping[str, str]:
        """As the page's address says it."""
        return {"site": self.site} if self.site else {"town": self.town}

    @property
    def used(self) -> datetime | None:
        """The last report by any of its links."""
        return max((link.used for link in self.links if link.used), default=None)


def subjects(desk: DeskRequest) -> list[LinkHolder]:
    """Towns and sites, by town and name, a town before its sites; at the end what left the board."""
    fold, system = desk.fold, desk.system
    of_site, of_town = _by_subject(desk)
    towns = sorted({state.site.town for state in fold.sites.values()} - {""} | set(of_town))
    listed = {state.site.town for state in fold.sites.values()}
    made = [
        LinkHolder(town=town, name=town, gone=town not in listed, links=tuple(of_town.get(town, ())))
        for town in towns
    ]
    made += [
        LinkHolder(site=site, town=one.town, name=one.name, kind=one.kind, links=tuple(of_site.get(site, ())))
        for site, one in ((site, state.site) for site, state in fold.sites.items())
    ]
    for site, links in of_site.items():
        if site not in fold.sites and system.directory.get(site) == desk.board:
            left = fold.gone.get(site)
            name = left.site.name if left else site
            made.append(LinkHolder(site=site, town="", name=name, gone=True, links=tuple(links)))
    return sorted(
        made, key=lambda one: (one.gone, not one.town, one.town, bool(one.site), one.name, one.site)
    )


def subject_of(desk: DeskRequest) -> LinkHolder:
    """The one that the page's address names; `Refused` with `not_found` where there is none."""
    site, town = desk.request.query.get("site", ""), desk.request.query.get("town", "")
    for one in subjects(desk):
        if (one.site == site and site) or (not site and not one.site and one.town == town):
            return one
    raise Refused("not_found")


def scope_of(desk: DeskRequest, subject: LinkHolder) -> Scope:
    """What a new link for it is for."""
    if subject.site:
        return Scope(site=subject.site, board=desk.board)
    return Scope(board=desk.board, town=subject.town)


def _by_subject(desk: DeskRequest) -> tuple[Mapping[str, list[Held]], Mapping[str, list[Held]]]:
    """The links of sites that are or were here, and those of its towns, newest first."""
    fold, system = desk.fold, desk.system
    of_site: dict[str, list[Held]] = defaultdict(list)
    of_town: dict[str, list[Held]] = defaultdict(list)
    known = senders(desk)
    for link in reversed(system.links.values()):
        if link.site and (link.site in fold.sites or system.directory.get(link.site) == desk.board):
            of_site[link.site].append(_held(desk, link, known))
        elif link.town and link.board == desk.board:
            of_town[link.town].append(_held(desk, link, known))
    return of_site, of_town


def _held(desk: DeskRequest, link: Link, known: Senders) -> Held:
    # A site may have moved here: what it reported by the link elsewhere counts too.
    by = f"{LINK}{link.id}"
    uses = [fold.used[by] for fold in desk.parts.current.boards.values() if by in fold.used]
    return Held(
        id=link.id,
        issued=desk.local(link.issued_at),
        by=known.who(link.by),
        used=desk.local(max(uses)) if uses else None,
        pin=bool(link.pin),
        since=desk.local(link.sessions_since) if link.sessions_since else None,
    )
