"""`history`: settled months of boards as data, each written once."""

import asyncio
import os
from asyncio import run
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, everything, looked_at
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.errors import Refused
from trafficlight.domain.record import Record
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.history import final_months, index_file, month_files

HELP: Final = _("把已经定下来的月份写成历史数据（CSV和NDJSON），每月一次，写过的不再改。")
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


def history(
    *,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help=_("写到哪个文件夹"))],
    board: Annotated[str, typer.Option(metavar="SLUG", help=_("哪个看板；不写就是全部"))] = "",
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help=_("哪个月；不写就是还没有写的"))] = "",
    data: Data = None,
    ledger: Url = "",
) -> None:
    wanted = _month(month)

    async def write() -> None:
        now = datetime.now(UTC)
        async with looked_at(data, ledger) as store:
            current = await everything(store, data)
            boards, licence = current.boards, current.system.config.get("licence", "")
            if board and board not in boards:
                raise Refused("unknown_board", "board", text=board)
            for slug in (board,) if board else sorted(boards):
                fold = boards[slug]
                if board or fold.board.state is not BoardState.DRAFT:
                    records = await store.read(slug)
                    months = [wanted] if wanted else final_months(fold.board, records, now)
                    for one in months:
                        await asyncio.to_thread(_write_month, to, fold.board, records, one, now)
                    await asyncio.to_thread(_list, to, fold.board, licence)

    run(write())


def _write_month(to: Path, board: Board, records: Sequence[Record], month: date, now: datetime) -> None:
    """Write the month, unless it was written: what is there is never judged anew."""
    stem = to / board.slug / "history" / f"{month:%Y-%m}"
    if stem.with_suffix(".csv").exists() and stem.with_suffix(".ndjson").exists():
        return
    for artifact in month_files(board, records, month, now):
        if not (to / artifact.path).exists():
            _write(to, artifact)
            out(artifact.path)


def _list(to: Path, board: Board, licence: str) -> None:
    """The list of what is there, written after it."""
    found = [_month(file.stem) for file in sorted((to / board.slug / "history").glob("????-??.ndjson"))]
    months = [one for one in found if one]
    if months:
        _write(to, index_file(board, months, licence))


def _write(to: Path, artifact: Artifact) -> None:
    file = to / artifact.path
    for folder in (to / file.relative_to(to).parts[0], file.parent):
        folder.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        folder.chmod(_FOLDER_MODE)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(artifact.body)
    beside.chmod(_FILE_MODE)
    beside.replace(file)


def _month(text: str) -> date | None:
    """The first day of a month; a mistake in usage where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date() if text else None
    except ValueError:
        raise typer.BadParameter("YYYY-MM", param_hint="--month") from None
