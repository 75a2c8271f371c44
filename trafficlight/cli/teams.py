"""`teams import`, `export`, `remove`: the family-doctor teams of a board."""

from asyncio import run
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.exporting import to_csv, to_xlsx
from trafficlight.actions.sheet import MOST_BYTES, Sheet, read_sheet
from trafficlight.actions.teams import (
    TEAM_COLUMNS,
    TEAMS,
    TeamPlan,
    plan_teams,
    remove_teams,
    set_teams,
    team_rows,
)
from trafficlight.cli.console import _, explain, note, out
from trafficlight.cli.ledgers import Data, Url, board_of, opened
from trafficlight.cli.options import Out, is_workbook, write_out
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_slug

app = typer.Typer(
    name="teams",
    help=_("家庭医生团队：导入、导出"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

Slug = Annotated[str, typer.Option("--board", metavar="SLUG")]


@app.command(
    "import",
    help=_("导入团队名单（CSV或XLSX），代替原来的整个名单。全部行都对才导入；再导一次不会有变化。"),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    *,
    board: Slug,
    data: Data = None,
    ledger: Url = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只看会改什么"))] = False,
) -> None:
    if file.stat().st_size > MOST_BYTES:
        raise Refused("file_too_big", "file", mb=MOST_BYTES // 2**20)
    check_slug(board)
    plan = run(_import(read_sheet(file.read_bytes(), TEAMS), board, data, ledger, dry_run=dry_run))
    for fault in (*plan.warnings, *plan.faults):
        note(explain(fault))
    if plan.faults:
        refusal = _("有{faults}处错误，没有导入。", faults=len(plan.faults))
        note(refusal)
        raise typer.Exit(1)
    if dry_run:
        for sign, teams in (("+", plan.added), ("-", plan.removed)):
            for team in teams:
                out(f"{sign} {team.town} {team.name}")
    words = _("新增 移出 共").split()
    counts = (len(plan.added), len(plan.removed), len(plan.teams))
    out(", ".join(f"{word} {count}" for word, count in zip(words, counts, strict=True)))


async def _import(sheet: Sheet, board: str, data: Path | None, ledger: str, *, dry_run: bool) -> TeamPlan:
    async with opened(data, ledger) as store:
        if dry_run:
            return plan_teams(sheet, (await board_of(store, board)).teams)
        return await set_teams(LedgerChanges(store, "cli"), board, sheet)


@app.command(help=_("导出团队名单，改过以后可以再导入；CSV写到标准输出，或写到 --out 的文件。"))
def export(
    *,
    board: Slug,
    data: Data = None,
    ledger: Url = "",
    out_file: Out = None,
    chinese: Annotated[bool, typer.Option("--chinese", help=_("用中文表头"))] = False,
) -> None:
    as_workbook = is_workbook(out_file)

    async def read() -> bytes:
        async with opened(data, ledger) as store:
            table = team_rows((await board_of(store, board)).teams, chinese=chinese)
        columns = tuple(TEAM_COLUMNS)
        return to_xlsx(table, columns, "teams") if as_workbook else to_csv(table, columns)

    write_out(run(read()), out_file)


@app.command(help=_("撤下整个团队名单。"))
def remove(*, board: Slug, data: Data = None, ledger: Url = "") -> None:
    async def act() -> None:
        async with opened(data, ledger) as store:
            await remove_teams(LedgerChanges(store, "cli"), check_slug(board))

    run(act())
    out(board)
