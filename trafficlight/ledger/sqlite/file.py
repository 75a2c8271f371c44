"""The database file: how it is laid out, made, opened, trusted, checked and copied."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.disk import sync
from trafficlight.ledger.encoding import DIGEST_BYTES, instant
from trafficlight.ledger.store import Finding, IntegrityCheck, LedgerMissing, LedgerRow

BODY: Final = "CAST(body AS BLOB)"
"""An event's bytes, in SQL: also of a row that somebody mended by hand, which makes it a text."""

FIRST: Final = b""
"""What stands before a board's first sum."""

BUSY_MS = 100
"""How long SQLite itself waits for another process's lock, in ms; the writer counts the rest of the 3 s."""

_WRITE_BACK_MS = 10
"""How long writing the log back waits for those who read an older state, in ms: appends wait along."""

_FREEZE_MS = 5_000
"""How long freezing waits for other processes' locks, in ms: nobody waits for it but the operator."""

_LOG_BYTES = 32 << 20
"""What the log's file keeps of its size once it was written back; an import makes it as big as the ledger."""

_APPLICATION = 0x54464C31
"""Marks the file as a ledger of ours ("TFL1"), so that no other program's database is written to."""

_APPLICATION_FROZEN = 0x54464C5A
"""Marks a ledger that takes nothing any more ("TFLZ"). In the header, because every writer sees it change."""

_VERSION = 1
"""Of the tables below; a newer program's file is refused, not guessed at."""

_STATEMENTS = 256
"""Prepared statements kept: inserting 1 to 64 rows at once is a statement each, in two tables."""

_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    board TEXT NOT NULL,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    sum BLOB NOT NULL,
    UNIQUE (board, position)
);
CREATE TABLE IF NOT EXISTS keys (
    name BLOB PRIMARY KEY,
    body BLOB NOT NULL,
    board TEXT NOT NULL,
    first INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
"""`at` counts microseconds since 1970. `sum` chains a board's rows, see `next_sum`. `name` is a digest."""


def next_sum(before: bytes, board: str, position: int, at: int, body: bytes) -> bytes:
    """The sum of a row, its columns as stored, after the row with the sum `before`.

    So sums are a chain, and a changed byte is found.
    """
    return blake2b(
        b"%s%s %d %d %s" % (before, board.encode(), position, at, body), digest_size=DIGEST_BYTES
    ).digest()


def unavailable(error: BaseException, path: Path | None = None) -> LedgerUnavailable:
    """The driver's error in the ledger's words, with it as the cause."""
    where = f" ({path})" if path else ""
    wrapped = LedgerUnavailable(f"the ledger cannot be used now{where}: {error}")
    wrapped.__cause__ = error
    return wrapped


def is_busy(error: sqlite3.Error) -> bool:
    """Another process holds the lock: waiting helps."""
    return _primary(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def leaves_doubt(error: sqlite3.Error) -> bool:
    """After this error it is not known what of the last transaction reached the disk.

    A full or read-only disk refuses before anything is claimed; all else may have struck before the sync.
    """
    return _primary(error) not in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}


def _primary(error: sqlite3.Error) -> int:
    """The error's primary code, without SQLite's extension of it."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def create(path: Path) -> None:
    """Make an empty file that only its owner reads, and its folders, names on disk; no-op if there."""
    made = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return
    for folder in [path.parent, *(folder.parent for folder in made)]:
        sync(folder)


def identity(path: Path) -> tuple[int, int] | None:
    """What tells the file from another of its name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """A connection for writing, the tables made where missing; refuses what is no ledger of this version."""
    connection = _connect(path)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # see `write_back`
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
        empty = not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        if not empty:
            _check_is_ours(connection, path)
        _log_ahead(connection)
        if empty:
            connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_is_ours(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] not in {_APPLICATION, _APPLICATION_FROZEN}:
        raise LedgerUnavailable(f"{path} is another program's database, not a ledger")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise LedgerUnavailable(f"{path} was written by a newer program (tables of version {version})")


def is_frozen(connection: sqlite3.Connection) -> bool:
    """Whether the ledger takes nothing any more."""
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION_FROZEN)


def freeze(path: Path, *, frozen: bool) -> bool:
    """Have every writer refuse what comes, or take it again. Waits for other processes' transactions.

    False: it was so already.
    """
    connection = connect(path)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_FREEZE_MS}")
        connection.execute("BEGIN IMMEDIATE")
        changed = is_frozen(connection) != frozen
        connection.execute(f"PRAGMA application_id = {_APPLICATION_FROZEN if frozen else _APPLICATION}")
        connection.execute("COMMIT")
    finally:
        connection.close()
    return changed


