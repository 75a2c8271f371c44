"""The facts of the ledger. State is the fold of these, in ledger order, and nothing else.

A new event is one class here and one row in `EVENTS`. Events are versioned: when the fields of one change
meaning, its `v` rises and `UPGRADES` (in `coding.py`) gains the step from the old one, so that an old ledger
stays readable.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from trafficlight.domain.board import Board, Site, Team
from trafficlight.domain.light import Light


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One fact. `by` says who: `cli`, `token:<id>`, `link:<id>`, or `user:<id>`.

    In a line of the ledger the fields stand beside `board`, `position`, `at`, `type` and `v`: none is kept
    under one of these names.
    """

    type: ClassVar[str]
    v: ClassVar[int] = 1
    by: str = ""


# --- facts of a board ---------------------------------------------------------------------------------------


class BoardPut(Event, frozen=True):
    """The board's settings from now on, whole."""

    type: ClassVar[str] = "board_put"
    board: Board = msgspec.field(name="settings")


class SitePut(Event, frozen=True):
    """The site's settings from now on, whole; a new site where there was none of this id."""

    type: ClassVar[str] = "site_put"
    site: Site


class SiteRemoved(Event, frozen=True):
    """The site left the board, for `moved_to` if that is not empty."""

    type: ClassVar[str] = "site_removed"
    site: str
    moved_to: str = ""


class RuleSet(Event, frozen=True):
    """The rule from now on, for the board or one site; without a rule the site follows the board again."""

    type: ClassVar[str] = "rule_set"
    site: str = ""
    rule: Mapping[str, Any] | None = None


class Reported(Event, frozen=True):
    """What a site says of one day. Absent fields were not said."""

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
    confirmed: bool = False
    """The reporter was asked back and stood by the number."""


class AskedBack(Event, frozen=True):
    """A report was not taken but asked back as implausible; the desk sees it."""

    type: ClassVar[str] = "asked_back"
    site: str
    service_day: date
    patients: int
    usual: float | None = None
    """The usual volume it was compared with, where there was one."""


class Chased(Event, frozen=True):
    """The county's group was told who has not reported by `due`; for the desk alone.

    Said twice: when it begins, so that it is told once whatever happens, and how it went.
    """

    type: ClassVar[str] = "chased"
    due: datetime
    missing: int
    outcome: str = ""
    """Empty: begun; `sent`; else what went wrong."""


class MismatchReported(Event, frozen=True):
    """Somebody found a site not as its page says; anonymous, and for the desk alone."""

    type: ClassVar[str] = "mismatch_told"
    site: str
    what: str
    """`wrong_phone`, `closed` (nobody opened) or `not_seen` (open, but one was turned away)."""
    about: datetime | None = None
    """When that was; absent: when it was told."""


class Withdrawn(Event, frozen=True):
    """A report is as if never made; what the remaining ones say holds again."""

    type: ClassVar[str] = "withdrawn"
    site: str
    report: str


class Overridden(Event, frozen=True):
    """The desk sets a site's light until an instant; without a light, an override ends."""

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
    """A line for everyone who reads the board, until an instant; an empty text takes it back."""

    type: ClassVar[str] = "notice_posted"
    notice: str
    text: str
    until: datetime | None = None


class TeamsSet(Event, frozen=True):
    """The board's family-doctor teams from now on, all of them in the county's order; none: no list."""

    type: ClassVar[str] = "teams_set"
    teams: tuple[Team, ...] = ()


class GuideSet(Event, frozen=True):
    """The board's guide to where one goes, in Markdown; an empty text takes it back."""

    type: ClassVar[str] = "guide_set"
    text: str = ""


class SitesImported(Event, frozen=True):
    """A list of sites went in: what it put stands between `since` and this. For the desk alone.

    `undoes` is the import that was taken back by this one, if it was.
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
    """What became of sending the board's article to the official account. For the desk alone."""

    type: ClassVar[str] = "article_pushed"
    outcome: str
    """`begun` (a scheduled one, taken by one server), `added`, `updated`, `published` or `failed`."""
    day: date
    edition: int = 0
    draft: str = ""
    """The account's id of the day's draft, as long as it is one."""
    more: tuple[str, ...] = ()
    """Those of further ones, where the articles are too many for one; empty in place of one that is none."""
    parts: int = 0
    cover: str = ""
    cover_digest: str = ""
    """The account's id of the cover that lies there, and which picture that is."""
    url: str = ""
    """Of the published article."""
    problem: str = ""
    """Why it failed, or was not published: a stable code …"""
    said: str = ""
    """… and what the account said of it."""
    slot: str = ""
    """The time of day for which it was scheduled."""


# --- facts of the installation (system board) ---------------------------------------------------------------


class SitePlaced(Event, frozen=True):
    """The directory: the site id is the named board's from now on."""

    type: ClassVar[str] = "site_placed"
    site: str
    board: str = msgspec.field(name="of_board")


class TokenIssued(Event, frozen=True):
    """An API token exists; its secret is kept as a digest. `site` or `board` bound it, neither means all."""

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
    """A posting link exists, for one site, or for the sites of a town of a board."""

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
    """Whoever comes by the link is asked for a PIN, kept as its slow digest; without one, no more."""

    type: ClassVar[str] = "link_pinned"
    link: str
    digest: str = ""


class LinkSessionsEnded(Event, frozen=True):
    """Every browser that came in by the link has to come by it again; the link itself stays."""

    type: ClassVar[str] = "link_sessions_ended"
    link: str


class ConfigSet(Event, frozen=True):
    """A setting that all nodes share, such as `public_url`."""

    type: ClassVar[str] = "config_set"
    key: str
    value: str


class UserPut(Event, frozen=True):
    """A user of the desk, with name and rights from now on; a new one where there was none of this id."""

    type: ClassVar[str] = "user_put"
    user: str
    name: str
    roles: Mapping[str, str] = {}
    """By board, or under `*` on all boards: viewer, editor or admin."""


class UserRemoved(Event, frozen=True):
    """The user is none any more; what was done is still the user's."""

    type: ClassVar[str] = "user_removed"
    user: str


class PasswordSet(Event, frozen=True):
    """The user's password, as the digest that argon2id makes of it."""

    type: ClassVar[str] = "password_set"
    user: str
    digest: str


class SecondStepSet(Event, frozen=True):
    """The user signs in with a code from a phone too, made of this seed and the installation's secret.

    An empty seed: without one again.
    """

    type: ClassVar[str] = "second_step_set"
    user: str
    seed: str = ""


class SessionStarted(Event, frozen=True):
    """A user signed in; the secret in the browser's cookie is kept as its digest."""

    type: ClassVar[str] = "session_started"
    session: str
    user: str
    digest: str
    device: str = ""
    """What kind of browser, in one or two words."""
    step: int = 0
    """The number of the code that was used up, which no second sign-in may use."""


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
