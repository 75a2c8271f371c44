"""Paths: what stands where, and what nobody can make stand anywhere."""

import itertools
import re
from datetime import datetime, timedelta

import pytest

from tests.publish.worlds import (
    CAOGAO,
    ERXIAN,
    SHILI,
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
from trafficlight.domain.board import BoardState
from trafficlight.domain.ids import RESERVED
from trafficlight.publish.drawing import PictureRenderer, find
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.listing import town_files
from trafficlight.publish.publisher import FormatSubject, Publisher
from trafficlight.text.languages import LANGUAGES

SAFE = re.compile(r"[\w-]+(\.[\w-]+)*(/[\w-]+(\.[\w-]+)*)*")

HOSTILE = (
    *("../x", "a/b", "/etc/passwd", "..", ".", "...", ".htaccess", "CON", "con", "nul", "COM1", "", " ", "_"),
    *(
        "😷",
        "😷😷",
        "镇" * 300,
        "\\\\server\\x",
        "a\0b",
        "a\nb",
        "%2e%2e",
        "a?b#c",
        "-rf",
        "东庄镇",
        "东/庄镇",
    ),
    *(
        "东\\庄镇",
        "index",
        "deadbeef",
        "x-deadbeef",
        "Ａ镇",
        "A",
        "a",
        "𠮷野",
        "\u202e镇",
        "e\u0301",
        "\u00e9",
    ),
)


def test_a_towns_file_is_safe_and_its_own() -> None:
    files = town_files(HOSTILE)
    assert sorted(files.values()) == sorted(set(HOSTILE))
    folded = [file.casefold() for file in files]
    assert len(set(folded)) == len(files)
    for file in files:
        assert re.fullmatch(r"[\w-]{1,60}", file), file
        assert len(f"{file}.txt.gz".encode()) <= 200
        assert file.casefold() not in {"con", "nul", "com1"}
        assert not file.startswith("-")


def test_a_towns_file_does_not_depend_on_the_others() -> None:
    together = {name: file for file, name in town_files(HOSTILE).items()}
    for name in HOSTILE:
        assert town_files([name]) == {together[name]: name}


@pytest.mark.parametrize("name", ["东庄镇", "第2街道", "city_2", "zhen-1"])
def test_a_plain_town_keeps_its_name(name: str) -> None:
    assert town_files([name]) == {name: name}


def test_no_town_can_take_anothers_file() -> None:
    (unsafe,) = town_files(["a/b"])
    assert len(town_files(["a/b", unsafe])) == 2
    (empty,) = town_files([""])
    assert len(town_files(["", empty])) == 2


def test_every_path_is_safe_and_found_again() -> None:
    world = county(0)
    world.happen(SHILI, *(site(number, town=town) for number, town in enumerate(HOSTILE)))
    publisher = world.publisher()
    found = paths(publisher, world.at)
    for path in found:
        assert SAFE.fullmatch(path), path
        published = publisher.find(path, world.at)
        assert published is not None
        assert published.path == path
    assert sum(path.startswith("shili/notice/") for path in found) == len(set(HOSTILE))


def test_no_two_formats_claim_one_path() -> None:
    for one, other in itertools.combinations(FORMATS, 2):
        assert one.pattern != other.pattern
    world = lively()
    publisher = world.publisher()
    claimed = [
        path
        for form in FORMATS
        for subject in subjects(publisher)
        if subject.scope is form.scope
        for path in world.publisher((form,)).made(subject, world.at)[0]
    ]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) | set(publisher.assets()) == paths(publisher, world.at)


def subjects(publisher: Publisher) -> list[FormatSubject]:
    boards = [subject for part in publisher.parts() for subject in publisher.subjects(part)]
    return [*publisher.rest(), *boards]


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "index", "nothing.html", "shili", "shili/", "shili/nothing.html", "none/index.html"),
        *(
            "shili/sites/none.html",
            "shili/sites/none.svg",
            "shili/sites/../index.html",
            "shili/notice/none.txt",
        ),
        *(
            "shili/notice/..%2findex.txt",
            "../etc/passwd",
            "_/index.html",
            "assets/board.css",
            "desk/index.html",
        ),
        *("/index.html", "shili//index.html", "SHILI/index.html", "shili/index.html ", "shili/index.html\n"),
        *("shili/sites/-.html", f"{'x' * 65}/index.html", "erxian/sites/clinic-0.html"),
    ],
)
def test_nothing_stands_at_an_unknown_path(path: str) -> None:
    world = lively()
    assert world.publisher().find(path, world.at) is None


