"""What is on posters and covers, before anything is drawn."""

import re

import pytest
from msgspec.structs import replace

from tests.golden.make import board, edition, header, site, town
from tests.golden.views import LONG, MIXED
from tests.publish.pictures.boards import BOARDS, running, texts
from trafficlight.publish import picture, words
from trafficlight.publish.formats import cover
from trafficlight.publish.formats.cover import Cover
from trafficlight.publish.formats.cover_square import CoverSquare
from trafficlight.publish.formats.poster import TALLEST, Poster, sketches
from trafficlight.publish.picture import Code, MarkShape, Text, decode, ems, encode, wrapped
from trafficlight.publish.view import BoardView

each_board = pytest.mark.parametrize("view", BOARDS.values(), ids=list(BOARDS))


def squeezed(text: str) -> str:
    return "".join(text.split())


@each_board
def test_a_poster_is_as_wide_as_a_phone_shows_it_and_never_taller_than_a_chat_does(view: BoardView) -> None:
    for sketch in sketches(view):
        assert sketch.width == 1080
        assert sketch.height <= TALLEST
        for item in sketch.items:
            assert item.y >= 0
            assert item.y < sketch.height


@each_board
def test_nothing_is_written_smaller_than_30_pixels(view: BoardView) -> None:
    sizes = {item.size for sketch in sketches(view) for item in sketch.items if isinstance(item, Text)}
    assert min(sizes) >= picture.SMALLEST == 30


@each_board
def test_each_picture_tells_by_itself_when_whose_and_what_to_do_in_an_emergency(view: BoardView) -> None:
    made = sketches(view)
    for number, sketch in enumerate(made, start=1):
        said = running(sketch)
        told = [
            words.heading(view.header),
            words.holds(view.edition, words.ZH),
            view.edition.text,
            *words.about(words.ZH),
            *words.answering(view.header),
            *([f"第{number}张，共{len(made)}张"] if len(made) > 1 else []),
        ]
        assert [one for one in told if squeezed(one) not in said] == []
        codes = [item.url for item in sketch.items if isinstance(item, Code)]
        assert codes == [f"https://fever.example.cn/{view.header.slug}/?v=202212240912"]
        assert f"fever.example.cn/{view.header.slug}/" in said


@pytest.mark.parametrize("name", ["mixed", "morning", "all closed", "one site"])
def test_every_site_is_on_it_once_with_its_light_in_a_word_and_every_phone(name: str) -> None:
    view = BOARDS[name]
    said = "".join(running(sketch) for sketch in sketches(view))
    for site_ in view.sites:
        assert said.count(squeezed(site_.name)) >= 1
        for phone in site_.phones:
            assert squeezed(words.phone_text(phone, words.ZH)) in said
    marks = [item for sketch in sketches(view) for item in sketch.items if isinstance(item, MarkShape)]
    of_legend = 5 * len(sketches(view))
    assert len(marks) == len(view.sites) + of_legend
    for pill in {one.pill for one in view.sites}:
        shown = sum(text == pill for sketch in sketches(view) for text in texts(sketch))
        assert shown >= sum(one.pill == pill for one in view.sites)


