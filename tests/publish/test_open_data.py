"""Open data: every file before a validator of its own, for the goldens' boards and for odd ones."""

import csv
import json
import re
import warnings
from io import BytesIO, StringIO
from typing import Any, Final
from zipfile import ZipFile

import pytest
from geojson_pydantic import FeatureCollection
from hypothesis import given, settings
from jsonschema_rs import Draft202012Validator, meta
from msgspec.structs import replace
from openpyxl import load_workbook

from tests.golden.make import board, header, phone, site, town
from tests.golden.views import BOARDS, COUNTED, ENDED, INDEX, MIXED, PAUSED, VIEWS
from tests.publish.boards import sized
from tests.publish.odd import odd_boards
from trafficlight.domain.coords import GCJ02, WGS84, converted
from trafficlight.publish import open_data, table
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Format, FormatScope
from trafficlight.publish.formats.board_csv import BoardCsv
from trafficlight.publish.formats.board_geojson import BoardGeojson
from trafficlight.publish.formats.board_json import BoardJson
from trafficlight.publish.formats.board_sitemap import BoardSitemap
from trafficlight.publish.formats.board_xlsx import BoardXlsx
from trafficlight.publish.formats.boards_json import BoardsJson
from trafficlight.publish.formats.data_page import DataPage
from trafficlight.publish.formats.data_schemas import SCHEMAS, DataSchemas, schema_of
from trafficlight.publish.formats.lights_json import LightsJson
from trafficlight.publish.view import BoardView, SiteView, View

each_board = pytest.mark.parametrize(
    "view", [*BOARDS, sized(152, slug="many")], ids=lambda view: view.header.slug
)
VALIDATORS: Final = {
    name: Draft202012Validator(schema_of(name, document), validate_formats=True)
    for name, document in SCHEMAS.items()
}
FORMULA: Final = re.compile(r"[=+\-@＝＋－＠\t\r]")


def made(form: Format, view: View) -> bytes:
    return bytes(form.make(view)[0].body)


def valid(name: str, body: bytes) -> Any:
    document = json.loads(body)
    VALIDATORS[name].validate(document)
    return document


def lines(view: BoardView) -> list[list[str]]:
    body = made(BoardCsv(), view)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(body.decode("utf-8-sig"), newline="")))


