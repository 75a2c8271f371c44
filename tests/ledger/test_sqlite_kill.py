"""Acknowledged is kept, whenever the process dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from time import sleep

import pytest

from tests.ledger.facts import positions, report
from trafficlight.ledger.sqlite import SqliteLedger

TASKS = 8
ROUNDS = 5


def run_and_kill(url: str, first: int, after: float) -> dict[int, int]:
    """Append with eight tasks, kill them after so many seconds; number → position, as acknowledged."""
    command = [
        sys.executable,
        "-m",
        "tests.ledger.appender",
        url,
        "longkou",
        str(TASKS),
        "100000",
        str(first),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        sleep(after)
        os.kill(process.pid, signal.SIGKILL)
        lines = process.stdout.read().split(b"\n")[:-1]  # what follows the last newline was never said
    return {int(number): int(position) for number, position in (line.split() for line in lines)}


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    path = tmp_path / "ledger.sqlite"
    told: dict[int, int] = {}
    for _ in range(2):  # the second run begins by asking again for everything
        again = run_and_kill(f"sqlite:{path}", 0, chance.uniform(0.02, 0.3))
        assert all(again[number] == position for number, position in told.items() if number in again)
        told |= again
    ledger = await SqliteLedger.open(path)
    records = await ledger.read("longkou")
    assert positions(records) == {"longkou": list(range(1, len(records) + 1))}
    kept = [record.event for record in records]
    assert len({event.id for event in kept if isinstance(event, type(report(0)))}) == len(kept)
    assert len(told) > TASKS
    for number, position in told.items():
        assert kept[position - 1] == report(number)
    assert not await ledger.check()
    await ledger.close()
