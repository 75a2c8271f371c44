"""The sites of boards as a list that can be edited in a spreadsheet and imported again.

Importing an export changes nothing. Cells that a spreadsheet would take for a formula are made harmless: one
clinic's name must not run a program on the desk's machine.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from trafficlight.actions.fields import FIELDS, SITES, write_cell
from trafficlight.actions.workbook import bare
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold

_FORMULA: Final = re.compile(r"'*[=+\-@＝＋－＠]")
"""What a spreadsheet takes for a formula, also once an apostrophe was taken off."""
_MARKED: Final = re.compile(r"'+[=+\-@＝＋－＠]")
_COLUMNS: Final = tuple(SITES.words)
_NUMBERS: Final = {one.column: one.number for one in FIELDS if one.number}
_WIDTHS: Final = {**{one.column: one.width for one in FIELDS}, "team": 28, "area": 40}

Table = Iterator[list[str]]
Cell = str | int | float | None


class BookSheet(NamedTuple):
    """One sheet of a workbook: its rows, of which the first is the header, and its columns' widths."""

    title: str
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int]


def rows_of(boards: Iterable[BoardFold], *, chinese: bool = False) -> Table:
    """The header and a row for each site, board by board; boards and sites in the order of their ids.

    With Chinese headers the kinds are in words as well.
    """
    yield [words[0] if chinese else column for column, words in SITES.words.items()]
    for fold in sorted(boards, key=lambda fold: fold.slug):
        for site_id in sorted(fold.sites):
            site = fold.sites[site_id].site
            row = {column: bare(write_cell(column, site, fold.board)) for column in _COLUMNS}
            if chinese:
                row["kind"] = label(site.kind)
            yield list(row.values())


def to_csv(table: Table, columns: Sequence[str] = _COLUMNS) -> bytes:
    """CSV in UTF-8 with a byte order mark, without which Excel shows Chinese as noise.

    `columns`: our names of the table's, whatever its header calls them.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(next(table))
    for row in table:
        writer.writerow(
            [
                text if column in _NUMBERS else _harmless(text)
                for column, text in zip(columns, row, strict=True)
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def figures_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Any table as CSV: numbers as they are, texts that a spreadsheet would run made harmless."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [_harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def to_xlsx(table: Table, columns: Sequence[str] = _COLUMNS, title: str = "sites") -> bytes:
    """A workbook with one sheet; everything but coordinates and capacity is text, so that no zero is lost."""
    rows: list[list[Cell]] = []
    for line, row in enumerate(table):
        rows.append(
            [
                _NUMBERS[column](text) if line and text and column in _NUMBERS else text
                for column, text in zip(columns, row, strict=True)
            ]
        )
    return book_of([BookSheet(title, rows, [_WIDTHS.get(column, 16) for column in columns])])


def book_of(sheets: Sequence[BookSheet]) -> bytes:
    """A workbook. Numbers are numbers; every text is a text, also where it begins like a formula."""
    # A sixth of the time in which a server starts, and few ask it for a workbook.
    from openpyxl import Workbook  # noqa: PLC0415 - as above
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    for one in sheets:
        sheet = book.create_sheet(one.title)
        sheet.freeze_panes = "A2"
        for index, width in enumerate(one.widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        for line, row in enumerate(one.rows):
            cells = []
            for value in row:
                if isinstance(value, str):
                    # An apostrophe of its own must survive the reader, who takes one off before a sign.
                    cell = WriteOnlyCell(sheet, (f"'{value}" if _MARKED.match(value) else value) or None)
                    if cell.value is not None:
                        cell.data_type = "s"  # a text, also where it begins with =
                else:
                    cell = WriteOnlyCell(sheet, value)
                if not line:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
