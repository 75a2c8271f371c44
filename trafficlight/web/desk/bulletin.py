"""Texts from the board's numbers: the day for the bureau, and what a site may be asked on the phone."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.accuracy import PERIODS
from trafficlight.domain.board import capacity_of
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.due import reporting_times
from trafficlight.domain.headline import headline
from trafficlight.domain.hints import Hint, HintKind, hints_of
from trafficlight.domain.judge import judge
from trafficlight.domain.light import BY_ROTA
from trafficlight.domain.state import Judged
from trafficlight.publish import words
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.lookback import SiteDays, looked, rows_of
from trafficlight.web.desk.presenter import SiteLine, site_line
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.today import closures, jumped


async def show_bulletin(desk: DeskRequest) -> web.Response:
    """Today so far."""
    fold, at = desk.fold, desk.at
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    text = list(_lines(desk, judged))
    return desk.page("desk/lookback/bulletin.html", text="\n".join(text), rows=len(text) + 4)


def _lines(desk: DeskRequest, judged: Mapping[str, Judged]) -> Iterator[str]:
    board, now = desk.fold.board, desk.local(desk.at)
    yield desk.say(N_("【%(board)s】发热就诊忙闲简报"), board=board.name)
    yield desk.say(N_("截至%(when)s"), when=words.when(now, desk.lang))
    yield ""
    if judged:
        yield _counts(desk, judged)
        yield from _calls(desk, judged)
    yield from _closures(desk, judged)
    yield from _jumps(desk)
    if board.publisher:
        yield ""
        yield board.publisher


def _counts(desk: DeskRequest, judged: Mapping[str, Judged]) -> str:
    """Stops with a rota are sites, and in none of the counts."""
    counts = headline(desk.fold, judged, desk.at).counts
    each = [(light, word, counts[light]) for light, word in words.LIGHT_WORDS.items()]
    each.append(("none", words.NO_NEWS, counts["none"]))
    stops = sum(one.reason in BY_ROTA for one in judged.values())
    if stops:
        each.append(("visit", N_("巡诊"), stops))
    parts = [
        desk.say(N_("%(mark)s%(word)s%(n)d"), mark=words.MARKS[mark], word=desk.say(word), n=count)
        for mark, word, count in each
    ]
    text = desk.say(N_("共%(n)d家机构：%(counts)s"), n=len(judged), counts=words.joined(parts, desk.lang))
    return words.ended(text, desk.lang)


def _calls(desk: DeskRequest, judged: Mapping[str, Judged]) -> Iterator[str]:
    for call in reporting_times(desk.fold, judged, desk.at):
        asked = len(call.in_time) + len(call.late) + len(call.missing)
        if not asked:
            continue
        text = (
            N_("%(due)s应报%(asked)d家，按时%(in_time)d家，晚报%(late)d家，没报%(missing)d家。")
            if call.passed
            else N_("%(due)s应报%(asked)d家，已报%(in_time)d家。")
        )
        yield desk.say(
            text,
            due=rendering.clock(desk.local(call.due)),
            asked=asked,
            in_time=len(call.in_time),
            late=len(call.late),
            missing=len(call.missing),
        )


def _closures(desk: DeskRequest, judged: Mapping[str, Judged]) -> Iterator[str]:
    closed = closures(desk, judged)
    yield ""
    if not closed:
        yield desk.say(N_("没有机构暂停接诊。"))
        return
    yield desk.say(N_("暂停接诊%(n)d家："), n=len(closed))
    for one in closed:
        if one.overdue:
            when = desk.say(N_("恢复日期已到或一周没有消息"))
        elif one.reopen:
            when = desk.say(N_("预计%(day)s恢复"), day=rendering.day(one.reopen, desk.lang))
        else:
            when = desk.say(N_("没说哪天恢复"))
        yield words.bracketed(
            one.line.name, words.joined(filter(None, (one.line.town, when)), desk.lang), desk.lang
        )


def _jumps(desk: DeskRequest) -> Iterator[str]:
    found = jumped(desk)
    if not found:
        return
    yield ""
    yield desk.say(N_("人数突然变化%(n)d家："), n=len(found))
    for line, jump in found:
        parts = []
        if jump.usual is not None:
            parts.append(
                desk.say(N_("今天已报%(n)d人，平时约%(usual)d人"), n=jump.patients, usual=jump.usual)
            )
        if jump.before is not None:
            parts.append(
                desk.say(N_("今天先报%(before)d人，后来报%(n)d人"), before=jump.before, n=jump.patients)
            )
        yield words.bracketed(
            line.name, words.joined(filter(None, (line.town, *parts)), desk.lang), desk.lang
        )


class HintQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One question about one site."""

    line: SiteLine
    question: str
    from_: str
    """The days and their numbers."""


async def show_hints(desk: DeskRequest) -> web.Response:
    """The questions by kind, of the sites that are on the board."""
    back = await looked(desk)
    rows = [row for row in rows_of(desk, back) if row.there]
    found = await asyncio.to_thread(_found, rows)
    kinds: dict[HintKind, list[HintQuestion]] = {kind: [] for kind in HintKind}
    for row, hint in found:
        state = desk.fold.sites[row.id]
        kinds[hint.kind].append(
            HintQuestion(
                line=site_line(desk.fold, state, desk.at),
                question=_QUESTIONS[hint.kind](desk, row.id, hint),
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


def _beyond(desk: DeskRequest, _site: str, hint: Hint) -> str:
    return desk.say(
        N_(
            "报了人数的%(of)d天里有%(days)d天超过了登记的%(capacity)s人，最多%(high)d人。一天其实能看多少人？登记少了，颜色会偏红。"
        ),
        of=hint.of,
        days=len(hint.days),
        capacity=_steps(desk, hint),
        high=max(hint.numbers),
    )


def _full_early(desk: DeskRequest, _site: str, hint: Hint) -> str:
    return desk.say(
        N_(
            "报“已满”的%(of)d天，报满时最多%(high)d人，登记一天能看%(capacity)s人。一天其实能看多少人？登记多了，颜色会偏蓝。"
        ),
        of=hint.of,
        high=max(hint.numbers),
        capacity=_steps(desk, hint),
    )


_QUESTIONS: Final[Mapping[HintKind, Callable[[DeskRequest, str, Hint], str]]] = {
    HintKind.SAME: _same,
    HintKind.BELOW: _below,
    HintKind.RED: _red,
    HintKind.BEYOND: _beyond,
    HintKind.FULL_EARLY: _full_early,
}


def _steps(desk: DeskRequest, hint: Hint) -> str:
    """More than one where rule or capacity changed in the period."""
    return desk.say(N_("或")).join(map(str, hint.steps))


def _numbers(hint: Hint, lang: str) -> str:
    """As in: 12月10日–12月12日 29，12月13日 28; neighbouring days with one number are told together."""
    numbered = zip(hint.days, hint.numbers, range(len(hint.days)), strict=True)
    parts = []
    for (_, count), group in groupby(numbered, key=lambda one: (one[0] - one[2] * ONE_DAY, one[1])):
        days = [day for day, _, _ in group]
        parts.append(f"{_span(days, lang)} {count}")
    return words.joined(parts, lang)


def _span(days: list[date], lang: str) -> str:
    first, last = rendering.day(days[0], lang), rendering.day(days[-1], lang)
    return first if len(days) == 1 else f"{first}–{last}"
