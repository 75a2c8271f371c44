"""Rows and ends of boards, as Redis keeps them."""

from typing import Final, NamedTuple

from trafficlight.ledger.archive import Row


class Head(NamedTuple):
    """Where a board ends."""

    position: int
    at: int
    sum: bytes


NOTHING: Final = Head(0, 0, b"")


class Kept(NamedTuple):
    """A row with its sum, and its instant as it is kept."""

    row: Row
    at: int
    sum: bytes

    @property
    def head(self) -> Head:
        """The board's end if this is its last row."""
        return Head(self.row.position, self.at, self.sum)
