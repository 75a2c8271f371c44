"""Sites of one name on one board are told apart."""

import msgspec

from tests.publish.worlds import DUMPS, SHILI, county
from tests.publish.worlds import site as put_site
from trafficlight.domain.board import Site
from trafficlight.publish.listing import distinct


def site(number: int, name: str = "卫生院", **fields: object) -> Site:
    return Site(id=f"s{number}", name=name, **fields)  # type: ignore[arg-type]


def test_a_name_that_stands_once_needs_nothing_beside_it() -> None:
    assert distinct([site(1), site(2, "医院")]) == {}


def test_the_town_comes_first() -> None:
    assert distinct([site(1, town="东镇"), site(2, town="西镇")]) == {"s1": "东镇", "s2": "西镇"}


def test_within_a_town_what_people_call_it_else_the_address() -> None:
    sites = [
        site(1, town="东镇", also=("南院",), address="人民路1号"),
        site(2, town="东镇", address="人民路2号"),
        site(3, town="西镇"),
    ]
    assert distinct(sites) == {"s1": "南院", "s2": "人民路2号", "s3": "西镇"}


def test_widths_and_spaces_make_no_name_another() -> None:
    sites = [site(1, "第1 医院", town="东镇"), site(2, "第１医院", town="西镇")]
    assert distinct(sites) == {"s1": "东镇", "s2": "西镇"}


def test_one_that_has_nothing_of_its_own_is_told_by_what_is_known() -> None:
    assert distinct([site(1, town="东镇", address="1号"), site(2, town="东镇", address="1号"), site(3)]) == {
        "s1": "东镇 1号",
        "s2": "东镇 1号",
        "s3": "",
    }


def test_a_page_tells_equal_names_apart_and_changes_when_a_namesake_comes() -> None:
    world = county(1)
    publisher = world.publisher(DUMPS)
    path = f"{SHILI}/sites/clinic-0.html"

    def told() -> str:
        page = publisher.find(path, world.at)
        assert page is not None
        return str(msgspec.json.decode(page.body)["site"]["distinct"])

    assert told() == ""
    world.happen(SHILI, put_site(1, name="第0卫生院"), after=1)
    assert told() == "镇0"
    world.happen(SHILI, put_site(1), after=1)
    assert told() == ""
