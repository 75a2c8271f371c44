"""Who is named as open nearby on a site's page: several, at every hour, and never by old news."""

import re
from datetime import datetime, timedelta

import pytest

from tests.publish.worlds import DAY, SHILI, T0, World, county, report, site

FIRST = T0 - timedelta(hours=1)
"""06:30 of a Saturday on the board's clock."""
DAY_HOURS = "8:00-17:00"
PAGE = "shili/sites/clinic-0.html"
_NAMED = re.compile(
    r'<li class="(\w+)" data-until="([^"]+)"><h3><b class="pill">[^<]*</b> <a href="([^"]+)\.html"'
)


def on_a_road(sites: int) -> World:
    """A village beside others with the usual hours, each an hour's walk farther; the hospital is far."""
    world = county(0)
    world.at = FIRST - timedelta(days=1)
    world.happen(
        SHILI,
        *(site(n, hours=DAY_HOURS, lat=37.0 + n / 100, lon=120.5) for n in range(sites)),
        site(0, id="hospital", name="县医院", hours="24小时", lat=39.0, lon=120.5),
    )
    world.at = FIRST
    return world


def named(world: World) -> list[tuple[str, str]]:
    """Those that the first site's page names, with what they show."""
    published = world.publisher().find(PAGE, world.at)
    assert published
    found = _NAMED.findall(published.body.decode())
    for light, until, _ in found:
        assert light == "none" or world.at < datetime.fromisoformat(until)
    return [(one, light) for light, _, one in found]


def test_at_dawn_the_hospital_is_named_though_it_is_far() -> None:
    assert named(on_a_road(30)) == [("hospital", "none")]


def test_before_the_first_news_several_open_ones_are_named_and_say_that_there_is_none() -> None:
    world = on_a_road(30)
    world.at += timedelta(hours=1, minutes=40)
    assert named(world) == [("clinic-1", "none"), ("clinic-2", "none"), ("clinic-3", "none")]


def test_those_of_which_there_is_news_come_first_however_few() -> None:
    world = on_a_road(30)
    world.happen(SHILI, report(2, 60), report(9, 5), after=6000)
    assert named(world) == [("clinic-9", "blue"), ("clinic-1", "none"), ("clinic-2", "red")]
    world.happen(SHILI, report(1, 5), report(4, 5), after=60)
    assert named(world) == [("clinic-1", "blue"), ("clinic-4", "blue"), ("clinic-9", "blue")]


def test_a_closed_one_and_one_that_was_to_reopen_are_not_named() -> None:
    world = on_a_road(4)
    tomorrow = DAY + timedelta(days=1)
    world.happen(SHILI, report(1, staff_infected=True), after=6000)
    world.happen(SHILI, report(2, staff_infected=True, expected_reopen=tomorrow), after=60)
    assert [one for one, _ in named(world)] == ["clinic-3", "hospital"]
    world.at += timedelta(days=1)
    assert [one for one, _ in named(world)] == ["clinic-3", "hospital"]


@pytest.mark.parametrize("again", [0, 3], ids=["reported once", "reported again, which lags here"])
def test_no_old_light_is_named_at_any_minute_of_a_day(again: int) -> None:
    """What is said of a neighbour may be of an earlier report of the same light: it is said with its end."""
    world = on_a_road(6)
    world.happen(SHILI, *(report(n, 5) for n in range(6)), after=6000)
    for _ in range(again):
        world.happen(SHILI, *(report(n, 6) for n in range(6)), after=3000)
    publisher, lit = world.publisher(), 0
    for _ in range(24 * 12):
        published = publisher.find(PAGE, world.at)
        assert published
        for light, until, _ in _NAMED.findall(published.body.decode()):
            assert light == "none" or world.at < datetime.fromisoformat(until)
            lit += light != "none"
        world.at += timedelta(minutes=5)
    assert lit


def test_where_nobody_is_known_to_be_open_the_way_to_all_that_are_stands_there() -> None:
    world = county(1)
    published = world.publisher().find(PAGE, world.at)
    assert published
    assert b'<a href="../index.html?open=1">' in published.body
