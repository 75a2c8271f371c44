"""`config set`, `config show`: settings that all nodes share."""

from asyncio import run
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from trafficlight.actions.addresses import check_url
from trafficlight.actions.credentials import read_system
from trafficlight.cli.console import _, out
from trafficlight.cli.ledgers import Data, Url, opened
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM, check_proof

app = typer.Typer(
    name="config",
    help=_("所有节点共用的设置"),
    no_args_is_help=True,
    rich_markup_mode=None,
)

_LONGEST: Final = 200


def _text(text: str) -> str:
    if len(text.strip()) > _LONGEST:
        raise Refused("too_long", "value", text=text[:20], max=_LONGEST)
    return " ".join(text.split())


KEYS: Final[Mapping[str, Callable[[str], str]]] = {
    "public_url": lambda text: check_url(text, "public_url") if text else "",
    "licence": _text,
    "contact": _text,
}
"""What can be set, and how it is read; an empty text takes a setting back."""


@app.command("set", help=_("设一项：public_url、licence、contact"))
def set_(
    key: Annotated[str, typer.Argument(metavar="KEY")],
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    data: Data = None,
    ledger: Url = "",
) -> None:
    if key not in KEYS:
        raise Refused("wrong_key", "key", text=key, keys=", ".join(KEYS))
    run(_set(key, KEYS[key](value), data, ledger))


async def _set(key: str, value: str, data: Path | None, ledger: str) -> None:
    async with opened(data, ledger) as kept:
        if (await read_system(kept)).config.get(key, "") != value:
            await kept.append(SYSTEM, [ConfigSet(by="cli", key=key, value=value)])
    out(f"{key}\t{value}")


@app.command(help=_("把公众平台给的域名验证文件（MP_verify_….txt）放到网站根目录"))
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    data: Data = None,
    ledger: Url = "",
    remove: Annotated[bool, typer.Option("--remove", help=_("不再放"))] = False,
) -> None:
    if remove:
        run(_set(file.name, "", data, ledger))
        return
    run(_set(*check_proof(file.name, _word(file)), data, ledger))


def _word(file: Path) -> str:
    """The beginning of the file: of one that is too long for a proof, enough to refuse it."""
    with file.open("rb") as opened_file:
        return opened_file.read(_LONGEST).decode("utf-8", "replace")


@app.command(help=_("列出所有设置"))
def show(data: Data = None, ledger: Url = "") -> None:
    async def read() -> Mapping[str, str]:
        async with opened(data, ledger) as kept:
            return (await read_system(kept)).config

    for key, value in sorted(run(read()).items()):
        if key not in KEYS:
            continue  # what boards keep there is a secret of theirs
        out(f"{key}\t{value}")
