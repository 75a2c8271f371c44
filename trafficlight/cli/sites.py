"""`sites import`, `sites export`: lists of sites in and out."""

from asyncio import run, to_thread
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from trafficlight.actions.account import gathered
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.check_list import check_list as write_check_list
from trafficlight.actions.check_list import columns_of, sites_understood
from trafficlight.actions.exporting import rows_of, to_csv, to_xlsx
from trafficlight.actions.fields import SITES
from trafficlight.actions.placing import carry_out, planned, remember_columns
from trafficlight.actions.plan import Change, ImportPlan, Options
from trafficlight.actions.sheet import Sheet, arranged
from trafficlight.actions.sites import merge_sites, remove_site, split_site
from trafficlight.actions.tables import ReadingChoice
from trafficlight.actions.workbook import Book
from trafficlight.cli import console
from trafficlight.cli.console import _, explain, note, out
from trafficlight.cli.ledgers import Data, Url, board_of, everything, looked_at, opened, site_of, tried
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
from trafficlight.cli.progress import progress
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.state import BoardFold

app = typer.Typer(
    name="sites",
    help=_("机构名单：导入、导出"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

_ARROW: Final = " → "
_MOST_NAMED: Final = 20
"""Sites of the board that are named where a list lacks them."""


@app.command(
    "import",
    help=_("导入名单（XLSX、XLS、ODS、CSV）。看不懂的格不导入并列出；有矛盾的先问；不删除机构。"),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True)],
    *,
    data: Data = None,
    ledger: Url = "",
    board: Annotated[
        str,
        typer.Option(
            metavar="SLUG",
            help=_("名单里没有看板一列时，属于哪个看板"),
        ),
    ] = "",
    board_name: Annotated[str, typer.Option(metavar="NAME", help=_("看板的名称"))] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("只看会改什么"))] = False,
    strict: Strict = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help=_("有看不懂的格的行、要问的行，整行不导入"))
    ] = False,
    answer: Answer = None,
    column: Columns = None,
    sheet: Sheets = None,
    hidden: Hidden = False,
    with_names: WithNames = False,
    check_list: CheckList = None,
    accept_renames: Annotated[
        bool,
        typer.Option("--accept-renames", help=_("看着像改名的，就是改名")),
    ] = False,
    move: Annotated[
        bool,
        typer.Option("--move", help=_("允许机构从别的看板转来")),
    ] = False,
) -> None:
    book, choice = book_in(file, SITES, column, sheet, hidden=hidden)
    options = Options(
        board=board,
        board_name=board_name,
        answers=answers_of(answer),
        accept_renames=accept_renames,
        move=move,
        skip_bad=skip_bad,
        strict=strict,
        with_names=with_names,
    )
    as_workbook = is_workbook(check_list)
    found, plan = run(_import(book, choice, options, data, ledger, dry_run=dry_run))
    if check_list is not None:
        table = write_check_list(found, plan, sites_understood(plan.standing), console.LANG)
        write_out((to_xlsx if as_workbook else to_csv)(table, columns_of(found)), check_list)
    if plan.blocked:
        raise typer.Exit(1)


async def _import(
    book: Book, choice: ReadingChoice, options: Options, data: Path | None, ledger: str, *, dry_run: bool
) -> tuple[Sheet, ImportPlan]:
    async with tried(data, ledger) if dry_run else opened(data, ledger, make=True) as store:
        current = await everything(store, data)
        fold = current.boards.get(options.board)
        columns = {**fold.columns.get("", {}), **choice.columns} if fold else choice.columns
        sheet = arranged(book, SITES, replace(choice, columns=columns))
        plan = await planned(store, current, sheet, options)
        for fault in (*plan.warnings, *gathered(plan.faults)):
            note(explain(fault))
        if plan.open and not dry_run and not options.skip_bad:
            answers = {**options.answers, **ask(plan.open)}
            plan = await planned(store, current, sheet, replace(options, answers=answers))
        if dry_run:
            _show(plan)
        elif not plan.blocked:
            with progress(_("写入台账"), plan.size) as step:
                await carry_out(store, plan, by="cli", on_step=step)
            board = await board_of(store, options.board) if options.board else None
            await remember_columns(store, board, choice.columns, by="cli")
    show_questions(plan.open)
    _sum_up(plan, _missing(plan, fold), dry_run=dry_run)
    return sheet, plan


def _missing(plan: ImportPlan, fold: BoardFold | None) -> str:
    """The sites of the board that no row is, by name and id."""
    sites = fold.sites if fold else {}
    named = [f"{sites[one].site.name}（{one}）" for one in plan.missing[:_MOST_NAMED] if one in sites]
    return "、".join(named) + ("……" if len(plan.missing) > _MOST_NAMED else "")


