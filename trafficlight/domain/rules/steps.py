"""What rules share: thresholds and the counts from which they hold."""

from fractions import Fraction
from functools import lru_cache
from math import ceil, inf

from trafficlight.domain.light import Light
from trafficlight.domain.rules.base import Load, Rule


def light_for(rule: Rule, load: Load, patients: int) -> Light:
    """The light of a count, by the rule."""
    return light_between(rule.steps(load), patients)


def light_between(steps: tuple[int, int], patients: int) -> Light:
    """The light of a count, by the steps of a rule."""
    yellow, red = steps
    if patients >= red:
        return Light.RED
    return Light.YELLOW if patients >= yellow else Light.BLUE


@lru_cache(maxsize=8192)
def from_shares(yellow: float, red: float, whole: float) -> tuple[int, int]:
    """The smallest whole numbers that are at least these shares of `whole`."""
    return from_share(yellow, whole), from_share(red, whole)


def from_share(share: float, whole: float) -> int:
    """The smallest whole number that is at least `share` of `whole`.

    Exact for thresholds written in decimals: 0.7 of 50 is 35, not 35.000000000000004 rounded up.
    """
    return ceil(Fraction(repr(share)) * Fraction(repr(whole)))


def as_percent(share: float) -> str:
    """70%, 35.5%: as it was written, not rounded to a threshold that nobody is judged by."""
    return f"{float(Fraction(repr(share)) * 100):g}%"


def check_steps(yellow: float, red: float) -> None:
    """Refuse thresholds that make no sense: they must be positive, finite and in order."""
    if not 0 < yellow <= red < inf:
        message = "thresholds must satisfy 0 < yellow <= red"
        raise ValueError(message)
