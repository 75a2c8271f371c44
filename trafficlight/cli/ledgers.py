"""Which ledger a command is about, and what is in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
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
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.ledger.snapshots import Snapshots
from trafficlight.ledger.store import LedgerStore

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        envvar="TRAFFICLIGHT_DATA",
        help=_("数据文件夹，台账在里面；没有就建"),
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
async def opened(data: Path | None, ledger: str) -> AsyncIterator[LedgerStore]:
    """The ledger, for as long as the context lasts. Says so where it had to be made."""
    url = url_of(data, ledger)
    new = not ledger and data is not None and not await asyncio.to_thread(Path(url.partition(":")[2]).exists)
    try:
        found = await open_ledger(url)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--ledger") from wrong
    if new:
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
