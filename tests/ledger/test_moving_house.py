"""A ledger moves to another kind, byte for byte, and the one that it left takes nothing more."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.ledger.conftest import LEDGERS, Clock
from tests.ledger.facts import exported, fill, key, notice, report, reports, take
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import KeyReused, LedgerUnavailable
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.store import LedgerStore, Moving, NotEmpty
from trafficlight.ledger.transfer import CLOSE, alike, copy, move


@pytest.mark.parametrize("there", sorted(LEDGERS))
async def test_there_and_back_again_is_the_same(
    ledger: LedgerStore, clock: Clock, tmp_path: Path, there: str
) -> None:
    for n in range(5):
        clock.turn(microseconds=7_777)
        await ledger.append("longkou", [report(n), notice('引号“”" \u2028')])
    await fill(ledger, {SYSTEM: 3, "penglai": 1_200})
    used = {name: await ledger.append("penglai", [report(7)] * 2, key(name, b"\n:")) for name in "abc"}
    first = await exported(ledger)
    (tmp_path / "there").mkdir()
    (tmp_path / "back").mkdir()
    async with LEDGERS[there](tmp_path / "there") as url, LEDGERS["sqlite"](tmp_path / "back") as home:
        other, back = await open_ledger(url, clock), await open_ledger(home, clock)
        assert await copy(ledger, other) == 1_219
        assert await copy(other, back) == 1_219
        assert first == await exported(other) == await exported(back)
        assert await alike(ledger, other)
        with pytest.raises(NotEmpty):
            await copy(ledger, other)
        for name, answer in used.items():  # who was not answered before the move asks again after it
            for one in (other, back):
                again = await one.append("penglai", [report(7)] * 2, key(name, b"\n:"))
                assert (again.positions, again.at, again.replayed) == (answer.positions, answer.at, True)
                with pytest.raises(KeyReused):
                    await one.append("penglai", [report(8)], key(name, b"another"))
        await other.close()
        await back.close()


async def test_a_frozen_ledger_takes_nothing_from_anybody_and_is_read_on(
    ledger: LedgerStore, url: str
) -> None:
    other = await open_ledger(url)
    for one in (ledger, other):
        await one.append("longkou", [report(1)])
    before = await exported(ledger)
    await other.freeze(frozen=True)
    for one in (ledger, other):
        with pytest.raises(LedgerUnavailable, match="moved to another place"):
            await one.append("longkou", [report(2)], key("a"))
        assert len(await one.read("longkou")) == 2
    assert len(await take(ledger, 2, {})) == 2
    await other.close()
    other = await open_ledger(url)
    with pytest.raises(LedgerUnavailable, match="moved to another place"):
        await other.append("longkou", [report(2)], key("a"))
    assert await exported(other) == before
    await other.freeze(frozen=False)
    for one in (ledger, other):
        assert (await one.append("longkou", [report(2)], key("a"))).positions == (3,)
    await other.close()


async def test_what_is_acknowledged_while_it_is_frozen_is_in_what_is_read_after_it(
    ledger: LedgerStore, url: str
) -> None:
    mover = await open_ledger(url)
    kept = []

    async def post(n: int) -> None:
        with suppress(LedgerUnavailable):
            kept.append((await ledger.append("longkou", [report(n)])).positions[0])

    tasks = [asyncio.create_task(post(n)) for n in range(300)]
    await asyncio.sleep(0.01)
    await mover.freeze(frozen=True)
    after = [record.position for record in await mover.read("longkou")]
    await asyncio.gather(*tasks)
    assert sorted(kept) == after == [record.position for record in await mover.read("longkou")]
    await mover.close()


KINDS = pytest.mark.parametrize("there", ["redis", "sqlite"])


@asynccontextmanager
async def empty(kind: str, folder: Path, clock: Clock | None = None) -> AsyncIterator[LedgerStore]:
    """An empty ledger of that kind."""
    (folder / "new").mkdir(exist_ok=True)
    async with LEDGERS[kind](folder / "new") as url:
        opened = await open_ledger(url, clock)
        yield opened
        await opened.close()


@KINDS
async def test_a_ledger_moves_while_it_is_posted_to_and_the_last_acknowledged_goes_along(
    ledger: LedgerStore, clock: Clock, tmp_path: Path, there: str
) -> None:
    await ledger.append("penglai", reports(3 * CLOSE))
    kept: dict[str, int] = {}

    async def post(phone: int) -> None:
        with suppress(LedgerUnavailable):
            for n in range(100_000):
                name = f"{phone}/{n}"
                kept[name] = (await ledger.append("longkou", [report(n)], key(name))).positions[0]
                await asyncio.sleep(0.02)

    async with empty(there, tmp_path, clock) as other:
        posting = [asyncio.create_task(post(phone)) for phone in range(8)]
        await asyncio.sleep(0.05)
        moved = await move(ledger, other)
        await asyncio.gather(*posting)
        assert len(kept) > 8
        assert sorted(kept.values()) == list(range(1, len(kept) + 1))
        assert moved.rows == 3 * CLOSE + len(kept)
        assert await exported(ledger) == await exported(other)
        with pytest.raises(LedgerUnavailable, match="moved to another place"):
            await ledger.append("penglai", [report(1)])
        again = await asyncio.gather(*(other.append("longkou", [report(1)], key(name)) for name in kept))
        assert [answer.positions for answer in again] == [(position,) for position in kept.values()]
        assert all(answer.replayed for answer in again)
        assert (await other.append("longkou", [report(1)])).positions == (len(kept) + 1,)
        assert not await other.check()


async def test_of_a_ledger_that_is_being_moved_nothing_is_seen_before_all_of_it(
    ledger: LedgerStore, url: str, tmp_path: Path
) -> None:
    source = await open_ledger(f"sqlite:{tmp_path / 'old.sqlite'}")
    await source.append("longkou", reports(5))
    other = await open_ledger(url)
    seen = []
    freeze = source.freeze

    async def looked(*, frozen: bool) -> bool:
        seen.append((await other.heads(), await other.read("longkou")))
        return await freeze(frozen=frozen)

    source.freeze = looked  # type: ignore[method-assign]
    await move(source, ledger)
    assert seen == [({}, [])]
    assert await other.heads() == {"longkou": 5}
    await other.close()
    await source.close()


async def test_a_move_that_fails_leaves_the_old_ledger_taking_posts_and_can_be_made_again(
    ledger: LedgerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ledger.append("longkou", [report(1)], key("a"))

    async def failing(rows: Iterable[Moving]) -> int:
        await asyncio.to_thread(list, rows)
        with pytest.raises(LedgerUnavailable):
            await ledger.append("longkou", [report(2)])  # it was frozen by then
        raise LedgerUnavailable("the new one went away")

    async with empty("sqlite", tmp_path) as other:
        monkeypatch.setattr(other, "restore", failing)
        with pytest.raises(LedgerUnavailable, match="went away"):
            await move(ledger, other)
        assert (await ledger.append("longkou", [report(2)])).positions == (2,)
        monkeypatch.undo()
        assert (await move(ledger, other)).rows == 2


async def test_a_move_that_fails_does_not_thaw_what_somebody_else_has_frozen(
    ledger: LedgerStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(rows: Iterable[Moving]) -> int:
        await asyncio.to_thread(list, rows)
        raise LedgerUnavailable("the new one went away")

    assert await ledger.freeze(frozen=True)
    assert not await ledger.freeze(frozen=True)
    async with empty("sqlite", tmp_path) as other:
        monkeypatch.setattr(other, "restore", failing)
        with pytest.raises(LedgerUnavailable, match="went away"):
            await move(ledger, other)
    with pytest.raises(LedgerUnavailable, match="moved to another place"):
        await ledger.append("longkou", [report(1)])
    assert await ledger.freeze(frozen=False)
    assert not await ledger.freeze(frozen=False)


@KINDS
async def test_a_move_that_is_broken_off_leaves_the_new_ledger_empty_and_the_old_one_in_use(
    ledger: LedgerStore, tmp_path: Path, there: str
) -> None:
    await ledger.append("longkou", [report(1)], key("a"))
    freeze = ledger.freeze

    async def slow(*, frozen: bool) -> bool:
        changed = await freeze(frozen=frozen)
        if frozen:
            moving.cancel()
            await asyncio.sleep(0)
        return changed

    ledger.freeze = slow  # type: ignore[method-assign]
    async with empty(there, tmp_path) as other:
        moving = asyncio.create_task(move(ledger, other))
        with pytest.raises(LedgerUnavailable, match="broken off"):
            await moving
        assert await other.heads() == {}
        assert (await ledger.append("longkou", [report(2)])).positions == (2,)
        assert (await copy(ledger, other)) == 2


@pytest.mark.parametrize("when", ["1500", "frozen"])
@pytest.mark.parametrize(("here", "there"), [("redis", "sqlite"), ("sqlite", "redis")])
async def test_a_move_that_is_killed_leaves_the_new_ledger_empty_and_is_made_again(
    tmp_path: Path, here: str, there: str, when: str
) -> None:
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
    async with LEDGERS[here](tmp_path / "old") as url, LEDGERS[there](tmp_path / "new") as place:
        old = await open_ledger(url)
        await old.append("longkou", reports(2_000), key("a"))
        program = [sys.executable, "-m", "tests.ledger.mover", url, place, when]
        mover = await asyncio.create_subprocess_exec(*program, env=os.environ, stdout=asyncio.subprocess.PIPE)
        assert mover.stdout is not None
        assert await mover.stdout.readline() == b"standing still\n"
        mover.kill()
        await mover.wait()
        if when == "frozen":
            with pytest.raises(LedgerUnavailable, match="moved to another place"):
                await old.append("longkou", [report(1)])
        else:
            await old.append("longkou", [report(1)])
        new = await open_ledger(place)
        assert await new.heads() == {}
        await move(old, new)
        assert await alike(old, new)
        assert not await new.check()
        await new.close()
        await old.close()


@KINDS
async def test_a_copy_that_lacks_a_record_or_a_key_is_not_alike(tmp_path: Path, there: str) -> None:
    old = await open_ledger(f"sqlite:{tmp_path / 'old.sqlite'}")
    await old.append("longkou", [report(1)])
    async with empty(there, tmp_path) as new:
        await copy(old, new)
        await new.append("longkou", [report(2)], key("b"))
        assert await alike(old, new)  # somebody posts to the new one already
        await old.append("penglai", [report(2)], key("a"))
        assert not await alike(old, new)
        await new.append("penglai", [report(2)])
        assert not await alike(old, new)
    await old.close()


async def test_a_used_key_that_was_brought_is_forgotten_as_late_as_if_it_had_been_used_here(
    ledger: LedgerStore, clock: Clock, tmp_path: Path
) -> None:
    first = await ledger.append("longkou", [report(1)], key("a"))
    async with empty("redis", tmp_path, clock) as other:
        await copy(ledger, other)
        clock.turn(days=30)
        assert (await other.append("longkou", [report(1)], key("a"))).positions == first.positions
        clock.turn(microseconds=1)
        assert (await other.append("longkou", [report(1)], key("a"))).positions == (2,)
        brought_first = other.keys()
        assert [used.first async for keys in brought_first for used in keys][-1] == 2
