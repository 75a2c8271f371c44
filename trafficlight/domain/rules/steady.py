"""What rules share by which a count alone decides, from thresholds: such a light never changes by itself."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from math import ceil, inf
from typing import Any, Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.light import Light
from trafficlight.domain.rules.base import Load
from trafficlight.domain.sentence import Sentence

YELLOW_FROM: Final = Sentence("从多少起是黄")
RED_FROM: Final = Sentence("从多少起是红")

_BANDS: Final = {
    Light.BLUE: Sentence("今天的就诊人数未到“较多”的界线"),
    Light.YELLOW: Sentence("今天的就诊人数已到“较多”、未到“很多”的界线"),
    Light.RED: Sentence("今天的就诊人数已到“很多”的界线"),
}


class SteadyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule whose kinds only say from which counts yellow and red begin: `steps`."""

    yellow: float
    red: float

    def __post_init__(self) -> None:
        """Refuse thresholds that make no sense: they must be positive, finite and in order."""
        if not 0 < self.yellow < inf or not 0 < self.red < inf:
            message = "thresholds must be numbers above 0"
            raise ValueError(message)
        if self.yellow > self.red:
            raise Refused("rule_order", "red")

    @classmethod
    def fixed(cls, usual: Mapping[str, float], day: date) -> Mapping[str, Any]:  # noqa: ARG003 - nothing is
        return {}

    @abstractmethod
    def steps(self, load: Load, at: datetime) -> tuple[int, int]:
        """The smallest count that is yellow, and the smallest that is red, at any instant."""

    def light(self, load: Load, at: datetime) -> Light:
        yellow, red = self.steps(load, at)
        if load.patients >= red:
            return Light.RED
        return Light.YELLOW if load.patients >= yellow else Light.BLUE

    def outlook(self, load: Load, at: datetime) -> Sentence:
        return _BANDS[self.light(load, at)]

    def crossings(self, load: Load, after: datetime, until: datetime) -> tuple[datetime, ...]:  # noqa: ARG002
        return ()


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
