"""The markup of articles: it survives WeChat's filter, its dark mode, and the loss of every style."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from msgspec.structs import replace

from tests.golden.large import large
from tests.golden.make import AS_OF, board, header, phone, site, town
from tests.golden.views import BOARDS, MIXED
from tests.publish import darkmode as dark
from tests.publish.boards import PUBLIC, STRANGE, sized
from tests.publish.whitelist import STYLE, TAGS, canonical, violations
from trafficlight.publish import frozen, words
from trafficlight.publish.article import Face, articles
from trafficlight.publish.article_rows import LONGEST
from trafficlight.publish.view import BoardView
from trafficlight.publish.words import FILLS, INKS

SIZES: Final = (14, 40, 152, 1000)
LARGEST: Final = "示例县东庄镇与西岭镇联合社区卫生服务中心发热哨点诊室北院区分部" * 2
VIEWS: Final = {
    **{view.header.slug: view for view in BOARDS},
    **{f"{size} sites": sized(size) for size in SIZES},
    "as many as Yantai": large(),
    "long names": sized(152, long=LARGEST),
    "hostile names": sized(152, long="<&>" * 25),
    "one town": sized(1000, towns=1),
    "a county's long words": sized(
        152,
        banner="<&>" * 66,
        publisher="县" * 200,
        hotline="&" * 200,
        supervision="<" * 200,
        notices=MIXED.header.notices * 60,
    ),
}

each_view = pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
each_face = pytest.mark.parametrize("face", Face)


def read(markup: str) -> str:
    """What is read where every style is lost: paragraphs and breaks are what browsers make of them."""
    plain = re.sub(r"<br>|</p>", "\n", markup)
    return str(html.fragment_fromstring(plain, create_parent="div").text_content())


@each_view
@each_face
def test_an_article_is_of_what_survives_and_short_enough(view: BoardView, face: Face) -> None:
    for one in articles(view, face):
        assert violations(one.content, one.picture) == []
        assert len(one.content) < LONGEST
        assert one.content.startswith("<section ")


@each_view
@each_face
def test_a_sanitiser_loses_nothing(view: BoardView, face: Face) -> None:
    """Another parser, another list of the same: what it writes out is what was made."""
    for one in articles(view, face):
        cleaned = nh3.clean(
            one.content,
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in TAGS.items()},
            filter_style_properties=set(STYLE),
            link_rel=None,
        )
        assert canonical(cleaned) == canonical(one.content)


def test_the_judge_of_markup_finds_what_is_wrong() -> None:
    wrong = (
        '<section style="position:absolute"><p class="a" onclick="x">a</p><a href="tel:120">120</a>b'
        '<div>c</div><script>d</script><p style="color:red;width:50vw">e<!-- f --></p>'
        '<img src="https://evil.example/x.png"><svg></svg>'
        '<p style="color:#ffffff;color:#000000">g</p></section>'
    )
    assert len(violations(wrong, "https://ours.example/x.png")) >= 12
    assert violations("<p>a</p>") == ["not one section"]
    assert violations("a<section></section>") == ["not one section"]
    long = f"<section><p>{'a' * LONGEST}</p></section>"
    assert violations(long) == [f"{len(long)} characters"]


# --- the dark -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("under", "ink", "in_light", "in_dark"),
    [
        ("", "#1565c0", 5.75, 3.20),
        ("", "#c62828", 5.62, 3.29),
        ("", "#8a6100", 5.54, 3.17),
        ("", "#666666", 5.74, 3.06),
        ("", "#767676", 4.54, 3.87),
        ("#e6f0fb", "#0b4a8f", 7.62, 4.75),
        ("#f5b400", "#191919", 9.55, 9.55),
    ],
)
def test_the_dark_is_the_one_that_was_measured(under: str, ink: str, in_light: float, in_dark: float) -> None:
    """The published program itself gave these numbers in a browser."""
    light, ground = (dark.rgb(under), dark.ground(dark.rgb(under))) if under else (dark.LIGHT_PAGE, dark.PAGE)
    assert round(dark.contrast(light, dark.rgb(ink)), 2) == in_light
    assert round(dark.contrast(ground, dark.ink(dark.rgb(ink), ground)), 2) == in_dark


@pytest.mark.parametrize("light", FILLS)
def test_a_light_stands_out_and_keeps_its_colour_in_the_dark(light: str) -> None:
    fill, ink = dark.rgb(FILLS[light]), dark.rgb(INKS[light])
    assert dark.contrast(fill, ink) >= 4.5
    assert dark.ground(fill) == fill
    assert dark.ink(ink, fill) == ink


def test_text_on_the_page_has_no_colour_of_its_own() -> None:
    """So the dark mode's own is taken, which stands out; any that reads well in the light fades there."""
    assert dark.contrast(dark.PAGE, dark.PAGE_TEXT) >= 4.5
    pairs = set()
    for view in VIEWS.values():
        for one in articles(view, Face.LIGHTS):
            for style in re.findall(r'style="([^"]+)"', one.content):
                fill, ink = (
                    re.search(r"background-color:(\S{7})", style),
                    re.search(r"(?<!-)color:(\S{7})", style),
                )
                assert (fill is None) == (ink is None), style
                if fill and ink:
                    pairs.add((fill[1], ink[1]))
    assert pairs == {(FILLS[light], INKS[light]) for light in FILLS}


