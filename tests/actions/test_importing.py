from collections.abc import Sequence
from datetime import date

import pytest

from tests.actions.lists import (
    A1,
    A2,
    HEADER,
    Known,
    csv_of,
    fault_places,
    known_of,
    put_sites,
    read_here,
    run_import,
    sites_of,
    size_of,
)
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import FieldChange, Options
from trafficlight.domain.board import Board, BoardState, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.phone import Phone
from trafficlight.ledger.store import LedgerStore

# --- with ids -----------------------------------------------------------------------------------------------


async def test_a_list_becomes_boards_and_sites(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, csv_of(HEADER, A1, A2))
    current = await known_of(ledger)
    board = current.boards["shili"].board
    assert [change.site for change in plan.added] == ["a1", "a2"]
    assert board == Board(slug="shili", name="示例县", area_code="0300", state=BoardState.LIVE)
    assert current.system.directory == {"a1": "shili", "a2": "shili"}
    assert current.boards["shili"].sites["a1"].site == Site(
        id="a1",
        name="桃源镇卫生院",
        kind="township_centre",
        town="桃源镇",
        address="桃源大街1号",
        phones=(Phone("0300-5550101"),),
        hours="24小时",
        capacity=40,
    )
    assert [phone.number for phone in current.boards["shili"].sites["a2"].site.phones] == [
        "0300-5550102",
        "5550103",
    ]


async def test_the_same_file_twice_changes_nothing(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(HEADER, A1, A2))
    before = await size_of(ledger)
    again = await run_import(ledger, csv_of(HEADER, A1, A2))
    assert (again.unchanged, again.size) == (2, 0)
    assert await size_of(ledger) == before


async def test_an_absent_column_keeps_and_an_empty_cell_clears(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(HEADER, A1))
    plan = await run_import(
        ledger, csv_of(("id", "name", "board", "hours", "capacity"), ("a1", A1[1], "shili", "", ""))
    )
    site = (await sites_of(ledger))["a1"]
    assert (site.town, site.address, site.hours, site.capacity) == ("桃源镇", "桃源大街1号", "", None)
    assert plan.changed[0].fields == (FieldChange("hours", "24小时", ""), FieldChange("capacity", "40", ""))


async def test_an_import_never_removes(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(HEADER, A1, A2))
    await run_import(ledger, csv_of(HEADER, A1))
    assert set(await sites_of(ledger)) == {"a1", "a2"}


async def test_a_new_name_under_the_same_id_is_a_change(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(HEADER, A1))
    plan = await run_import(ledger, csv_of(HEADER, ("a1", "桃源中心卫生院", *A1[2:])))
    assert plan.changed[0].fields == (FieldChange("name", "桃源镇卫生院", "桃源中心卫生院"),)
    assert not plan.questions


async def test_every_column_arrives(ledger: LedgerStore) -> None:
    header = (
        *HEADER,
        "kind",
        "province",
        "city",
        "county",
        "lat",
        "lon",
        "crs",
        "serves",
        "also",
        "booking",
        "online",
    )
    row = (
        *A1,
        "卫生院",
        "示例省",
        "示例市",
        "示例县",
        "３７.65",
        "120.5",
        "GCJ-02",
        "成人",
        "老卫生院、西院",
    )
    await run_import(
        ledger, csv_of((*header, "phone_checked"), (*row, "电话预约", "网上问诊", "2022年12月4日"))
    )
    site = (await sites_of(ledger))["a1"]
    assert (site.kind, site.province, site.city, site.county) == (
        "township_centre",
        "示例省",
        "示例市",
        "示例县",
    )
    assert (site.lat, site.lon, site.crs) == (37.65, 120.5, "gcj02")
    assert (site.serves, site.also) == ("成人", ("老卫生院", "西院"))
    assert (site.booking, site.online, site.phone_checked) == ("电话预约", "网上问诊", date(2022, 12, 4))


async def test_a_cell_wrapped_in_a_narrow_column_is_one_line(ledger: LedgerStore) -> None:
    row = (
        "a1",
        "桃源镇\n卫生院",
        *A1[2:5],
        "桃源\n大街 1号",
        "0300-5550101\n0300-5550102",
        "8:00-12:00\n14:00-17:00",
        "",
    )
    await run_import(ledger, csv_of(HEADER, row))
    site = (await sites_of(ledger))["a1"]
    assert (site.name, site.address, site.hours) == ("桃源镇卫生院", "桃源大街 1号", "8:00-12:00 14:00-17:00")
    assert len(site.phones) == 2


