"""The keys that were used, for a ledger that moves."""

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final

from trafficlight.ledger.archive import UsedKey
from trafficlight.ledger.base import KEY_DAYS
from trafficlight.ledger.redis.names import Names
from trafficlight.ledger.redis.reader import Reader

KEPT_MS: Final = int(timedelta(days=KEY_DAYS) / timedelta(milliseconds=1))
_AT_ONCE: Final = 1_000
_ENTRY: Final = re.compile(rb"(\d+):(\d+):(\d+):(\d+):(.*)", re.DOTALL)
"""As `append.lua` writes it: first, count, instant, the length of the board's name, the name, the body."""


async def used_keys(reader: Reader, names: Names) -> AsyncIterator[Sequence[UsedKey]]:
    """See `Archive.keys`."""
    prefix, cursor = names.key(b""), b"0"
    while True:
        ((cursor, found),) = await reader.ask(("SCAN", cursor, "MATCH", prefix + b"*", "COUNT", _AT_ONCE))
        if found:
            (entries,) = await reader.ask(("MGET", *found))
            pairs = zip(found, entries, strict=True)
            yield [_read(name[len(prefix) :], entry) for name, entry in pairs if entry]
        if cursor == b"0":
            return


async def remember(reader: Reader, names: Names, keys: Sequence[UsedKey]) -> None:
    """See `Archive.remember`. How old a key is the script looks at itself: here it only must not go early."""
    for begin in range(0, len(keys), _AT_ONCE):
        await reader.ask(
            *(
                ("SET", names.key(key.name), _written(key), "NX", "PX", KEPT_MS)
                for key in keys[begin : begin + _AT_ONCE]
            )
        )


def _read(name: bytes, entry: bytes) -> UsedKey:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"no entry of a key: {entry[:40]!r}")
    first, count, at, length = map(int, found.groups()[:4])
    rest = found[5]
    return UsedKey(name, rest[length:], rest[:length].decode(), first, count, at)


def _written(key: UsedKey) -> bytes:
    board = key.board.encode()
    return b"%d:%d:%d:%d:%s%s" % (key.first, key.n, key.at, len(board), board, key.body)
