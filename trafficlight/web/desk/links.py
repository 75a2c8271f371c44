"""`/desk/boards/…/links`: the posting links of sites and towns, what is known and what can be done with each.

Nothing is kept of a link beside the ledger. A report names the link that it came by, so that is its last use;
to open a page is no event, so which phones have done so nobody knows.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from trafficlight.actions.changing import Changes
from trafficlight.actions.credentials import (
    Scope,
    draw_pin,
    end_link_sessions,
    issue_links,
    pin_links,
    revoke_links,
)
from trafficlight.actions.values import is_private, read_url
from trafficlight.domain.errors import Refused
from trafficlight.domain.fold import LINK
from trafficlight.domain.system import Link
from trafficlight.publish.cards import card_of, link_url, print_sheet, qr
from trafficlight.text.languages import N_
from trafficlight.web.desk.auth import PASSWORDS
from trafficlight.web.desk.presenter import Senders, senders
from trafficlight.web.desk.request import HEADERS, DeskRequest, mark

WARNED: Final = frozenset({"base_not_https", "base_private"})
"""Refusals that a tick in the box `anyway` turns into a yes: for trials."""


def usual_base(desk: DeskRequest) -> str:
    """Where the forms are, as far as it is set: the app's own address, else that of the published pages."""
    place = desk.parts.place()
    return place.app_url.rstrip("/") or place.public_url


def is_reached(base: str) -> bool:
    """Whether the clinics' phones can open it."""
    return base.startswith("https://") and not is_private(base)


def chosen_base(desk: DeskRequest) -> str:
    """The address that the form gives, or the usual one.

    `Refused` with `no_base_url` or `bad_url`; with one of `WARNED` unless the form says that it is known.
    """
    base = desk.form.text("base") or usual_base(desk)
    if not base:
        raise Refused("no_base_url", "base")
    base = read_url(base, "base")
    if not desk.form.on("anyway"):
        _check_reached(base)
    return base


def _check_reached(base: str) -> None:
    if is_private(base):
        raise Refused("base_private", "base")
    if base.startswith("http://"):
        raise Refused("base_not_https", "base")


# --- what is known of them --------------------------------------------------------------------------------


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
            of_site[fold.merged.get(link.site, link.site)].append(_held(desk, link, known))
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


# --- the list ---------------------------------------------------------------------------------------------


STALE: Final = timedelta(days=30)
"""A clinic that has not reported by its link for a month has lost it, or somebody else reports for it."""
FILTERS: Final[Mapping[str, str]] = {
    "": N_("全部"),
    "none": N_("没有链接"),
    "unused": N_("没有用过"),
    "stale": N_("30天没有用"),
    "several": N_("不止一条"),
}


async def show_list(desk: DeskRequest) -> web.Response:
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
        towns=[(town, list(group)) for town, group in groupby(found, key=_town_of)],
        older=len(older),
        seen=mark(older),
    )


async def save_list(desk: DeskRequest) -> web.Response:
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


def _town_of(one: LinkHolder) -> tuple[bool, str]:
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


# --- one site or town -------------------------------------------------------------------------------------


async def show_one(desk: DeskRequest) -> web.Response:
    """The links that there are, and the way to a new one."""
    return _page(desk, subject_of(desk))


