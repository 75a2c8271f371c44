"""Figures that can be trusted on a noisy machine: two things measured in turn, A B A B …, and medians."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Pairs:
    """What was measured of each, in turn. The ratio is that of the second to the first within a pair."""

    first: Sequence[float]
    second: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        return [b / a for a, b in zip(self.first, self.second, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    def told(self) -> str:
        """The median with the least and the greatest of the pairs."""
        return f"{number(self.ratio)} ({number(min(self.ratios))}–{number(max(self.ratios))})"


def in_turn(pairs: int, first: Callable[[], float], second: Callable[[], float]) -> Pairs:
    """Measure both once for nothing, then in turn."""
    first()
    second()
    measured = [(first(), second()) for _ in range(pairs)]
    return Pairs([a for a, _ in measured], [b for _, b in measured])


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def number(value: float) -> str:
    """With as many digits as say something."""
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}"


def ms(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def quantiles(seconds: Sequence[float]) -> str:
    return f"p50 {ms(percentile(seconds, 50))}, p99 {ms(percentile(seconds, 99))}"
