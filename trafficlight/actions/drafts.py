"""The rows of a list of sites: each cell read, and what is wrong with a row by itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault
from trafficlight.actions.fields import FIELD_OF, read_cell, write_cell
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import SheetRow
from trafficlight.actions.values import is_nothing, plain, refuse_lost
from trafficlight.actions.workbook import bare, respelled
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.kind import kind_named

_NAMING: Final = frozenset({"id", "board", "name"})
"""Columns by which a row is known: with such a cell unread the row is nobody's."""


class SiteDraft(msgspec.Struct, eq=False):
    """A row on its way to being a site."""

    row: SheetRow
    texts: Mapping[str, str]
    """Every column of the file, empty where the cell is; without cells that could not be read."""
    values: Mapping[str, Any]
    """What was read of the cells that hold something readable."""
    faults: list[Fault]
    """Why the row stays out."""
    flaws: list[Fault]
    """Cells that stay out, while the row comes in."""
    blanks: list[str]
    """Columns in which it is written that there is nothing."""
    board: str = ""
    id: str = ""
    """The site's: as given, as matched, or as numbered."""
    renamed: bool = False
    """Its site is known under another name."""
    is_asked: bool = False
    """A question about it is open."""

    @property
    def line(self) -> int:
        return self.row.line

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def is_out(self) -> bool:
        """It does not come in, or not yet."""
        return bool(self.faults) or self.is_asked

    def fault(self, code: str, column: str, **params: Any) -> None:
        """Something is wrong with this row, so that it stays out."""
        self.faults.append(self._fault(code, column, params))

    def flaw(self, code: str, column: str, **params: Any) -> None:
        """A cell cannot be taken; where it is one by which the row is known, the row cannot."""
        (self.faults if column in _NAMING else self.flaws).append(self._fault(code, column, params))

    def _fault(self, code: str, column: str, params: Mapping[str, Any]) -> Fault:
        header = self.row.headers.get(column, "")
        return Fault(self.line, column, code, params, header, self.row.sheet)


def draft_all(sheet: Sheet, board: str, find: Callable[[str], Site | None]) -> list[SiteDraft]:
    """The drafts of all rows, with their boards and the ids given; `board` is that of rows that name none.

    `find` gives the site that is known under an id. A cell that stands as an export writes it is not read but
    kept, so that nothing is lost in writing and reading.
    `Refused` with `board_column_missing` or `id_column_missing` where neither the list nor `board` says it.
    """
    if not board and "board" not in sheet.headers:
        raise Refused("board_column_missing", "file")
    if not board and "id" not in sheet.headers:
        raise Refused("id_column_missing", "file")
    drafts = [_draft(row, find) for row in sheet.rows]
    for draft in drafts:
        _place(draft, board)
    _find_names(drafts)
    return drafts


def _draft(row: SheetRow, find: Callable[[str], Site | None]) -> SiteDraft:
    draft = SiteDraft(row, {}, {}, [], [], [])
    if row.surplus:
        draft.fault("surplus_cells", "")
        return draft
    known = find(plain("".join(row.cells.get("id", ()))))
    unread = set()
    for one in row.flaws:
        draft.flaw(one.code, one.column, text=one.text)
        if not row.cells.get(one.column):
            unread.add(one.column)
    texts: dict[str, str] = {}
    values: dict[str, Any] = {}
    for column in row.headers:
        if column in unread:
            continue
        several = worded(column, row.cells.get(column, ()))
        if len(several) > 1 and column != "phone":
            draft.flaw("column_twice", column, texts=" | ".join(several)[:80])
            continue
        text = texts[column] = " / ".join(several)
        if known and column in FIELD_OF and stands(text, bare(write_cell(column, known))):
            values[column] = getattr(known, FIELD_OF[column])
            continue
        if column not in _NAMING and is_nothing(column, text):
            draft.blanks.append(column)
            text = texts[column] = ""
        _read(draft, column, text, texts, values)
    draft.texts, draft.values = texts, values
    return draft


def stands(text: str, exported: str) -> bool:
    """Whether a cell is as an export wrote it, or as a spreadsheet made it of that when it was opened."""
    return text == exported or (bool(text) and text in respelled(exported))


