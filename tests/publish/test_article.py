"""What an article says: which face, of when, until when, and what stands in its title."""

import os
import re
import subprocess
import sys
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import segno
from msgspec.structs import replace

from tests.golden.large import large
from tests.golden.make import at, board, closed, header, last, site, town
from tests.golden.views import BARE, BOARDS, COUNTED, ENDED, MIXED, PAUSED
from tests.publish.boards import PUBLIC, sized
from tests.publish.test_article_markup import read
from tests.publish.worlds import SHILI, county, report
from trafficlight.publish import words
from trafficlight.publish.article import LONGEST_DIGEST, LONGEST_TITLE, Article, Face, articles, face_of
from trafficlight.publish.cards import qr_png
from trafficlight.publish.formats.wechat_fragment import WechatFragment
from trafficlight.publish.formats.wechat_page import WechatPage
from trafficlight.publish.formats.wechat_qr import WechatQr
from trafficlight.publish.view import BoardView, HeadlineView, SiteView
from trafficlight.text.languages import EN

LIGHTS = ("人少", "较多", "很多", "蓝", "黄", "红", "●", "▲", "■", "✕", "○", "暂停")


def view(*sites: SiteView, **fields: object) -> BoardView:
    numbered = [replace(one, id=f"s-{at}") for at, one in enumerate(sites)]
    given: dict[str, Any] = {"place": PUBLIC, "report_by": (time(9), time(14)), **fields}
    return board([town("东庄镇", numbered)], header=header(**given))


def only(view: BoardView, face: Face | None = None) -> Article:
    (one,) = articles(view, face)
    return one


def told(view: BoardView, face: Face | None = None) -> list[str]:
    return [line for line in read(only(view, face).content).splitlines() if line]


# --- the two faces ------------------------------------------------------------------------------------------

LIT, UNLIT = site("甲", light="blue"), site("乙", "not_reported", is_open=True)
SHUT, CROSS = site("丙", "closed_now"), closed("丁")
UNSURE = site("戊", "not_reported", is_open=None)
STOP = site("己", "next_visit", is_open=None)


@pytest.mark.parametrize(
    ("sites", "face"),
    [
        ((LIT, UNLIT), Face.LIGHTS),
        ((LIT, UNLIT, UNLIT), Face.DIRECTORY),
        ((LIT, SHUT, SHUT, SHUT), Face.LIGHTS),
        ((LIT, CROSS, CROSS, UNSURE), Face.LIGHTS),
        ((CROSS, CROSS, UNLIT), Face.DIRECTORY),
        ((LIT, UNSURE, UNSURE), Face.DIRECTORY),
        ((LIT, STOP, STOP, STOP), Face.LIGHTS),
        ((SHUT, SHUT), Face.DIRECTORY),
        ((), Face.DIRECTORY),
    ],
)
def test_lights_are_shown_when_half_of_those_that_are_open_have_one(
    sites: tuple[SiteView, ...], face: Face
) -> None:
    assert face_of(view(*sites)) is face
    assert only(view(*sites)).face is face


@pytest.mark.parametrize("one", [PAUSED, ENDED], ids=["paused", "ended"])
def test_an_interrupted_board_shows_no_light_whichever_face_is_asked_for(one: BoardView) -> None:
    assert face_of(one) is Face.DIRECTORY
    for face in Face:
        assert only(one, face).face is Face.DIRECTORY
        assert not re.search("[●▲■✕]", only(one, face).content)


def test_the_list_shows_no_light_but_who_is_closed() -> None:
    lines = told(MIXED, Face.DIRECTORY)
    whole = "\n".join(lines)
    assert not re.search("[●▲■]|蓝·|黄·|红·", whole)
    assert whole.count("✕ 暂停") == 2
    assert "因医务人员感染暂停接诊，请到附近其他机构就诊。预计12月28日恢复。" in whole
    assert "人少4家" not in whole
    assert "上次：12月23日16:20□很多" in lines
    assert not any(re.search("昨天|明天", line) for line in lines)


def test_the_list_says_when_news_comes_and_how_to_see_them() -> None:
    assert "本篇是名录，不含当前忙闲。各点忙闲每天 9:00、14:00 更新，长按识别二维码看最新。" in told(
        view(UNLIT)
    )
    alone = told(view(UNLIT, place=BARE.header.place, report_by=()))
    assert "本篇是名录，不含当前忙闲。各点忙闲每天更新，前往前请先打电话。" in alone


