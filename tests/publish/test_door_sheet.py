"""The sheet for a clinic's door: nothing on it grows old."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.golden.views import PAGES
from tests.publish.worlds import DAY, SHILI, county, report
from trafficlight.domain.event import ConfigSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish.formats.door_sheet import DoorSheet
from trafficlight.publish.view import GoneView, SitePageView, TreeLocation

VIEWS = [view for view in PAGES if isinstance(view, SitePageView) and view.header.state != "ended"]


def sheet(view: SitePageView) -> str:
    (made,) = DoorSheet().make(view)
    return made.body.decode()


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.site.id)
def test_no_light_and_no_time_is_on_it(view: SitePageView) -> None:
    """The words of all lights are explained; what this site shows now is not there."""
    dark = replace(view.site, light=None, mark="○", pill="", action="", reported_at=None, last=None)
    assert sheet(view) == sheet(
        replace(view, site=dark, edition=replace(view.edition, position=7, text="第7版"))
    )
    assert str(view.edition.as_of.date().day) + "日" not in sheet(view)


def test_without_an_address_it_says_so_and_has_no_code() -> None:
    told = sheet(VIEWS[0])
    assert "公开网址还没有设置" in told
    assert "<svg" not in told
    home = TreeLocation(public_url="https://deng.example")
    told = sheet(replace(VIEWS[0], header=replace(VIEWS[0].header, place=home)))
    assert "还没有设置" not in told
    assert told.count("<svg") == 1


def test_who_left_and_who_ended_has_none() -> None:
    gone = [view for view in PAGES if isinstance(view, GoneView)]
    assert gone
    assert all(DoorSheet().make(view) == () for view in gone)
    ended = replace(VIEWS[0], header=replace(VIEWS[0].header, state="ended"))
    assert DoorSheet().make(ended) == ()


def test_a_report_makes_the_very_same_sheet_again() -> None:
    world = county(3)
    world.happen(SYSTEM, ConfigSet(key="public_url", value="https://deng.example"))
    publisher = world.publisher()
    path = f"{SHILI}/doors/clinic-0.html"
    before = publisher.find(path, world.at)
    assert before
    for minute, patients in enumerate((3, 40, 90)):
        world.happen(SHILI, report(0, patients), report(1, patients), after=60 * minute)
        assert publisher.find(path, world.at) is before
    world.at += timedelta(days=40)
    world.happen(SHILI, report(0, 3, DAY + timedelta(days=40)))
    assert publisher.find(path, world.at) is before
