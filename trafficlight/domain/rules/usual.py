"""Judge by a baseline that the desk fixed."""

from collections.abc import Mapping
from datetime import date, datetime
from math import inf
from typing import Annotated, Any, ClassVar

from trafficlight.domain.errors import Refused
from trafficlight.domain.rules.base import Load, RuleField
from trafficlight.domain.rules.share import Share
from trafficlight.domain.rules.steady import RED_FROM, YELLOW_FROM, SteadyRule, from_shares
from trafficlight.domain.sentence import Sentence


class Usual(SteadyRule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Yellow from 1.3, red from 2.0 of a site's baseline of patients a day, fixed on a stated date.

    The baseline is fixed because a moving one would turn everyone red on an ordinary day and call a surge
    usual within a fortnight. A site without a baseline is judged by its share of capacity, the default rule.
    Comparing with the usual volume is what Baoshan (Shanghai) did in December 2022; it printed no thresholds.
    """

    kind: ClassVar[str] = "usual"
    label: ClassVar[Sentence] = Sentence("与平时相比（倍；平时人数用保存那一刻的，以后不会自己变）")
    fixed_on: date
    baselines: Mapping[str, float]
    yellow: Annotated[float, RuleField(label=YELLOW_FROM, unit="倍", least=0.1, most=1000)] = 1.3
    red: Annotated[float, RuleField(label=RED_FROM, unit="倍", least=0.1, most=1000)] = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not all(0 < baseline < inf for baseline in self.baselines.values()):
            message = "a baseline must be a number above 0"
            raise ValueError(message)

    @classmethod
    def fixed(cls, usual: Mapping[str, float], day: date) -> Mapping[str, Any]:
        """Baselines of now: they stay until others are fixed."""
        if not usual:
            raise Refused("no_baseline")
        return {"fixed_on": day.isoformat(), "baselines": dict(sorted(usual.items()))}

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:
        baseline = self.baselines.get(load.site)
        if baseline is None:
            return Share().steps(load, at)
        return from_shares(self.yellow, self.red, baseline)

    def describe(self, site: str) -> Sentence:
        if site not in self.baselines:
            return Share().describe(site)
        return Sentence(
            "与{fixed}核定的平时就诊量相比：{yellow}倍起为黄，{red}倍起为红。"
            "倍数说明今天来的人比平时多多少，不是排队时间。",
            {"fixed": self.fixed_on, "yellow": f"{self.yellow:g}", "red": f"{self.red:g}"},
        )
