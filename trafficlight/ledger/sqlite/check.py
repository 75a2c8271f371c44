"""Everything that can be wrong with the file."""

import sqlite3
from collections.abc import Iterator

from trafficlight.ledger.archive import Finding, LedgerRow
from trafficlight.ledger.encoding import instant
from trafficlight.ledger.integrity import IntegrityCheck
from trafficlight.ledger.sqlite.chain import FIRST, next_sum
from trafficlight.ledger.sqlite.rows import BODY


def check_file(connection: sqlite3.Connection) -> list[Finding]:
    """See `Archive.check`."""
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
    for (told,) in connection.execute("PRAGMA integrity_check"):
        if told != "ok":
            yield Finding("storage", "", 0, told)


def _rows(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Row by row. A changed byte is found at its row alone: each sum is made from the one kept before it."""
    walk = IntegrityCheck()
    kept: dict[str, tuple[int, bytes]] = {}
    for board, position, at, body, total in connection.execute(
        f"SELECT board, CAST(position AS INTEGER), CAST(at AS INTEGER), {BODY}, sum FROM events"  # noqa: S608 -- ours
        " ORDER BY board, position"
    ):
        yield from walk.step(LedgerRow(board, position, instant(at), body))
        before, chained = kept.get(board, (0, FIRST))
        if position == before + 1 and next_sum(chained, board, position, at, body) != total:
            yield Finding("changed", board, position, "the row is not as it was written")
        kept[board] = (position, total)


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
