"""Pages: what every one of them says, hides and weighs, whatever the board."""

import gzip
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import unquote

import html5lib
import pytest
from lxml import html
from lxml.html import HtmlElement

from tests.golden.large import SITES, large
from tests.golden.views import (
    BARE,
    BOARDS,
    COUNTED,
    DRAFT,
    ENDED,
    FORMULA,
    HOSTILE,
    INDEX,
    MIXED,
    PAGES,
    PAUSED,
    VIEWS,
)
from trafficlight.assets import asset_path, assets
from trafficlight.domain.light import BOARD_DARK, BY_ROTA
from trafficlight.publish import templating, words
from trafficlight.publish.edition import GZIP_LEVEL
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.formats.board_page import BoardPage
from trafficlight.publish.formats.index_page import IndexPage
from trafficlight.publish.formats.site_page import SitePage
from trafficlight.publish.towns import groups
from trafficlight.publish.view import BoardView, GoneView, SitePageView, TreeLocation

LIGHT_WORDS = ("人少", "较多", "很多", "蓝·", "黄·", "红·", "●", "▲", "■", "✕")
FIRST_VIEW = 13 * 1024
"""Bytes compressed, with the styles of the first view: less than the first window of a connection carries."""
CARD = {
    "og:image": "https://deng.example/fever/gongkai/cover-square.png",
    "og:image:width": "500",
    "og:image:height": "500",
}
LATER = 13 * 1024
"""Bytes compressed, of all scripts that wait until the page is drawn."""
DATA_APART = "//script[not(@src) and not(@type='application/ld+json')]"
"""What runs: data for searches does not, whatever stands in it."""
SCRIPTS = ("page.js", "search.js")


def pages() -> Iterator[Artifact]:
    """Every page of the golden views; fragments are none."""
    for form in FORMATS:
        for view in VIEWS[form.scope]:
            yield from (one for one in form.make(view) if one.body.startswith(b"<!doctype html>"))


each_page = pytest.mark.parametrize("page", tuple(pages()), ids=lambda page: page.path)


def tree(body: bytes) -> HtmlElement:
    return html.document_fromstring(body.decode())


def text(element: HtmlElement) -> str:
    """What is read, without the gaps of the source and without what only guides where a line may break."""
    return re.sub(r"\s+", " ", str(element.text_content())).replace("\u2060", "")


def read(body: bytes) -> str:
    """What is read of a page."""
    return text(tree(body).xpath("//body")[0])


@each_page
def test_a_page_is_html_without_a_fault(page: Artifact) -> None:
    html5lib.HTMLParser(strict=True).parse(page.body.decode())


@each_page
def test_title_and_description_hold_no_light(page: Artifact) -> None:
    """They are what a share card or a search shows for days; its picture is the board's cover."""
    found = tree(page.body)
    told = [str(one) for one in found.xpath("//title/text() | //meta[@name='description']/@content")]
    assert len(told) == 2
    for word in (*LIGHT_WORDS, "暂停接诊", "○"):
        assert word not in "".join(told)
    names = "".join(site.name for view in BOARDS for site in view.sites)
    assert not set(re.findall(r"\d+", "".join(told))) - set(re.findall(r"\d+", names))
    card = {str(one.get("property")): one.get("content") for one in found.xpath("//meta[@property]")}
    known = page.path.startswith("gongkai/") and not found.xpath("//meta[@name='robots']")
    assert card == (CARD if known else {})
    assert not found.xpath("//link[contains(@rel, 'image')]")


def has_lights(page: Artifact) -> bool:
    """Whether it is a page of lights: the lists beside the sites are not."""
    return not re.search(r"/(teams|guide)(\.html|/)", page.path)


def shows_articles(page: Artifact) -> bool:
    """Whether it shows what is to be pasted elsewhere: that has tests of its own."""
    return page.path.endswith("/wechat.html")


@each_page
def test_a_page_says_once_what_colours_mean_and_120(page: Artifact) -> None:
    for sentence in words.ABOUT:
        assert read(page.body).count(sentence) == has_lights(page), sentence
    if shows_articles(page):
        return
    found = tree(page.body)
    assert found.xpath("//a[@href='tel:120']")
    assert not re.search(r"\s[。，]", str(found.find_class("sos")[0].text_content()).strip())


@each_page
def test_a_page_says_which_edition_it_is_and_until_when_it_stands(page: Artifact) -> None:
    body = read(page.body)
    if "/doors/" in page.path:  # they hang for months, and hold nothing that grows old
        assert not re.search(r"第\d+版|\d+月\d+日|有效至", body)
        return
    assert re.search(r"第\d+版 12月24日 09:12", body)
    if not has_lights(page):
        assert re.search(r"日期：2022年12月2[01]日", body)
        assert tree(page.body).xpath("//html/@data-until") == ["2023-01-23T09:12+08:00"]
    elif page.path.endswith(("shili-090.html", "gongkai-9.html")) or page.path.startswith("jieshu/"):
        assert re.search(r"\d{4}年\d+月\d+日 周.", body) or "已结束" in body
    else:
        assert re.search(r"12月24日 周六 (8:10填报|9:12)?，有效至 ?(12月\d+日 周. )?\d+:\d\d", body)