def test_the_list_begins_with_those_that_never_shut() -> None:
    always = site("县医院", "not_due", hours="24小时", town="城关镇", is_open=True)
    today_not = site("乡医院", "closed_now", hours="24小时", is_open=False)
    lines = told(view(site("甲卫生院", "not_due"), always, today_not))
    assert lines.index("24小时开诊") + 1 == lines.index("县医院（城关镇）")
    assert lines.index("县医院（城关镇）") < lines.index("东庄镇") < lines.index("甲卫生院")
    assert "\n".join(lines).count("县医院") == 1
    assert lines.index("东庄镇") < lines.index("乡医院")


# --- of when ------------------------------------------------------------------------------------------------


def test_an_article_holds_until_the_first_light_in_it_does_not() -> None:
    early = site("甲", light="blue", valid_until=at(15, 1))
    assert told(view(LIT, early))[0] == "截至12月24日 周六 9:12，有效至15:01"
    assert only(view(LIT, early)).until == at(15, 1)
    assert told(view(LIT, UNLIT))[:2] == ["截至12月24日 周六 9:12，有效至16:10", "第1024版 12月24日 09:12"]


def test_a_list_holds_to_the_end_of_its_day_or_of_a_closure() -> None:
    assert told(view(UNLIT))[0] == "截至12月24日 周六 9:12，有效至24:00"
    soon = replace(CROSS, valid_until=at(18))
    assert told(view(UNLIT, soon), Face.DIRECTORY)[0] == "截至12月24日 周六 9:12，有效至18:00"
    lit = replace(LIT, valid_until=at(10))
    assert told(view(lit), Face.DIRECTORY)[0] == "截至12月24日 周六 9:12，有效至24:00"


def test_each_part_says_of_when_it_is_and_which_it_is() -> None:
    for face in Face:
        made = articles(sized(1000), face)
        assert len(made) > 1
        for one in made:
            lines = read(one.content).splitlines()
            assert lines[0].startswith("截至12月24日 周六 9:12，有效至")
            assert lines[1] == "第1024版 12月24日 09:12"
            assert lines[2] == f"第{one.number}篇，共{len(made)}篇"
            for sentence in words.ABOUT:
                assert read(one.content).count(sentence) == 1
            assert one.title.endswith(f" {one.number}/{len(made)}")


@pytest.mark.parametrize("one", BOARDS, ids=lambda one: one.header.slug)
def test_every_article_says_what_colours_mean_120_and_who_answers(one: BoardView) -> None:
    for face in Face:
        text = read(only(one, face).content)
        assert all(text.count(sentence) == 1 for sentence in words.ABOUT)
        if one.header.publisher:
            assert f"发布单位：{one.header.publisher}" in text
            assert f"咨询电话：{one.header.hotline}" in text


def test_what_a_light_asks_of_people_is_said_once_more_below() -> None:
    assert (
        "颜色的意思：● 蓝·人少，可直接前往；▲ 黄·较多，先打电话预约；■ 红·很多，先打电话确认；"
        "✕ 暂停，请到其他机构；○ 无最新信息，去前先打电话。" in told(MIXED, Face.LIGHTS)
    )


def test_no_light_is_said_plainly_and_the_last_one_with_its_date() -> None:
    waiting = site("甲", "not_reported", last=last("yellow"))
    lines = told(view(waiting), Face.LIGHTS)
    assert lines[lines.index("甲") + 1].startswith("○ 未更新 12月24日信息尚未更新，")
    assert "上次：12月23日16:20△较多" in lines
    many = board([town("镇", [replace(waiting, id=f"s-{n}", name=f"第{n}室") for n in range(120)])])
    short = told(many, Face.LIGHTS)
    assert "○ 未更新 去前先打电话。" in short
    at_first = short.index("第7室（上次12月23日16:20△较多）")
    assert short[at_first + 1] == "0000-5551234"


# --- titles and the way to the live page --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["龙口", "示例县", "内蒙古自治区呼伦贝尔市莫力达瓦达斡尔族自治旗", "县" * 200]
)
@pytest.mark.parametrize("state", ["live", "paused", "ended"])
def test_titles_and_summaries_are_short_and_hold_no_light(name: str, state: str) -> None:
    text = "停。" if state != "live" else words.HEADLINES["all_busy"]
    for size in (20, 1000):
        one = replace(sized(size, name=name, state=state), headline=HeadlineView(kind="all_busy", text=text))
        for face in Face:
            made = articles(one, face)
            assert len({article.title for article in made}) == len(made)
            for article in made:
                assert 0 < len(article.title) <= LONGEST_TITLE
                assert 0 < len(article.digest) <= LONGEST_DIGEST
                for word in LIGHTS:
                    assert word not in article.title + article.digest


