"""A file that somebody made in a spreadsheet, into rows of named cells.

Nothing is judged here but the file itself: what a cell must hold is `importing`'s question.
"""

import csv
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from typing import Any, Final
from xml.etree.ElementTree import iterparse
from zipfile import ZipFile

import msgspec

from trafficlight.actions.fields import SITES, Columns, is_ignored
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, N_
from trafficlight.text.rendering import render

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


MOST_BYTES: Final = 20 * 2**20
"""Of a file: 50,000 rows with everything filled in are 15 MB as CSV."""
HEADER_WITHIN: Final = 10
"""The header is one of the first ten rows that hold anything; above it stand titles and dates."""
LONGEST_CELL: Final = 32_767
"""Characters, Excel's own limit: more is a quotation mark that was never closed."""

_DELIMITERS: Final = (",", "\t", ";")
_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_NEUTRALISED: Final = re.compile(r"'+[=+\-@＝＋－＠]")
"""What an export writes for a cell that a spreadsheet would take for a formula."""
_REMARK: Final = re.compile(r"(合计|总计|小计|共计|填表|填报|制表|审核|备注|说明|注[:：])")
_TOTAL: Final = re.compile(r"[合总小共]\s*计|共\s*\d+\s*[家个所处]")
_NUMBER: Final = re.compile(r"[\d.,%-]+")
_SPANS: Final = 3
"""So many equal cells in a row are one text merged across it, no site."""


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, or only noticed, at a row and a column of the file.

    Line 0 is the list as a whole, an empty column the row as a whole. `header`: the file's word for it.
    """

    line: int
    column: str
    code: str
    params: Mapping[str, Any] = {}
    header: str = ""

    @property
    def field(self) -> str:
        """The column, as a refusal names what it is about."""
        return self.column


class SheetRow(msgspec.Struct, frozen=True):
    """A row of the list: its number as a spreadsheet shows it, and its cells by our name of the column.

    A column that occurs several times has several texts here. `surplus`: it has more cells than the header,
    so that nobody can say which belongs where.
    """

    line: int
    cells: Mapping[str, Sequence[str]]
    surplus: bool = False


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A list as read."""

    headers: Mapping[str, str]
    """Our name of each column that there is → what the file calls it."""
    rows: tuple[SheetRow, ...]
    unknown: tuple[str, ...] = ()
    """Columns that belong to nothing of ours."""
    remarks: tuple[tuple[int, str], ...] = ()
    """Rows that are a text across the list (一、城区; 合计), by number."""


