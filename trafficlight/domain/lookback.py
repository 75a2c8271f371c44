"""Past days of a whole board: the light of each site, when it reported, how many patients it had.

Replayed from the ledger. Lights are those that the public saw then, whatever was corrected later; the number
of patients is what is known now.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board import Board
from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.day import ONE_DAY, Today, local, today
from trafficlight.domain.due import reporting_times
from trafficlight.domain.event import CrossConfirmed, Event, Reported, Withdrawn
from trafficlight.domain.judge import steps_of, today_at
from trafficlight.domain.light import BY_ROTA, Light, Reason
from trafficlight.domain.looks import DayLooks, LooksBuilder
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay, Segment, concerns, segments_between, site_named
from trafficlight.domain.rota import absent_on, rota_of
from trafficlight.domain.state import BACK_DAYS, Mark, Report, SiteState, Tally, rule_in_force
from trafficlight.domain.tally import USUAL_DAYS

MOST_DAYS: Final = 92
"""A `DayWalk` that goes on and on holds so many days."""
NONE: Final = "none"
"""In place of a light: the site was open and showed no light."""
_NOT_COUNTED: Final = BY_ROTA | {Reason.HOURS_UNKNOWN}
"""Without a light, but not for want of a report."""
_MOMENT: Final = timedelta(microseconds=1)
_IRRELEVANT_BEFORE: Final = 30 * ONE_DAY
"""Reports so long before the first day change nothing in it, unless the site was ever closed: a report is
about a day at most seven days back, and can be withdrawn for seven days …"""
_RELEVANT_DAYS: Final = USUAL_DAYS + 2 * BACK_DAYS
"""… and unless they are of its last reported days, by which its rhythm and its usual volume are known."""
_REPORTABLE_FOR: Final = (BACK_DAYS + 1) * ONE_DAY
"""A report may be about a day so far back: one more than seven, for the cut-off."""


class Blank(StrEnum):
    """Why a site had no light on a day."""

    UNREPORTED = "unreported"
    SHUT = "shut"
    """Closed all day by its hours, special days or rota: no report was due."""
    VISIT = "visit"
    """A stop with a rota was visited: it shows its visit instead of a light."""
    LIGHTS_OFF = "lights_off"
    """The board was paused or had ended: the public saw no lights."""


class Punctuality(StrEnum):
    """How a site answered a reporting time."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSING = "missing"


