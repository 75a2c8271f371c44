"""`config set`, `config show`: settings that all nodes share."""

from asyncio import run
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from trafficlight.actions.changing import LedgerChanges, read_system
from trafficlight.actions.config import KEYS, LONGEST_PROOF, set_config, set_proof
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, looked_at, opened

app = typer.Typer(
    name="config",
    help=_("所有节点共用的设置"),
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("set", help=_("设一项：public_url、licence、contact、support"))
def set_(
    key: Annotated[str, typer.Argument(metavar="KEY")],
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    data: Data = None,
    ledger: Url = "",
) -> None:
    async def put() -> str:
        async with opened(data, ledger, make=True) as store:
            return await set_config(LedgerChanges(store, "cli"), key, value)

    out(f"{key}\t{run(put())}")


@app.command(help=_("把公众平台给的域名验证文件（MP_verify_….txt）放到网站根目录"))
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    data: Data = None,
    ledger: Url = "",
    remove: Annotated[bool, typer.Option("--remove", help=_("不再放"))] = False,
) -> None:
    async def put() -> str:
        async with opened(data, ledger, make=True) as store:
            return await set_proof(LedgerChanges(store, "cli"), file.name, None if remove else _word(file))

    out(f"{file.name}\t{run(put())}")


def _word(file: Path) -> str:
    """The beginning of the file: of one that is too long for a proof, enough to refuse it."""
    with file.open("rb") as opened_file:
        return opened_file.read(LONGEST_PROOF).decode("utf-8", "replace")


@app.command(help=_("列出所有设置"))
def show(data: Data = None, ledger: Url = "") -> None:
    async def read() -> Mapping[str, str]:
        async with looked_at(data, ledger) as store:
            return (await read_system(store)).config

    for key, value in sorted(run(read()).items()):
        if key not in KEYS:
            continue  # what boards keep there is a secret of theirs
        out(f"{key}\t{value}")
