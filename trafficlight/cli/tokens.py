"""`tokens issue`, `tokens list`, `tokens revoke`: the keys of programs that report."""

import sys
from asyncio import run
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.actions.changing import LedgerChanges, read_system
from trafficlight.actions.credentials import Issued, issue_token, revoke_tokens
from trafficlight.cli.console import _, note, out
from trafficlight.cli.ledgers import Data, Url, looked_at, opened
from trafficlight.cli.options import AllOption, BoardOption, ScopeOptions, SiteOption
from trafficlight.domain.record import stamp
from trafficlight.domain.system import Token

app = typer.Typer(
    name="tokens",
    help=_("接口令牌：程序填报用"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


class TokenRole(StrEnum):
    REPORTER = "reporter"
    DESK = "desk"


@app.command(help=_("发一个令牌：标准输出的最后一行，只显示这一次。"))
def issue(
    *,
    data: Data = None,
    ledger: Url = "",
    site: SiteOption = "",
    board: BoardOption = "",
    everything: AllOption = False,
    role: Annotated[TokenRole, typer.Option(help=_("填报，或管理"))] = TokenRole.REPORTER,
    label: Annotated[str, typer.Option(metavar="TEXT", help=_("给谁用的"))] = "",
) -> None:
    wish = ScopeOptions(site=site, board=board, everything=everything)
    run(_issue(wish, role, label, data, ledger))


def _hand_over(issued: Issued) -> None:
    """Before it is in force: what could not be written down would open doors, and nobody would hold it."""
    note(_("令牌编号 {id}，停用：tokens revoke {id}", id=issued.id))
    out(issued.secret)
    sys.stdout.flush()


async def _issue(wish: ScopeOptions, role: TokenRole, label: str, data: Path | None, ledger: str) -> None:
    async with opened(data, ledger, make=True) as store:
        await issue_token(
            LedgerChanges(store, "cli"),
            await wish.scope(store),
            role=role.value,
            label=label,
            hand_over=_hand_over,
        )


@app.command(
    "list",
    help=_("列出有效的令牌：编号、角色、范围、日期、用途"),
)
def list_(data: Data = None, ledger: Url = "") -> None:
    async def read() -> Sequence[Token]:
        async with looked_at(data, ledger) as store:
            return sorted(
                (await read_system(store)).tokens.values(), key=lambda token: (token.issued_at, token.id)
            )

    for token in run(read()):
        scope = token.site or (f"board:{token.board}" if token.board else "all")
        out(f"{token.id}\t{token.role}\t{scope}\t{stamp(token.issued_at)}\t{token.label}")


@app.command(help=_("停用令牌（编号，或令牌本身）；命令结束时已经失效。"))
def revoke(
    token: Annotated[list[str], typer.Argument(metavar="TOKEN...")], data: Data = None, ledger: Url = ""
) -> None:
    for revoked in run(_revoke(token, data, ledger)):
        out(revoked)


async def _revoke(tokens: Sequence[str], data: Path | None, ledger: str) -> list[str]:
    async with opened(data, ledger) as store:
        return await revoke_tokens(LedgerChanges(store, "cli"), tokens)