class SiteDay(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One site on one service day that is over."""

    day: date
    mark: Light | Blank
    """The light that it showed longest while it was open, of two as long the later one. Without any: the
    light that follows from its reports of the day, or why there is none."""
    seconds: Mapping[str, int]
    """How long it showed each light while it was open, and under `NONE` no light."""
    answers: Mapping[str, Punctuality]
    """By reporting time on the board's clock (`09:00`); only those at which the site was to report."""
    patients: int | None
    judged: tuple[int, tuple[int, int]] | None
    """The day's last count that a rule judged, and the counts from which yellow and red began."""
    looks: DayLooks | None
    """What whoever looked saw; None where nothing was to be seen: shut, visited, the board paused."""
    last: Light | None = None
    rule: tuple[str, int] | None = None
    reported: tuple[datetime, datetime] | None = None
    """The light shown last while open; the rule at the day's end; the day's own first and last report."""


class Lookback(msgspec.Struct, frozen=True, kw_only=True):
    """Past days of a board, site by site."""

    days: tuple[date, ...]
    """Ascending."""
    position: int
    """Of the last record that was read."""
    sites: Mapping[str, Mapping[date, SiteDay]]
    """By site and day; only sites and days with something to show."""


def days_before(board: Board, at: datetime, number: int) -> tuple[date, ...]:
    """The last `number` service days that are over, ascending."""
    day = today_at(board, at).day
    return tuple(day - back * ONE_DAY for back in range(number, 0, -1))


class DayWalk:
    """Reads a board's ledger day by day, and goes on later from where it stopped. Not safe across threads."""

    def __init__(self, board: Board, since: date) -> None:
        self.since = since
        """The first day that it collects."""
        self.position = 0
        """Of the last record that was read."""
        self._slug = board.slug
        self._start = today(since, board.cut_off, board.report_by, board.zone).start
        self._of_all: list[Record] = []
        self._sites: dict[str, _SiteReplay] = {}

    def advance(self, records: Sequence[Record], until: datetime) -> None:
        """Read the records that come next, then go on to the instant at which the last day has ended."""
        old = self._start - _IRRELEVANT_BEFORE
        closed = {
            site_named(record.event) for record in records if record.at < old and _of_closure(record.event)
        }
        relevant = _relevant_since(record for record in records if record.at < old)
        for record in records:
            self.position = record.position
            event, site = record.event, site_named(record.event)
            if (
                record.at < old
                and isinstance(event, Reported)
                and site not in closed
                and event.service_day < relevant[site]
            ):
                continue
            if site:
                self._site(site).take(record)
            elif concerns(record.event, site):
                self._of_all.append(record)
                for walking in self._sites.values():
                    walking.take(record)
        for walking in self._sites.values():
            walking.advance(until)

    def lookback(self, days: Sequence[date]) -> Lookback:
        """These days, as far as the ledger has been read."""
        sites = {site: found for site, walking in self._sites.items() if (found := walking.days(days))}
        return Lookback(days=tuple(days), position=self.position, sites=sites)

    def _site(self, site: str) -> "_SiteReplay":
        walking = self._sites.get(site)
        if walking is None:
            walking = self._sites[site] = _SiteReplay(self._slug, site, self._start)
            for record in self._of_all:
                walking.take(record)
        return walking


def look_back(board: Board, records: Sequence[Record], number: int, at: datetime) -> Lookback:
    """The board's last so many days that are over at the instant, from its whole ledger."""
    days = days_before(board, at, number)
    walk = DayWalk(board, days[0])
    walk.advance(records, today_at(board, at).start)
    return walk.lookback(days)


def _relevant_since(records: Iterable[Record]) -> dict[str, date]:
    """By site, the first of the last days that these reports are about."""
    days: dict[str, set[date]] = {}
    for record in records:
        if isinstance(record.event, Reported):
            days.setdefault(record.event.site, set()).add(record.event.service_day)
    return {site: sorted(known)[-_RELEVANT_DAYS:][0] for site, known in days.items()}


def _of_closure(event: Event) -> bool:
    return isinstance(event, CrossConfirmed) or (
        isinstance(event, Reported) and (event.staff_infected is not None or event.paused is not None)
    )


class _SiteReplay:
    """The walk through one site's days."""

    def __init__(self, slug: str, site: str, start: datetime) -> None:
        self._replay = Replay(slug)
        self._site = site
        self._at = start
        self._touched: Mark | None = None
        self._builders: dict[date, _DayBuilder] = {}
        self._known: dict[date, Tally] = {}
        """By day, from all reports read so far."""
        self._reports: dict[date, dict[str, Report]] = {}
        """By day and id: those that were not withdrawn, as they were made."""

    def take(self, record: Record) -> None:
        """Go on to the record, and apply it."""
        self.advance(record.at)
        self._replay.apply(record)
        fold = self._replay.fold
        state = fold.sites.get(self._site) if fold else None
        if fold is None or state is None or state.touched == self._touched:
            return
        self._touched = state.touched
        if isinstance(record.event, Withdrawn):  # a day may have lost all its reports
            since = today_at(fold.board, record.at).day - _REPORTABLE_FOR
            self._known = {day: known for day, known in self._known.items() if day < since}
            for reports in self._reports.values():
                reports.pop(record.event.report, None)
        elif isinstance(record.event, Reported):
            last = replace(state.reports[-1], answer=None)
            self._reports.setdefault(last.day, {})[last.id] = last
        # The fold drops old tallies and reports; here they are needed longer.
        self._known.update((tally.day, tally) for tally in state.tallies)

    def advance(self, until: datetime) -> None:
        """Go on to the instant, with the site as it stands."""
        for segment in segments_between(self._replay.fold, self._site, self._at, until):
            board = segment.fold.board
            now = today_at(board, segment.since)
            builder = self._builders.get(now.day)
            if builder is None or builder.now != now:
                builder = self._builders[now.day] = _DayBuilder(now)
                self._forget(now.day - MOST_DAYS * ONE_DAY)
            builder.take(segment, board)
        self._at = max(self._at, until)

    def days(self, days: Sequence[date]) -> dict[date, SiteDay]:
        found = {}
        for day in days:
            builder = self._builders.get(day)
            reports = self._reports.get(day, {})
            result = builder.result(self._known.get(day), reports.values()) if builder else None
            if result:
                found[day] = result
        return found

    def _forget(self, since: date) -> None:
        """Drop the days before that one."""
        if self._builders and min(self._builders) < since:
            self._builders = {day: one for day, one in self._builders.items() if day >= since}
            self._known = {day: one for day, one in self._known.items() if day >= since}
            self._reports = {day: one for day, one in self._reports.items() if day >= since}


class _DayBuilder:
    """One day of one site, built up segment by segment."""

    def __init__(self, now: Today) -> None:
        self.now = now
        self.seconds: dict[str, int] = {}
        self.last: Light | None = None
        """The last light that it showed."""
        self.judged: tuple[int, tuple[int, int]] | None = None
        self.answers: dict[str, Punctuality] = {}
        self.rule: tuple[str, int] | None = None
        self.blank: Blank | None = None
        """Known once the site was on the board to the day's end."""
        self.looks = LooksBuilder(now)

    def take(self, segment: Segment, board: Board) -> None:
        judged, has_lights = segment.judged, shows_lights(board)
        if judged.is_open is not False and has_lights and judged.reason not in _NOT_COUNTED:
            light = str(judged.light or NONE)
            length = round((segment.until - segment.since).total_seconds())
            self.seconds[light] = self.seconds.get(light, 0) + length
            self.last = judged.light or self.last
        if has_lights and judged.reason not in BY_ROTA:
            self.looks.take(segment, board)
        steps = steps_of(segment.fold, segment.state, segment.since) if judged.reason is Reason.RULE else None
        if steps is not None and judged.patients is not None:
            self.judged = judged.patients, steps
        if segment.until == self.now.end:
            self.blank = _blank(segment.state, board, self.now.day)
            rule = rule_in_force(segment.fold, segment.state, segment.since)
            self.rule = rule.kind, rule.version
            self.answers = _answers(segment, board, self.now) if has_lights and board.report_by else {}

    def result(self, tally: Tally | None, reports: Collection[Report]) -> SiteDay | None:
        """The day, with what its reports say of it by now; None where there is nothing to show."""
        mark = self._mark(tally.light if tally else None)
        if mark is None:
            return None
        came = [report.at for report in reports if report.current]
        return SiteDay(
            day=self.now.day,
            mark=mark,
            seconds=self.seconds,
            answers=self.answers,
            patients=tally.patients if tally else None,
            judged=self.judged,
            looks=self.looks.result(reports, tally),
            last=self.last,
            rule=self.rule,
            reported=(min(came), max(came)) if came else None,
        )

    def _mark(self, light: Light | None) -> Light | Blank | None:
        lengths = {Light(one): length for one, length in self.seconds.items() if one != NONE and length}
        if not lengths:
            return light if light and self.blank is not Blank.LIGHTS_OFF else self.blank
        longest = max(lengths.values())
        if self.last and lengths.get(self.last) == longest:
            return self.last
        return next(one for one, length in lengths.items() if length == longest)


def _blank(state: SiteState, board: Board, day: date) -> Blank | None:
    if not shows_lights(board):
        return Blank.LIGHTS_OFF
    if absent_on(state, board, day):
        return Blank.SHUT
    if rota_of(state, board):
        return Blank.VISIT
    # On the day on which it came onto the board no report was expected of it.
    start = today(day, board.cut_off, board.report_by, board.zone).start
    return None if state.listed and state.listed > start else Blank.UNREPORTED


def _answers(segment: Segment, board: Board, now: Today) -> dict[str, Punctuality]:
    """How the site answered each reporting time, as the desk saw it in the day's last moment."""
    site, listed, answers = segment.state.site.id, segment.state.listed, {}
    for call in reporting_times(segment.fold, {site: segment.judged}, now.end - _MOMENT):
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
    """A day's patients, of all sites that reported a number, and how many sites these are."""

    patients: int
    sites: int


class PunctualityCount(msgspec.Struct, frozen=True):
    """How many sites reported in time, late or not at all for one reporting time of one day."""

    in_time: int
    late: int
    missing: int

    @property
    def expected(self) -> int:
        """How many sites were to report."""
        return self.in_time + self.late + self.missing

    @property
    def percent(self) -> int:
        """How many in a hundred reported in time: rounded down, so that only all of them are 100."""
        return self.in_time * 100 // self.expected if self.expected else 0


def patients_by_day(back: Lookback) -> dict[date, PatientSum]:
    """By day, ascending; on a day on which no site reported a number it is 0 of 0 sites."""
    patients: Counter[date] = Counter()
    sites: Counter[date] = Counter()
    for one in _within(back):
        if one.patients is not None:
            patients[one.day] += one.patients
            sites[one.day] += 1
    return {day: PatientSum(patients[day], sites[day]) for day in back.days}


def punctuality_by_day(back: Lookback) -> dict[date, dict[str, PunctualityCount]]:
    """By day, ascending, and reporting time; a time at which no site was to report is missing."""
    counts: dict[date, dict[str, Counter[Punctuality]]] = {day: {} for day in back.days}
    for one in _within(back):
        for clock, answer in one.answers.items():
            counts[one.day].setdefault(clock, Counter())[answer] += 1
    return {
        day: {
            clock: PunctualityCount(*(count[one] for one in Punctuality))
            for clock, count in sorted(times.items())
        }
        for day, times in counts.items()
    }


def seconds_by_light(days: Iterable[SiteDay]) -> Mapping[str, int]:
    """How many seconds a site showed each light, and none, while it was open, over all the days."""
    total: Counter[str] = Counter()
    for one in days:
        total.update(one.seconds)
    return total


def _within(back: Lookback) -> Iterable[SiteDay]:
    first = back.days[0]
    return (one for days in back.sites.values() for day, one in days.items() if day >= first)
