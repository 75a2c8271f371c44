"""Eight days of an invented county's reports, up to the instant at which somebody wants to see it.

Pure, and always the same but for the clock. Whatever the time of day, every light and several reasons for
none are there to be seen: some sites have a part of their own, and speak shortly before that instant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from msgspec.structs import replace

from trafficlight.actions.boards import made
from trafficlight.cli.demo_county import (
    ALL_DAY,
    GUIDE,
    NOTICE,
    SEED,
    SLUG,
    boards,
    county_sites,
    neighbour_sites,
    teams,
)
from trafficlight.domain import event as e
from trafficlight.domain.board import Board, Site, capacity_of
from trafficlight.domain.day import day_at, instant, local, service_day
from trafficlight.domain.hours import opening_at, openings_of
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.light import Light
from trafficlight.domain.rules import NEW_BOARD_RULE
from trafficlight.domain.rules.pace import course_of
from trafficlight.domain.tally import load_of

DAYS: Final = 8
"""Days before today on which the county already reported."""
FRESH: Final = timedelta(minutes=40)
"""What is told as new was reported within this time."""
SLOT: Final = timedelta(minutes=5)
"""Reports of a slot share an instant, so that eight days are written in a second."""
NIGHT: Final = time(8)
"""Until then a clinic has few hands: its capacity of the night is small."""
NIGHT_CAPACITY: Final = 8

EVENING: Final = time(18)
"""Until then a clinic that does not say its hours is there."""
LASTS: Final = timedelta(hours=3)
"""Of the desk's override."""
NOTICE_DAYS: Final = 3
"""The notice ends with the second day from today."""
BY: Final = "demo"
DESK: Final = "desk:demo"

_BUSY: Final = (0.35, 0.5, 0.6, 0.75, 0.9, 1.0, 1.15, 1.3, 1.6)
"""How much of its capacity a site fills on a day; each site keeps to one of these."""
_NEVER_SHUT: Final = 0.8
"""How much less that is of a site that never closes: at night there is nobody else to show a light."""


class Moment(NamedTuple):
    """Facts that one board's ledger receives at one instant."""

    at: datetime
    board: str
    events: tuple[e.Event, ...]


class Cast(NamedTuple):
    """Sites with a part of their own; all but the doctor are open day and night."""

    blue: str
    yellow: str
    red: str
    full: str
    closed: str
    closed_openly: str
    reopening: str
    reopened: str
    silent: str
    early: str
    overridden: str
    withdrawn: str
    confirmed: str
    doctor: str


def cast_of(sites: Iterable[Site]) -> Cast:
    """Who plays what, always the same."""
    sites = list(sites)
    open_always = [site.id for site in sites if site.hours == ALL_DAY and site.kind != "village_clinic"]
    doctor = next(site.id for site in sites if site.kind == "village_clinic")
    parts = len(Cast._fields) - 1
    step = len(open_always) // parts
    return Cast._make([*(open_always[index * step] for index in range(parts)), doctor])


def story(now: datetime) -> list[Moment]:
    """Everything that happened up to `now`, in order."""
    county, neighbour = boards()
    events: list[tuple[datetime, str, e.Event]] = []
    for board, sites in ((county, county_sites()), (neighbour, neighbour_sites())):
        events += _founding(board, sites, now)
        events += _BoardDays(board, sites, now).all()
    events.sort(key=_when)
    moments: dict[tuple[datetime, str], list[e.Event]] = defaultdict(list)
    for at, slug, event in events:
        moments[at, slug].append(event)
    return [Moment(at, slug, tuple(events)) for (at, slug), events in moments.items()]


def _when(one: tuple[datetime, str, e.Event]) -> datetime:
    return one[0]


def _founding(board: Board, sites: Sequence[Site], now: datetime) -> Iterator[tuple[datetime, str, e.Event]]:
    at = instant(_today(board, now) - timedelta(days=DAYS), time(6), board.zone)
    for site in sites:
        yield at, SYSTEM, e.SitePlaced(by=BY, site=site.id, board=board.slug)
    for event in made(board):
        yield at, board.slug, replace(event, by=BY)
    for site in sites:
        yield at, board.slug, e.SitePut(by=BY, site=site)
    if board.slug == SLUG:
        yield at, board.slug, e.TeamsSet(by=DESK, teams=teams())
        yield at, board.slug, e.GuideSet(by=DESK, text=GUIDE)
        end = instant(_today(board, now) + timedelta(days=NOTICE_DAYS), time(0), board.zone)
        yield at, board.slug, e.NoticePosted(by=DESK, notice="n1", text=NOTICE, until=end)


