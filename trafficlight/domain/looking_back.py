"""Days gone by of a whole board: what each site showed, when it reported, whom it saw.

Told again from the ledger, by the very pieces that a statement is made of: what was shown is what the public
saw then, whatever was corrected later. How many patients there were is what is known now.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.day import ONE_DAY, Today, local, today
from trafficlight.domain.due import calls
from trafficlight.domain.event import Event, Reported, Withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import BY_ROTA, Light
from trafficlight.domain.record import Record
from trafficlight.domain.state import BACK_DAYS, SiteState
from trafficlight.domain.tracing import Piece, pieces, told_apart
from trafficlight.domain.visit import absent_on, rota_of

UNLIT: Final = frozenset({BoardState.PAUSED, BoardState.ENDED})
NONE: Final = "none"
"""In place of a light: the site was open and showed none."""
_MOMENT: Final = timedelta(microseconds=1)
_STILL_TOLD: Final = (BACK_DAYS + 1) * ONE_DAY
"""A day so far back may still be spoken of; one more than seven, for the cut-off."""


class Blank(StrEnum):
    """Why a site had no light on a day."""

    UNREPORTED = "unreported"
    SHUT = "shut"
    """Nobody was there by its hours, special days or rota: it owed nothing."""
    VISIT = "visit"
    """A stop with a rota was visited: it shows its visit instead of a light."""
    UNLIT = "unlit"
    """The board was paused or had ended: nobody was shown a light."""


class Answer(StrEnum):
    """How a site answered a reporting time."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSING = "missing"


class SiteDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One site on one service day that is over."""

    day: date
    mark: Light | Blank
    """The light that it showed longest while it was open, of two the later; without one, the light that its
    reports gave the day."""
    seconds: Mapping[str, int]
    """How long it showed each light while it was open, and under `NONE` how long none."""
    answers: Mapping[str, Answer]
    """By reporting time as the board's clock has it (`09:00`); only those that the site was to answer."""
    patients: int | None
    judged: tuple[int, tuple[int, int]] | None
    """The day's last count that a rule judged then, and from which counts yellow and red began."""


class Lookback(msgspec.Struct, frozen=True, kw_only=True):
    """Days of a board."""

    days: tuple[date, ...]
    """Ascending."""
    position: int
    """Of the last record that was read."""
    sites: Mapping[str, Mapping[date, SiteDay]]
    """Every site that was on the board on one of the days; a day on which it was not is missing."""


def days_before(board: Board, at: datetime, number: int) -> tuple[date, ...]:
    """The last so many service days that are over, ascending."""
    day = today_at(board, at).day
    return tuple(day - back * ONE_DAY for back in range(number, 0, -1))


def look_back(board: Board, records: Sequence[Record], days: Sequence[date]) -> Lookback:
    """The days, which are over, as they are known after the records."""
    last = records[-1] if records else None
    told = {}
    for site, own in told_apart(records).items():
        found = _days(board, site, own, days, own[-1].at + _MOMENT)
        if found:
            told[site] = found
    return Lookback(days=tuple(days), position=last.position if last else 0, sites=told)


def is_of_the_past(event: Event, day: date) -> bool:
    """Whether an event kept on `day` may change what is told of the days before it.

    What was shown then was shown; only how many patients there were may become known later.
    """
    return isinstance(event, Withdrawn) or (isinstance(event, Reported) and event.service_day < day)


class _Day:
    """A day in the making."""

    def __init__(self, now: Today) -> None:
        self.now = now
        self.seconds: dict[str, int] = {}
        self.last: Light | None = None
        """The last light shown."""
        self.judged: tuple[int, tuple[int, int]] | None = None
        self.answers: dict[str, Answer] = {}
        self.blank: Blank | None = None
        """Known once the site was there to the day's end."""

    def take(self, piece: Piece, board: Board) -> None:
        judged, lit = piece.judged, board.state not in UNLIT
        if judged.is_open and lit and judged.reason not in BY_ROTA:
            shown = str(judged.light or NONE)
            self.seconds[shown] = self.seconds.get(shown, 0) + round(
                (piece.until - piece.since).total_seconds()
            )
            self.last = judged.light or self.last
        if judged.steps is not None and judged.patients is not None:
            self.judged = judged.patients, judged.steps
        if piece.until == self.now.end:
            self.blank = _blank(piece.state, board, self.now.day)
            self.answers = _answers(piece, board, self.now) if lit and board.report_by else {}

    def done(self, patients: int | None, light: Light | None) -> SiteDay | None:
        """The day, with what its reports say of it as is known now; None where there is nothing to tell."""
        mark = self._mark(light)
        if mark is None:
            return None
        return SiteDay(
            day=self.now.day,
            mark=mark,
            seconds=self.seconds,
            answers=self.answers,
            patients=patients,
            judged=self.judged,
        )

    def _mark(self, light: Light | None) -> Light | Blank | None:
        shown = {Light(one): length for one, length in self.seconds.items() if one != NONE and length}
        if not shown:
            return light if light and self.blank is not Blank.UNLIT else self.blank
        longest = max(shown.values())
        if self.last and shown.get(self.last) == longest:
            return self.last
        return next(one for one, length in shown.items() if length == longest)


def _blank(state: SiteState, board: Board, day: date) -> Blank | None:
    if board.state in UNLIT:
        return Blank.UNLIT
    if absent_on(state, board, day):
        return Blank.SHUT
    if rota_of(state, board):
        return Blank.VISIT
    # On the day on which it came onto the board nobody waited for it.
    listed = state.listed
    return (
        None
        if listed and listed > today(day, board.cut_off, board.report_by, board.zone).start
        else Blank.UNREPORTED
    )


def _answers(piece: Piece, board: Board, now: Today) -> dict[str, Answer]:
    """As the desk saw it in the day's last moment."""
    site, listed, answers = piece.state.site.id, piece.state.listed, {}
    for call in calls(piece.fold, {site: piece.judged}, now.end - _MOMENT):
        if listed and call.due < listed:
            continue
        clock = f"{local(call.due, board.zone):%H:%M}"
        for answer, sites in (
            (Answer.IN_TIME, call.in_time),
            (Answer.LATE, call.late),
            (Answer.MISSING, call.missing),
        ):
            if sites:
                answers[clock] = answer
    return answers


def _days(
    board: Board, site: str, records: Iterable[Record], days: Sequence[date], heard: datetime
) -> dict[date, SiteDay]:
    """`heard`: just after the last record, whose words are heard though the days were over before it."""
    first, last = (today(day, board.cut_off, board.report_by, board.zone) for day in (days[0], days[-1]))
    made: dict[date, _Day] = {}
    known: dict[date, tuple[int | None, Light | None]] = {}
    touched = None
    for piece in pieces(site, records, first.start, max(last.end, heard)):
        of = piece.fold.board
        assert of is not None  # noqa: S101 - there are no pieces of a board that was never put
        now = today_at(of, piece.since)
        if piece.state.touched != touched:
            touched = piece.state.touched
            _note(known, piece.state, now.day)
        making = made.get(now.day)
        if making is None or making.now != now:
            making = made[now.day] = _Day(now)
        making.take(piece, of)
    return {
        day: found for day in days if day in made and (found := made[day].done(*known.get(day, (None, None))))
    }


def _note(known: dict[date, tuple[int | None, Light | None]], state: SiteState, day: date) -> None:
    """Keep what the site's tallies say, before they are let go of; what was taken back is gone."""
    for old in [one for one in known if one >= day - _STILL_TOLD]:
        del known[old]
    for tally in state.tallies:
        known[tally.day] = tally.patients, tally.light
