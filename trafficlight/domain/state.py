"""The state that the fold makes of events: a board, its sites, and the reports that may still matter."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import msgspec

from trafficlight.domain.board import Board, Site, Team
from trafficlight.domain.closure import Cross, CrossAct, closes
from trafficlight.domain.errors import Refused
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.rules import DEFAULT_RULE, Rule, load_rule
from trafficlight.domain.rules.pace import COMMON_RHYTHM

REPORT_RETENTION = timedelta(days=7)
"""For how long a report can be withdrawn; for so long the fold holds it whole."""
BACK_DAYS = 7
"""How many days back a report may be about."""
HISTORY_DAYS = 14
"""How many past days the pages show; the fold holds as many reported days of each site."""
MOST_ASKED_BACK = 5
"""How many of the last implausible numbers of a site the fold holds, for the desk to look at."""
GONE_RETENTION = timedelta(days=90)
"""For how long a removed or moved site has a page that says so."""
MOST_MAPPED = 200
"""Headers of a board's lists that somebody said the meaning of."""
MOST_IMPORTS = 5
"""How many of the last imports can be undone."""


class Mark(msgspec.Struct, frozen=True, order=True, gc=False, array_like=True):
    """One event of the board's ledger, by its position and instant: the last that something was made of."""

    position: int
    at: datetime


