"""The events of the ledger. State is the fold of these, in ledger order, and nothing else.

A new event is one class here and one row in `EVENTS`. Events are versioned: when the fields of one change
meaning, its `v` rises and `UPGRADES` (in `record.py`) gains the step from the old version, so that an old
ledger stays readable. Names of types and fields are a contract: they are what `ledger export` writes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from trafficlight.domain.board import Board, Site, Team
from trafficlight.domain.light import Light


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One fact. `by` says who: `cli`, `token:<id>`, `link:<id>`, or `user:<id>`.

    In a line of the ledger the fields stand beside `board`, `position`, `at`, `type` and `v`: no field may be
    written under one of these names.
    """

    type: ClassVar[str]
    v: ClassVar[int] = 1
    by: str = ""


# --- facts of a board ---------------------------------------------------------------------------------------


class BoardPut(Event, frozen=True):
    """All settings of the board from now on."""

    type: ClassVar[str] = "board_put"
    board: Board = msgspec.field(name="settings")


class SitePut(Event, frozen=True):
    """All settings of the site from now on; a new site where there was none of this id."""

    type: ClassVar[str] = "site_put"
    site: Site


class SiteRemoved(Event, frozen=True):
    """The site left the board, to another one or into another of its sites, where page and links lead."""

    type: ClassVar[str] = "site_removed"
    site: str
    moved_to: str = ""
    merged_into: str = ""


class CarriedDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """A past day of a site that became one with another; `whole`: a last count carried to its end."""

    day: date
    patients: int | None = None
    whole: int | None = None
    capacity: int | None = None
    light: Light | None = None
    closed: bool = False


class SiteMerged(Event, frozen=True):
    """Another site of the board became one with this one, and left it by a `SiteRemoved` beside."""

    type: ClassVar[str] = "site_merged"
    site: str
    other: str
    days: tuple[CarriedDay, ...] = ()


class RuleSet(Event, frozen=True):
    """The rule from now on, of the board or of one site. Without a rule, the site follows its board again."""

    type: ClassVar[str] = "rule_set"
    site: str = ""
    rule: Mapping[str, Any] | None = None


class Reported(Event, frozen=True):
    """What a site reports of one service day. Absent fields were not reported."""

    type: ClassVar[str] = "reported"
    id: str
    site: str
    service_day: date
    patients: int | None = None
    staff_infected: bool | None = None
    capacity_today: int | None = None
    expected_reopen: date | None = None
    note: str = ""
    phone_busy: bool | None = None
    counted_at: datetime | None = None
    """When the figures were true; absent: when they were reported."""
    paused: str | None = None
    """Closed for this reason (`Pause`), and not for infection; empty: no longer."""
    cleared: tuple[str, ...] = ()
    """What of `capacity_today`, `expected_reopen` and `note` holds no longer, and nothing in its place."""
    confirmed: bool = False
    """The reporter was asked back, and confirmed the number."""


class AskedBack(Event, frozen=True):
    """A report was refused until confirmed, as implausible; the desk sees it."""

    type: ClassVar[str] = "asked_back"
    site: str
    service_day: date
    patients: int
    usual: float | None = None
    """The usual volume that it was compared with, where there was one."""


class Chased(Event, frozen=True):
    """A message about who has not reported by `due` went to the county's group; for the desk alone.

    Appended twice: before the message is sent, so that it is sent only once whatever happens, and after it.
    """

    type: ClassVar[str] = "chased"
    due: datetime
    missing: int
    outcome: str = ""
    """Empty: about to be sent; `sent`; else what went wrong."""


class MismatchReported(Event, frozen=True):
    """Somebody reported that a site is not as its page says; anonymous, and for the desk alone."""

    type: ClassVar[str] = "mismatch_told"
    site: str
    what: str
    """`wrong_phone`, `closed` (nobody opened) or `not_seen` (open, but one was turned away)."""
    about: datetime | None = None
    """When they found it so; absent: when they reported it."""


class Withdrawn(Event, frozen=True):
    """A report was withdrawn: it counts as if never made, and what the remaining ones say holds again."""

    type: ClassVar[str] = "withdrawn"
    site: str
    report: str


class Overridden(Event, frozen=True):
    """The desk set a site's light until an instant, or, without a light, ended the override."""

    type: ClassVar[str] = "overridden"
    site: str
    light: Light | None = None
    reason: str = ""
    until: datetime | None = None


class CrossConfirmed(Event, frozen=True):
    """The desk confirmed that a site is closed for infection, or found that it is not."""

    type: ClassVar[str] = "cross_confirmed"
    site: str
    confirmed: bool


class NoticePosted(Event, frozen=True):
    """A line above the board, until an instant; an empty text takes it down."""

    type: ClassVar[str] = "notice_posted"
    notice: str
    text: str
    until: datetime | None = None


class TeamsSet(Event, frozen=True):
    """All family-doctor teams of the board from now on, in the county's order; none: no list."""

    type: ClassVar[str] = "teams_set"
    teams: tuple[Team, ...] = ()


class GuideSet(Event, frozen=True):
    """The board's guide to where one goes, in Markdown; an empty text takes it down."""

    type: ClassVar[str] = "guide_set"
    text: str = ""


