"""Teams, guide and notices: there where the county has them, by town where they are many, and left alone."""

import gzip
from datetime import timedelta

import msgspec
from lxml import html
from lxml.html import HtmlElement

from tests.publish.worlds import SHILI, Makings, World, county, everything, report, teams
from trafficlight.domain import event as e
from trafficlight.domain.board import Team
from trafficlight.domain.phone import parse_phones
from trafficlight.publish.listing import ONE_PAGE
from trafficlight.publish.publisher import Publisher
from trafficlight.text.languages import LANGUAGES

GUIDE = "# 发热\n\n先打[电话](tel:120)。\n"
FIRST_VIEW = 14_000
"""Bytes compressed: one round trip."""


def with_lists(many: int = 3) -> World:
    world = county(3)
    world.tongues = LANGUAGES
    world.happen(SHILI, e.TeamsSet(teams=teams(many)), e.GuideSet(text=GUIDE))
    return world


def page(publisher: Publisher, world: World, path: str) -> HtmlElement:
    published = publisher.find(path, world.at)
    assert published is not None, path
    return html.document_fromstring(published.body.decode())


def test_pages_and_links_are_there_only_where_the_county_has_the_lists() -> None:
    world = county(2)
    world.tongues = LANGUAGES
    publisher = world.publisher()
    for path, event, back in (
        (f"{SHILI}/teams.html", e.TeamsSet(teams=teams(2)), e.TeamsSet()),
        (f"{SHILI}/guide.html", e.GuideSet(text=GUIDE), e.GuideSet()),
    ):
        name = path.rpartition("/")[2]
        for step, there in ((None, False), (event, True), (back, False)):
            if step:
                world.happen(SHILI, step, after=60)
            for folder in ("", "en/", "zh-hant/"):
                assert bool(publisher.find(folder + path, world.at)) is there
                board = page(publisher, world, f"{folder}{SHILI}/index.html")
                assert bool(board.xpath(f"//a[@href='{name}']")) is there


def test_a_clinics_report_leaves_the_lists_alone() -> None:
    world = with_lists(ONE_PAGE + 1)
    makings = Makings()
    publisher = world.publisher(on_made=makings.append)
    listed = [path for path in everything(publisher, world.at) if "teams" in path or "guide" in path]
    assert len(listed) == 3 * (3 + 3)
    before = [publisher.find(path, world.at) for path in listed]
    makings.clear()
    world.happen(SHILI, report(0, 12), report(1, staff_infected=True), after=60)
    assert [publisher.find(path, world.at) for path in listed] == before
    assert not makings
    world.happen(SHILI, e.TeamsSet(teams=teams(ONE_PAGE + 2)), after=60)
    assert [publisher.find(path, world.at) for path in listed] != before


def test_more_teams_than_fit_on_a_page_have_a_page_by_town() -> None:
    world = with_lists(ONE_PAGE)
    publisher = world.publisher()
    rows = page(publisher, world, f"{SHILI}/teams.html").xpath("//main//li/@id")
    assert len(rows) == len(set(rows)) == ONE_PAGE
    assert not [path for path in everything(publisher, world.at) if "/teams/" in path]
    world.happen(SHILI, e.TeamsSet(teams=teams(ONE_PAGE + 1)), after=60)
    index = page(publisher, world, f"{SHILI}/teams.html")
    assert not index.xpath("//main//li")
    towns = [str(link) for link in index.xpath("//nav[@class='towns']//a/@href")]
    counts = [len(page(publisher, world, f"{SHILI}/{town}").xpath("//main//li")) for town in towns]
    assert (len(counts), sum(counts)) == (3, ONE_PAGE + 1)


def test_a_long_list_without_towns_is_one_page() -> None:
    world = county(1)
    world.happen(SHILI, e.TeamsSet(teams=tuple(Team(name=f"第{n}团队") for n in range(ONE_PAGE + 9))))
    publisher = world.publisher()
    assert len(page(publisher, world, f"{SHILI}/teams.html").xpath("//main//li")) == ONE_PAGE + 9
    assert not [path for path in everything(publisher, world.at) if "/teams/" in path]


