"""What the desk keeps: boards, ids, who is near whom."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from trafficlight.domain.board import Board, Site, check_board
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import RESERVED, check_site_id, check_slug
from trafficlight.domain.nearby import CANDIDATES, candidates
from trafficlight.domain.state import Mark, SiteState


@pytest.mark.parametrize("text", ["a", "0", "longkou", "a-b", "a--b", "1-", "x" * 64])
def test_ids_and_slugs_are_small_letters_digits_and_hyphens(text: str) -> None:
    assert check_site_id(text) == text
    assert check_slug(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "-a", "A", "a b", "a/b", "a.b", "..", "龙口", "x" * 65, "a\n", "ａ", "²", None, 7, b"a", ["a"]],
)
def test_anything_else_is_no_id(text: object) -> None:
    with pytest.raises(Refused) as refused:
        check_site_id(text)
    assert (refused.value.code, refused.value.field) == ("bad_id", "id")
    with pytest.raises(Refused) as refused:
        check_slug(text)
    assert (refused.value.code, refused.value.field) == ("bad_slug", "board")


@pytest.mark.parametrize("slug", sorted(RESERVED - {"_"}))
def test_a_board_takes_no_address_of_ours_but_a_site_may(slug: str) -> None:
    with pytest.raises(Refused) as refused:
        check_slug(slug)
    assert refused.value.code == "slug_reserved"
    assert check_site_id(slug) == slug


@pytest.mark.parametrize(
    ("settings", "code", "field"),
    [
        ({"zone": "Mars/Olympus"}, "unknown_zone", "zone"),
        ({"valid_hours": 0}, "out_of_range", "valid_hours"),
        ({"valid_hours": 49}, "out_of_range", "valid_hours"),
    ],
)
def test_a_board_says_what_is_wrong_with_its_days(settings: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        check_board(Board(slug="longkou", name="龙口市", **settings))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_board_may_turn_its_day_at_any_time() -> None:
    check_board(Board(slug="longkou", name="龙口市", cut_off=time(23, 59), report_by=(), valid_hours=48))


# --- nearby -------------------------------------------------------------------------------------------------


def placed(*sites: Site) -> dict[str, SiteState]:
    mark = Mark(position=1, at=datetime(2022, 12, 24, tzinfo=UTC))
    return {site.id: SiteState(site=site, touched=mark, lit=mark) for site in sites}


def clinic(
    id_: str, *, lat: float | None = None, lon: float | None = None, town: str = "", crs: str = "wgs84"
) -> Site:
    return Site(id=id_, name=id_, lat=lat, lon=lon, town=town, crs=crs)


def test_the_nearest_come_first_and_a_degree_east_is_shorter_than_one_north() -> None:
    here = clinic("here", lat=37.6, lon=120.5)
    east, north = clinic("east", lat=37.6, lon=120.6), clinic("north", lat=37.69, lon=120.5)
    far = clinic("far", lat=37.0, lon=120.0)
    assert candidates(here, placed(far, north, here, east)) == ("east", "north", "far")


def test_without_coordinates_of_one_system_the_same_town_comes_first() -> None:
    here = clinic("here", lat=37.6, lon=120.5, town="芦头镇")
    sites = (clinic("z", town="芦头镇"), clinic("a"), clinic("b", lat=37.6, lon=120.5, crs="gcj02"))
    assert candidates(here, placed(here, *sites)) == ("z", "a", "b")


def test_only_a_fixed_few_are_near_whatever_the_size_of_the_board() -> None:
    sites = [clinic(f"s{number:02}") for number in range(30)]
    assert candidates(sites[0], placed(*sites)) == tuple(
        f"s{number:02}" for number in range(1, CANDIDATES + 1)
    )


def test_who_is_alone_has_nobody_near() -> None:
    assert candidates(clinic("here"), placed(clinic("here"))) == ()
