"""Which ledger a command is about, and what is in it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from trafficlight.actions.changing import read_system
from trafficlight.cli.console import _, note
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_slug
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold, SiteState
from trafficlight.ledger.base import Ledger
from trafficlight.ledger.current import Current
from trafficlight.ledger.opening import data_ledger_url, open_for_reading, open_ledger
from trafficlight.ledger.snapshots import Snapshots
from trafficlight.ledger.store import LedgerMissing, LedgerStore

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="TRAFFICLIGHT_DATA",
        help=_("数据文件夹，台账在里面"),
    ),
]
Url = Annotated[
    str,
    typer.Option(
        "--ledger",
        metavar="URL",
        envvar="TRAFFICLIGHT_LEDGER",
        help=_("台账的网址，代替数据文件夹里的台账"),
    ),
]


def url_of(data: Path | None, ledger: str) -> str:
    """The ledger's URL; a mistake in usage where neither is given."""
    if ledger:
        return ledger
    if data is None:
        raise typer.BadParameter(_("缺少 --data 或 --ledger"), param_hint="--data / --ledger")
    return data_ledger_url(data)


@asynccontextmanager
async def looked_at(data: Path | None, ledger: str) -> AsyncIterator[LedgerStore]:
    """The ledger, only to be read: nothing is made, and `LedgerMissing` where nobody made one."""
    try:
        found = await open_for_reading(url_of(data, ledger))
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--ledger") from wrong
    try:
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def tried(data: Path | None, ledger: str) -> AsyncIterator[LedgerStore]:
    """The ledger as for `looked_at`; where there is none, an empty one that is gone afterwards."""
    async with AsyncExitStack() as stack:
        try:
            store = await stack.enter_async_context(looked_at(data, ledger))
        except LedgerMissing:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            store = await stack.enter_async_context(opened(None, data_ledger_url(folder), make=True))
        yield store


@asynccontextmanager
async def opened(data: Path | None, ledger: str, *, make: bool = False) -> AsyncIterator[LedgerStore]:
    """The ledger, to be changed. `LedgerMissing` where nobody made one, unless it is to be made.

    A mistyped folder is no new ledger: only what may be the first thing said of a county makes one.
    """
    url, new = url_of(data, ledger), False
    try:
        try:
            await (await open_for_reading(url)).close()
        except LedgerMissing:
            if not make:
                raise
            new = True
        found = await open_ledger(url)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--ledger") from wrong
    if new and not ledger:
        note(_("新建了空的台账：{data}", data=data))
    try:
        yield found
    finally:
        await found.close()


async def everything(ledger: Ledger, data: Path | None) -> Current:
    """All boards as they stand; from the snapshots in the data folder where a server has left some."""
    snapshots = Snapshots(data / "snapshots") if data is not None else None
    current = Current(ledger, snapshots)
    await current.start()
    return current


async def board_of(ledger: Ledger, slug: str) -> BoardFold:
    """The board as it stands; `Refused("unknown_board")` where it was never put."""
    check_slug(slug)
    fold = fold_all(slug, await ledger.read(slug))
    if fold is None:
        raise Refused("unknown_board", "board", text=slug)
    return fold


async def site_of(ledger: Ledger, site: str) -> tuple[BoardFold, SiteState]:
    """The site and its board; `Refused("unknown_site")` where no board has it."""
    slug = (await read_system(ledger)).directory.get(site)
    fold = fold_all(slug, await ledger.read(slug)) if slug else None
    state = fold.sites.get(site) if fold else None
    if fold is None or state is None:
        raise Refused("unknown_site", "site", site=site)
    return fold, state


async def slugs(ledger: Ledger) -> list[str]:
    """The boards that there are, sorted."""
    return sorted(board for board in await ledger.heads() if not board.startswith("_"))
