"""The chain of sums: each row's covers the row and the board's sum before it, so a changed byte is found."""

from hashlib import blake2b

BYTES = 16
"""Of a sum or a key's digest. 128 bits rule out accidents; whoever can write the file is not kept out."""

FIRST = b""
"""What stands before a board's first sum."""


def next_sum(before: bytes, board: str, position: int, at: int, body: bytes) -> bytes:
    """The sum of a row, its columns as they are kept, after the row with the sum `before`."""
    return blake2b(
        b"%s%s %d %d %s" % (before, board.encode(), position, at, body), digest_size=BYTES
    ).digest()


def digest(name: str) -> bytes:
    """A key's name as it is kept: of one size, and storable whatever a stranger's client put into it."""
    return blake2b(name.encode(errors="surrogatepass"), digest_size=BYTES).digest()
