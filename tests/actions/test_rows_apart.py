"""Rows of a list that are no sites: a town for those below, a second table, a note."""

import pytest

from tests.actions.lists import read_here, xlsx_of
from tests.actions.test_reading import adds_up, names

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
