"""What blocks the loop ends a test."""

from collections.abc import Iterator
from contextlib import contextmanager

from blockbuster import BlockBuster, blockbuster_ctx


@contextmanager
def nothing_of_ours_blocks() -> Iterator[BlockBuster]:
    """A call of ours that waits in a running loop raises; waiting for the tracer of coverage is not ours."""
    with blockbuster_ctx("trafficlight") as blockbuster:
        blockbuster.functions["threading.Lock.acquire"].can_block_in("coverage/collector.py", "lock_data")
        yield blockbuster
