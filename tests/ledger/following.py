"""What any ledger promises its followers. Part of the suite in `conformance.py`."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.facts import fill, positions, report, reports, take
from tests.patience import LONG, Stopwatch
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.store import LedgerStore


async def other_process(url: str, board: str, tasks: int, count: int, first: int = 0) -> Process:
    """Another process that appends; returns when it is about to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.ledger.appender",
        url,
        board,
        str(tasks),
        str(count),
        str(first),
        stdout=PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("behind", [0, 1, 123, 300, 400])
async def test_a_follower_misses_nothing_while_twenty_append(ledger: LedgerStore, behind: int) -> None:
    await fill(ledger, {"longkou": 300, "laizhou": 5})

    async def write(board: str) -> None:
        for n in range(30):
            await ledger.append(board, reports(n % 3 + 1))

    writers = [asyncio.create_task(write(board)) for board in ("longkou", SYSTEM) * 10]
    found = await take(ledger, 305 - min(behind, 300) + 20 * 60 - max(0, behind - 300), {"longkou": behind})
    await asyncio.gather(*writers)
    assert positions(found) == {
        "longkou": list(range(behind + 1, 901)),
        "laizhou": list(range(1, 6)),
        SYSTEM: list(range(1, 601)),
    }
    for board in ("longkou", "laizhou", SYSTEM):
        wanted = await ledger.read(board, after=behind if board == "longkou" else 0)
        assert [record for record in found if record.board == board] == wanted


async def test_a_follower_from_the_heads_is_given_only_what_is_new(ledger: LedgerStore) -> None:
    await fill(ledger, {f"board-{n}": 20 for n in range(30)})
    after = dict(await ledger.heads())
    taking = asyncio.create_task(take(ledger, 2, after))
    await asyncio.sleep(0.05)
    await ledger.append("board-7", [report(1)])
    await ledger.append("board-new", [report(2)])
    assert positions(await taking) == {"board-7": [21], "board-new": [1]}


async def test_a_follower_of_one_board_that_lags_is_given_that_one_first(ledger: LedgerStore) -> None:
    await fill(ledger, {"early": 3, "big": 600, "late": 2})
    after = dict(await ledger.heads()) | {"early": 1, "late": 0}
    assert positions(await take(ledger, 4, after)) == {"early": [2, 3], "late": [1, 2]}


async def test_a_follower_ahead_of_the_ledger_waits_for_it(ledger: LedgerStore) -> None:
    await fill(ledger, {"longkou": 3})
    taking = asyncio.create_task(take(ledger, 2, {"longkou": 5}))
    await asyncio.sleep(0.05)
    await fill(ledger, {"longkou": 4})
    assert positions(await taking) == {"longkou": [6, 7]}


async def test_a_slow_follower_gets_everything_in_the_end(ledger: LedgerStore) -> None:
    # More than any ledger would keep in memory for it.
    batches = aiter(ledger.follow({}))
    await ledger.append("longkou", reports(1))
    found = list(await anext(batches))
    for _ in range(12):
        await ledger.append("longkou", reports(1_000))
    async with asyncio.timeout(LONG):
        while len(found) < 12_001:
            found += await anext(batches)
            await ledger.append("laizhou", [report(1)])
    assert positions(found)["longkou"] == list(range(1, 12_002))


async def test_everyone_who_follows_gets_everything(ledger: LedgerStore) -> None:
    leaving = asyncio.create_task(take(ledger, 1_000, {}))
    staying = [asyncio.create_task(take(ledger, 100, {})) for _ in range(3)]
    await fill(ledger, {"longkou": 50})
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    await fill(ledger, {"longkou": 50})
    for found in await asyncio.gather(*staying):
        assert positions(found) == {"longkou": list(range(1, 101))}


async def test_a_follower_hears_that_the_ledger_was_closed(url: str) -> None:
    ledger = await open_ledger(url)
    waiting = asyncio.create_task(take(ledger, 1, {}))
    await asyncio.sleep(0.05)
    await ledger.close()
    with pytest.raises(LedgerUnavailable):
        await waiting


async def test_what_another_process_appends_arrives_within_a_second(ledger: LedgerStore, url: str) -> None:
    await fill(ledger, {"longkou": 3})
    batches = aiter(ledger.follow({"longkou": 3}))
    process = await other_process(url, "longkou", 1, 5)
    assert process.stdout is not None
    async with asyncio.timeout(LONG):
        await process.stdout.readline()
        watch = Stopwatch()
        found = list(await anext(batches))
        assert watch.seconds < 1
        while len(found) < 5:
            found += await anext(batches)
        await process.communicate()
    assert positions(found) == {"longkou": [4, 5, 6, 7, 8]}
    assert (await ledger.append("longkou", [report(9)])).positions == (9,)


async def test_two_processes_at_once_keep_every_board_gapless(ledger: LedgerStore, url: str) -> None:
    taking = asyncio.create_task(take(ledger, 1_200, {}))

    async def write(board: str) -> None:
        for n in range(50):
            await ledger.append(board, [report(n)])

    process = await other_process(url, "longkou", 4, 150)
    await asyncio.gather(*(write(board) for board in ("longkou", SYSTEM) * 6))
    await process.communicate()
    assert process.returncode == 0
    assert positions(await taking) == {"longkou": list(range(1, 901)), SYSTEM: list(range(1, 301))}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    appends=st.lists(st.tuples(st.sampled_from(["a", "b", "c", SYSTEM]), st.integers(1, 4)), max_size=20),
    begin=st.integers(0, 20),
    after=st.dictionaries(st.sampled_from(["a", "b", "c", SYSTEM]), st.integers(0, 12)),
)
async def test_wherever_a_follower_begins_it_gets_just_the_rest(
    ledger: LedgerStore, appends: list[tuple[str, int]], begin: int, after: dict[str, int]
) -> None:
    start = dict(await ledger.heads())
    after = {board: start.get(board, 0) + position for board, position in after.items()}
    after |= {board: position for board, position in start.items() if board not in after}
    ends = dict(start)
    for board, n in appends:
        ends[board] = ends.get(board, 0) + n
    wanted = {
        b: list(range(after.get(b, 0) + 1, end + 1)) for b, end in ends.items() if end > after.get(b, 0)
    }
    for board, n in appends[:begin]:
        await ledger.append(board, reports(n))
    taking = asyncio.create_task(take(ledger, sum(map(len, wanted.values())), after)) if wanted else None
    for board, n in appends[begin:]:
        await ledger.append(board, reports(n))
    if taking:
        assert positions(await taking) == wanted
