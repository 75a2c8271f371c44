"""The present: started from whatever there is, kept up to date, told once."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ledger.conftest import Clock
from tests.patience import LONG
from tests.publish.worlds import ERXIAN, SHILI, board, report, site
from trafficlight.domain import event as e
from trafficlight.domain.day import zone_of
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.domain.replay import fold_all
from trafficlight.ledger import current as current_module
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import Current
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.snapshots import Snapshots
from trafficlight.ledger.store import LedgerStore


@pytest.fixture(autouse=True)
def zones_were_read() -> None:
    zone_of("Asia/Shanghai")


async def fill(ledger: LedgerStore, reports: int = 5) -> None:
    for slug in (SHILI, ERXIAN):
        await ledger.append(slug, [board(slug), site(0, id=f"{slug}-0"), site(1, id=f"{slug}-1")])
    said: list[e.Event] = [report(0, number, site=f"{SHILI}-{number % 2}") for number in range(reports)]
    for first in range(0, reports, 100):
        await ledger.append(SHILI, said[first : first + 100])
    await ledger.append(SYSTEM, [e.TokenIssued(token="t1", digest="d1"), e.ConfigSet(key="k", value="v")])


@asynccontextmanager
async def running(current: Current) -> AsyncIterator[Current]:
    await current.start()
    task = asyncio.create_task(current.run())
    try:
        yield current
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def started(ledger: LedgerStore, folder: Path | None = None) -> Current:
    """From the snapshots in the folder, if one is given."""
    current = Current(ledger, await asyncio.to_thread(Snapshots, folder) if folder else None)
    await current.start()
    return current


def written(folder: Path) -> dict[Path, int]:
    """The snapshots, and when each was written."""
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*.snapshot")}


async def kept(folder: Path) -> set[str]:
    """The boards of which there are snapshots."""
    return set((await asyncio.to_thread(lambda: Snapshots(folder).load()))[1])


def same(one: Current, other: Current) -> bool:
    return (one.system, one.boards) == (other.system, other.boards)


class Read:
    """A ledger that remembers what was read of it."""

    def __init__(self, ledger: LedgerStore) -> None:
        self._ledger = ledger
        self.reads: dict[str, list[int]] = {}
        self.heads, self.follow, self.append, self.close = (
            ledger.heads,
            ledger.follow,
            ledger.append,
            ledger.close,
        )

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        self.reads.setdefault(board, []).append(after)
        return await self._ledger.read(board, after)


async def test_it_starts_from_nothing(ledger: LedgerStore) -> None:
    current = await started(ledger)
    assert current.boards == {}
    assert current.position(SYSTEM) == current.position(SHILI) == 0


async def test_when_it_has_started_everything_is_folded(ledger: LedgerStore) -> None:
    await fill(ledger)
    current = await started(ledger)
    assert current.position(SHILI) == 8
    assert current.position(SYSTEM) == 2
    assert current.boards[SHILI] == fold_all(SHILI, await ledger.read(SHILI))
    assert current.system.config == {"k": "v"}


async def test_a_board_is_there_from_the_event_on_that_puts_it(ledger: LedgerStore) -> None:
    """What stands before changes nothing, and is read once all the same."""
    await ledger.append(SHILI, [e.NoticePosted(notice="n", text="元旦"), site(0)])
    async with running(Current(ledger)) as current, asyncio.timeout(LONG):
        assert (current.boards, current.position(SHILI)) == ({}, 2)
        await ledger.append(SHILI, [report(0, 5)])
        await current.reached(SHILI, 3)
        assert current.boards == {}
        appended = await ledger.append(SHILI, [board(SHILI), site(1)])
        await current.reached(SHILI, appended.positions[-1])
        fold = current.boards[SHILI]
        assert (set(fold.sites), fold.notices, fold.ignored) == ({"clinic-1"}, {}, 3)
        assert fold == fold_all(SHILI, await ledger.read(SHILI))


async def test_whoever_waits_is_woken_when_it_is_folded(ledger: LedgerStore) -> None:
    async with running(Current(ledger)) as current, asyncio.timeout(LONG):
        later = asyncio.create_task(current.reached(SHILI, 3))
        await asyncio.sleep(0)
        appended = await ledger.append(SHILI, [board(SHILI), site(0)])
        await current.reached(SHILI, appended.positions[-1])
        assert current.boards[SHILI].sites
        assert not later.done()
        await ledger.append(SHILI, [report(0, 5)])
        await later
        await current.reached(SHILI, 1)


async def test_whoever_gave_up_waiting_is_forgotten(ledger: LedgerStore) -> None:
    async with running(Current(ledger)) as current, asyncio.timeout(LONG):
        given_up = asyncio.create_task(current.reached(SHILI, 100))
        await asyncio.sleep(0)
        given_up.cancel()
        appended = await ledger.append(SHILI, [board(SHILI)])
        await current.reached(SHILI, appended.positions[-1])
        assert not current._waiting  # noqa: SLF001 - a client that hung up must not cost memory for ever


async def test_catching_up_reaches_what_another_process_appended(
    url: str, ledger: LedgerStore, clock: Clock
) -> None:
    other = await open_ledger(url, clock)
    async with running(Current(ledger)) as current, asyncio.timeout(LONG):
        await other.append(SYSTEM, [e.TokenIssued(token="t1", digest="d1")])
        await current.catch_up()
        assert current.system.tokens
        await other.append(SHILI, [board(SHILI)])
        await current.catch_up(SHILI)
        assert current.position(SHILI) == 1
        await current.catch_up("none")
    await other.close()


async def test_listeners_hear_of_what_was_folded(ledger: LedgerStore) -> None:
    heard: list[tuple[str, int]] = []
    current = Current(ledger)

    def listen(batch: Sequence[Record]) -> None:
        for record in batch:
            assert current.position(record.board) >= record.position
            heard.append((record.board, record.position))

    async with running(current), asyncio.timeout(LONG):
        current.listeners.append(listen)
        for number in range(20):
            await ledger.append(SHILI, [board(SHILI)] if number == 0 else [site(number)])
        await current.reached(SHILI, 20)
    assert heard == [(SHILI, number) for number in range(1, 21)]


class Stammering:
    """A ledger that delivers several times, fails now and then, and knows from where it was followed."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self.followed: list[Mapping[str, int]] = []

    async def heads(self) -> Mapping[str, int]:
        return {}

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        del board, after
        return ()

    async def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        self.followed.append(dict(after))
        here = after.get(SHILI, 0)
        for number, record in enumerate(self._records[max(here - 2, 0) :]):
            yield [record]
            yield [record, record]
            if number == 4:
                raise LedgerUnavailable("gone")
        await asyncio.Event().wait()


