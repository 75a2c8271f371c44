"""What search engines read: nothing in it runs, and it says neither a light nor what nobody knows."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from tests.golden.make import at, phone, site
from tests.golden.views import BOARDS
from tests.golden.views import PAGES as VIEWS
from trafficlight.publish.formats.board_page import BoardPage
from trafficlight.publish.formats.site_page import SitePage
from trafficlight.publish.linked import clinic, clinics, in_page
from trafficlight.publish.view import BoardView, SitePageView, SiteView

HOSTILE = ("</script>", "<!--", "<script>alert(1)</script>", "]]>", "\u2028", "\u202e")
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
PAGES = [view for view in VIEWS if isinstance(view, SitePageView)]
BASE = PAGES[0]


def of(one: SiteView, **fields: Any) -> dict[str, Any]:
    return clinic(msgspec.structs.replace(BASE, site=one, **fields))


def read(page: bytes) -> list[dict[str, Any]]:
    """What a page says, as a reader that knows nothing of us finds it."""
    found = html.document_fromstring(page.decode()).xpath("//script[@type='application/ld+json']")
    return [msgspec.json.decode(one.text_content()) for one in found]


@pytest.mark.parametrize("view", PAGES, ids=lambda view: view.site.id)
def test_a_sites_page_says_its_clinic(view: SitePageView) -> None:
    (document,) = read(SitePage().make(view)[0].body)
    assert document == msgspec.to_builtins(clinic(view))
    assert (document["@type"], document["name"]) == ("MedicalClinic", view.site.name)


@pytest.mark.parametrize("view", BOARDS, ids=lambda view: view.header.slug)
def test_a_boards_page_says_its_addresses_alone_and_only_where_it_has_one(view: BoardView) -> None:
    if not view.header.place.public_url:
        assert read(BoardPage().make(view)[0].body) == []
    place = msgspec.structs.replace(view.header.place, public_url="https://fever.example.cn")
    there = msgspec.structs.replace(view, header=msgspec.structs.replace(view.header, place=place))
    found = read(BoardPage().make(there)[0].body)
    assert found == ([clinics(there)] if view.sites else [])
    for document in found:
        assert len(document["itemListElement"]) == len(view.sites)
        assert document["itemListElement"][0].startswith(
            f"https://fever.example.cn/{view.header.slug}/sites/"
        )


def test_no_light_stands_in_it() -> None:
    """A search shows for days what it read once."""
    for view in PAGES:
        text = str(in_page(clinic(view)))
        for word in (view.site.pill, view.site.action, view.site.mark, "blue", "yellow", "red"):
            assert not word or word not in text


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=40),
    st.sampled_from(["</script>", "<!--", "<script>alert(1)</script>", "]]>", "\u2028", "\u202e"]),
)
def test_nothing_in_it_ends_its_element(text: str, hostile: str) -> None:
    one = site(f"甲{text}{hostile}", address=hostile + text, hours=hostile)
    written = str(in_page(of(one)))
    assert not set("<>&\u2028\u2029") & set(written)
    assert msgspec.json.decode(written)["name"] == one.name


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (
            "周一至周五 8:00-17:30",
            [(WEEKDAYS, "08:00", "17:30")],
        ),
        ("24小时", [("all", "00:00", "23:59"), ("PublicHolidays", "00:00", "23:59")]),
        ("", []),
        ("请先打电话", []),
    ],
)
def test_hours_are_said_where_they_are_sure(hours: str, said: list[tuple[object, str, str]]) -> None:
    found = of(site("甲", hours=hours)).get("openingHoursSpecification", [])
    names = [
        ("all" if len(one["dayOfWeek"]) == 7 else one["dayOfWeek"], one["opens"], one["closes"])
        for one in found
    ]
    assert [one for one in names if one in said] == said
    assert bool(names) == bool(said)


def test_a_day_that_differs_and_a_closure_are_special_hours() -> None:
    special = ((date(2022, 12, 25), "休息"), (date(2022, 12, 26), "9:00-12:00"))
    shut = site("甲", reason="staff_infected", cross_since=at(7), expected_reopen=date(2022, 12, 27))
    assert of(shut, special=special)["specialOpeningHoursSpecification"] == [
        {"@type": "OpeningHoursSpecification", "validFrom": "2022-12-25", "validThrough": "2022-12-25"},
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": "2022-12-26",
            "validThrough": "2022-12-26",
            "opens": "09:00",
            "closes": "12:00",
        },
        {"@type": "OpeningHoursSpecification", "validFrom": "2022-12-24", "validThrough": "2022-12-26"},
    ]


def test_a_closure_without_an_announced_end_ends_with_the_day_that_is_sure() -> None:
    shut = site("甲", reason="staff_infected", cross_since=at(7), valid_until=at(4, day=31))
    (closed,) = of(shut)["specialOpeningHoursSpecification"]
    assert (closed["validFrom"], closed["validThrough"]) == ("2022-12-24", "2022-12-31")


def test_what_nobody_knows_is_not_there() -> None:
    bare = of(site("甲", phones=(), address="", town="", hours="", lat=None, lon=None))
    assert not {"telephone", "address", "geo", "openingHoursSpecification", "url", "@id"} & bare.keys()
    there = of(site("甲", phones=(phone("0000-5551234", "801"),), lat=37.64, lon=120.33, crs="gcj02"))
    assert there["telephone"] == ["0000-5551234 ext. 801"]
    assert abs(there["geo"]["latitude"] - 37.64) > 0.0005
