"""What nodes agree on beside the ledger: all there is to read before writing another.

The suite: `tests/ledger/leasing.py`. None of it is the truth: whoever loses it has lost a few seconds.
"""

from typing import NamedTuple, Protocol


class Counted(NamedTuple):
    """How often it happened within the window, this time included, and seconds until the window ends."""

    times: int
    ends_in: float


class Leases(Protocol):
    """Leases, each held by one at a time, and counters: the same for all who opened the ledger.

    Its own time decides, not the callers' clocks. Everything raises `LedgerUnavailable`, within 3 s.
    """

    shared: bool
    """Whether other machines may see it: one that no other sees need not be asked for counts."""

    async def acquire(self, name: str, holder: str, seconds: float) -> bool:
        """Hold the lease for so long from now on, again if it is held already; False: another holds it."""

    async def release(self, name: str, holder: str) -> None:
        """Let others acquire it at once; nothing happens where it is not theirs."""

    async def count(self, name: str, seconds: float) -> Counted:
        """One more, within the window of so many seconds that the first one opened."""

    async def uncount(self, name: str, *, all_of_them: bool = False) -> None:
        """One less, or none; the window stays."""

    async def close(self) -> None:
        """Let go of everything; leases stay held until their time is over."""
