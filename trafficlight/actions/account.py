"""What of a file was taken into a list and what was not, and how both are said, with where it stands.

Every cell with content is counted once. What is only noticed and what is wrong are faults of the same form.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from trafficlight.actions.fields import SITES
from trafficlight.actions.workbook import MOST_COLUMNS, RawRow, RawSheet
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import EN, N_
from trafficlight.text.rendering import render

QUIET: Final = frozenset({"title", "header", "numbering"})
"""What is left out of every list, and worth no word."""


class Fault(msgspec.Struct, frozen=True):
    """Something wrong, or only noticed, at a row and a column of the file.

    Line 0 is the list as a whole, an empty column the row as a whole. `header`: the file's word for it;
    `sheet`: where there are several.
    """

    line: int
    column: str
    code: str
    params: Mapping[str, Any] = {}
    header: str = ""
    sheet: str = ""
    rows: str = ""
    """Where the same is wrong with many rows: all of them."""

    @property
    def field(self) -> str:
        """The column, as a refusal names what it is about."""
        return self.column


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """Cells of one sort that are no part of the list, and why."""

    code: str
    cells: int
    sheet: str = ""
    lines: tuple[int, ...] = ()
    """The rows that they stand in."""
    text: str = ""
    """A remark itself, the header of a column, the name of a sheet."""


def own_cells(row: RawRow) -> list[int]:
    """The columns in which something stands that is this row's own, and not merged into it."""
    return [at for at, text in enumerate(row.cells) if (text or at in row.marks) and at not in row.filled]


class CellAccount:
    """Where every cell went."""

    def __init__(self) -> None:
        self.cells = 0
        self.groups = 0
        self._left: dict[tuple[str, str, str], list[int]] = {}
        self._lines: dict[tuple[str, str, str], dict[int, None]] = defaultdict(dict)

    def note(self, code: str, sheet: str, line: int, cells: int, text: str = "") -> None:
        """So many cells of a row are left out."""
        if not cells:
            return
        key = (code, sheet, text if code != "remark_skipped" else f"{line} {text}")
        self._left.setdefault(key, [0])[0] += cells
        if line:
            self._lines[key][line] = None

    def sheet(self, raw: RawSheet, code: str) -> None:
        """A whole sheet is left out."""
        for row in raw.rows:
            self.note(code, raw.name, row.line, len(own_cells(row)), raw.name)
        self.note(code, raw.name, 0, raw.beyond, raw.name)

    def left(self) -> tuple[LeftOut, ...]:
        return tuple(
            LeftOut(
                code=code,
                cells=cells,
                sheet=sheet,
                lines=tuple(self._lines[code, sheet, text]),
                text=text if code != "remark_skipped" else text.partition(" ")[2],
            )
            for (code, sheet, text), (cells,) in self._left.items()
        )


def letter(index: int) -> str:
    """How a spreadsheet calls the column."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


# --- how it is said -----------------------------------------------------------------------------------------


def noticed(left: Iterable[LeftOut]) -> list[Fault]:
    """What a person is told of what was left out."""
    return [
        Fault(
            one.lines[0] if one.code == "remark_skipped" else 0,
            "",
            one.code,
            {
                "text": one.text[:40] if one.text != one.sheet else "",
                "cells": one.cells,
                "rows": runs(one.lines),
                "many": len(one.lines),
                "most": MOST_COLUMNS,
            },
            sheet=one.sheet,
        )
        for one in left
        if one.code not in QUIET
    ]


def of_column(code: str, cells: Iterable[tuple[str, str, int]], headers: Mapping[str, str]) -> list[Fault]:
    """What is true of many cells (sheet, column, row), once for each column."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for sheet, column, line in cells:
        found[sheet, column].append(line)
    warnings = []
    for (sheet, column), lines in found.items():
        header = headers.get(column, "")
        params = {"rows": runs(lines), "many": len(lines), "header": header, "lines": tuple(lines)}
        warnings.append(Fault(0, column, code, params, header, sheet))
    return warnings


def runs(lines: Iterable[int]) -> str:
    """Rows by number, those that follow each other as one: 3–6, 8."""
    found: list[list[int]] = []
    for line in sorted(set(lines)):
        if found and line == found[-1][-1] + 1:
            found[-1][1:] = [line]
        else:
            found.append([line])
    return ", ".join("–".join(map(str, one)) for one in found)


_MANY: Final = 4
"""Rows of one column from which the same fault is said once."""


def gathered(faults: Iterable[Fault]) -> list[Fault]:
    """The faults in the order of their first rows; what is wrong in the same way with many rows, once."""
    alike: dict[tuple[object, ...], list[Fault]] = defaultdict(list)
    for one in faults:
        params = tuple(sorted((name, str(value)) for name, value in one.params.items()))
        alike[one.sheet, one.column, one.code, params].append(one)
    gathered = []
    for several in alike.values():
        if len(several) < _MANY or not several[0].line:
            gathered += several
        else:
            rows = runs(one.line for one in several)
            gathered.append(msgspec.structs.replace(several[0], rows=rows))
    return sorted(gathered, key=lambda one: one.line)


def of_refusal(line: int, refused: Refused, column: str, header: str = "", sheet: str = "") -> Fault:
    """The fault that a refused cell is."""
    return Fault(line, column, refused.code, refused.params, header, sheet)


def place_of(fault: Fault, lang: str) -> str:
    """The sheet, the row and the column, by the file's words for them; empty for the file as a whole."""
    sheet = render(N_("“{sheet}”"), {"sheet": fault.sheet}, lang) if fault.sheet else ""
    if not fault.line:
        return render(N_("{sheet}："), {"sheet": sheet}, lang) if sheet else ""
    own = SITES.words.get(fault.column, (fault.column,))[0]
    column = fault.header or (fault.column if lang == EN.code else own)
    return sheet + render(
        N_("第{line}行「{column}」：") if column else N_("第{line}行："),
        {"line": fault.rows or fault.line, "column": column},
        lang,
    )


def describe(fault: Fault, sentence: str, lang: str) -> str:
    """Where it is and what is said of it, in one line."""
    return render(N_("{place}{said}"), {"place": place_of(fault, lang), "said": sentence}, lang).strip()
