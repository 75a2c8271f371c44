"""`/desk/boards/…/lookback/hints`: what a site may be asked on the phone, with the numbers it comes from."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.board import capacity_of
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.hints import Hint, HintKind, hints_of
from trafficlight.publish import lines, words
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.lookback.period import PERIODS, SiteDays, looked, rows_of
from trafficlight.web.desk.named import SiteLine, line
from trafficlight.web.desk.request import DeskRequest


class HintQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question about one site."""

    line: SiteLine
    said: str
    from_: str
    """The days and their numbers."""


async def show(desk: DeskRequest) -> web.Response:
    """The questions by kind, of the sites that are on the board."""
    back = await looked(desk)
    rows = [row for row in rows_of(desk, back) if row.there]
    found = await asyncio.to_thread(_found, rows)
    kinds: dict[HintKind, list[HintQuestion]] = {kind: [] for kind in HintKind}
    for row, hint in found:
        state = desk.fold.sites[row.id]
        kinds[hint.kind].append(
            HintQuestion(
                line=line(desk.fold, state, desk.at),
                said=_SAYS[hint.kind](desk, row.id, hint),
                from_=_numbers(hint, desk.lang),
            )
        )
    return desk.page("desk/lookback/hints.html", back=back, periods=PERIODS, kinds=kinds)


def _found(rows: list[SiteDays]) -> list[tuple[SiteDays, Hint]]:
    return [(row, hint) for row in rows for hint in hints_of([row.days[day] for day in sorted(row.days)])]


def _same(desk: DeskRequest, _site: str, hint: Hint) -> str:
    return desk.say(
        N_("报了人数的%(of)d天，每天最后都是%(n)d人。是照着前一天填的吗？"), of=hint.of, n=hint.numbers[0]
    )


def _below(desk: DeskRequest, _site: str, hint: Hint) -> str:
    assert hint.light is not None  # noqa: S101 - hints of this kind have one
    return desk.say(
        N_("报了人数的%(of)d天里有%(days)d天，最后一个数刚好没到变“%(light)s”的%(steps)s人。也可能是巧合。"),
        of=hint.of,
        days=len(hint.days),
        light=desk.say(words.PILLS[hint.light]),
        steps=_steps(desk, hint),
    )


def _red(desk: DeskRequest, site: str, hint: Hint) -> str:
    board, state = desk.fold.board, desk.fold.sites[site]
    return desk.say(
        N_(
            "报了人数的%(of)d天，天天到了变红的%(steps)s人，最少%(low)d人，最多%(high)d人。现在登记一天能看%(capacity)d人，对吗？"
        ),
        of=hint.of,
        steps=_steps(desk, hint),
        low=min(hint.numbers),
        high=max(hint.numbers),
        capacity=capacity_of(state.site, board),
    )


_SAYS: Final[Mapping[HintKind, Callable[[DeskRequest, str, Hint], str]]] = {
    HintKind.SAME: _same,
    HintKind.BELOW: _below,
    HintKind.RED: _red,
}


def _steps(desk: DeskRequest, hint: Hint) -> str:
    """More than one where rule or capacity changed in the period."""
    return desk.say(N_("或")).join(map(str, hint.steps))


def _numbers(hint: Hint, lang: str) -> str:
    """As in: 12月10日–12月12日 29，12月13日 28; neighbouring days with one number are told together."""
    told = zip(hint.days, hint.numbers, range(len(hint.days)), strict=True)
    said = []
    for (_, count), group in groupby(told, key=lambda one: (one[0] - one[2] * ONE_DAY, one[1])):
        days = [day for day, _, _ in group]
        said.append(f"{_span(days, lang)} {count}")
    return lines.joined(said, lang)


def _span(days: list[date], lang: str) -> str:
    first, last = rendering.day(days[0], lang), rendering.day(days[-1], lang)
    return first if len(days) == 1 else f"{first}–{last}"
