"""What a format may know of a board, already decided. Formats are pure functions of these.

Instants are on the board's own wall clock (aware), so that a format prints them as they are. A view holds
from `as_of` until `until`: until then, and without a new event, the same view comes out, byte for byte.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""As JSON has it: with its offset, which the schemas say."""


class TreeLocation(msgspec.Struct, frozen=True, kw_only=True):
    """Where the published tree lives and what stands behind it."""

    public_url: str = ""
    """Absolute address of the tree without the closing slash; empty: only relative links are made."""
    app_url: str = ""
    """Address of the app, for what needs it; empty on a plain static server."""
    licence: str = ""
    contact: str = ""
    proofs: tuple[tuple[str, str], ...] = ()
    """Names and contents of files that prove to WeChat whose domain it is."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Of which position this was made, and between which instants it holds. Printed on every part."""

    position: int
    as_of: datetime
    valid_until: datetime
    """What people are told: when the first of the lights shown no longer stands (without any: `until`)."""
    until: datetime
    """When this is made anew: the next instant at which anything in it may change by itself."""
    text: str
    """第1024版 12月24日 08:10"""


class NoticeView(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the county's for everyone who reads the board, and its end if it has one."""

    text: str
    until: datetime | None = None


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What every part of a board says of the board."""

    slug: str
    name: str
    state: str
    lang: str
    zone: str
    publisher: str
    hotline: str
    hotline_tel: str
    supervision: str
    supervision_tel: str
    banner: str
    notices: tuple[NoticeView, ...]
    service_day: date
    place: TreeLocation
    closing: str = ""
    ended_on: date | None = None
    teams: bool = False
    """There is a page of family-doctor teams …"""
    guide: bool = False
    """… and one with the county's guide."""
    licence: str = ""
    """Under which terms the board's data may be used; empty: nobody said."""
    attribution: str = ""
    """Who is to be named where they are used."""
    report_by: tuple[time, ...] = ()
    """When sites are to report, every day, on the board's clock."""


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """A number as written, and as a phone dials it (the part after `tel:`)."""

    number: str
    ext: str
    label: str
    when: str
    tel: str
    now: bool = True
    """False where it is known not to be answered at the view's instant."""


class LastView(msgspec.Struct, frozen=True, kw_only=True):
    """The last light, where there is none now: in words with its date and a hollow mark, never in colour."""

    day: date
    light: str
    at: Instant | None
    text: str
    """昨天16:20：△较多"""


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A site as the public sees it."""

    id: str
    name: str
    distinct: str
    """What to print beside the name where another site of the board has it too; else empty."""
    kind: str
    kind_label: str
    town: str
    address: str
    phones: tuple[PhoneView, ...]
    """Those that are surely answered now, then those of which nobody knows, then those that are not."""
    hours: str
    rota: str
    """When a mobile stop is visited, as written."""
    serves: str
    adult: bool | None
    """Whether adults are served; None: nobody knows, and no search leaves the site out."""
    child: bool | None
    also: tuple[str, ...]
    booking: str
    online: str
    phone_checked: date | None
    lat: float | None
    lon: float | None
    crs: str
    light: str | None
    reason: str
    mark: str
    """● ▲ ■ ✕ or ○; a shape that says without colour what the light says."""
    pill: str
    """蓝·人少: the word in the pill."""
    action: str
    """What to do, in a sentence or two."""
    by_desk: bool
    desk_reason: str
    reported_at: datetime | None
    """When what the light is made of was true, from which its age counts …"""
    posted_at: datetime | None = None
    """… and when it came, where that was another minute."""
    valid_until: datetime
    """Until when the light stands; for a site without one, until when that is sure."""
    until: datetime
    """When something about this site may change by itself."""
    cross_since: datetime | None
    expected_reopen: date | None
    confirmed: bool
    phone_busy: bool
    next_open: datetime | None
    """When it opens, or is visited next, where that is why it shows no light."""
    is_open: bool | None
    """By its rota, else its hours and special days, whatever the light; None where these decide nothing."""
    open_until: datetime | None
    """When it closes, where it is open and surely will."""
    opens_at: datetime | None
    """When it opens, where it is not open and that is known."""
    closing_soon: str = ""
    """17:30停诊，来不及请先打电话。 in the last 45 minutes before it closes; else empty."""
    visit: date | None
    """The day of today's visit, until it is over, or of the next one, to a stop with a rota."""
    visit_hours: str
    """8:30-11:30、14:00-17:00; empty where they are not known."""
    next_news: datetime | None
    """When the site is to report next, where today's news is missing or old."""
    last: LastView | None
    patients: int | None
    """Only where the board publishes counts; with `capacity`."""
    capacity: int | None
    capacity_assumed: bool = False
    """Nobody said it: the light is by the number that is taken then."""


class TownNeighbour(msgspec.Struct, frozen=True, kw_only=True):
    """A site of another town that is surely open, as a town with too few of its own names it."""

    site: SiteView
    km: int | None
    """From the middle of the town; None where nobody knows."""


class TownSection(msgspec.Struct, frozen=True, kw_only=True):
    """The sites of a town in the order in which people look for one: open ones by light, then the others."""

    name: str
    """Empty for sites whose town nobody told."""
    label: str
    file: str
    """The name made safe for a file name; unique on the board."""
    sites: tuple[SiteView, ...]
    near: tuple[TownNeighbour, ...] = ()
    """Of other towns, where fewer than four of its own are surely open."""


class HeadlineView(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    text: str


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    header: Header
    edition: Edition
    headline: HeadlineView
    counts: Mapping[str, int]
    """Sites by `blue`, `yellow`, `red`, `cross`, `none`, in this order; stops that show a visit in none."""
    towns: tuple[TownSection, ...]

    @property
    def sites(self) -> tuple[SiteView, ...]:
        """All sites, town by town."""
        return tuple(site for town in self.towns for site in town.sites)


class TownView(msgspec.Struct, frozen=True, kw_only=True):
    """A town by itself: edition, headline and counts are those of its own sites."""

    header: Header
    edition: Edition
    headline: HeadlineView
    counts: Mapping[str, int]
    town: TownSection


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day gone by in a site's history."""

    day: date
    light: str | None
    mark: str
    word: str
    """The light's word, 未报 for a day without a report, 休诊 for a day on which the site was shut."""


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """The rule that judges the site, public beside the light."""

    kind: str
    version: int
    since: datetime | None
    text: str
    exception: bool
    """The rule is this site's own, not the board's."""


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """A site's light changed: what it showed from then on."""

    site: str
    name: str
    town: str
    position: int
    at: datetime
    until: datetime
    light: str | None
    mark: str
    pill: str
    action: str


class PlannedView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is announced of a site: a visit to a stop, or the day on which it is to reopen."""

    site: str
    name: str
    town: str
    address: str
    day: date
    spans: tuple[tuple[datetime, datetime], ...] = ()
    """The hours of a visit, in UTC; empty where they are not known."""
    reopening: bool = False


class FeedView(msgspec.Struct, frozen=True, kw_only=True):
    """What changed on a board today, and what is ahead."""

    header: Header
    edition: Edition
    changes: tuple[ChangeView, ...]
    """Newest first."""
    planned: tuple[PlannedView, ...]


class SitePageView(msgspec.Struct, frozen=True, kw_only=True):
    header: Header
    edition: Edition
    site: SiteView
    rule: RuleView
    history: tuple[Day, ...]
    """The last 14 days, newest first, today not among them; fewer where the site is younger."""
    nearby: tuple[SiteView, ...]
    """Several open sites nearby, never one best."""
    outlook: str = ""
    """What the rule, or the day before, says of the site, without a number; empty for nothing."""
    region: str = ""
    """The city or county that it lies in, as a map would look for it."""
    changes: tuple[ChangeView, ...] = ()
    """Of its light today, newest first."""
    special: tuple[tuple[date, str], ...] = ()
    """Days from today on whose hours are not the usual ones, as written."""


class GoneView(msgspec.Struct, frozen=True, kw_only=True):
    """A site that left the board: its page says so for 90 days."""

    header: Header
    edition: Edition
    name: str
    town: str
    gone_on: date
    moved_to: str
    """The slug of the board it moved to, or empty."""
    site: str
    merged_into: str = ""
    """The id of the site that it became one with, or empty."""


class TeamView(msgspec.Struct, frozen=True, kw_only=True):
    """A family-doctor team."""

    anchor: str
    """Its place on its town's page."""
    name: str
    area: str
    phones: tuple[PhoneView, ...]
    found: str
    """What else it is found by: the initials of its name, with spaces between."""


class TeamTown(msgspec.Struct, frozen=True, kw_only=True):
    """A town's teams, in the county's order."""

    name: str
    """Empty for teams whose town nobody told."""
    label: str
    file: str
    teams: tuple[TeamView, ...]


class ListsView(msgspec.Struct, frozen=True, kw_only=True):
    """What a board publishes beside its sites. No report changes any of it."""

    header: Header
    edition: Edition
    towns: tuple[TeamTown, ...]
    by_town: bool
    """So many teams that each town has a page of its own."""
    teams_on: date | None
    """The day on which the list of teams was set."""
    guide: str
    """In Markdown; empty where there is none."""
    guide_on: date | None


class TeamsView(msgspec.Struct, frozen=True, kw_only=True):
    """A town's teams, where towns have pages of their own."""

    header: Header
    edition: Edition
    town: TeamTown
    teams_on: date | None


class BoardEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A board in the index."""

    slug: str
    name: str
    state: str
    service_day: date
    position: int
    as_of: datetime
    valid_until: datetime
    until: datetime
    headline: HeadlineView
    counts: Mapping[str, int]
    ended_on: date | None = None
    licence: str = ""
    """Under which terms its data may be used …"""
    attribution: str = ""
    """… and whom to name."""
    towns: tuple[str, ...] = ()
    """In the county's order."""
    box: tuple[float, float, float, float] | None = None
    """South, west, north and east of its sites in WGS-84; None where nobody knows where any is."""


class IndexView(msgspec.Struct, frozen=True, kw_only=True):
    lang: str
    place: TreeLocation
    as_of: datetime
    valid_until: datetime
    until: datetime
    boards: tuple[BoardEntry, ...]


BoardPart = BoardView | FeedView | TownView | SitePageView | GoneView | ListsView | TeamsView
"""A board, or a part of it: each has its header and its edition."""
View = BoardPart | IndexView