def test_a_light_is_a_mark_and_a_word_also_without_its_colour() -> None:
    (sketch,) = sketches(board([town("东镇", [site("甲卫生院", light="red")])]))
    row = [item for item in sketch.items if item.y > sketch.height // 3]
    assert [item.mark for item in row if isinstance(item, MarkShape)][-1] == "■"
    assert "红·很多" in [item.text for item in row if isinstance(item, Text)]


def test_a_closure_says_when_it_is_expected_to_end() -> None:
    said = "".join(running(sketch) for sketch in sketches(BOARDS["all closed"]))
    assert said.count("预计12月28日恢复") == 14


def test_yesterdays_light_is_told_with_its_day_and_never_as_a_pill() -> None:
    (sketch,) = sketches(BOARDS["morning"])
    assert running(sketch).count("12月23日16:20：□很多") == 14
    below = [item.text for item in sketch.items if isinstance(item, Text) and item.y > 900]
    assert "红·很多" not in below


def test_a_board_that_shows_no_lights_has_none_on_its_poster() -> None:
    for name in ("paused", "ended"):
        for sketch in sketches(BOARDS[name]):
            assert [item for item in sketch.items if isinstance(item, MarkShape)] == []
            assert BOARDS[name].headline.text in "".join(texts(sketch))


def test_a_town_that_goes_on_is_named_again() -> None:
    first, second = sketches(BOARDS["mixed"])[:2]
    assert "东庄镇" in texts(first)
    assert any(text.endswith(("（续）", "镇")) for text in texts(second)[:20])


@pytest.mark.parametrize(("name", "most"), [("152 sites", 1), ("1,064 sites", 4)])
def test_a_board_with_more_sites_than_two_pictures_hold_has_its_towns_there(name: str, most: int) -> None:
    made = sketches(BOARDS[name])
    assert len(made) <= most
    said = "".join(running(sketch) for sketch in made)
    for one in BOARDS[name].towns:
        assert one.label in said


def test_without_an_address_there_is_no_code_and_the_rest_stands() -> None:
    for sketch in sketches(MIXED):
        assert [item for item in sketch.items if isinstance(item, Code)] == []
        assert "直接拨打120" in running(sketch)


def test_the_longest_name_goes_on_below_and_loses_nothing() -> None:
    names = [f"{LONG}第{number}门诊部" for number in range(14)]
    view = board([town("东镇", [site(name, address=LONG * 2) for name in names])], header=header(name=LONG))
    made = sketches(view)
    said = "".join(running(sketch) for sketch in made)
    assert [name for name in names if name not in said] == []
    assert max(sketch.height for sketch in made) <= TALLEST


@pytest.mark.parametrize("form", [Cover(), CoverSquare()], ids=lambda form: form.name)
@each_board
def test_a_cover_holds_no_light_and_no_report_changes_it(form: Cover | CoverSquare, view: BoardView) -> None:
    (artifact,) = form.make(view)
    sketch = decode(artifact.body)
    said = running(sketch).replace(squeezed(view.header.banner), "")
    assert [item for item in sketch.items if not isinstance(item, Text | Code)] == []
    assert [word for word in words.LIGHT_WORDS.values() if word in said] == []
    assert not re.search(r"\d:\d", said)
    later = replace(view, edition=edition(2048), counts={}, headline=BOARDS["morning"].headline)
    assert form.make(later) == (artifact,)


@each_board
def test_the_wide_cover_says_how_many_clinics_of_which_day_beside_a_large_code(view: BoardView) -> None:
    sketch = decode(Cover().make(view)[0].body)
    (code,) = [item for item in sketch.items if isinstance(item, Code)]
    assert code.size >= 300
    assert code.url == f"https://fever.example.cn/{view.header.slug}/?v=20221224"
    assert 0 <= code.y <= sketch.height - code.size
    about = f"共{len(view.sites)}家机构，12月24日"
    assert (about in running(sketch)) is bool(view.sites and view.header.state != "ended")


@each_board
def test_the_square_cover_is_the_same_for_months(view: BoardView) -> None:
    """It is what a shared link shows, for as long as somebody has it."""
    sketch = decode(CoverSquare().make(view)[0].body)
    said = running(sketch).replace(squeezed(view.header.banner), "")
    assert [item for item in sketch.items if not isinstance(item, Text)] == []
    assert set(re.findall(r"\d+", said)) <= {"120"}


@pytest.mark.parametrize("size", [cover.WIDE, cover.SQUARE])
@pytest.mark.parametrize("name", ["示例县", LONG], ids=["short", "long"])
def test_the_words_of_a_cover_stay_inside_it(name: str, size: tuple[int, int]) -> None:
    sketch = cover.cover_of(header(name=name, banner="演示数据，不是真实信息", publisher=LONG), size)
    for item in sketch.items:
        assert isinstance(item, Text)
        half = ems(item.text) * item.size / 2
        assert item.x - half >= 0
        assert item.x + half <= size[0]
        assert item.size <= item.y < size[1]


def test_a_covers_title_breaks_between_words_or_not_at_all() -> None:
    view = header(name="示例县", publisher="示例县卫生健康局")
    assert "发热就诊机构忙闲情况" in texts(cover.cover_of(view, cover.WIDE))
    square = texts(cover.cover_of(view, cover.SQUARE))
    assert square[square.index("发热就诊机构") + 1] == "忙闲情况"


def test_a_sketch_comes_back_as_it_was_written() -> None:
    for artifact in Poster().make(BOARDS["mixed"]):
        assert artifact.sketch
        assert encode(decode(artifact.body)) == artifact.body


def test_lines_break_after_clauses_and_never_inside_a_phone_number() -> None:
    text = "因医务人员感染暂停接诊，请到附近其他机构就诊。电话0535-12345678，夜间0535-87654321"
    broken = wrapped(text, 10, 160)
    assert "".join(broken) == text
    assert broken[0] == "因医务人员感染暂停接诊，"
    assert any("0535-12345678" in line for line in broken)
    assert not any(line[0] in "，。、）" for line in broken)


def test_what_fits_on_no_line_is_broken_anywhere() -> None:
    broken = wrapped("a" * 100 + "镇" * 50, 10, 100)
    assert "".join(broken) == "a" * 100 + "镇" * 50
    assert max(ems(line) for line in broken) <= 10
    assert wrapped("", 10, 100) == []
