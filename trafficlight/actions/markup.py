"""Sheets in other markup than Excel's: OpenDocument, and web pages that call themselves Excel files.

Bureaus' systems export a page with one table and name it .xls; Excel opens it, so it is a list.
"""

import io
from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any, Final
from xml.etree.ElementTree import Element, iterparse

from trafficlight.actions.workbook import (
    DATED,
    FILTERED,
    HIDDEN,
    MOST_COLUMNS,
    NO_VALUE,
    STRUCK,
    RawSheet,
    RowMaker,
    fill,
    written,
)

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"

_Cell = tuple[int, str, str]
_Range = tuple[int, int, int, int]


def read_ods(content: bytes) -> list[RawSheet]:
    """The sheets of an OpenDocument spreadsheet, from its `content.xml`."""
    struck: set[str] = set()
    unseen: set[str] = set()
    sheets: list[RawSheet] = []
    for _, element in iterparse(io.BytesIO(content)):  # noqa: S314 - expat refuses entities that multiply, and `sandbox` bounds all else
        if element.tag == f"{_STYLE}style":
            name = element.get(f"{_STYLE}name", "")
            text = element.find(f"{_STYLE}text-properties")
            if text is not None and text.get(f"{_STYLE}text-line-through-style", "none") != "none":
                struck.add(name)
            table = element.find(f"{_STYLE}table-properties")
            if table is not None and table.get(f"{_TABLE}display") == "false":
                unseen.add(name)
        elif element.tag == f"{_TABLE}table":
            sheet = _read_table(element, struck)
            sheet.hidden = element.get(f"{_TABLE}style-name", "") in unseen
            sheets.append(sheet)
            element.clear()
    return sheets


def _repeated(element: Element, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated", "1")))


def _read_table(table: Element, struck: set[str]) -> RawSheet:
    maker = RowMaker()
    ranges: list[_Range] = []
    hidden_columns: set[int] = set()
    looks: list[str] = []
    column = 0
    for one in table.iter(f"{_TABLE}table-column"):
        many = min(_repeated(one, "columns"), MOST_COLUMNS - min(column, MOST_COLUMNS))
        if one.get(f"{_TABLE}visibility", "visible") != "visible":
            hidden_columns |= set(range(column, column + many))
        looks += [one.get(f"{_TABLE}default-cell-style-name", "")] * many
        column += many
    line = 1
    for row in table.iter(f"{_TABLE}table-row"):
        state = {"collapse": HIDDEN, "filter": FILTERED}.get(row.get(f"{_TABLE}visibility", ""), "")
        times = _repeated(row, "rows")
        # A row that is repeated by the thousand is the empty end of the sheet, or its format.
        for again in range(times):
            before = len(maker.rows)
            maker.add(line + again, _ods_cells(row, line + again, struck, looks, ranges), state)
            if len(maker.rows) == before:
                break
        line += times
    fill(maker.rows, ranges)
    return RawSheet(
        table.get(f"{_TABLE}name", ""),
        maker.rows,
        hidden_columns=frozenset(hidden_columns),
        beyond=maker.beyond,
    )


def _ods_cells(
    row: Element, line: int, struck: set[str], looks: list[str], ranges: list[_Range]
) -> Iterator[_Cell]:
    column = 0
    for cell in row:
        if cell.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            continue
        many = _repeated(cell, "columns")
        value = _ods_value(cell)
        formula = cell.get(f"{_TABLE}formula")
        if value is None and not formula:
            column += many
            continue
        wide = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        high = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        if (wide, high) != (1, 1):
            ranges.append((column + 1, line, column + wide, line + high - 1))
        text = "" if value is None else value if isinstance(value, str) else written(value)
        look = cell.get(f"{_TABLE}style-name") or (looks[column] if column < len(looks) else "")
        mark = STRUCK if look in struck else DATED if isinstance(value, date | datetime) else ""
        for at in range(min(many, MOST_COLUMNS)):
            yield column + at, text, mark if text else NO_VALUE
        column += many


def _ods_value(cell: Element) -> Any:
    """What the cell holds: a date as such, a number as it is shown where that is of digits alone."""
    displayed = "\n".join("".join(one.itertext()) for one in cell.findall(f"{_TEXT}p"))
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "date":
        whole = datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
        return whole.date() if "T" not in cell.get(f"{_OFFICE}date-value", "") else whole
    if kind == "float" and not displayed.replace("-", "").isdigit():
        return float(cell.get(f"{_OFFICE}value", "0"))
    return displayed or None


# --- a web page ---------------------------------------------------------------------------------------------


def read_html(text: str) -> list[RawSheet]:
    """The tables of a page, one below the other as Excel shows them, in one sheet."""
    reader = _Tables()
    reader.feed(text)
    reader.close()
    reader.end_row()
    fill(reader.maker.rows, reader.ranges)
    return [RawSheet("", reader.maker.rows, beyond=reader.maker.beyond)]


class _Tables(HTMLParser):
    """Rows of every table; what stands outside of cells is no row."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = RowMaker()
        self.ranges: list[_Range] = []
        self.line = 0
        self.cells: list[_Cell] = []
        self.covered: dict[int, int] = {}
        """Column → the last line down to which a cell from above reaches."""
        self.column = 0
        self.text: list[str] | None = None
        self.span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.end_row()
            self.line += 1
        elif tag in {"td", "th"}:
            self._end_cell()
            given = dict(attrs)
            self.span = (_size(given.get("colspan")), _size(given.get("rowspan")))
            while self.covered.get(self.column, 0) >= self.line:
                self.column += 1
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def _end_cell(self) -> None:
        if self.text is None:
            return
        wide, high = self.span
        self.cells.append((self.column, " ".join("".join(self.text).split(" ")), ""))
        if self.span != (1, 1):
            self.ranges.append((self.column + 1, self.line, self.column + wide, self.line + high - 1))
            for at in range(self.column, self.column + wide):
                self.covered[at] = self.line + high - 1
        self.column += wide
        self.text = None

    def end_row(self) -> None:
        """The row is whole."""
        self._end_cell()
        if self.cells:
            self.maker.add(self.line, self.cells)
        self.cells, self.column = [], 0


def _size(text: str | None) -> int:
    return min(max(int(text), 1), 1000) if text and text.isdigit() else 1
