"""`links issue`, `links sheet`, `links list`, `links revoke`: the posting links of clinics."""

import sys
from asyncio import run
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from trafficlight.actions.changing import LedgerChanges, read_system
from trafficlight.actions.credentials import (
    Issued,
    Scope,
    draw_pin,
    end_link_sessions,
    issue_links,
    link_named,
    pin_links,
    revoke_links,
)
from trafficlight.actions.passwords import digest_aside
from trafficlight.actions.values import is_private, read_url
from trafficlight.cli.console import _, explain, note, out
from trafficlight.cli.ledgers import Data, Url, looked_at, opened, slugs
from trafficlight.cli.options import AllOption, BoardOption, ScopeOptions, SiteOption, TownOption
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported
from trafficlight.domain.record import stamp
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import Link, SystemFold
from trafficlight.ledger.base import Ledger
from trafficlight.ledger.disk import sync
from trafficlight.publish.cards import Card, card_of, link_url, print_sheet

app = typer.Typer(
    name="links",
    help=_("填报链接：发给各机构"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


class _Subject(NamedTuple):
    """What a link is for: a site by its id, or a town by its name."""

    scope: Scope
    key: str
    name: str
    fold: BoardFold


BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url",
        metavar="URL",
        help=_("填报网址；默认用 config 里的 public_url"),
    ),
]


@app.command(help=_("发链接：每行“机构<TAB>网址”，网址只显示这一次。"))
def issue(
    *,
    data: Data = None,
    ledger: Url = "",
    base_url: BaseUrl = "",
    site: SiteOption = "",
    town: TownOption = "",
    board: BoardOption = "",
    everything: AllOption = False,
) -> None:
    wish = ScopeOptions(site=site, board=board, town=town, everything=everything)

    def print_them(base: str, cards: Sequence[Card]) -> None:
        _warn(base)
        for card in cards:
            out(f"{card.key}\t{card.url}")
        sys.stdout.flush()

    run(_issue(wish, base_url, data, ledger, print_them))


@app.command(help=_("发新链接并排成可打印的二维码卡片（A4）。"))
def sheet(
    *,
    file: Annotated[Path, typer.Option("--out", metavar="FILE.html", dir_okay=False)],
    data: Data = None,
    ledger: Url = "",
    base_url: BaseUrl = "",
    site: SiteOption = "",
    town: TownOption = "",
    board: BoardOption = "",
    everything: AllOption = False,
) -> None:
    wish = ScopeOptions(site=site, board=board, town=town, everything=everything)
    beside = file.with_name(f".{file.name}.new")

    def write(base: str, cards: Sequence[Card]) -> None:
        _warn(base)
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)  # whoever can read the file can report for these clinics
        beside.write_bytes(print_sheet(base, cards))
        sync(beside)

    try:
        cards = run(_issue(wish, base_url, data, ledger, write))
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    out(f"{file}\t{len(cards)}")


async def _issue(
    wish: ScopeOptions,
    base_url: str,
    data: Path | None,
    ledger: str,
    hand_over: Callable[[str, Sequence[Card]], None],
) -> list[Card]:
    """New links for what is meant; handed over, and how they begin, before they are in force."""
    async with opened(data, ledger) as store:
        base = base_url or (await read_system(store)).config.get("public_url", "")
        if not base:
            raise Refused("no_base_url", "base_url")
        base = read_url(base, "base_url")
        chosen = await wish.sites(store)
        if wish.town:
            fold = chosen[0][0]
            subjects = [_Subject(Scope(board=wish.board, town=wish.town), wish.town, wish.town, fold)]
        else:
            subjects = [
                _Subject(Scope(site=site, board=fold.slug), site, fold.sites[site].site.name, fold)
                for fold, sites in chosen
                for site in sites
            ]
        if not subjects:
            raise Refused("nothing_to_issue")

        def cards_of(issued: Sequence[Issued]) -> list[Card]:
            return [
                card_of(subject.key, subject.name, subject.fold, link_url(base, link.secret))
                for subject, link in zip(subjects, issued, strict=True)
            ]

        issued = await issue_links(
            LedgerChanges(store, "cli"),
            [subject.scope for subject in subjects],
            lambda links: hand_over(base, cards_of(links)),
        )
        return cards_of(issued)


def _warn(base: str) -> None:
    """Say what a clinic's phone will stumble over, before the cards are printed."""
    if base.startswith("http://"):
        note(explain(Refused("base_not_https", text=base)))
    if is_private(base):
        note(explain(Refused("base_private", text=base)))


