"""A file that somebody made in a spreadsheet, into its sheets as they stand there: XLSX, XLS, ODS, HTML, CSV.

Nothing is dropped: what is hidden, filtered, struck through, or a formula whose value nobody stored, comes
along and is marked. What a cell means is `sheet`'s question. Strangers' bytes are read in a process of its
own (`sandbox`).
"""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from trafficlight.actions.fields import Columns
from trafficlight.domain.errors import Refused

MOST_ROWS: Final = 50_000
"""Rows with content: four times the sites of the largest province's list."""
MOST_COLUMNS: Final = 100
MOST_UNPACKED: Final = 100 * 2**20
"""Bytes of a workbook unpacked: 50,000 rows of all our columns are 72 MB. A zip bomb unpacks to thousands."""
MOST_BYTES: Final = 20 * 2**20
"""Of a file: 50,000 rows with everything filled in are 15 MB as CSV."""
MOST_FILLED: Final = 200_000
"""Cells that merged ranges may fill: ranges of an honest list do not overlap and stay within it."""
LONGEST_CELL: Final = 2_000
"""Characters that are looked at: the longest of a real list has 400. A longer one is cut and marked."""
HEADER_WITHIN: Final = 10
"""The header is one of the first ten rows that hold anything; above it stand titles and dates."""

HIDDEN: Final = "hidden_row"
FILTERED: Final = "filtered_row"
STRUCK: Final = "struck_out"
NO_VALUE: Final = "formula_without_value"
DATED: Final = "made_a_date"
"""A date or a time of day, perhaps made by the program of what somebody typed (8-12)."""
CUT: Final = "cell_too_long"


class RawRow(msgspec.Struct, array_like=True):
    """A row that holds anything: its number from 1 as the program shows it, its cells, what is special."""

    line: int
    cells: list[str]
    state: str = ""
    """`HIDDEN`, `FILTERED` or `STRUCK`."""
    marks: dict[int, str] = {}
    """By the index of the column: `STRUCK`, `NO_VALUE`, `DATED` or `CUT`."""
    filled: frozenset[int] = frozenset()
    """Columns whose text is that of another cell, with which they are merged."""


class RawSheet(msgspec.Struct):
    """One sheet of the file."""

    name: str
    rows: list[RawRow]
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    beyond: int = 0
    """Cells with content to the right of the columns that are looked at."""


class Book(msgspec.Struct):
    """The whole file."""

    sheets: list[RawSheet]
    text: bool = False
    """A text with delimiters, in which a row longer than the header has shifted."""


def read_book(body: bytes, columns: Columns) -> Book:
    """The sheets; which sort of file it is, its bytes tell. `columns`: by which a CSV's delimiter is known.

    `Refused`, with the field `file`: `file_too_big`, `too_many_rows`, `file_empty`, `xlsx_broken`,
    `xls_broken`, `encrypted`, `csv_broken` (with `line`), `not_text`.
    """
    if len(body) > MOST_BYTES:
        raise Refused("file_too_big", "file", mb=MOST_BYTES // 2**20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of features that have no place in a list: charts, validations
        if body.startswith(b"PK"):
            from trafficlight.actions.excel import read_archive  # noqa: PLC0415 - a CSV needs none of it

            sheets = read_archive(body)
        elif body.startswith(b"\xd0\xcf\x11\xe0"):
            from trafficlight.actions.excel import read_xls  # noqa: PLC0415 - as above

            sheets = read_xls(body)
        elif _PAGE.match(body[:1024]):
            from trafficlight.actions.markup import read_html  # noqa: PLC0415 - few files are pages

            sheets = read_html(decoded(body))
        else:
            sheets = [RawSheet("", list(_read_csv(decoded(body), columns)))]
            return _checked(Book(sheets, text=True))
    return _checked(Book(sheets))


_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<meta|<table|<\?xml[^>]*>\s*<html)", re.IGNORECASE
)


def _checked(book: Book) -> Book:
    """The book without what holds nothing; refused where that is all of it, or too much."""
    book.sheets = [sheet for sheet in book.sheets if sheet.rows]
    if not book.sheets:
        raise Refused("file_empty", "file")
    if sum(len(sheet.rows) for sheet in book.sheets) > MOST_ROWS:
        raise Refused("too_many_rows", "file", most=MOST_ROWS)
    return book


# --- cells --------------------------------------------------------------------------------------------------

_CONTROLS: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_PATTERN: Final = re.compile(r'(?:0|"[^"]*"|\\.|-|\s)+')


