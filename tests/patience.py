"""How long something took, whatever else the machine had to do meanwhile."""

from pathlib import Path
from time import monotonic
from typing import Final

LONG: Final = 60.0
"""Seconds within which what is waited for happens on any machine: no promise, only an end for what hangs."""


class Stopwatch:
    """Runs from its making on, but not while anybody had to wait for a processor.

    So a promise of seconds can be held where other work keeps the machine busy, and is held strictly at rest.
    """

    def __init__(self) -> None:
        self._began, self._starved = monotonic(), _starved()

    @property
    def seconds(self) -> float:
        return max(monotonic() - self._began - (_starved() - self._starved), 0.0)


def _starved() -> float:
    """Seconds in which some process here could not run for want of a processor; 0 where none are counted."""
    try:
        line = Path("/proc/pressure/cpu").read_text(encoding="utf-8").partition("\n")[0]
    except OSError:
        return 0.0
    return int(line.rpartition("total=")[2]) / 1e6