def _show(plan: ImportPlan) -> None:
    """What was read as what, and what an import would do, row by row and field by field."""
    show_tables(plan.tables)
    phones = sum(len(site.phones) for site in plan.standing.values())
    without = sum(not site.phones for site in plan.standing.values())
    clear = sum(parse_hours(site.hours) is not None for site in plan.standing.values())
    note(
        _(
            "{sites}家，{phones}个电话，{without}家没有电话，{clear}家的开诊时间看得懂",
            sites=len(plan.standing),
            phones=phones,
            without=without,
            clear=clear,
        )
    )
    for sign, changes in (("+", plan.added), (">", plan.moved), ("~", plan.changed)):
        for change in changes:
            out(f"{sign} {_where(change)}")
            for field in change.fields:
                before = f"{field.old or '-'}{_ARROW}" if field.old or sign != "+" else ""
                out(f"    {field.column}: {before}{field.new or '-'}")
    for slug in sorted(plan.boards):
        sign = "+" if slug in plan.new_boards else "~"
        out(f"{sign} " + _("看板 {slug} {name}", slug=slug, name=plan.boards[slug].name))


def _where(change: Change) -> str:
    return _("第{line}行", line=change.line) + f" {change.board}/{change.site} {change.name}"


def _sum_up(plan: ImportPlan, missing: str, *, dry_run: bool) -> None:
    if plan.missing:
        note(_("看板上有{many}家不在这份名单里，保持现状：{names}", many=len(plan.missing), names=missing))
    if plan.blocked:
        if plan.open:
            note(_("有{many}个问题要先回答，没有导入。", many=len(plan.open)))
        else:
            refusal = _("有{faults}处错误，没有导入。", faults=len(plan.faults))
            note(refusal)
        if not dry_run:
            return
    elif plan.faults:
        note(_("以上{faults}处没有导入，其余已经导入。", faults=len(plan.faults)))
    counts = (len(plan.added), len(plan.changed), len(plan.moved), plan.unchanged, plan.skipped)
    words = _("新增 改动 转来 不变 略过").split()
    out(", ".join(f"{word} {count}" for word, count in zip(words, counts, strict=True)))


@app.command(help=_("导出名单，改过以后可以再导入；CSV写到标准输出，或写到 --out 的文件。"))
def export(
    *,
    data: Data = None,
    ledger: Url = "",
    board: Annotated[list[str] | None, typer.Option(metavar="SLUG", help=_("只要这些看板"))] = None,
    out_file: Out = None,
    chinese: Annotated[bool, typer.Option("--chinese", help=_("用中文表头"))] = False,
) -> None:
    body = run(_export(board or [], data, ledger, as_workbook=is_workbook(out_file), chinese=chinese))
    write_out(body, out_file)


@app.command(help=_("移出机构；它的页面90天内会说明。导入名单不会移出任何机构。"))
def remove(
    site: Annotated[list[str], typer.Argument(metavar="SITE...")], data: Data = None, ledger: Url = ""
) -> None:
    async def act() -> None:
        async with opened(data, ledger) as store:
            found = [(site_id, (await site_of(store, site_id))[0].slug) for site_id in dict.fromkeys(site)]
            changes = LedgerChanges(store, "cli")
            for site_id, slug in found:
                await remove_site(changes, slug, site_id)
                out(f"{site_id}\t{slug}")

    run(act())


@app.command(
    help=_("两家合为一家：SITE 并入 INTO，它的页面转过去，它的链接、令牌和以前的日子都归 INTO。"),
)
def merge(
    site: Annotated[str, typer.Argument(metavar="SITE")],
    into: Annotated[str, typer.Argument(metavar="INTO")],
    data: Data = None,
    ledger: Url = "",
) -> None:
    async def act() -> None:
        async with opened(data, ledger) as store:
            slug = (await site_of(store, into))[0].slug
            await merge_sites(LedgerChanges(store, "cli"), slug, site, into, datetime.now(UTC))

    run(act())
    out(f"{site}\t{into}")


@app.command(help=_("一家分成两家：新的一家用另一个名称，其余资料相同，有自己的编号。"))
def split(
    site: Annotated[str, typer.Argument(metavar="SITE")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=_("新的一家的名称"))],
    data: Data = None,
    ledger: Url = "",
) -> None:
    async def act() -> str:
        async with opened(data, ledger) as store:
            slug = (await site_of(store, site))[0].slug
            return await split_site(LedgerChanges(store, "cli"), slug, site, name)

    out(f"{site}\t{run(act())}")


async def _export(
    slugs: list[str], data: Path | None, ledger: str, *, as_workbook: bool, chinese: bool
) -> bytes:
    async with looked_at(data, ledger) as store:
        boards = (await everything(store, data)).boards
    for slug in slugs:
        if slug not in boards:
            raise Refused("unknown_board", "board", text=slug)
    table = rows_of([fold for slug, fold in boards.items() if not slugs or slug in slugs], chinese=chinese)
    return await to_thread(to_xlsx if as_workbook else to_csv, table)
