"""The cells of an XLSX file as text, merged ones filled, from the first visible sheet that holds anything."""

import warnings
from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

from trafficlight.domain.errors import Refused

MOST_ROWS: Final = 50_000
"""Rows with content: four times the sites of the largest province's list."""
MOST_COLUMNS: Final = 100
MOST_UNPACKED: Final = 100 * 2**20
"""Bytes of a workbook unpacked: 50,000 rows of all our columns are 72 MB. A zip bomb unpacks to thousands."""
_LAST_LINE: Final = 1_048_576
"""Excel's last row."""
_MOST_FILLED: Final = 2_000_000
"""Cells that merged ranges may fill: ranges of an honest list do not overlap and stay within it."""

Grid = list[tuple[int, list[str]]]
"""The rows that hold anything, by their number from 1, as a spreadsheet shows it."""


def read_workbook(body: bytes) -> Grid:
    """The rows of the workbook; `Refused` with `file_too_big`, `too_many_rows` or `xlsx_broken`."""
    try:
        _check_size(body)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that have no place in a list: charts, validations
            return _read(body)
    except Refused:
        raise
    except Exception as error:
        # A broken workbook makes the library raise nearly anything: KeyError, ValueError, ParseError, …
        raise Refused("xlsx_broken", "file") from error


def _check_size(body: bytes) -> None:
    with ZipFile(BytesIO(body)) as archive:
        # Unpacking stops at the size declared, so that the declared sizes can be relied on.
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise Refused("file_too_big", "file", mb=MOST_UNPACKED // 2**20)


def _read(body: bytes) -> Grid:
    import openpyxl  # noqa: PLC0415 - a third of the time in which a command starts, and few read a workbook

    book = openpyxl.load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            grid = _rows(sheet)
            if grid:
                # In streaming mode the library reads no merged ranges, and its path is the only way to them.
                _fill(grid, body, sheet._worksheet_path)  # type: ignore[attr-defined]  # noqa: SLF001
                return grid
        return []
    finally:
        book.close()


def _rows(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    grid: Grid = []
    values = sheet.iter_rows(max_row=_LAST_LINE, max_col=MOST_COLUMNS, values_only=True)
    for line, row in enumerate(values, start=1):
        if row.count(None) < len(row):  # Excel's empty rows come by the million: none of them costs a frame
            cells = [_text(value) for value in row]
            if any(cells):
                grid.append((line, cells))
        if len(grid) > MOST_ROWS:
            raise Refused("too_many_rows", "file", most=MOST_ROWS)
    return grid


def _text(value: object) -> str:
    """The value as somebody would type it: 5351234567.0 is a phone, 2022-12-24 00:00 a day."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02}"
    return str(value)


def _fill(grid: Grid, body: bytes, path: str) -> None:
    """Give every cell of a merged range the text of its first one."""
    rows = dict(grid)
    last = grid[-1][0]
    filled = 0
    for left, top, right, bottom in _merged(body, path):
        text = rows[top][left - 1] if top in rows and left <= MOST_COLUMNS else ""
        if not text:
            continue
        right, bottom = min(right, MOST_COLUMNS), min(bottom, last)  # noqa: PLW2901 - cut to what there is
        filled += (right - left + 1) * (bottom - top + 1)
        if filled > _MOST_FILLED:
            raise Refused("xlsx_broken", "file")
        for line in range(top, bottom + 1):
            cells = rows.get(line)
            if cells is not None:  # a row with nothing of its own is a gap, not a site
                cells[left - 1 : right] = [text] * (right - left + 1)


def _merged(body: bytes, path: str) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, right and bottom of the sheet's merged ranges."""
    from openpyxl.utils.cell import range_boundaries  # noqa: PLC0415 - as above

    with ZipFile(BytesIO(body)) as archive, archive.open(path) as source:
        for _, element in iterparse(source):  # noqa: S314 - expat itself refuses entities that multiply
            tag = element.tag.rpartition("}")[2]
            if tag == "mergeCell":
                bounds = range_boundaries(element.get("ref", ""))
                if None not in bounds:
                    yield bounds  # type: ignore[misc]
            if tag in {"row", "mergeCell"}:
                element.clear()