def test_the_list_for_the_search_leads_to_every_team() -> None:
    world = with_lists(ONE_PAGE + 1)
    publisher = world.publisher()
    found = publisher.find(f"{SHILI}/teams/find.json", world.at)
    assert found is not None
    rows = msgspec.json.decode(found.body)["sites"]
    assert len(rows) == ONE_PAGE + 1
    for address, name, _, area, *_ in (rows[0], rows[-1]):
        town, _, anchor = address.partition("#")
        (row,) = page(publisher, world, f"{SHILI}/teams/{town}").xpath(f"//li[@id='{anchor}']")
        assert name in row.text_content()
        assert area in row.text_content()


def test_two_thousand_teams_are_light_pages() -> None:
    world = county(1)
    phones = parse_phones("0535-0002000/0002001（夜间）")
    many = tuple(
        Team(
            name=f"第{n % 20}镇第{n}家庭医生团队",
            town=f"第{n % 20}镇",
            area=f"{n}村、前{n}村、后{n}村",
            phones=phones,
        )
        for n in range(2000)
    )
    world.happen(SHILI, e.TeamsSet(teams=many))
    publisher = world.publisher()
    sizes = {
        path: len(gzip.compress(body, 6, mtime=0))
        for path, body in everything(publisher, world.at).items()
        if path.startswith(f"{SHILI}/teams") and path.endswith(".html")
    }
    assert len(sizes) == 21
    assert max(sizes.values()) < FIRST_VIEW / 2  # the other half is for style sheets and what comes first


def test_names_and_the_guide_stay_as_written_in_every_language() -> None:
    world = with_lists()
    publisher = world.publisher()
    written = page(publisher, world, f"{SHILI}/guide.html").xpath("//main")[0]
    told = page(publisher, world, f"en/{SHILI}/guide.html").xpath("//main")[0]
    assert (written.get("lang"), told.get("lang")) == (None, "zh-CN")
    assert written.text_content() == told.text_content()
    row = page(publisher, world, f"en/{SHILI}/teams.html").xpath("//main//li")[1]
    assert row.xpath("h3/span[@lang='zh-CN']/text()") == ["第1团队"]
    assert row.xpath("h3/text()") == ["First Team "]


def test_phones_of_teams_are_dialled_with_the_boards_area_code() -> None:
    world = county(1, area_code="0535")
    world.happen(SHILI, e.TeamsSet(teams=(Team(name="团队", phones=parse_phones("5550101")),)))
    called = page(world.publisher(), world, f"{SHILI}/teams.html").xpath("//main//a/@href")
    assert called == ["tel:05355550101"]


def test_a_notice_says_until_when_it_stands_and_goes_by_itself() -> None:
    world = county(1)
    world.tongues = LANGUAGES
    world.happen(
        SHILI,
        e.NoticePosted(notice="a", text="停电。", until=world.at + timedelta(hours=16, minutes=30)),
        e.NoticePosted(notice="b", text="检修。", until=world.at + timedelta(hours=2)),
        e.NoticePosted(notice="c", text="请戴口罩。"),
    )
    publisher = world.publisher()

    def told(path: str = f"{SHILI}/index.html") -> list[str]:
        return [str(one.text_content()) for one in page(publisher, world, path).find_class("notice")]

    assert told() == ["停电。 至12月24日", "检修。 至12月24日 9:30", "请戴口罩。"]
    assert told(f"en/{SHILI}/index.html")[0].startswith("Notice: 停电。 until ")
    text = publisher.find(f"{SHILI}/notice.txt", world.at)
    assert text is not None
    assert "停电。（至12月24日）" in text.body.decode()
    world.at += timedelta(hours=2)
    assert told() == ["停电。 至12月24日", "请戴口罩。"]
