"""`boards put`, `boards list`: the settings of a board."""

from asyncio import run
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from msgspec.structs import replace

from trafficlight.actions.announcing import read_guide, set_guide
from trafficlight.actions.boards import LONGEST_CLOSING, read_phone, read_text
from trafficlight.actions.cells import LONGEST_NAME, MOST_CAPACITY
from trafficlight.cli.console import _, out, tell
from trafficlight.cli.ledgers import Data, Url, everything, opened
from trafficlight.cli.values import changed, read_date, read_time, read_times, read_whole, read_zone
from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut
from trafficlight.domain.hours_text import parse_day
from trafficlight.domain.ids import check_slug
from trafficlight.domain.kind import KINDS, find, kind_of
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold
from trafficlight.ledger.base import Ledger, PositionMoved
from trafficlight.publish.words import ACTIONS

app = typer.Typer(
    name="boards",
    help=_("看板：一个县的名单和设置"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

_TRIES: Final = 50
"""Attempts beside somebody else's appends; each takes a millisecond."""


def _kind(text: str, known: Collection[str]) -> str:
    code = kind_of(text)
    if find(code) is None and code not in known:
        raise Refused("unknown_kind", text=text, kinds=", ".join(kind.code for kind in KINDS))
    return code


def _special_day(text: str) -> str:
    if parse_day(text) is None:
        tell(_("“{text}”只显示，不参与判断。", text=text))
    return read_text(text)


def _word(key: str) -> str:
    general, _, kind = key.partition("/")
    if general not in ACTIONS or (kind and find(kind) is None):
        raise Refused("unknown_word", text=key, keys=", ".join(ACTIONS))
    return key


FIELDS: Final[Mapping[str, Callable[[Any, Board, Collection[str]], Any]]] = {
    "name": lambda text, _board, _kinds: read_text(text, most=LONGEST_NAME) or _board.slug,
    "publisher": lambda text, _board, _kinds: read_text(text),
    "hotline": lambda text, _board, _kinds: read_phone(text),
    "supervision": lambda text, _board, _kinds: read_phone(text),
    "area_code": lambda text, _board, _kinds: str(read_whole(text, 0, 9999)) and text if text else "",
    "zone": lambda text, _board, _kinds: read_zone(text),
    "state": lambda state, _board, _kinds: state,
    "cut_off": lambda text, _board, _kinds: read_time(text),
    "report_by": lambda text, _board, _kinds: read_times(text),
    "valid_hours": lambda hours, _board, _kinds: hours,
    "capacities": lambda pairs, board, kinds: changed(
        board.capacities,
        pairs,
        partial(_kind, known=kinds),
        lambda text: read_whole(text, 1, MOST_CAPACITY),
        "hospital=120",
    ),
    "special_days": lambda pairs, board, _kinds: changed(
        board.special_days, pairs, read_date, _special_day, "2026-10-01=休息"
    ),
    "words": lambda pairs, board, _kinds: changed(board.words, pairs, _word, read_text, "red=…"),
    "public_counts": lambda flag, _board, _kinds: flag,
    "wechat_at": lambda text, _board, _kinds: read_times(text) if text else (),
    "banner": lambda text, _board, _kinds: read_text(text),
    "closing": lambda text, _board, _kinds: read_text(text, most=LONGEST_CLOSING),
    "ended_on": lambda text, _board, _kinds: read_date(text) if text else None,
}
"""The settings that `boards put` changes, by field, and how what was typed is read."""

Text = Annotated[str | None, typer.Option()]
Pairs = Annotated[list[str] | None, typer.Option()]


@app.command(help=_("设一个看板，没有就建；只改写明的项，空值清除。"))
def put(
    slug: Annotated[str, typer.Argument(metavar="SLUG")],
    *,
    data: Data = None,
    ledger: Url = "",
    name: Text = None,
    publisher: Text = None,
    hotline: Text = None,
    supervision: Text = None,
    area_code: Text = None,
    zone: Annotated[str | None, typer.Option(metavar="Asia/Shanghai")] = None,
    state: Annotated[BoardState | None, typer.Option()] = None,
    cut_off: Annotated[str | None, typer.Option(metavar="00:00")] = None,
    report_by: Annotated[str | None, typer.Option(metavar="09:00,14:00")] = None,
    valid_hours: Annotated[int | None, typer.Option(min=1, max=24)] = None,
    capacity: Annotated[list[str] | None, typer.Option(metavar="KIND=N")] = None,
    special_day: Annotated[list[str] | None, typer.Option(metavar="DATE=HOURS")] = None,
    word: Annotated[list[str] | None, typer.Option(metavar="LIGHT[/KIND]=TEXT")] = None,
    wechat_at: Annotated[
        str | None,
        typer.Option(
            metavar="08:00,14:30",
            help=_("每天自动推送公众号草稿的时刻"),
        ),
    ] = None,
    public_counts: Annotated[bool | None, typer.Option("--public-counts/--no-public-counts")] = None,
    banner: Text = None,
    closing: Text = None,
    ended_on: Annotated[str | None, typer.Option(metavar="DATE")] = None,
) -> None:
    given = {
        "name": name,
        "publisher": publisher,
        "hotline": hotline,
        "supervision": supervision,
        "area_code": area_code,
        "zone": zone,
        "state": state,
        "cut_off": cut_off,
        "report_by": report_by,
        "valid_hours": valid_hours,
        "capacities": capacity,
        "special_days": special_day,
        "words": word,
        "wechat_at": wechat_at,
        "public_counts": public_counts,
        "banner": banner,
        "closing": closing,
        "ended_on": ended_on,
    }
    check_slug(slug)
    run(_put(slug, {field: value for field, value in given.items() if value is not None}, data, ledger))


async def _put(slug: str, given: Mapping[str, Any], data: Path | None, ledger: str) -> None:
    async with opened(data, ledger) as kept:
        before, after = await put_board(kept, slug, given)
    for field, missing in (("publisher", not after.publisher), ("hotline", not after.hotline)):
        if missing:
            tell(_("注意：还没有 --{field}。", field=field))
    new, same = _("新看板"), _("没有变化")
    out(f"{slug}\t{new if before is None else same if before == after else _('已更新')}")


async def put_board(ledger: Ledger, slug: str, given: Mapping[str, Any]) -> tuple[Board | None, Board]:
    """Change what is given of a board, made where missing; it before and after. The same again: no event."""
    for _attempt in range(_TRIES):
        records = await ledger.read(slug)
        fold = fold_all(slug, records)
        before = fold.board if fold else None
        kinds = {state.site.kind for state in fold.sites.values()} if fold else frozenset()
        after = _patched(before or Board(slug=slug, name=slug), kinds, given)
        if after == before:
            return before, after
        try:
            await ledger.append(slug, [BoardPut(by="cli", board=after)], expect=len(records))
        except PositionMoved:
            continue
        return before, after
    raise Refused("changed_meanwhile", None, board=slug)


def _patched(board: Board, kinds: Collection[str], given: Mapping[str, Any]) -> Board:
    after = replace(board, **{field: FIELDS[field](value, board, kinds) for field, value in given.items()})
    if after.state is BoardState.ENDED and after.ended_on is None:
        # An ended board has a dated closing page.
        after = replace(after, ended_on=local(datetime.now(UTC), after.zone).date())
    return after


@app.command(help=_("就医指引（症状 → 去哪里）：把一个Markdown文件放到看板上，--remove 撤下。"))
def guide(
    slug: Annotated[str, typer.Argument(metavar="SLUG")],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.md", exists=True, dir_okay=False, readable=True)
    ] = None,
    *,
    data: Data = None,
    ledger: Url = "",
    remove: Annotated[bool, typer.Option("--remove", help=_("撤下指引"))] = False,
) -> None:
    if (file is None) is not remove:
        raise typer.BadParameter(_("给一个文件，或 --remove"), param_hint="FILE.md")
    text = read_guide(file.read_bytes()) if file else ""

    async def act() -> bool:
        async with opened(data, ledger) as kept:
            return await set_guide(kept, check_slug(slug), text, by="cli")

    changed_now = run(act())
    out(f"{slug}\t{_('已更新') if changed_now else _('没有变化')}")


@app.command("list", help=_("列出看板：代码、名称、状态、机构数"))
def list_(data: Data = None, ledger: Url = "") -> None:
    async def read() -> list[BoardFold]:
        async with opened(data, ledger) as kept:
            return [fold for _, fold in sorted((await everything(kept, data)).boards.items())]

    for fold in run(read()):
        out(f"{fold.slug}\t{fold.board.name}\t{fold.board.state}\t{len(fold.sites)}")
