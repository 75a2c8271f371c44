"""What a ledger can do beyond appending and reading: be moved, checked, copied. See `transfer.py`."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from trafficlight.ledger.base import Ledger


class Row(NamedTuple):
    """A record as it is kept: `body` is the encoded event, byte for byte, whoever wrote it and when."""

    board: str
    position: int
    at: datetime
    body: bytes


class UsedKey(NamedTuple):
    """A key that was used, as it is kept: `name` is its digest, `at` counts microseconds since 1970."""

    name: bytes
    body: bytes
    board: str
    first: int
    n: int
    at: int


class Finding(msgspec.Struct, frozen=True):
    """Something wrong with a ledger.

    `kind` is `gap`, `changed`, `backwards`, `unknown`, `undecodable` or `storage`. A finding about the whole
    has no board and position 0.
    """

    kind: str
    board: str
    position: int
    detail: str


class NotEmpty(Exception):
    """Only an empty ledger can be restored into."""


class Archive(Ledger, Protocol):
    """A ledger that can be moved, checked and copied while it is in use."""

    def rows(self) -> AsyncIterator[Sequence[Row]]:
        """Everything kept when asked, in batches: the system board first, then by board, by position."""
        ...

    async def restore(self, rows: Iterable[Row]) -> int:
        """Keep the rows with their positions and instants; how many there were.

        All or nothing, also when `rows` raises, which is passed on. `rows` is run in another thread. Raises
        `NotEmpty` and `LedgerUnavailable`.
        """
        ...

    def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """The keys that were used within `KEY_DAYS`, and older ones perhaps, in batches in any order."""
        ...

    async def remember(self, keys: Sequence[UsedKey]) -> None:
        """Have the keys count as used, for a ledger into which their events were restored."""
        ...

    async def freeze(self, *, frozen: bool) -> None:
        """From the return on every append, whoever's, is refused with `LedgerUnavailable`; or taken again.

        What was acknowledged before is kept and read on.
        """
        ...

    async def check(self) -> Sequence[Finding]:
        """Everything that is wrong with what is kept, in order; empty for a sound ledger."""
        ...

    async def backup(self, path: Path) -> None:
        """A consistent copy at `path`, on disk when it returns; `FileExistsError` rather than overwriting."""
        ...
