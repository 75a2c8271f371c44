"""`serve`: pages, forms, API, and the targets."""

import os
from asyncio import run
from collections.abc import Callable, Mapping
from pathlib import Path
from socket import socket
from typing import Annotated, Final

import typer

from trafficlight.cli.console import _
from trafficlight.cli.ledgers import Data, Url
from trafficlight.settings import Settings, WrongSetting, read_config, read_settings

HELP: Final = _("运行：公众页面、填报、接口；可同时写到 --target。")

Listen = Annotated[
    str | None,
    typer.Option(
        "--listen",
        metavar="HOST:PORT",
        help=_("网页的地址，默认 127.0.0.1:8080"),
    ),
]
Ops = Annotated[
    str | None,
    typer.Option("--ops", metavar="HOST:PORT", help=_("运维的地址，默认 127.0.0.1:9090")),
]


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        envvar="TRAFFICLIGHT_CONFIG",
        help=_("设置写在这个 TOML 文件里；命令行和环境变量优先"),
    ),
]


def serve(
    *,
    data: Data = None,
    ledger: Url = "",
    listen: Listen = None,
    ops: Ops = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH|URL",
            help=_("同时写到这里，可写多次"),
        ),
    ] = None,
    config: Config = None,
) -> None:
    settings = settings_of(
        os.environ,
        config,
        data=data,
        ledger=ledger or None,
        listen=listen,
        ops=ops,
        targets=tuple(target) if target else None,
    )
    raise typer.Exit(run(run_server(settings)))


def settings_of(env: Mapping[str, str], config: Path | None = None, **flags: object) -> Settings:
    """The settings from flags, environment and file; a mistake in usage where they cannot be used."""
    try:
        return read_settings(env, read_config(config) if config else {}, **flags)
    except WrongSetting as wrong:
        raise typer.BadParameter(str(wrong)) from wrong


ListeningSockets = tuple[socket, socket]
"""Of the pages, and of operation."""


async def run_server(
    settings: Settings,
    on_listening: Callable[[], None] | None = None,
    sockets: ListeningSockets | None = None,
) -> int:
    """Serve until stopped; the exit code. `on_listening` is called once pages can be had.

    At the addresses of the settings, or on sockets that listen there already.
    """
    from trafficlight import logs  # noqa: PLC0415 - the server takes half a second to load: only when it is to run
    from trafficlight.web.server import serve as serve_until_stopped  # noqa: PLC0415 - as above

    logs.configure(settings.log_level)
    return await serve_until_stopped(settings, on_listening, sockets)
