"""`demo`: an invented county on a server of its own, in one command, that leaves nothing behind."""

import asyncio
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from msgspec.structs import replace

from trafficlight.actions import users
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.config import set_config
from trafficlight.actions.credentials import Scope, issue_links, issue_token
from trafficlight.actions.passwords import digest_aside
from trafficlight.cli.console import _, out
from trafficlight.cli.demo_county import BANNER, SLUG
from trafficlight.cli.demo_days import Moment, cast_of, story
from trafficlight.cli.ledgers import board_of
from trafficlight.cli.progress import progress
from trafficlight.cli.serve import Listen, ListeningSockets, Ops, run_server, settings_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.replay import fold_all
from trafficlight.domain.users import EVERYWHERE, Role
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.ledger.store import LedgerStore
from trafficlight.publish.cards import link_url
from trafficlight.settings import Settings
from trafficlight.signals import hold_stop_signals, on_stop_signal, stop_signals

HELP: Final = _("演示：一个虚构的县，八天的填报，马上能看；按 Ctrl-C 结束，不留痕迹。")

_TRIED: Final = 50
"""Ports looked at from the usual one on, where nobody asked for a certain one."""

USER: Final = "demo"
"""Who signs in at the desk."""
_PASSWORD_GROUPS: Final = 4
"""Of four digits: 53 bits, read from a terminal and typed on a phone."""

Address = tuple[str, int]


class DemoSummary(msgspec.Struct, frozen=True):
    """What somebody who wants to try everything needs."""

    links: Sequence[tuple[str, str]]
    """Whose it is, and its secret."""
    token: str
    password: str
    """Of the desk's user."""


def demo(
    *,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help=_("留下数据的文件夹；不给就用完删除"),
        ),
    ] = None,
    listen: Listen = None,
    ops: Ops = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=_("127.0.0.1 上的端口"))] = None,
) -> None:
    if port is not None and listen is not None:
        raise typer.BadParameter(_("--port 和 --listen 只给一个"))
    # Nothing of the environment: a demonstration must not write to anybody's ledger or targets.
    wanted = settings_of({}, data=data or Path(), listen=f"127.0.0.1:{port}" if port else listen, ops=ops)
    with (
        listening(wanted.listen, certainly=bool(listen or port)) as public,
        listening(wanted.ops, certainly=bool(ops)) as beside,
        _folder(data) as folder,
    ):
        address = (wanted.listen[0], public.getsockname()[1])
        url = f"http://{_reachable(address)}:{address[1]}"
        settings = replace(wanted, data=folder, listen=address, app_url=url, log_level="warning")
        try:
            code = asyncio.run(_run(settings, folder, url, (public, beside), keeps_data=data is not None))
        except asyncio.CancelledError:  # stopped before it served
            code = 0
    raise typer.Exit(code)


async def _run(
    settings: Settings, folder: Path, url: str, sockets: ListeningSockets, *, keeps_data: bool
) -> int:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine that runs is one
    on_stop_signal(asyncio.get_running_loop(), task.cancel)  # the server has its own way once it runs
    summary = await _prepare(folder, url)
    show = partial(_show, summary, url, folder, keeps_data=keeps_data)
    return await run_server(settings, show, sockets)


