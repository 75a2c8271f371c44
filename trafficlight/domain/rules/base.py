"""What a rule is. Read this before adding one; what they share is in `steps.py`."""

from typing import ClassVar, Protocol

import msgspec

from trafficlight.domain.sentence import Sentence


class Load(msgspec.Struct, frozen=True):
    """What a rule may know of a site: who it is, and how many patients it can see on the day (at least 1)."""

    site: str
    capacity: int


class Rule(Protocol):
    """A frozen value, valid once made, that says from which count a site is yellow and from which red.

    Everything else (the light, the bands on the form, the words beside the light) follows from the two steps,
    so no two parts of the product can read a rule differently.
    """

    kind: ClassVar[str]

    @property
    def yellow(self) -> float: ...

    @property
    def red(self) -> float: ...

    def steps(self, load: Load) -> tuple[int, int]:
        """The smallest count that is yellow and the smallest that is red, both inclusive; yellow <= red."""
        ...

    def describe(self, site: str) -> Sentence:
        """The rule as the public reads it beside the light of the site."""
        ...
