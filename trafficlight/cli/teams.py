"""`teams import`, `export`, `remove`: the family-doctor teams of a board."""

from asyncio import run
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from trafficlight.actions.account import gathered
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.check_list import check_list as write_check_list
from trafficlight.actions.check_list import columns_of, teams_understood
from trafficlight.actions.exporting import to_csv, to_xlsx
from trafficlight.actions.placing import remember_columns
from trafficlight.actions.sheet import Sheet, arranged
from trafficlight.actions.tables import ReadingChoice
from trafficlight.actions.teams import (
    TEAM_COLUMNS,
    TEAMS,
    TeamOptions,
    TeamPlan,
    plan_teams,
    remove_teams,
    set_teams,
    team_rows,
)
from trafficlight.actions.workbook import Book
from trafficlight.cli import console
from trafficlight.cli.console import _, explain, note, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at, opened
from trafficlight.cli.lists import (
    Answer,
    CheckList,
    Columns,
    Hidden,
    Sheets,
    Strict,
    WithNames,
    answers_of,
    ask,
    book_in,
    show_questions,
    show_tables,
)
from trafficlight.cli.options import Out, is_workbook, write_out
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
    help=_("导入团队名单（XLSX、XLS、ODS、CSV），代替原来的整个名单。看不懂的格不导入并列出；有矛盾的先问。"),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    *,
    board: Slug,
    data: Data = None,
    ledger: Url = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只看会改什么"))] = False,
    strict: Strict = False,
    answer: Answer = None,
    column: Columns = None,
    sheet: Sheets = None,
    hidden: Hidden = False,
    with_names: WithNames = False,
    check_list: CheckList = None,
) -> None:
    check_slug(board)
    as_workbook = is_workbook(check_list)
    read = book_in(file, TEAMS, column, sheet, hidden=hidden)
    options = TeamOptions(answers=answers_of(answer), strict=strict, with_names=with_names)
    found, plan = run(_import(read, options, board, data, ledger, dry_run=dry_run))
    if check_list is not None:
        table = write_check_list(found, plan, teams_understood(plan.standing), console.LANG)
        write_out((to_xlsx if as_workbook else to_csv)(table, columns_of(found)), check_list)
    for fault in (*plan.warnings, *gathered(plan.faults)):
        note(explain(fault))
    show_questions(plan.open)
    if plan.blocked:
        if plan.open:
            note(_("有{many}个问题要先回答，没有导入。", many=len(plan.open)))
        else:
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


async def _import(
    read: tuple[Book, ReadingChoice],
    options: TeamOptions,
    board: str,
    data: Path | None,
    ledger: str,
    *,
    dry_run: bool,
) -> tuple[Sheet, TeamPlan]:
    book, choice = read
    async with looked_at(data, ledger) if dry_run else opened(data, ledger) as store:
        fold = await board_of(store, board)
        columns = {**fold.columns.get("teams", {}), **choice.columns}
        sheet = arranged(book, TEAMS, replace(choice, columns=columns))
        plan = plan_teams(sheet, fold.teams, options)
        if dry_run:
            show_tables(sheet.tables)
            return sheet, plan
        answers = {**options.answers, **ask(plan.open)}
        plan = await set_teams(LedgerChanges(store, "cli"), board, sheet, replace(options, answers=answers))
        if not plan.blocked:
            await remember_columns(store, fold, choice.columns, by="cli", of="teams")
        return sheet, plan


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
        async with looked_at(data, ledger) as store:
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