# --- the board ----------------------------------------------------------------------------------------------


async def test_a_known_board_keeps_its_settings(ledger: LedgerStore) -> None:
    board = Board(
        slug="shili",
        name="示例县",
        state=BoardState.PAUSED,
        publisher="卫健局",
        hotline="1",
        area_code="0301",
    )
    await put_sites(ledger, board)
    plan = await run_import(ledger, csv_of(HEADER, A1))
    assert not plan.boards
    assert (await known_of(ledger)).boards["shili"].board == board
    assert not [warning for warning in plan.warnings if warning.code.endswith("_missing")]


async def test_a_board_is_named_by_its_column_else_the_option_else_its_slug(ledger: LedgerStore) -> None:
    header, row = ("id", "name", "board", "board_name"), ("a1", "甲", "one", "")
    await run_import(ledger, csv_of(header, row, ("a2", "乙", "two", "第二县")), board_name="选项")
    await run_import(ledger, csv_of(header[:3], ("a3", "丙", "three")))
    current = await known_of(ledger)
    names = {slug: fold.board.name for slug, fold in current.boards.items()}
    assert names == {"one": "选项", "two": "第二县", "three": "three"}


async def test_another_name_in_the_list_renames_the_board(ledger: LedgerStore) -> None:
    await run_import(ledger, csv_of(HEADER, A1))
    plan = await run_import(ledger, csv_of(HEADER, (*A1[:3], "新名县", *A1[4:])))
    assert plan.boards["shili"].name == "新名县"
    assert not plan.new_boards


async def test_a_missing_publisher_or_hotline_is_a_warning(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, csv_of(HEADER, A1))
    assert {warning.code for warning in plan.warnings} >= {"publisher_missing", "hotline_missing"}


async def test_the_commonest_area_code_becomes_the_boards(ledger: LedgerStore) -> None:
    rows = [
        (f"a{n}", f"第{n}家", *A1[2:6], phone, "", "")
        for n, phone in enumerate(["0301-5550101", "0300-5550102"])
    ]
    await run_import(ledger, csv_of(HEADER, *rows))
    board = (await known_of(ledger)).boards["shili"].board
    assert board is not None
    assert (
        board.area_code == "0300"
    )  # of equally common ones the smallest, so that it does not depend on order


# --- faults -------------------------------------------------------------------------------------------------


async def test_ten_faults_are_each_named_by_line_and_column_and_nothing_is_imported(
    ledger: LedgerStore,
) -> None:
    await put_sites(ledger, Board(slug="other", name="邻县"), Site(id="o1", name="邻院"))
    before = await size_of(ledger)
    header = (*HEADER, "lat", "lon", "crs", "phone_checked")
    blank = ("", "", "", "")
    body = csv_of(
        header,
        ("A1", *A1[1:], *blank),
        ("a2", *A1[1:2], "api", *A1[3:], *blank),
        ("a3", *A1[1:6], "没有电话", *A1[7:], *blank),
        ("a4", *A1[1:8], "0", *blank),
        ("a5", *A1[1:], "91", "181", "", ""),
        ("a6", *A1[1:], "北纬", "nan", "", ""),
        ("a7", *A1[1:], "37", "120", "mars", ""),
        ("a7", *A1[1:], *blank),
        ("o1", *A1[1:], *blank),
        ("a10", "", *A1[2:], *blank),
        ("a11", "长" * 81, *A1[2:], *blank),
        ("a12", *A1[1:], "", "", "", "2022-02-30"),
        ("a13", *A1[1:], "37", "", "", ""),
        ("", *A1[1:], *blank),
        ("a15", *A1[1:2], "", *A1[3:], *blank),
        ("a16", *A1[1:3], "别的县", *A1[4:], *blank),
        ("a17", "#N/A", *A1[2:], *blank),
        ("a18", *A1[1:], *blank, "多出来的"),
        ("a19", *A1[1:], *blank),
    )
    plan = await run_import(ledger, body, strict=True)
    assert plan.blocked
    assert [question.key for question in plan.open] == ["repeated-id:9", "other-board:10"]
    assert fault_places(plan) == {
        (2, "id"): "bad_id",
        (3, "board"): "slug_reserved",
        (4, "phone"): "phone_unreadable",
        (5, "capacity"): "bad_capacity",
        (6, "lat"): "not_between",
        (6, "lon"): "not_between",
        (7, "lat"): "bad_number",
        (7, "lon"): "bad_number",
        (8, "crs"): "bad_crs",
        (11, "name"): "name_missing",
        (12, "name"): "too_long",
        (13, "phone_checked"): "bad_date",
        (14, "lon"): "half_coordinates",
        (15, "id"): "id_missing",
        (16, "board"): "board_missing",
        (17, "board_name"): "board_name_differs",
        (18, "name"): "cell_error",
        (19, ""): "surplus_cells",
    }
    assert await size_of(ledger) == before


