"""Whether there is somebody to chase now, and the text that does it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Protocol

import msgspec

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.day import local
from trafficlight.domain.due import ReportingTime, reporting_times
from trafficlight.domain.judge import judge
from trafficlight.domain.state import BoardFold
from trafficlight.publish import words
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

GRACE: Final = timedelta(minutes=10)
"""After a reporting time: who is just typing is not chased."""
LATEST: Final = timedelta(hours=2)
"""After it, nothing is sent for it any more: after an outage nobody wants the morning's message at noon."""


class Named(Protocol):
    """Whatever is told by name."""

    @property
    def name(self) -> str: ...


class Missing(msgspec.Struct, frozen=True):
    """A site that has not reported."""

    id: str
    name: str
    town: str


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of a reporting time that has passed."""

    board: Board
    due: datetime
    at: datetime
    missing: tuple[Missing, ...]


def ring_of(fold: BoardFold, at: datetime) -> Ring | None:
    """Whom to chase now; None where nobody is missing, it is too early or late, or it was rung already."""
    board = fold.board
    if board.state is not BoardState.LIVE:
        return None
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    passed: list[ReportingTime] = [call for call in reporting_times(fold, judged, at) if call.passed]
    if not passed or not passed[-1].missing:
        return None
    due = passed[-1].due
    if not GRACE <= at - due < LATEST or (fold.chased is not None and fold.chased.due >= due):
        return None
    sites = [fold.sites[site].site for site in passed[-1].missing]
    missing = sorted(
        (Missing(site.id, site.name, site.town) for site in sites),
        key=lambda one: (one.town, one.name, one.id),
    )
    return Ring(board=board, due=due, at=at, missing=tuple(missing))


def texts(ring: Ring) -> list[str]:
    """The text, the fullest first, then shorter ones for robots that take less."""
    towns = [(town, list(group)) for town, group in groupby(ring.missing, key=lambda one: one.town)]
    counted = [
        translate(N_("%(town)s：%(n)d家"), words.ZH) % {"town": town or "其他", "n": len(sites)}
        for town, sites in towns
    ]
    begin = first_line(ring.board, ring.due, ring.at, len(ring.missing), passed=True)
    end = last_lines(ring.board)
    return ["\n".join([begin, *middle, *end]) for middle in (by_town(towns), counted, [])]


def first_line(  # noqa: PLR0913 - one sentence and what it says
    board: Board, due: datetime, at: datetime, missing: int, lang: str = words.ZH, *, passed: bool
) -> str:
    """Which reporting time of which board, and how many are missing."""
    due, at = local(due, board.zone), local(at, board.zone)
    sentence = (
        N_("【%(board)s】%(day)s%(due)s应报的就诊人数，截至%(now)s还有%(n)d家没有填报：")
        if passed
        else N_("【%(board)s】请在%(day)s%(due)s前填报就诊人数。截至%(now)s还有%(n)d家没有填报：")
    )
    return translate(sentence, lang) % {
        "board": board.name,
        "day": rendering.day(due.date(), lang),
        "due": rendering.clock(due),
        "now": rendering.clock(at),
        "n": missing,
    }


def by_town(towns: Sequence[tuple[str, Sequence[Named]]], lang: str = words.ZH) -> list[str]:
    """A line for each town with the names of its sites."""
    comma = translate(N_("、"), lang)
    return [
        translate(N_("%(town)s：%(sites)s"), lang)
        % {"town": town, "sites": comma.join(s.name for s in sites)}
        if town
        else comma.join(one.name for one in sites)
        for town, sites in towns
    ]


def last_lines(board: Board, lang: str = words.ZH) -> list[str]:
    """What to do, and whom to ask."""
    lines = [translate(N_("请打开本机构的填报链接，填今天到现在为止的人数；已暂停接诊的也请报一下。"), lang)]
    if board.hotline:
        lines.append(translate(N_("链接打不开或有困难，请打%(phone)s。"), lang) % {"phone": board.hotline})
    return lines
