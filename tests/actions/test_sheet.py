import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time

import openpyxl
import pytest

from tests.actions.lists import csv_of, read_here, saved, xlsx_of
from trafficlight.actions import workbook
from trafficlight.actions.fields import SITES, is_ignored
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.errors import Refused

HEADER = ("编号", "机构名称", "联系电话")
ROW = ("a1", "桃源镇卫生院", "0000-5550101")


def cells(sheet: Sheet) -> list[dict[str, str]]:
    return [{column: " | ".join(texts) for column, texts in row.cells.items()} for row in sheet.rows]


# --- columns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("name", "name"),
        ("Name ", "name"),
        ("机构名称", "name"),
        ("*机构名称：", "name"),
        ("机 构\n名 称", "name"),
        ("名称", "name"),
        ("单位名称", "name"),
        ("医疗机构名称", "name"),
        ("机构类型", "kind"),
        ("类别", "kind"),
        ("所属乡镇", "town"),
        ("镇街", "town"),
        ("乡镇（街道）", "town"),
        ("乡镇/街道", "town"),
        ("详细地址", "address"),
        ("机构地址", "address"),
        ("联系电话", "phone"),
        ("值班电话（24小时）", "phone"),
        ("开诊时间", "hours"),
        ("巡诊安排", "rota"),
        ("日接诊能力（人）", "capacity"),
        ("县（市、区）", "county"),
        ("纬度", "lat"),
        ("坐标系", "crs"),
        ("服务对象", "serves"),
        ("俗称", "also"),
        ("电话核对日期", "phone_checked"),
        ("看板", "board"),
        ("ＮＡＭＥ", "name"),
        ("source", None),
        ("联系人", None),
    ],
)
def test_columns_are_known_by_what_lists_call_them(header: str, column: str | None) -> None:
    assert SITES.column_of(header) == column