async def test_a_bad_cell_stays_out_and_its_site_comes_in(ledger: LedgerStore) -> None:
    await put_sites(
        ledger, Board(slug="shili", name="示例县"), Site(id="a1", name=A1[1], phones=(Phone("0300-5550109"),))
    )
    rows = (*A1[:6], "打电话", *A1[7:]), (*A2[:8], "很多")
    plan = await run_import(ledger, csv_of(HEADER, *rows))
    assert not plan.blocked
    assert fault_places(plan) == {(2, "phone"): "phone_unreadable", (3, "capacity"): "bad_capacity"}
    sites = await sites_of(ledger)
    assert sites["a1"].phones == (Phone("0300-5550109"),), "what cannot be read leaves what there is"
    assert (sites["a1"].address, sites["a2"].address) == ("桃源大街1号", "柳河路2号")
    assert sites["a2"].capacity is None
    assert plan.skipped == 0


async def test_a_row_that_is_nobodys_stays_out_alone(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, csv_of(HEADER, ("A1", *A1[1:]), A2, ("a3", "", *A1[2:])))
    assert fault_places(plan) == {(2, "id"): "bad_id", (4, "name"): "name_missing"}
    assert (len(plan.added), plan.skipped) == (1, 2)
    assert set(await sites_of(ledger)) == {"a2"}


async def test_rows_with_a_bad_cell_can_be_left_out_whole(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, csv_of(HEADER, (*A1[:8], "很多"), A2), skip_bad=True)
    assert (len(plan.added), plan.skipped) == (1, 1)
    assert set(await sites_of(ledger)) == {"a2"}


async def test_bad_rows_can_be_left_out(ledger: LedgerStore) -> None:
    plan = await run_import(ledger, csv_of(HEADER, ("A1", *A1[1:]), A2), skip_bad=True)
    assert (len(plan.added), plan.skipped) == (1, 1)
    assert set(await sites_of(ledger)) == {"a2"}


@pytest.mark.parametrize("capacity", ["0", "10000", "-5", "五十", "1.5", "50张床"])
def test_capacities_that_are_none(capacity: str) -> None:
    plan = plan_import(read_here(csv_of(HEADER, (*A1[:8], capacity))), Known())
    assert fault_places(plan) == {(2, "capacity"): "bad_capacity"}


@pytest.mark.parametrize(
    ("capacity", "read"), [("５０", 50), ("50人", 50), ("50人次/日", 50), ("9999", 9999)]
)
def test_capacities_as_lists_write_them(capacity: str, read: int) -> None:
    plan = plan_import(read_here(csv_of(HEADER, (*A1[:8], capacity))), Known())
    assert plan.sites["shili"][0].capacity == read


@pytest.mark.parametrize(
    ("header", "options", "code"),
    [
        (("name",), {}, "board_column_missing"),
        (("name", "id"), {}, "board_column_missing"),
        (("name", "board"), {}, "id_column_missing"),
        (("name",), {"board": "Bad"}, "bad_slug"),
        (("name",), {"board": "assets"}, "slug_reserved"),
    ],
)
def test_a_list_that_does_not_say_where_is_refused(
    header: Sequence[str], options: dict[str, str], code: str
) -> None:
    sheet = read_here(csv_of(header, ["x"] * len(header)))
    with pytest.raises(Refused) as refused:
        plan_import(sheet, Known(), Options(**options))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_row_of_another_board_than_the_one_asked_for_is_a_fault() -> None:
    plan = plan_import(read_here(csv_of(HEADER, A1)), Known(), Options(board="elsewhere"))
    assert fault_places(plan) == {(2, "board"): "board_differs"}


# --- what is only noticed -----------------------------------------------------------------------------------


