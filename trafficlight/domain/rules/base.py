"""What a rule is. Read this before adding one; those by which a count alone decides share `steady.py`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

import msgspec

from trafficlight.domain.light import Light
from trafficlight.domain.sentence import Sentence


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule may know of a site on its service day."""

    site: str
    capacity: int  # patients that it can see on the day, at least 1
    patients: int  # the last count of the day
    counted_at: datetime  # when that was true
    opening: tuple[tuple[datetime, datetime], ...] = ()  # of the day, in order; empty where nobody knows
    day_start: datetime
    day_end: datetime
    zone: str  # of the board's clock; the instants are in UTC
    rhythm: int = 20  # in twentieths, 12 to 38: below 20 where patients come early


class RuleField(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a rule is set with: the annotation of a field, whose name, type and default count too."""

    label: Sentence
    unit: str  # may be written behind the number; `%`: asked for as per cent, kept as a share (70% is 0.7)
    least: float
    most: float  # both inclusive, as kept


class Rule(Protocol):
    """A frozen struct, valid once made, that says which light a count gives at an instant, and the words."""

    kind: ClassVar[str]  # also the name of its module
    label: ClassVar[Sentence]

    @classmethod
    def fixed(cls, usual: Mapping[str, float], day: date) -> Mapping[str, Any]:
        """The fields that are fixed at the moment of setting, besides its `RuleField`s; none for most kinds.

        `usual`: the usual volumes, as of the day, of the sites that it is to judge. May be `Refused`.
        """

    def light(self, load: Load, at: datetime) -> Light:
        """Blue, yellow or red at the instant, which is not before `load.counted_at`."""

    def crossings(self, load: Load, after: datetime, until: datetime) -> Sequence[datetime]:
        """The instants in (after, until], ascending, on whole minutes, at which `light` may change by itself.

        Between two of them it does not. `after` is not before `load.counted_at`.
        """

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:
        """The smallest count, true at `load.counted_at`, that is yellow at the instant, and that is red."""

    def outlook(self, load: Load, at: datetime) -> Sentence:
        """What the light says of the site, without the count, as the public reads it beside the light."""

    def describe(self, site: str) -> Sentence:
        """The rule as the public reads it beside the light of the site."""
