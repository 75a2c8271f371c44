"""How the ledger lies in Redis: its keys, their values, its scripts.

All keys of an installation share the hash tag `{PREFIX}`: a report's key is the installation's, not the
board's, and is kept in one step with the report. A Cluster has the whole ledger on one of its servers.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha1
from pathlib import Path
from sys import intern
from typing import Any, Final, NamedTuple

from trafficlight.domain.record import Record
from trafficlight.ledger.base import KEY_DAYS
from trafficlight.ledger.encoding import event_of, instant
from trafficlight.ledger.store import Head, LedgerRow, UsedKey

KEY_MS: Final = int(timedelta(days=KEY_DAYS) / timedelta(milliseconds=1))
EMPTY: Final = Head(0, 0, b"")
ANOTHER: Final = "the Redis holds another ledger than the one that was opened, or none any more"
_SUM: Final = 32
"""Hexadecimal digits of a sum, as in `append.lua`."""
_ENTRY: Final = re.compile(rb"(\d+):(\d+):(\d+):(\d+):(.*)", re.DOTALL)
"""As `append.lua` writes it: first, count, instant, the length of the board's name, the name, the body."""


class Names:
    """The keys under a prefix."""

    def __init__(self, prefix: str) -> None:
        self._tag = f"{{{prefix}}}"
        self.mark = f"{self._tag}:mark"
        """Tells this ledger from any other: its version, a colon, and a random name."""
        self.heads = f"{self._tag}:heads"
        """A hash: each board's last position, instant and sum, with colons between."""
        self.touched = f"{self._tag}:touched"
        """Counts what was asked again: a write that reaches disk and replicas after what was before it."""
        self.frozen = f"{self._tag}:frozen"
        """There where the ledger takes nothing any more."""
        self.archived = f"{self._tag}:archived"
        """A hash: of each board the last position that was moved to the archive."""
        self.imported_keys = f"{self._tag}:brought"
        """A hash: the used keys that came with an import, by what `key` calls them; it expires as a whole."""
        self.key_log = f"{self._tag}:noted"
        """A list: what `key` calls the keys that are used, as long as it is there: while a ledger moves."""

    def board(self, board: str) -> str:
        """A stream: an entry `POSITION-0` with `a` the instant, `s` the sum and `b` the event's bytes."""
        return f"{self._tag}:board:{board}"

    def key(self, digest: bytes) -> bytes:
        """A string: where the append under that key stands."""
        return f"{self._tag}:key:".encode() + digest

    def lease(self, name: str) -> str:
        """A string: who holds the lease, until it expires."""
        return f"{self._tag}:turn:{name}"

    def count(self, name: str) -> str:
        """A number that expires with its window."""
        return f"{self._tag}:count:{name}"

    def staged(self, name: str, import_: str) -> str:
        """What an import keeps until all of it is there."""
        return f"{self._tag}:import:{import_}:{name}"

    def staged_keys(self, import_: str) -> str:
        """The same, of its keys."""
        return f"{self._tag}:import-keys:{import_}"

    def channel(self, mark: bytes) -> bytes:
        """The channel on which appends are published; a server's databases share their channels."""
        return f"{self._tag}:news:".encode() + mark


class Script:
    """A verb that Redis carries out in one step; its header says what it is given and what it answers."""

    def __init__(self, name: str) -> None:
        self.source = Path(__file__).with_name("lua").joinpath(f"{name}.lua").read_bytes()
        self.sha: Final = sha1(self.source, usedforsecurity=False).hexdigest()


APPEND: Final = Script("append")
FREEZE: Final = Script("freeze")
RESTORE: Final = Script("restore")
TOUCH: Final = Script("touch")
TRIM: Final = Script("trim")


class RedisRow(NamedTuple):
    """A row with its sum, and its instant as it is stored."""

    row: LedgerRow
    at: int
    sum: bytes

    @property
    def head(self) -> Head:
        """The board's end if this is its last row."""
        return Head(self.row.position, self.at, self.sum)


def next_sum(before: bytes, board: str, position: int, at: int, body: bytes) -> bytes:
    """The sum of a row after the row with the sum `before`; `append.lua` makes the same."""
    digest = sha1(b"%s%s %d %d %s" % (before, board.encode(), position, at, body), usedforsecurity=False)
    return digest.hexdigest()[:_SUM].encode()


def head_of(value: bytes) -> Head:
    """A value of the hash of heads."""
    position, at, total = value.split(b":")
    return Head(int(position), int(at), total)


def records_of(rows: Sequence[RedisRow]) -> list[Record]:
    """The rows, decoded."""
    return [Record(intern(row.board), row.position, row.at, event_of(row.body)) for row, _, _ in rows]


def row_of(board: str, entry: Any) -> RedisRow:
    """An entry of a board's stream."""
    name, fields = entry
    found = dict(zip(fields[::2], fields[1::2], strict=True))
    position, at = int(name.partition(b"-")[0]), int(found.get(b"a", b"0"))
    return RedisRow(LedgerRow(board, position, instant(at), found.get(b"b", b"")), at, found.get(b"s", b""))


def used_key_of(name: bytes, entry: bytes) -> UsedKey:
    """The value of a key's entry, whose digest is `name`."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"no entry of a key: {entry[:40]!r}")
    first, count, at, length = map(int, found.groups()[:4])
    rest = found[5]
    return UsedKey(name, rest[length:], rest[:length].decode(), first, count, at)


def entry_of(key: UsedKey) -> bytes:
    """The value of a key's entry, as `append.lua` writes it."""
    board = key.board.encode()
    return b"%d:%d:%d:%d:%s%s" % (key.first, key.n, key.at, len(board), board, key.body)
