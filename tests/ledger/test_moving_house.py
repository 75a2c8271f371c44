"""A ledger moves to another kind, byte for byte, and the one that it left takes nothing more."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from tests.ledger.conftest import LEDGERS, Clock
from tests.ledger.facts import exported, fill, key, notice, report, take
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.archive import Archive, NotEmpty
from trafficlight.ledger.base import KeyReused, LedgerUnavailable
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.transfer import copy, digest


@pytest.mark.parametrize("there", sorted(LEDGERS))
async def test_there_and_back_again_is_the_same(
    ledger: Archive, clock: Clock, tmp_path: Path, there: str
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
        assert await digest(ledger) == await digest(other)
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


async def test_a_frozen_ledger_takes_nothing_from_anybody_and_is_read_on(ledger: Archive, url: str) -> None:
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
    ledger: Archive, url: str
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
