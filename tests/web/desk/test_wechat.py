"""`/desk/boards/…/wechat`: the day's article, ready to be copied."""

import re

import pytest
from lxml import html
from msgspec.structs import replace

from tests.publish.whitelist import violations
from tests.web.conftest import World
from tests.web.desk.conftest import Hire, text_of
from trafficlight.domain.board import BoardState, Site
from trafficlight.domain.event import BoardPut, ConfigSet, SitePut
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish.article import Face, articles

WECHAT = "/boards/longkou/wechat"


def box(page: html.HtmlElement, number: int = 1) -> str:
    """The article as it stands in the page."""
    (found,) = page.xpath(f"//*[@id='wx-{number}']")
    return "".join(html.tostring(child, encoding="unicode", with_tail=False) for child in found)


async def test_it_shows_the_article_of_the_moment_with_title_summary_and_both_looks(
    world: World, hire: Hire
) -> None:
    await world.put(SYSTEM, ConfigSet(key="public_url", value="http://fever.example.cn"))
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(WECHAT)
    assert "本篇是名录" in box(page)
    for site in ("lk-001", "lk-002", "lk-003"):
        await world.report({"patients": 12}, site=site)
    page = await person.page(WECHAT)
    view = world.node.publisher.view("longkou", world.clock())
    assert view is not None
    (article,) = articles(view)
    assert article.face is Face.LIGHTS
    assert box(page) == article.content
    assert violations(article.content, article.picture) == []
    assert text_of(page.xpath("//*[@id='wx-title-1']")[0]) == article.title
    assert text_of(page.xpath("//*[@id='wx-digest-1']")[0]) == article.digest
    dark = page.find_class("wx-dark")
    assert [text_of(one) for one in dark] == [text_of(page.xpath("//*[@id='wx-1']")[0])]
    assert text_of(page.xpath("//*[@id='wx-link-1']")[0]) == article.link
    files = ("cover.png", "cover-square.png", "poster.png", "directory.png", "wechat-qr.png")
    towns = tuple(f"posters/{town.file}.png" for town in view.towns)
    assert len(towns) > 1
    assert page.xpath("//a[@download]/@href") == [f"../../../longkou/{name}" for name in (*files, *towns)]
    named = page.xpath("//a[contains(@href, '/posters/')]/text()")
    assert named == [town.label for town in view.towns]


async def test_an_article_stands_by_itself_to_be_selected_by_hand_in_either_face(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    view = world.node.publisher.view("longkou", world.clock())
    assert view is not None
    for face in Face:
        page = await person.page(f"{WECHAT}?face={face}")
        (link,) = page.xpath("//a[.='单独打开全文']/@href")
        answer = await person.get(f"{WECHAT}{link}")
        (article,) = articles(view, face)
        text = await answer.text()
        assert f"<body>{article.content}</body>" in text
        assert "'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "公众号文章" in text_of(await person.page(f"{WECHAT}?plain=2"))  # there is but one


async def test_posters_in_several_pictures_are_all_there(world: World, hire: Hire) -> None:
    sites = [
        Site(id=f"x-{at}", name=f"第{at}卫生室", town="东江街道", address="人民路" * 9) for at in range(30)
    ]
    await world.put("longkou", *(SitePut(site=one) for one in sites))
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(WECHAT)
    files = [str(one).rpartition("/")[2] for one in page.xpath("//a[@download]/@href")]
    assert files[2:4] == ["poster.png", "poster-2.png"]
    labels = [
        str(one)
        for one in page.xpath(
            "//a[contains(@href, '/poster') and not(contains(@href, '/posters'))]/@aria-label"
        )
    ]
    assert labels == [f"海报 {number}" for number in range(1, len(labels) + 1)]


async def test_the_other_face_is_one_tap_away_and_it_says_which_one_the_data_asks_for(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    for query, face in (
        ("", "名录版"),
        ("?face=lights", "忙闲版"),
        ("?face=directory", "名录版"),
        ("?face=x", "名录版"),
    ):
        page = await person.page(WECHAT + query)
        assert [text_of(one) for one in page.xpath("//nav[@class='wx-faces']//a[@aria-current]")] == [face]
        assert "按现在的数据，用名录版。" in text_of(page)
        assert ("本篇是名录" in box(page)) is (face == "名录版")


async def test_it_says_how_many_have_reported_and_gives_the_text_for_the_others(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    await world.report({"patients": 12})
    world.clock.turn(hours=1)  # 9:10
    page = await person.page(WECHAT)
    said = text_of(page.find_class("wx-progress")[0])
    assert "已更新1/3" in said
    assert "还差2家" in said
    (chase,) = page.xpath("//textarea[@id='wx-chase']")
    assert "截至9:10还有2家没有填报" in chase.text
    for site in ("lk-002", "lk-003"):
        await world.report({"patients": 12}, site=site)
    page = await person.page(WECHAT)
    assert text_of(page.find_class("wx-progress")[0]).strip() == "已更新3/3"


async def test_notices_are_there_to_be_copied_for_the_county_and_for_each_town(
    world: World, hire: Hire
) -> None:
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(WECHAT)
    published = world.node.publisher.find("longkou/notice.txt", world.clock())
    assert published is not None
    assert page.xpath("//textarea[@id='wx-notice']/text()")[0].strip() == published.body.decode().strip()
    towns = [str(one) for one in page.xpath("//textarea[starts-with(@id, 'wx-notice-')]/@aria-label")]
    assert towns == ["东江街道", "新嘉街道"]


async def test_its_policy_lets_an_articles_styles_and_picture_and_no_more_scripts(
    world: World, hire: Hire
) -> None:
    await world.put(SYSTEM, ConfigSet(key="public_url", value="http://fever.example.cn/d"))
    person = await hire("王芳", {"longkou": "viewer"})
    policy = (await person.get(WECHAT)).headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline';" in policy
    assert "img-src 'self' data: http://fever.example.cn;" in policy
    assert "script-src 'self';" in policy
    other = (await person.get("/boards/longkou/today")).headers["Content-Security-Policy"]
    assert "unsafe-inline" not in other


@pytest.mark.parametrize("state", [BoardState.PAUSED, BoardState.ENDED, BoardState.DRAFT])
async def test_a_board_that_shows_nothing_says_so_to_the_editor(
    world: World, hire: Hire, state: BoardState
) -> None:
    board = world.node.current.boards["longkou"].board
    assert board is not None
    await world.put("longkou", BoardPut(board=replace(board, state=state)))
    person = await hire("王芳", {"longkou": "viewer"})
    page = await person.page(WECHAT)
    assert "这个看板现在没有对公众显示忙闲。" in text_of(page)
    assert not re.search("[●▲■]", box(page))
    assert "还没有设置公开网址" in text_of(page)


async def test_it_is_for_those_who_may_see_the_board(world: World, hire: Hire) -> None:
    stranger = await hire("李明", {"qixia": "admin"})
    assert (await stranger.get(WECHAT)).status == 404