def _log_ahead(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise LedgerUnavailable("write-ahead logging is not possible on this file system")


def connect_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Only after `connect`: whoever opens first recovers after a crash."""
    connection = _connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect_only_reading(path: Path) -> sqlite3.Connection:
    """A connection that makes no file and writes to none; `LedgerMissing` where there is none.

    Without a log beside it nobody has the file open: it is read as if on a medium that never changes
    (`as_it_was` says whether that held). With one, SQLite itself looks after who reads and who writes.
    """
    if not path.is_file():
        raise LedgerMissing(str(path))
    return _connect(path, "mode=ro" if _log_of(path).exists() else "mode=ro&immutable=1")


def as_it_was(path: Path) -> tuple[object, ...]:
    """Equal before and after a reading: nobody has begun to write to the file meanwhile."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, _log_of(path).exists()


def check_made(connection: sqlite3.Connection, path: Path) -> None:
    """`LedgerMissing` for a file with nothing in it, `LedgerUnavailable` for what is no ledger of ours."""
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise LedgerMissing(str(path))
    _check_is_ours(connection, path)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _connect(path: Path, mode: str = "mode=rw") -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,  # transactions are begun and ended in sight
        check_same_thread=False,  # each is used by one thread at a time, but closed by another
        cached_statements=_STATEMENTS,
    )


def establish(connection: sqlite3.Connection, path: Path, *, doubt: bool) -> None:
    """Everything visible is durable when this returns; raises when it cannot be made so.

    A row becomes visible by a commit that synced the log first: visible means durable, with two exceptions.

    - A process died between writing and syncing. Whoever opens the file next recovers the log as the page
      cache has it, and the transaction appears without ever having been synced. A sync mends that.
    - A sync failed (`doubt`). Linux then forgets that those pages were dirty, so that the next sync succeeds
      without them. Only a full checkpoint mends that: it writes every logged page anew, into the database
      itself, and syncs there.
    """
    log = _log_of(path)
    if log.exists():  # the database itself must not be opened beside SQLite: closing it would drop its locks
        sync(log)
    if not write_back(connection) and doubt:
        raise LedgerUnavailable("after an I/O error the log could not be written back completely yet")


def write_back(connection: sqlite3.Connection) -> bool:
    """Write the log's pages into the database itself, so that it can begin anew; whether all of them.

    Not left to SQLite's automatic, which runs beside other processes' commits: before its release 3.51.3 a
    commit at the wrong moment made it lose pages ("WAL-reset bug"). A full one holds the write lock.
    """
    connection.execute(f"PRAGMA busy_timeout = {_WRITE_BACK_MS}")
    try:
        busy, logged, done = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return not busy and logged == done


def check_file(connection: sqlite3.Connection) -> list[Finding]:
    """See `LedgerStore.check`."""
    findings: list[Finding] = []
    try:
        findings += _storage(connection)
        findings += _rows(connection)
        findings += _cut(connection)
    except sqlite3.DatabaseError as error:
        findings.append(Finding("storage", "", 0, str(error)))
    return findings


def _storage(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What SQLite itself finds."""
    for (problem,) in connection.execute("PRAGMA integrity_check"):
        if problem != "ok":
            yield Finding("storage", "", 0, problem)


def _rows(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Row by row. A changed byte is found at its row alone: a sum is made from the one stored before it."""
    check = IntegrityCheck()
    last: dict[str, tuple[int, bytes]] = {}
    for board, position, at, body, total in connection.execute(
        f"SELECT board, CAST(position AS INTEGER), CAST(at AS INTEGER), {BODY}, sum FROM events"  # noqa: S608 -- ours
        " ORDER BY board, position"
    ):
        yield from check.step(LedgerRow(board, position, instant(at), body))
        before, chained = last.get(board, (0, FIRST))
        if position == before + 1 and next_sum(chained, board, position, at, body) != total:
            yield Finding("changed", board, position, "the row is not as it was written")
        last[board] = (position, total)


def _cut(connection: sqlite3.Connection) -> Iterator[Finding]:
    """What no row beside it misses: rows that were the last of their board."""
    cut = connection.execute(
        "SELECT board, max(first + n - 1) AS known FROM keys GROUP BY board"
        " HAVING known > (SELECT coalesce(max(position), 0) FROM events WHERE events.board = keys.board)"
    ).fetchall()
    for board, known in cut:
        yield Finding("gap", board, known, "a key says that the board was this long")
    number, last = connection.execute("SELECT count(*), max(seq) FROM events").fetchone()
    counted = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
    written = max(last or 0, counted[0] if counted else 0)
    if written != number:
        yield Finding("gap", "", 0, f"{written} events were written, {number} are there")


def copy_anew(connection: sqlite3.Connection, path: Path) -> None:
    """As `copy_file`, in place of a copy that was made while somebody began to write."""
    path.unlink(missing_ok=True)
    copy_file(connection, path)


def copy_file(connection: sqlite3.Connection, path: Path) -> None:
    """See `LedgerStore.backup`. Whole or not at all: written beside, synced, then renamed."""
    if path.exists():
        raise FileExistsError(f"{path} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(beside, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")  # a half-made copy is thrown away, not rolled back
            copy.execute("PRAGMA synchronous = OFF")  # it is synced below, once
            connection.backup(copy)  # in one step: one moment of the ledger, whoever writes meanwhile
        sync(beside)
        os.link(beside, path)  # unlike a rename it cannot overwrite what somebody put there meanwhile
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
