"""The folder target removed, replaced by a file, made unwritable, or held by another server.

The app goes on as if nothing were: reports are taken, pages served. The failure is counted in
`trafficlight_target_failed_total`. Once the folder can be written again it is whole again, by itself.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.reliability.judging import caught_up, judge_folder
from tests.reliability.ledger_away import immutable
from tests.reliability.posters import Posters
from tests.reliability.proof import Findings, span
from tests.reliability.town import BOARDS, Town, import_town
from tests.running import Server, get

FAILED = "trafficlight_target_failed_total"
ALARM_WITHIN = 10.0
REFUSED = "another publisher"


async def prove(folder: Path, _rounds: int, found: Findings) -> None:
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    target = folder / "target"
    server = Server(town.data, target)
    whole: list[float] = []
    try:
        await asyncio.to_thread(server.begin)
        async with Posters(server.port, town, clients=4, pause=0.05) as posters:
            await caught_up_while_posting(server, target, posters, found)
            for name, trouble in (("removed", _removed), ("a file", _a_file), ("unwritable", _unwritable)):
                failed = await asyncio.to_thread(server.metric, FAILED)
                with trouble(target):
                    await _alarm(server, failed, name, found)
                whole.append(await caught_up_while_posting(server, target, posters, found))
            taken = await _second(town, server, target, posters, found)
        found.figures |= {
            "whole again after": span(whole),
            "taken over by a second server after the first was killed": f"{taken:.2f} s",
            "reports acknowledged meanwhile": f"{len(posters.acknowledged):,}",
        }
        found.expect(not posters.contradictions, f"contradictions: {posters.contradictions[:3]}")
        found.expect(not posters.refusals, "reports were refused because of the folder")
        await judge_folder(server, target, found)
    finally:
        server.kill()


async def _alarm(server: Server, before: float, name: str, found: Findings) -> None:
    """Return once the failure is counted; the app serves meanwhile."""
    began = time.monotonic()
    while await asyncio.to_thread(server.metric, FAILED) <= before:
        if time.monotonic() - began > ALARM_WITHIN:
            found.expect(False, f"{name}: no alarm within {ALARM_WITHIN:.0f} s")
            break
        await asyncio.sleep(0.1)
    for port, path in ((server.port, f"/{BOARDS[0]}/"), (server.ops, "/ready"), (server.ops, "/ready/posts")):
        status = (await asyncio.to_thread(get, port, path))[0]
        found.expect(status == 200, f"{name}: {path} answers {status} meanwhile")


async def caught_up_while_posting(server: Server, target: Path, posters: Posters, found: Findings) -> float:
    """Hold the clients back until the folder stands where the app does; the seconds to then."""
    posters.hold()
    took = await caught_up(server, target, found)
    posters.go_on()
    return took


async def _second(town: Town, first: Server, target: Path, posters: Posters, found: Findings) -> float:
    """A second server on the folder is refused and serves all the same; it takes over after the first."""
    second = Server(town.data, target, log=target.with_name("second.log"))
    try:
        await asyncio.to_thread(second.begin)
        await _alarm(second, 0, "a second server", found)
        found.expect(
            REFUSED in second.log.read_text(), "the second server's log does not say why it is refused"
        )
        await posters.finish()
        first.kill()
        return await caught_up(second, target, found)
    finally:
        await asyncio.to_thread(second.stop, 10.0)


@contextmanager
def _removed(target: Path) -> Iterator[None]:
    for _ in range(100):  # the server may be writing into it
        shutil.rmtree(target, ignore_errors=True)
        if not target.exists():
            break
    yield


@contextmanager
def _a_file(target: Path) -> Iterator[None]:
    aside = target.with_name("aside")
    target.rename(aside)
    target.write_text("somebody's file")
    yield
    target.unlink()
    aside.rename(target)


@contextmanager
def _unwritable(target: Path) -> Iterator[None]:
    folders = [folder for folder in (target, *target.rglob("*")) if folder.is_dir()]
    with ExitStack() as stack:
        if os.geteuid() == 0:  # whom no permission holds back
            stack.enter_context(immutable(folders))
        else:
            for folder in folders:
                stack.callback(folder.chmod, folder.stat().st_mode)
                folder.chmod(0o555)
        yield
