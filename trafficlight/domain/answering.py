"""Which of a site's phones is answered at an instant, by the times that the list gives with the numbers.

What 白天 and 夜间 mean is nobody's rule; here they are read as 8:00-18:00 and 18:00-8:00. What does not parse
surely hides no number and sends nobody away from one.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.domain.hours import Opening, Week, open_state, parse_hours
from trafficlight.domain.phone import Phone

DAYTIME: Final = "8:00-18:00"
NIGHT: Final = "18:00-次日8:00"

_DAY_WORD: Final = re.compile(r"白天|白班|日间|日班|(?<![\w])白(?![\w])")
_NIGHT_WORD: Final = re.compile(r"夜间|夜晚|夜里|夜班|晚上|晚间|晚班|(?<![\w])[夜晚](?![\w])")
_DAYS: Final = re.compile(r"周|星期|礼拜|工作日|双休日|每[天日]")
_CLOCK: Final = re.compile(r"\d\s*[:时点]")


class Answered(IntEnum):
    """Whether a number is answered now, in the order in which numbers are shown."""

    SURELY = 0
    PERHAPS = 1
    """Nobody said when, or not so that it could be read."""
    NOT_NOW = 2


class Answering(msgspec.Struct, frozen=True):
    """The phones of a site at an instant, and between which instants that holds."""

    each: tuple[Answered, ...]
    """In the order of the list."""
    since: datetime | None
    until: datetime | None


def answering(phones: Sequence[Phone], at: datetime, zone: str) -> Answering | None:
    """Which of the numbers are answered at the instant; None where no number says anything of times."""
    for phone in phones:  # most numbers say nothing of times, and every report comes by here
        if phone.when:
            break
    else:
        return None
    turns = [_opening(phone.when, at, zone) if phone.when else None for phone in phones]
    known = [turn for turn in turns if turn]
    return Answering(
        each=tuple(
            Answered.PERHAPS if turn is None else Answered.SURELY if turn.is_open else Answered.NOT_NOW
            for turn in turns
        ),
        since=max((turn.since for turn in known if turn.since), default=None),
        until=min((turn.until for turn in known if turn.until), default=None),
    )


def _opening(when: str, at: datetime, zone: str) -> Opening | None:
    week = parse_when(when)
    return open_state(week, {}, at, zone) if week else None


@lru_cache(maxsize=4096)
def parse_when(text: str) -> Week | None:
    """The week in which a number is answered; None where that is not sure.

    Days alone (工作日) are meant from midnight to midnight; holidays are no weekdays, and decide nothing.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if _CLOCK.search(plain):
        return parse_hours(plain) or parse_hours(_DAY_WORD.sub("", plain))
    told = _NIGHT_WORD.sub(NIGHT, _DAY_WORD.sub(DAYTIME, plain))
    days_alone = told == plain and _DAYS.search(plain) and "时间" not in plain
    return parse_hours(told) or (parse_hours(f"{told} 24小时") if days_alone else None)
