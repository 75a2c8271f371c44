"""Every cell of a file is taken, left out or refused, whatever the file is; what is large costs little."""

import io
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from tests.actions.lists import Known, csv_of, read_here, saved
from tests.actions.test_reading import CASES, HEADER, ROWS, adds_up, left, names
from trafficlight.actions.account import gathered, place_of, runs
from trafficlight.actions.count_sheet import COUNTS, read_counts
from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import Options
from trafficlight.actions.sheet import read_sheet
from trafficlight.actions.teams import TEAMS, plan_teams
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import ZH

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
    elif columns is COUNTS:
        board: Any = SimpleNamespace(sites={})
        assert sum(read_counts(sheet, board, date(2026, 12, 3)).cells.values()) == cells
    elif columns is TEAMS:
        assert sum(plan_teams(sheet, ()).cells.values()) == cells


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


def test_the_same_fault_of_many_rows_is_said_once() -> None:
    rows = [(f"{n}院", "打电话") for n in range(5)]
    plan = plan_import(read_here(csv_of(("机构名称", "电话"), *rows)), Known(), Options(board="shili"))
    assert len(plan.faults) == 5
    assert [(one.line, one.rows) for one in gathered(plan.faults)] == [(2, "2–6")]
    assert [one.rows for one in gathered(plan.faults[:3])] == ["", "", ""], "of a few each has its place"
    assert "第2–6行「电话」" in place_of(gathered(plan.faults)[0], ZH.code)


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
