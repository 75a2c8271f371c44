"""A kind of rule whose light depends on the instant, on the opening and on when the count was true."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

import msgspec

from trafficlight.domain.light import Light
from trafficlight.domain.rules.base import Load, RuleField
from trafficlight.domain.sentence import Sentence


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Blue; yellow from the middle of the day's opening on; red `minutes` after the count was true."""

    kind: ClassVar[str] = "clock"
    label: ClassVar[Sentence] = Sentence("报数后过了多久（分钟）")
    minutes: Annotated[int, RuleField(label=Sentence("多少分钟后是红"), unit="分钟", least=1, most=600)] = 30

    @classmethod
    def fixed(cls, usual: Mapping[str, float], day: date) -> Mapping[str, Any]:  # noqa: ARG003 - nothing is
        return {}

    def _turns(self, load: Load) -> tuple[datetime, datetime]:
        """When it turns yellow and when red, on whole minutes."""
        red = _minute(load.counted_at + timedelta(minutes=self.minutes))
        if not load.opening:
            return red, red
        opens, shuts = load.opening[0][0], load.opening[-1][1]
        return min(_minute(opens + (shuts - opens) / 2), red), red

    def light(self, load: Load, at: datetime) -> Light:
        yellow, red = self._turns(load)
        return Light.RED if at >= red else Light.YELLOW if at >= yellow else Light.BLUE

    def crossings(self, load: Load, after: datetime, until: datetime) -> list[datetime]:
        return sorted({turn for turn in self._turns(load) if after < turn <= until})

    def steps(self, load: Load, at: datetime) -> tuple[int, int]:
        yellow, red = self._turns(load)
        return (0 if at >= yellow else 10_000), (0 if at >= red else 10_000)

    def outlook(self, load: Load, at: datetime) -> Sentence:
        return Sentence("报数后的时间说明一切：{light}", {"light": self.light(load, at).value})

    def describe(self, site: str) -> Sentence:  # noqa: ARG002 - the same for every site
        return Sentence("报数{minutes}分钟后为红。", {"minutes": self.minutes})


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
