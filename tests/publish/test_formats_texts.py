"""Notices and badges: what is read out, pasted and hung up on other people's pages."""

import re

import pytest
from lxml import etree

from tests.golden.large import large
from tests.golden.make import at, board, closed, header, site, town
from tests.golden.views import BOARDS, ENDED, HOSTILE, LONG, MIXED, PAGES, PAUSED, many, towns
from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.formats.board_badge import BoardBadge
from trafficlight.publish.formats.notice import NoticeText
from trafficlight.publish.formats.site_badge import SiteBadge
from trafficlight.publish.formats.town_notice import LONGEST, TownNotice
from trafficlight.publish.view import BoardView, SitePageView, TownView

NOTICES = [NoticeText().make(view)[0] for view in BOARDS]
TOWNS = [TownNotice().make(view)[0] for view in (*(one for view in BOARDS for one in towns(view)), many())]
BADGES = [
    *(BoardBadge().make(view)[0] for view in (*BOARDS, large())),
    *(SiteBadge().make(view)[0] for view in PAGES),
]
SVG = "{http://www.w3.org/2000/svg}"

each_notice = pytest.mark.parametrize("notice", NOTICES + TOWNS, ids=lambda notice: notice.path)
each_badge = pytest.mark.parametrize("picture", BADGES, ids=lambda picture: picture.path)


@each_notice
def test_a_notice_says_what_colours_mean_and_when_it_is_of(notice: Artifact) -> None:
    text = notice.body.decode()
    for sentence in words.ABOUT:
        assert text.count(sentence) == 1
    assert re.search(r"截至12月24日 周六 9:12，有效至15:30", text)
    assert len(re.findall(r"第\d+版 12月24日 09:12", text)) == 1


def test_who_is_closed_is_named_first() -> None:
    for text in (
        NoticeText().make(MIXED)[0].body.decode(),
        TownNotice().make(towns(MIXED)[0])[0].body.decode(),
    ):
        assert text.index("东庄镇卫生院南院") < text.index("东庄镇中心卫生院")


def test_a_notice_names_every_site_and_how_to_phone_it() -> None:
    text = NoticeText().make(MIXED)[0].body.decode()
    for one in MIXED.sites:
        lines = [line for line in text.splitlines() if line.startswith(one.name)]
        assert any(all(phone.number in line for phone in one.phones) for line in lines)


@pytest.mark.parametrize("view", [PAUSED, ENDED], ids=["paused", "ended"])
def test_an_interrupted_boards_notices_hold_no_light(view: BoardView) -> None:
    for notice in (NoticeText().make(view)[0], *(TownNotice().make(one)[0] for one in towns(view))):
        for word in (*words.LIGHT_WORDS.values(), *"●▲■✕"):
            assert word not in notice.body.decode().replace("暂停更新", "")


@pytest.mark.parametrize("count", [1, 5, 40, 300])
@pytest.mark.parametrize("name", ["村卫生室", LONG], ids=["short", "long"])
@pytest.mark.parametrize("light", [*words.LIGHT_WORDS, None])
def test_a_towns_notice_is_two_minutes_at_most_and_ends_its_sentences(
    count: int, name: str, light: str | None
) -> None:
    reason = {None: "expired", "cross": "staff_infected"}.get(light, "rule")
    sites = [site(f"{name}{at}", reason, light) for at in range(count)]
    view = board([town("大镇", sites)], header=header("da", "大县"))
    text = TownNotice().make(towns(view)[0])[0].body.decode()
    assert len(text) <= LONGEST
    whole(text)


def whole(text: str) -> None:
    for line in text.splitlines():
        assert line.endswith("。"), line


def test_forty_sites_with_long_names_fit_and_the_rest_is_told_where() -> None:
    view: TownView = many()
    text = TownNotice().make(view)[0].body.decode()
    assert len(text) <= LONGEST == 480
    whole(text)
    assert "等" in text
    assert "请查看大县公示页，或拨打0000 555 1200询问" in text
    for named in re.findall(rf"{LONG}第(\d+)门诊部", text):
        assert 1 <= int(named) <= 40
    assert all(f"{count}家" in text for count in ("人少10", "较多10", "很多10", "无最新信息10"))


