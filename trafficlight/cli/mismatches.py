"""`mismatches list`: what residents found not as the page says, for the desk."""

from asyncio import run
from datetime import UTC, datetime, time
from typing import Annotated

import typer

from trafficlight.actions.values import read_date
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at
from trafficlight.domain.day import instant, local
from trafficlight.domain.event import MismatchReported
from trafficlight.domain.mismatch import MISMATCHES_LAST
from trafficlight.publish.words import MISMATCHES

app = typer.Typer(
    name="mismatches",
    help=_("居民反映的「与实际不符」"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    """A group, also while it has but one command."""


@app.command(
    "list",
    help=_("列出反映：时间、机构、名称、情况、所指时间；默认最近14天。"),
)
def list_(
    *,
    board: Annotated[str, typer.Option(metavar="SLUG")],
    since: Annotated[str, typer.Option(metavar="DATE", help=_("从这天起，如 2022-12-24"))] = "",
    data: Data = None,
    ledger: Url = "",
) -> None:
    for row in run(_rows(board, since, data, ledger)):
        out("\t".join(row))


async def _rows(board: str, since: str, data: Data, ledger: Url) -> list[tuple[str, ...]]:
    day = read_date(since, "since") if since else None
    async with looked_at(data, ledger) as store:
        fold = await board_of(store, board)
        records = await store.read(board)
    zone = fold.board.zone
    begin = instant(day, time(0), zone) if day else datetime.now(UTC) - MISMATCHES_LAST
    names = {site: gone.site.name for site, gone in fold.gone.items()}
    names |= {site: state.site.name for site, state in fold.sites.items()}
    return [
        (
            _minute(record.at, zone),
            record.event.site,
            names.get(record.event.site, ""),
            _(MISMATCHES.get(record.event.what, record.event.what)),
            _minute(record.event.about or record.at, zone),
        )
        for record in records
        if isinstance(record.event, MismatchReported) and record.at >= begin
    ]


def _minute(at: datetime, zone: str) -> str:
    return local(at, zone).isoformat(timespec="minutes")
