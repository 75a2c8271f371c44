"""What was exported, opened and saved again by a spreadsheet, changes nothing when it is imported."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from html import escape

import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell

from tests.actions.lists import csv_of, read_here, saved
from tests.actions.test_exporting import board_of, known_of
from trafficlight.actions.exporting import rows_of, to_csv, to_xlsx
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import Options
from trafficlight.actions.teams import TEAM_COLUMNS, TEAMS, plan_teams, team_rows
from trafficlight.domain.board import Site, Team
from trafficlight.domain.phone import Phone, parse_phones

SITES = [
    Site(
        id="shili-001",
        name="桃源镇卫生院",
        kind="township_centre",
        town="桃源镇",
        address="桃源大街1号",
        phones=parse_phones("05358512345、0535-8512346转8005（白天）"),
        hours="8:00-12:00,14:30-17:30",
        capacity=40,
        lat=37.123456,
        lon=120.5,
        crs="gcj02",
        phone_checked=date(2022, 12, 24),
        also=("老院", "西院"),
    ),
    Site(id="shili-002", name="0012", town="柳河乡", phones=(Phone(number="05358512345"),), address="0001"),
    Site(id="shili-003", name="=甲诊所", town="", phones=(Phone(number="13900000101"),), hours="8-12"),
    Site(id="shili-004", name="乙诊所\n西院", town="+1", phones=(), hours="24小时", capacity=9999),
    Site(id="shili-005", name="1-2", kind="mobile_stop", rota="每5天一次，自12月1日起", hours="8:30-11:30"),
]
TEAM_LIST = (
    Team(name="一队", town="桃源镇", area="东村、西村", phones=(Phone(number="05358512345"),)),
    Team(name="二队", town="柳河乡", area="3-4", phones=parse_phones("0535-8512346（白天）")),
    Team(name="二队", town="桃源镇", area="", phones=()),
)

Value = str | float | datetime | None
Rows = Sequence[Sequence[Value]]


def cells_of(body: bytes) -> list[list[Value]]:
    """As a program opens the file."""
    if body.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
        return [list(row) for row in sheet.iter_rows(values_only=True)]  # type: ignore[arg-type]
    return [list(row) for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]


def typed(text: Value) -> Value:
    """What Excel makes of a cell of a CSV: numbers, days, and what it takes for days."""
    if not isinstance(text, str):
        return text
    pair = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})", text)
    if pair:
        return f"{int(pair[1])}月{int(pair[2])}日"
    if re.fullmatch(r"\d{1,11}", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text)
    return text


def shown(value: Value) -> str:
    """As Excel writes it into a text."""
    if isinstance(value, datetime):
        return f"{value.year}/{value.month}/{value.day}"
    return "" if value is None else str(value)


def xlsx(rows: Rows, *, beside: int = 0, inline: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=inline)
    sheet = book.create_sheet("新建") if inline else book.worksheets[0]
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in [None] * beside + list(row)]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # also what begins like a formula
        sheet.append(cells)
    return saved(book)


def ods(rows: Rows) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"

    def cell(value: Value) -> str:
        if value in {None, ""}:
            return "<table:table-cell/>"
        if isinstance(value, datetime):
            kind = f'office:value-type="date" office:date-value="{value:%Y-%m-%d}"'
        elif isinstance(value, int | float):
            kind = f'office:value-type="float" office:value="{value}"'
        else:
            kind = 'office:value-type="string"'
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown(value).split("\n"))
        return f"<table:table-cell {kind}>{lines}</table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="sites">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return out.getvalue()


def page(rows: Rows) -> bytes:
    cells = [
        "".join(f"<td>{escape(shown(value)).replace(chr(10), '<br>')}</td>" for value in row) for row in rows
    ]
    return f"<html><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></html>".encode()


def as_typed(rows: Rows) -> list[list[Value]]:
    return [[typed(value) for value in row] for row in rows]


def texts(rows: Rows) -> list[list[str]]:
    return [[shown(value) for value in row] for row in rows]


AGAIN: dict[str, Callable[[Rows], bytes]] = {
    "saved": xlsx,
    "inline texts": lambda rows: xlsx(rows, inline=True),
    "an empty column before it": lambda rows: xlsx(rows, beside=2),
    "a title above it": lambda rows: xlsx([["机构一览表"], [], *rows]),
    "columns in another order": lambda rows: xlsx([list(reversed(row)) for row in rows]),
    "rows in another order": lambda rows: xlsx([rows[0], *reversed(rows[1:])]),
    "texts made numbers and days": lambda rows: xlsx(as_typed(rows)),
    "ODS": ods,
    "ODS, texts made numbers and days": lambda rows: ods(as_typed(rows)),
    "a page that calls itself .xls": page,
    "CSV by Excel in China": lambda rows: csv_of(*texts(as_typed(rows)), encoding="gb18030"),
    "Unicode text": lambda rows: csv_of(*texts(as_typed(rows)), encoding="utf-16", delimiter="\t"),
    "semicolons": lambda rows: csv_of(*texts(rows), encoding="utf-8-sig", delimiter=";"),
    "trailing commas and rows": lambda rows: csv_of(*[[*row, "", ""] for row in texts(rows)], ["", ""], [""]),
}
"""What spreadsheets make of a list that they open and save."""


@pytest.mark.parametrize("chinese", [False, True], ids=["our words", "Chinese"])
@pytest.mark.parametrize("exported", ["csv", "xlsx"])
@pytest.mark.parametrize("again", AGAIN)
def test_an_export_that_was_saved_again_changes_nothing(again: str, exported: str, chinese: bool) -> None:
    board = board_of(*SITES)
    body = {"csv": to_csv, "xlsx": to_xlsx}[exported](rows_of([board], chinese=chinese))
    sheet = read_here(AGAIN[again](cells_of(body)))
    plan = plan_import(sheet, known_of(board), Options(board="shili"))
    assert (plan.faults, plan.changed, plan.added, plan.open) == ((), (), (), ())
    assert plan.unchanged == len(SITES)
    assert sum(plan.cells.values()) == sheet.cells


@pytest.mark.parametrize("chinese", [False, True], ids=["our words", "Chinese"])
@pytest.mark.parametrize("exported", ["csv", "xlsx"])
@pytest.mark.parametrize("again", [again for again in AGAIN if again != "rows in another order"])
def test_an_export_of_teams_that_was_saved_again_changes_nothing(
    again: str,
    exported: str,
    chinese: bool,
) -> None:
    table = team_rows(TEAM_LIST, chinese=chinese)
    body = {"csv": to_csv, "xlsx": to_xlsx}[exported](table, tuple(TEAM_COLUMNS))
    plan = plan_teams(read_here(AGAIN[again](cells_of(body)), TEAMS), TEAM_LIST)
    assert (plan.faults, plan.open, plan.differs) == ((), (), False)
