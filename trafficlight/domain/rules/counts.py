"""Judge by the plain number of patients."""

from typing import ClassVar

import msgspec

from trafficlight.domain.rules.base import Load
from trafficlight.domain.rules.steps import check_steps
from trafficlight.domain.sentence import Sentence


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Yellow and red from fixed numbers of patients a day, both inclusive, whatever the site's capacity."""

    kind: ClassVar[str] = "counts"
    yellow: int = 30
    red: int = 60

    def __post_init__(self) -> None:
        check_steps(self.yellow, self.red)

    def steps(self, load: Load) -> tuple[int, int]:  # noqa: ARG002 - the rule's whole point is to ignore the load
        return self.yellow, self.red

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence(
            "按当天就诊人数：{yellow}人起为黄，{red}人起为红。人数说明今天来了多少人，不是排队时间。",
            {"yellow": self.yellow, "red": self.red},
        )
