"""Boards and sites: the settings that the desk edits, and the lists beside the sites."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from trafficlight.domain.day import zone_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.phone import Phone

DEFAULT_CAPACITY = 50
"""Patients a day where nothing is declared: a site saw 48 on average at the peak of 23 December 2022."""

ORDINARY_HOURS = "8:00-18:00"
"""When a site whose hours nobody knows is taken to be open, where the board says nothing of its kind."""
EVERY_KIND = "*"
"""In place of a kind: all that are not named."""

MOST_VALID_HOURS = 48
"""A report is valid to the end of its service day at most: a larger number would change nothing."""


class BoardState(StrEnum):
    DRAFT = "draft"
    """Reachable by its address but listed nowhere."""
    LIVE = "live"
    PAUSED = "paused"
    """Publishing is interrupted: phones and addresses stay, lights do not."""
    ENDED = "ended"
    """Over, with a dated closing page."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """The sites published together, usually a county's."""

    slug: str
    name: str
    zone: str = "Asia/Shanghai"
    state: BoardState = BoardState.LIVE
    publisher: str = ""
    hotline: str = ""
    supervision: str = ""
    """The phone for complaints about this service itself."""
    area_code: str = ""
    cut_off: time = time(0)
    report_by: tuple[time, ...] = (time(9), time(14))
    valid_hours: int = 8
    capacities: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Patients a day by kind, for sites that declared none."""
    ordinary_hours: Mapping[str, str] = msgspec.field(default_factory=dict)
    """By kind, or under `*`: the hours within which a site whose hours nobody knows is judged as usual."""
    special_days: Mapping[date, str] = msgspec.field(default_factory=dict)
    """Hours of a date, as written ("休息", "8:00-12:00"), for every site that has none of its own for it."""
    words: Mapping[str, str] = msgspec.field(default_factory=dict)
    """The county's own words for what to do, by light or reason, or by `light/kind`."""
    public_counts: bool = False
    banner: str = ""
    """A line above everything, such as that this is a demonstration."""
    licence: str = ""
    """Under which terms the board's data may be used; empty: as the whole installation says."""
    attribution: str = ""
    """Who is to be named where they are used; empty: the publisher."""
    wechat_at: tuple[time, ...] = ()
    """When the day's article goes to the official account by itself, every day."""
    closing: str = ""
    """The closing page's words when ended."""
    ended_on: date | None = None


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A clinic, or one room with its own queue or phone, that reports."""

    id: str
    name: str
    kind: str = "fever_clinic"
    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    address: str = ""
    phones: tuple[Phone, ...] = ()
    hours: str = ""
    """As written; intervals where it parses surely."""
    rota: str = ""
    """When a mobile stop is visited, as written; visit days where it parses surely."""
    capacity: int | None = None
    """Patients a day, at least 1."""
    lat: float | None = None
    lon: float | None = None
    crs: str = "wgs84"
    """The system that the coordinates are in: wgs84, gcj02 or bd09; they are stored as given."""
    serves: str = ""
    also: tuple[str, ...] = ()
    """What people call it, and the villages it covers."""
    booking: str = ""
    online: str = ""
    phone_checked: date | None = None
    special_days: Mapping[date, str] = msgspec.field(default_factory=dict)


def check_board(board: Board) -> None:
    """`Refused` names the setting by which no day could be counted."""
    try:
        zone_of(board.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("unknown_zone", "zone", text=board.zone[:80]) from None
    if any(wall.tzinfo is not None for wall in (board.cut_off, *board.report_by, *board.wechat_at)):
        raise Refused("zone_in_time", "report_by")
    if not 1 <= board.valid_hours <= MOST_VALID_HOURS:
        raise Refused("out_of_range", "valid_hours", least=1, most=MOST_VALID_HOURS)


def capacity_of(site: Site, board: Board) -> int:
    """The patients a day that the site can see: declared, else the board's for its kind, else the default."""
    return declared_capacity(site, board) or DEFAULT_CAPACITY


def declared_capacity(site: Site, board: Board) -> int | None:
    """The same, where anybody said it; None where it is only assumed."""
    declared = site.capacity
    if declared is None or declared <= 0:
        declared = board.capacities.get(site.kind, 0)
    return declared if declared > 0 else None


# --- family-doctor teams, and the guide to where one goes ---------------------------------------------------


MOST_TEAMS: Final = 5000
"""Teams of a board: one for about 2,000 people, so that a city of ten million has as many."""
MOST_GUIDE: Final = 64 * 2**10
"""Bytes of a guide: twenty pages, of which a phone on a bad network loads one."""


class Team(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A family-doctor team (家庭医生团队): its name and area as the county writes them, and its phones."""

    name: str
    town: str = ""
    area: str = ""
    """The villages or streets that it serves."""
    phones: tuple[Phone, ...] = ()


def check_teams(teams: Sequence[Team]) -> None:
    """`Refused` with `too_many_teams`, or with `team_missing` for one that has no name."""
    if len(teams) > MOST_TEAMS:
        raise Refused("too_many_teams", "teams", most=MOST_TEAMS)
    if not all(team.name for team in teams):
        raise Refused("team_missing", "team")


def check_guide(text: str) -> None:
    """`Refused` with `guide_too_big`."""
    if len(text.encode(errors="surrogatepass")) > MOST_GUIDE:
        raise Refused("guide_too_big", "guide", kb=MOST_GUIDE // 2**10)