async def test_what_is_delivered_twice_is_folded_once_and_failures_are_followed_by_following_again(
    ledger: LedgerStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_module, "RETRY_SECONDS", 0.001)
    await fill(ledger, 12)
    records = await ledger.read(SHILI)
    stammering = Stammering(records)
    async with running(Current(stammering)) as current, asyncio.timeout(LONG):  # type: ignore[arg-type]
        await current.reached(SHILI, len(records))
    assert current.boards[SHILI] == fold_all(SHILI, records)
    assert [after.get(SHILI, 0) for after in stammering.followed] == [0, 5, 8, 11, 14]


# --- snapshots ----------------------------------------------------------------------------------------------


async def saved(ledger: LedgerStore, folder: Path) -> Current:
    current = await started(ledger, folder)
    await current.save(after=1)
    return current


async def test_a_start_from_snapshots_reads_only_what_came_after(ledger: LedgerStore, tmp_path: Path) -> None:
    await fill(ledger)
    await saved(ledger, tmp_path)
    await ledger.append(SHILI, [report(0, 9, site=f"{SHILI}-0")])
    read = Read(ledger)
    current = await started(read, tmp_path)  # type: ignore[arg-type]
    assert same(current, await started(ledger))
    assert read.reads == {SHILI: [7], ERXIAN: [2], SYSTEM: [1]}