async def test_coordinates_without_their_system_are_noticed_once_and_when_new(ledger: LedgerStore) -> None:
    header = ("id", "name", "board", "lat", "lon", "crs")
    rows = [("a1", "甲", "shili", "37", "120", ""), ("a2", "乙", "shili", "37.1", "120", "")]
    plan = await run_import(ledger, csv_of(header, *rows))
    assert [warning.code for warning in plan.warnings].count("crs_assumed") == 1
    again = await run_import(ledger, csv_of(header, *rows))
    assert "crs_assumed" not in {warning.code for warning in again.warnings}
    told = await run_import(ledger, csv_of(header, ("a3", "丙", "shili", "37", "120", "高德坐标系")))
    assert "crs_assumed" not in {warning.code for warning in told.warnings}
    assert (await sites_of(ledger))["a3"].crs == "gcj02"
    moved = await run_import(ledger, csv_of(header[:5], ("a3", "丙", "shili", "38", "120")))
    assert "crs_assumed" not in {warning.code for warning in moved.warnings}


async def test_half_of_the_coordinates_cannot_be_cleared(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="shili", name="县"), Site(id="a1", name="甲", lat=37.0, lon=120.0))
    plan = await run_import(ledger, csv_of(("id", "name", "board", "lat"), ("a1", "甲", "shili", "")))
    assert fault_places(plan) == {(2, "lat"): "half_coordinates"}
    both = await run_import(
        ledger, csv_of(("id", "name", "board", "lat", "lon"), ("a1", "甲", "shili", "", ""))
    )
    assert [change.column for change in both.changed[0].fields] == ["lat", "lon"]


def test_remarks_and_unknown_columns_are_told() -> None:
    body = csv_of(("id", "name", "board", "联系人"), ("a1", "甲", "shili", "某某"), ("", "合计：1", "", ""))
    plan = plan_import(read_here(body), Known())
    assert {"unknown_column", "remark_skipped"} < {warning.code for warning in plan.warnings}
    assert len(plan.added) == 1


def test_a_column_that_is_there_twice_and_differs_is_a_fault_but_for_phones() -> None:
    header = ("id", "board", "机构名称", "单位名称", "电话", "值班电话")
    same = ("a1", "shili", "甲", "甲", "0300-5550101", "0300-5550102")
    plan = plan_import(read_here(csv_of(header, same)), Known())
    assert [phone.number for phone in plan.sites["shili"][0].phones] == ["0300-5550101", "0300-5550102"]
    differs = plan_import(read_here(csv_of(header, ("a1", "shili", "甲", "乙", "", ""))), Known())
    assert fault_places(differs) == {(2, "name"): "column_twice"}


async def test_many_aliases_and_long_ones_are_refused(ledger: LedgerStore) -> None:
    header = ("id", "name", "board", "also")
    for also, code in (("、".join(f"名{n}" for n in range(51)), "too_many_items"), ("长" * 41, "too_long")):
        plan = await run_import(ledger, csv_of(header, ("a1", "甲", "shili", also)))
        assert fault_places(plan) == {(2, "also"): code}


# --- a kind that nobody gives -------------------------------------------------------------------------------

NAMES = ("张三诊所", "渡头村卫生室", "北关社区卫生服务站", "桃源镇卫生院", "县人民医院", "某点位")
TOLD = ["clinic", "village_clinic", "community_station", "township_centre", "hospital", "fever_clinic"]


@pytest.mark.parametrize(
    ("header", "rest"), [(("id", "name", "board"), ()), (("id", "name", "board", "kind"), ("",))]
)
async def test_a_kind_that_nobody_gives_is_the_one_that_the_name_tells(
    ledger: LedgerStore, header: tuple[str, ...], rest: tuple[str, ...]
) -> None:
    body = csv_of(header, *((f"s{n}", name, "shili", *rest) for n, name in enumerate(NAMES)))
    await run_import(ledger, body)
    assert [site.kind for site in (await sites_of(ledger)).values()] == TOLD
    assert (await run_import(ledger, body)).size == 0


async def test_a_kind_that_is_given_holds_whatever_the_name_tells(ledger: LedgerStore) -> None:
    header = ("id", "name", "board", "kind")
    given = csv_of(header, ("s1", "县人民医院", "shili", "发热门诊"), ("s2", "张三诊所", "shili", "驿站"))
    await run_import(ledger, given)
    assert [site.kind for site in (await sites_of(ledger)).values()] == ["fever_clinic", "驿站"]
    silent = csv_of(header[:3], ("s1", "县人民医院", "shili"), ("s2", "张三诊所", "shili"))
    assert (await run_import(ledger, silent)).size == 0
