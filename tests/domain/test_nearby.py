"""Who may be named as near: a fixed few, of whom several are open at any hour."""

from datetime import UTC, datetime

from trafficlight.domain.board import Site
from trafficlight.domain.state import Mark, SiteState
from trafficlight.publish.listing import MOST_NAMING, NEAREST, SLEEPLESS, candidates


def placed(*sites: Site) -> dict[str, SiteState]:
    mark = Mark(position=1, at=datetime(2022, 12, 24, tzinfo=UTC))
    return {site.id: SiteState(site=site, touched=mark, light_changed=mark) for site in sites}


def clinic(id_: str, **fields: object) -> Site:
    return Site(id=id_, name=id_, **fields)  # type: ignore[arg-type]


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
    assert candidates(sites[0], placed(*sites)) == tuple(f"s{number:02}" for number in range(1, NEAREST + 1))


def test_who_is_alone_has_nobody_near() -> None:
    assert candidates(clinic("here"), placed(clinic("here"))) == ()


def test_a_stop_with_a_rota_takes_nobodys_place() -> None:
    here = clinic("here", lat=37.6, lon=120.5)
    stops = [clinic(f"s{n}", lat=37.6, lon=120.5, rota="每周一") for n in range(NEAREST)]
    assert candidates(here, placed(here, *stops, clinic("far", lat=37.0, lon=120.0))) == ("far",)


def test_those_that_never_shut_are_among_them_however_far() -> None:
    here = clinic("here", lat=37.6, lon=120.5)
    close = [clinic(f"s{n:02}", lat=37.6, lon=120.5 + n / 100, hours="8:00-17:00") for n in range(1, 30)]
    hospitals = [clinic(f"h{n}", lat=37 - n / 10, lon=120.5, hours="24小时") for n in range(SLEEPLESS + 1)]
    found = candidates(here, placed(here, *close, *hospitals))
    assert found[:NEAREST] == tuple(one.id for one in close[:NEAREST])
    assert found[NEAREST:] == tuple(one.id for one in hospitals[:SLEEPLESS])


def test_one_that_never_shuts_next_door_is_not_asked_for_twice() -> None:
    here = clinic("here", lat=37.6, lon=120.5)
    close = [clinic(f"s{n:02}", lat=37.6, lon=120.5 + n / 100, hours="24小时") for n in range(1, 30)]
    assert len(candidates(here, placed(here, *close))) == NEAREST


def test_no_light_of_a_large_board_makes_every_page_anew() -> None:
    close = [clinic(f"s{n:03}", lat=37 + n / 1000, lon=120.5) for n in range(MOST_NAMING)]
    hospital = clinic("hospital", lat=40, lon=120.5, hours="24小时")
    assert candidates(close[0], placed(*close, hospital)) == tuple(s.id for s in close[1 : NEAREST + 1])
    assert "hospital" in candidates(close[0], placed(*close[1:], hospital))


def test_without_coordinates_nobody_is_named_by_all() -> None:
    sites = placed(*(clinic(f"s{number:02}") for number in range(60)))
    named = [one for state in sites.values() for one in candidates(state.site, sites)]
    assert {named.count(one) for one in sites} == {NEAREST}
