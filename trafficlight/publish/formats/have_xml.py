"""The board in OASIS EDXL-HAVE 1.0, for the disaster systems that read hospitals' states.

Its words were made for hospitals in a catastrophe, so of each the weaker is used, and what the site says
stands beside it as a comment. A site that never reported has no legal time of update and is left out; so is
all that nobody knows. docs/open-data.md tells what this mapping loses.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from trafficlight.publish import finding, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, SiteView
from trafficlight.text.languages import N_, translate

_HAVE: Final = "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
_XPIL: Final = "urn:oasis:names:tc:ciq:xpil:3"
_XNL: Final = "urn:oasis:names:tc:ciq:xnl:3"
_XAL: Final = "urn:oasis:names:tc:ciq:xal:3"
_GML: Final = "http://www.opengis.net/gml"
_PREFIXES: Final = (("", _HAVE), ("xpil", _XPIL), ("xnl", _XNL), ("xal", _XAL), ("gml", _GML))


class _Status(NamedTuple):
    """What HAVE says for a light; empty: it has no word that is true."""

    traffic: str
    clinical: str
    facility: str
    staffing: str


_STATUS: Final[Mapping[str, _Status]] = {
    "blue": _Status("Normal", "Normal", "Normal", "Adequate"),
    "yellow": _Status("Advisory", "Normal", "Normal", "Adequate"),
    "red": _Status("Advisory", "Full", "Normal", "Insufficient"),
    # Its fever room is closed, not the house; and why it is, is not for everybody.
    "cross": _Status("Closed", "", "Compromised", ""),
}


class HaveXml:
    """{board}/have.xml: valid against OASIS' schema; no file where no site ever reported."""

    name = "have_xml"
    scope = FormatScope.DATA
    pattern = "{board}/have.xml"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        root = Element(_in(_HAVE, "HospitalStatus"))
        for number, site in enumerate(view.sites, start=1):
            updated = _updated(site, view)
            if updated is not None:
                _add_site(root, site, view, number, updated)
        if not len(root):
            return ()
        for prefix, space in _PREFIXES:
            register_namespace(prefix, space)
        body = tostring(root, encoding="utf-8", xml_declaration=True, short_empty_elements=True)
        return (Artifact(self.pattern.format(board=view.header.slug), "application/xml", body + b"\n"),)


def has_any(view: BoardView) -> bool:
    """Whether there is anything to say in it: a site that never reported has no place there."""
    return any(_updated(site, view) for site in view.sites)


def _updated(site: SiteView, view: BoardView) -> datetime | None:
    """When what is said of the site was true; None where it never said anything."""
    if site.reported_at:
        return site.reported_at
    if site.by_desk and site.light:
        return view.edition.as_of
    return site.last.at if site.last else None


def _add_site(root: Element, site: SiteView, view: BoardView, number: int, updated: datetime) -> None:
    hospital = SubElement(root, _in(_HAVE, "Hospital"))
    organization = _add_organization(hospital, site, number)
    lang = view.header.lang
    till = words.till(site.valid_until, updated.date(), lang)
    comment = words.sentences(
        (words.ended(site.pill, lang), site.action, translate(N_("有效至{till}。"), lang).format(till=till)),
        lang,
    )
    _text(organization, "CommentText", comment)
    _text(organization, "CommentText", site.hours or site.rota)
    status = _STATUS.get(site.light or "") if words.has_lights(view.header) else None
    if status:
        traffic = _nested(hospital, "EmergencyDepartmentStatus", "EMSTraffic")
        _text(traffic, "EMSTrafficStatus", status.traffic)
        _text(traffic, "EMSTrafficReason", comment)
        facility = SubElement(hospital, _in(_HAVE, "HospitalFacilityStatus"))
        _text(facility, "ClinicalStatus", status.clinical)
        _text(facility, "FacilityStatus", status.facility)
        staffing = "Insufficient" if site.reason == "staff_infected" else status.staffing
        if staffing:
            _text(SubElement(hospital, _in(_HAVE, "HospitalResourcesStatus")), "Staffing", staffing)
    _text(hospital, "LastUpdateTime", updated.isoformat(timespec="seconds"))


def _add_organization(hospital: Element, site: SiteView, number: int) -> Element:
    organization = SubElement(hospital, _in(_HAVE, "Organization"))
    about = SubElement(organization, _in(_HAVE, "OrganizationInformation"))
    about.set(_in(_XPIL, "OrganisationDetailsKey"), site.id)
    name = SubElement(about, _in(_XNL, "OrganisationName"))
    SubElement(name, _in(_XNL, "NameElement")).text = _clean(site.name)
    if site.address:
        addresses = SubElement(about, _in(_XPIL, "Addresses"))
        free = SubElement(SubElement(addresses, _in(_XPIL, "Address")), _in(_XAL, "FreeTextAddress"))
        SubElement(free, _in(_XAL, "AddressLine")).text = _clean(site.address)
    if site.phones:
        numbers = SubElement(about, _in(_XPIL, "ContactNumbers"))
        for phone in site.phones:
            one = SubElement(numbers, _in(_XPIL, "ContactNumber"))
            one.set(_in(_XPIL, "CommunicationMediaType"), "Telephone")
            SubElement(one, _in(_XPIL, "ContactNumberElement")).text = _clean(phone.number)
            if phone.ext:
                extension = SubElement(one, _in(_XPIL, "ContactNumberElement"))
                extension.set(_in(_XPIL, "Type"), "Extension")
                extension.text = _clean(phone.ext)
    spot = finding.spot(site)
    if spot:
        place = SubElement(organization, _in(_HAVE, "OrganizationGeoLocation"))
        point = SubElement(place, _in(_GML, "Point"))
        point.set(_in(_GML, "id"), f"p{number}")
        SubElement(point, _in(_GML, "pos")).text = f"{spot[0]} {spot[1]}"
    return organization


def _nested(parent: Element, *names: str) -> Element:
    for name in names:
        parent = SubElement(parent, _in(_HAVE, name))
    return parent


def _text(parent: Element, name: str, text: str) -> None:
    if text:
        SubElement(parent, _in(_HAVE, name)).text = _clean(text)


def _in(space: str, name: str) -> str:
    return f"{{{space}}}{name}"


def _clean(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return "".join(
        one for one in text if unicodedata.category(one) not in {"Cc", "Cs"} and one not in "\ufffe\uffff"
    )
