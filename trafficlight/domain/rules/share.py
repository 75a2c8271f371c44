"""Judge by the share of the day's capacity that is used up."""

from datetime import datetime
from typing import Annotated, ClassVar

from trafficlight.domain.rules.base import Load, RuleField
from trafficlight.domain.rules.steady import RED_FROM, YELLOW_FROM, SteadyRule, as_percent, from_shares
from trafficlight.domain.sentence import Sentence


class Share(SteadyRule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Yellow from 70 %, red from 100 % of the day's capacity, both inclusive.

    The bands are those Beijing published for emergency departments in March 2020: under 70 % low, 70 to 100 %
    mid, above high. A share says how much of the day is used up, not how long the queue is.
    """

    kind: ClassVar[str] = "share"
    label: ClassVar[Sentence] = Sentence("占日接诊能力的比例（%）")
    yellow: Annotated[float, RuleField(label=YELLOW_FROM, unit="%", least=0.001, most=10)] = 0.7
    red: Annotated[float, RuleField(label=RED_FROM, unit="%", least=0.001, most=10)] = 1.0

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:  # noqa: ARG002 - at any instant
        return from_shares(self.yellow, self.red, load.capacity)

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence(
            "按当天接诊能力已用的比例：{yellow}起为黄，{red}起为红。"
            "比例说明今天的接诊能力用掉了多少，不是排队时间。",
            {"yellow": as_percent(self.yellow), "red": as_percent(self.red)},
        )
