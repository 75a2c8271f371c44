"""Whatever stays as it was made is read hours later, and on other days: nothing in it is of the moment."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple

import pytest
from lxml import html
from msgspec.structs import replace

from tests.browser.counties import DAWN, MORNING, NIGHT, world_at
from tests.golden.make import AS_OF, at, board, header, last, site, town
from tests.publish.boards import PUBLIC
from tests.publish.pictures.boards import running
from trafficlight.cli.demo_county import SLUG
from trafficlight.publish import frozen, words
from trafficlight.publish.article import Face, articles, face_of
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Artifact, Format, FormatScope
from trafficlight.publish.formats.directory import Directory, directory_sketch
from trafficlight.publish.formats.site_page import share_text
from trafficlight.publish.formats.town_poster import SCREEN, town_sketch
from trafficlight.publish.picture import Code, MarkShape, decode
from trafficlight.publish.view import BoardView, HeadlineView, SitePageView, SiteView, TownView, TreeLocation
from trafficlight.publish.viewing import BoardViews
from trafficlight.text.languages import LANGUAGES, ZH

OF_THE_MOMENT: Final = ("时间尚早", "昨天", "明天", "后天", "昨日", "明日", "現在時間尚早")
IN_ENGLISH: Final = re.compile(r"\b(?:yesterday|tomorrow|still early)\b", re.IGNORECASE)


class Frozen(NamedTuple):
    """What holds of a format whose files are pasted, sent, printed, or kept by a reader of feeds."""

    lights: bool
    """Whether it may show a light: then it says until when it stands."""


FROZEN: Final[dict[str, Frozen]] = {
    "wechat_fragment": Frozen(lights=True),
    "poster": Frozen(lights=True),
    "town_poster": Frozen(lights=True),
    "notice": Frozen(lights=True),
    "town_notice": Frozen(lights=True),
    "board_print": Frozen(lights=True),
    "town_print": Frozen(lights=True),
    "changes_atom": Frozen(lights=True),
    "site_atom": Frozen(lights=True),
    "planned_ics": Frozen(lights=False),
    "directory": Frozen(lights=False),
    "cover": Frozen(lights=False),
    "cover_square": Frozen(lights=False),
    "wechat_qr": Frozen(lights=False),
    "door_sheet": Frozen(lights=False),
    "guide_page": Frozen(lights=False),
}
LIVE: Final = {
    *("site_page", "site_badge", "board_json", "find_json", "board_badge", "town_page", "board_page"),
    *(
        "teams_find",
        "town_teams",
        "teams_page",
        "wechat_page",
        "boards_json",
        "index_find",
        "robots",
        "wechat_proof",
    ),
    *("service_worker", "index_page", "data_page", "embed_page", "embed_script", "site_shields"),
    *("board_shields", "lights_json", "have_xml", "fhir_ndjson", "board_csv", "board_xlsx"),
    *("board_geojson", "data_schemas", "board_sitemap", "catalog_jsonld", "sitemap"),
}
"""Asked for anew whenever they are looked at; the page of articles holds the text of the fragments."""


def test_every_format_is_in_the_table_of_what_stays_as_it_was_made_or_is_not() -> None:
    names = {form.name for form in FORMATS}
    assert FROZEN.keys() | LIVE == names, f"no row: {names - FROZEN.keys() - LIVE}"
    assert not FROZEN.keys() & LIVE


# --- on every day -------------------------------------------------------------------------------------------

HOLIDAY: Final = datetime.fromisoformat("2026-11-29T07:10+08:00")
HOURS: Final = (DAWN, MORNING, NIGHT, HOLIDAY)
DRAWN: Final = frozenset({"poster", "town_poster", "directory", "cover", "cover_square"})


def views_at(hour: datetime, lang: str = ZH.code) -> dict[FormatScope, list[Any]]:
    """All that the demonstration's county says at an hour."""
    views = BoardViews(world_at(hour).boards[SLUG], TreeLocation(public_url="https://deng.example"), lang)
    later = hour + timedelta(seconds=1)
    towns = [views.town(name, later) for name in views.towns()]
    whole = views.board(later)
    sites = [views.site(one.id, later) for one in whole.sites[:3]]
    return {
        FormatScope.BOARD: [whole],
        FormatScope.PICTURES: [whole],
        FormatScope.FEED: [views.feed(later)],
        FormatScope.TOWN: towns,
        FormatScope.TOWN_PICTURES: towns,
        FormatScope.SITE: sites,
    }


