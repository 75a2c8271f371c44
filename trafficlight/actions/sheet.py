"""The sheets of a file, into rows of named cells; of all else it is said why it is left out.

Nothing is judged here but the file itself: what a cell must hold is `importing`'s question. Every cell with
content is counted once: taken, as what, or left out, why (`Sheet.cells`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import CellAccount, LeftOut, own_cells
from trafficlight.actions.fields import SITES, Columns
from trafficlight.actions.sandbox import read_apart
from trafficlight.actions.tables import Flaw, ReadingChoice, SheetRow, TableRead, TableReader
from trafficlight.actions.values import plain
from trafficlight.actions.workbook import Book
from trafficlight.domain.errors import Refused


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A list as read."""

    headers: Mapping[str, str]
    """Our name of each column that there is → what the file calls it."""
    rows: tuple[SheetRow, ...]
    tables: tuple[TableRead, ...] = ()
    left: tuple[LeftOut, ...] = ()
    cells: int = 0
    """Cells with content in the whole file: those of the rows, of `group_cells`, and left out."""
    group_cells: int = 0
    """Cells that named the town of the rows below."""
    dittos: tuple[tuple[str, str, int], ...] = ()
    """Cells that say 同上 and were read as the cell above: sheet, column, row."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Columns that belong to nothing of ours."""
        return tuple(dict.fromkeys(one.text for one in self.left if one.code == "unknown_column"))

    @property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """Rows that are a text across the list (一、城区; 合计), by number."""
        return tuple((one.lines[0], one.text) for one in self.left if one.code == "remark_skipped")

    @property
    def taken(self) -> Mapping[str, int]:
        """Cells of the rows, by our name of the column; `""` for rows of which nobody can say it."""
        counts: dict[str, int] = defaultdict(int)
        for row in self.rows:
            for column, cells in row.own.items():
                counts[column] += cells
        counts["town"] += self.group_cells
        return {column: cells for column, cells in counts.items() if cells}