def cells(view: BoardView) -> list[list[Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sheet = load_workbook(BytesIO(made(BoardXlsx(), view))).worksheets[0]
    return [list(row) for row in sheet.iter_rows()]


def one_site(**fields: Any) -> SiteView:
    return site("东庄镇中心卫生院", light="blue", **fields)


def of_one(**fields: Any) -> BoardView:
    return board([town("东庄镇", [one_site(**fields)])])


# --- what is offered ----------------------------------------------------------------------------------------


def test_every_file_offered_is_made_of_the_medium_told() -> None:
    patterns = {form.pattern: form for form in FORMATS}
    for one in open_data.FILES:
        form = patterns[f"{{board}}/{one.path}"]
        view = next(view for view in VIEWS[form.scope] if form.make(view))
        assert form.make(view)[0].media.partition(";")[0] == one.media, one.path


def test_every_format_for_programs_is_offered() -> None:
    offered = {one.path for one in open_data.FILES}
    missing = {
        form.pattern
        for form in FORMATS
        if form.scope is FormatScope.DATA and form.pattern.removeprefix("{board}/") not in offered
    }
    assert missing == {DataPage.pattern, BoardSitemap.pattern}, "a row of publish/open_data.py is missing"


def test_every_file_is_linked_from_the_page_of_open_data_and_from_the_list_of_boards() -> None:
    page = made(DataPage(), MIXED).decode()
    assert "have.xml" not in made(DataPage(), ENDED).decode()  # which has none
    listed = json.loads(made(BoardsJson(), INDEX))["boards"]
    for one in open_data.FILES:
        assert one.of_site or f'<a href="{one.path}">' in page
        for entry in listed:
            files = entry["site_files" if one.of_site else "files"]
            assert files[one.key] == f"{entry['board']}/{one.path}"
    for form in FORMATS:
        if form.name == "board_page":
            assert b'<a href="data.html">' in made(form, MIXED)


def test_addresses_are_absolute_where_the_public_address_is_known() -> None:
    index = replace(INDEX, place=COUNTED.header.place, lang="en")
    entry = json.loads(made(BoardsJson(), index))["boards"][0]
    assert entry["files"]["csv"] == "https://deng.example/fever/en/shili/board.csv"


def test_the_terms_go_with_the_data() -> None:
    said = COUNTED.header
    for form in (BoardJson(), LightsJson(), BoardGeojson()):
        told = json.loads(made(form, COUNTED))
        assert (told["licence"], told["attribution"]) == (said.licence, said.attribution), form.name
    book = load_workbook(BytesIO(made(BoardXlsx(), COUNTED))).properties
    assert book.creator == said.attribution
    assert said.licence in book.description
    page = made(DataPage(), COUNTED).decode()
    assert "数据许可：CC-BY-4.0" in page
    assert "公开县卫生健康局 &amp; &lt;数据&gt;" in page
    assert "没有写明数据许可" in made(DataPage(), MIXED).decode()


# --- JSON ---------------------------------------------------------------------------------------------------


@each_board
def test_json_is_as_its_schema_says(view: BoardView) -> None:
    valid("board", made(BoardJson(), view))
    valid("lights", made(LightsJson(), view))
    valid("geojson", made(BoardGeojson(), view))


def test_the_list_of_boards_is_as_its_schema_says() -> None:
    valid("boards", made(BoardsJson(), INDEX))


def test_the_schemas_are_schemas_that_state_what_can_be_relied_on() -> None:
    for artifact in DataSchemas().make(INDEX):
        schema = json.loads(artifact.body)
        meta.validate(schema)
        assert "never removed or renamed" in schema["$comment"]


@pytest.mark.parametrize(
    ("member", "value"), [("light", "green"), ("light", 1), ("reason", None), ("until", "soon")]
)
def test_what_the_schema_does_not_say_is_not_valid(member: str, value: object) -> None:
    document = json.loads(made(LightsJson(), MIXED))
    document["sites"][0][member] = value
    assert not VALIDATORS["lights"].is_valid(document)


def test_a_reason_that_comes_later_is_valid_today() -> None:
    document = json.loads(made(LightsJson(), MIXED))
    document["sites"][0]["reason"] = "flooded"
    VALIDATORS["lights"].validate(document)


@pytest.mark.parametrize(("view", "reason"), [(PAUSED, "board_paused"), (ENDED, "board_ended")])
def test_a_board_without_lights_says_that_of_its_sites(view: BoardView, reason: str) -> None:
    for form in (BoardJson(), LightsJson()):
        for one in json.loads(made(form, view))["sites"]:
            assert (one["light"], one["reason"]) == (None, reason)


def test_the_lights_alone_say_what_the_board_says_and_are_a_tenth_of_it() -> None:
    view = sized(152)
    board, lights = made(BoardJson(), view), made(LightsJson(), view)
    whole, lean = json.loads(board), json.loads(lights)
    assert [(one["id"], one["light"], one["reason"], one["until"]) for one in lean["sites"]] == [
        (one["id"], one["light"], one["reason"], one["valid_until"]) for one in whole["sites"]
    ]
    assert {key: lean[key] for key in ("as_of", "valid_until", "position")} == {
        key: whole[key] for key in ("as_of", "valid_until", "position")
    }
    assert len(lights) * 10 < len(board)


# --- tables -------------------------------------------------------------------------------------------------


@each_board
def test_the_text_table_holds_every_site_and_nothing_that_runs(view: BoardView) -> None:
    told = lines(view)
    assert told[0] == list(table.head(view.header.lang))
    assert [line[0] for line in told[1:]] == [one.id for one in view.sites]
    for line in told:
        assert len(line) == len(table.COLUMNS)
        assert not [cell for cell in line if FORMULA.match(cell)]


def test_phones_are_text() -> None:
    numbers = ("13800000000", "05358881234", "+8653588812", "0535-8881234")
    for number in numbers:
        cell = lines(of_one(phones=(phone(number),)))[1][5]
        assert cell.endswith(number)
        assert not cell.isdecimal()
        assert not FORMULA.match(cell)
        assert cells(of_one(phones=(phone(number),)))[1][5].value == number


def test_what_is_not_known_is_an_empty_cell() -> None:
    row = lines(of_one(lat=0.0, lon=0.0, hours="", phones=(), reported_at=None))[1]
    assert [row[at] for at in (5, 6, 9, 12, 13)] == [""] * 5


def test_a_light_of_a_site_that_may_be_shut_is_told_with_that() -> None:
    assert lines(of_one(is_open=None))[1][7] == "● 蓝·人少（开诊时间不详）"


@each_board
def test_the_workbook_says_the_same_as_texts_and_numbers(view: BoardView) -> None:
    rows = cells(view)
    assert [cell.value for cell in rows[0]] == list(table.head(view.header.lang))
    assert [row[0].value for row in rows[1:]] == [one.id for one in view.sites]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n"}
    for row, said in zip(rows[1:], table.rows(view), strict=True):
        shown = [cell.value for cell in row]
        assert [one for one in shown if isinstance(one, str)] == [
            one for one in said if one and isinstance(one, str)
        ]


def test_a_workbook_of_the_same_edition_is_the_same_bytes_with_any_zlib_and_clock() -> None:
    body = made(BoardXlsx(), MIXED)
    assert body == made(BoardXlsx(), MIXED)
    with ZipFile(BytesIO(body)) as book:
        for part in book.infolist():
            assert part.compress_type == 0
            assert part.date_time == MIXED.edition.as_of.timetuple()[:6]


# --- maps ---------------------------------------------------------------------------------------------------


@each_board
def test_maps_get_valid_features(view: BoardView) -> None:
    told: Any = FeatureCollection.model_validate_json(made(BoardGeojson(), view))
    assert [one.id for one in told.features] == [one.id for one in view.sites]


@pytest.mark.parametrize("crs", ["gcj02", "bd09"])
def test_a_place_in_chinese_coordinates_is_told_in_wgs84(crs: str) -> None:
    true = (37.646123, 120.477654)
    given = converted(*true, WGS84, crs)
    feature = json.loads(made(BoardGeojson(), of_one(lat=given.lat, lon=given.lon, crs=crs)))["features"][0]
    lon, lat = feature["geometry"]["coordinates"]
    assert abs(lat - true[0]) < 3e-5
    assert abs(lon - true[1]) < 3e-5
    assert converted(*true, WGS84, GCJ02) != true


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"lat": 0.0, "lon": 0.0},
        {"lat": 37.6},
        {"lat": 37.6, "lon": 120.4, "crs": "cgcs-unknown"},
        {"lat": 97.6, "lon": 120.4},
        {"lat": float("nan"), "lon": 120.4},
    ],
)
def test_what_nobody_knows_is_no_place(fields: dict[str, Any]) -> None:
    view = of_one(**fields)
    assert json.loads(made(BoardGeojson(), view))["features"][0]["geometry"] is None
    assert lines(view)[1][12:14] == ["", ""]


