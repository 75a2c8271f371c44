"""The keys that were used, for a ledger that moves."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from trafficlight.ledger.archive import UsedKey
from trafficlight.ledger.sqlite.file import connect

_BUSY_MS = 5_000
"""How long to wait for other processes' locks, in ms: nobody waits for it but the operator."""


def used_keys(connection: sqlite3.Connection, after: bytes, limit: int) -> list[UsedKey]:
    """Up to `limit` keys in order of their digests, after that one."""
    found = connection.execute(
        "SELECT name, body, board, first, n, at FROM keys WHERE name > ? ORDER BY name LIMIT ?",
        (after, limit),
    )
    return [UsedKey(*row) for row in found]


def remember(path: Path, keys: Sequence[UsedKey]) -> None:
    """See `Archive.remember`; waits for other processes' transactions."""
    connection = connect(path)
    try:
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?, ?)", keys)
        connection.execute("COMMIT")
    finally:
        connection.close()