def sheets_alike(sheet: Sheet) -> tuple[int, list[str]]:
    """How many names (with their towns) stand in more than one sheet, and the sheets of the file."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in sheet.rows:
        name, town = (plain("".join(row.cells.get(column, ()))) for column in ("name", "town"))
        if name and not row.cells.get("id"):
            held[name, town].add(row.sheet)
    names = list(dict.fromkeys(row.sheet for row in sheet.rows))
    return sum(len(found) > 1 for found in held.values()), names


def only_sheet(sheet: Sheet, name: str) -> Sheet:
    """The list of that sheet alone."""
    away = [row for row in sheet.rows if row.sheet != name]
    others = "、".join(dict.fromkeys(row.sheet for row in away))
    cells = sum(sum(row.own.values()) for row in away)
    left = LeftOut(code="sheet_not_chosen", cells=cells, text=others)
    rows = tuple(row for row in sheet.rows if row.sheet == name)
    return msgspec.structs.replace(sheet, rows=rows, left=(*sheet.left, left))


CellPlace = tuple[str, int, str]
"""Sheet, row and column."""


def mended(sheet: Sheet, mends: Mapping[CellPlace, str]) -> Sheet:
    """The list with these cells as somebody typed them anew; they were in the file, and count as before."""
    by_row: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for (name, line, column), text in mends.items():
        by_row[name, line][column] = text
    if not by_row:
        return sheet
    rows = []
    for row in sheet.rows:
        texts = by_row.get((row.sheet, row.line), {})
        if texts:
            others = {column: cells for column, cells in row.cells.items() if column not in texts}
            row = msgspec.structs.replace(  # noqa: PLW2901 - the same row, mended
                row,
                cells=others | {column: (text,) for column, text in texts.items() if text},
                headers={**dict.fromkeys(texts, ""), **row.headers},
                flaws=tuple(one for one in row.flaws if one.column not in texts),
            )
        rows.append(row)
    headers = {**sheet.headers}
    for texts in by_row.values():
        for column in texts:
            headers.setdefault(column, "")
    return msgspec.structs.replace(sheet, rows=tuple(rows), headers=headers)


def without_column(sheet: Sheet, column: str, code: str) -> Sheet:
    """The list as if it had no such column; `code` says why."""

    def others(values: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key != column}

    rows = tuple(
        msgspec.structs.replace(
            row, cells=others(row.cells), headers=others(row.headers), own=others(row.own)
        )
        for row in sheet.rows
    )
    cells = sum(row.own.get(column, 0) for row in sheet.rows)
    left = LeftOut(code=code, cells=cells, text=sheet.headers[column])
    return msgspec.structs.replace(sheet, headers=others(sheet.headers), rows=rows, left=(*sheet.left, left))


_DITTO: Final = frozenset({"同上", "同前", "〃"})


def _without_dittos(rows: Sequence[SheetRow], key: str) -> tuple[list[SheetRow], list[tuple[str, str, int]]]:
    """The rows with what stands above in the place of 同上, and where that was.

    Where the row above is no part of the list, or says nothing there, the cell stays out.
    """
    done: list[SheetRow] = []
    found: list[tuple[str, str, int]] = []
    for row in rows:
        last = done[-1] if done and done[-1].line == row.line - 1 else None
        repeated = [
            one for one, texts in row.cells.items() if set(texts) <= _DITTO and one not in {key, "id"}
        ]
        cells, flaws = dict(row.cells), list(row.flaws)
        for column in repeated:
            above = last.cells.get(column) if last else None
            if above:
                cells[column] = above
                found.append((row.sheet, column, row.line))
            else:
                text = cells.pop(column)[0]
                flaws.append(Flaw(column, "ditto_of_nothing", row.headers.get(column, ""), text))
        done.append(msgspec.structs.replace(row, cells=cells, flaws=tuple(flaws)) if repeated else row)
    return done, found


def read_sheet(body: bytes, columns: Columns = SITES, choice: ReadingChoice | None = None) -> Sheet:
    """The list in a file, parsed in a process of its own. `columns`: of what it is a list.

    `Refused`, with the field `file`: as `read_apart`, and `no_header`, `name_column_missing`.
    """
    return arranged(read_apart(body, columns), columns, choice)


def arranged(book: Book, columns: Columns = SITES, choice: ReadingChoice | None = None) -> Sheet:
    """The rows of every visible sheet that has a header, and the account of all the rest."""
    choice = choice or ReadingChoice()
    account = CellAccount()
    rows: list[SheetRow] = []
    tables: list[TableRead] = []
    dittos: list[tuple[str, str, int]] = []
    wanted = [raw for raw in book.sheets if choice.sheets.get(raw.name, not raw.hidden)]
    several = len(wanted) > 1
    refusals: list[Refused] = []
    for raw in book.sheets:
        account.cells += sum(len(own_cells(row)) for row in raw.rows) + raw.beyond
        name = raw.name if several else ""
        if raw not in wanted:
            account.sheet(raw, "hidden_sheet" if raw.hidden else "sheet_not_read")
            continue
        try:
            reading = TableReader(raw, name, columns, choice, account, shifts=book.text)
        except Refused as refused:
            refusals.append(refused)
            account.sheet(raw, "sheet_without_header")
            continue
        reading.read()
        read, found = _without_dittos(reading.rows, columns.key)
        rows += read
        dittos += found
        tables += reading.tables
        account.note("too_many_columns", name, 0, raw.beyond)
    if not tables:
        raise next(iter(refusals), Refused("file_empty", "file"))
    headers: dict[str, str] = {}
    for table in tables:
        for one in table.headings:
            if one.column:
                headers.setdefault(one.column, one.header)
    return Sheet(
        headers=headers,
        rows=tuple(rows),
        tables=tuple(tables),
        left=account.left(),
        cells=account.cells,
        group_cells=account.groups,
        dittos=tuple(dittos),
    )
