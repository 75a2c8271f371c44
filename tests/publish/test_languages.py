"""The tree in every language: complete, and the same facts in each."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import msgspec
import pytest
from lxml import html

from tests.messages import Text, catalogue, sources, updated
from tests.messages import path_of as catalogue_path
from tests.publish.worlds import SHILI, World, board, everything, report, site
from trafficlight.domain import event as e
from trafficlight.domain.kind import KINDS, kind_of
from trafficlight.domain.light import Light
from trafficlight.publish import words
from trafficlight.publish.formats.data_schemas import SCHEMAS
from trafficlight.publish.templating import template
from trafficlight.text import rendering
from trafficlight.text.languages import EN, HANT, LANGUAGES, ZH, Language, split
from trafficlight.text.languages import catalogue as known

CHINESE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
OTHERS = [pytest.param(one, id=one.code) for one in LANGUAGES[1:]]
MARKS = "●▲■✕○△□‹–"
OF_THE_TREE = {"robots.txt", "sw.js"} | {f"{name}.schema.json" for name in SCHEMAS}
"""Once, at the top."""
ARTICLES = {f"{SHILI}/wechat.html", f"{SHILI}/wechat-fragment.html"}
"""In Chinese alone: what is pasted into an article of an account that writes in Chinese."""


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language: Language) -> None:
    """`make messages` brings a catalogue up to the sources; who wrote the sentence translates it."""
    written = catalogue(language)
    assert [text for text in sources() if not _translations(text, written)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_catalogue_holds_what_nobody_says(language: Language) -> None:
    assert catalogue_path(language).read_bytes() == updated(language)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_source_does(language: Language) -> None:
    written = catalogue(language)
    for text in sources():
        source = text if isinstance(text, str) else text[0]
        for said in _translations(text, written):
            assert _placeholders(said) == _placeholders(source), (source, said)


def test_what_a_kind_is_called_in_english_is_read_as_that_kind() -> None:
    assert [kind_of(known(EN.code).gettext(kind.label.text)) for kind in KINDS] == [k.code for k in KINDS]


def test_english_counts_one_and_many() -> None:
    say = known(EN.code).ngettext
    assert [say("%(num)d家", "%(num)d家", n) % {"num": n} for n in (0, 1, 2)] == [
        "0 sites",
        "1 site",
        "2 sites",
    ]


def test_dates_follow_the_language() -> None:
    on, at = date(2022, 12, 24), datetime(2022, 12, 24, 8, 10)  # noqa: DTZ001 - a wall clock
    assert [rendering.day_long(on, one.code) for one in LANGUAGES] == [
        "12月24日 周六",
        "12月24日 週六",
        "Sat 24 Dec",
    ]
    assert rendering.edition(1024, at, EN.code) == "Edition 1024, 24 Dec 08:10"
    assert rendering.near_time(at, date(2022, 12, 25), EN.code) == "yesterday 8:10"
    assert rendering.near_time(at, date(2022, 12, 25), ZH.code) == "昨天8:10"


# --- the pages ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree() -> dict[str, bytes]:
    """Everything that a county whose own words have no Chinese character publishes, with every light."""
    world = World(tongues=LANGUAGES)
    world.happen(SHILI, board(SHILI, name="Shili", publisher="Health Bureau", hotline="0000-5550120"))
    for number in range(8):
        hours = "8:00-9:00" if number == 7 else ""
        world.happen(
            SHILI,
            site(number, name=f"Clinic {number}", town=f"Town {number % 2}", address="Road", hours=hours),
        )
    counts = {0: 5, 1: 45, 2: 90}
    world.happen(SHILI, *(report(number, count) for number, count in counts.items()), after=7200)
    world.happen(SHILI, report(3, None, staff_infected=True), after=60)
    until = world.at.replace(hour=23)
    world.happen(SHILI, e.Overridden(site="clinic-4", light=Light.YELLOW, reason="checked", until=until))
    world.happen(SHILI, e.SiteRemoved(site="clinic-5"))
    return everything(world.publisher(), world.at)


def _of(tree: dict[str, bytes], language: Language) -> Iterator[tuple[str, str]]:
    """What people read below the language's folder: pages but for the switch of languages, texts, JSON."""
    for path, body in tree.items():
        spoken, below = split(path)
        if spoken is not language or below.startswith("assets/") or below in OF_THE_TREE:
            continue
        if path.endswith(".html"):
            page = html.document_fromstring(body.decode())
            for switch in page.xpath("//nav[@class='tongues']"):
                switch.drop_tree()
            yield path, html.tostring(page, encoding="unicode")
        elif path.endswith("find.json"):
            yield path, str(msgspec.json.decode(body)["sites"])  # its pairs of characters nobody reads
        elif path.endswith(".xlsx"):
            with ZipFile(BytesIO(body)) as book:
                yield path, book.read("xl/worksheets/sheet1.xml").decode()
        else:
            yield path, body.decode("utf-8-sig")


