"""Judge by the plain number of patients."""

from datetime import datetime
from typing import Annotated, ClassVar

from trafficlight.domain.rules.base import Load, RuleField
from trafficlight.domain.rules.steady import RED_FROM, YELLOW_FROM, SteadyRule
from trafficlight.domain.sentence import Sentence


class Counts(SteadyRule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Yellow and red from fixed numbers of patients a day, both inclusive, whatever the site's capacity."""

    kind: ClassVar[str] = "counts"
    label: ClassVar[Sentence] = Sentence("当天就诊人数（人）")
    yellow: Annotated[int, RuleField(label=YELLOW_FROM, unit="人", least=1, most=10_000)] = 30
    red: Annotated[int, RuleField(label=RED_FROM, unit="人", least=1, most=10_000)] = 60

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:  # noqa: ARG002 - the rule's whole point
        return self.yellow, self.red

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence(
            "按当天就诊人数：{yellow}人起为黄，{red}人起为红。人数说明今天来了多少人，不是排队时间。",
            {"yellow": self.yellow, "red": self.red},
        )