def text_of(artifact: Artifact) -> str:
    if artifact.sketch:
        return running(decode(artifact.body))
    if artifact.path.endswith(".html"):
        page = html.document_fromstring(artifact.body.decode())
        for one in page.xpath("//style | //script"):
            one.drop_tree()
        return str(page.text_content())
    told = artifact.media.startswith("text/") or "xml" in artifact.media
    return artifact.body.decode() if told else ""


def frozen_formats() -> list[Format]:
    return [form for form in FORMATS if form.name in FROZEN]


@pytest.mark.parametrize("hour", HOURS, ids=lambda one: f"{one:%a %H%M}")
@pytest.mark.parametrize("form", frozen_formats(), ids=lambda form: form.name)
def test_nothing_that_stays_says_early_yesterday_or_tomorrow(form: Format, hour: datetime) -> None:
    tongues = [ZH] if form.name in DRAWN else LANGUAGES
    for tongue in tongues:
        for view in views_at(hour, tongue.code).get(form.scope, []):
            for artifact in form.make(view):
                text = text_of(artifact)
                assert [word for word in OF_THE_MOMENT if word in text] == [], artifact.path
                assert not IN_ENGLISH.search(text), artifact.path


@pytest.mark.parametrize("hour", HOURS, ids=lambda one: f"{one:%a %H%M}")
def test_what_has_no_lights_has_none_and_what_has_them_says_until_when(hour: datetime) -> None:
    views = views_at(hour)
    for form in frozen_formats():
        for view in views.get(form.scope, []):
            for artifact in form.make(view):
                text = text_of(artifact)
                if not FROZEN[form.name].lights and form.name != "door_sheet":  # which says what they mean
                    assert not re.search("[●▲■✕]|人少|较多|很多", text), artifact.path
                elif FROZEN[form.name].lights and re.search(r"[●▲■]\s*[蓝黄红]·", text):
                    assert "有效至" in text, artifact.path


@pytest.mark.parametrize("hour", HOURS, ids=lambda one: f"{one:%a %H%M}")
def test_what_is_sent_to_the_family_has_dates(hour: datetime) -> None:
    """The site's page is live; what is copied from it is not."""
    for tongue in LANGUAGES:
        views = BoardViews(world_at(hour).boards[SLUG], TreeLocation(), tongue.code)
        later = hour + timedelta(seconds=1)
        for one in views.board(later).sites:
            page = views.site(one.id, later)
            assert isinstance(page, SitePageView)
            text = share_text(page)
            assert [word for word in OF_THE_MOMENT if word in text] == [], one.id
            assert not IN_ENGLISH.search(text), one.id


# --- articles -----------------------------------------------------------------------------------------------


def view_of(*sites: SiteView, as_of: datetime = AS_OF, **fields: Any) -> BoardView:
    numbered = [replace(one, id=f"s-{number}") for number, one in enumerate(sites)]
    given: dict[str, Any] = {"place": PUBLIC, "report_by": (time(9), time(14)), **fields}
    made = board([town("东庄镇", numbered)], header=header(**given))
    return replace(made, edition=replace(made.edition, as_of=as_of))


def lines(content: str) -> list[str]:
    page = html.fragment_fromstring(content)
    for one in page.xpath("//br"):
        one.tail = "\n" + (one.tail or "")
    return [line for part in page.xpath("//p") for line in part.text_content().splitlines() if line]


LONG, SHORT = site("甲", light="blue", valid_until=at(21)), site("乙", light="red", valid_until=at(12, 30))


def test_each_light_of_an_article_carries_until_when_and_what_then() -> None:
    (one,) = articles(view_of(LONG, SHORT), Face.LIGHTS)
    told = lines(one.content)
    assert "12月24日 周六 8:10填报，有效至21:00，过期请先打电话" in told
    assert "12月24日 周六 8:10填报，有效至12:30，过期请先打电话" in told


def test_in_short_each_group_carries_the_first_end_in_it() -> None:
    sites = [replace(LONG, name=f"第{n}村卫生室", valid_until=at(20 if n else 15, 5)) for n in range(150)]
    (one, *_) = articles(view_of(*sites), Face.LIGHTS)
    heading = next(line for line in lines(one.content) if line.startswith("● 蓝·人少"))
    assert heading.endswith("有效至15:05。")
    marks = [line for line in lines(one.content) if re.match(r"[●▲■✕] \S", line)]
    assert all("有效至" in line for line in marks if "颜色的意思" not in line)


