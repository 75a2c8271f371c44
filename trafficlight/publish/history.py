"""The days gone by of a site, as its page tells them."""

from datetime import date, datetime

from trafficlight.domain.board import Board
from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.judge import known_since, light_on, today_at
from trafficlight.domain.slots import absent_on, rota_of
from trafficlight.domain.state import TOLD_DAYS, BoardFold, SiteState
from trafficlight.publish import words
from trafficlight.publish.view import Day
from trafficlight.text.languages import N_, translate


def history(fold: BoardFold, state: SiteState, at: datetime, lang: str) -> tuple[Day, ...]:
    """The last 14 days, newest first, today not among them, and none before the site was there."""
    board = fold.board
    today, first, told = today_at(board, at).day, known_since(board, state), []
    for past in (today - back * ONE_DAY for back in range(1, TOLD_DAYS + 1)):
        if past < first:
            break
        known = light_on(fold, state, past)
        light = known.light if known else None
        mark, word = (
            (words.MARKS[light], words.LIGHT_WORDS[light]) if light else _without_light(state, board, past)
        )
        told.append(Day(day=past, light=light, mark=mark, word=translate(word, lang)))
    return tuple(told)


def _without_light(state: SiteState, board: Board, day: date) -> tuple[str, str]:
    """The mark and the word of a day gone by on which the site gave no light."""
    stop, absent = rota_of(state, board) is not None, absent_on(state, board, day)
    if absent:
        return "–", N_("无巡诊") if stop else N_("休诊")
    return (words.MARKS["visit"], N_("巡诊")) if stop else (words.MARKS["none"], N_("未报"))
