"""What the fold keeps: a board, its sites, and of each the reports that may still matter."""

from datetime import date, datetime, timedelta
from functools import lru_cache

import msgspec

from trafficlight.domain.board import Board, Site, Team
from trafficlight.domain.light import Light, Reason
from trafficlight.domain.rules import DEFAULT_RULE, Rule, load_rule

REPORT_RETENTION = timedelta(days=7)
"""For so long a report can be withdrawn and is kept whole."""
BACK_DAYS = 7
"""A report may be about a day so far back."""
USUAL_DAYS = 14
"""So many reported days are kept for the usual volume …"""
USUAL_WITHIN = timedelta(days=90)
"""… unless they are older than this."""
HISTORY_DAYS = 14
"""So many days gone by are told: as many reported ones are kept."""
CROSS_LASTS = timedelta(days=7)
"""Without a word for so long, a closure is no longer believed."""
MOST_ASKED_BACK = 5
"""Numbers asked back that are kept of a site: the desk looks at the last ones."""
GONE_RETENTION = timedelta(days=90)
"""A removed or moved site keeps a page saying so for so long."""
MOST_IMPORTS = 5
"""So many of the last imports can be taken back."""


class Mark(msgspec.Struct, frozen=True, order=True, gc=False):
    """A place in the board's ledger: of what an edition or a page is made."""

    position: int
    at: datetime


class LastLight(msgspec.Struct, frozen=True, gc=False):
    """The last light that a site's reports gave it, told in words where there is none now."""

    day: date
    light: Light
    at: datetime | None = None
    """When it was reported; None where it was only told on a later day."""


class RotaSlot(msgspec.Struct, frozen=True, gc=False):
    """A visit to a stop with a rota."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """From when to when, in UTC; empty where its hours are not known."""


class Judged(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A site at an instant: its light with the reason, or the reason for none."""

    light: Light | None
    reason: Reason
    since: datetime
    """The latest instant, up to the one judged, at which time alone may have changed something."""
    until: datetime
    """The next such instant: until then and without a new event, this holds."""
    valid_until: datetime
    """Until when the light stands, as the public is told."""
    is_open: bool = True
    """Open by its hours and special days, or these decide nothing; whatever the light."""
    reported_at: datetime | None = None
    """When the site said what the light rests on."""
    cross_since: datetime | None = None
    expected_reopen: date | None = None
    confirmed: bool = False
    """The desk confirmed the closure."""
    override_reason: str = ""
    next_open: datetime | None = None
    """When it opens or is visited, where it is not open now.

    Where the hours of the visit are not known, the start of its day.
    """
    visit: RotaSlot | None = None
    """Today's visit, until it is over, or the next one, to a stop with a rota."""
    next_news: datetime | None = None
    """When the site is to report next, where today's news is missing or old."""
    patients: int | None = None
    capacity: int | None = None
    steps: tuple[int, int] | None = None
    """From which counts, true when this one was, yellow and red begin; where a rule judged."""
    last: LastLight | None = None


class Report(msgspec.Struct, frozen=True, gc=False):
    """A report as the fold keeps it."""

    id: str
    position: int
    at: datetime
    day: date
    current: bool
    """About the service day on which it was made; a back-dated one corrects its own day only."""
    patients: int | None
    capacity_today: int | None
    staff_infected: bool | None
    expected_reopen: date | None
    note: str
    phone_busy: bool | None
    by: str
    answer: Judged | None = None
    """What the public saw from then on, at this very position: what the reporter was answered."""


class Tally(msgspec.Struct, frozen=True, gc=False):
    """What a site's reports say of one day, taken together: of each figure, the last that was given."""

    day: date
    patients: int | None = None
    capacity_today: int | None = None
    staff_infected: bool | None = None
    corrected: bool | None = None
    """What was said of the day's closure on a later day; it concerns this day alone."""
    at: datetime | None = None
    """When the site last spoke of its load on the day itself."""
    closed_at: datetime | None = None
    """When the site last said on the day itself that it is closed."""
    capacity: int | None = None
    """What the site can see in a day, as it was declared when the day was last judged."""
    closed: bool = False
    """Whether the site stood closed at the day's end, or stands so, by what was said on time."""
    light: Light | None = None
    """The light that followed, by the rule then in force; a day gone by keeps it."""


class Cross(msgspec.Struct, frozen=True, gc=False):
    """Closed because staff are infected."""

    since: datetime
    renewed_at: datetime
    """When somebody last spoke of it."""
    reported_at: datetime
    """When the site itself did."""
    reopen: date | None = None
    confirmed: bool = False


class CrossAct(msgspec.Struct, frozen=True, gc=False):
    """The desk confirmed or ended a closure."""

    position: int
    at: datetime
    confirmed: bool


class Override(msgspec.Struct, frozen=True):
    position: int
    light: Light
    reason: str
    until: datetime
    by: str


