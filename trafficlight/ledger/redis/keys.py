"""The keys that were used, for a ledger that moves."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from trafficlight.ledger.archive import UsedKey
from trafficlight.ledger.base import KEY_DAYS
from trafficlight.ledger.redis.names import Names
from trafficlight.ledger.redis.reader import RedisReader

KEPT_MS: Final = int(timedelta(days=KEY_DAYS) / timedelta(milliseconds=1))
_AT_ONCE: Final = 1_000
_NOTED_SECONDS: Final = 86_400
"""How long it is noted which keys are used, where whoever asked for it has gone."""
_ENTRY: Final = re.compile(rb"(\d+):(\d+):(\d+):(\d+):(.*)", re.DOTALL)
"""As `append.lua` writes it: first, count, instant, the length of the board's name, the name, the body."""


async def used_keys(reader: RedisReader, names: Names) -> AsyncIterator[Sequence[UsedKey]]:
    """See `Archive.keys`. What was brought comes first: what was used since counts."""
    async for entries in _entries(reader, names):
        yield _keys(names, entries)


class Noted:
    """The keys that are used from some moment on. `append.lua` adds to the list if it is there."""

    def __init__(self, reader: RedisReader, names: Names) -> None:
        self._reader = reader
        self._names = names
        self._taken = 0

    async def begin(self) -> None:
        """See `Archive.note_keys`. The list may be there already, for somebody else."""
        name = self._names.noted
        self._taken, _ = await self._reader.ask(
            ("RPUSH", name, self._names.key(b"")), ("EXPIRE", name, _NOTED_SECONDS)
        )

    async def take(self) -> AsyncIterator[Sequence[UsedKey]]:
        """See `Archive.noted_keys`."""
        while True:
            last = self._taken + _AT_ONCE - 1
            (found,) = await self._reader.ask(("LRANGE", self._names.noted, self._taken, last))
            if not found:
                return
            self._taken += len(found)
            (entries,) = await self._reader.ask(("MGET", *found))
            yield _keys(self._names, dict(zip(found, entries, strict=True)))


async def _entries(reader: RedisReader, names: Names) -> AsyncIterator[dict[bytes, bytes | None]]:
    cursor = b"0"
    while True:
        ((cursor, pairs),) = await reader.ask(("HSCAN", names.brought, cursor, "COUNT", _AT_ONCE))
        yield dict(zip(pairs[::2], pairs[1::2], strict=True))
        if cursor == b"0":
            break
    while True:
        pattern = names.key(b"*")
        ((cursor, found),) = await reader.ask(("SCAN", cursor, "MATCH", pattern, "COUNT", _AT_ONCE))
        if found:
            (entries,) = await reader.ask(("MGET", *found))
            yield dict(zip(found, entries, strict=True))
        if cursor == b"0":
            return


def _keys(names: Names, entries: Mapping[bytes, bytes | None]) -> list[UsedKey]:
    prefix = len(names.key(b""))
    return [_read(name[prefix:], entry) for name, entry in entries.items() if entry]


def _read(name: bytes, entry: bytes) -> UsedKey:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"no entry of a key: {entry[:40]!r}")
    first, count, at, length = map(int, found.groups()[:4])
    rest = found[5]
    return UsedKey(name, rest[length:], rest[:length].decode(), first, count, at)


def entry_of(key: UsedKey) -> bytes:
    """As `append.lua` writes it."""
    board = key.board.encode()
    return b"%d:%d:%d:%d:%s%s" % (key.first, key.n, key.at, len(board), board, key.body)
