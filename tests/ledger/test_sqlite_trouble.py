"""A disk that is full, read-only, slow or broken, and a file that somebody else holds."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import msgspec
import pytest

from tests.ledger.conftest import Clock
from tests.ledger.facts import key, positions, report, reports, take
from tests.patience import LONG, Stopwatch
from trafficlight.domain.record import encode
from trafficlight.ledger import group_commit
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.sqlite import SqliteLedger, file, transactions, writer
from trafficlight.ledger.sqlite import ledger as facade
from trafficlight.ledger.store import LedgerRow

FULL_DISK = [sys.executable, "-m", "tests.ledger.full_disk"]


class Trouble:
    """The writer's connections, and what happens when they commit."""

    def __init__(self) -> None:
        self.opened: list[sqlite3.Connection] = []
        self.doubts: list[bool] = []
        self.on_commit: Callable[[], None] = lambda: None

    async def pragma(self, said: str) -> None:
        await asyncio.to_thread(self.opened[-1].execute, f"PRAGMA {said}")


@pytest.fixture
def trouble(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    trouble = Trouble()

    class Connection(sqlite3.Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if threading.current_thread().name.startswith("ledger-writer"):
                trouble.opened.append(self)

        def execute(self, *args: Any) -> sqlite3.Cursor:
            if args[0] == "COMMIT" and self in trouble.opened:
                trouble.on_commit()
            return super().execute(*args)

    def establish(connection: sqlite3.Connection, path: Path, *, doubt: bool) -> None:
        trouble.doubts.append(doubt)
        file.establish(connection, path, doubt=doubt)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Connection))
    monkeypatch.setattr(writer, "establish", establish)
    return trouble


@pytest.fixture
async def ledger(trouble: Trouble, tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteLedger]:
    """A ledger with one event, about to have trouble."""
    opened = await SqliteLedger.open(tmp_path / "ledger.sqlite", clock)
    await opened.append("longkou", [report(0)], key("0"))
    yield opened
    await opened.close()


def fails(code: int) -> Callable[[], None]:
    """A commit that ends in that error of SQLite's."""

    def fail() -> None:
        error = sqlite3.OperationalError("as the test wants it")
        error.sqlite_errorcode = code
        raise error

    return fail