# --- whatever a list brings ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(view=odd_boards)
def test_odd_boards_are_valid_in_every_file(view: BoardView) -> None:
    for name, form in (("board", BoardJson()), ("lights", LightsJson()), ("geojson", BoardGeojson())):
        assert len(valid(name, made(form, view)).get("sites", view.sites)) == len(view.sites)
    FeatureCollection.model_validate_json(made(BoardGeojson(), view))
    told = lines(view)
    assert [line[0] for line in told[1:]] == [one.id for one in view.sites]
    texts = [cell for line in told for cell in (*line[:12], *line[14:])]  # between them: degrees
    assert not [cell for cell in texts if FORMULA.match(cell) or set(cell) & set("\0\r\n\t")]
    rows = cells(view)
    assert len(rows) == len(view.sites) + 1
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n"}
    page = made(DataPage(), view).decode()
    assert "<script>alert" not in page
    assert "onerror=1>" not in page


@pytest.mark.parametrize("view", [PAUSED, ENDED], ids=["paused", "ended"])
def test_no_file_of_a_board_without_lights_holds_one(view: BoardView) -> None:
    lit = board([town("东庄镇", [one_site()])], header=header(state=view.header.state))
    for form in (BoardJson(), LightsJson(), BoardGeojson()):
        assert b'"light":"' not in made(form, lit), form.name
    assert lines(lit)[1][14] == ""