@each_page
def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(page: Artifact) -> None:
    found = tree(page.body)
    place = COUNTED.header.place if page.path.startswith("gongkai/") else TreeLocation()
    assert found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [
        templating.csp(place, inline=shows_articles(page))
    ]
    for article in found.find_class("wx-phone"):
        article.drop_tree()
    (policy,) = map(str, found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content"))
    directives = dict(one.split(maxsplit=1) for one in policy.split("; "))
    for inlined, directive in (("//style", "style-src"), (DATA_APART, "script-src")):
        for element in found.xpath(inlined):
            allowed = directives[directive].split()
            assert digest(element.text) in allowed or "'unsafe-inline'" in allowed
    assert "'unsafe-inline'" not in directives["script-src"]
    loaded = [*map(str, found.xpath("//@src")), *map(str, found.xpath("//link[@rel='stylesheet']/@href"))]
    named = {re.sub(r"^(\.\./)*", "", one) for one in loaded}
    assert named <= {asset.path for asset in assets()}
    if "/doors/" in page.path:
        assert named == {asset_path("print.css")}
    else:
        assert named >= {asset_path("board.css"), asset_path("page.js")}
    assert not found.xpath("//*[@style] | //script[@src][text()]")
    assert not found.xpath("//@*[starts-with(name(), 'on')]")


def digest(text: str) -> str:
    """How a policy names what stands in a page."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@each_page
def test_a_hostile_name_is_text(page: Artifact) -> None:
    found = tree(page.body)
    assert not found.xpath(
        f"{DATA_APART}[ancestor::body] | //body//*[self::b or self::i][contains(text(), '诊所')]"
    )
    if HOSTILE in read(page.body):
        assert HOSTILE.encode() not in page.body


def test_hostile_names_are_shown_as_they_are() -> None:
    told = read(BoardPage().make(MIXED)[0].body)
    assert told.count(HOSTILE) >= 4
    assert FORMULA in told
    titles = [str(tree(SitePage().make(page)[0].body).findtext(".//title")) for page in PAGES]
    assert sum(title.startswith((HOSTILE, FORMULA)) for title in titles) == 3


def test_what_has_no_light_has_no_colour_and_its_last_light_a_date() -> None:
    rows = tree(BoardPage().make(MIXED)[0].body).xpath("//main//li[h3]")
    by_name = {site.name: site for site in MIXED.sites}
    for row in rows:
        site = by_name[str(row.xpath("string(h3/a)"))]
        assert row.get("class") == (site.light or "none")
        if site.light is None:
            assert not re.search("|".join("●▲■✕"), text(row))
            assert ("◇" if site.visit else "○") in text(row.find_class("pill")[0])
    assert len(rows) == len(MIXED.sites)
    before = [page for page in PAGES if isinstance(page, SitePageView) and page.site.last]
    assert len(before) >= 2
    for page in before:
        assert page.site.last
        told = read(SitePage().make(page)[0].body)
        assert page.site.last.text in told
        assert "12月23日" in told


@pytest.mark.parametrize("view", [PAUSED, ENDED], ids=["paused", "ended"])
def test_an_interrupted_or_ended_board_shows_no_light(view: BoardView) -> None:
    mine = [BoardPage().make(view)[0]]
    mine += [SitePage().make(page)[0] for page in PAGES if page.header.slug == view.header.slug]
    assert len(mine) > 1
    for page in mine:
        for word in LIGHT_WORDS:
            assert word not in read(page.body), (page.path, word)
        assert not tree(page.body).xpath(
            "//*[@class='blue' or @class='yellow' or @class='red' or @class='cross']"
        )


def test_phones_stay_when_a_board_is_interrupted() -> None:
    page = tree(BoardPage().make(PAUSED)[0].body)
    assert len(page.xpath("//main//a[starts-with(@href, 'tel:')]")) == len(PAUSED.sites)


def test_a_draft_asks_not_to_be_listed() -> None:
    for view, listed in ((DRAFT, False), (BARE, True)):
        page = tree(BoardPage().make(view)[0].body)
        assert bool(page.xpath("//meta[@name='robots']")) is not listed


def test_links_lead_to_paths_that_formats_make() -> None:
    made = {one.path for form in FORMATS for view in VIEWS[form.scope] for one in form.make(view)}
    made |= {asset.path for asset in assets()}
    for page in (*map(BoardPage().make, BOARDS), *map(SitePage().make, PAGES), IndexPage().make(INDEX)):
        found = tree(page[0].body)
        found.make_links_absolute(f"http://x/{page[0].path}")
        for element, _, link, _ in found.iterlinks():
            address = re.split("[?#]", link)[0]
            if element.get("hreflang") not in {None, "zh-CN"}:
                continue  # the same page in another tongue
            if address.startswith("http://x/") and address != f"http://x/{page[0].path}":
                assert unquote(address.removeprefix("http://x/")) in made, (page[0].path, link)


def test_each_town_is_a_fold_of_its_name_with_a_page_of_its_own() -> None:
    page = tree(BoardPage().make(MIXED)[0].body)
    folds = page.xpath("//details[@id]")
    assert [fold.get("id") for fold in folds] == [town.file for town in MIXED.towns]
    for fold, town in zip(folds, MIXED.towns, strict=True):
        assert [str(one) for one in fold.xpath(".//h3/a/@href")] == [
            f"sites/{site.id}.html" for site in (*groups(town.sites).open, *groups(town.sites).unsure)
        ] + [f"sites/{site.id}.html" for site in groups(town.sites).shut]
        assert fold.xpath(".//p[@class='go']/a/@href") == [f"towns/{town.file}.html"]


def test_152_sites_and_all_that_the_first_view_needs_fit_into_one_round_trip() -> None:
    """Nothing is waited for but the page itself; style sheet and scripts come after what is seen first."""
    body = BoardPage().make(large())[0].body
    page = tree(body)
    assert not page.xpath("//head/link[@rel='stylesheet'] | //script[@src][not(@defer)]")
    assert [link.getnext() for link in page.xpath("//body//link[@rel='stylesheet']")] == [None]
    later = page.xpath("//script[@defer]/@src")
    assert len(later) == len(SCRIPTS)
    sizes = {asset.path: compressed(asset.body) for asset in assets()}
    waiting = [size for path, size in sizes.items() if f"../{path}" in later]
    first = compressed(body)
    print(f"{SITES} sites, compressed: {first} bytes, later {sum(waiting)} {waiting}")  # noqa: T201 - shown with -s
    assert first <= FIRST_VIEW
    assert sum(waiting) <= LATER
    site_page = tree(SitePage().make(PAGES[0])[0].body)
    assert not site_page.xpath("//head/link[@rel='stylesheet'] | //script[@src][not(@defer)]")
    of_site = set(tree(SitePage().make(PAGES[0])[0].body).xpath("//script[@defer]/@src"))
    later_there = [asset for asset in assets() if f"../../{asset.path}" in of_site]
    assert "copy.js" in {asset.name for asset in later_there}
    assert sum(compressed(asset.body) for asset in later_there) <= LATER


def compressed(body: bytes) -> int:
    return len(gzip.compress(body, GZIP_LEVEL, mtime=0))


def test_a_site_says_why_once() -> None:
    for page in PAGES:
        if isinstance(page, SitePageView) and page.header.state == "live":
            told = read(SitePage().make(page)[0].body)
            assert told.count("排队") == (0 if page.site.reason in BY_ROTA else 1)
            assert "规则第0版" not in told
            assert ("默认规则" in told) is (page.rule.version == 0)


def test_a_site_that_left_names_no_phone_and_no_light() -> None:
    gone = [page for page in PAGES if isinstance(page, GoneView)]
    for page in gone:
        found = tree(SitePage().make(page)[0].body)
        assert not found.find_class("pill")
        phones = {str(link) for link in found.xpath("//a[starts-with(@href, 'tel:')]/@href")}
        assert phones <= {"tel:120", f"tel:{page.header.hotline_tel}", f"tel:{page.header.supervision_tel}"}
    assert len(gone) == 2


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://yuyue.example/a?b=1&c=2#d", True),
        ("http://yuyue.example:8080", True),
        ("HTTPS://挂号.example/预约", True),
        ("电话预约", False),
        ("https://yuyue.example 先登录", False),
        ("见https://yuyue.example", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ('https://a.example/" onclick=', False),
        ("", False),
    ],
)
def test_only_what_is_wholly_an_address_is_a_link(text: str, link: bool) -> None:
    assert words.is_link(text) is link


def test_booking_and_consultation_are_buttons_where_they_are_addresses() -> None:
    (booked,) = [page for page in PAGES if isinstance(page, SitePageView) and page.site.booking]
    page = tree(SitePage().make(booked)[0].body)
    (button,) = page.xpath("//dd[@class='go']/a")
    assert (button.text, button.get("href"), button.get("rel")) == (
        "网上预约",
        booked.site.booking,
        "noopener",
    )
    assert booked.site.online in text(page)


def test_what_was_reported_is_not_said_to_hold_where_no_light_stands() -> None:
    expired = next(site for site in MIXED.sites if site.reason == "expired")
    assert expired.reported_at
    assert "填报" not in words.own_time(expired, MIXED.edition.as_of.date(), MIXED.header.lang)
    assert "有效至10:00" in words.own_time(expired, MIXED.edition.as_of.date(), MIXED.header.lang)


def test_every_reason_for_no_light_is_explained() -> None:
    reasons = {page.site.reason for page in PAGES if isinstance(page, SitePageView) and not page.site.light}
    assert (
        reasons
        >= set(words.WHY_NONE)
        == {
            "not_due",
            "not_reported",
            "expired",
            "closed_now",
            "hours_unknown",
            "reopening_due",
            "rule_unreadable",
        }
        | BY_ROTA
        | BOARD_DARK
    )
