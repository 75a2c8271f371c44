"""Rows and ends of boards, as Redis keeps them."""

from typing import Final, NamedTuple

from trafficlight.ledger.archive import LedgerRow


class Head(NamedTuple):
    """Where a board ends."""

    position: int
    at: int
    sum: bytes


NOTHING: Final = Head(0, 0, b"")


class RedisRow(NamedTuple):
    """A row with its sum, and its instant as it is kept."""

    row: LedgerRow
    at: int
    sum: bytes

    @property
    def head(self) -> Head:
        """The board's end if this is its last row."""
        return Head(self.row.position, self.at, self.sum)
