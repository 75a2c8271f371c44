"""What any ledger promises. `test_conformance.py` holds every ledger in `conftest.LEDGERS` to it."""

import asyncio
from contextlib import suppress
from itertools import pairwise
from random import Random

import pytest

from tests.ledger.conftest import Clock
from tests.ledger.facts import fill, key, notice, positions, report, reports
from trafficlight.domain.event import Unknown
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import Appended, KeyReused, LedgerUnavailable, PositionMoved
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.store import LedgerStore

# --- appending ---


async def test_positions_count_from_one_on_each_board(ledger: LedgerStore) -> None:
    first = await ledger.append("laizhou", [report(1), report(2)])
    other = await ledger.append("longkou", [report(3)])
    third = await ledger.append("laizhou", [report(4)])
    assert (first.positions, other.positions, third.positions) == ((1, 2), (1,), (3,))
    assert await ledger.heads() == {"laizhou": 3, "longkou": 1}


async def test_what_was_appended_is_read_back_as_it_was(ledger: LedgerStore, clock: Clock) -> None:
    events = [report(1), notice("腊月初八 “照常” \\ \n"), report(2)]
    appended = await ledger.append("longkou", events)
    records = await ledger.read("longkou")
    assert [record.event for record in records] == events
    assert {(record.board, record.at) for record in records} == {("longkou", appended.at)}
    assert appended.at == clock.at


async def test_reading_begins_after_the_position_given(ledger: LedgerStore) -> None:
    await fill(ledger, {"longkou": 10})
    assert [record.position for record in await ledger.read("longkou", after=7)] == [8, 9, 10]
    assert not await ledger.read("longkou", after=10)
    assert not await ledger.read("penglai")


async def test_an_append_of_thousands_stands_together(ledger: LedgerStore) -> None:
    await ledger.append("longkou", [report(0)])
    appended, _ = await asyncio.gather(
        ledger.append("longkou", reports(3_000)), ledger.append("longkou", reports(5))
    )
    assert len(appended.positions) == 3_000
    assert appended.positions == tuple(range(appended.positions[0], appended.positions[0] + 3_000))
    assert await ledger.heads() == {"longkou": 3_006}


async def test_an_instant_never_runs_backwards_on_a_board(ledger: LedgerStore, clock: Clock) -> None:
    before = await ledger.append("longkou", [report(1)])
    clock.turn(hours=-3)
    after = await ledger.append("longkou", [report(2)])
    elsewhere = await ledger.append("laizhou", [report(3)])
    clock.turn(hours=4, microseconds=1)
    later = await ledger.append("longkou", [report(4)])
    assert before.at == after.at
    assert elsewhere.at < before.at
    assert later.at == clock.at


async def test_what_could_not_be_read_back_is_not_kept(ledger: LedgerStore) -> None:
    with pytest.raises(ValueError, match="nothing"):
        await ledger.append("longkou", [])
    with pytest.raises(ValueError, match="unknown"):
        await ledger.append("longkou", [Unknown(raw=b'{"type":"tomorrow","v":1}')])
    for board in ('a"b', "a\nb", "a\\b"):
        with pytest.raises(ValueError, match="board"):
            await ledger.append(board, [report(1)])
    assert await ledger.heads() == {}


# --- keys ---


async def test_the_same_key_answers_as_the_first_time_and_writes_nothing(url: str, clock: Clock) -> None:
    ledger = await open_ledger(url, clock)
    first = await ledger.append("longkou", [report(1), report(2)], key("a"))
    clock.turn(minutes=5)
    again = await ledger.append("longkou", [report(1), report(2)], key("a"))
    await ledger.append("longkou", [report(3)])
    await ledger.close()
    ledger = await open_ledger(url, clock)
    once_more = await ledger.append("longkou", [report(1), report(2)], key("a"))
    assert not first.replayed
    assert again == once_more == Appended(first.positions, first.at, replayed=True)
    assert await ledger.heads() == {"longkou": 3}
    await ledger.close()


async def test_a_used_key_with_another_body_is_refused(ledger: LedgerStore) -> None:
    await ledger.append("longkou", [report(1)], key("a", b"one"))
    with pytest.raises(KeyReused):
        await ledger.append("longkou", [report(2)], key("a", b"two"))
    with pytest.raises(KeyReused):
        await ledger.append("laizhou", [report(1)], key("a", b"one"))
    assert await ledger.heads() == {"longkou": 1}