def test_no_word_stands_for_two_columns() -> None:
    words = [word for column, words in SITES.words.items() for word in (column, *words)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("header", ["序号", "序", "No.", "", " "])
def test_numbers_of_the_paper_are_no_column(header: str) -> None:
    assert is_ignored(header)
    assert SITES.column_of(header) is None


# --- CSV ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_however_it_was_saved(encoding: str, delimiter: str) -> None:
    sheet = read_here(csv_of(HEADER, ROW, encoding=encoding, delimiter=delimiter))
    assert sheet.headers == {"id": "编号", "name": "机构名称", "phone": "联系电话"}
    assert cells(sheet) == [{"id": "a1", "name": "桃源镇卫生院", "phone": "0000-5550101"}]


def test_a_delimiter_in_the_cells_does_not_confuse() -> None:
    sheet = read_here(csv_of(HEADER, ("a1", "一;二;三", "0000-5550101;0000-5550102;0000-5550103")))
    assert cells(sheet)[0]["name"] == "一;二;三"


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    body = csv_of(["某县发热门诊一览表"], [], HEADER, ("a1", "两行的\n名称", ""), [], ROW)
    assert [row.line for row in read_here(body).rows] == [4, 6]


def test_titles_above_the_header_are_passed_over() -> None:
    body = csv_of(["某县发热门诊一览表", "", ""], ["填报单位：卫健局", "", "2022年12月"], HEADER, ROW)
    assert len(read_here(body).rows) == 1


def test_the_header_may_be_the_tenth_row_and_no_later() -> None:
    titles = [[f"标题{number}"] for number in range(9)]
    assert len(read_here(csv_of(*titles, HEADER, ROW)).rows) == 1
    with pytest.raises(Refused, match="no_header"):
        read_here(csv_of(*titles, ["又一行"], HEADER, ROW))


def test_a_header_repeated_on_every_page_is_no_site() -> None:
    assert len(read_here(csv_of(HEADER, ROW, HEADER, ("a2", "柳河乡卫生院", ""))).rows) == 2


def test_numbers_of_the_paper_and_empty_rows_are_no_sites() -> None:
    body = csv_of(("序号", *HEADER), ("1", *ROW), ("2", "", "", ""), ("", "", "", ""))
    assert len(read_here(body).rows) == 1


def test_totals_and_remarks_under_the_list_are_told_not_taken() -> None:
    sheet = read_here(csv_of(HEADER, ROW, ("", "合计：1家", ""), ("", "注：以上信息由各机构提供", "")))
    assert len(sheet.rows) == 1
    assert sheet.remarks == ((3, "合计：1家"), (4, "注：以上信息由各机构提供"))


@pytest.mark.parametrize("total", ["合计", "合 计", "小计：", "总计", "共30家", "共 3 家"])
@pytest.mark.parametrize("merged", [["A3:C3"], ["A3:B3"], []])
def test_a_row_that_adds_up_is_no_site_wherever_its_word_stands(total: str, merged: list[str]) -> None:
    body = xlsx_of(
        ["序号", "所属乡镇", "机构名称", "联系电话", "接诊能力"],
        [1, "桃源镇", "桃源镇卫生院", "0000-5550101", 50],
        [total, None, None, None, 50],
        merged=merged,
    )
    sheet = read_here(body)
    assert [row["name"] for row in cells(sheet)] == ["桃源镇卫生院"]
    assert sheet.remarks == ((3, total),)


def test_a_clinic_whose_row_has_words_of_its_own_is_no_total() -> None:
    sheet = read_here(csv_of(HEADER, ("a2", "共计镇卫生院", ""), ("a3", "共和镇卫生院", "")))
    assert [row["name"] for row in cells(sheet)] == ["共计镇卫生院", "共和镇卫生院"]


def test_unknown_columns_are_named() -> None:
    sheet = read_here(csv_of((*HEADER, "联系人", "source", "序号", ""), (*ROW, "某某", "x", "1", "")))
    assert sheet.unknown == ("联系人", "source")


def test_a_column_that_occurs_twice_gives_both_texts() -> None:
    sheet = read_here(csv_of((*HEADER, "值班电话"), (*ROW, "0000-5550102"), (*ROW, ROW[2])))
    assert [row.cells["phone"] for row in sheet.rows] == [["0000-5550101", "0000-5550102"], ["0000-5550101"]]


def test_a_row_longer_than_the_header_is_marked() -> None:
    sheet = read_here(csv_of(HEADER, ROW, (*ROW, "", ""), (*ROW, "多出来的")))
    assert [row.surplus for row in sheet.rows] == [False, False, True]


def test_what_nobody_sees_is_taken_off() -> None:
    sheet = read_here(
        csv_of(HEADER, ("\u200ba1\ufeff", "\u3000桃源镇\x07卫生院\u00a0", "\u202d0000-5550101\u202c"))
    )
    assert cells(sheet) == [{"id": "a1", "name": "桃源镇卫生院", "phone": "0000-5550101"}]


def test_the_apostrophe_before_a_formulas_sign_is_taken_off_once() -> None:
    body = csv_of(HEADER, ("a1", "'=1+1", "'+86 0000 5550101"), ("a2", "''=1", "'abc"))
    assert [row["name"] for row in cells(read_here(body))] == ["=1+1", "'=1"]
    assert cells(read_here(body))[1]["phone"] == "'abc"


# --- XLSX ---------------------------------------------------------------------------------------------------


def test_merged_cells_are_filled_down_and_across() -> None:
    body = xlsx_of(
        ["某县发热门诊一览表", None, None, None],
        ["序号", "乡镇", "机构名称", "电话"],
        [1, "桃源镇", "桃源镇卫生院", "0000-5550101"],
        [2, None, "东村卫生室", "0000-5550102"],
        ["一、城区", None, None, None],
        [3, "城关街道", None, None],
        merged=["A1:D1", "B3:B4", "A5:D5", "B6:C6"],
    )
    sheet = read_here(body)
    assert [row["town"] for row in cells(sheet)] == ["桃源镇", "桃源镇", "城关街道"]
    assert cells(sheet)[2]["name"] == "城关街道"
    assert sheet.remarks == ((5, "一、城区"),)


def test_a_header_of_two_rows_is_one_header() -> None:
    body = xlsx_of(
        ["机构名称", "联系方式", None, "地址"],
        [None, "白天电话", "电话", None],
        ["桃源镇卫生院", "0000-5550101", "0000-5550102", "桃源大街1号"],
        merged=["A1:A2", "B1:C1", "D1:D2"],
    )
    sheet = read_here(body)
    assert len(sheet.rows) == 1
    assert cells(sheet)[0]["name"] == "桃源镇卫生院"


def test_numbers_and_dates_are_read_as_somebody_would_type_them() -> None:
    body = xlsx_of(
        ["编号", "名称", "电话", "接诊能力", "纬度", "电话核对日期", "开诊时间", "坐标系"],
        [12, "甲", 5351234567.0, 50.0, 37.65, date(2022, 12, 24), time(8, 30), True],
        ["x", "乙", 5550101, 50, -1.5, datetime(2022, 12, 24, 8, 0), "24小时", None],  # noqa: DTZ001 - cells have no zone
    )
    first, second = cells(read_here(body))
    assert first == {
        "id": "12",
        "name": "甲",
        "phone": "5351234567",
        "capacity": "50",
        "lat": "37.65",
        "phone_checked": "2022-12-24",
        "hours": "8:30",
        "crs": "True",
    }
    assert second["lat"] == "-1.5"
    assert second["phone_checked"] == "2022-12-24 08:00"


def test_the_first_visible_sheet_with_content_is_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["隐藏"])
    book.worksheets[0].sheet_state = "hidden"
    book.create_sheet("空")
    real = book.create_sheet("名单")
    real.append(HEADER)
    real.append(ROW)
    book.create_sheet("别的").append(["机构名称"])
    assert cells(read_here(saved(book)))[0]["name"] == "桃源镇卫生院"


