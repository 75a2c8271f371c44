"""What a ledger can do beyond appending and reading: be moved, checked, copied. See `transfer.py`."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

import msgspec

from trafficlight.domain.event import Unknown
from trafficlight.domain.record import decode
from trafficlight.ledger.base import Ledger, LedgerUnavailable

BEGINNING: Final[Mapping[str, int]] = MappingProxyType({})
"""After these positions comes everything."""


class LedgerRow(NamedTuple):
    """A record as it is stored: `body` is the encoded event, byte for byte, whoever wrote it and when."""

    board: str
    position: int
    at: datetime
    body: bytes


class Head(NamedTuple):
    """Where a board ends: its last position, that record's instant as `micros` and its sum in the chain."""

    position: int
    at: int
    sum: bytes


class UsedKey(NamedTuple):
    """A key that was used, as it is stored: `name` is its digest, `at` counts microseconds since 1970."""

    name: bytes
    body: bytes
    board: str
    first: int
    n: int
    at: int

    def is_after(self, positions: Mapping[str, int]) -> bool:
        """Whether what was appended under it stands after these positions."""
        return self.first > positions.get(self.board, 0)


Moving = LedgerRow | UsedKey
"""What a ledger that moves consists of."""


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


class LedgerMissing(LedgerUnavailable):
    """Nobody has made a ledger there; the text says where."""


class LedgerStore(Ledger, Protocol):
    """A ledger that can be moved, checked and copied while it is in use."""

    def rows(self, after: Mapping[str, int] = BEGINNING) -> AsyncIterator[Sequence[LedgerRow]]:
        """Everything kept when asked that stands after the positions given, in batches of one board each.

        The system board first, then by board, by position.
        """
        ...

    async def restore(self, rows: Iterable[Moving]) -> int:
        """Keep the rows with their positions and instants, and have the keys count as used; how many rows.

        Each board's rows come in order; of two keys of a name the later counts. All or nothing, also when
        `rows` raises, which is passed on; before all is there, nothing is seen. `rows` is run in another
        thread. Raises `NotEmpty` and `LedgerUnavailable`.
        """
        ...

    def keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """The keys that were used within `KEY_DAYS`, and older ones perhaps, in batches in any order."""
        ...

    async def note_keys(self) -> None:
        """From now on, for a day, note which keys are used."""
        ...

    def noted_keys(self) -> AsyncIterator[Sequence[UsedKey]]:
        """The keys that were used since `note_keys` or the last call of this, and others perhaps."""
        ...

    async def freeze(self, *, frozen: bool) -> bool:
        """From the return on every append, whoever's, is refused with `LedgerUnavailable`; or taken again.

        What was acknowledged before is kept and read on. False: it was so already.
        """
        ...

    async def check(self) -> Sequence[Finding]:
        """Everything that is wrong with what is kept, in order; empty for a sound ledger."""
        ...

    async def backup(self, path: Path) -> None:
        """A consistent copy at `path`, on disk when it returns; `FileExistsError` rather than overwriting."""
        ...


class IntegrityCheck:
    """What must hold from row to row in any ledger, and in any file that is to become one."""

    def __init__(self) -> None:
        self._heads: dict[str, LedgerRow] = {}

    def step(self, row: LedgerRow) -> Iterator[Finding]:
        """What is wrong with this row where it stands."""
        board, position, at, body = row
        before = self._heads.get(board)
        self._heads[board] = row
        expected = before.position + 1 if before else 1
        if position != expected:
            yield Finding("gap", board, position, f"position {expected} should be here")
        if before and at < before.at:
            yield Finding("backwards", board, position, "it is earlier than the one before it")
        try:
            event = decode(body)
        except msgspec.DecodeError as error:
            yield Finding("undecodable", board, position, str(error))
        else:
            if type(event) is Unknown:
                yield Finding(
                    "unknown", board, position, "no event of a type or version that this program knows"
                )
