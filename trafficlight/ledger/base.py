"""What a ledger is: all there is to read before writing another. The suite: `tests/ledger/conformance.py`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from trafficlight.domain.event import Event
from trafficlight.domain.record import Record

KEY_DAYS = 30  # how long a key is remembered


class LedgerUnavailable(Exception):
    """The ledger cannot be reached or cannot write now; nothing was appended, or nobody can say yet."""


class PositionMoved(Exception):
    """`expect` did not hold: somebody else appended to the board first."""


class KeyReused(Exception):
    """The key was used for another body."""


class HistoryChanged(Exception):
    """What a follower was given is not in the ledger any more; only who begins anew sees what is there.

    A store that is not asked to keep everything may lose its end in a restart or a failover.
    """


class Key(msgspec.Struct, frozen=True):
    """Makes an append happen once. `name` includes credential and path, `body` digests what was sent."""

    name: str
    body: bytes


class Appended(msgspec.Struct, frozen=True):
    """Where the events stand, in order. `replayed`: they stood there already, under the same key."""

    positions: tuple[int, ...]
    at: datetime
    replayed: bool = False


class Ledger(Protocol):
    """Positions count per board from 1 without gaps; `at` never runs backwards on a board."""

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """Keep the events, one or more, all or none; on disk when it returns. `expect`: the last position.

        The same key answers as the first time and writes nothing, once the first is sure to be durable.
        Raises `KeyReused`, `PositionMoved`, `LedgerUnavailable` (within 3 s).
        """

    async def used(self, board: str, key: Key) -> Appended | None:
        """Where the first append under that key stands, durable when this returns; None if there was none.

        Writes nothing. Raises `KeyReused` where the key was used for another body or board, and
        `LedgerUnavailable` (within 3 s).
        """

    async def ready(self) -> None:
        """Return where an append would be taken now; it may wait for its turn as one. Writes nothing.

        Raises `LedgerUnavailable` (within 3 s) with the reason.
        """

    async def read(self, board: str, after: int = 0) -> Sequence[Record]:
        """The board's records after that position, in order."""

    def follow(self, after: Mapping[str, int]) -> AsyncIterator[Sequence[Record]]:
        """Records of all boards in batches, never empty: ordered and gapless per board, at least once.

        Begins after the positions given (a board not named: from its first), never ends; another process's
        come within 250 ms. After `LedgerUnavailable` follow again from where you are; there is no
        such place after `HistoryChanged`.
        """

    async def heads(self) -> Mapping[str, int]:
        """Every board's last position, as it stands on disk now."""

    async def close(self) -> None:
        """Finish what is being written and let go of everything."""
