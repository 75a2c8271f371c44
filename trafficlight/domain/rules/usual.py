"""Judge by a baseline that the desk fixed."""

from collections.abc import Mapping
from datetime import date
from math import inf
from typing import ClassVar

import msgspec

from trafficlight.domain.rules.base import Load
from trafficlight.domain.rules.share import Share
from trafficlight.domain.rules.steps import check_steps, from_shares
from trafficlight.domain.sentence import Sentence


class Usual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Yellow from 1.3, red from 2.0 of a site's baseline of patients a day, fixed on a stated date.

    The baseline is fixed because a moving one would turn everyone red on an ordinary day and call a surge
    usual within a fortnight. A site without a baseline is judged by its share of capacity, the default rule.
    Comparing with the usual volume is what Baoshan (Shanghai) did in December 2022; it printed no thresholds.
    """

    kind: ClassVar[str] = "usual"
    fixed_on: date
    baselines: Mapping[str, float]
    yellow: float = 1.3
    red: float = 2.0

    def __post_init__(self) -> None:
        check_steps(self.yellow, self.red)
        if not all(0 < baseline < inf for baseline in self.baselines.values()):
            message = "a baseline must be a number above 0"
            raise ValueError(message)

    def steps(self, load: Load) -> tuple[int, int]:
        baseline = self.baselines.get(load.site)
        if baseline is None:
            return Share().steps(load)
        return from_shares(self.yellow, self.red, baseline)

    def describe(self, site: str) -> Sentence:
        if site not in self.baselines:
            return Share().describe(site)
        return Sentence(
            "与{fixed}核定的平时就诊量相比：{yellow}倍起为黄，{red}倍起为红。"
            "倍数说明今天来的人比平时多多少，不是排队时间。",
            {"fixed": self.fixed_on, "yellow": f"{self.yellow:g}", "red": f"{self.red:g}"},
        )
