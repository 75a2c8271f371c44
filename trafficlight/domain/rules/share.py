"""Judge by the share of the day's capacity that is used up."""

from typing import ClassVar

import msgspec

from trafficlight.domain.rules.base import Load
from trafficlight.domain.rules.steps import as_percent, check_steps, from_shares
from trafficlight.domain.sentence import Sentence


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yellow from 70 %, red from 100 % of the day's capacity, both inclusive.

    The bands are those Beijing published for emergency departments in March 2020: under 70 % low, 70 to 100 %
    mid, above high. A share says how much of the day is used up, not how long the queue is.
    """

    kind: ClassVar[str] = "share"
    yellow: float = 0.7
    red: float = 1.0

    def __post_init__(self) -> None:
        check_steps(self.yellow, self.red)

    def steps(self, load: Load) -> tuple[int, int]:
        return from_shares(self.yellow, self.red, load.capacity)

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence(
            "按当天接诊能力已用的比例：{yellow}起为黄，{red}起为红。"
            "比例说明今天的接诊能力用掉了多少，不是排队时间。",
            {"yellow": as_percent(self.yellow), "red": as_percent(self.red)},
        )