# --- without any style --------------------------------------------------------------------------------------


@each_face
def test_without_any_style_the_order_and_the_words_are_the_same(face: Face) -> None:
    (one,) = articles(MIXED, face)
    bare = re.sub(r' style="[^"]*"', "", one.content)
    assert read(bare) == read(one.content)
    told = [line.strip() for line in read(bare).splitlines() if line.strip()]
    begins = told[1]
    assert begins.startswith("截至12月24日 周六 9:12，有效至")
    if face is Face.LIGHTS:
        after = set(pairwise(told))
        for view in MIXED.sites:
            asked = frozen.action(view, AS_OF.date(), words.ZH)
            assert (view.name, f"{view.mark} {view.pill} {asked}") in after


@pytest.mark.parametrize("name", STRANGE, ids=repr)
@each_face
def test_a_strange_name_is_text(name: str, face: Face) -> None:
    seen = name.encode("utf-8", "ignore").decode()
    strange = site(name, address=name, hours=name, serves=name, phones=(phone("0000-5551234", said=name),))
    view = board([town(name, [strange])], header=header(name=seen, publisher=name, place=PUBLIC))
    for form in (view, replace(view, towns=view.towns * 60)):
        for one in articles(form, face):
            assert violations(one.content, one.picture) == []
            one.content.encode()
            drawn = " ".join(re.sub("[\ud800\u202e\0\x1b]", "", name).split())
            assert drawn in " ".join(read(one.content).split())
            assert "\u202e" not in one.content


@settings(max_examples=25)
@given(
    name=st.text(max_size=80),
    about=st.text(max_size=200),
    sites=st.integers(1, 60),
    face=st.sampled_from(Face),
)
def test_whatever_the_names_it_fits_and_holds_every_phone(
    name: str, about: str, sites: int, face: Face
) -> None:
    members = [
        site(name, id=f"s-{at}", address=about, serves=about, phones=(phone(f"0000-{at:07}"),))
        for at in range(sites)
    ]
    made = articles(board([town(name[:40], members)], header=header(place=PUBLIC)), face)
    assert all(violations(one.content, one.picture) == [] for one in made)
    whole = "".join(one.content for one in made)
    assert all(f"0000-{at:07}" in whole for at in range(sites))


@pytest.mark.parametrize("size", SIZES)
@each_face
def test_every_site_and_every_phone_is_there_once_however_many_there_are(size: int, face: Face) -> None:
    view = sized(size)
    made = articles(view, face)
    whole = "\n".join(read(one.content) for one in made)
    for one in view.sites:
        for number in one.phones:
            assert whole.count(number.number) == 1, number
        assert len(re.findall(rf"{one.name}(?!\d)", whole)) == 1
    if size <= 40:
        assert len(made) == 1
    assert [one.number for one in made] == list(range(1, len(made) + 1))
    assert {one.of for one in made} == {len(made)}


@pytest.mark.parametrize("long", [LARGEST, "<&>" * 25], ids=["largest", "hostile"])
@each_face
def test_a_thousand_sites_whatever_their_names_are_parts_none_of_which_is_cut(face: Face, long: str) -> None:
    view = sized(1000, long=long)
    made = articles(view, face)
    assert all(violations(one.content, one.picture) == [] for one in made)
    whole = "\n".join(read(one.content) for one in made)
    told = Counter(re.findall(r"0000-55[56]0\d{3}", whole))
    assert told == Counter(number.number for one in view.sites for number in one.phones)
    assert all(one.name in whole for one in view.sites)


def test_a_town_stays_together_where_a_part_can_hold_it() -> None:
    view = sized(1000)
    made = [read(one.content) for one in articles(view, Face.LIGHTS)]
    assert 2 <= len(made) <= 8
    for place in view.towns:
        holding = [text for text in made if f"\n{place.label}\n" in text]
        assert len(holding) == 1
        assert all(one.name in holding[0] for one in place.sites)
        assert f"本篇：{place.label}" in holding[0] or f"、{place.label}" in holding[0]
    assert "（续）" not in "".join(made)
    sizes = [len(one.content) for one in articles(view, Face.LIGHTS)]
    assert min(sizes) > max(sizes) / 2


def test_a_town_that_no_part_can_hold_goes_on_in_the_next_below_its_name() -> None:
    made = [read(one.content) for one in articles(sized(1000, towns=1), Face.LIGHTS)]
    assert len(made) > 1
    assert "\n第0镇\n" in made[0]
    for text in made[1:]:
        assert "\n第0镇（续）\n" in text
        assert re.search(rf"（续）\n[{''.join(words.MARKS.values())}] ", text)
