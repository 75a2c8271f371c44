"""Who owes a report: the reporting times of the day against when a site last spoke."""

from datetime import date, datetime

from trafficlight.domain.board import Board
from trafficlight.domain.day import Today
from trafficlight.domain.judge import shut_on, today_at
from trafficlight.domain.light import Light
from trafficlight.domain.state import Judged, SiteState
from trafficlight.domain.visit import rota_of


def asked_since(now: Today, at: datetime) -> datetime | None:
    """Since when a report answers the last reporting time that has passed; None before the day's first one.

    What came after the reporting time before it, or after the day's start, is in time for it.
    """
    passed = [due for due in now.due if due <= at]
    if not passed:
        return None
    return passed[-2] if len(passed) > 1 else now.start


def owes(state: SiteState, judged: Judged, board: Board, at: datetime) -> bool:
    """Whether the site is to be chased: a reporting time has passed, and it has not spoken in time for it.

    Sites closed for infection have spoken; sites shut on the day need not, and stops with a rota never.
    """
    now = today_at(board, at)
    since = asked_since(now, at)
    if since is None or judged.light is Light.CROSS or not reports_on(state, board, now.day):
        return False
    return state.heard_at is None or state.heard_at < since


def reports_on(state: SiteState, board: Board, day: date) -> bool:
    """Whether the site is to report on that date: it is not shut, and is no stop with a rota."""
    return not shut_on(state.site, board, day) and rota_of(state, board) is None