def _today(board: Board, now: datetime) -> date:
    return service_day(now, board.cut_off, board.zone)


class _BoardDays:
    """One board's days, told into a list of instants, slugs and events."""

    def __init__(self, board: Board, sites: Sequence[Site], now: datetime) -> None:
        self.board = board
        self.now = now
        self.today = _today(board, now)
        self.sites = {site.id: site for site in sites}
        self.cast = cast_of(sites) if board.slug == SLUG else None
        self.events: list[tuple[datetime, str, e.Event]] = []
        self.ids = Random(f"{SEED}/{board.slug}")  # noqa: S311 - invented, not secret

    def all(self) -> list[tuple[datetime, str, e.Event]]:
        players = set(self.cast or ())
        closures = self._closures() if self.cast else {}
        for site in self.sites.values():
            first, last = closures.get(site.id, (1, 1))
            for back in range(DAYS, 0, -1):
                if not first >= back > last:
                    self._ordinary_day(site, back, diligent=site.id in players)
            if site.id not in players:
                self._ordinary_day(site, 0, diligent=False)
        if self.cast:
            self._closed(self.cast)
            self._load(self.cast)
            self._desk(self.cast)
        return self.events

    def _closures(self) -> dict[str, tuple[int, int]]:
        """Between which days back a site of the cast has no counts to tell."""
        assert self.cast is not None  # noqa: S101 - asked for the county alone
        cast = self.cast
        return {
            cast.closed: (2, 0),
            cast.closed_openly: (3, 0),
            cast.reopening: (4, 0),
            cast.reopened: (6, 2),
            cast.doctor: (1, 0),
        }

    # --- telling --------------------------------------------------------------------------------------------

    def _add(self, at: datetime, event: e.Event) -> None:
        if at <= self.now:
            self.events.append((at, self.board.slug, event))

    def _report(
        self,
        at: datetime,
        site: str,
        patients: int | None = None,
        capacity_today: int | None = None,
        *,
        closed: bool | None = None,
        reopen: date | None = None,
        note: str = "",
        confirmed: bool = False,
    ) -> str:
        """Tell a report of the day that the instant belongs to; its id."""
        report = f"{self.ids.getrandbits(128):032x}"
        event = e.Reported(
            by=BY,
            id=report,
            site=site,
            service_day=_today(self.board, at),
            patients=patients,
            capacity_today=capacity_today,
            staff_infected=closed,
            expected_reopen=reopen,
            note=note,
            confirmed=confirmed,
        )
        self._add(at, event)
        return report

    def _on(self, back: int, hour: int, minute: int) -> datetime:
        return instant(self.today - timedelta(days=back), time(hour, minute), self.board.zone)

    def _near(self, share: float) -> datetime:
        """An instant shortly before now and on this very day; 0 is the longest ago, 1 is now."""
        midnight = instant(self.today, self.board.cut_off, self.board.zone)
        return self.now - min(self.now - midnight, FRESH) * (1 - share)

    # --- everybody ------------------------------------------------------------------------------------------

    def _ordinary_day(self, site: Site, back: int, *, diligent: bool) -> None:
        """The day's reports of a site like any other: in the morning, after noon, more if it never closes."""
        chance = Random(f"{SEED}/{site.id}/{back}")  # noqa: S311 - invented, not secret
        busy = Random(f"{SEED}/{site.id}").choice(_BUSY) * chance.uniform(0.8, 1.2) * (1 - back * 0.04)  # noqa: S311
        if not diligent and chance.random() > (0.7 if site.kind == "village_clinic" else 0.95):
            return
        always = site.hours == ALL_DAY
        total = capacity_of(site, self.board) * busy * (_NEVER_SHUT if always else 1)
        slots = [
            *((6, 10, 6), (20, 0, 6)) * always,
            (8, 30, 10),
            (13, 40, 9),
            *((17, 0, 6), (18, 15, 6)) * (not always),
        ]
        times = [self._on(back, hour, minute) + SLOT * chance.randrange(most) for hour, minute, most in slots]
        if always and not back:
            times.append(self._near(chance.randrange(10) / 10))
        for at in sorted(times):
            if self._is_open(site, at):
                self._report(at, site.id, round(total * self._so_far(site, at)))

    def _is_open(self, site: Site, at: datetime) -> bool:
        known = opening_at(site, self.board, at).is_open
        return NIGHT <= local(at, self.board.zone).time() < EVENING if known is None else known

    def _so_far(self, site: Site, at: datetime) -> float:
        """Which share of the day's patients has come: as the clock has it, through the opening hours."""
        board = self.board
        day = day_at(at, board.cut_off, board.report_by, board.zone)
        opening = openings_of(site, board, day)
        if not opening:
            opening = ((instant(day.day, NIGHT, board.zone), instant(day.day, EVENING, board.zone)),)
        course = course_of(opening, day.start, board.zone)
        return course.gone((at - day.start) // timedelta(microseconds=1)) / course.total

    # --- parts of their own ---------------------------------------------------------------------------------

    def _closed(self, cast: Cast) -> None:
        """Closures of every kind: with a day, without one, over today, over already, and at a doctor's."""
        today = self.today
        self._report(self._on(2, 10, 10), cast.closed, closed=True, reopen=today + timedelta(days=3))
        self._add(self._on(2, 11, 0), e.CrossConfirmed(by=DESK, site=cast.closed, confirmed=True))
        self._report(self._on(3, 16, 40), cast.closed_openly, closed=True)
        self._report(self._on(1, 9, 0), cast.closed_openly, closed=True)
        self._report(self._on(4, 9, 30), cast.reopening, closed=True, reopen=today)
        self._report(self._on(6, 9, 0), cast.reopened, closed=True, reopen=today + timedelta(days=2))
        self._report(self._on(2, 8, 35), cast.reopened, 12, closed=False, note="今日恢复接诊")
        self._report(self._on(1, 8, 30), cast.doctor, closed=True, reopen=today + timedelta(days=5))

    def _load(self, cast: Cast) -> None:
        """A blue, a yellow and a red site, one that is full, and one that was heard long ago."""
        self._busy(cast.blue, Light.BLUE, 0.9, note="下午有儿科医生")
        self._busy(cast.yellow, Light.YELLOW, 0.85)
        self._busy(cast.red, Light.RED, 0.8)
        self._busy(cast.reopened, Light.BLUE, 0.7)
        self._report(self._near(0.75), cast.full, 35, 0)
        self._report(min(self._on(0, 0, 12), self._near(0.5)), cast.early, 1)

    def _busy(self, site: str, light: Light, near: float, note: str = "") -> str:
        """A report by which the site shows the light now; of a capacity that is small at night."""
        capacity = NIGHT_CAPACITY if local(self.now, self.board.zone).time() < NIGHT else None
        at, board = self._near(near), self.board
        day = day_at(self.now, board.cut_off, board.report_by, board.zone)
        load = load_of(self.sites[site], board, day, at, capacity=capacity)
        yellow, red = NEW_BOARD_RULE.steps(load, self.now)
        count = (yellow - 1) // 2 if light is Light.BLUE else (yellow + red - 1) // 2
        if light is Light.RED:
            count = red + red // 5
        return self._report(at, site, count, capacity, note=note)

    def _desk(self, cast: Cast) -> None:
        """What the desk did, what was taken back, and what was asked about."""
        self._busy(cast.overridden, Light.BLUE, 0.4)
        override = e.Overridden(
            by=DESK,
            site=cast.overridden,
            light=Light.RED,
            reason="诊室消毒，约三小时",
            until=self.now + LASTS,
        )
        self._add(self._near(0.6), override)
        self._busy(cast.withdrawn, Light.BLUE, 0.2)
        wrong = self._busy(cast.withdrawn, Light.RED, 0.5)
        self._add(self._near(0.65), e.Withdrawn(by=BY, site=cast.withdrawn, report=wrong))
        crowd = 7 * capacity_of(self.sites[cast.confirmed], self.board)
        day = _today(self.board, self.now)
        self._add(self._near(0.3), e.AskedBack(by=BY, site=cast.confirmed, service_day=day, patients=crowd))
        self._report(self._near(0.35), cast.confirmed, crowd, confirmed=True, note="邻县病人较多")