class RuleVersion(msgspec.Struct, frozen=True):
    """A rule and since when it judges; versions count from 1, the default rule is version 0."""

    version: int
    since: datetime | None
    raw: bytes
    """Its plain form in JSON; empty takes an exception back (a site) or stands for the default (a board)."""

    def rule(self) -> Rule:
        return _loaded(self.raw) if self.raw else DEFAULT_RULE


DEFAULT_VERSION = RuleVersion(version=0, since=None, raw=b"")


@lru_cache(maxsize=4096)
def _loaded(raw: bytes) -> Rule:
    # A rule with a thousand baselines is not read again for every report that it judges.
    return load_rule(msgspec.json.decode(raw))


class Mismatch(msgspec.Struct, frozen=True, gc=False):
    """Somebody found the site not as its page says."""

    what: str
    received_at: datetime
    about: datetime
    """When that was."""


class ImplausibleCount(msgspec.Struct, frozen=True, gc=False):
    """A number that was not taken but asked back as implausible."""

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
    """The last event that changed what it shows."""
    listed: datetime | None = None
    """Since when it is on the board."""
    reports: list[Report] = []
    """Those of the last seven days, in ledger order."""
    tallies: list[Tally] = []
    """Reported days, ascending."""
    compacted: list[Tally] = []
    """What reports too old to be kept said of days that newer ones may still correct."""
    compacted_at: datetime | None = None
    """When the last of those reports was made."""
    closed_days: tuple[date, ...] = ()
    """Of the last days that ended before that: those on which the site stood closed, ascending."""
    cross: Cross | None = None
    compacted_cross: Cross | None = None
    cross_acts: list[CrossAct] = []
    override: Override | None = None
    override_over: bool = False
    """A closure reported later took its place."""
    rota_at: datetime | None = None
    """When the rota was told as it stands."""
    last_report_at: datetime | None = None
    phone_busy_at: datetime | None = None
    rules: list[RuleVersion] = []
    """Exceptions of this site from the board's rule, oldest first."""
    mismatches: list[Mismatch] = []
    """The last that were told, oldest first; for the desk alone."""
    asked_back: tuple[ImplausibleCount, ...] = ()
    """The last numbers that were asked back, oldest first; for the desk alone."""


class Gone(msgspec.Struct, frozen=True):
    """A site that left the board."""

    site: Site
    mark: Mark
    moved_to: str = ""


class Notice(msgspec.Struct, frozen=True):
    text: str
    until: datetime | None
    mark: Mark


class Imported(msgspec.Struct, frozen=True):
    """A list of sites that went in, as far as it is needed to take it back."""

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
    """What became of the last article that was sent to the official account, and what lies there."""

    mark: Mark
    by: str
    outcome: str
    day: date
    drafts: tuple[str, ...]
    """In their order; empty in place of one that is none any more."""
    parts: int
    cover: str
    cover_digest: str
    url: str
    problem: str
    answer: str


class Chase(msgspec.Struct, frozen=True):
    """The last time that the county's group was told who has not reported."""

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
    """The last event that may have changed what anybody is shown: the edition of the board."""
    header: Mark
    """The last event about the board as a whole."""
    shape: Mark
    """The last event about which sites there are and what they are; before one, the first `board_put`."""
    sites: dict[str, SiteState] = {}
    gone: dict[str, Gone] = {}
    rules: list[RuleVersion] = []
    notices: dict[str, Notice] = {}
    teams: tuple[Team, ...] = ()
    teams_at: datetime | None = None
    """When the list of teams was last set."""
    guide: str = ""
    guide_at: datetime | None = None
    imports: list[Imported] = []
    """The last lists that went in, oldest first; for the desk alone."""
    used: dict[str, datetime] = {}
    """By posting link, as reports name it (`link:…`): when it was last reported by; for the desk alone."""
    pushed: Pushed | None = None
    chased: Chase | None = None
    """For the desk alone."""
    ignored: int = 0
    """Events that made no sense where they stand, or that this program does not know."""
    asked_back: int = 0

    @property
    def edition(self) -> int:
        """The position that the board's edition has."""
        return self.edition_mark.position


def tally_of(state: SiteState, day: date) -> Tally | None:
    """What was said of the day, if anything."""
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


def usual_volume(state: SiteState, day: date) -> float | None:
    """The median of the last 14 reported days within 90 before the day; None where there is none.

    It judges nothing; it serves plausibility and suggestions.
    """
    days = [
        tally.patients
        for tally in state.tallies
        if tally.patients is not None and day - USUAL_WITHIN <= tally.day < day
    ]
    counts = sorted(days[-USUAL_DAYS:])
    if not counts:
        return None
    middle = len(counts) // 2
    return float(counts[middle]) if len(counts) % 2 else (counts[middle - 1] + counts[middle]) / 2
