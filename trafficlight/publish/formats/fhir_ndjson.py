"""The board in HL7 FHIR R4, a resource a line, for hospitals' own systems and aggregators.

FHIR has no word for a light: it stands in an extension of ours, whose definition is the first line. What FHIR
does have is used for what it means and for nothing else. docs/open-data.md tells what this mapping loses.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec

from trafficlight.publish import finding, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, PhoneView, SiteView

LIGHT: Final = "urn:trafficlight:fhir:light"
"""The extension: an address that says whose it is, and that no server has to answer for."""
SITE: Final = "urn:trafficlight:site"
"""The system of our ids."""


class FhirNdjson:
    """{board}/fhir.ndjson: the extension, the publisher, then Location and HealthcareService of each site."""

    name = "fhir_ndjson"
    scope = FormatScope.DATA
    pattern = "{board}/fhir.ndjson"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        body = b"".join(msgspec.json.encode(one) + b"\n" for one in _resources(view))
        path = self.pattern.format(board=view.header.slug)
        return (Artifact(path, "application/fhir+ndjson", body),)


def _resources(view: BoardView) -> Iterator[dict[str, Any]]:
    yield _definition(view)
    header = view.header
    yield _without_unknown(
        {
            "resourceType": "Organization",
            "id": header.slug,
            "meta": {"lastUpdated": view.edition.as_of.isoformat()},
            "active": header.state != "ended",
            "name": header.publisher or header.name,
            "telecom": [{"system": "phone", "value": header.hotline}] if header.hotline else None,
        }
    )
    for site in view.sites:
        yield _location(site, view)
        yield _service(site, view)


def _location(site: SiteView, view: BoardView) -> dict[str, Any]:
    spot = finding.spot(site)
    address = {"text": site.address, "district": site.town, "country": "CN"}
    return _without_unknown(
        {
            "resourceType": "Location",
            "id": site.id,
            "identifier": [{"system": SITE, "value": site.id}],
            "status": _status(site, view),
            "name": site.name,
            "alias": list(site.also) or None,
            "telecom": _phones(site.phones),
            "address": _without_unknown(address) if site.address.strip() or site.town.strip() else None,
            "position": {"longitude": spot[1], "latitude": spot[0]} if spot else None,
            "managingOrganization": {"reference": f"Organization/{view.header.slug}"},
        }
    )


def _status(site: SiteView, view: BoardView) -> str:
    if view.header.state == "ended":
        return "inactive"
    return "suspended" if site.light == "cross" and words.has_lights(view.header) else "active"


def _service(site: SiteView, view: BoardView) -> dict[str, Any]:
    light = site.light if words.has_lights(view.header) else None
    hours = words.joined([text for text in (site.hours, site.rota) if text], view.header.lang)
    during = {"start": _stamp(site.cross_since), "end": _day(site.expected_reopen)}
    closed = {"description": site.pill, "during": _without_unknown(during) or None}
    return _without_unknown(
        {
            "resourceType": "HealthcareService",
            "id": site.id,
            "extension": [_light(site, light)],
            "active": view.header.state != "ended",
            "providedBy": {"reference": f"Organization/{view.header.slug}"},
            "location": [{"reference": f"Location/{site.id}"}],
            "name": site.name,
            "comment": hours or None,
            "telecom": _phones(site.phones),
            "appointmentRequired": {"blue": False, "yellow": True, "red": True}.get(light or ""),
            "notAvailable": [_without_unknown(closed)] if light == "cross" else None,
            "availabilityExceptions": site.action or None,
        }
    )


def _light(site: SiteView, light: str | None) -> dict[str, Any]:
    parts = [
        {"url": "light", "valueCode": light or "none"},
        {"url": "reason", "valueCode": site.reason.replace("_", "-")},
        {"url": "validUntil", "valueInstant": _stamp(site.valid_until)},
    ]
    if site.reported_at and light:
        parts.append({"url": "reportedAt", "valueInstant": _stamp(site.reported_at)})
    return {"url": LIGHT, "extension": parts}


def _phones(phones: tuple[PhoneView, ...]) -> list[dict[str, Any]] | None:
    return [
        {
            "system": "phone",
            "value": f"{phone.number},{phone.ext}" if phone.ext else phone.number,
            "use": "work",
        }
        for phone in phones
    ] or None


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _without_unknown(resource: dict[str, Any]) -> dict[str, Any]:
    """FHIR has no null and no empty text, nor one of spaces alone: what nobody knows is not there."""
    return {
        name: value
        for name, value in resource.items()
        if value is not None and (not isinstance(value, str) or value.strip())
    }


def _definition(view: BoardView) -> dict[str, Any]:
    """What our extension is, in FHIR's own words."""
    header = view.header
    return _without_unknown(
        {
            "resourceType": "StructureDefinition",
            "id": "trafficlight-light",
            "url": LIGHT,
            "name": "Light",
            "title": "How busy a fever clinic is",
            "status": "active",
            "description": "light: blue (few patients), yellow (many), red (too many), cross (closed for "
            "now) or none; reason: why; validUntil: until when this holds, afterwards nothing is known; "
            "reportedAt: when what it is made of was true.",
            "copyright": header.licence,
            "fhirVersion": "4.0.1",
            "kind": "complex-type",
            "abstract": False,
            "context": [{"type": "element", "expression": "HealthcareService"}],
            "type": "Extension",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
            "derivation": "constraint",
            "differential": {"element": [_element("Extension"), *_parts(), _fixed("Extension.url", LIGHT)]},
        }
    )


_PARTS: Final = (("light", "Code"), ("reason", "Code"), ("validUntil", "Instant"), ("reportedAt", "Instant"))
_OPTIONAL: Final = "reportedAt"


def _parts() -> Iterator[dict[str, Any]]:
    for name, kind in _PARTS:
        path, key = "Extension.extension", f"Extension.extension:{name}"
        least = 0 if name == _OPTIONAL else 1
        yield {"id": key, "path": path, "sliceName": name, "min": least, "max": "1"}
        yield _fixed(f"{path}.url", name, f"{key}.url")
        yield {
            "id": f"{key}.value[x]",
            "path": f"{path}.value[x]",
            "min": 1,
            "type": [{"code": kind[0].lower() + kind[1:]}],
        }


def _element(path: str) -> dict[str, Any]:
    return {"id": path, "path": path, "short": "How busy a fever clinic is", "min": 1, "max": "1"}


def _fixed(path: str, uri: str, key: str = "") -> dict[str, Any]:
    return {"id": key or path, "path": path, "fixedUri": uri}
