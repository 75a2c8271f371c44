"""`publish`: the whole tree, once, as it is now or as it was."""

import asyncio
import os
from asyncio import run
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from trafficlight.cli.console import _, note, out
from trafficlight.cli.ledgers import Data, Url, everything, looked_at, url_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import proofs_of
from trafficlight.ledger.as_of import folded_at
from trafficlight.ledger.opening import open_leases

if TYPE_CHECKING:
    from trafficlight.publish.drawing import Fonts
    from trafficlight.publish.targets.base import Target

HELP: Final = _("把全部页面写出一次：现在的，或 --as-of 那一刻的。")


def publish(
    *,
    to: Annotated[str, typer.Option("--to", metavar="PATH|URL", help=_("写到哪里"))],
    data: Data = None,
    ledger: Url = "",
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            metavar="INSTANT",
            help=_("哪一刻，如 2022-12-24T16:00+08:00，要有时区"),
        ),
    ] = "",
) -> None:
    now = datetime.now(UTC)
    at = read_instant(as_of, now) if as_of else None
    written = run(_publish(to, data, ledger, at, now))
    out(_("写了 {written} 个文件到 {to}", written=written, to=to))


async def _publish(to: str, data: Path | None, ledger: str, at: datetime | None, now: datetime) -> int:
    # Every template is loaded for this, which no other command needs.
    from trafficlight.publish.drawing import Drawn, PictureRenderer  # noqa: PLC0415
    from trafficlight.publish.publisher import Made, Publisher  # noqa: PLC0415
    from trafficlight.publish.sync import Pass, TargetSync  # noqa: PLC0415
    from trafficlight.publish.targets import target_of  # noqa: PLC0415
    from trafficlight.publish.view import TreeLocation  # noqa: PLC0415

    try:
        target = target_of(to)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--to") from wrong
    async with looked_at(data, ledger) as store:
        states = await folded_at(store, at) if at else await everything(store, data)
    config = states.system.config
    place = TreeLocation(
        public_url=config.get("public_url", ""),
        licence=config.get("licence", ""),
        contact=config.get("contact", ""),
        proofs=proofs_of(config),
    )
    written = 0
    faults: list[str] = []

    def passed(one: Pass) -> None:
        nonlocal written
        written += one.written

    def made(one: Made) -> None:
        if one.fault:
            faults.append(f"{one.format}: {one.fault}")

    def drawn(one: Drawn) -> None:
        if one.fault:
            faults.append(f"{one.path}: {one.fault}")

    fonts = await asyncio.to_thread(fonts_of)
    renderer = PictureRenderer(fonts, drawn) if fonts else None
    publisher = Publisher(states, lambda: place, on_made=made, renderer=renderer)
    try:
        async with _lease_at(target, url_of(data, ledger)) as ours:
            await TargetSync(publisher, target, lambda: now, passed, ours).once(at or now)
    finally:
        if renderer:
            await asyncio.to_thread(renderer.close)
    if faults:
        raise Refused("format_failed", None, text="; ".join(dict.fromkeys(faults)))
    return written


@asynccontextmanager
async def _lease_at(target: "Target", ledger: str) -> AsyncIterator[Callable[[], bool] | None]:
    """Nobody else writes there meanwhile: what keeps others out by itself needs no lease."""
    from trafficlight.publish.election import leading  # noqa: PLC0415 - as above

    if isinf(target.watch):
        yield None
        return
    leases = await open_leases(ledger)
    try:
        async with leading(leases, target.name) as leadership:
            yield leadership.leads
    finally:
        await leases.close()


def fonts_of() -> "Fonts | None":
    """What posters are drawn with; without a font everything else is written."""
    from trafficlight.publish.drawing import NO_POSTERS, FontMissing, find  # noqa: PLC0415 - as above

    setting = os.environ.get("TRAFFICLIGHT_FONT", "")
    if setting == NO_POSTERS:
        return None
    try:
        return find(setting)
    except FontMissing as missing:
        if setting:
            raise typer.BadParameter(f"TRAFFICLIGHT_FONT: {missing}") from missing
        note(str(missing))
        return None


def read_instant(text: str, now: datetime) -> datetime:
    """2022-12-24T16:00+08:00. An instant without a zone is no instant: boards have zones of their own.

    `Refused` with `bad_instant` or `future_instant`.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused("bad_instant", text=text) from None
    if at.tzinfo is None:
        raise Refused("bad_instant", text=text)
    if at > now:
        raise Refused("future_instant", text=text)
    return at.astimezone(UTC)
