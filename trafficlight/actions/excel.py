"""Excel's own files: workbooks of today, strict ones too, and those of 1997 to 2003."""

import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from trafficlight.actions.workbook import (
    DATED,
    FILTERED,
    HIDDEN,
    MOST_COLUMNS,
    MOST_UNPACKED,
    NO_VALUE,
    STRUCK,
    RawSheet,
    RowMaker,
    fill,
    written,
)
from trafficlight.domain.errors import Refused

_LAST_LINE: Final = 1_048_576
"""Excel's last row."""
_MOST_STYLES: Final = 10 * 2**20
"""Bytes of the styles: Excel's own limit of 65,490 cell formats takes 8 MB."""

# --- XLSX ---------------------------------------------------------------------------------------------------

_STRICT: Final = b"http://purl.oclc.org/ooxml/"
_TRANSITIONAL: Final = (
    (_STRICT + b"spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        _STRICT + b"officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
"""The names by which "Strict Open XML" calls the same elements; the library knows only the other ones."""


def read_archive(body: bytes) -> list[RawSheet]:
    """The sheets of an XLSX or ODS file."""
    try:
        with ZipFile(io.BytesIO(body)) as archive:
            # Unpacking stops at the size declared, so that the declared sizes can be relied on.
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise Refused("file_too_big", "file", mb=MOST_UNPACKED // 2**20)  # noqa: TRY301 - as it is
            if any(
                one.filename == "xl/styles.xml" and one.file_size > _MOST_STYLES for one in archive.infolist()
            ):
                raise Refused("file_takes_too_much", "file")  # noqa: TRY301 - as it is
            names = set(archive.namelist())
            if "content.xml" in names:
                from trafficlight.actions.markup import read_ods  # noqa: PLC0415 - few files are ODS

                return read_ods(archive.read("content.xml"))
            strict = "xl/workbook.xml" in names and _STRICT in archive.read("xl/workbook.xml")
        return _read_xlsx(_transitional(body) if strict else body)
    except (Refused, MemoryError):
        raise
    except BadZipFile as error:
        raise Refused("xlsx_broken", "file") from error
    except Exception as error:
        # A broken workbook makes the library raise nearly anything: KeyError, ValueError, ParseError, …
        raise Refused("xlsx_broken", "file") from error


def _transitional(body: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(body)) as before, ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.endswith((".xml", ".rels")):
                for strict, usual in _TRANSITIONAL:
                    part = part.replace(strict, usual)
            after.writestr(name, part)
    return out.getvalue()


def _read_xlsx(body: bytes) -> list[RawSheet]:
    import openpyxl  # noqa: PLC0415 - a third of the time in which a command starts, and few read a workbook

    book: Any = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    try:
        return [_read_worksheet(book, sheet) for sheet in book.worksheets]
    finally:
        book.close()


def _read_worksheet(book: Any, sheet: Any) -> RawSheet:
    """One sheet, by the library's own parser: what it streams to others lacks what is hidden and merged."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415 - as above
    from openpyxl.utils import column_index_from_string  # noqa: PLC0415
    from openpyxl.worksheet._reader import WorkSheetParser  # noqa: PLC0415

    class Parser(WorkSheetParser):
        def parse_cell(self, element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = super().parse_cell(element)
            if cell["value"] is None and element.find("{*}f") is not None:
                cell["data_type"] = "f"
            return cell

    struck = {at for at, style in enumerate(book._cell_styles) if book._fonts[style.fontId].strike}  # noqa: SLF001
    formats = {
        at: BUILTIN_FORMATS.get(style.numFmtId) or _own_format(book, style.numFmtId)
        for at, style in enumerate(book._cell_styles)  # noqa: SLF001
    }
    maker = RowMaker()
    with sheet._get_source() as source:  # noqa: SLF001 - in streaming mode this is the only way to them
        parser = Parser(
            source,
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for line, cells in parser.parse():
            if line > _LAST_LINE or not cells:
                continue
            hidden = parser.row_dimensions.get(str(line), {}).get("hidden") in {"1", "true"}
            maker.add(line, _xlsx_cells(cells, struck, formats), HIDDEN if hidden else "")
    if getattr(parser, "auto_filter", None) is not None:
        for row in maker.rows:
            row.state = FILTERED if row.state == HIDDEN else row.state
    if parser.merged_cells is not None:
        fill(maker.rows, [one.bounds for one in parser.merged_cells.mergeCell])
    hidden_columns: set[int] = set()
    for letter, dimension in parser.column_dimensions.items():
        if dimension.get("hidden") in {"1", "true"}:
            first = int(dimension.get("min", column_index_from_string(letter)))
            hidden_columns |= set(range(first - 1, min(int(dimension.get("max", first)), MOST_COLUMNS)))
    return RawSheet(
        sheet.title, maker.rows, sheet.sheet_state != "visible", frozenset(hidden_columns), maker.beyond
    )


def _own_format(book: Any, number: int) -> str:
    own = book._number_formats  # noqa: SLF001
    at = number - 164
    return str(own[at]) if 0 <= at < len(own) else ""


def _xlsx_cells(
    cells: Iterable[Mapping[str, Any]], struck: set[int], formats: Mapping[int, str]
) -> Iterator[tuple[int, str, str]]:
    for cell in cells:
        value, style, kind = cell["value"], cell["style_id"], cell["data_type"]
        if value is None and kind != "f":
            continue
        mark = STRUCK if style in struck else DATED if isinstance(value, date | time | timedelta) else ""
        if value is None:
            yield cell["column"] - 1, "", NO_VALUE
        else:
            yield cell["column"] - 1, written(value, formats.get(style, "")), mark


# --- XLS ----------------------------------------------------------------------------------------------------


def read_xls(body: bytes) -> list[RawSheet]:
    """The sheets of the Excel of 1997 to 2003."""
    import xlrd  # noqa: PLC0415 - few lists are as old

    try:
        book = xlrd.open_workbook(file_contents=body, formatting_info=True, logfile=io.StringIO())
        return [_read_xls_sheet(xlrd, book, sheet) for sheet in book.sheets()]
    except (Refused, MemoryError):
        raise
    except Exception as error:
        # As above: a broken file makes the library raise nearly anything.
        code = "encrypted" if "ncrypt" in str(error) or b"E\0n\0c\0r\0y\0p\0t" in body else "xls_broken"
        raise Refused(code, "file") from error


def _read_xls_sheet(xlrd: Any, book: Any, sheet: Any) -> RawSheet:
    maker = RowMaker()

    def cells(line: int) -> Iterator[tuple[int, str, str]]:
        for column in range(sheet.row_len(line)):
            cell = sheet.cell(line, column)
            if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                continue
            look = book.xf_list[cell.xf_index]
            mark = STRUCK if book.font_list[look.font_index].struck_out else ""
            if cell.ctype == xlrd.XL_CELL_DATE:
                value: object = xlrd.xldate_as_datetime(cell.value, book.datemode)
                if cell.value < 1:
                    value = value.time() if isinstance(value, datetime) else value
                yield column, written(value), mark or DATED
            elif cell.ctype == xlrd.XL_CELL_TEXT and not cell.value:  # a formula: else it would be blank
                yield column, "", NO_VALUE
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                yield column, xlrd.error_text_from_code.get(cell.value, "#N/A"), mark
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                yield column, str(bool(cell.value)), mark
            else:
                yield column, written(cell.value, book.format_map[look.format_key].format_str), mark

    filtered = bool(getattr(sheet, "has_filter", False))
    for line in range(sheet.nrows):
        info = sheet.rowinfo_map.get(line)
        hidden = info is not None and bool(info.hidden)
        maker.add(line + 1, cells(line), (FILTERED if filtered else HIDDEN) if hidden else "")
    fill(maker.rows, [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells])
    hidden_columns = frozenset(
        at for at, info in sheet.colinfo_map.items() if info.hidden and at < MOST_COLUMNS
    )
    return RawSheet(sheet.name, maker.rows, sheet.visibility != 0, hidden_columns, maker.beyond)
