"""`/desk/boards/…/lookback/bulletin`: the day in a text to be copied, as the bureau reports it."""

from collections.abc import Iterator, Mapping

from aiohttp import web

from trafficlight.domain.due import calls
from trafficlight.domain.headline import headline
from trafficlight.domain.judge import judge
from trafficlight.domain.light import BY_ROTA
from trafficlight.domain.state import Judged
from trafficlight.publish import lines, words
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.today import closures, jumped


async def show(desk: DeskRequest) -> web.Response:
    """Today so far."""
    fold, at = desk.fold, desk.at
    judged = {site: judge(fold, state, at) for site, state in fold.sites.items()}
    told = list(_lines(desk, judged))
    return desk.page("desk/lookback/bulletin.html", text="\n".join(told), rows=len(told) + 4)


def _lines(desk: DeskRequest, judged: Mapping[str, Judged]) -> Iterator[str]:
    board, now = desk.fold.board, desk.local(desk.at)
    yield desk.say(N_("【%(board)s】发热就诊忙闲简报"), board=board.name)
    yield desk.say(N_("截至%(when)s"), when=lines.when(now, desk.lang))
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
    each.append(("none", N_("无信息"), counts["none"]))
    stops = sum(one.reason in BY_ROTA for one in judged.values())
    if stops:
        each.append(("visit", N_("巡诊"), stops))
    shown = [
        desk.say(N_("%(mark)s%(word)s%(n)d"), mark=words.MARKS[mark], word=desk.say(word), n=count)
        for mark, word, count in each
    ]
    text = desk.say(N_("共%(n)d家机构：%(counts)s"), n=len(judged), counts=lines.joined(shown, desk.lang))
    return lines.ended(text, desk.lang)


def _calls(desk: DeskRequest, judged: Mapping[str, Judged]) -> Iterator[str]:
    for call in calls(desk.fold, judged, desk.at):
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
        yield lines.bracketed(
            one.line.name, lines.joined(filter(None, (one.line.town, when)), desk.lang), desk.lang
        )


def _jumps(desk: DeskRequest) -> Iterator[str]:
    found = jumped(desk)
    if not found:
        return
    yield ""
    yield desk.say(N_("人数突然变化%(n)d家："), n=len(found))
    for line, jump in found:
        told = []
        if jump.usual is not None:
            told.append(desk.say(N_("今天已报%(n)d人，平时约%(usual)d人"), n=jump.patients, usual=jump.usual))
        if jump.before is not None:
            told.append(
                desk.say(N_("今天先报%(before)d人，后来报%(n)d人"), before=jump.before, n=jump.patients)
            )
        yield lines.bracketed(line.name, lines.joined(filter(None, (line.town, *told)), desk.lang), desk.lang)
