"""What nodes agree on beside the ledger: all there is to read before writing another.

The suite: `tests/ledger/leasing.py`. None of it is the truth: whoever loses it has lost a few seconds.
"""

from typing import NamedTuple, Protocol


class Counted(NamedTuple):
    """How often it happened within the window, this time included, and seconds until the window ends."""

    times: int
    ends_in: float


class Lease(Protocol):
    """Turns that one holder has at a time, and counts, the same for all who opened the ledger.

    Its own time decides, not the callers' clocks. Everything raises `LedgerUnavailable`, within 3 s.
    """

    shared: bool
    """Whether other machines may see it: one that no other sees need not be asked for counts."""

    async def take(self, what: str, who: str, seconds: float) -> bool:
        """Have the turn for so long from now on, for the first time or once more; False: another has it."""

    async def leave(self, what: str, who: str) -> None:
        """Give the turn back at once; nothing happens where it is not theirs."""

    async def count(self, what: str, seconds: float) -> Counted:
        """One more, within the window of so many seconds that the first one opened."""

    async def forgive(self, what: str, *, all_of_them: bool = False) -> None:
        """One less, or none; the window stays."""

    async def close(self) -> None:
        """Let go of everything; turns stay taken until their time is over."""
