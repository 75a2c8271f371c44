"""A board with more sites than one page can show: its towns on the page, its sites on theirs."""

import gzip
import re

import msgspec
import pytest
from lxml import html

from tests.publish.worlds import SHILI, World, board, report, site
from trafficlight.publish.formats.board_page import MOST_ROWS
from trafficlight.publish.publisher import Publisher

TOWNS = 30
SITES = 3000
FIRST_VIEW = 14_000
"""Bytes compressed, as of any board."""


@pytest.fixture(scope="module")
def world() -> World:
    world = World()
    world.happen(SHILI, board(SHILI))
    world.happen(SHILI, *(site(number, town=f"第{number % TOWNS}镇") for number in range(SITES)))
    world.happen(SHILI, *(report(number, number % 90) for number in range(0, SITES, 2)), after=7200)
    return world


@pytest.fixture(scope="module")
def publisher(world: World) -> Publisher:
    return world.publisher()


def read(publisher: Publisher, world: World, path: str) -> bytes:
    published = publisher.find(f"{SHILI}/{path}", world.at)
    assert published, path
    return published.body


def test_the_page_of_a_large_board_fits_into_one_round_trip(world: World, publisher: Publisher) -> None:
    assert len(gzip.compress(read(publisher, world, "index.html"))) < FIRST_VIEW


def test_a_large_board_leads_to_its_towns_and_says_how_busy_each_is(
    world: World, publisher: Publisher
) -> None:
    page = html.document_fromstring(read(publisher, world, "index.html").decode())
    towns = page.xpath("//section[@id='towns']//a[@class='tile']")
    assert len(towns) == TOWNS
    document = msgspec.json.decode(read(publisher, world, "board.json"))
    for link in towns:
        shown = html.document_fromstring(read(publisher, world, str(link.get("href"))).decode())
        names = [str(name) for name in shown.xpath("//main//h3/a/text()")]
        mine = [one for one in document["sites"] if one["town"] == link.findtext("h2")]
        assert sorted(names) == sorted(one["name"] for one in mine)
        for light in ("blue", "yellow", "red"):
            told = re.search(r"\d+", "".join(link.xpath(f".//b[@class='{light}']//text()")))
            count = sum(one["light"] == light for one in mine)
            assert (int(told[0]) if told else 0) == count
        assert link.xpath("./span/@data-until"), "counts go out, too"


def test_every_site_of_a_large_board_is_found_by_the_list(world: World, publisher: Publisher) -> None:
    page = html.document_fromstring(read(publisher, world, "index.html").decode())
    form = page.get_element_by_id("find")
    listed = msgspec.json.decode(read(publisher, world, str(form.get("data-list"))))["sites"]
    assert len(listed) == SITES
    assert read(publisher, world, str(form.get("data-page")).replace("#", str(listed[0][0])))


def test_a_report_changes_the_large_board_its_town_and_the_one_that_names_it(
    world: World, publisher: Publisher
) -> None:
    paths = [f"towns/第{number}镇.html" for number in range(TOWNS)]
    before = {path: read(publisher, world, path) for path in paths}
    world.happen(SHILI, report(1, 50), after=60)
    changed = {path for path in paths if read(publisher, world, path) != before[path]}
    assert "towns/第1镇.html" in changed
    assert changed <= {"towns/第0镇.html", "towns/第1镇.html"}


@pytest.mark.parametrize(("sites", "rows"), [(MOST_ROWS, MOST_ROWS), (MOST_ROWS + 1, 0)])
def test_a_board_of_as_many_sites_as_fit_still_has_its_rows(sites: int, rows: int) -> None:
    world = World()
    world.happen(SHILI, board(SHILI), *(site(number) for number in range(sites)))
    page = html.document_fromstring(read(world.publisher(), world, "index.html").decode())
    assert len(page.xpath("//main//h3/a[starts-with(@href, 'sites/')]")) == rows
