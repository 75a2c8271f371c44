"""The text that asks sites for their numbers, ready to be pasted into a group or an SMS."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import msgspec

from trafficlight.domain.due import Call
from trafficlight.publish import words
from trafficlight.publish.languages import N_
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
    due, now = visit.local(call.due), visit.local(visit.at)
    begin = (
        N_("【%(board)s】%(day)s%(due)s应报的就诊人数，截至%(now)s还有%(n)d家没有填报：")
        if call.passed
        else N_("【%(board)s】请在%(day)s%(due)s前填报就诊人数。截至%(now)s还有%(n)d家没有填报：")
    )
    comma = visit.say(N_("、"))
    told = [
        visit.say(
            begin,
            board=board.name,
            day=words.day(due.date(), visit.lang),
            due=words.clock(due),
            now=words.clock(now),
            n=sum(len(group) for _, group in towns),
        ),
        *(
            visit.say(N_("%(town)s：%(sites)s"), town=town, sites=comma.join(one.name for one in group))
            if town
            else comma.join(one.name for one in group)
            for town, group in towns
        ),
        visit.say(N_("请打开本机构的填报链接，填今天到现在为止的人数；已暂停接诊的也请报一下。")),
    ]
    if board.hotline:
        told.append(visit.say(N_("链接打不开或有困难，请打%(phone)s。"), phone=board.hotline))
    return "\n".join(told)
