"""What any ledger promises about being moved, checked and copied. Part of the suite in `conformance.py`."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.conftest import LEDGERS, Clock
from tests.ledger.facts import exported, fill, notice, report, reports
from tests.patience import LONG
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.store import LedgerStore, NotEmpty
from trafficlight.ledger.transfer import BadLine, import_lines

LINE = (
    b'{"board":"longkou","position":%d,"at":"2022-12-24T00:10:00.%06dZ",'
    b'"type":"notice_posted","v":1,"notice":"n","text":"%s"}\n'
)


async def test_out_in_and_out_again_gives_the_same_bytes(
    ledger: LedgerStore, url: str, clock: Clock, tmp_path: Path
) -> None:
    for board in ("penglai", SYSTEM, "1-first", "longkou"):
        for n in range(20):
            clock.turn(microseconds=7_777)
            await ledger.append(board, [report(n), notice('引号“”\\" \u2028')])
    await ledger.append("longkou", reports(6_000))
    first = await exported(ledger)
    (tmp_path / "second").mkdir()
    async with LEDGERS[url.partition(":")[0]](tmp_path / "second") as other_url:
        other = await open_ledger(other_url)
        assert await import_lines(other, first.splitlines(keepends=True)) == 6_160
        assert await exported(other) == first
        assert await other.read("penglai") == await ledger.read("penglai")
        assert not await other.check()
        assert (await other.append("longkou", [report(1)])).positions == (6_041,)
        await other.close()


async def test_an_export_has_the_system_board_first_then_the_others_in_order(ledger: LedgerStore) -> None:
    await fill(ledger, {"penglai": 2, "1-first": 1, SYSTEM: 1, "longkou": 1})
    lines = (await exported(ledger)).splitlines()
    assert [line.split(b',"at"')[0] for line in lines] == [
        b'{"board":"_","position":1',
        b'{"board":"1-first","position":1',
        b'{"board":"longkou","position":1',
        b'{"board":"penglai","position":1',
        b'{"board":"penglai","position":2',
    ]


async def test_followers_hear_of_what_was_imported(ledger: LedgerStore) -> None:
    batches = aiter(ledger.follow({}))
    waiting = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0.05)
    await import_lines(ledger, [LINE % (1, 1, b"a"), LINE % (2, 2, b"b")])
    async with asyncio.timeout(LONG):
        assert [record.position for record in await waiting] == [1, 2]


async def test_only_an_empty_ledger_takes_an_import(ledger: LedgerStore) -> None:
    await fill(ledger, {"longkou": 1})
    with pytest.raises(NotEmpty):
        await import_lines(ledger, [LINE % (1, 1, b"a")])
    assert await ledger.heads() == {"longkou": 1}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        pytest.param(LINE % (4, 3, b"c"), "gap", id="gap"),
        pytest.param(LINE % (2, 3, b"c"), "gap", id="twice"),
        pytest.param(LINE % (3, 1, b"c"), "backwards", id="backwards"),
        pytest.param((LINE % (3, 3, b"c")).replace(b"notice_posted", b"tomorrow"), "unknown", id="type"),
        pytest.param((LINE % (3, 3, b"c")).replace(b'"v":1', b'"v":2'), "unknown", id="version"),
        pytest.param((LINE % (3, 3, b"c")).replace(b'"text":"c"', b'"text":7'), "Expected", id="field"),
        pytest.param((LINE % (3, 3, b"c"))[:-9], "truncated", id="cut"),
        pytest.param((LINE % (3, 3, b"c")).replace(b'":', b'": '), "not a line", id="spaces"),
        pytest.param((LINE % (3, 3, b"c")).replace(b"Z", b"+00:00"), "not a line", id="zone"),
        pytest.param((LINE % (3, 3, b"c")).replace(b"longkou", b"Long Kou"), "bad_slug", id="board"),
        pytest.param((LINE % (3, 3, b"c")).replace(b"longkou", b"assets"), "slug_reserved", id="reserved"),
        pytest.param(b"\n", "truncated", id="empty"),
        pytest.param("台账\n".encode("gb18030"), "malformed", id="noise"),
    ],
)
async def test_one_bad_line_imports_nothing_and_is_named(ledger: LedgerStore, bad: bytes, says: str) -> None:
    with pytest.raises(BadLine, match=f"^line 3: .*{says}") as caught:
        await import_lines(ledger, [LINE % (1, 1, b"a"), LINE % (2, 2, b"b"), bad])
    assert caught.value.number == 3
    assert await ledger.heads() == {}
    assert await import_lines(ledger, [LINE % (1, 1, b"a")]) == 1


async def test_an_import_whose_source_fails_imports_nothing(ledger: LedgerStore) -> None:
    def lines() -> Iterator[bytes]:
        yield LINE % (1, 1, b"a")
        raise OSError("the file share went away")

    with pytest.raises(OSError, match="went away"):
        await import_lines(ledger, lines())
    assert await ledger.heads() == {}


async def test_a_closed_ledger_takes_no_import(url: str) -> None:
    ledger = await open_ledger(url)
    await ledger.close()
    with pytest.raises(LedgerUnavailable):
        await import_lines(ledger, [])


async def test_a_ledger_in_use_is_sound(ledger: LedgerStore) -> None:
    assert not await ledger.check()
    await fill(ledger, {SYSTEM: 10, "longkou": 200})
    assert not await ledger.check()