async def save_one(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    subject, act = subject_of(desk), desk.form.value("act")
    if act == "issue":
        return await _issue(desk, subject)
    if act not in _ACTS:
        raise Refused("not_form")
    make, done = _ACTS[act]
    await make(desk, desk.changes(check=lambda _system: _check_own(desk)), desk.form.value("link"))
    return _back(desk, subject, done)


def _check_own(desk: DeskRequest) -> None:
    """`Refused` with `unknown_link` for a link that is not one of those of the page."""
    if desk.form.value("link") not in {link.id for link in subject_of(desk).links}:
        raise Refused("unknown_link")


async def _issue(desk: DeskRequest, subject: LinkHolder) -> web.Response:
    """A new one, shown in the answer to the form and nowhere else: no address and no cookie carries it."""
    if subject.gone:
        raise Refused("not_found")
    base = chosen_base(desk)
    issued = await issue_links(desk.changes(), [scope_of(desk, subject)])
    return _page(desk, subject_of(desk), fresh=link_url(base, issued[0].secret))


_ACTS: Final[Mapping[str, tuple[Callable[[DeskRequest, Changes, str], Awaitable[None]], str]]] = {
    "revoke": (
        lambda _desk, changes, link: revoke_links(changes, [link]),
        N_("链接已停用，现在起打不开。"),
    ),
    "end": (
        lambda _desk, changes, link: end_link_sessions(changes, [link]),
        N_("已结束：用过这条链接的手机都要重新扫码。"),
    ),
    "pin": (
        lambda desk, changes, link: pin_links(
            changes, {link: desk.form.value("pin")}, desk.request.app[PASSWORDS].digest
        ),
        N_("密码已设好，请当面或打电话告诉填报的人；每部手机问一次。"),
    ),
    "unpin": (
        lambda desk, changes, link: pin_links(changes, {link: None}, desk.request.app[PASSWORDS].digest),
        N_("密码已取消。"),
    ),
}


def _back(desk: DeskRequest, subject: LinkHolder, done: str) -> web.Response:
    return desk.done(f"/boards/{desk.board}/links/of?{urlencode(subject.query)}", done)


def _page(desk: DeskRequest, subject: LinkHolder, *, fresh: str = "") -> web.Response:
    base = usual_base(desk)
    return desk.page(
        "desk/links/of.html",
        subject=subject,
        fresh=fresh,
        code=qr(fresh) if fresh else "",
        base=base,
        plain_base=is_reached(base),
        warned=desk.form.code in WARNED,
        refused=desk.form.value("link") if desk.form.wrong else "",
        drawn=draw_pin(),
    )


# --- cards ------------------------------------------------------------------------------------------------


MOST_CARDS: Final = 500
"""At once: drawing a code takes some milliseconds of a processor that serves everybody."""
FOR: Final[Mapping[str, str]] = {
    "sites": N_("每家机构一张"),
    "lacking": N_("只给还没有链接的机构"),
    "towns": N_("每个乡镇的点位长一张（一页填报全乡镇的机构）"),
}
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Of the sheet: the same page as the file of the command line, with its style in it and no script."""


async def show_sheet(desk: DeskRequest) -> web.Response:
    """What to choose."""
    every = subjects(desk)
    return desk.page(
        "desk/links/sheet.html",
        base=usual_base(desk),
        warned=desk.form.code in WARNED,
        whom=FOR,
        towns=sorted({one.town for one in every if one.site and not one.gone} - {""}),
        kinds=[(kind, desk.kind(kind)) for kind in sorted({one.kind for one in every if one.site})],
        sites=sum(bool(one.site) and not one.gone for one in every),
        most=MOST_CARDS,
    )


async def save_sheet(desk: DeskRequest) -> web.Response:
    """Issue them, and answer with the sheet: the secrets are in this page and nowhere else."""
    base, chosen = chosen_base(desk), _chosen(desk)
    if not chosen:
        raise Refused("nothing_to_issue")
    if len(chosen) > MOST_CARDS:
        raise Refused("too_many_cards", most=MOST_CARDS, cards=len(chosen))
    issued = await issue_links(desk.changes(), [scope_of(desk, one) for one in chosen])
    cards = [
        card_of(one.site or one.town, one.name, desk.fold, link_url(base, link.secret))
        for one, link in zip(chosen, issued, strict=True)
    ]
    body = await asyncio.to_thread(print_sheet, base, cards)
    return web.Response(body=body, headers={**HEADERS, "Content-Security-Policy": POLICY})


def _chosen(desk: DeskRequest) -> list[LinkHolder]:
    """Those whom the form means; of towns and kinds none chosen means all."""
    form = desk.form
    whom, towns, kinds = form.value("whom"), form.values("town"), form.values("kind")
    if whom not in FOR:
        raise Refused("nothing_chosen", "whom")
    return [
        one
        for one in subjects(desk)
        if not one.gone
        and bool(one.site) == (whom != "towns")
        and (not towns or one.town in towns)
        and (not kinds or whom == "towns" or one.kind in kinds)
        and (whom != "lacking" or not one.links)
    ]