def read_sheet(body: bytes, columns: Columns = SITES) -> Sheet:
    """The list in a CSV or XLSX file; which of them, its bytes tell. `columns`: of what it is a list.

    `Refused`, with the field `file`: `file_too_big`, `too_many_rows`, `file_empty`, `old_excel`,
    `xlsx_broken`, `csv_broken` (with `line`), `not_text`, `no_header`, `name_column_missing`.
    """
    if len(body) > MOST_BYTES:
        raise Refused("file_too_big", "file", mb=MOST_BYTES // 2**20)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("old_excel", "file")
    if body.startswith(b"PK"):
        return _with_header(_read_workbook(body), columns, strict=False)
    return _with_header(_read_csv(body, columns), columns, strict=True)


def _decoded(body: bytes) -> str:
    """The text: UTF-8, UTF-16 as Excel's "Unicode text" has it, or GB18030, which Chinese Excel writes."""
    encodings = ("utf-16",) if body.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Refused("not_text", "file")


def _read_csv(body: bytes, columns: Columns) -> Grid:
    """The rows of the text, with the delimiter under which its header reads best."""
    text = _decoded(body)
    begin = text[: 64 * 1024]

    def readable(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(begin, newline=""), delimiter=delimiter)
        try:
            rows = [row for _, row in zip(range(HEADER_WITHIN), filter(any, reader), strict=False)]
        except csv.Error:
            return 0
        return max((len(_known(row, columns)) for row in rows), default=0)

    best = max(_DELIMITERS, key=readable)
    return list(_csv_rows(text, best))


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found = line = 0
    try:
        for line, row in enumerate(reader, start=1):
            if any(row):
                found += 1
                yield line, row
            if found > MOST_ROWS:
                raise Refused("too_many_rows", "file", most=MOST_ROWS)
    except csv.Error as error:
        raise Refused("csv_broken", "file", line=line + 1) from error


def _known(cells: Sequence[str], columns: Columns) -> set[str]:
    return {column for cell in cells if (column := columns.column_of(cell))}


def _with_header(grid: Grid, columns: Columns, *, strict: bool) -> Sheet:
    """The rows under the header, by column. `strict`: a row longer than the header has shifted."""
    if not grid:
        raise Refused("file_empty", "file")
    first = grid[:HEADER_WITHIN]
    at = max(range(len(first)), key=lambda index: len(_known(first[index][1], columns)))
    header = [cell.strip() for cell in first[at][1]]
    known = _known(header, columns)
    if columns.key not in known:
        code = "name_column_missing" if len(known) > 1 else "no_header"
        raise Refused(code, "file", column=columns.key, word=columns.words[columns.key][0])
    places = [(index, column) for index, cell in enumerate(header) if (column := columns.column_of(cell))]
    rows: list[SheetRow] = []
    remarks: list[tuple[int, str]] = []
    for line, cells in grid[at + 1 :]:
        row = _row(line, cells, places)
        if strict and any(cell.strip() for cell in cells[len(header) :]):
            row = msgspec.structs.replace(row, surplus=True)
        remark = _total(cells) or _remark(row, columns)
        if remark:
            remarks.append((line, remark))
        elif row.cells and not _is_header(row, columns):
            rows.append(row)
    return Sheet(
        headers={column: header[index] for index, column in reversed(places)},
        rows=tuple(rows),
        unknown=tuple(
            dict.fromkeys(cell for cell in header if not columns.column_of(cell) and not is_ignored(cell))
        ),
        remarks=tuple(remarks),
    )


def _row(line: int, cells: Sequence[str], places: Sequence[tuple[int, str]]) -> SheetRow:
    """The row's cells that hold anything, each text of a column once."""
    named: dict[str, list[str]] = {}
    for index, column in places:
        text = _cell(cells[index]) if index < len(cells) else ""
        if text and text not in named.setdefault(column, []):
            named[column].append(text)
    return SheetRow(line, {column: texts for column, texts in named.items() if texts})


def bare(text: str) -> str:
    """The text without what nobody sees: control and direction marks, and spaces around it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()


def _cell(text: str) -> str:
    """The text of a cell: bare, and without the apostrophe that an export put before a formula's sign."""
    text = bare(text)
    return text[1:] if _NEUTRALISED.match(text) else text


def _total(cells: Sequence[str]) -> str:
    """The text of a row that adds up: beside its numbers it says nothing else; empty for any other row."""
    words = {text for cell in cells if (text := bare(cell)) and not _NUMBER.fullmatch(text)}
    text = words.pop() if len(words) == 1 else ""
    return text if _TOTAL.match(text) else ""


def _remark(row: SheetRow, columns: Columns) -> str:
    """The text of a row that is a remark; empty for a site's or a team's."""
    texts = [text for texts in row.cells.values() for text in texts]
    if len(set(texts)) != 1 or columns.key not in row.cells:
        return ""
    return texts[0] if len(texts) >= _SPANS or _REMARK.match(texts[0]) else ""


def _is_header(row: SheetRow, columns: Columns) -> bool:
    """Whether the header stands here again, as on every page of a printed list."""
    alike = [column for column, texts in row.cells.items() if columns.column_of(texts[0]) == column]
    return columns.key in alike and 2 * len(alike) > len(row.cells)


# --- what is wrong with it --------------------------------------------------------------------------------


def of_refusal(line: int, refused: Refused, column: str, header: str = "") -> Fault:
    """The fault that a refused cell is."""
    return Fault(line, column, refused.code, refused.params, header)


def place_of(fault: Fault, lang: str) -> str:
    """The row and the column, by the words that the file has for it; empty for the file as a whole."""
    if not fault.line:
        return ""
    own = SITES.words.get(fault.column, (fault.column,))[0]
    column = fault.header or (fault.column if lang == EN.code else own)
    return render(
        N_("第{line}行「{column}」：") if column else N_("第{line}行："),
        {"line": fault.line, "column": column},
        lang,
    )


def describe(fault: Fault, sentence: str, lang: str) -> str:
    """Where it is and what is said of it, in one line."""
    return render(N_("{place}{said}"), {"place": place_of(fault, lang), "said": sentence}, lang).strip()


# --- a workbook -------------------------------------------------------------------------------------------


def _read_workbook(body: bytes) -> Grid:
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
    with ZipFile(io.BytesIO(body)) as archive:
        # Unpacking stops at the size declared, so that the declared sizes can be relied on.
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST_UNPACKED:
        raise Refused("file_too_big", "file", mb=MOST_UNPACKED // 2**20)


def _read(body: bytes) -> Grid:
    import openpyxl  # noqa: PLC0415 - a third of the time in which a command starts, and few read a workbook

    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            grid = _sheet_rows(sheet)
            if grid:
                # In streaming mode the library reads no merged ranges, and its path is the only way to them.
                _fill(grid, body, sheet._worksheet_path)  # type: ignore[attr-defined]  # noqa: SLF001
                return grid
        return []
    finally:
        book.close()


def _sheet_rows(sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    grid: Grid = []
    values = sheet.iter_rows(max_row=_LAST_LINE, max_col=MOST_COLUMNS, values_only=True)
    for line, row in enumerate(values, start=1):
        if row.count(None) < len(row):  # Excel's empty rows come by the million: none of them costs a frame
            cells = [_written(value) for value in row]
            if any(cells):
                grid.append((line, cells))
        if len(grid) > MOST_ROWS:
            raise Refused("too_many_rows", "file", most=MOST_ROWS)
    return grid


def _written(value: object) -> str:
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

    with ZipFile(io.BytesIO(body)) as archive, archive.open(path) as source:
        for _, element in iterparse(source):  # noqa: S314 - expat itself refuses entities that multiply
            tag = element.tag.rpartition("}")[2]
            if tag == "mergeCell":
                bounds = range_boundaries(element.get("ref", ""))
                if None not in bounds:
                    yield bounds  # type: ignore[misc]
            if tag in {"row", "mergeCell"}:
                element.clear()
