"""`wechat push`, `wechat check`: the board's article as a draft of the official account."""

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trafficlight.actions.changing import read_system
from trafficlight.cli import console
from trafficlight.cli.console import _, note, out
from trafficlight.cli.ledgers import Data, Url, board_of, opened, url_of
from trafficlight.cli.publish import fonts_of
from trafficlight.cli.serve import settings_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import ArticlePushed
from trafficlight.settings import WrongSetting
from trafficlight.wechat.answers import OUTCOMES, WechatError

if TYPE_CHECKING:  # what speaks and draws takes half a second to load: only when it is to be done
    from collections.abc import AsyncIterator

    from trafficlight.publish.drawing import PictureRenderer
    from trafficlight.wechat.client import Account

app = typer.Typer(
    name="wechat",
    help=_("公众号：把看板推送成草稿"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(help=_("把看板现在的内容推送成今天的草稿；已有就更新。"))
def push(
    *,
    board: Annotated[str, typer.Option("--board", metavar="SLUG")],
    publish: Annotated[
        bool,
        typer.Option("--publish", help=_("再请微信发布（要有权限）")),
    ] = False,
    data: Data = None,
    ledger: Url = "",
) -> None:
    account = _account(data, ledger)
    event = asyncio.run(_push(account, board, data, ledger, publish=publish))
    drafts = ",".join(filter(None, (event.draft, *event.more)))
    out(f"{event.outcome}\t{drafts or event.url or '-'}\t{_(OUTCOMES[event.outcome])}")
    if event.problem:
        note(WechatError(event.problem, detail=event.said).sentence(console.LANG))
    if event.outcome == "failed":
        raise typer.Exit(1)


@app.command(help=_("问公众号：AppID、AppSecret、IP白名单和权限是否都对。"))
def check(*, data: Data = None, ledger: Url = "") -> None:
    account = _account(data, ledger)

    from trafficlight.wechat import client  # noqa: PLC0415 - see above

    async def ask() -> int:
        async with client.opened(account) as account_client:
            return await account_client.check()

    try:
        count = asyncio.run(ask())
    except WechatError as error:
        note(error.sentence(console.LANG))
        raise typer.Exit(1) from None
    out(_("都对；草稿箱里有 {count} 篇草稿", count=count))


def _account(data: Path | None, ledger: str) -> "Account":
    from trafficlight.wechat.client import account_of  # noqa: PLC0415 - see above

    url_of(data, ledger)  # one of them is needed, as for every command
    try:
        account = account_of(settings_of(os.environ, data=data, ledger=ledger or None))
    except WrongSetting as wrong:
        raise typer.BadParameter(str(wrong)) from wrong
    if account is None:
        raise Refused("wechat_no_account")
    return account


async def _push(
    account: "Account", board: str, data: Path | None, ledger: str, *, publish: bool
) -> ArticlePushed:
    from trafficlight.publish.view import TreeLocation  # noqa: PLC0415 - see above
    from trafficlight.wechat import client  # noqa: PLC0415 - see above
    from trafficlight.wechat.pushing import Pusher  # noqa: PLC0415 - see above

    async with (
        opened(data, ledger) as store,
        _renderer() as renderer,
        client.opened(account) as account_client,
    ):
        fold = await board_of(store, board)
        config = (await read_system(store)).config
        root = os.environ.get("TRAFFICLIGHT_PUBLIC_URL") or config.get("public_url", "")
        place = TreeLocation(public_url=root.rstrip("/"))
        pusher = Pusher(
            account_client, store, {board: fold}.get, lambda: place, renderer, lambda: datetime.now(UTC)
        )
        return await pusher.push(board, by="cli", publish=publish)


@asynccontextmanager
async def _renderer() -> "AsyncIterator[PictureRenderer | None]":
    from trafficlight.publish.drawing import PictureRenderer  # noqa: PLC0415 - see above

    fonts = await asyncio.to_thread(fonts_of)
    renderer = PictureRenderer(fonts) if fonts else None
    try:
        yield renderer
    finally:
        if renderer:
            await asyncio.to_thread(renderer.close)
