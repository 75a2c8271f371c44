"""The chain of sums: each row's covers the row and the board's sum before it, so a changed byte is found."""

from hashlib import blake2b

from trafficlight.ledger.encoding import DIGEST_BYTES

FIRST = b""
"""What stands before a board's first sum."""


def next_sum(before: bytes, board: str, position: int, at: int, body: bytes) -> bytes:
    """The sum of a row, its columns as they are kept, after the row with the sum `before`."""
    return blake2b(
        b"%s%s %d %d %s" % (before, board.encode(), position, at, body), digest_size=DIGEST_BYTES
    ).digest()