async def test_fifty_at_once_with_one_key_write_once(ledger: LedgerStore) -> None:
    answers = await asyncio.gather(*(ledger.append("longkou", [report(1)], key("a")) for _ in range(50)))
    assert {answer.positions for answer in answers} == {(1,)}
    assert sum(not answer.replayed for answer in answers) == 1
    assert await ledger.heads() == {"longkou": 1}


async def test_a_key_is_remembered_for_thirty_days(ledger: LedgerStore, clock: Clock) -> None:
    await ledger.append("longkou", [report(1)], key("a"))
    clock.turn(days=29, hours=23)
    assert (await ledger.append("longkou", [report(1)], key("a"))).replayed
    clock.turn(hours=2)
    assert (await ledger.append("longkou", [report(2)], key("a", b"another"))).positions == (2,)
    assert (await ledger.append("longkou", [report(2)], key("a", b"another"))).replayed


async def test_a_refused_append_uses_no_key_up(ledger: LedgerStore) -> None:
    with pytest.raises(PositionMoved):
        await ledger.append("longkou", [report(1)], key("a"), expect=5)
    assert not (await ledger.append("longkou", [report(2)], key("a", b"another"))).replayed


async def test_a_key_may_be_whatever_a_stranger_sends(ledger: LedgerStore) -> None:
    for name in ("", "\0", "钥匙", "\udcff", "x" * 10_000):
        assert not (await ledger.append("longkou", [report(1)], key(name))).replayed
        assert (await ledger.append("longkou", [report(1)], key(name))).replayed


async def test_whether_a_key_was_used_can_be_asked(ledger: LedgerStore) -> None:
    assert await ledger.used("longkou", key("a")) is None
    first = await ledger.append("longkou", [report(1), report(2)], key("a"))
    await ledger.append("longkou", [report(3)])
    assert await ledger.used("longkou", key("a")) == Appended(first.positions, first.at, replayed=True)
    assert await ledger.used("longkou", key("b")) is None
    with pytest.raises(KeyReused):
        await ledger.used("longkou", key("a", b"another"))
    with pytest.raises(KeyReused):
        await ledger.used("laizhou", key("a"))


async def test_asking_for_a_key_uses_it_not_up_and_writes_nothing(ledger: LedgerStore) -> None:
    assert await ledger.used("longkou", key("a", b"one")) is None
    assert await ledger.used("laizhou", key("a", b"two")) is None
    assert await ledger.heads() == {}
    found = ledger.keys()
    assert [batch async for batch in found if batch] == []
    assert not (await ledger.append("longkou", [report(1)], key("a", b"three"))).replayed


async def test_who_asks_for_a_key_is_answered_in_turn(ledger: LedgerStore) -> None:
    before, first, after = await asyncio.gather(
        ledger.used("longkou", key("a")),
        ledger.append("longkou", [report(1)], key("a")),
        ledger.used("longkou", key("a")),
    )
    assert (before, after) == (None, Appended(first.positions, first.at, replayed=True))


async def test_a_key_that_was_forgotten_was_not_used(ledger: LedgerStore, clock: Clock) -> None:
    await ledger.append("longkou", [report(1)], key("a"))
    clock.turn(days=29, hours=23)
    assert await ledger.used("longkou", key("a"))
    clock.turn(hours=2)
    assert await ledger.used("longkou", key("a")) is None


# --- being ready ---


async def test_a_ledger_that_takes_appends_is_ready_and_nothing_is_written(ledger: LedgerStore) -> None:
    await ledger.ready()
    await ledger.append("longkou", [report(1)])
    await ledger.ready()
    assert await ledger.heads() == {"longkou": 1}


async def test_a_ledger_that_was_frozen_says_why_it_is_not_ready(ledger: LedgerStore) -> None:
    await ledger.append("longkou", [report(1)], key("a"))
    await ledger.freeze(frozen=True)
    for asked in (ledger.ready(), ledger.used("longkou", key("a")), ledger.used("longkou", key("b"))):
        with pytest.raises(LedgerUnavailable, match="moved to another place"):
            await asked
    await ledger.freeze(frozen=False)
    await ledger.ready()


# --- expecting ---


async def test_expect_holds_or_nothing_is_written(ledger: LedgerStore) -> None:
    await ledger.append("longkou", [report(1)], expect=0)
    await ledger.append("longkou", [report(2)], expect=1)
    for wrong in (0, 1, 3):
        with pytest.raises(PositionMoved):
            await ledger.append("longkou", [report(3)], expect=wrong)
    assert await ledger.heads() == {"longkou": 2}


