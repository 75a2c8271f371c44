"""The board for maps."""

from datetime import date
from typing import Literal

import msgspec

from trafficlight.publish import finding, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, Header, Instant, SiteView


class PointGeometry(msgspec.Struct, frozen=True):
    """Where a site stands: degrees east, then north, in WGS-84."""

    coordinates: tuple[float, float]
    type: Literal["Point"] = "Point"


class SiteProperties(msgspec.Struct, frozen=True, kw_only=True):
    """What a map says of a site."""

    name: str
    kind: str
    kind_label: str
    town: str
    address: str
    phones: tuple[str, ...]
    hours: str
    light: str | None
    reason: str
    mark: str
    pill: str
    action: str
    reported_at: Instant | None
    valid_until: Instant
    is_open: bool | None
    page: str


class SiteFeature(msgspec.Struct, frozen=True, kw_only=True):
    """A site; `geometry` is null where nobody knows where it stands, or in which system that was said."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: PointGeometry | None
    properties: SiteProperties


class FeatureDocument(msgspec.Struct, frozen=True, kw_only=True):
    """board.geojson: RFC 7946, with what the board says of itself beside the features."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    board: str
    name: str
    state: str
    service_day: date
    as_of: Instant
    valid_until: Instant
    edition: str
    licence: str
    attribution: str
    features: tuple[SiteFeature, ...]


class BoardGeojson:
    """{board}/board.geojson, in WGS-84 whatever system a site's place was given in."""

    name = "board_geojson"
    scope = FormatScope.DATA
    pattern = "{board}/board.geojson"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        document = FeatureDocument(
            board=header.slug,
            name=header.name,
            state=header.state,
            service_day=header.service_day,
            as_of=edition.as_of,
            valid_until=edition.valid_until,
            edition=edition.text,
            licence=header.licence,
            attribution=header.attribution,
            features=tuple(_feature(site, header) for site in view.sites),
        )
        path = self.pattern.format(board=header.slug)
        return (Artifact(path, "application/geo+json", msgspec.json.encode(document) + b"\n"),)


def _feature(site: SiteView, header: Header) -> SiteFeature:
    point = finding.position(site)
    return SiteFeature(
        id=site.id,
        geometry=PointGeometry((point.lon, point.lat)) if point else None,
        properties=SiteProperties(
            name=site.name,
            kind=site.kind,
            kind_label=site.kind_label,
            town=site.town,
            address=site.address,
            phones=tuple(words.phone_text(phone, header.lang) for phone in site.phones),
            hours=site.hours,
            light=site.light if words.has_lights(header) else None,
            reason=site.reason,
            mark=site.mark,
            pill=words.doubted(site.pill, header.lang) if words.maybe_shut(site) else site.pill,
            action=site.action,
            reported_at=site.reported_at,
            valid_until=site.valid_until,
            is_open=site.is_open,
            page=words.site_url(header, site.id) or f"sites/{site.id}.html",
        ),
    )
