"""Of several nodes one writes to a bucket: the next when it goes, dies or loses its lease."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from tests.patience import Stopwatch
from tests.publish.buckets import Bucket
from tests.publish.test_bucket import wanted_of
from tests.publish.trees import becomes, happens
from tests.publish.worlds import SHILI, World, county, report
from trafficlight.cli import console
from trafficlight.cli.program import run
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_leases, open_ledger
from trafficlight.ledger.sqlite.lease import SqliteLeases
from trafficlight.publish import election
from trafficlight.publish.election import LEASE_SECONDS, Leadership, leading, run_as_leader
from trafficlight.publish.sync import Pass, TargetSync
from trafficlight.publish.targets.base import TargetUnavailable


class Node:
    """A node that waits to lead at the bucket."""

    def __init__(self, world: World, bucket: Bucket, lease: SqliteLeases) -> None:
        target = bucket.target()
        self.leadership = Leadership(lease, target.name)
        self.passes: list[Pass] = []
        self.told: list[bool] = []
        self.keeper = TargetSync(
            world.publisher(), target, lambda: world.at, self.passes.append, self.leadership.leads
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(run_as_leader(self.keeper, self.leadership, self.told.append))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def lease(tmp_path: Path) -> SqliteLeases:
    return SqliteLeases(tmp_path / "ledger.sqlite")


@pytest.fixture
def soon_mine(soon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(election, "RETRY_EVERY", 0.02)
    monkeypatch.setattr(election, "RENEW_EVERY", 0.02)


async def test_one_node_writes_and_the_next_when_it_goes(
    bucket: Bucket, lease: SqliteLeases, tmp_path: Path, soon_mine: None
) -> None:
    world = county(2)
    first, second = Node(world, bucket, lease), Node(world.again(), bucket, lease)
    async with first.running():
        await happens(lambda: first.told == [False, True])
        async with second.running():
            await becomes(bucket.tree, await wanted_of(world, tmp_path / "fresh"))
            assert second.told == [False]
            assert second.passes == []
        async with second.running():
            await happens(lambda: second.told)
            world.happen(SHILI, report(0, 70), after=60)
    assert first.told == [False, True, False]
    assert [one.fault for one in first.passes if one.fault] == []


async def test_who_has_lost_the_lease_stops_and_the_next_repairs_what_it_did(
    bucket: Bucket, lease: SqliteLeases, tmp_path: Path, soon_mine: None
) -> None:
    world = county(2)
    late, next_one = Node(world, bucket, lease), Node(world, bucket, lease)
    async with late.running():
        await happens(lambda: late.passes)
        while not await lease.acquire(bucket.target().name, "another", 60):
            await lease.release(bucket.target().name, late.leadership._holder)  # noqa: SLF001 - as if its time were over
        late.leadership._until = 0.0  # noqa: SLF001 - as it finds when it wakes
        await happens(lambda: late.told == [False, True, False])
        bucket.put("shili/index.html", b"what was on its way when it fell asleep")
        await lease.release(bucket.target().name, "another")
        async with next_one.running():
            await becomes(bucket.tree, await wanted_of(world, tmp_path / "fresh"))


async def test_a_node_that_cannot_ask_writes_to_the_end_of_its_lease_and_no_longer() -> None:
    class Away:
        away = False

        async def acquire(self, _name: str, _holder: str, seconds: float) -> bool:
            assert seconds == LEASE_SECONDS
            if self.away:
                raise LedgerUnavailable("away")
            return True

        async def release(self, _name: str, _holder: str) -> None:
            raise LedgerUnavailable("away")

    now, lease = [100.0], Away()
    leadership = Leadership(lease, "bucket", lambda: now[0])  # type: ignore[arg-type]
    assert not leadership.leads()
    assert await leadership.acquire()
    lease.away = True
    now[0] += LEASE_SECONDS - 1
    assert await leadership.acquire()
    now[0] += 0.5
    assert not leadership.leads(), "it ends here before it ends for the others"
    assert not await leadership.acquire()
    await leadership.release()


async def test_publishing_once_takes_a_lease_and_gives_it_back(lease: SqliteLeases) -> None:
    async with leading(lease, "bucket") as leadership:
        assert leadership.leads()
        with pytest.raises(TargetUnavailable, match="another publisher"):
            async with leading(lease, "bucket"):
                pytest.fail("two have it")
    assert not leadership.leads()
    async with leading(lease, "bucket"):
        pass


async def test_the_command_line_does_not_write_where_a_server_does(
    bucket: Bucket, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "LANG", "en")
    monkeypatch.setenv("TRAFFICLIGHT_FONT", "none")
    url = f"sqlite:{tmp_path / 'ledger.sqlite'}"
    await (await open_ledger(url)).close()
    publish = ["publish", "--ledger", url, "--as-of", "2022-12-24T00:00Z", "--to", bucket.address()]
    async with leading(await open_leases(url), bucket.target().name):
        assert await asyncio.to_thread(run, publish) == 1
    assert "another publisher writes there" in capsys.readouterr().err
    assert await asyncio.to_thread(run, publish) == 0


@contextmanager
def node(ledger: str, bucket: Bucket) -> Iterator[subprocess.Popen[bytes]]:
    """A process that keeps the bucket while it leads."""
    command = [sys.executable, "-m", "tests.publish.leading", ledger, bucket.address()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdout is not None
    while (told := process.stdout.readline()) and not told.startswith(line):
        pass
    assert told.startswith(line)


def test_a_killed_node_is_followed_within_ten_seconds(bucket: Bucket, tmp_path: Path) -> None:
    ledger = f"sqlite:{tmp_path / 'ledger.sqlite'}"
    with node(ledger, bucket) as first:
        until(first, b"passed _ ")
        with node(ledger, bucket) as second:
            until(second, b"not ours")
            before = bucket.tree()
            bucket.put("shili/index.html", b"old")
            first.kill()
            watch = Stopwatch()
            until(second, b"passed _ ")
            assert watch.seconds < 10
            assert bucket.tree() == before
