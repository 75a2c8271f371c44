"""The text that asks sites for their numbers, ready to be pasted into a group or an SMS."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from trafficlight.domain.due import Call
from trafficlight.publish.languages import N_
from trafficlight.web.chase.calling import by_town, first_line, last_lines
from trafficlight.web.desk.named import Line
from trafficlight.web.desk.visit import Visit

OTHERS: Final = N_("其他")


class Chase(msgspec.Struct, frozen=True):
    """One text and for whom it is."""

    town: str
    """Empty: for all."""
    sites: int
    text: str


def chases(visit: Visit, call: Call, missing: Sequence[Line]) -> list[Chase]:
    """The text for all who are missing, and where they are of several towns, one for each."""
    towns = [(town, list(group)) for town, group in groupby(missing, key=lambda one: one.town)]
    made = [Chase("", len(missing), _text(visit, call, towns))]
    if len(towns) > 1:
        made += [
            Chase(town or visit.say(OTHERS), len(group), _text(visit, call, [(town, group)]))
            for town, group in towns
        ]
    return made


def _text(visit: Visit, call: Call, towns: Sequence[tuple[str, list[Line]]]) -> str:
    board = visit.fold.board
    assert board is not None  # noqa: S101 - pages of a board are of one that was put
    missing = sum(len(group) for _, group in towns)
    begin = first_line(board, call.due, visit.at, missing, visit.lang, passed=call.passed)
    return "\n".join([begin, *by_town(towns, visit.lang), *last_lines(board, visit.lang)])