@pytest.mark.parametrize(
    ("sites", "worth"),
    [
        ((LONG, SHORT), "到20:00这里2家的颜色还有1家有效，过期请先打电话。"),
        ((SHORT, SHORT), "到20:00这里的颜色都已过期，过期请先打电话。"),
    ],
)
def test_an_article_says_what_it_is_worth_in_the_evening(sites: tuple[SiteView, ...], worth: str) -> None:
    (one,) = articles(view_of(*sites), Face.LIGHTS)
    assert worth in lines(one.content)[:5]


@pytest.mark.parametrize(
    ("as_of", "until", "face"),
    [
        (at(9, 12), at(12, 1), Face.LIGHTS),  # read at noon
        (at(9, 12), at(11, 59), Face.DIRECTORY),
        (at(14, 30), at(20, 30), Face.LIGHTS),  # read in the evening
        (at(14, 30), at(17, 30), Face.DIRECTORY),
        (at(19, 30), at(23), Face.DIRECTORY),  # by most on the next day
    ],
)
def test_no_article_has_the_face_of_lights_that_have_run_out_when_it_is_read(
    as_of: datetime, until: datetime, face: Face
) -> None:
    sites = (replace(LONG, valid_until=until), replace(SHORT, valid_until=until))
    assert face_of(view_of(*sites, as_of=as_of)) is face


@pytest.mark.parametrize("kind", ["early", "night", "holiday", "all_closed", "hours_unknown"])
def test_a_headline_of_the_moment_is_said_so_that_it_stays_true(kind: str) -> None:
    given = HeadlineView(kind=kind, text="时间尚早，明天8:00开诊。现在开诊的有1家：甲。")
    for bare in (False, True):
        view = view_of(LONG, report_by=()) if bare else view_of(LONG)
        view = replace(view, headline=given)
        text = frozen.headline(view)
        assert text
        assert not re.search("时间尚早|现在|明天|甲|[{}]", text)


def test_the_last_light_has_its_date() -> None:
    assert frozen.last_light(last("yellow"), ZH.code) == "12月23日 16:20：△较多"


# --- pictures -----------------------------------------------------------------------------------------------


def each_town(make: Callable[[TownView], None]) -> None:
    for hour in HOURS:
        for view in views_at(hour)[FormatScope.TOWN_PICTURES]:
            make(view)


def test_a_towns_poster_is_one_screen_and_loses_no_clinic_in_silence() -> None:
    def judge(view: TownView) -> None:
        sketch = town_sketch(view)
        assert sketch.width == 1080
        assert sketch.height <= SCREEN
        text = running(sketch)
        there = sum(words_of(one) in text for one in view.town.sites)
        rest = re.search(r"还有(\d+)家，请扫码看全部。", text)
        assert there >= min(len(view.town.sites), 5)
        if there < len(view.town.sites):
            assert rest
        codes = [item for item in sketch.items if isinstance(item, Code)]
        assert [one.url.partition("?")[0] for one in codes] == [words.town_url(view.header, view.town.file)]
        assert codes[0].size >= 300
        for sentence in (*words.about(ZH.code), view.edition.text, words.holds(view.edition, ZH.code)):
            assert "".join(sentence.split()) in text

    each_town(judge)


def words_of(one: SiteView) -> str:
    return "".join(one.name.removeprefix(one.town).split())


def test_the_directory_has_every_clinic_with_every_phone_and_no_report_changes_it() -> None:
    made = {hour: views_at(hour)[FormatScope.PICTURES][0] for hour in (DAWN, MORNING, NIGHT)}
    bodies = {Directory().make(view)[0].body for view in made.values()}
    assert len(bodies) == 1
    sketch = directory_sketch(made[MORNING])
    text = running(sketch)
    assert not [item for item in sketch.items if isinstance(item, MarkShape)]
    for one in made[MORNING].sites:
        assert words_of(one) in text
        for phone in one.phones:
            assert "".join(words.phone_text(phone, ZH.code).split()) in text
    assert "名单日期：2026年12月1日" in text


def test_a_board_of_many_hundreds_has_no_directory_that_nobody_can_open() -> None:
    many = [replace(LONG, name=f"第{n}室") for n in range(201)]
    assert Directory().make(view_of(*many)) == ()
    assert len(Directory().make(view_of(*many[:200]))) == 1