def worded(column: str, several: Sequence[str]) -> Sequence[str]:
    """The texts of a column that is there several times, without those that say there is nothing."""
    return [text for text in several if not is_nothing(column, text)] or several[:1]


def _read(draft: SiteDraft, column: str, text: str, texts: dict[str, str], values: dict[str, Any]) -> None:
    """The value of a cell; a text that is none is taken from the texts."""
    if text:
        try:
            refuse_lost(text, column)
            values[column] = read_cell(column, text)
        except Refused as refused:
            draft.flaw(refused.code, column, **refused.params)
            del texts[column]
    elif column == "name":
        draft.fault("name_missing", column)


def _place(draft: SiteDraft, board: str) -> None:
    """Say of the draft which board it is for and, where the row says so, which site it is."""
    named = draft.values.get("board", "")
    if board and named and named != board:
        draft.fault("board_differs", "board", text=named, board=board)
    if not board and not named and not draft.faults:
        draft.fault("board_missing", "board")
    draft.board = board or named
    draft.id = draft.values.get("id", "")
    if not board and not draft.id and not draft.faults:
        draft.fault("id_missing", "id")


def _find_names(drafts: Iterable[SiteDraft]) -> None:
    """Find boards that are called differently in several rows."""
    names: dict[str, tuple[str, int]] = {}
    for draft in drafts:
        name = draft.values.get("board_name")
        if name and draft.board:
            first = names.setdefault(draft.board, (name, draft.line))
            if first[0] != name:
                draft.fault("board_name_differs", "board_name", text=name, line=first[1])


def site_of(draft: SiteDraft, known: Site | None) -> Site:
    """The site as the row wants it: an absent column keeps, an empty cell clears.

    A cell that stands as an export writes it keeps as well, see `draft_all`. A kind that nobody gives is the
    one that the name tells, if it surely does.
    """
    fields: dict[str, Any] = {}
    for column, text in draft.texts.items():
        if column not in FIELD_OF or (known and stands(text, bare(write_cell(column, known)))):
            continue
        fields[FIELD_OF[column]] = draft.values[column] if text else read_cell(column, "")
    if not draft.texts.get("kind") and (known is None or "kind" in fields):
        fields["kind"] = kind_named(draft.name) or read_cell("kind", "")
    if known is None:
        return Site(id=draft.id, **fields)
    return msgspec.structs.replace(known, **fields)


def guesses_crs(draft: SiteDraft, before: Site | None, after: Site) -> bool:
    """Whether coordinates are new and nobody ever said in which system they are."""
    there = (before.lat, before.lon) if before else (None, None)
    stated = bool(draft.texts.get("crs")) or after.crs != read_cell("crs", "")
    return there != (after.lat, after.lon) and after.lat is not None and not stated


def whole_place(draft: SiteDraft, before: Site | None, after: Site) -> Site:
    """The site with both coordinates or as they were: one of them alone is no place."""
    if (after.lat is None) is (after.lon is None):
        return after
    if not {"lat", "lon"} & {fault.column for fault in draft.flaws}:
        draft.flaw("half_coordinates", "lat" if after.lat is None else "lon")
    lat, lon = (before.lat, before.lon) if before else (None, None)
    return msgspec.structs.replace(after, lat=lat, lon=lon)


# --- the account ------------------------------------------------------------------------------------------


def counted(sheet: Sheet, drafts: Sequence[SiteDraft]) -> dict[str, int]:
    """Where all the cells of the file went."""
    counts = {
        "taken": sheet.group_cells,
        "left": sum(one.cells for one in sheet.left),
        "refused": 0,
        "asked": 0,
    }
    for draft in drafts:
        own = sum(draft.row.own.values())
        if draft.faults:
            counts["refused"] += own
        elif draft.is_asked:
            counts["asked"] += own
        else:
            unread = _unread(draft)
            counts["refused"] += unread
            counts["taken"] += own - unread
    return counts


def _unread(draft: SiteDraft) -> int:
    """The row's cells that stay out while it comes in."""
    marked = {one.column for one in draft.row.flaws}
    columns = {fault.column for fault in draft.flaws}
    columns |= {"lat", "lon"} if {"lat", "lon"} & columns else set()  # one alone is no place
    return sum(
        len([one for one in draft.row.flaws if one.column == column])
        if column in marked and column in draft.texts
        else draft.row.own.get(column, 0)
        for column in columns
    )
