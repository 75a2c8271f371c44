"""`boards put`, `boards list`, `boards guide`: a board's settings, from the table of settings; its guide."""

from asyncio import run
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from trafficlight.actions.announcing import set_guide
from trafficlight.actions.boards import SETTINGS, BoardSetting, put_board
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.values import read_flag
from trafficlight.cli import console
from trafficlight.cli.console import _, explain, note, out
from trafficlight.cli.ledgers import Data, Url, everything, looked_at, opened
from trafficlight.cli.options import with_options
from trafficlight.domain.board import Board
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_day
from trafficlight.domain.ids import check_slug
from trafficlight.domain.state import BoardFold
from trafficlight.text.languages import translate

app = typer.Typer(
    name="boards",
    help=_("看板：一个县的名单和设置"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _option(setting: BoardSetting) -> tuple[str, Any]:
    """The name and the type of the option by which the setting is given."""
    name = setting.option or setting.field
    help_text = (
        translate(setting.hint or setting.label, console.LANG) if setting.hint or setting.label else None
    )
    if setting.read is read_flag:
        flag = name.replace("_", "-")
        return name, Annotated[bool | None, typer.Option(f"--{flag}/--no-{flag}", help=help_text)]
    option = typer.Option(metavar=setting.example, help=help_text)
    return name, Annotated[list[str] | None, option] if setting.key else Annotated[str | None, option]


@app.command(help=_("设一个看板，没有就建；只改写明的项，空值清除。"))
@with_options(dict(map(_option, SETTINGS)))
def put(
    slug: Annotated[str, typer.Argument(metavar="SLUG")],
    *,
    data: Data = None,
    ledger: Url = "",
    **options: Any,
) -> None:
    given = {
        setting.field: _given(setting, value)
        for setting in SETTINGS
        if (value := options[setting.option or setting.field]) is not None
    }
    for text in given.get("special_days", {}).values():
        if text and parse_day(text) is None:
            note(_("“{text}”看不懂，当天按开诊时间不详处理。", text=text))
    before, after = run(_put(slug, given, data, ledger))
    if not after.publisher:
        note(explain(Refused("publisher_missing", board=slug)))
    if not after.hotline:
        note(explain(Refused("hotline_missing", board=slug)))
    new, same = _("新看板"), _("没有变化")
    out(f"{slug}\t{new if before is None else same if before == after else _('已更新')}")


def _given(setting: BoardSetting, value: Any) -> Any:
    """What the option says, as the action takes it."""
    if setting.choices and value not in setting.choices:
        raise typer.BadParameter(setting.example, param_hint=f"--{setting.field}")
    if setting.key is None:
        return value if isinstance(value, str) else "1" * value
    pairs = {}
    for pair in value:
        key, equals, text = pair.partition("=")
        if not equals:
            raise Refused("bad_pair", setting.option, text=pair, example=setting.example)
        pairs[key.strip()] = text.strip()
    return pairs


async def _put(
    slug: str, given: Mapping[str, Any], data: Path | None, ledger: str
) -> tuple[Board | None, Board]:
    async with opened(data, ledger, make=True) as store:
        return await put_board(LedgerChanges(store, "cli"), slug, given, datetime.now(UTC))


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
    body = file.read_bytes() if file else None

    async def act() -> bool:
        async with opened(data, ledger) as store:
            return await set_guide(LedgerChanges(store, "cli"), check_slug(slug), body)

    changed_now = run(act())
    out(f"{slug}\t{_('已更新') if changed_now else _('没有变化')}")


@app.command("list", help=_("列出看板：代码、名称、状态、机构数"))
def list_(data: Data = None, ledger: Url = "") -> None:
    async def read() -> list[BoardFold]:
        async with looked_at(data, ledger) as store:
            return [fold for _, fold in sorted((await everything(store, data)).boards.items())]

    for fold in run(read()):
        out(f"{fold.slug}\t{fold.board.name}\t{fold.board.state}\t{len(fold.sites)}")
