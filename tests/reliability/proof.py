"""What a proof is given, and how it tells what it found."""

import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Broken(AssertionError):
    """A promise did not hold; the text says which and how."""


class NotPossible(Exception):
    """The machine does not let this be tried; the text says why."""


@dataclass(slots=True)
class Findings:
    """Figures of one proof, by what they are figures of, and the promises that did not hold."""

    figures: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def expect(self, held: object, promise: str) -> None:
        """Note the promise, in words that say how it was broken, unless it held."""
        if not held and promise not in self.broken:
            self.broken.append(promise)
            say(f"  BROKEN: {promise}")


class Proof(NamedTuple):
    """A proof by name: given an empty folder and a number of rounds, it tells what it found."""

    name: str
    run: Callable[[Path, int, Findings], Coroutine[Any, Any, None]]
    promise: str


def say(text: str) -> None:
    """Progress, apart from the result."""
    print(f"reliability: {text}", file=sys.stderr, flush=True)


def span(seconds: Sequence[float]) -> str:
    """The median and the greatest."""
    ordered = sorted(seconds)
    return f"{ordered[len(ordered) // 2]:.2f} s, at most {ordered[-1]:.2f} s" if ordered else "none"