def test_a_closed_site_is_named_first_also_where_names_are_left_out() -> None:
    sites = [site(f"{LONG}{at}", light="blue") for at in range(39)]
    view = board([town("大镇", [*sites, site("关门的卫生院", "staff_infected")])])
    text = TownNotice().make(towns(view)[0])[0].body.decode()
    assert text.index("暂停1家") < text.index("人少39家")
    assert "关门的卫生院" in text


@each_badge
def test_a_badge_is_xml_that_runs_and_loads_nothing(picture: Artifact) -> None:
    root = etree.fromstring(picture.body, etree.XMLParser(resolve_entities=False))
    assert root.tag == f"{SVG}svg"
    assert {str(one.tag).removeprefix(SVG) for one in root.iter()} <= {"svg", "title", "desc", "rect", "text"}
    assert not root.xpath("//@*[starts-with(name(), 'on') or contains(name(), 'href') or name() = 'style']")
    said = "".join(root.itertext())
    for sentence in words.ABOUT:
        assert said.count(sentence) == 1
    assert "第" in said
    assert "版" in said


def test_a_hostile_name_is_whole_in_a_badges_title_and_shortened_beside_its_light() -> None:
    pages = [page for page in PAGES if isinstance(page, SitePageView) and page.site.name == HOSTILE]
    root = etree.fromstring(SiteBadge().make(pages[0])[0].body)
    assert HOSTILE in str(root.findtext(f"{SVG}title"))
    assert any((one.text or "").startswith("<script>") for one in root.iter(f"{SVG}text"))


def test_what_has_no_light_has_no_colour_on_a_badge() -> None:
    fills = [fill.encode() for fill in words.FILLS.values()]
    for page in PAGES:
        picture = SiteBadge().make(page)[0].body
        light = (
            None if hasattr(page, "moved_to") or page.header.state in {"paused", "ended"} else page.site.light
        )
        assert [fill in picture for fill in fills] == [name == light for name in words.FILLS]
    for view in (PAUSED, ENDED):
        assert not any(fill in BoardBadge().make(view)[0].body for fill in fills)


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("0535-8812345", "0535 881 2345"),
        ("010-88123456", "010 8812 3456"),
        ("13800000000", "138 0000 0000"),
        ("400-123-4567", "400 123 4567"),
        ("4001234567", "400 123 4567"),
        ("053588123456", "0535 8812 3456"),
        ("夜间 0535-8812345转801（值班室）", "夜间 0535 881 2345转801（值班室）"),
        ("120", "120"),
        ("12345", "12345"),
        ("0000-5551200/0000-5551201", "0000 555 1200/0000 555 1201"),
    ],
)
def test_numbers_are_grouped_as_they_are_read_out(written: str, heard: str) -> None:
    assert words.read_out(written) == heard


def test_a_loudspeaker_hears_one_sentence_a_site_with_its_number_in_groups() -> None:
    view = board([town("镇", [site("甲卫生院", light="blue"), site("乙卫生院", light="blue", id="b")])])
    text = TownNotice().make(towns(view)[0])[0].body.decode()
    assert "甲卫生院，东庄镇人民路12号，电话0000 555 1234。乙卫生院，" in text
    assert "咨询电话：0000 555 1200。监督电话：0000 555 1201。" in text
    assert re.search(r"\d{8}", text) is None


def test_who_is_closed_since_today_is_news_and_comes_first() -> None:
    old, new = closed("早先关的卫生院"), closed("今天关的卫生院", id="b", cross_since=at(7, 30))
    view = board([town("镇", [old, new, site("开着的卫生院", light="blue", id="c")])])
    for text in (
        NoticeText().make(view)[0].body.decode(),
        TownNotice().make(towns(view)[0])[0].body.decode(),
    ):
        news = text.index("今天起暂停：因医务人员感染暂停接诊")
        assert news < text.index("今天关的卫生院") < text.index("早先关的卫生院") < text.index("开着的卫生院")
