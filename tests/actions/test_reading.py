"""What bureaus send: every sort of sheet, and an account of every cell.

The kinds are those of `docs/cli.md`; each stands here in several shapes.
"""

from collections.abc import Callable, Sequence
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.actions.lists import Known, csv_of, read_here, saved, xlsx_of
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import Options
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import ReadingChoice
from trafficlight.domain.errors import Refused

CASES = Path(__file__).parents[3] / "shared" / "cases" / "lists"
HEADER = ("序号", "机构名称", "所属乡镇", "地址", "联系电话")
ROWS = [
    (1, "桃源镇卫生院", "桃源镇", "桃源大街1号", "0000-5550101"),
    (2, "柳河乡卫生院", "柳河乡", "柳河路2号", "0000-5550102"),
    (3, "东山镇卫生院", "东山镇", "东山路3号", "0000-5550103"),
]


def book_of(*rows: Sequence[object], title: str = "名单") -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return book, sheet


def names(sheet: Sheet) -> list[str]:
    return [row.cells["name"][0] for row in sheet.rows]


def left(sheet: Sheet) -> dict[str, int]:
    """Cells left out, by why."""
    counts: dict[str, int] = {}
    for one in sheet.left:
        counts[one.code] = counts.get(one.code, 0) + one.cells
    return counts


def adds_up(sheet: Sheet) -> bool:
    return sheet.cells == sum(sheet.taken.values()) + sum(one.cells for one in sheet.left)


# --- sheets -------------------------------------------------------------------------------------------------


def test_every_visible_sheet_with_a_header_is_read() -> None:
    book, _ = book_of(HEADER, ROWS[0], title="桃源镇")
    for row in ROWS[1:]:
        more = book.create_sheet(str(row[2]))
        more.append(HEADER)
        more.append(row)
    sheet = read_here(saved(book))
    assert names(sheet) == [row[1] for row in ROWS]
    assert [row.sheet for row in sheet.rows] == ["桃源镇", "柳河乡", "东山镇"]
    assert adds_up(sheet)


def test_a_sheet_without_a_header_and_a_hidden_one_are_named_and_left_out() -> None:
    book, _ = book_of(HEADER, *ROWS)
    book.create_sheet("填表说明").append(["请按要求填写", "不要改表头"])
    hidden = book.create_sheet("去年")
    hidden.append(HEADER)
    hidden.append((1, "旧卫生院", "桃源镇", "", "0000-5550199"))
    hidden.sheet_state = "veryHidden"
    sheet = read_here(saved(book))
    assert names(sheet) == [row[1] for row in ROWS]
    assert {(one.code, one.sheet) for one in sheet.left if one.code != "header"} >= {
        ("sheet_without_header", "填表说明"),
        ("hidden_sheet", "去年"),
    }
    assert adds_up(sheet)


def test_columns_of_one_sheet_clear_nothing_in_another() -> None:
    book, _ = book_of(HEADER, ROWS[0], title="一")
    book.create_sheet("二").append(["机构名称", "所属乡镇"])
    book["二"].append(["柳河乡卫生院", "柳河乡"])
    sheet = read_here(saved(book))
    assert "phone" in sheet.rows[0].headers
    assert "phone" not in sheet.rows[1].headers


def test_the_same_sites_in_two_sheets_are_asked_about_and_the_answer_holds() -> None:
    book, _ = book_of(HEADER, *ROWS, title="12月20日")
    newer = book.create_sheet("12月25日")
    newer.append(HEADER)
    newer.append((1, "桃源镇卫生院", "桃源镇", "新街9号", "0000-5550109"))
    sheet = read_here(saved(book))
    plan = plan_import(sheet, Known(), Options(board="shili"))
    assert plan.blocked
    assert [question.key for question in plan.open] == ["sheets"]
    assert set(plan.open[0].choices) == {"12月20日", "12月25日", "all", "stop"}
    chosen = plan_import(sheet, Known(), Options(board="shili", answers={"sheets": "12月25日"}))
    assert not chosen.blocked
    assert [site.address for site in chosen.sites["shili"]] == ["新街9号"]
    assert "sheet_not_chosen" in {warning.code for warning in chosen.warnings}
    assert sum(chosen.cells.values()) == sheet.cells
    stopped = plan_import(sheet, Known(), Options(board="shili", answers={"sheets": "stop"}))
    assert stopped.blocked


# --- hidden things ------------------------------------------------------------------------------------------