def test_an_empty_last_row_of_excel_costs_nothing() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADER)
    sheet.append(ROW)
    sheet.cell(row=1_048_576, column=1).number_format = "0"
    assert len(read_here(saved(book)).rows) == 1


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n,,\n", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "xls_broken"),
        (b"PK\x03\x04 this is no archive", "xlsx_broken"),
        (b"\xff\xfe\x00", "not_text"),
        (b"a,\0b\n", "not_text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_text"),
        (b"foo,bar\n1,2\n", "no_header"),
        ("电话,地址\n1,2\n".encode(), "name_column_missing"),
        (b'id,name\na1,"never closed\n', "csv_broken"),
        (csv_of(HEADER, ("a1", "长" * 200_000, "")), "csv_broken"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_the_reason(body: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_here(body)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(Refused, match="xlsx_broken"):
        read_here(out.getvalue())


def test_a_file_is_refused_above_its_limit_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    body = csv_of(HEADER, ROW)
    monkeypatch.setattr(workbook, "MOST_BYTES", len(body))
    assert read_here(body).rows
    with pytest.raises(Refused, match="file_too_big"):
        read_here(body + b"\n")


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_a_file_is_refused_above_its_limit_of_rows(
    make: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert len(read_here(make(HEADER, ROW, ROW)).rows) == 2
    with pytest.raises(Refused, match="too_many_rows"):
        read_here(make(HEADER, ROW, ROW, ROW))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = io.BytesIO(xlsx_of(HEADER, ROW))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * (workbook.MOST_UNPACKED + 1))
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(Refused, match="file_too_big"):
        read_here(bomb.getvalue())


def test_merged_ranges_beyond_the_list_are_cut_and_endless_ones_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modest = io.BytesIO(xlsx_of(HEADER, ROW, merged=["C2:D3"]))
    endless = io.BytesIO()
    with zipfile.ZipFile(modest) as before, zipfile.ZipFile(endless, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"C2:D3", b"C2:ZZ900000"))
    body = endless.getvalue()
    assert len(read_here(body).rows) == 1
    monkeypatch.setattr(workbook, "MOST_FILLED", 10)
    with pytest.raises(Refused, match="xlsx_broken"):
        read_here(body)