# --- a place to be ------------------------------------------------------------------------------------------


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """The data folder; a temporary one is gone afterwards, whatever stops us."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    found = {number: signal.getsignal(number) for number in stop_signals()}
    hold_stop_signals()
    folder = Path(tempfile.mkdtemp(prefix="trafficlight-demo-"))
    try:
        yield folder
    finally:
        for number in found:
            signal.signal(number, signal.SIG_IGN)  # it is ending already
        shutil.rmtree(folder, ignore_errors=True)
        for number, handler in found.items():
            signal.signal(number, handler)


def listening(wanted: Address, *, certainly: bool) -> socket.socket:
    """A socket that listens at the address, or at the next port that nobody has, unless this one it must be.

    It listens at once, so that of two demonstrations that begin together each has its own. Raises
    `Refused("port_taken")` where it cannot be had.
    """
    host, first = wanted
    for port in range(first, first + 1 if certainly else min(first + _TRIED, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.socket(family)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind((host, port))
            found.listen()
        except OSError:
            found.close()
        else:
            return found
    raise Refused("port_taken", None, text=f"{host}:{first}")


def _reachable(address: Address) -> str:
    """The host as a browser on this machine writes it."""
    host = address[0]
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - asked for, not chosen here
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


# --- what is in it ------------------------------------------------------------------------------------------


async def _prepare(folder: Path, url: str) -> DemoSummary:
    """Tell the story into the folder's ledger unless it is there already; then open its doors."""
    ledger = await open_ledger(data_ledger_url(folder))
    try:
        used = bool(await ledger.heads())
        if used and not await _holds_demo(ledger):
            raise Refused("not_demo", None, text=folder)
    finally:
        await ledger.close()
    if not used:
        await seed(folder, story(datetime.now(UTC)))
    ledger = await open_ledger(data_ledger_url(folder))
    try:
        return await _open_doors(ledger, url)
    finally:
        await ledger.close()


async def _holds_demo(ledger: LedgerStore) -> bool:
    fold = fold_all(SLUG, await ledger.read(SLUG))
    return fold is not None and fold.board.banner == BANNER


async def seed(folder: Path, moments: Sequence[Moment]) -> None:
    """Append what happened, on a clock that walks along: the ledger's own stamps are those of the story."""
    at = datetime.now(UTC)

    def clock() -> datetime:
        return at

    ledger = await open_ledger(data_ledger_url(folder), clock)
    try:
        with progress(_("准备演示数据"), len(moments)) as step:
            for moment in moments:
                at = moment.at
                await ledger.append(moment.board, moment.events)
                step(1)
    finally:
        await ledger.close()


async def _open_doors(ledger: LedgerStore, url: str) -> DemoSummary:
    changes = LedgerChanges(ledger, "demo")
    await set_config(changes, "public_url", url)
    fold = await board_of(ledger, SLUG)
    sites = {site: state.site for site, state in fold.sites.items()}
    cast = cast_of(sites.values())
    clinic, doctor = sites[cast.early], sites[cast.doctor]
    scopes = [Scope(site=clinic.id), Scope(site=doctor.id), Scope(board=SLUG, town=clinic.town)]
    links = await issue_links(changes, scopes)
    token = await issue_token(changes, Scope(), role="desk", label="demo")
    names = (clinic.name, doctor.name, _("{town}各机构", town=clinic.town))
    password = await _let_in(changes)
    return DemoSummary(
        [(name, link.secret) for name, link in zip(names, links, strict=True)], token.secret, password
    )


async def _let_in(changes: LedgerChanges) -> str:
    """Somebody who may do everything at the desk; kept data gets another password each time."""
    password = "-".join(f"{secrets.randbelow(10_000):04}" for _ in range(_PASSWORD_GROUPS))
    if (await changes.system_now()).users.named(USER) is None:
        await users.add_user(changes, USER, {EVERYWHERE: Role.ADMIN}, password, digest_aside)
    else:
        await users.set_password(changes, USER, password, digest_aside)
    return password


def _show(summary: DemoSummary, url: str, folder: Path, *, keeps_data: bool) -> None:
    out(f"{_('公众页面')}\t{url}/{SLUG}/")
    for name, secret in summary.links:
        out(_("为{name}填报", name=name) + f"\t{link_url(url, secret)}")
    signed = _("名字 {name}，密码 {password}", name=USER, password=summary.password)
    out(f"{_('管理后台')}\t{url}/desk\t{signed}")
    out(f"{_('接口令牌（desk）')}\t{summary.token}")
    what = "" if keeps_data else _("（结束时删除）")
    out(f"{_('数据')}\t{folder}{what}")
    out(_("按 Ctrl-C 结束。"))
    sys.stdout.flush()