def test_a_title_says_the_county_the_face_and_the_day() -> None:
    assert only(MIXED).title == "示例县发热就诊机构忙闲（12月24日 9:12）"
    assert only(MIXED, Face.DIRECTORY).title == "示例县发热就诊机构名录（12月24日 9:12）"
    assert only(ENDED).title == "结束县发热就诊信息服务已结束（12月24日 9:12）"


def test_the_live_page_is_named_and_drawn_with_the_time_of_the_edition() -> None:
    one = only(COUNTED)
    assert one.link == "https://deng.example/fever/gongkai/?v=202212240912"
    assert one.picture == "https://deng.example/fever/gongkai/wechat-qr.png?v=202212240912"
    assert one.content.count(f'<img src="{one.picture}" alt=') == one.content.count("<img") == 1
    assert told(COUNTED)[-2:] == ["长按识别二维码看最新", one.link]
    (picture,) = WechatQr().make(COUNTED)
    assert (picture.path, picture.media) == ("gongkai/wechat-qr.png", "image/png")
    assert picture.body == qr_png(one.link)
    assert picture.body[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(picture.body[start : start + 4]) for start in (16, 20))
    code = segno.make(one.link, error="m", micro=False)
    assert width == height == code.symbol_size(scale=10, border=4)[0]
    assert width >= 300


def test_a_phone_reads_the_code_of_an_article_and_two_runs_draw_the_same(tmp_path: Path) -> None:
    (picture,) = WechatQr().make(COUNTED)
    (tmp_path / "qr.png").write_bytes(picture.body)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", tmp_path / "qr.png"], capture_output=True, text=True, check=True
    )
    assert read.stdout.split() == [only(COUNTED).link]
    program = (
        "from tests.publish.test_article import COUNTED, WechatQr, articles; from hashlib import sha256;"
        "told = WechatQr().make(COUNTED)[0].body + articles(COUNTED)[0].content.encode();"
        "print(sha256(told).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_where_nobody_said_where_the_tree_lives_there_is_no_picture_and_no_address() -> None:
    for face in Face:
        one = only(MIXED, face)
        assert (one.link, one.picture) == ("", "")
        assert "<img" not in one.content
        assert "http" not in one.content
        assert "二维码" not in one.content + one.digest
    assert WechatQr().make(MIXED) == ()


# --- as files -----------------------------------------------------------------------------------------------


def test_fragments_are_files_and_the_page_shows_them_byte_for_byte() -> None:
    one = sized(1000)
    made = articles(one)
    files = WechatFragment().make(one)
    assert [file.path for file in files] == [
        "shili/wechat-fragment.html",
        *(f"shili/wechat-fragment-{n}.html" for n in range(2, len(made) + 1)),
    ]
    (page,) = WechatPage().make(one)
    for file, article in zip(files, made, strict=True):
        assert file.body == article.content.encode()
        assert page.body.count(file.body) == 1
        assert article.title.encode() in page.body


def test_articles_are_in_chinese_alone() -> None:
    other = replace(COUNTED, header=replace(COUNTED.header, lang=EN.code))
    assert WechatFragment().make(other) == WechatPage().make(other) == WechatQr().make(other) == ()


def test_the_same_facts_give_the_same_article() -> None:
    assert articles(large()) == articles(large())


def test_an_article_follows_what_happens() -> None:
    world = county(2)
    publisher = world.publisher()

    def fragment() -> str:
        published = publisher.find("shili/wechat-fragment.html", world.at)
        assert published is not None
        return read(published.body.decode())

    assert "本篇是名录" in fragment()
    assert "每天 9:00、14:00 更新" in fragment()
    world.happen(SHILI, report(0, 5), report(1, 80), after=60)
    assert "● 蓝·人少" in fragment()
    assert "■ 红·很多" in fragment()
    world.happen(SHILI, report(0, staff_infected=True, expected_reopen=date(2022, 12, 28)), after=60)
    assert "✕ 暂停 因医务人员感染暂停接诊" in fragment()
    assert publisher.find("shili/wechat-fragment-2.html", world.at) is None


@pytest.mark.parametrize("face", Face)
def test_a_number_begins_its_line_so_that_none_is_broken_at_its_hyphen(face: Face) -> None:
    for one in (sized(14), large()):
        lines = [line for article in articles(one, face) for line in read(article.content).splitlines()]
        for place in one.sites:
            number = place.phones[0].number
            assert any(line.startswith((number, f"电话：{number}")) for line in lines), number