@app.command(
    "list",
    help=_("列出有效的链接：编号、机构或乡镇、看板、日期、最近填报、有无密码"),
)
def list_(data: Data = None, ledger: Url = "") -> None:
    async def read() -> tuple[Sequence[Link], Mapping[str, datetime]]:
        async with looked_at(data, ledger) as store:
            links = sorted(
                (await read_system(store)).links.values(), key=lambda link: (link.issued_at, link.id)
            )
            return links, await _last_reports(store)

    links, last = run(read())
    for link in links:
        used = stamp(last[link.id]) if link.id in last else "-"
        pin = "pin" if link.pin else "-"
        out(f"{link.id}\t{link.site or link.town}\t{link.board}\t{stamp(link.issued_at)}\t{used}\t{pin}")


async def _last_reports(ledger: Ledger) -> Mapping[str, datetime]:
    """When each link was last reported by: the ledger knows it, so nothing else is kept of it."""
    last: dict[str, datetime] = {}
    for board in await slugs(ledger):
        for record in await ledger.read(board):
            if isinstance(record.event, Reported) and record.event.by.startswith("link:"):
                last[record.event.by.removeprefix("link:")] = record.at
    return last


@app.command(help=_("给链接加密码：4 到 6 位数字，每部手机问一次；不写 --pin 就随机给一个，--off 取消。"))
def pin(
    link: Annotated[list[str], typer.Argument(metavar="LINK...")],
    *,
    data: Data = None,
    ledger: Url = "",
    digits: Annotated[str, typer.Option("--pin", metavar="DIGITS")] = "",
    off: Annotated[bool, typer.Option("--off", help=_("不再问密码"))] = False,
) -> None:
    if off and digits:
        raise typer.BadParameter(_("--pin 和 --off 只能写一个"))

    async def bind() -> dict[str, str | None]:
        async with opened(data, ledger) as store:
            fold = await read_system(store)
            bound = {link_named(fold, one): None if off else digits or draw_pin() for one in link}
            await pin_links(LedgerChanges(store, "cli"), bound, digest_aside)
            return bound

    for named, secret in run(bind()).items():
        out(f"{named}\t{secret}" if secret else named)


@app.command(
    "end-sessions",
    help=_("手机丢了：让用这些链接进来过的手机都要重新扫码；链接本身照常有效。"),
)
def end(
    link: Annotated[list[str], typer.Argument(metavar="LINK...")], *, data: Data = None, ledger: Url = ""
) -> None:
    async def ended() -> list[str]:
        async with opened(data, ledger) as store:
            fold = await read_system(store)
            found = list(dict.fromkeys(link_named(fold, one) for one in link))
            await end_link_sessions(LedgerChanges(store, "cli"), found)
            return found

    for one in run(ended()):
        out(one)


@app.command(help=_("停用链接：写编号或网址，或用 --site、--board 停用它们的全部链接。"))
def revoke(
    link: Annotated[list[str] | None, typer.Argument(metavar="[LINK]...")] = None,
    *,
    data: Data = None,
    ledger: Url = "",
    site: SiteOption = "",
    town: TownOption = "",
    board: BoardOption = "",
    everything: AllOption = False,
) -> None:
    wish = None if link else ScopeOptions(site=site, board=board, town=town, everything=everything)
    if link and (site or town or board or everything):
        raise typer.BadParameter(_("要么写链接，要么写范围"))
    for revoked in run(_revoke(link or [], wish, data, ledger)):
        out(revoked)


async def _revoke(
    links: Sequence[str], wish: ScopeOptions | None, data: Path | None, ledger: str
) -> list[str]:
    async with opened(data, ledger) as store:
        fold = await read_system(store)
        found = await _links_within(store, fold, wish) if wish else [link_named(fold, link) for link in links]
        found = list(dict.fromkeys(found))
        if found:
            await revoke_links(LedgerChanges(store, "cli"), found)
        return found


async def _links_within(ledger: Ledger, fold: SystemFold, wish: ScopeOptions) -> list[str]:
    if not wish.everything:
        await wish.sites(ledger)  # refuses what there is not
    return [
        link.id
        for link in sorted(fold.links.values(), key=lambda link: (link.issued_at, link.id))
        if wish.everything
        or (wish.site and link.site == wish.site)
        or (wish.board and link.board == wish.board and wish.town in {"", link.town})
    ]
