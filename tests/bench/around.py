"""Figures around the budgets, for information.

- Appends alone: 32 tasks in one process, each waiting for its own append to be on disk, an event and a
  key each.
- An empty start: from starting the process to `/ready` and a listening port; the median of five.
- Publishing: the command, with its own start, into an empty folder.
- A report in a folder: from its 201 until `board.json` in the folder has its position, looked at every
  millisecond.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from tests.bench.installations import Installation, report
from tests.bench.measuring import ms, quantiles
from tests.bench.rig import SMALL, Rig, Row
from tests.bench.rounds import Rounds
from tests.running import Server, command
from trafficlight.ledger.base import Key
from trafficlight.ledger.opening import data_ledger_url, open_ledger

TASKS = 32
IN_FOLDER_WITHIN = 10.0


def run(rig: Rig) -> Iterator[Row]:
    yield _appends(rig)
    yield _empty(rig)
    installation = rig.installation(SMALL)
    yield _published(rig, installation)
    yield _in_folder(rig, installation)


def _appends(rig: Rig) -> Row:
    with rig.pinned():
        rate = asyncio.run(_append(rig.folder / "appends", 2_000 if rig.quick else 20_000))
    return Row(
        what="ledger alone: durable appends a second, 32 at a time",
        measured=f"{rate:,.0f}/s",
        note=f"one fsync of this disk: {ms(_fsync(rig.folder / 'fsync'))}",
    )


async def _append(data: Path, count: int) -> float:
    ledger = await open_ledger(data_ledger_url(data))
    chance, day = random.Random(1), datetime.now(UTC).date()
    events = [report(number, f"site-{number % 152}", day, chance) for number in range(count)]
    numbers = iter(range(count))

    async def append() -> None:
        for number in numbers:
            await ledger.append("board", [events[number]], Key(f"key {number}", b"body"))

    began = time.perf_counter()
    await asyncio.gather(*(append() for _ in range(TASKS)))
    took = time.perf_counter() - began
    await ledger.close()
    return count / took


def _fsync(file: Path) -> float:
    """The median of 200 appends of a page, each followed by a sync."""
    took = []
    with file.open("wb", buffering=0) as out:
        for _ in range(200):
            out.write(bytes(4096))
            began = time.perf_counter()
            os.fsync(out.fileno())
            took.append(time.perf_counter() - began)
    return median(took)


def _empty(rig: Rig) -> Row:
    took, memory = [], 0
    for number in range(1 if rig.quick else 5):
        with Server(rig.folder / f"empty-{number}", core=rig.server_core) as server:
            took.append(server.wait_until_ready())
            memory = server.most_memory()
    return Row(what="start of an empty server", measured=f"{ms(median(took))}, {memory / 2**20:.0f} MiB")


def _published(rig: Rig, installation: Installation) -> Row:
    folder = rig.folder / "published"
    began = time.monotonic()
    command("publish", "--data", installation.data, "--to", folder)
    took = time.monotonic() - began
    files = [file for file in folder.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    return Row(
        what="the whole tree of 152 sites, from the ledger into an empty folder",
        measured=f"{took:.1f} s",
        note=f"{len(files):,} files, {size / 2**20:.1f} MiB",
    )


def _in_folder(rig: Rig, installation: Installation) -> Row:
    folder = rig.folder / "target"
    board = folder / installation.board / "board.json"
    took = []
    with Server(installation.data, folder, core=rig.server_core) as server, rig.pinned():
        server.wait_until_ready()
        client = Rounds(server.port, installation)
        for _ in range(10 if rig.quick else 100):
            position, _posted = client.report()
            took.append(_until(board, position))
            time.sleep(random.uniform(0.0, 0.4))
        client.close()
        server.stop(30.0)
    return Row(
        what="acknowledged report → its new board in a folder", measured=quantiles(took), note="promised: 1 s"
    )


def _until(board: Path, position: int) -> float:
    """Seconds until the file has the position."""
    began = time.perf_counter()
    while time.perf_counter() - began < IN_FOLDER_WITHIN:
        if board.exists() and msgspec.json.decode(board.read_bytes())["position"] >= position:
            return time.perf_counter() - began
        time.sleep(0.001)
    raise RuntimeError(f"{board} does not reach position {position}")