def test_the_same_paths_exist_in_every_language(tree: dict[str, bytes]) -> None:
    by_language: dict[str, set[str]] = {}
    for path in tree:
        spoken, below = split(path)
        if not below.startswith("assets/") and below not in OF_THE_TREE | ARTICLES:
            by_language.setdefault(spoken.code, set()).add(below)
    assert set(by_language) == {one.code for one in LANGUAGES}
    assert len({frozenset(paths) for paths in by_language.values()}) == 1
    assert f"{SHILI}/sites/clinic-0.html" in by_language[EN.code]
    assert set(tree) >= ARTICLES


def test_english_pages_say_nothing_in_chinese(tree: dict[str, bytes]) -> None:
    for path, read in _of(tree, EN):
        assert not CHINESE.findall(read), (path, "".join(CHINESE.findall(read)))


def test_traditional_pages_have_no_simplified_character(tree: dict[str, bytes]) -> None:
    """What Big5 does not have is simplified, but for our marks."""
    for path, read in _of(tree, HANT):
        strange = {char for char in read if char not in MARKS and char.encode("cp950", "ignore") == b""}
        assert not strange, (path, strange)


def test_a_page_names_its_language_and_the_others(tree: dict[str, bytes]) -> None:
    for path, body in tree.items():
        if path.endswith(".html") and path not in ARTICLES:
            spoken, below = split(path)
            page = html.document_fromstring(body.decode())
            assert page.get("lang") == spoken.html
            found = {
                str(one.get("hreflang")): str(one.get("href")) for one in page.xpath("//link[@hreflang]")
            }
            up = "../" * path.count("/")
            assert found == {one.html: f"{up}{one.folder}{below}" for one in LANGUAGES}
            switch = page.xpath("//nav[@class='tongues']//a/@hreflang")
            assert set(switch) == {one.html for one in LANGUAGES} - {spoken.html}


def test_json_differs_in_words_alone(tree: dict[str, bytes]) -> None:
    told = [msgspec.json.decode(tree[f"{one.folder}{SHILI}/board.json"]) for one in LANGUAGES]
    for document in told:
        for name in ("edition", "about", "headline"):
            del document[name]
        for one in document["sites"]:
            del one["action"], one["kind_label"]
            if one["last"]:
                del one["last"]["text"]
    assert told[0] == told[1] == told[2]


def test_a_countys_own_words_stand_in_its_own_language_only() -> None:
    own = {"blue": "人少，来吧。"}
    assert words.sentence("blue", "clinic", own, ZH.code) == "人少，来吧。"
    assert words.sentence("blue", "clinic", own, EN.code) == "Few patients. Come as usual."


def _translations(text: Text, written: object) -> list[str]:
    message = written.get(text if isinstance(text, str) else text[0])  # type: ignore[attr-defined]
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    return strings if all(strings) else []


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))


def test_a_template_is_compiled_once_for_all_languages() -> None:
    made = [template("board_page/page.html", one.code) for one in LANGUAGES]
    assert len({id(one) for one in made}) == len(LANGUAGES)
    assert len({id(one.root_render_func.__code__) for one in made}) == 1
