"""A bucket whose store fails, refuses or does not answer: said clearly, hurting nobody, made whole later."""

import asyncio
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.patience import Stopwatch
from tests.publish.buckets import Bucket, Gate, refusing_strangers
from tests.publish.test_bucket import wanted_of
from tests.publish.trees import Keeping, becomes, full, happens
from tests.publish.worlds import SHILI, county, report
from tests.publish.writer import large
from trafficlight.bucket import store as store_module
from trafficlight.publish.sync_pass import REST
from trafficlight.publish.targets import target_of
from trafficlight.publish.targets.base import TargetUnavailable

SITES = 12
"""Of each of two boards: 150 objects."""


def said(address: str) -> str:
    """What opening it is refused with."""
    target = target_of(address)
    with pytest.raises(TargetUnavailable) as refused:
        target.open()
    target.close()
    assert "geheim" not in str(refused.value)
    assert "AKIADENG" not in str(refused.value)
    return str(refused.value)


def test_wrong_credentials_are_said_to_be_wrong(bucket: Bucket, store_port: int) -> None:
    with refusing_strangers(store_port):
        assert said(bucket.address()).endswith(
            "the credentials are refused, or may not do this (InvalidAccessKeyId)"
        )


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket) -> None:
    assert "there is no bucket keiner" in said(bucket.address().replace(f"//{bucket.name}/", "//keiner/"))


def test_a_store_that_is_not_there_is_said_not_to_be(bucket: Bucket, gate: Gate) -> None:
    gate.close()
    assert said(bucket.address(gate.port)).endswith("the store cannot be reached")


def test_a_store_that_fails_is_quoted(bucket: Bucket, gate: Gate) -> None:
    gate.status = 503
    assert said(bucket.address(gate.port)).endswith("the store answers 503 Service Unavailable SlowDown")
    assert len(gate.asked) > 1, "a busy store is asked again"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_module.LONGEST == "5s"
    monkeypatch.setattr(store_module, "LONGEST", "1s")


def test_a_store_that_does_not_answer_is_not_waited_for_long(
    bucket: Bucket, gate: Gate, impatient: None
) -> None:
    gate.opened.clear()
    watch = Stopwatch()
    assert said(bucket.address(gate.port)).endswith("the store does not answer in time")
    assert watch.seconds < 10


async def test_a_busy_store_is_asked_again_and_nobody_notices(
    bucket: Bucket, gate: Gate, tmp_path: Path
) -> None:
    gate.busy_every = 3
    world = county(2)
    keep = Keeping(world, Path(), bucket.target(gate.port))
    await keep.keeper.once(world.at)
    assert await asyncio.to_thread(bucket.tree) == await wanted_of(world, tmp_path / "fresh")
    assert keep.faults == []


async def test_a_store_that_was_away_has_everything_afterwards_and_the_folder_never_waited(
    bucket: Bucket, gate: Gate, tmp_path: Path, soon: None
) -> None:
    world = county(3)
    far, near = Keeping(world, Path(), bucket.target(gate.port)), Keeping(world, tmp_path / "near")
    async with far.running(), near.running():
        await happens(lambda: all(REST in {one.part for one in keep.passes} for keep in (far, near)))
        gate.status = 503
        for number in range(3):
            world.happen(SHILI, report(number, 70), after=60)
            for keep in (far, near):
                keep.keeper.wake([SHILI])
            await becomes(tmp_path / "near", await full(world, tmp_path / f"fresh-{number}"))
        await happens(lambda: far.faults)
        assert near.faults == []
        gate.status = 0
        await becomes(bucket.tree, await wanted_of(world, tmp_path / "fresh"))


async def test_a_store_that_hangs_does_not_keep_the_program_from_stopping(
    bucket: Bucket, gate: Gate, soon: None, impatient: None
) -> None:
    world = county(3)
    keep = Keeping(world, Path(), bucket.target(gate.port))
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        gate.opened.clear()
        world.happen(SHILI, report(0, 70), after=60)
        keep.keeper.wake([SHILI])
        await asyncio.sleep(0.2)
        watch = Stopwatch()
        await keep.stop()
        assert watch.seconds < 8


async def test_killed_at_any_moment_the_next_start_makes_the_bucket_good(
    bucket: Bucket, tmp_path: Path
) -> None:
    """Nothing says that the publisher died: an object with another tag than the one noted is looked after."""
    world, chance = large(SITES), random.Random(5)
    world.happen(SHILI, report(0, 60, site="shili-3"), after=60)
    wanted = await wanted_of(world, tmp_path / "fresh")
    unfinished = 0
    for number in range(2):
        await asyncio.to_thread(killed, bucket.address(), number, chance.uniform(0.2, 1.0))
        unfinished += await asyncio.to_thread(bucket.tree) != wanted
        again = Keeping(world, Path(), bucket.target())
        await again.keeper.once(world.at)
        assert await asyncio.to_thread(bucket.tree) == wanted
    assert unfinished > 0  # else nothing was shown


def killed(address: str, seed: int, after: float) -> None:
    """What `kill -9` leaves of a process that has been writing for so many seconds."""
    writer = [sys.executable, "-m", "tests.publish.writer", address, str(seed), str(SITES)]
    with subprocess.Popen(writer, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(after)
        assert process.poll() is None
        process.kill()