class ColumnsMapped(Event, frozen=True):
    """How the board's lists (`of` sites, `teams`, `counts`) are read: header → column; empty: left out."""

    type: ClassVar[str] = "columns_mapped"
    columns: Mapping[str, str] = {}
    of: str = ""


class SitesImported(Event, frozen=True):
    """A list of sites was imported: its events stand between `since` and this one. For the desk alone.

    `undoes` is the import that this one undid, or empty.
    """

    type: ClassVar[str] = "sites_imported"
    id: str
    file: str = ""
    since: int = 0
    """The board's position before it."""
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    undoes: str = ""


class ArticlePushed(Event, frozen=True):
    """The board's article was sent to the official account, or was to be: the outcome. For the desk alone."""

    type: ClassVar[str] = "article_pushed"
    outcome: str
    """`begun` (a scheduled one, claimed by one server), `added`, `updated`, `published` or `failed`."""
    day: date
    edition: int = 0
    draft: str = ""
    """The account's id of the day's draft, as long as it is one."""
    more: tuple[str, ...] = ()
    """Ids of further drafts, where one cannot hold all articles; empty in place of one that is gone."""
    parts: int = 0
    cover: str = ""
    cover_digest: str = ""
    """The account's id of the cover stored there, and the digest of its picture."""
    url: str = ""
    """Of the published article."""
    problem: str = ""
    """Why it failed, or was not published: a stable code …"""
    said: str = ""
    """… and the account's answer."""
    slot: str = ""
    """The time of day for which it was scheduled."""


# --- facts of the installation (system board) ---------------------------------------------------------------


class SitePlaced(Event, frozen=True):
    """The directory: the site id belongs to the named board from now on."""

    type: ClassVar[str] = "site_placed"
    site: str
    board: str = msgspec.field(name="of_board")


class TokenIssued(Event, frozen=True):
    """An API token was issued, for a site, a board or (neither) all; its secret is stored as a digest."""

    type: ClassVar[str] = "token_issued"
    token: str
    digest: str
    role: str = "reporter"
    site: str = ""
    board: str = msgspec.field(default="", name="of_board")
    label: str = ""


class TokenRevoked(Event, frozen=True):
    type: ClassVar[str] = "token_revoked"
    token: str


class LinkIssued(Event, frozen=True):
    """A posting link was issued, for one site, or for the sites of a town of a board."""

    type: ClassVar[str] = "link_issued"
    link: str
    digest: str
    site: str = ""
    board: str = msgspec.field(default="", name="of_board")
    town: str = ""


class LinkRevoked(Event, frozen=True):
    type: ClassVar[str] = "link_revoked"
    link: str


class LinkPinned(Event, frozen=True):
    """Whoever opens the link is asked for this PIN, known by its slow digest; empty: for none any more."""

    type: ClassVar[str] = "link_pinned"
    link: str
    digest: str = ""


class LinkSessionsEnded(Event, frozen=True):
    """Every browser that opened the link has to open it again; the link itself stays valid."""

    type: ClassVar[str] = "link_sessions_ended"
    link: str


class ConfigSet(Event, frozen=True):
    """A setting that all nodes share, such as `public_url`."""

    type: ClassVar[str] = "config_set"
    key: str
    value: str


class UserPut(Event, frozen=True):
    """Name and rights of a user of the desk from now on; a new user where there was none of this id."""

    type: ClassVar[str] = "user_put"
    user: str
    name: str
    roles: Mapping[str, str] = {}
    """By board, or under `*` on all boards: viewer, editor or admin."""


class UserRemoved(Event, frozen=True):
    """The user may no longer sign in; the history still names the user."""

    type: ClassVar[str] = "user_removed"
    user: str


class PasswordSet(Event, frozen=True):
    """The user's password, as the digest that argon2id makes of it."""

    type: ClassVar[str] = "password_set"
    user: str
    digest: str


class SecondStepSet(Event, frozen=True):
    """The user signs in with a code too, made of this seed (empty: no longer) and our secret."""

    type: ClassVar[str] = "second_step_set"
    user: str
    seed: str = ""


class SessionStarted(Event, frozen=True):
    """A user signed in; of the secret in the browser's cookie there is a digest only."""

    type: ClassVar[str] = "session_started"
    session: str
    user: str
    digest: str
    device: str = ""
    """What kind of browser, in one or two words."""
    step: int = 0
    """The number of the code that was used: no second sign-in may use it."""


class SessionEnded(Event, frozen=True):
    type: ClassVar[str] = "session_ended"
    session: str


class Unknown(Event, frozen=True):
    """An event of a type or version that this program does not know; it changes nothing and is counted."""

    type: ClassVar[str] = "unknown"
    raw: bytes


EVENTS: tuple[type[Event], ...] = (
    BoardPut,
    SitePut,
    SiteRemoved,
    SiteMerged,
    RuleSet,
    Reported,
    AskedBack,
    Chased,
    MismatchReported,
    Withdrawn,
    Overridden,
    CrossConfirmed,
    NoticePosted,
    TeamsSet,
    ColumnsMapped,
    GuideSet,
    SitesImported,
    ArticlePushed,
    SitePlaced,
    TokenIssued,
    TokenRevoked,
    LinkIssued,
    LinkRevoked,
    LinkPinned,
    LinkSessionsEnded,
    ConfigSet,
    UserPut,
    UserRemoved,
    PasswordSet,
    SecondStepSet,
    SessionStarted,
    SessionEnded,
)
