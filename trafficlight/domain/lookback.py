"""Days gone by of a whole board: what each site showed, when it reported, whom it saw.

Told again from the ledger, by the very pieces that a statement is made of: what was shown is what the public
saw then, whatever was corrected later. How many patients there were is what is known now.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from trafficlight.domain.board import Board, BoardState
from trafficlight.domain.day import ONE_DAY, Today, local, today
from trafficlight.domain.due import reporting_times
from trafficlight.domain.event import CrossConfirmed, Event, Reported, Withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.light import BY_ROTA, Light
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Piece, Replay, between, concerns, named_by
from trafficlight.domain.rota import absent_on, rota_of
from trafficlight.domain.state import BACK_DAYS, Mark, SiteState

MOST_DAYS: Final = 92
"""So many days are kept by a walk that goes on and on."""
LIGHTS_OFF: Final = frozenset({BoardState.PAUSED, BoardState.ENDED})
NONE: Final = "none"
"""In place of a light: the site was open and showed none."""
_MOMENT: Final = timedelta(microseconds=1)
_FORGOTTEN: Final = 30 * ONE_DAY
"""What a site said of its load so long before the first day is of no account any more, unless it was ever
closed: reports are kept for seven days, and days may be spoken of for as long."""
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


class Punctuality(StrEnum):
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
    answers: Mapping[str, Punctuality]
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


class DayWalk:
    """Goes through a board's ledger day by day, and on from where it is when there is more. One thread's."""

    def __init__(self, board: Board, since: date) -> None:
        self.since = since
        """The first day that it tells of."""
        self.position = 0
        """Of the last record that it has read."""
        self._slug = board.slug
        self._start = today(since, board.cut_off, board.report_by, board.zone).start
        self._of_all: list[Record] = []
        self._sites: dict[str, _Site] = {}

    def advance(self, records: Sequence[Record], until: datetime) -> None:
        """Read the records that come next, and go on to the instant, where the last day has ended."""
        old = self._start - _FORGOTTEN
        closed = {
            named_by(record.event) for record in records if record.at < old and _of_closure(record.event)
        }
        for record in records:
            self.position = record.position
            site = named_by(record.event)
            if record.at < old and isinstance(record.event, Reported) and site not in closed:
                continue
            if site:
                self._site(site).take(record)
            elif concerns(record.event, site):
                self._of_all.append(record)
                for walking in self._sites.values():
                    walking.take(record)
        for walking in self._sites.values():
            walking.reach(until)

    def lookback(self, days: Sequence[date]) -> Lookback:
        """These days, as far as it has come."""
        told = {site: found for site, walking in self._sites.items() if (found := walking.told(days))}
        return Lookback(days=tuple(days), position=self.position, sites=told)

    def _site(self, site: str) -> "_Site":
        walking = self._sites.get(site)
        if walking is None:
            walking = self._sites[site] = _Site(self._slug, site, self._start)
            for record in self._of_all:
                walking.take(record)
        return walking


def _of_closure(event: Event) -> bool:
    return isinstance(event, CrossConfirmed) or (
        isinstance(event, Reported) and event.staff_infected is not None
    )


class _Site:
    """One site on the way."""

    def __init__(self, slug: str, site: str, start: datetime) -> None:
        self._replay = Replay(slug)
        self._site = site
        self._at = start
        self._touched: Mark | None = None
        self._made: dict[date, _Day] = {}
        self._known: dict[date, tuple[int | None, Light | None]] = {}
        """What its reports say of the days, as is known now."""

    def take(self, record: Record) -> None:
        """To the record, and past it."""
        self.reach(record.at)
        self._replay.apply(record)
        fold = self._replay.fold
        state = fold.sites.get(self._site) if fold else None
        if fold is None or state is None or state.touched == self._touched:
            return
        self._touched = state.touched
        if isinstance(record.event, Withdrawn):  # a day may have lost all that was said of it
            since = today_at(fold.board, record.at).day - _STILL_TOLD
            self._known = {day: told for day, told in self._known.items() if day < since}
        # Kept here before they are let go of there.
        self._known.update((tally.day, (tally.patients, tally.light)) for tally in state.tallies)

    def reach(self, until: datetime) -> None:
        """Up to the instant, as the site stands."""
        for piece in between(self._replay.fold, self._site, self._at, until):
            board = piece.fold.board
            now = today_at(board, piece.since)
            making = self._made.get(now.day)
            if making is None or making.now != now:
                making = self._made[now.day] = _Day(now)
                self._forget(now.day - MOST_DAYS * ONE_DAY)
            making.take(piece, board)
        self._at = max(self._at, until)

    def told(self, days: Sequence[date]) -> dict[date, SiteDay]:
        found = {}
        for day in days:
            making = self._made.get(day)
            told = making.done(*self._known.get(day, (None, None))) if making else None
            if told:
                found[day] = told
        return found

    def _forget(self, since: date) -> None:
        """Days before that one are told no more."""
        if self._made and min(self._made) < since:
            self._made = {day: made for day, made in self._made.items() if day >= since}
            self._known = {day: told for day, told in self._known.items() if day >= since}


class _Day:
    """A day in the making."""

    def __init__(self, now: Today) -> None:
        self.now = now
        self.seconds: dict[str, int] = {}
        self.last: Light | None = None
        """The last light shown."""
        self.judged: tuple[int, tuple[int, int]] | None = None
        self.answers: dict[str, Punctuality] = {}
        self.blank: Blank | None = None
        """Known once the site was there to the day's end."""

    def take(self, piece: Piece, board: Board) -> None:
        judged, lit = piece.judged, board.state not in LIGHTS_OFF
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
    if board.state in LIGHTS_OFF:
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