def bare(text: str) -> str:
    """The text without what nobody sees: control and direction marks, and spaces around it."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()


def written(value: object, number_format: str = "") -> str:
    """The value as somebody would type it: 5351234567.0 is a phone, 2022-12-24 00:00 a day.

    A whole number is written as its format shows it, where that is of zeros (000-0000).
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    match value:
        case None:
            text = ""
        case int() if type(value) is int:
            text = _as_formatted(value, number_format)
        case float():
            text = repr(value)
        case datetime():
            text = value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
        case time():
            text = f"{value.hour}:{value.minute:02}"
        case timedelta():
            minutes = int(value.total_seconds() // 60)
            text = f"{minutes // 60}:{minutes % 60:02}"
        case _:
            text = str(value)
    return text


_DIGITS: Final = re.compile(r"0+[1-9]\d*")
_PAIR: Final = re.compile(r"(\d{1,2})[-/](\d{1,2})")
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def respelled(text: str) -> tuple[str, ...]:
    """What Excel and WPS make of a text when they open a CSV: 0535 is 535, and 8-12 the twelfth of August."""
    if _DIGITS.fullmatch(text):
        return (text.lstrip("0"),)
    pair = _PAIR.fullmatch(text)
    if pair is None or not 1 <= int(pair[1]) <= len(_MONTHS):
        return ()
    month, day = int(pair[1]), int(pair[2])
    return (f"{month}月{day}日", f"{day}-{_MONTHS[month - 1]}", f"{month}/{day}")


def _as_formatted(number: int, number_format: str) -> str:
    pattern = number_format.partition(";")[0]
    zeros = pattern.count("0")
    if number < 0 or zeros < 2 or not _PATTERN.fullmatch(pattern):  # noqa: PLR2004 - a lone 0 adds nothing
        return str(number)
    digits = list(str(number).rjust(zeros, "0"))
    pieces = reversed(re.findall(r'0|"[^"]*"|\\.|-|\s', pattern))
    digits_out = [digits.pop() if piece == "0" else piece.strip('"').lstrip("\\") for piece in pieces]
    return "".join(digits) + "".join(reversed(digits_out))


class RowMaker:
    """Rows of one sheet, cell by cell: cut to the columns that are looked at, and counted beyond."""

    def __init__(self) -> None:
        self.rows: list[RawRow] = []
        self.beyond = 0

    def add(self, line: int, cells: Iterable[tuple[int, str, str]], state: str = "") -> None:
        """A row of `(column, text, mark)`; it is none where nothing stands in it."""
        row = RawRow(line, [], state, {})
        for column, text, mark in cells:
            whole = bare(text)
            if not whole and mark != NO_VALUE:
                continue
            if column >= MOST_COLUMNS:
                self.beyond += 1
                continue
            row.cells += [""] * (column + 1 - len(row.cells))
            row.cells[column] = whole[:LONGEST_CELL]
            if len(whole) > LONGEST_CELL:
                row.marks[column] = CUT
            elif mark:
                row.marks[column] = mark
        if not row.cells:
            return
        held = [column for column, text in enumerate(row.cells) if text or column in row.marks]
        if not state and held and all(row.marks.get(column) == STRUCK for column in held):
            row.state = STRUCK
        self.rows.append(row)
        if len(self.rows) > MOST_ROWS:
            raise Refused("too_many_rows", "file", most=MOST_ROWS)


def fill(rows: Sequence[RawRow], ranges: Iterable[tuple[int, int, int, int]]) -> None:
    """Give every cell of a merged range (left, top, right, bottom; from 1) the text of its first one."""
    by_line = {row.line: row for row in rows}
    last = rows[-1].line if rows else 0
    filled = 0
    for left, top, right, bottom in ranges:
        origin = by_line.get(top)
        column = left - 1
        if origin is None or column >= len(origin.cells) or not origin.cells[column]:
            continue
        text, mark = origin.cells[column], origin.marks.get(column)
        right, bottom = min(right, MOST_COLUMNS), min(bottom, last)  # noqa: PLW2901 - cut to what there is
        filled += (right - left + 1) * (bottom - top + 1)
        if filled > MOST_FILLED:
            raise Refused("xlsx_broken", "file")
        for line in range(top, bottom + 1):
            row = by_line.get(line)
            if row is None:  # a row with nothing of its own is a gap, not a site
                continue
            row.cells += [""] * (right - len(row.cells))
            others = {at for at in range(column, right) if (line, at) != (top, column) and not row.cells[at]}
            for at in others:
                row.cells[at] = text
                if mark:
                    row.marks = {**row.marks, at: mark}
            row.filled |= others


# --- text ---------------------------------------------------------------------------------------------------

_DELIMITERS: Final = (",", "\t", ";", "|")


def decoded(body: bytes) -> str:
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


def _read_csv(text: str, columns: Columns) -> Iterator[RawRow]:
    """The rows of the text, with the delimiter under which its header reads best."""
    begin = text[: 64 * 1024]

    def readable(delimiter: str) -> int:
        reader = csv.reader(io.StringIO(begin, newline=""), delimiter=delimiter)
        try:
            rows = [row for _, row in zip(range(HEADER_WITHIN), filter(any, reader), strict=False)]
        except csv.Error:
            return 0
        return max((len(columns.known(row)) for row in rows), default=0)

    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=readable), strict=True)
    maker = RowMaker()
    line = 0
    try:
        for line, row in enumerate(reader, start=1):
            maker.add(line, ((column, cell, "") for column, cell in enumerate(row)))
    except csv.Error as error:
        raise Refused("csv_broken", "file", line=line + 1) from error
    yield from maker.rows
