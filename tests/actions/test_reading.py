"""What bureaus send: every sort of sheet, and an account of every cell.

The kinds are those of `docs/cli.md`; each stands here in several shapes.
"""

import io
from collections.abc import Callable, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from tests.actions.lists import Known, csv_of, read_here, saved, xlsx_of
from trafficlight.actions.account import runs
from trafficlight.actions.counts import COUNTS
from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import Options
from trafficlight.actions.sheet import Sheet, read_sheet
from trafficlight.actions.tables import ReadingChoice
from trafficlight.actions.teams import TEAMS
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


# --- rows that are no sites ---------------------------------------------------------------------------------

PLAIN = ("序号", "机构名称", "地址", "联系电话")
TOWNS = (1, "桃源镇卫生院", "桃源大街1号", "0000-5550101"), (2, "柳河乡卫生院", "柳河路2号", "0000-5550102")


@pytest.mark.parametrize(
    ("group", "merged"),
    [
        ("桃源镇", True),
        ("一、桃源镇", True),
        ("（一）城关街道", True),
        ("桃源镇", False),
        ("经济开发区", False),
    ],
)
def test_a_row_with_a_town_alone_is_the_town_of_the_rows_below(group: str, merged: bool) -> None:
    row = (group, None, None, None) if merged else (None, group, None, None)
    body = xlsx_of(PLAIN, row, TOWNS[0], merged=["A2:D2"] if merged else [])
    sheet = read_here(body)
    assert [row.cells["town"] for row in sheet.rows] == [[group.partition("、")[2] or group.lstrip("（一）")]]
    assert names(sheet) == ["桃源镇卫生院"]
    assert adds_up(sheet)


def test_a_second_table_with_other_columns_is_read_by_its_own_header() -> None:
    body = xlsx_of(PLAIN, TOWNS[0], [], ("序号", "联系电话", "机构名称"), (1, "0000-5550102", "柳河乡卫生院"))
    sheet = read_here(body)
    assert [row.cells["phone"] for row in sheet.rows] == [["0000-5550101"], ["0000-5550102"]]
    assert names(sheet) == ["桃源镇卫生院", "柳河乡卫生院"]


def test_a_second_table_of_something_else_is_left_out_and_named() -> None:
    body = xlsx_of(
        PLAIN, TOWNS[0], [], ("序号", "团队名称", "负责村", "联系电话"), (1, "一队", "甲村", "0000-5550103")
    )
    sheet = read_here(body)
    assert names(sheet) == ["桃源镇卫生院"]
    assert [one.lines for one in sheet.left if one.code == "other_table"] == [(4, 5)]
    assert adds_up(sheet)


def test_a_note_in_the_column_of_numbers_is_named() -> None:
    sheet = read_here(xlsx_of(PLAIN, TOWNS[0], ("注：以上电话为24小时值班电话", None, None, None)))
    assert sheet.remarks == ((3, "注：以上电话为24小时值班电话"),)
    assert adds_up(sheet)


# --- the account --------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("", "", "", "机构名称", "联系电话", "所属乡镇", "序号", "地址", "合计", "桃源镇", "桃源镇卫生院"),
        *("备注：无", "0000-5550101", "白天", "一、城区", "人数", "团队名称", "服务村", "12", "联系人"),
        *("\u200b", "开诊时间（节假日）", "这里有一句很长的话一直写到这一格的外面去了还没有写完"),
    ]
)


@st.composite
def workbooks(draw: Any) -> tuple[bytes, int]:
    """A workbook of anything, and how many of its cells hold something."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    cells = 0
    for number in range(draw(st.integers(1, 3))):
        page = book.create_sheet(f"第{number}张")
        page.sheet_state = draw(st.sampled_from(["visible", "visible", "hidden"])) if number else "visible"
        for line in range(1, draw(st.integers(1, 14)) + 1):
            for column in range(1, draw(st.integers(1, 7)) + 1):
                text = draw(WORDS)
                if text:
                    page.cell(line, column, text).font = Font(strike=draw(st.booleans()) and column == 2)
            page.row_dimensions[line].hidden = draw(st.integers(0, 5)) == 0
        for _ in range(draw(st.integers(0, 2))):
            top, tall = draw(st.integers(1, 10)), draw(st.integers(0, 3))
            at, wide = draw(st.integers(1, 5)), draw(st.integers(0, 3))
            page.merge_cells(start_row=top, end_row=top + tall, start_column=at, end_column=at + wide)
        page.column_dimensions["C"].hidden = draw(st.booleans())
        cells += sum(
            1 for row in page.iter_rows() for cell in row if cell.value and str(cell.value).strip("\u200b")
        )
    return saved(book), cells


@pytest.mark.parametrize("columns", [SITES, TEAMS, COUNTS], ids=["sites", "teams", "counts"])
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(made=workbooks())
def test_every_cell_of_any_workbook_is_taken_or_left_out(columns: Columns, made: tuple[bytes, int]) -> None:
    body, cells = made
    try:
        sheet = read_here(body, columns)
    except Refused:
        return
    assert sheet.cells == cells
    assert adds_up(sheet)
    if columns is SITES:
        plan = plan_import(sheet, Known(), Options(board="shili"))
        assert sum(plan.cells.values()) == cells


@settings(deadline=None, max_examples=40)
@given(rows=st.lists(st.lists(WORDS, max_size=6), min_size=1, max_size=12))
def test_every_cell_of_any_text_is_taken_left_out_or_refused(rows: list[list[str]]) -> None:
    cells = sum(1 for row in rows for text in row if text.strip("\u200b"))
    try:
        sheet = read_here(csv_of(*rows))
    except Refused:
        return
    assert sheet.cells == cells
    plan = plan_import(sheet, Known(), Options(board="shili"))
    assert sum(plan.cells.values()) == cells


def test_rows_are_named_as_runs() -> None:
    assert runs([8, 3, 4, 5, 5]) == "3–5, 8"
    assert runs([]) == ""


# --- bounded ------------------------------------------------------------------------------------------------


def test_sixty_thousand_rows_of_blanks_and_a_row_of_all_columns_cost_little() -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append(list(HEADER))
    page.append([*ROWS[0], *["x"] * (16_384 - 5)])
    for _ in range(60_000):
        page.append([" "])
    out = io.BytesIO()
    book.save(out)
    sheet = read_sheet(out.getvalue())  # within the memory that its process may take
    assert names(sheet) == ["桃源镇卫生院"]
    assert left(sheet)["too_many_columns"] == 16_384 - 100
    assert adds_up(sheet)


# --- the files themselves -----------------------------------------------------------------------------------


@pytest.mark.skipif(not CASES.exists(), reason=f"the cases are not at {CASES}")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.*")), ids=lambda path: path.name)
def test_every_cell_of_the_cases_is_accounted_for(path: Path) -> None:
    if path.suffix == ".md":
        return
    columns = TEAMS if path.name.startswith("teams") else COUNTS if path.name.startswith("counts") else SITES
    sheet = read_here(path.read_bytes(), columns)
    assert adds_up(sheet)
    if columns is SITES:
        plan = plan_import(sheet, Known(), Options(board="shili"))
        assert sum(plan.cells.values()) == sheet.cells