async def test_what_moved_far_enough_is_saved(ledger: LedgerStore, tmp_path: Path) -> None:
    await fill(ledger)
    current = await started(ledger, tmp_path)
    await current.save(after=8)
    assert await kept(tmp_path) == {SHILI}
    await current.save(after=1)
    assert await kept(tmp_path) == {SHILI, ERXIAN}
    files = await asyncio.to_thread(written, tmp_path)
    await current.save(after=1)
    assert files == await asyncio.to_thread(written, tmp_path)


async def test_it_keeps_saving(ledger: LedgerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_module, "SNAPSHOT_EVERY", 0.01)
    await fill(ledger, current_module.SNAPSHOT_AFTER)
    current = await started(ledger, tmp_path)
    saving = asyncio.create_task(current.save_regularly())
    async with asyncio.timeout(LONG):
        while not await asyncio.to_thread(written, tmp_path):  # noqa: ASYNC110 - files
            await asyncio.sleep(0.01)
    saving.cancel()
    with suppress(asyncio.CancelledError):
        await saving
    assert await kept(tmp_path) == {SHILI}


async def test_without_a_place_for_snapshots_nothing_is_saved(ledger: LedgerStore, tmp_path: Path) -> None:
    await fill(ledger)
    await (await started(ledger)).save(after=1)
    assert await asyncio.to_thread(written, tmp_path) == {}


@pytest.mark.parametrize("reports", [0, 3, 5, 9], ids=lambda n: f"{n} reports")
async def test_a_ledger_that_was_exchanged_is_folded_from_its_beginning(
    tmp_path: Path, clock: Clock, reports: int
) -> None:
    """Also one with as many events: its last one was not kept at the same instant."""
    old = await open_ledger(f"sqlite:{tmp_path / 'old.sqlite'}", clock)
    await fill(old)
    await saved(old, tmp_path / "snapshots")
    await old.close()
    clock.turn(seconds=1)
    new = await open_ledger(f"sqlite:{tmp_path / 'new.sqlite'}", clock)
    await fill(new, reports)
    current = await started(new, tmp_path / "snapshots")
    assert same(current, await started(new))
    await current.save(after=1)
    assert same(await started(new, tmp_path / "snapshots"), current)
    await new.close()


async def test_a_ledger_that_is_empty_where_it_was_not_is_refused(tmp_path: Path, clock: Clock) -> None:
    old = await open_ledger(f"sqlite:{tmp_path / 'old.sqlite'}", clock)
    await fill(old)
    await saved(old, tmp_path / "snapshots")
    await old.close()
    new = await open_ledger(f"sqlite:{tmp_path / 'new.sqlite'}", clock)
    with pytest.raises(LedgerUnavailable, match="empty, but the data folder remembers"):
        await started(new, tmp_path / "snapshots")
    await new.close()


@pytest.mark.parametrize("torn", [b"", b"x", b"x" * 1000])
async def test_a_torn_snapshot_costs_time_and_nothing_else(
    ledger: LedgerStore, tmp_path: Path, torn: bytes
) -> None:
    await fill(ledger)
    await saved(ledger, tmp_path)

    def tear() -> None:
        for number, file in enumerate(sorted(tmp_path.rglob("*.snapshot"))):
            file.write_bytes(torn if number % 2 else file.read_bytes()[: -1 - len(torn)])

    await asyncio.to_thread(tear)
    assert same(await started(ledger, tmp_path), await started(ledger))


async def test_time_passes_between_saving_and_starting(
    ledger: LedgerStore, tmp_path: Path, clock: Clock
) -> None:
    await fill(ledger)
    await saved(ledger, tmp_path)
    clock.at += timedelta(days=9)
    await ledger.append(SHILI, [report(1, 7, (clock.at + timedelta(hours=8)).date(), site=f"{SHILI}-1")])
    assert same(await started(ledger, tmp_path), await started(ledger))
