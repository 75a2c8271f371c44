"""`users add`, `list`, `remove`, `password`, `end-sessions`: who may sign in at the desk."""

import sys
from asyncio import run
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path
from typing import Annotated, Final

import typer

from trafficlight.actions import users
from trafficlight.actions.changing import LedgerChanges, read_system
from trafficlight.actions.passwords import digest_aside
from trafficlight.cli.console import _, note, out
from trafficlight.cli.ledgers import Data, Url, board_of, looked_at, opened
from trafficlight.cli.options import AllOption
from trafficlight.domain.errors import Refused
from trafficlight.domain.users import EVERYWHERE, Role, User, Users

app = typer.Typer(
    name="users",
    help=_("管理后台的账号"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

BY: Final = "cli"

Name = Annotated[str, typer.Argument(metavar="NAME")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help=_("从文件第一行读密码；默认在终端输入"),
    ),
]


@app.command(help=_("新建账号。密码在终端输入（不回显），或从标准输入、--password-file 读取，不写在命令里。"))
def add(
    name: Name,
    *,
    data: Data = None,
    ledger: Url = "",
    board: Annotated[
        list[str] | None,
        typer.Option("--board", metavar="SLUG", help=_("一个看板，可重复")),
    ] = None,
    everything: AllOption = False,
    role: Annotated[
        Role,
        typer.Option(help=_("只看、编辑、管理")),
    ],
    password_file: PasswordFile = None,
) -> None:
    if bool(board) == everything:
        raise typer.BadParameter(_("--board 和 --all 要给而且只能给一个"))
    roles = dict.fromkeys(board or [EVERYWHERE], role.value)
    typed = _password(password_file)

    async def added() -> User:
        async with opened(data, ledger, make=True) as store:
            for slug in board or []:
                await board_of(store, slug)
            user_id = await users.add_user(LedgerChanges(store, BY), name, roles, typed, digest_aside)
            return users.user_of((await read_system(store)).users, user_id)

    user = run(added())
    out(f"{user.id}\t{user.name}")


@app.command(
    "list",
    help=_("列出账号：编号、名字、权限、两步验证、登录数"),
)
def list_(data: Data = None, ledger: Url = "") -> None:
    async def read() -> Users:
        async with looked_at(data, ledger) as store:
            return (await read_system(store)).users

    known = run(read())
    for user in sorted(known.known.values(), key=lambda one: (one.since, one.id)):
        roles = ",".join(f"{board}:{role}" for board, role in user.roles.items())
        signed_in = sum(session.user == user.id for session in known.sessions.values())
        out(f"{user.id}\t{user.name}\t{roles}\t{'totp' if user.seed else '-'}\t{signed_in}")


@app.command(help=_("删除账号，登录随即失效；做过的事仍在台账里。"))
def remove(user: Name, data: Data = None, ledger: Url = "") -> None:
    _change(data, ledger, lambda changes: users.remove_user(changes, user))


@app.command(help=_("重设密码，所有登录随即失效；--no-totp 同时关掉两步验证（手机丢了）。"))
def password(
    user: Name,
    *,
    data: Data = None,
    ledger: Url = "",
    no_totp: Annotated[bool, typer.Option("--no-totp", help=_("关掉两步验证"))] = False,
    password_file: PasswordFile = None,
) -> None:
    typed = _password(password_file)
    _change(
        data,
        ledger,
        lambda changes: users.set_password(changes, user, typed, digest_aside, second_step=not no_totp),
    )


@app.command(
    "end-sessions",
    help=_("结束一个账号的全部登录（手机丢了）"),
)
def end_sessions(user: Name, data: Data = None, ledger: Url = "") -> None:
    _change(data, ledger, lambda changes: users.end_sessions(changes, user))


def _change(data: Path | None, ledger: str, act: Callable[[LedgerChanges], Awaitable[None]]) -> None:
    async def change() -> None:
        async with opened(data, ledger) as store:
            await act(LedgerChanges(store, BY))

    run(change())


def _password(file: Path | None) -> str:
    """The password: of the file, asked for twice on a terminal, or the first line of stdin."""
    if file is not None:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    note(_("密码至少10个字符，输入时不显示。"))
    first = getpass(_("密码："))
    if getpass(_("再输一次：")) != first:
        raise Refused("password_differs", "again")
    return first
