"""The board for programs: everything its page says, and nothing more."""

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from trafficlight.domain.light import Light, Reason
from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, Header, HeadlineView, Instant, LastView, PhoneView, SiteView

LightCode = Annotated[
    str | None,
    Meta(
        description="null: the site shows no light, and `reason` says why. No other light will be added.",
        extra_json_schema={"enum": [*Light, None]},
    ),
]
ReasonCode = Annotated[
    str,
    Meta(
        description="Why it shows its light, or none. More reasons may come: of one that you do not know, "
        "show what `light` and `action` say.",
        extra_json_schema={"anyOf": [{"enum": list(Reason)}, {"type": "string"}]},
    ),
]


class SiteJson(msgspec.Struct, frozen=True, kw_only=True):
    """A site; `light` is null where it has none, and `reason` says why."""

    id: str
    name: str
    kind: str
    town: str
    address: str
    phones: tuple[PhoneView, ...]
    light: LightCode
    reason: ReasonCode
    action: str
    reported_at: Instant | None
    posted_at: Instant | None
    valid_until: Instant
    last: LastView | None
    kind_label: str
    distinct: str
    hours: str
    next_open: Instant | None
    is_open: bool | None
    open_until: Instant | None
    opens_at: Instant | None
    closing_soon: str
    rota: str
    visit: date | None
    visit_hours: str
    next_news: Instant | None
    cross_since: Instant | None
    expected_reopen: date | None
    confirmed: bool
    by_desk: bool
    desk_reason: str
    phone_busy: bool
    phone_checked: date | None
    serves: str
    adult: bool | None
    child: bool | None
    also: tuple[str, ...]
    booking: str
    online: str
    lat: float | None
    lon: float | None
    crs: str
    page: str
    """The site's own page: absolute where the public address is known, else beside board.json."""
    patients: int | UnsetType = UNSET
    """With `capacity` only where the board publishes counts."""
    capacity: int | UnsetType = UNSET


class BoardDocument(msgspec.Struct, frozen=True, kw_only=True):
    """board.json."""

    board: str
    name: str
    state: str
    service_day: date
    as_of: Instant
    valid_until: Instant
    position: int
    edition: str
    headline: HeadlineView
    counts: Mapping[str, int]
    publisher: str
    hotline: str
    supervision: str
    banner: str
    notices: tuple[str, ...]
    about: tuple[str, ...]
    sites: tuple[SiteJson, ...]
    licence: str | UnsetType = UNSET
    attribution: str | UnsetType = UNSET
    """Who is to be named where the data are used."""
    ended_on: date | UnsetType = UNSET
    closing: str | UnsetType = UNSET


class BoardJson:
    """{board}/board.json, compact, keys in a fixed order, instants with the board's own offset."""

    name = "board_json"
    scope = FormatScope.BOARD
    pattern = "{board}/board.json"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(document(view)) + b"\n"),)


_HEADER: Final = ("name", "state", "service_day", "publisher", "hotline", "supervision", "banner")
_SITE: Final = tuple(
    name
    for name in SiteJson.__struct_fields__
    if name in SiteView.__struct_fields__ and name not in {"light", "patients", "capacity"}
)
"""What the board, and each site, says in the words of its view."""
_header_of, _site_of = attrgetter(*_HEADER), attrgetter(*_SITE)


def document(view: BoardView) -> BoardDocument:
    """What board.json says of a board."""
    header, edition = view.header, view.edition
    return BoardDocument(
        **dict(zip(_HEADER, _header_of(header), strict=True)),
        board=header.slug,
        as_of=edition.as_of,
        valid_until=edition.valid_until,
        position=edition.position,
        edition=edition.text,
        headline=view.headline,
        counts=view.counts,
        notices=tuple(notice.text for notice in header.notices),
        about=words.about(header.lang),
        sites=tuple(_site(site, header) for site in view.sites),
        licence=header.licence or UNSET,
        attribution=header.attribution or UNSET,
        ended_on=header.ended_on or UNSET,
        closing=header.closing or UNSET,
    )


def _site(site: SiteView, header: Header) -> SiteJson:
    return SiteJson(
        **dict(zip(_SITE, _site_of(site), strict=True)),
        light=site.light if words.has_lights(header) else None,
        page=words.site_url(header, site.id) or f"sites/{site.id}.html",
        patients=UNSET if site.patients is None else site.patients,
        capacity=UNSET if site.capacity is None else site.capacity,
    )