@pytest.mark.parametrize(
    "named",
    [
        "sites/none-{}.html",
        "poster-{}.png",
        "wechat-fragment-{}.html",
        "notice/none-{}.txt",
        "../MP_verify_{}.txt",
    ],
)
def test_paths_that_never_were_are_not_remembered(named: str) -> None:
    world = lively()
    renderer = PictureRenderer(find())
    publisher = world.publisher(renderer=renderer)
    for number in range(90, 1090):
        assert publisher.find(f"shili/{named}".format(number).replace("shili/../", ""), world.at) is None
    assert len(publisher._paths) == 0  # noqa: SLF001 - a stranger cannot be allowed to fill our memory
    assert publisher.find("shili/poster.png", world.at) is not None
    assert len(publisher._paths) == 1  # noqa: SLF001 - what is there is found at once
    renderer.close()


def test_a_draft_is_reachable_and_listed_nowhere() -> None:
    world = lively()
    told = everything(world.publisher(), world.at)
    assert b"noindex" in told["caogao/index.html"]
    assert b"caogao" not in told["index.html"] + told["boards.json"]
    put = world.boards[CAOGAO].board
    assert put is not None
    world.happen(CAOGAO, board(CAOGAO, state=BoardState.LIVE))
    told = everything(world.publisher(), world.at)
    assert b"caogao" in told["index.html"]
    assert b"caogao" in told["boards.json"]


def test_a_site_that_left_has_a_page_for_90_days() -> None:
    world = county(3)
    gone = world.happen(SHILI, e.SiteRemoved(site="clinic-1", moved_to=ERXIAN), after=3600)
    publisher = world.publisher()
    end = gone + timedelta(days=90)
    for at, there in ((gone, True), (end - timedelta(minutes=10), True), (end, False)):
        for path in ("shili/sites/clinic-1.html", "shili/sites/clinic-1.svg"):
            assert (publisher.find(path, at) is not None) is there
            assert (world.again().publisher().find(path, at) is not None) is there
    page = publisher.find("shili/sites/clinic-1.html", gone)
    assert page is not None
    assert b"../../erxian/sites/clinic-1.html" in page.body
    assert b"tel:0535" not in page.body.replace(b"tel:05350001200", b"")
    stands = publisher.made(FormatSubject(FormatScope.SITE, SHILI, "clinic-1"), end - timedelta(minutes=10))[
        1
    ]
    assert stands is not None
    assert stands == end


def test_a_site_that_came_back_has_its_page_back() -> None:
    world = county(2)
    publisher = world.publisher()
    world.happen(SHILI, e.SiteRemoved(site="clinic-1"), after=60)
    assert "已不在名单中" in text(publisher, "shili/sites/clinic-1.html", world.at)
    world.happen(SHILI, site(1), after=60)
    assert "已不在名单中" not in text(publisher, "shili/sites/clinic-1.html", world.at)


def text(publisher: Publisher, path: str, at: datetime) -> str:
    published = publisher.find(path, at)
    assert published is not None
    return published.body.decode()


def test_a_town_without_sites_has_no_notice_any_more() -> None:
    world = county(2)
    publisher = world.publisher()
    assert publisher.find("shili/notice/镇1.txt", world.at)
    world.happen(SHILI, site(1, town="新镇"), after=60)
    assert publisher.find("shili/notice/镇1.txt", world.at) is None
    assert publisher.find("shili/notice/新镇.txt", world.at)


@pytest.mark.parametrize("slug", ["../x", "A", "", "a/b", "x" * 65, *sorted(RESERVED - {"_"})])
def test_a_ledger_from_elsewhere_cannot_make_us_publish_at_strange_places(slug: str) -> None:
    world = county(1)
    world.tongues = LANGUAGES
    world.happen(slug, board(slug), site(0, id="x-0"))
    world.happen(SHILI, site(1, id="../../x"), site(2, id="X"))
    publisher = world.publisher()
    assert list(publisher.boards()) == [SHILI]
    assert list(publisher.subjects(slug)) == []
    found = publisher.find(f"{slug}/index.html", world.at)
    tongue = f"{slug}/" in {one.folder for one in LANGUAGES}  # there the list of boards stands
    assert (found is not None) is tongue
    assert found is None or b"x-0" not in found.body
    assert publisher.find(f"{slug}/sites/x-0.html", world.at) is None
    told = everything(publisher, world.at)
    assert b"x-0" not in told["boards.json"]
    assert all(SAFE.fullmatch(path) for path in told)
    assert not any(".." in path for path in told)


def test_a_board_is_nothing_before_it_was_put() -> None:
    world = World()
    world.happen(SHILI, site(0), report(0, 5))
    publisher = world.publisher()
    assert list(publisher.boards()) == []
    assert publisher.find("shili/index.html", world.at) is None
    assert publisher.find("index.html", world.at)
