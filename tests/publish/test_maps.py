"""Links to maps, vendor by vendor: order, system and encoding, and no converting where none is needed."""

from math import cos, hypot, radians
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.golden.make import phone, site
from trafficlight.domain.coords import converted
from trafficlight.publish import finding, words
from trafficlight.publish.view import SiteView

AT = (37.640512, 120.330678)
HOSTILE = (
    "<script>alert(1)</script>",
    "甲;乙:丙,丁",
    "a&coord_type=9&b=?#/%2F+ ' \"",
    "coord:1,2;title:x",
    "換行\n\t\x00",
    "100%",
    "诊所（东区）№1·①",
)
BOX = {"amap": "uri.amap.com", "tencent": "apis.map.qq.com", "baidu": "api.map.baidu.com"}


def link(vendor: str, of: SiteView, region: str = "示例县") -> str:
    found = {one.vendor: one for one in finding.map_links(of, region, words.ZH)}
    assert tuple(found) == ("amap", "tencent", "baidu")
    return found[vendor].url


def placed(crs: str, name: str = "东庄卫生院", address: str = "人民路12号") -> SiteView:
    return site(name, light="blue", address=address, lat=AT[0], lon=AT[1], crs=crs)


def asked(url: str) -> dict[str, str]:
    """The parameters as a server reads them; each is there once."""
    values = parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)
    assert all(len(value) == 1 for value in values.values()), url
    return {name: value[0] for name, value in values.items()}


def marker(url: str) -> dict[str, str]:
    """Tencent's list: split first, decoded afterwards."""
    raw = next(part for part in urlsplit(url).query.split("&") if part.startswith("marker="))
    return {
        key: unquote(value)
        for key, value in (part.split(":") for part in raw.removeprefix("marker=").split(";"))
    }


@pytest.mark.parametrize(("crs", "system"), [("wgs84", "wgs84"), ("gcj02", "gaode")])
def test_amap_gets_longitude_first_in_the_system_given(crs: str, system: str) -> None:
    assert asked(link("amap", placed(crs))) == {
        "position": "120.330678,37.640512",
        "name": "东庄卫生院",
        "src": "trafficlight",
        "coordinate": system,
        "callnative": "0",
    }


@pytest.mark.parametrize(("crs", "system"), [("wgs84", "1"), ("gcj02", "2")])
def test_tencent_gets_latitude_first_in_the_system_given(crs: str, system: str) -> None:
    url = link("tencent", placed(crs))
    assert asked(url)["coord_type"] == system
    assert asked(url)["referer"] == "trafficlight"
    assert marker(url) == {
        "coord": "37.640512,120.330678",
        "title": "东庄卫生院",
        "addr": "人民路12号",
        "tel": "0000-5551234",
    }


@pytest.mark.parametrize(("crs", "system"), [("wgs84", "wgs84"), ("gcj02", "gcj02"), ("bd09", "bd09ll")])
def test_baidu_gets_latitude_first_in_the_system_given(crs: str, system: str) -> None:
    assert asked(link("baidu", placed(crs))) == {
        "location": "37.640512,120.330678",
        "title": "东庄卫生院",
        "content": "人民路12号",
        "output": "html",
        "coord_type": system,
        "src": "webapp.trafficlight.trafficlight",
    }


@pytest.mark.parametrize("vendor", ["amap", "tencent"])
def test_baidus_coordinates_are_converted_for_those_who_do_not_know_them(vendor: str) -> None:
    url = link(vendor, placed("bd09"))
    told = asked(url)
    if vendor == "amap":
        lon, lat = map(float, told["position"].split(","))
        assert told["coordinate"] == "gaode"
    else:
        lat, lon = map(float, marker(url)["coord"].split(","))
        assert told["coord_type"] == "2"
    right = converted(*AT, "bd09", "gcj02")
    assert hypot(lat - right.lat, (lon - right.lon) * cos(radians(lat))) * 111_320 < 1
    assert abs(lat - AT[0]) > 0.003


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("vendor", list(BOX))
@pytest.mark.parametrize("crs", ["wgs84", ""])
def test_no_name_and_no_address_gets_out_of_its_place(vendor: str, text: str, crs: str) -> None:
    of = placed(crs, text, text) if crs else site(text, address=text, lat=None, lon=None)
    url = link(vendor, of, text)
    plain = link(vendor, placed(crs) if crs else site("甲", address="乙"))
    assert asked(url).keys() == asked(plain).keys()
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", BOX[vendor], "")
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & set(" <>\"'\\^`{|}")
    if crs and vendor == "tencent":
        told = marker(url)
        assert (told["title"], told["addr"]) == (text, text)
    elif crs:
        assert text in asked(url).values()
    else:
        assert f"{text} {text}" in asked(url).values()
        assert text in asked(url).values()


@pytest.mark.parametrize("vendor", list(BOX))
def test_without_coordinates_the_name_and_the_address_are_looked_for(vendor: str) -> None:
    key, region = {
        "amap": ("keyword", "city"),
        "tencent": ("keyword", "region"),
        "baidu": ("query", "region"),
    }[vendor]
    told = asked(link(vendor, site("东庄卫生院", address="人民路12号")))
    assert (told[key], told[region]) == ("东庄卫生院 人民路12号", "示例县")
    told = asked(link(vendor, site("东庄卫生院", address="", town="东庄镇")))
    assert told[key] == "东庄卫生院 东庄镇"
    told = asked(link(vendor, site("东庄卫生院", address="", town="", lat=37.6)))
    assert told[key] == "东庄卫生院"


def test_a_site_without_phone_and_address_is_still_a_marker() -> None:
    bare = site("东庄卫生院", address="", phones=(), lat=0.0, lon=120.5)
    assert marker(link("tencent", bare)) == {"coord": "0,120.5", "title": "东庄卫生院", "addr": "东庄卫生院"}
    assert asked(link("baidu", bare))["content"] == "东庄卫生院"
    assert asked(link("amap", bare))["position"] == "120.5,0"


def test_a_phone_with_several_numbers_stays_one_part() -> None:
    of = site("甲", lat=37.0, lon=120.0, phones=(phone("0000-5551234;tel:120"),))
    assert marker(link("tencent", of))["tel"] == "0000-5551234;tel:120"
