"""Published lazily, once: what is made, when, and how much of it is kept."""

from datetime import timedelta

import pytest

from tests.publish.worlds import (
    ERXIAN,
    SHILI,
    Makings,
    World,
    board,
    county,
    everything,
    lively,
    paths,
    report,
    site,
)
from trafficlight.domain import event as e
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish import publisher as publisher_module
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import DATA_SCOPES, FormatScope
from trafficlight.publish.listing import candidates
from trafficlight.text.languages import LANGUAGES


class Counted:
    """A world whose publisher's makings are counted; everything was made once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = Makings()
        self.publisher = world.publisher(on_made=self.made.append)
        self.paths = paths(self.publisher, world.at)
        self.made.clear()

    def ask(self) -> list[str]:
        """Ask for everything; the formats that were made for it."""
        for path in sorted(self.paths):
            self.publisher.find(path, self.world.at)
        names = self.made.names()
        self.made.clear()
        return names


ARTICLE_FORMATS = ["wechat_fragment", "wechat_page"]  # in Chinese alone
WITH_ADDRESS = ["wechat_qr", "wechat_proof", "sitemap", "board_sitemap"]  # where the tree has one


def formats_of(scope: FormatScope) -> list[str]:
    """What is made about a subject of the scope, once a language."""
    others = {*ARTICLE_FORMATS, *WITH_ADDRESS}
    return [form.name for form in FORMATS if form.scope is scope and form.name not in others]


BOARD_FORMATS = [one for scope in (FormatScope.BOARD, *DATA_SCOPES) for one in formats_of(scope)]
SITE_FORMATS = formats_of(FormatScope.SITE)
TOWN_FORMATS = formats_of(FormatScope.TOWN)
INDEX_FORMATS = formats_of(FormatScope.INDEX)
TREE_FORMATS = formats_of(FormatScope.TREE)
TONGUES = len(LANGUAGES)


@pytest.fixture
def counted() -> Counted:
    world = county(12)
    world.tongues = LANGUAGES
    world.happen(ERXIAN, board(ERXIAN), site(0, id="er-0"))
    world.happen(SHILI, report(0, 5), after=7200)
    return Counted(world)


def test_start_makes_nothing() -> None:
    made = Makings()
    publisher = lively().publisher(on_made=made.append)
    assert list(publisher.boards())
    assert publisher.assets()
    assert made == []


def test_what_was_made_is_not_made_again(counted: Counted) -> None:
    assert counted.ask() == []
    counted.world.at += timedelta(minutes=3)
    assert counted.ask() == []


def test_a_report_makes_its_own_page_and_its_board_anew(counted: Counted) -> None:
    counted.world.happen(SHILI, report(0, 6), after=60)
    assert counted.ask() == sorted(
        [
            *TREE_FORMATS,
            *ARTICLE_FORMATS,
            *[*BOARD_FORMATS, *INDEX_FORMATS, *TOWN_FORMATS, *SITE_FORMATS] * TONGUES,
        ]
    )


def test_a_changed_light_makes_the_pages_that_name_it_anew(counted: Counted) -> None:
    counted.world.happen(SHILI, report(0, 60), after=60)
    made = counted.ask()
    pages, towns = made.count("site_page"), made.count("town_page")
    assert made == sorted(
        [
            *TREE_FORMATS,
            *ARTICLE_FORMATS,
            *[*BOARD_FORMATS, *INDEX_FORMATS] * TONGUES,
            *TOWN_FORMATS * towns,
            *SITE_FORMATS * pages,
        ]
    )
    assert TONGUES < pages <= 12 * TONGUES
    assert TONGUES <= towns <= 2 * TONGUES


def test_only_pages_that_may_name_it_are_made_for_a_neighbour(counted: Counted) -> None:
    world = counted.world
    world.happen(SHILI, *(site(n, lat=37 + n / 10, lon=120.0) for n in range(12)), after=60)
    counted.ask()
    sites = world.boards[SHILI].sites
    naming = [name for name, state in sites.items() if "clinic-11" in candidates(state.site, sites)]
    world.happen(SHILI, report(11, 60), after=60)
    assert counted.ask().count("site_page") == TONGUES * (1 + len(naming)) < 12 * TONGUES


def test_the_first_report_after_a_boundary_is_told_to_neighbours(counted: Counted) -> None:
    counted.world.at += timedelta(hours=5)
    counted.ask()
    counted.world.happen(SHILI, report(0, 6), after=60)
    assert counted.ask().count("site_page") > TONGUES
    counted.world.happen(SHILI, report(0, 6), after=60)
    assert counted.ask().count("site_page") == TONGUES


def test_another_boards_artifacts_stay_the_same_objects(counted: Counted) -> None:
    before = {path: counted.publisher.find(path, counted.world.at) for path in counted.paths}
    counted.world.happen(SHILI, report(0, 60), after=1)
    for path in counted.paths:
        if path.startswith(("erxian/", "assets/")):
            assert counted.publisher.find(path, counted.world.at) is before[path]


def test_equal_bytes_stay_the_same_object(counted: Counted) -> None:
    before = counted.publisher.find("robots.txt", counted.world.at)
    counted.world.happen(SHILI, report(0, 60), after=1)
    assert counted.publisher.find("robots.txt", counted.world.at) is before


def test_the_index_is_made_only_when_asked_for(counted: Counted) -> None:
    for number in range(5):
        counted.world.happen(SHILI, report(number, 60), after=1)
        counted.publisher.find("shili/index.html", counted.world.at)
    assert set(counted.made.names()) == {"board_page"}


def test_what_belongs_to_no_board_changes_no_byte(counted: Counted) -> None:
    before = everything(counted.publisher, counted.world.at)
    counted.world.happen(SYSTEM, e.TokenIssued(token="t1", digest="d1"), e.LinkIssued(link="l1", digest="d2"))
    counted.made.clear()
    assert everything(counted.publisher, counted.world.at) == before
    assert counted.made == []


def test_a_new_public_address_changes_what_holds_it(counted: Counted) -> None:
    before = everything(counted.publisher, counted.world.at)
    counted.world.happen(SYSTEM, e.ConfigSet(key="public_url", value="https://deng.example"))
    after = everything(counted.publisher, counted.world.at)
    assert b"https://deng.example/shili/" in after["shili/index.html"]
    assert after["erxian/index.html"] != before["erxian/index.html"]
    assert after == everything(counted.world.again().publisher(), counted.world.at)


def test_the_cache_is_bounded_and_eviction_keeps_answers_right() -> None:
    world = lively()
    made = Makings()
    small = world.publisher(on_made=made.append, cache_bytes=20_000)
    right = everything(world.publisher(), world.at)
    assert everything(small, world.at) == right
    assert everything(small, world.at) == right
    made.clear()
    # The page asked for last is at hand; one that was asked for long ago is made again.
    small.find("shili/index.html", world.at)
    small.find("shili/index.html", world.at)
    assert len(made) <= 1
    for path in right:
        small.find(path, world.at)
    assert len(made) > 10


def test_what_one_large_page_needs_is_kept_even_above_the_bound() -> None:
    world = county(30)
    made = Makings()
    publisher = world.publisher(on_made=made.append, cache_bytes=1)
    for _ in range(3):
        assert publisher.find("shili/index.html", world.at)
    assert len(made) == 1


def test_boards_whose_decisions_were_let_go_of_are_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher_module, "BOARDS_CACHED", 1)
    world = lively()
    few = world.publisher()
    for number in range(6):
        world.happen((SHILI, ERXIAN)[number % 2], report(number, 60, site=f"clinic-{number}"), after=60)
        assert everything(few, world.at) == everything(world.again().publisher(), world.at)


def test_a_report_makes_no_other_towns_files_anew(counted: Counted) -> None:
    """A town's page and notice are made of its own sites: of its own edition, headline and counts."""
    counted.world.happen(SHILI, report(0, 6), after=60)
    made = counted.ask()
    assert made.count("town_page") == made.count("town_notice") == TONGUES