def _hide_rows(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def _filter(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A1:E4"
    sheet.row_dimensions[3].hidden = True


def _strike_row(sheet: Worksheet) -> None:
    for cell in sheet[3]:
        cell.font = Font(strike=True)


@pytest.mark.parametrize(
    ("hide", "code"),
    [(_hide_rows, "hidden_row"), (_filter, "filtered_row"), (_strike_row, "struck_row")],
)
def test_rows_that_nobody_sees_or_that_are_struck_through_are_left_out_and_named(
    hide: Callable[[Worksheet], None], code: str
) -> None:
    book, page = book_of(HEADER, *ROWS)
    hide(page)
    sheet = read_here(saved(book))
    assert names(sheet) == ["桃源镇卫生院", "东山镇卫生院"]
    assert [(one.cells, one.lines) for one in sheet.left if one.code == code] == [(5, (3,))]
    assert adds_up(sheet)


def test_hidden_rows_can_be_asked_for_struck_ones_cannot() -> None:
    book, page = book_of(HEADER, *ROWS)
    _hide_rows(page)
    for cell in page[4]:
        cell.font = Font(strike=True)
    sheet = read_here(saved(book), choice=ReadingChoice(hidden=True))
    assert names(sheet) == ["桃源镇卫生院", "柳河乡卫生院"]


def test_a_hidden_column_is_not_read() -> None:
    book, page = book_of((*HEADER, "联系方式"), (*ROWS[0], "某某 13900000001"))
    page.column_dimensions["F"].hidden = True
    sheet = read_here(saved(book))
    assert sheet.rows[0].cells["phone"] == ["0000-5550101"]
    assert left(sheet)["hidden_column"] == 1
    assert adds_up(sheet)


def test_a_group_of_hidden_columns_is_hidden_whole() -> None:
    book, page = book_of((*HEADER, "手机", "备用电话"), (*ROWS[0], "13900000001", "13900000002"))
    page.column_dimensions.group("F", "G", hidden=True)
    assert read_here(saved(book)).rows[0].cells["phone"] == ["0000-5550101"]


def test_a_list_whose_names_are_hidden_is_none() -> None:
    book, page = book_of(HEADER, *ROWS)
    page.column_dimensions["B"].hidden = True
    with pytest.raises(Refused, match="name_column_missing"):
        read_here(saved(book))


def test_a_cell_that_is_struck_through_stays_out_and_its_row_comes_in() -> None:
    book, page = book_of(HEADER, *ROWS)
    page["E2"].font = Font(strike=True)
    plan = plan_import(read_here(saved(book)), Known(), Options(board="shili"))
    assert [(fault.line, fault.column, fault.code) for fault in plan.faults] == [(2, "phone", "struck_out")]
    assert [len(site.phones) for site in plan.sites["shili"]] == [0, 1, 1]


def test_an_old_workbook_tells_the_same_as_a_new_one() -> None:
    """Of 1997 to 2003; no library here writes them, so that one stands beside the tests."""
    sheet = read_here((Path(__file__).parent / "old_workbook.xls").read_bytes())
    assert [(row.line, row.cells.get("town"), row.cells.get("phone")) for row in sheet.rows] == [
        (3, ["桃源镇"], ["0535-8512000"]),
        (5, ["桃源镇"], ["0535-8512002"]),
        (6, ["柳河乡"], ["0535-8512003"]),
        (7, None, ["0535-8512004"]),
        (9, None, None),
        (10, None, None),
    ]
    assert [flaw.code for row in sheet.rows for flaw in row.flaws] == ["made_a_date", "formula_without_value"]
    assert left(sheet) == {
        "header": 6,
        "title": 1,
        "numbering": 4,
        "hidden_column": 4,
        "hidden_row": 5,
        "struck_row": 2,
        "hidden_sheet": 2,
    }
    assert adds_up(sheet)


# --- cells that are not what they seem ----------------------------------------------------------------------


def test_a_formula_without_its_value_leaves_what_there_is() -> None:
    body = xlsx_of(HEADER, (1, "桃源镇卫生院", "桃源镇", "桃源大街1号", '="0000-"&5550101'))
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    assert [(fault.line, fault.column, fault.code) for fault in plan.faults] == [
        (2, "phone", "formula_without_value")
    ]
    assert len(plan.added) == 1


@pytest.mark.parametrize("header", ["联系电话", "开诊时间"])
def test_a_date_that_the_program_made_is_no_phone_and_no_hours(header: str) -> None:
    body = xlsx_of(("机构名称", header), ("甲院", date(2022, 8, 12)), ("乙院", date(1935, 5, 1)))
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    assert {fault.code for fault in plan.faults} == {"made_a_date"}
    assert len(plan.added) == 2


@pytest.mark.parametrize("day", ["2022-08-01", "2022/8/1", "2022年8月1日", "2022-08-01 00:00"])
def test_a_day_in_a_text_is_no_phone_and_no_hours_either(day: str) -> None:
    body = csv_of(("机构名称", "联系电话", "开诊时间"), ("甲院", day, day))
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    found = {(fault.column, fault.code) for fault in plan.faults}
    assert found == {("phone", "made_a_date"), ("hours", "made_a_date")}


def test_a_time_of_day_is_as_somebody_would_type_it() -> None:
    sheet = read_here(xlsx_of(("机构名称", "开诊时间"), ("桃源镇卫生院", time(8, 30))))
    assert sheet.rows[0].cells["hours"] == ["8:30"]


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("00000000000", "03005550101"),
        ('0000"-"0000000', "0300-5550101"),
        ("0000\\-0000000", "0300-5550101"),
        ("0000-0000000", "0300-5550101"),
        ("General", "3005550101"),
        ("0", "3005550101"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(pattern: str, shown: str) -> None:
    book, page = book_of(("机构名称", "联系电话"), ("桃源镇卫生院", 3005550101))
    page["B2"].number_format = pattern
    assert read_here(saved(book)).rows[0].cells["phone"] == [shown]


@pytest.mark.parametrize("nothing", ["无", "暂无", "/", "-", "—", "——", "没有", "N/A"])
def test_what_says_that_there_is_nothing_is_nothing_and_told_once(nothing: str) -> None:
    body = csv_of(HEADER, *((*row[:4], nothing) for row in ROWS))
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    assert not plan.faults
    assert [warning.params["many"] for warning in plan.warnings if warning.code == "none_written"] == [3]
    assert len(plan.added) == 3


def test_a_cell_of_a_megabyte_is_cut_and_stays_out() -> None:
    body = csv_of(HEADER, (*ROWS[0][:3], "长" * 30_000, "0000-5550101"), ROWS[1])
    plan = plan_import(read_here(body), Known(), Options(board="shili"))
    assert [(fault.column, fault.code) for fault in plan.faults] == [("address", "cell_too_long")]
    assert len(plan.added) == 2


# --- headers ------------------------------------------------------------------------------------------------


def test_two_rows_of_a_header_are_joined_when_the_upper_one_names_the_columns() -> None:
    body = xlsx_of(
        ["某县发热门诊一览表", None, None, None, None, None],
        ["序号", "机构名称", "联系电话", None, "开诊时间", None],
        [None, None, "白天", "夜间", "工作日", "节假日"],
        [1, "桃源镇卫生院", "0000-5550101", "0000-5550102", "8:00-17:00", "9:00-12:00"],
        merged=["A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"],
    )
    sheet = read_here(body)
    assert sheet.rows[0].cells == {
        "name": ["桃源镇卫生院"],
        "phone": ["0000-5550101（白天）", "0000-5550102（夜间）"],
        "hours": ["工作日8:00-17:00；节假日9:00-12:00"],
    }
    assert adds_up(sheet)


def test_two_rows_of_a_header_are_joined_when_the_lower_one_names_the_columns() -> None:
    body = xlsx_of(
        ["机构", None, "位置", None, "联系电话", None],
        ["机构名称", "类型", "所属乡镇", "详细地址", "座机", "手机"],
        ["桃源镇卫生院", "发热门诊", "桃源镇", "桃源大街1号", "0000-5550101", "13900000001"],
        merged=["A1:B1", "C1:D1", "E1:F1"],
    )
    sheet = read_here(body)
    assert sheet.rows[0].cells == {
        "name": ["桃源镇卫生院"],
        "kind": ["发热门诊"],
        "town": ["桃源镇"],
        "address": ["桃源大街1号"],
        "phone": ["0000-5550101", "13900000001"],
    }


def test_two_rows_of_a_header_need_no_merged_cells() -> None:
    body = csv_of(
        ("机构名称", "地址", "电话", ""),
        ("", "", "白天", "夜间"),
        ("桃源镇卫生院", "桃源大街1号", "0000-5550101", "0000-5550102"),
    )
    sheet = read_here(body)
    assert sheet.rows[0].cells["phone"] == ["0000-5550101（白天）", "0000-5550102（夜间）"]


def test_a_first_row_of_few_words_is_no_header() -> None:
    body = csv_of(
        ("机构名称", "所属乡镇", "联系电话"), ("东山镇卫生院", "东山镇", ""), ("柳河乡卫生院", "", "")
    )
    assert names(read_here(body)) == ["东山镇卫生院", "柳河乡卫生院"]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("接种点地址", "address"),
        ("tel", "phone"),
        ("手机", "phone"),
        ("long", "lon"),
        ("发热门诊地址", "address"),
        ("核酸采样点位置", "address"),
        ("24小时值班热线", "phone"),
        ("白天电话", "phone"),
        ("联系人电话", None),
        ("负责人手机", None),
        ("监督电话", None),
        ("更新时间", None),
    ],
)
def test_what_headers_end_in_tells_the_column_but_for_what_is_somebodys(
    header: str, column: str | None
) -> None:
    sheet = read_here(csv_of(("机构名称", header), ("桃源镇卫生院", "0000-5550101")))
    assert set(sheet.headers) == {"name"} | ({column} if column else set())
    assert sheet.unknown == (() if column else (header,))


def test_what_a_column_is_can_be_said() -> None:
    choice = ReadingChoice(columns={"联系人电话": "phone", "地址": ""})
    sheet = read_here(
        csv_of(("机构名称", "联系人电话", "地址"), ("桃源镇卫生院", "0000-5550101", "一路1号")), choice=choice
    )
    assert sheet.rows[0].cells == {"name": ["桃源镇卫生院"], "phone": ["0000-5550101"]}
    assert adds_up(sheet)


def test_cells_beside_the_table_are_named_by_their_column() -> None:
    body = xlsx_of((*HEADER, None, None), (*ROWS[0], None, "此家已停"))
    sheet = read_here(body)
    assert [(one.code, one.text) for one in sheet.left if one.code == "nameless_column"] == [
        ("nameless_column", "G")
    ]
    assert adds_up(sheet)