@contextmanager
def locked(path: Path) -> Any:
    """While another connection holds the file's write lock."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other
        other.execute("ROLLBACK")


async def refused(ledger: SqliteLedger, n: int) -> float:
    """The append is refused; how long that took, in s."""
    watch = Stopwatch()
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", [report(n)], key(str(n)))
    return watch.seconds


async def holds(ledger: SqliteLedger, n: int) -> None:
    """Reports 0 to n-1 are kept once each, whoever asks again, and the file is sound."""
    for i in range(n):
        await ledger.append("longkou", [report(i)], key(str(i)))
    assert {record.event for record in await ledger.read("longkou")} == set(reports(n))
    assert await ledger.heads() == {"longkou": n}
    assert not await ledger.check()


def run_on_full_disk(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
    said: dict[str, Any] = msgspec.json.decode(done.stdout)
    return said


def check_full_disk(said: dict[str, Any]) -> None:
    assert said["kept"] > 10
    assert said["took"] < 3
    assert said["together"] == ["LedgerUnavailable"] * 5
    assert said["read"] == said["kept"] * 3
    assert said["replayed"] == said["kept"]
    assert said["right"]
    assert said["records"] == (said["kept"] + 20) * 3
    assert said["found"] == []


def test_a_file_that_may_not_grow_loses_nothing_and_comes_back(tmp_path: Path) -> None:
    check_full_disk(run_on_full_disk([*FULL_DISK, str(tmp_path), "limit"]))


def test_a_full_disk_loses_nothing_and_comes_back(tmp_path: Path) -> None:
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    mount = f"mount -t tmpfs -o size=2m none '{tmp_path}'"
    if subprocess.run([*alone, mount], check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this machine lets nobody mount a disk of his own")
    check_full_disk(
        run_on_full_disk([*alone, f'{mount} && exec "$@"', "sh", *FULL_DISK, str(tmp_path), "disk"])
    )


async def test_a_full_file_refuses_and_takes_again_when_there_is_room(
    ledger: SqliteLedger, trouble: Trouble
) -> None:
    await trouble.pragma("max_page_count = 1")  # SQLite makes that: as many as there are
    big = ledger.append("longkou", reports(2_000))
    with pytest.raises(LedgerUnavailable):
        await big
    await trouble.pragma("max_page_count = 100000")
    await holds(ledger, 3)
    assert len(trouble.opened) == 1


async def test_a_ledger_that_cannot_be_written_can_still_be_read(
    ledger: SqliteLedger, trouble: Trouble
) -> None:
    await trouble.pragma("query_only = ON")
    assert await refused(ledger, 1) < 3
    assert [record.event for record in await ledger.read("longkou")] == [report(0)]
    assert await take(ledger, 1, {})
    await trouble.pragma("query_only = OFF")
    await holds(ledger, 2)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_WRITE])
async def test_after_a_failed_sync_nothing_is_trusted_before_it_was_written_anew(
    ledger: SqliteLedger, trouble: Trouble, code: int
) -> None:
    trouble.on_commit = fails(code)
    assert await refused(ledger, 1) < 3
    trouble.on_commit = lambda: None
    await holds(ledger, 3)
    assert len(trouble.opened) == 2
    assert trouble.doubts == [False, True]


async def test_while_the_log_cannot_be_written_back_nothing_is_answered(
    ledger: SqliteLedger, trouble: Trouble, tmp_path: Path
) -> None:
    trouble.on_commit = fails(sqlite3.SQLITE_IOERR_FSYNC)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as reading:
        reading.execute("BEGIN")  # somebody who reads an old state keeps the log from being written back
        reading.execute("SELECT count(*) FROM events").fetchone()
        trouble.on_commit = lambda: None
        await ledger.append("longkou", [report(1)], key("1"))
        trouble.on_commit = fails(sqlite3.SQLITE_IOERR_FSYNC)
        await refused(ledger, 2)
        trouble.on_commit = lambda: None
        assert await refused(ledger, 0) < 3
        for asked in (ledger.used("longkou", key("0")), ledger.ready()):
            with pytest.raises(LedgerUnavailable):
                await asked
        reading.execute("COMMIT")
    assert await ledger.used("longkou", key("0"))
    await ledger.ready()
    await holds(ledger, 3)


async def test_while_somebody_reads_an_old_state_the_log_grows_and_then_begins_anew(
    ledger: SqliteLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_LOGGED", 1)
    monkeypatch.setattr(writer, "_AGAIN_AFTER", 0)
    log = tmp_path / "ledger.sqlite-wal"
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM events").fetchone()
        for n in range(1, 30):
            await ledger.append("longkou", [report(n)], key(str(n)))
        grown = log.stat().st_size
        reading.execute("COMMIT")
    for n in range(30, 60):
        await ledger.append("longkou", [report(n)], key(str(n)))
    assert log.stat().st_size == grown
    await holds(ledger, 60)


async def test_a_log_that_cannot_be_written_back_is_tried_again(
    ledger: SqliteLedger, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def broken(connection: sqlite3.Connection) -> bool:
        tries.append(connection)
        if len(tries) == 1:
            fails(sqlite3.SQLITE_IOERR_FSYNC)()
        return file.write_back(connection)

    monkeypatch.setattr(writer, "_LOGGED", 1)
    monkeypatch.setattr(writer, "_AGAIN_AFTER", 0)
    monkeypatch.setattr(writer, "write_back", broken)
    await holds(ledger, 5)
    assert len(tries) > 1
    assert trouble.doubts == [False, True]


async def test_an_error_nobody_thought_of_ends_no_thread(ledger: SqliteLedger, trouble: Trouble) -> None:
    def surprise() -> None:
        raise ZeroDivisionError

    trouble.on_commit = surprise
    await refused(ledger, 1)
    trouble.on_commit = lambda: None
    await holds(ledger, 2)


async def test_a_disk_that_hangs_keeps_nobody_waiting(ledger: SqliteLedger, trouble: Trouble) -> None:
    trouble.on_commit = lambda: sleep(4)
    assert await refused(ledger, 1) < 3.3
    trouble.on_commit = lambda: None
    await asyncio.sleep(1.5)
    await holds(ledger, 3)


async def test_a_file_that_is_held_for_long_refuses_within_three_seconds(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    with locked(tmp_path / "ledger.sqlite"):
        took = [asyncio.create_task(refused(ledger, 1))]
        await asyncio.sleep(1)
        took.append(asyncio.create_task(refused(ledger, 2)))
        with pytest.raises(LedgerUnavailable, match="locked"):
            await ledger.ready()
        assert all(seconds < 3.3 for seconds in await asyncio.gather(*took))
    await holds(ledger, 3)


async def test_a_file_that_is_held_takes_no_import(tmp_path: Path) -> None:
    ledger = await SqliteLedger.open(tmp_path / "ledger.sqlite")
    with locked(tmp_path / "ledger.sqlite"), pytest.raises(LedgerUnavailable):
        await ledger.restore([])
    assert await ledger.restore([]) == 0
    await ledger.close()


async def test_an_import_that_the_disk_refuses_leaves_the_ledger_empty(
    tmp_path: Path, trouble: Trouble
) -> None:
    ledger = await SqliteLedger.open(tmp_path / "ledger.sqlite")
    trouble.on_commit = fails(sqlite3.SQLITE_IOERR_FSYNC)
    rows = [LedgerRow("longkou", 1, datetime(2022, 12, 24, tzinfo=UTC), encode(report(1)))]
    with pytest.raises(LedgerUnavailable):
        await ledger.restore(rows)
    trouble.on_commit = lambda: None
    assert await ledger.heads() == {}
    assert await ledger.restore(rows) == 1
    await ledger.close()


async def test_a_follower_outlives_a_file_that_cannot_be_read_for_a_while(
    ledger: SqliteLedger, trouble: Trouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poll(*_: object) -> None:
        fails(sqlite3.SQLITE_IOERR_READ)()

    with monkeypatch.context() as patched:
        patched.setattr(transactions.Transactions, "poll", poll)
        taking = asyncio.create_task(take(ledger, 2, {}))
        other = await SqliteLedger.open(tmp_path / "ledger.sqlite")
        await other.append("longkou", [report(1)])
        await asyncio.sleep(0.3)
        assert not taking.done()
    assert positions(await taking) == {"longkou": [1, 2]}
    await other.close()


def test_a_loop_that_ends_without_closing_ends_the_thread(tmp_path: Path) -> None:
    async def leave() -> None:
        ledger = await SqliteLedger.open(tmp_path / "ledger.sqlite")
        await ledger.append("longkou", [report(1)])

    asyncio.run(leave())
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection, connection:
        # Something for the thread to tell of.
        connection.execute("INSERT INTO events SELECT 2, board, 2, at, body, sum FROM events")
    until = monotonic() + LONG
    while any(thread.name == "ledger-writer:ledger.sqlite" for thread in threading.enumerate()):
        assert monotonic() < until
        sleep(0.05)


async def test_closing_does_not_wait_for_ever(
    ledger: SqliteLedger, trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facade, "CLOSE_WITHIN", 0.1)
    trouble.on_commit = lambda: sleep(1)
    waiting = asyncio.create_task(ledger.append("longkou", [report(1)], key("1")))
    await asyncio.sleep(0.05)
    watch = Stopwatch()
    await ledger.close()
    assert watch.seconds < 0.5
    await waiting


async def test_a_file_that_is_held_for_a_second_is_waited_for(ledger: SqliteLedger, tmp_path: Path) -> None:
    with locked(tmp_path / "ledger.sqlite"):
        waiting = [asyncio.create_task(ledger.append("longkou", [report(1)], key("1")))]
        await asyncio.sleep(0.5)
        waiting.append(asyncio.create_task(ledger.append("longkou", [report(2)], key("2"))))
        await asyncio.sleep(0.5)
    assert [answer.positions for answer in await asyncio.gather(*waiting)] == [(2,), (3,)]


async def test_a_ledger_closed_while_the_file_is_held_answers_everybody(
    ledger: SqliteLedger, tmp_path: Path
) -> None:
    with locked(tmp_path / "ledger.sqlite"):
        waiting = asyncio.create_task(refused(ledger, 1))
        await asyncio.sleep(0.1)
        await ledger.close()
        await waiting


async def test_too_many_at_once_are_told_at_once(
    ledger: SqliteLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "WAITING_AT_MOST", 10)
    with locked(tmp_path / "ledger.sqlite"):
        waiting = [asyncio.create_task(ledger.append("longkou", [report(n)])) for n in range(10)]
        await asyncio.sleep(0.05)
        assert await refused(ledger, 11) < 0.5
    for answer in await asyncio.gather(*waiting):
        assert not answer.replayed
    await ledger.append("longkou", [report(12)])


async def test_a_file_that_is_held_cannot_be_opened(ledger: SqliteLedger, tmp_path: Path) -> None:
    with locked(tmp_path / "ledger.sqlite") as other:
        other.execute("ROLLBACK")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        await ledger.close()
        other.execute("BEGIN EXCLUSIVE")
        watch = Stopwatch()
        with pytest.raises(LedgerUnavailable):
            await SqliteLedger.open(tmp_path / "ledger.sqlite")
        assert watch.seconds < 3.3


async def test_a_ledger_opened_on_a_full_disk_can_be_read(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock
) -> None:
    await ledger.close()

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(writer, "establish", full)
        again = await SqliteLedger.open(tmp_path / "ledger.sqlite", clock)
        assert positions(await again.read("longkou")) == {"longkou": [1]}
        await refused(again, 1)
    await holds(again, 2)
    await again.close()
