"""The formats of health systems, held against the standards' own validators, whatever stands in a site."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.golden.make import at, board, phone, site, town
from tests.golden.views import BOARDS, MIXED, PAUSED
from trafficlight.publish.formats.fhir_ndjson import LIGHT, FhirNdjson
from trafficlight.publish.formats.have_xml import HaveXml
from trafficlight.publish.view import BoardView, SiteView

SCHEMA = Path(__file__).parents[3] / "shared" / "have-xsd" / "have.xsd"
H = "{urn:oasis:names:tc:emergency:EDXL:HAVE:1.0}"
KEY = "{urn:oasis:names:tc:ciq:xpil:3}OrganisationDetailsKey"

TEXTS = st.one_of(
    st.sampled_from(
        [
            "]]>",
            "</script><script>alert(1)</script>",
            "=cmd|' /C calc'!A0",
            "😷🚑",
            "\u202eסגור",
            "甲" * 200,
            "a&b<c>\"'",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
)
ODD_SITES = st.builds(
    lambda name, address, hours, reason, **fields: site(
        name.strip() or "甲", reason=reason, address=address, hours=hours, **fields
    ),
    TEXTS,
    st.one_of(st.just(""), TEXTS),
    st.one_of(st.just(""), TEXTS),
    st.sampled_from(
        ["rule", "full", "staff_infected", "paused", "override", "expired", "not_due", "hours_unknown"]
    ),
    phones=st.one_of(st.just(()), st.just((phone("0000-5551234", "801"), phone("120")))),
    town=st.one_of(st.just(""), TEXTS),
    also=st.one_of(st.just(()), st.tuples(TEXTS)),
    lat=st.one_of(st.none(), st.floats(20, 50)),
    lon=st.one_of(st.none(), st.floats(80, 130)),
    crs=st.sampled_from(["wgs84", "gcj02", "bd09"]),
)


def odd_board(one: SiteView) -> BoardView:
    return board([town(one.town, [one])])


# --- EDXL-HAVE ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not SCHEMA.exists():
        pytest.skip(f"the schema is not at {SCHEMA}")
    return etree.XMLSchema(etree.parse(SCHEMA))


def hospitals(view: BoardView) -> dict[str, etree._Element]:
    made = HaveXml().make(view)
    if not made:
        return {}
    found = etree.fromstring(made[0].body)
    return {str(one.find(f".//*[@{KEY}]").get(KEY)): one for one in found}  # type: ignore[union-attr]


def said(one: etree._Element, name: str) -> str | None:
    return one.findtext(f".//{H}{name}")


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
def test_a_board_is_valid(view: BoardView, schema: etree.XMLSchema) -> None:
    for made in HaveXml().make(view):
        assert schema.validate(etree.fromstring(made.body)), schema.error_log


@settings(max_examples=150, deadline=None)
@given(one=ODD_SITES)
def test_whatever_stands_in_a_site_is_valid(one: SiteView, schema: etree.XMLSchema) -> None:
    for made in HaveXml().make(odd_board(one)):
        document = etree.fromstring(made.body)
        assert schema.validate(document), schema.error_log
        assert not [element for element in document.iter() if not str(element.tag).startswith("{")]


def test_lights_are_said_by_the_weaker_word() -> None:
    found = hospitals(MIXED)
    by_light = {one.light: found[one.id] for one in MIXED.sites if one.id in found}
    words = ("EMSTrafficStatus", "ClinicalStatus", "FacilityStatus")
    assert {light: tuple(said(one, word) for word in words) for light, one in by_light.items()} == {
        "blue": ("Normal", "Normal", "Normal"),
        "yellow": ("Advisory", "Normal", "Normal"),
        "red": ("Advisory", "Full", "Normal"),
        "cross": ("Closed", None, "Compromised"),
        None: (None, None, None),
    }


def test_who_never_reported_is_left_out_and_old_news_keeps_its_time() -> None:
    silent = site("甲", reason="not_reported", id="never")
    assert "never" not in hospitals(odd_board(silent))
    told = [one for one in MIXED.sites if one.last and one.last.at and not one.light and not one.reported_at]
    assert told
    for one in told:
        assert one.last
        assert one.last.at
        assert said(hospitals(MIXED)[one.id], "LastUpdateTime") == one.last.at.isoformat()


def test_why_a_one_doctor_site_is_closed_is_not_told() -> None:
    one = site("甲", reason="paused", kind="village_clinic", id="a")
    assert said(hospitals(odd_board(one))["a"], "Staffing") is None


def test_a_time_of_update_has_its_offset() -> None:
    for one in hospitals(MIXED).values():
        assert str(said(one, "LastUpdateTime")).endswith("+08:00")


# --- FHIR ---------------------------------------------------------------------------------------------------

CODES = {
    "Location": {"status": {"active", "suspended", "inactive"}},
    "StructureDefinition": {
        "status": {"draft", "active", "retired", "unknown"},
        "kind": {"primitive-type", "complex-type", "resource", "logical"},
        "derivation": {"specialization", "constraint"},
    },
}
"""Which the models do not look at."""


def resources(view: BoardView) -> list[dict[str, Any]]:
    (made,) = FhirNdjson().make(view)
    return [msgspec.json.decode(line) for line in made.body.splitlines()]


def check(view: BoardView) -> None:
    ids = set()
    for one in resources(view):
        get_fhir_model_class(one["resourceType"]).model_validate(one)
        for field, codes in CODES.get(one["resourceType"], {}).items():
            assert one[field] in codes
        ids.add(f"{one['resourceType']}/{one['id']}")
    for one in resources(view):
        named = [
            *one.get("location", ()),
            *filter(None, (one.get("providedBy"), one.get("managingOrganization"))),
        ]
        assert {reference["reference"] for reference in named} <= ids


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
def test_a_board_is_of_resources(view: BoardView) -> None:
    check(view)


@settings(max_examples=150, deadline=None)
@given(one=ODD_SITES)
def test_whatever_stands_in_a_site_is_a_resource(one: SiteView) -> None:
    check(odd_board(one))


def services(view: BoardView) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in resources(view) if one["resourceType"] == "HealthcareService"}


def light_of(service: dict[str, Any]) -> dict[str, str]:
    (extension,) = [one for one in service["extension"] if one["url"] == LIGHT]
    parts = extension["extension"]
    return {part["url"]: part.get("valueCode") or part["valueInstant"] for part in parts}


def test_a_light_says_until_when_and_whom_to_phone_first() -> None:
    found = services(MIXED)
    for one in MIXED.sites:
        told = light_of(found[one.id])
        assert told["light"] == (one.light or "none")
        assert told["validUntil"] == one.valid_until.isoformat()
        asked = {"blue": False, "yellow": True, "red": True}.get(one.light or "")
        assert found[one.id].get("appointmentRequired") is asked, "unknown is not said"
        assert ("notAvailable" in found[one.id]) == (one.light == "cross")


def test_a_closure_is_from_its_begin_to_what_was_announced() -> None:
    one = site("甲", reason="staff_infected", id="a", cross_since=at(7), expected_reopen=at(0, day=27).date())
    (closed,) = services(odd_board(one))["a"]["notAvailable"]
    assert closed["during"] == {"start": "2022-12-24T07:00:00+08:00", "end": "2022-12-27"}
    locations = [one for one in resources(odd_board(one)) if one["resourceType"] == "Location"]
    assert locations[0]["status"] == "suspended"


def test_a_paused_board_says_so_of_each_site() -> None:
    assert {light_of(one)["light"] for one in services(PAUSED).values()} <= {"none"}
    assert {light_of(one)["reason"] for one in services(PAUSED).values()} == {"board-paused"}


def test_coordinates_are_of_wgs84_or_not_there() -> None:
    one = site("甲", id="a", lat=37.64, lon=120.33, crs="gcj02")
    (place,) = [one for one in resources(odd_board(one)) if one["resourceType"] == "Location"]
    assert abs(place["position"]["latitude"] - 37.64) > 0.0005, "moved to where it is"
    (without,) = [one for one in resources(odd_board(site("乙"))) if one["resourceType"] == "Location"]
    assert "position" not in without
