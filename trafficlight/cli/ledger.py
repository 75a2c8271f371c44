"""`ledger export`, `import`, `copy`, `thaw`, `verify`, `backup`: the ledger as a whole."""

import sys
from asyncio import CancelledError, current_task, get_running_loop, run
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.cli.console import _, note, out
from trafficlight.cli.ledgers import Data, Url, looked_at, opened, url_of
from trafficlight.cli.publish import read_instant
from trafficlight.domain.errors import Refused
from trafficlight.ledger import transfer
from trafficlight.ledger.backup import BackedUp, back_up, backup_in, lines_of, unpacked
from trafficlight.ledger.disk import note_backup
from trafficlight.ledger.store import Finding, NotEmpty
from trafficlight.signals import on_stop_signal

app = typer.Typer(
    name="ledger",
    help=_("台账：导出、导入、检查、备份"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command(help=_("导出全部记录，每行一条JSON，写到标准输出"))
def export(
    data: Data = None,
    ledger: Url = "",
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="INSTANT", help=_("只要到这一刻为止的，如 2022-12-24T16:00+08:00，要有时区")
        ),
    ] = "",
) -> None:
    last = read_instant(until, datetime.now(UTC)) if until else None

    async def write() -> None:
        async with looked_at(data, ledger) as store:
            async for line in transfer.export(store, last):
                sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()

    run(write())


@app.command(
    "import",
    help=_("把导出的记录或一份备份放进空的台账，压缩过的也行；- 是标准输入"),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    data: Data = None,
    ledger: Url = "",
) -> None:
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(_("没有这个文件"), param_hint="FILE")

    async def read() -> int:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as raw, unpacked(raw) as plain:
            async with backup_in(plain) as held:
                wrong = await held.check() if held else ()
                for finding in wrong:
                    note(_described(finding))
                if wrong:
                    raise Refused("backup_damaged", None, n=len(wrong), text=file)
                async with opened(data, ledger, make=True) as store:
                    if held:
                        return await transfer.copy(held, store)
                    return await transfer.import_lines(store, lines_of(plain))

    events = run(read())
    out(_("导入 {events} 条", events=events))


@app.command(help=_("搬家：把一个台账原样复制到另一个空的台账，并核对"))
def copy(
    from_: Annotated[str, typer.Option("--from", metavar="URL", help=_("从这个台账"))],
    to: Annotated[
        str,
        typer.Option("--to", metavar="URL", help=_("到这个空的台账")),
    ],
    freeze: Annotated[
        bool,
        typer.Option(
            "--freeze",
            help=_("服务运行中搬家：复制到只差一点时，原台账才不再接收"),
        ),
    ] = False,
) -> None:
    try:
        moved, alike = run(_copied(from_, to, freeze=freeze))
    except CancelledError:  # stopped when nothing of it was to be undone
        raise KeyboardInterrupt from None
    if not alike and freeze:
        note(_("新台账与原台账不同，不要使用。原台账重新接收：trafficlight ledger thaw"))
        raise typer.Exit(1)
    if not alike:
        note(_("复制期间原台账有新记录，这一份不可用。请停止服务或用 --freeze，另选空的台账再来一次。"))
        raise typer.Exit(1)
    out(_("复制 {moved} 条，逐字节相同", moved=moved))


async def _copied(from_: str, to: str, *, freeze: bool) -> tuple[int, bool]:
    """How many events were copied, and whether the two are alike at the end."""
    task = current_task()
    assert task is not None  # noqa: S101 - a coroutine that runs is one
    on_stop_signal(get_running_loop(), task.cancel)  # nobody leaves a ledger frozen by hanging up
    async with (
        opened(None, from_) if freeze else looked_at(None, from_) as source,
        opened(None, to, make=True) as target,
    ):
        if await target.heads():
            raise NotEmpty("the ledger already holds events")
        if freeze:
            moved = await transfer.move(source, target)
            _report_switched(moved.refused)
            return moved.rows, await transfer.alike(source, target)
        return await transfer.copy(source, target), await transfer.alike(source, target)


def _report_switched(refused: float) -> None:
    note(
        _(
            "新台账已齐全，可以用它启动服务；原台账 {seconds} 秒前停止接收。正在核对……",
            seconds=f"{refused:.2f}",
        )
    )


@app.command(help=_("搬走的台账重新接收"))
def thaw(data: Data = None, ledger: Url = "") -> None:
    async def take_again() -> bool:
        async with opened(data, ledger) as store:
            return await store.freeze(frozen=False)

    if run(take_again()):
        out(_("这个台账重新接收"))
        note(_("如果新台账已经有人填报，请不要再用这一个：两个台账从此不同。"))
    else:
        out(_("这个台账没有停用"))


@app.command(help=_("把Redis里的旧记录移到URL中 archive= 的文件夹或存储桶，省内存"))
def archive(
    ledger: Url = "",
    older_than: Annotated[
        int,
        typer.Option("--older-than", metavar="DAYS", min=1, help=_("早于多少天")),
    ] = 100,
) -> None:
    async def move() -> int:
        async with opened(None, ledger) as store:
            archive_rows = getattr(store, "archive", None)
            if archive_rows is None:
                raise typer.BadParameter(_("只有Redis里的台账需要"), param_hint="--ledger")
            try:
                moved: int = await archive_rows(datetime.now(UTC) - timedelta(days=older_than))
            except ValueError as wrong:
                raise typer.BadParameter(str(wrong), param_hint="--ledger") from wrong
            return moved

    events = run(move())
    out(_("移出 {events} 条", events=events))


@app.command(help=_("检查台账有没有缺失或改动"))
def verify(data: Data = None, ledger: Url = "") -> None:
    async def check() -> tuple[int, int]:
        async with looked_at(data, ledger) as store:
            findings = await store.check()
            for finding in findings:
                note(_described(finding))
            return len(findings), sum((await store.heads()).values())

    wrong, events = run(check())
    if not wrong and not events:
        note(_("这里没有台账：一条记录也没有。"))
        raise typer.Exit(1)
    if wrong:
        note(_("有 {wrong} 处问题。", wrong=wrong))
        raise typer.Exit(1)
    out(_("完好，共 {events} 条", events=events))


@app.command(help=_("备份到一个新文件，运行中也可以；先检查过才留下。名字以 .gz 结尾就压缩。"))
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False)],
    data: Data = None,
    ledger: Url = "",
    most: Annotated[
        int | None,
        typer.Option("--keep", metavar="N", min=1, help=_("只留最近 N 份：同一文件夹里除数字外同名的")),
    ] = None,
) -> None:
    async def copy() -> BackedUp:
        async with looked_at(data, ledger) as store:
            return await back_up(store, file.absolute(), most)

    done = run(copy())
    if not done.events:
        raise Refused("ledger_empty", None, text=url_of(data, ledger).partition("?")[0])
    if done.findings:
        for finding in done.findings:
            note(_described(finding))
        raise Refused("backup_unsound", None, n=len(done.findings), text=file)
    if data is not None and data.is_dir():
        note_backup(data, datetime.now(UTC), done.events)
    for gone in done.removed:
        note(_("删掉旧的一份：{file}", file=gone))
    out(f"{file}\t{done.events}")


def _described(finding: Finding) -> str:
    where = f"{finding.board} {finding.position}: " if finding.board else ""
    return f"{finding.kind} {where}{finding.detail}"
