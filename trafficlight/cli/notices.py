"""`notices post`, `take-back`, `list`: lines for everyone who reads a board."""

from asyncio import run
from datetime import UTC, datetime
from typing import Annotated

import typer

from trafficlight.actions.announcing import end_ahead, post_notice, read_notice, take_back_notice
from trafficlight.actions.changing import LedgerChanges
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at, opened
from trafficlight.domain.day import local
from trafficlight.domain.ids import check_slug
from trafficlight.domain.state import BoardFold

app = typer.Typer(
    name="notices",
    help=_("公告：看板上方给大家看的话"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

Slug = Annotated[str, typer.Option("--board", metavar="SLUG")]


@app.command(help=_("发一条公告；有 --until 的到时自己撤下。"))
def post(
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    *,
    board: Slug,
    until: Annotated[
        str,
        typer.Option(
            metavar="DATE|INSTANT",
            help=_("2022-12-28 到当天结束"),
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只看会是怎样，不发"))] = False,
    data: Data = None,
    ledger: Url = "",
) -> None:
    async def act() -> str:
        async with opened(data, ledger) as store:
            if dry_run:
                zone = (await board_of(store, check_slug(board))).board.zone
                end = end_ahead(until, zone, datetime.now(UTC))
                return (
                    f"{local(end, zone).isoformat(timespec='minutes') if end else '-'}\t{read_notice(text)}"
                )
            return await post_notice(
                LedgerChanges(store, "cli"), check_slug(board), text, until, datetime.now(UTC)
            )

    out(run(act()))


@app.command("take-back", help=_("撤下一条公告。"))
def take_back(
    notice: Annotated[str, typer.Argument(metavar="NOTICE")],
    *,
    board: Slug,
    data: Data = None,
    ledger: Url = "",
) -> None:
    async def act() -> None:
        async with opened(data, ledger) as store:
            await take_back_notice(LedgerChanges(store, "cli"), check_slug(board), notice)

    run(act())
    out(notice)


@app.command("list", help=_("还在的公告：名称、截止时间、内容"))
def list_(*, board: Slug, data: Data = None, ledger: Url = "") -> None:
    async def read() -> BoardFold:
        async with looked_at(data, ledger) as store:
            return await board_of(store, board)

    fold, now = run(read()), datetime.now(UTC)
    for name, notice in fold.notices.items():
        if notice.until is None or now < notice.until:
            end = local(notice.until, fold.board.zone).isoformat(timespec="minutes") if notice.until else "-"
            out(f"{name}\t{end}\t{notice.text}")
