"""The text that asks sites for their numbers, ready to be pasted into a group or an SMS."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from trafficlight.domain.due import Call
from trafficlight.text.languages import N_
from trafficlight.web.chase.calling import by_town, first_line, last_lines
from trafficlight.web.desk.named import SiteLine
from trafficlight.web.desk.request import DeskRequest

OTHERS: Final = N_("其他")


class ChaseText(msgspec.Struct, frozen=True):
    """One text and for whom it is."""

    town: str
    """Empty: for all."""
    sites: int
    text: str


def chases(desk: DeskRequest, call: Call, missing: Sequence[SiteLine]) -> list[ChaseText]:
    """The text for all who are missing, and where they are of several towns, one for each."""
    towns = [(town, list(group)) for town, group in groupby(missing, key=lambda one: one.town)]
    made = [ChaseText("", len(missing), _text(desk, call, towns))]
    if len(towns) > 1:
        made += [
            ChaseText(town or desk.say(OTHERS), len(group), _text(desk, call, [(town, group)]))
            for town, group in towns
        ]
    return made


def _text(desk: DeskRequest, call: Call, towns: Sequence[tuple[str, list[SiteLine]]]) -> str:
    board = desk.fold.board
    missing = sum(len(group) for _, group in towns)
    begin = first_line(board, call.due, desk.at, missing, desk.lang, passed=call.passed)
    return "\n".join([begin, *by_town(towns, desk.lang), *last_lines(board, desk.lang)])