async def test_a_replay_answers_though_the_board_moved_on(ledger: LedgerStore) -> None:
    first = await ledger.append("longkou", [report(1)], key("a"), expect=0)
    await ledger.append("longkou", [report(2)])
    assert (await ledger.append("longkou", [report(1)], key("a"), expect=0)).positions == first.positions


async def test_of_twenty_who_expect_the_same_one_wins(ledger: LedgerStore) -> None:
    answers = await asyncio.gather(
        *(ledger.append("longkou", [report(n)], expect=0) for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(answer, Appended) for answer in answers) == 1
    assert sum(isinstance(answer, PositionMoved) for answer in answers) == 19
    assert await ledger.heads() == {"longkou": 1}


async def test_one_refusal_leaves_its_neighbours_alone(ledger: LedgerStore) -> None:
    await ledger.append("longkou", [report(0)], key("used", b"one"))
    answers = await asyncio.gather(
        ledger.append("longkou", [report(1)], key("a")),
        ledger.append("longkou", [report(2)], key("used", b"two")),
        ledger.append("longkou", [report(3)], expect=40),
        ledger.append("longkou", [report(4)], key("b")),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [Appended, KeyReused, PositionMoved, Appended]
    assert [record.event for record in await ledger.read("longkou")] == [report(0), report(1), report(4)]


# --- many at once ---


async def test_fifty_writers_keep_their_order_and_their_promises(ledger: LedgerStore) -> None:
    boards = [SYSTEM, "laizhou", "longkou", "penglai"]
    told: dict[str, dict[int, int]] = {board: {} for board in boards}

    async def write(writer: int) -> None:
        chance = Random(writer)
        for n in range(20):
            board = boards[writer % len(boards)]
            count = chance.randint(1, 3)
            first = writer * 1_000 + n * 10
            answer = await ledger.append(
                board, [report(first + i) for i in range(count)], key(f"{writer}/{n}")
            )
            told[board] |= {position: first + i for i, position in enumerate(answer.positions)}

    await asyncio.gather(*(write(writer) for writer in range(50)))
    for board in boards:
        records = await ledger.read(board)
        assert positions(records) == {board: list(range(1, len(told[board]) + 1))}
        assert [record.event for record in records] == [report(told[board][r.position]) for r in records]
        assert all(one.at <= next_one.at for one, next_one in pairwise(records))
        for writer in range(50):
            own = [n for _, n in sorted(told[board].items()) if n // 1_000 == writer]
            assert own == sorted(own)


async def test_who_goes_away_takes_no_one_along(ledger: LedgerStore) -> None:
    tasks = [asyncio.create_task(ledger.append("longkou", [report(n)] * 3, key(str(n)))) for n in range(60)]
    for n in range(0, 60, 3):
        if n % 2:
            await asyncio.sleep(0)
        tasks[n].cancel()
    answers = []
    for n, task in enumerate(tasks):
        with suppress(asyncio.CancelledError):
            answers.append((n, await task))
    assert len(answers) >= 40
    records = await ledger.read("longkou")
    assert positions(records) == {"longkou": list(range(1, len(records) + 1))}
    assert len(records) % 3 == 0
    by_position = {record.position: record.event for record in records}
    for n, answer in answers:
        assert [by_position[position] for position in answer.positions] == [report(n)] * 3
    for n in range(60):  # and who comes back is answered as if never gone
        assert len((await ledger.append("longkou", [report(n)] * 3, key(str(n)))).positions) == 3
    assert await ledger.heads() == {"longkou": 180}


# --- the end ---


async def test_closing_finishes_what_was_begun(url: str) -> None:
    ledger = await open_ledger(url)
    tasks = [asyncio.create_task(ledger.append("longkou", [report(n)])) for n in range(100)]
    await asyncio.sleep(0)
    await ledger.close()
    await ledger.close()
    assert len({(await task).positions for task in tasks}) == 100
    for asked in (
        ledger.append("longkou", [report(1)]),
        ledger.used("longkou", key("a")),
        ledger.ready(),
        ledger.read("longkou"),
    ):
        with pytest.raises(LedgerUnavailable):
            await asked
    ledger = await open_ledger(url)
    assert await ledger.heads() == {"longkou": 100}
    assert {r.event for r in await ledger.read("longkou")} == {report(n) for n in range(100)}
    await ledger.close()