class LastLight(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The last light that a site's reports gave it: pages put it in words where there is no light now."""

    day: date
    light: Light
    at: datetime | None = None
    """When it was reported; None where it was reported on a later day only."""


class RotaSlot(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One visit to a mobile stop, on a day of its rota."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """Start and end of each part of the visit, in UTC; empty where its hours are not known."""


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False, array_like=True):
    """A site at an instant: its light with the reason, or the reason for none."""

    light: Light | None
    reason: Reason
    since: datetime
    """The last boundary: the latest instant, up to the one judged, at which time alone changes something."""
    until: datetime
    """The next boundary: until then, and without a new event, the judgement holds."""
    valid_until: datetime
    """Until when the light holds, as the public reads it."""
    is_open: bool | None = True
    """Whether it is open by its hours and special days; None where nobody knows."""
    presumed_open: bool = True
    """It is open, or nobody knows and it is within the ordinary hours of its kind. For the headline alone."""
    closes_at: datetime | None = None
    """When the opening ends, where that is so soon that whoever sets out now may come too late."""
    reported_at: datetime | None = None
    """When the site reported what the light is made of."""
    cross_since: datetime | None = None
    expected_reopen: date | None = None
    confirmed: bool = False
    """The desk confirmed the closure."""
    paused: str = ""
    """The reason of a closure other than for infection; never for the public at a one-doctor site."""
    override_reason: str = ""
    next_open: datetime | None = None
    """When a site that is not open now opens or is visited next; the day's start, if only that is known."""
    visit: RotaSlot | None = None
    """For a stop with a rota: today's visit until it is over, then the next one."""
    next_news: datetime | None = None
    """When the site is to report next, where today's report is missing or too old."""
    patients: int | None = None
    capacity: int | None = None
    last: LastLight | None = None


class Report(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A report as the fold holds it."""

    id: str
    position: int
    at: datetime
    day: date
    current: bool
    """It is about the service day on which it was made. A back-dated report corrects its own day only."""
    patients: int | None
    capacity_today: int | None
    staff_infected: bool | None
    expected_reopen: date | None
    note: str
    phone_busy: bool | None
    by: str
    counted_at: datetime | None = None
    """When its figures were true, where that is not when it was made."""
    cleared: tuple[str, ...] = ()
    """What holds no longer by it, of `capacity_today`, `expected_reopen` and `note`."""
    answer: Judged | None = None
    """The judgement at this report's position: what the public saw then, and the reporter was answered."""
    paused: str | None = None
    """The reason of a closure other than for infection; empty: it is over."""

    @property
    def closes(self) -> bool | None:
        """Whether it says that the site is closed; None where it says nothing of it."""
        return closes(self.staff_infected, self.paused)


class Tally(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What all reports of a site say of one day: of each figure, the last that was given."""

    day: date
    patients: int | None = None
    capacity_today: int | None = None
    reported_closed: bool | None = None
    """Whether the last report that says anything of a closure says that the site is closed."""
    corrected: bool | None = None
    """Whether a later report about this day says that the site was closed; it changes this day alone."""
    at: datetime | None = None
    """When what the site last said of its load on the day itself was true."""
    counted_at: datetime | None = None
    """When its count was true, where it was given on the day itself."""
    first: int | None = None
    """The day's first count and the minute at which it was true, packed: see `pack_count`."""
    closed_at: datetime | None = None
    """When the site last reported on the day itself that it is closed."""
    capacity: int | None = None
    """Patients a day that the site can see, as it was declared when the day was last judged."""
    closed: bool = False
    """Whether the site was closed at the day's end (today: is closed), by what was reported until then."""
    light: Light | None = None
    """The light of the day by the rule then in force; later changes of the rule leave past days alone."""
    whole: int | None = None
    """Patients of the whole day, the last count carried to its end; known once a later day is reported of."""
    exponent: int | None = None
    """How the day's patients came, see `pace.day_exponent`; known as `whole`, where it can be told."""


def pack_count(at: datetime, patients: int) -> int:
    """A count with the minute at which it was true, in one number: a hundred thousand sites keep 15 each."""
    return (at - _EPOCH) // _MINUTE * _COUNTS + patients


def unpack_count(packed: int) -> tuple[datetime, int]:
    """The minute and the count of `pack_count`."""
    minutes, patients = divmod(packed, _COUNTS)
    return _EPOCH + minutes * _MINUTE, patients


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_COUNTS = 10_000
"""Counts have four digits at most."""


class Override(msgspec.Struct, frozen=True):
    position: int
    light: Light
    reason: str
    until: datetime
    by: str


class RuleVersion(msgspec.Struct, frozen=True):
    """A rule, and since when it is in force; versions count from 1, the default rule is version 0."""

    version: int
    since: datetime | None
    raw: bytes
    """The rule in JSON. Empty: a site follows its board's rule again, a board the default rule."""

    @property
    def kind(self) -> str:
        """The kind of rule, whether this program knows it or not."""
        rule = self.rule()
        return rule.kind if rule else str(msgspec.json.decode(self.raw).get("kind"))

    def rule(self) -> Rule | None:
        """None where this program cannot read it, as a newer one may have set it: it shows no light then."""
        return _loaded(self.raw) if self.raw else DEFAULT_RULE


DEFAULT_VERSION = RuleVersion(version=0, since=None, raw=b"")


@lru_cache(maxsize=4096)
def _loaded(raw: bytes) -> Rule | None:
    # Cached: a rule with a thousand baselines would otherwise be decoded again for every report.
    try:
        return load_rule(msgspec.json.decode(raw))
    except Refused:
        return None


class Mismatch(msgspec.Struct, frozen=True, gc=False):
    """Somebody reported that a site is not as its page says."""

    what: str
    received_at: datetime
    about: datetime
    """When they found it so."""


class ImplausibleCount(msgspec.Struct, frozen=True, gc=False):
    """A number that was refused until confirmed, as implausible."""

    position: int
    at: datetime
    day: date
    patients: int
    usual: float | None


class SiteState(msgspec.Struct):
    site: Site
    touched: Mark
    """The last event about this site."""
    light_changed: Mark
    """The last event that changed its light or the reason for it."""
    listed: datetime | None = None
    """Since when the site is on the board."""
    reports: list[Report] = []
    """Its reports of the last seven days, in ledger order."""
    tallies: list[Tally] = []
    """Its figures by day, ascending; only days that were reported of."""
    rhythm: int = COMMON_RHYTHM
    """How its patients come today, by the days before: see `pace.rhythm_of`."""
    compacted: list[Tally] = []
    """The figures of reports that are no longer held, of days that newer reports may still correct."""
    compacted_at: datetime | None = None
    """When the last of those reports was made: what is older can no longer be told apart."""
    closed_days: tuple[date, ...] = ()
    """Of the last days that ended before that: those on which the site was closed, ascending."""
    cross: Cross | None = None
    compacted_cross: Cross | None = None
    cross_acts: list[CrossAct] = []
    override: Override | None = None
    override_over: bool = False
    """A closure that was reported later has ended the override."""
    rota_at: datetime | None = None
    """When the rota was last changed: dates in it without a year are near this."""
    last_report_at: datetime | None = None
    current_report_at: datetime | None = None
    """The same, of reports about the day on which they were made."""
    phone_busy_at: datetime | None = None
    rules: list[RuleVersion] = []
    """The site's exceptions from the board's rule, oldest first."""
    mismatches: list[Mismatch] = []
    """The last ones, oldest first; for the desk alone."""
    asked_back: tuple[ImplausibleCount, ...] = ()
    """The last implausible numbers, oldest first; for the desk alone."""


class Gone(msgspec.Struct, frozen=True):
    """A site that left the board."""

    site: Site
    mark: Mark
    moved_to: str = ""
    merged_into: str = ""
    """The site of the same board that it became one with."""


class Notice(msgspec.Struct, frozen=True):
    text: str
    until: datetime | None
    mark: Mark


class Imported(msgspec.Struct, frozen=True):
    """An import of sites, as far as it is needed to undo it."""

    id: str
    mark: Mark
    since: int
    by: str
    file: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    undoes: str


class Pushed(msgspec.Struct, frozen=True):
    """The last article that was sent to the official account: the outcome, and which drafts lie there."""

    mark: Mark
    by: str
    outcome: str
    day: date
    drafts: tuple[str, ...]
    """Ids of the drafts, in order; empty in place of one that no longer exists."""
    parts: int
    cover: str
    cover_digest: str
    url: str
    problem: str
    answer: str


class ChaseMessage(msgspec.Struct, frozen=True):
    """The last message to the county's group about who has not reported."""

    due: datetime
    at: datetime
    missing: int
    outcome: str


class BoardFold(msgspec.Struct):
    """A board at one position of its ledger; there is none before the board was put."""

    slug: str
    board: Board
    position: int
    """Of the last event."""
    at: datetime
    """When the last event was appended."""
    edition_mark: Mark
    """The last event that may have changed what the public sees: its position is the edition's number."""
    header: Mark
    """The last event about the board as a whole."""
    shape: Mark
    """The last event about which sites there are and what they are; before one, the first `board_put`."""
    sites: dict[str, SiteState] = {}
    gone: dict[str, Gone] = {}
    merged: dict[str, str] = {}
    """Sites that became one with another → that one: links and tokens lead there for good."""
    rules: list[RuleVersion] = []
    unreadable: set[str] = set()
    """The sites, and as the empty name the board, whose last rule this program cannot read."""
    notices: dict[str, Notice] = {}
    teams: tuple[Team, ...] = ()
    teams_at: datetime | None = None
    """When the list of teams was last set."""
    guide: str = ""
    guide_at: datetime | None = None
    columns: dict[str, Mapping[str, str]] = {}
    """How its lists of sites (empty), `teams` and `counts` are read: header → column, or empty: left out."""
    imports: list[Imported] = []
    """The last imports, oldest first; for the desk alone."""
    used: dict[str, datetime] = {}
    """When each posting link, as reports name it (`link:…`), was last used; for the desk alone."""
    pushed: Pushed | None = None
    chased: ChaseMessage | None = None
    """For the desk alone."""
    ignored: int = 0
    """Number of events that made no sense where they stand, or that this program does not know."""
    asked_back: int = 0
    """Number of implausible counts that were asked back."""

    @property
    def edition(self) -> int:
        """The number of the board's edition."""
        return self.edition_mark.position


def state_of(fold: BoardFold, site: str) -> SiteState | None:
    """The site under its id, or under that of one that it became one with."""
    return fold.sites.get(site) or fold.sites.get(fold.merged.get(site, ""))


def tally_of(state: SiteState, day: date) -> Tally | None:
    """The site's figures of the day, if there are any."""
    for tally in reversed(state.tallies):
        if tally.day <= day:
            return tally if tally.day == day else None
    return None


def rule_in_force(fold: BoardFold, state: SiteState, at: datetime) -> RuleVersion:
    """The site's rule at an instant: its exception, else the board's, else the default."""
    for versions in (state.rules, fold.rules):
        for version in reversed(versions):
            if version.since is None or version.since <= at:
                if not version.raw and versions is state.rules:
                    break
                return version
    return DEFAULT_VERSION
