"""What a site is found by on the phone."""

import msgspec
import pytest

from tests.golden.make import board, site, town
from trafficlight.publish import finding
from trafficlight.publish.formats.find_json import FindJson
from trafficlight.text.traditional import folding


def test_kinds_are_told_once_with_their_labels() -> None:
    sites = [
        site("甲", light="blue", kind="village_clinic", kind_label="村卫生室"),
        site("乙", light="red", kind="hospital", kind_label="医院"),
        site("丙", light="red", kind="hospital", kind_label="医院"),
        site("丁", light="red", kind="", kind_label=""),
    ]
    assert finding.kinds(sites) == (("hospital", "医院"), ("village_clinic", "村卫生室"))


def test_a_site_without_coordinates_stands_nowhere() -> None:
    one = site("东庄镇卫生院", light="blue")
    assert finding.spot(one) is None


def test_traditional_forms_are_told_of_the_characters_that_are_searched_in_alone() -> None:
    one = site("卫生院", light="blue", town="东河镇", address="后街", also=("乡下",))
    (made,) = FindJson().make(board([town("东河镇", [one])]))
    pairs = msgspec.json.decode(made.body)["fold"]
    fold = dict(zip(pairs[::2], pairs[1::2], strict=True))
    assert "".join(fold.get(form, form) for form in "東河鎮衛衞生院後街鄉下") == "东河镇卫卫生院后街乡下"
    assert set(fold.values()) <= set(f"东河镇卫生院后街乡下{one.kind_label}")


def test_a_name_in_traditional_characters_is_found_by_simplified_ones() -> None:
    assert "臺台" in folding(["臺北"])


@pytest.mark.parametrize(
    ("simple", "forms"),
    [
        ("卫", "衛衞"),
        ("台", "臺枱"),
        ("发", "發髮"),
        ("里", "裏裡"),
        ("峰", "峯"),
        ("镇", "鎮鎭"),
        ("干", "乾幹榦"),
    ],
)
def test_every_form_of_a_character_leads_to_it_those_of_hong_kong_and_taiwan_too(
    simple: str, forms: str
) -> None:
    assert {form + simple for form in forms} <= set(zip_pairs(folding([simple])))


def test_a_character_that_is_the_same_everywhere_needs_no_pair() -> None:
    assert folding(["山水A1·"]) == ""


def zip_pairs(folded: str) -> list[str]:
    return [folded[at : at + 2] for at in range(0, len(folded), 2)]


def test_a_place_is_told_in_the_system_of_phones_to_eleven_metres() -> None:
    gcj = site("东庄镇卫生院", light="blue", lat=39.908823, lon=116.397470, crs="gcj02")
    lat, lon = finding.spot(gcj) or (0.0, 0.0)
    assert (lat, lon) == (39.9074, 116.3912)
    wgs = site("东庄镇卫生院", light="blue", lat=37.64, lon=120.331249, crs="wgs84")
    assert finding.spot(wgs) == (37.64, 120.3312)


@pytest.mark.parametrize(
    ("adult", "child", "told"),
    [
        (True, False, "adult"),
        (False, True, "child"),
        (True, True, "adult child"),
        (None, True, "?adult child"),
        (True, None, "adult ?child"),
    ],
)
def test_whom_a_site_sees_is_told_as_a_filter_asks(adult: bool | None, child: bool | None, told: str) -> None:
    one = site("甲", light="blue", adult=adult, child=child)
    assert finding.serves(one) == told
    assert finding.names_ages([one]) is (told in {"adult", "child"})


def test_where_nobody_says_whom_a_site_sees_nothing_is_told() -> None:
    one = site("甲", light="blue", adult=None, child=None)
    assert finding.serves(one) is None
    assert not finding.names_ages([one])
