"""The file itself: who may read it, what it may be, what is found wrong in it, and copies of it."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.ledger.conftest import Clock
from tests.ledger.facts import DAY, exported, fill, key, report, reports, take
from trafficlight.domain.event import Reported, Unknown
from trafficlight.domain.record import decode
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.sqlite import SqliteLedger, transactions
from trafficlight.ledger.store import Finding


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A file with some history in it, that nobody has open."""
    path = tmp_path / "ledger.sqlite"
    ledger = await SqliteLedger.open(path)
    await fill(ledger, {"laizhou": 5, "longkou": 9})
    await ledger.append("penglai", reports(3), key("a"))
    await ledger.close()
    return path


def edit(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, values)


async def found(path: Path) -> list[tuple[str, str, int]]:
    ledger = await SqliteLedger.open(path)
    findings = [(finding.kind, finding.board, finding.position) for finding in await ledger.check()]
    await ledger.close()
    return findings


# --- what it is ---


async def test_only_the_owner_reads_the_ledger(tmp_path: Path) -> None:
    ledger = await SqliteLedger.open(tmp_path / "data" / "of" / "ours" / "ledger.sqlite")
    await ledger.append("longkou", [report(1)])
    files = list((tmp_path / "data" / "of" / "ours").iterdir())
    assert {file.name for file in files} == {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    await ledger.close()


async def test_two_who_make_the_same_ledger_share_it(tmp_path: Path) -> None:
    ledgers = await asyncio.gather(*(SqliteLedger.open(tmp_path / "ledger.sqlite") for _ in range(5)))
    for n, ledger in enumerate(ledgers, start=1):
        assert (await ledger.append("longkou", [report(n)])).positions == (n,)
    for ledger in ledgers:
        assert await ledger.heads() == {"longkou": 5}
        await ledger.close()


@pytest.mark.parametrize("content", [pytest.param(b"", id="empty"), pytest.param(None, id="absent")])
async def test_an_empty_file_becomes_a_ledger(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ledger.sqlite"
    if content is not None:
        path.write_bytes(content)
    ledger = await SqliteLedger.open(path)
    assert await ledger.heads() == {}
    await ledger.close()


async def test_what_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("a text, not a database\n" * 100)
    other = tmp_path / "other.sqlite"
    edit(other, "CREATE TABLE events (x)")
    for path in (text, other, tmp_path):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(LedgerUnavailable):
            await SqliteLedger.open(path)
        assert before == (path.read_bytes() if path.is_file() else b"")


async def test_a_newer_programs_file_is_refused(path: Path) -> None:
    edit(path, "PRAGMA user_version = 2")
    with pytest.raises(LedgerUnavailable, match="newer"):
        await SqliteLedger.open(path)


async def test_old_keys_are_let_go_of(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "_PRUNE_EVERY", 0)
    monkeypatch.setattr(transactions, "_PRUNE_KEYS", 10)
    ledger = await SqliteLedger.open(tmp_path / "ledger.sqlite", clock)
    for n in range(35):
        await ledger.append("longkou", [report(n)], key(f"old {n}"))
    clock.turn(days=31)
    for n in range(8):
        await ledger.append("longkou", [report(n)], key(f"new {n}"))
    await ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM keys").fetchone() == (8,)


# --- what is wrong with it ---


async def test_a_sound_file_has_no_findings(path: Path) -> None:
    assert await found(path) == []


@pytest.mark.parametrize(
    ("statement", "findings"),
    [
        pytest.param(
            "DELETE FROM events WHERE board = 'longkou' AND position = 4",
            [("gap", "longkou", 5), ("gap", "", 0)],
            id="gap",
        ),
        pytest.param(
            "DELETE FROM events WHERE board = 'longkou' AND position = 9", [("gap", "", 0)], id="last"
        ),
        pytest.param(
            "DELETE FROM events WHERE board = 'penglai' AND position = 3",
            [("gap", "penglai", 3), ("gap", "", 0)],
            id="last-with-key",
        ),
        pytest.param(
            "UPDATE events SET body = replace(body, '\"patients\":2', '\"patients\":3') WHERE seq = 3",
            [("changed", "laizhou", 3)],
            id="byte",
        ),
        pytest.param("UPDATE events SET at = at + 1 WHERE seq = 14", [("changed", "longkou", 9)], id="at"),
        pytest.param(
            "UPDATE events SET at = 9223372036854775807 WHERE seq = 5",
            [("backwards", "laizhou", 5), ("changed", "laizhou", 5)],
            id="instant",
        ),
        pytest.param(
            "UPDATE events SET at = 5 WHERE seq = 3",
            [("backwards", "laizhou", 3), ("changed", "laizhou", 3)],
            id="backwards",
        ),
        pytest.param(
            "UPDATE events SET board = 'yantai', position = 1 WHERE seq = 14",
            [("changed", "yantai", 1)],
            id="moved",
        ),
        pytest.param(
            "UPDATE events SET body = replace(body, 'reported', 'foretold') WHERE seq = 1",
            [("unknown", "laizhou", 1), ("changed", "laizhou", 1)],
            id="unknown",
        ),
        pytest.param(
            "UPDATE events SET body = replace(body, '\"v\":1', '\"v\":9') WHERE seq = 1",
            [("unknown", "laizhou", 1), ("changed", "laizhou", 1)],
            id="future",
        ),
        pytest.param(
            "UPDATE events SET body = x'00ff' WHERE seq = 6",
            [("undecodable", "longkou", 1), ("changed", "longkou", 1)],
            id="noise",
        ),
    ],
)
async def test_what_was_done_to_the_file_is_found(
    path: Path, statement: str, findings: list[tuple[str, str, int]]
) -> None:
    edit(path, statement)
    assert await found(path) == findings


async def test_a_torn_file_is_found(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    ledger_or_not = await asyncio.gather(SqliteLedger.open(path), return_exceptions=True)
    for ledger in ledger_or_not:
        if isinstance(ledger, SqliteLedger):
            assert {finding.kind for finding in await ledger.check()} == {"storage"}
            await ledger.close()
        else:
            assert isinstance(ledger, LedgerUnavailable)


async def test_what_can_no_longer_be_read_is_a_finding(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    edit(path, "DROP TABLE keys")
    assert [finding.kind for finding in await ledger.check()] == ["storage"]
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", [report(1)], key("b"))
    await ledger.close()


async def test_a_finding_says_what_it_is(path: Path) -> None:
    edit(path, "UPDATE events SET at = at + 1 WHERE seq = 14")
    ledger = await SqliteLedger.open(path)
    assert await ledger.check() == [Finding("changed", "longkou", 9, "the row is not as it was written")]
    await ledger.close()


async def test_one_bad_row_stops_neither_readers_nor_followers(path: Path) -> None:
    edit(path, "UPDATE events SET body = x'00ff' WHERE seq = 6")
    ledger = await SqliteLedger.open(path)
    assert (await ledger.read("longkou"))[0].event == Unknown(raw=b"\x00\xff")
    assert len(await take(ledger, 17, {})) == 17
    await ledger.append("longkou", [report(1)])
    await ledger.close()


async def test_an_old_programs_events_are_readable(path: Path) -> None:
    old = b'{"type":"reported","v":0,"id":"%s","site":"clinic-1","service_day":"2022-12-24","count":7}' % (
        b"x" * 16
    )
    edit(path, "UPDATE events SET body = ? WHERE seq = 1", old)
    ledger = await SqliteLedger.open(path)
    event = (await ledger.read("laizhou"))[0].event
    assert event == Unknown(raw=old)  # for a program that has no step from there
    told = decode(old, {("reported", 0): lambda fields: {**fields, "v": 1, "patients": fields["count"]}})
    assert told == Reported(id="x" * 16, site="clinic-1", service_day=DAY, patients=7)
    assert old[1:] in await exported(ledger)
    await ledger.close()


# --- copies of it ---


async def test_a_copy_made_while_writing_is_a_sound_ledger(path: Path, tmp_path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    copies = [tmp_path / "backups" / f"{n}.sqlite" for n in range(3)]
    stop = asyncio.Event()

    async def write(board: str) -> None:
        n = 0
        while not stop.is_set():
            await ledger.append(board, reports(3), key(f"{board} {n}"))
            n += 1

    writers = [asyncio.create_task(write(board)) for board in ("laizhou", "longkou") * 4]
    for copy in copies:
        await asyncio.sleep(0.05)
        await ledger.backup(copy)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    stop.set()
    await asyncio.gather(*writers)
    for copy in copies:
        other = await SqliteLedger.open(copy)
        assert await other.check() == []
        for board, head in (await other.heads()).items():
            assert (await ledger.read(board))[:head] == await other.read(board)
        assert (await other.append("longkou", [report(1)])).positions[0] > 9
        await other.close()
    await ledger.close()


async def test_a_copy_overwrites_nothing_and_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    there = tmp_path / "backups" / "there.sqlite"
    there.parent.mkdir()
    there.write_bytes(b"yesterday's")
    with pytest.raises(FileExistsError):
        await ledger.backup(there)
    assert there.read_bytes() == b"yesterday's"
    await ledger.backup(tmp_path / "backups" / "new.sqlite")
    assert {file.name for file in there.parent.iterdir()} == {"there.sqlite", "new.sqlite"}
    await ledger.close()


async def test_what_is_sent_while_the_file_is_away_is_refused_not_lost(path: Path) -> None:
    ledger = await SqliteLedger.open(path)
    away = path.with_name("away.sqlite")
    await asyncio.to_thread(path.rename, away)
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", reports(1))
    await asyncio.to_thread(path.touch)  # another file in its place
    with pytest.raises(LedgerUnavailable):
        await ledger.append("longkou", reports(1))
    await asyncio.to_thread(away.replace, path)
    appended = await ledger.append("longkou", reports(1))
    assert appended.positions == (10,)
    await ledger.close()
