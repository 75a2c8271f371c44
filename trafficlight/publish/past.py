"""The days gone by of a site, as its page tells them."""

from datetime import date, datetime, timedelta

from trafficlight.domain.board import Board
from trafficlight.domain.judge import light_on, today_at
from trafficlight.domain.state import BoardFold, SiteState
from trafficlight.domain.visit import absent_on, rota_of
from trafficlight.publish import words
from trafficlight.publish.languages import N_, translate
from trafficlight.publish.view import Day


def history(fold: BoardFold, state: SiteState, at: datetime, days: int, lang: str) -> tuple[Day, ...]:
    """So many days before the one of the instant, newest first."""
    board = fold.board
    assert board is not None  # noqa: S101 - only boards that were put are told of
    today, told = today_at(board, at).day, []
    for past in (today - ahead * timedelta(days=1) for ahead in range(1, days + 1)):
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
