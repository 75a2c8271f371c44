"""The board for programs: everything its page says, and nothing more."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
from msgspec import UNSET, UnsetType

from trafficlight.publish import lines, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, HeadlineView, LastView, PhoneView, SiteView
from trafficlight.text.languages import language


class SiteJson(msgspec.Struct, frozen=True, kw_only=True):
    """A site; `light` is null where it has none, and `reason` says why."""

    id: str
    name: str
    kind: str
    town: str
    address: str
    phones: tuple[PhoneView, ...]
    light: str | None
    reason: str
    action: str
    reported_at: datetime | None
    valid_until: datetime
    last: LastView | None
    kind_label: str
    distinct: str
    hours: str
    next_open: datetime | None
    is_open: bool | None
    open_until: datetime | None
    opens_at: datetime | None
    rota: str
    visit: date | None
    visit_hours: str
    next_news: datetime | None
    cross_since: datetime | None
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
    as_of: datetime
    valid_until: datetime
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


def document(view: BoardView) -> BoardDocument:
    """What board.json says of a board."""
    header, edition = view.header, view.edition
    return BoardDocument(
        board=header.slug,
        name=header.name,
        state=header.state,
        service_day=header.service_day,
        as_of=edition.as_of,
        valid_until=edition.valid_until,
        position=edition.position,
        edition=edition.text,
        headline=view.headline,
        counts=view.counts,
        publisher=header.publisher,
        hotline=header.hotline,
        supervision=header.supervision,
        banner=header.banner,
        notices=tuple(notice.text for notice in header.notices),
        about=words.about(header.lang),
        sites=tuple(_site(site, view) for site in view.sites),
        licence=header.place.licence or UNSET,
        ended_on=header.ended_on or UNSET,
        closing=header.closing or UNSET,
    )


def _site(site: SiteView, view: BoardView) -> SiteJson:
    place = view.header.place
    page = f"sites/{site.id}.html"
    return SiteJson(
        id=site.id,
        name=site.name,
        kind=site.kind,
        town=site.town,
        address=site.address,
        phones=site.phones,
        light=site.light if lines.lit(view.header) else None,
        reason=site.reason,
        action=site.action,
        reported_at=site.reported_at,
        valid_until=site.valid_until,
        last=site.last,
        kind_label=site.kind_label,
        distinct=site.distinct,
        hours=site.hours,
        next_open=site.next_open,
        is_open=site.is_open,
        open_until=site.open_until,
        opens_at=site.opens_at,
        rota=site.rota,
        visit=site.visit,
        visit_hours=site.visit_hours,
        next_news=site.next_news,
        cross_since=site.cross_since,
        expected_reopen=site.expected_reopen,
        confirmed=site.confirmed,
        by_desk=site.by_desk,
        desk_reason=site.desk_reason,
        phone_busy=site.phone_busy,
        phone_checked=site.phone_checked,
        serves=site.serves,
        adult=site.adult,
        child=site.child,
        also=site.also,
        booking=site.booking,
        online=site.online,
        lat=site.lat,
        lon=site.lon,
        crs=site.crs,
        page=f"{place.public_url}/{language(view.header.lang).folder}{view.header.slug}/{page}"
        if place.public_url
        else page,
        patients=UNSET if site.patients is None else site.patients,
        capacity=UNSET if site.capacity is None else site.capacity,
    )