def _answers(piece: Piece, board: Board, now: Today) -> dict[str, Punctuality]:
    """As the desk saw it in the day's last moment."""
    site, listed, answers = piece.state.site.id, piece.state.listed, {}
    for call in reporting_times(piece.fold, {site: piece.judged}, now.end - _MOMENT):
        if listed and call.due < listed:
            continue
        clock = f"{local(call.due, board.zone):%H:%M}"
        for answer, sites in (
            (Punctuality.IN_TIME, call.in_time),
            (Punctuality.LATE, call.late),
            (Punctuality.MISSING, call.missing),
        ):
            if sites:
                answers[clock] = answer
    return answers


# --- days counted together ----------------------------------------------------------------------------------


class PatientSum(msgspec.Struct, frozen=True):
    """A day's patients, of so many sites that gave a number."""

    patients: int
    sites: int


class PunctualityCount(msgspec.Struct, frozen=True):
    """How the sites that were to report answered one reporting time of one day."""

    in_time: int
    late: int
    missing: int

    @property
    def expected(self) -> int:
        """All that were to report."""
        return self.in_time + self.late + self.missing

    @property
    def percent(self) -> int:
        """Of those asked, how many in time: rounded down, so that only all of them are 100."""
        return self.in_time * 100 // self.expected if self.expected else 0


def patients_by_day(back: Lookback) -> dict[date, PatientSum]:
    """By day, ascending; a day on which no site gave a number has none."""
    patients: Counter[date] = Counter()
    sites: Counter[date] = Counter()
    for told in _within(back):
        if told.patients is not None:
            patients[told.day] += told.patients
            sites[told.day] += 1
    return {day: PatientSum(patients[day], sites[day]) for day in back.days}


def punctuality_by_day(back: Lookback) -> dict[date, dict[str, PunctualityCount]]:
    """By day, ascending, and reporting time; a time that no site was to answer is missing."""
    counts: dict[date, dict[str, Counter[Punctuality]]] = {day: {} for day in back.days}
    for told in _within(back):
        for clock, answer in told.answers.items():
            counts[told.day].setdefault(clock, Counter())[answer] += 1
    return {
        day: {
            clock: PunctualityCount(*(count[one] for one in Punctuality))
            for clock, count in sorted(times.items())
        }
        for day, times in counts.items()
    }


def seconds_by_light(days: Iterable[SiteDay]) -> Mapping[str, int]:
    """How long a site showed each light while it was open, and none, over all the days."""
    total: Counter[str] = Counter()
    for told in days:
        total.update(told.seconds)
    return total


def _within(back: Lookback) -> Iterable[SiteDay]:
    first = back.days[0]
    return (told for days in back.sites.values() for day, told in days.items() if day >= first)
