"""The rows of a list, each cell read: drafts of sites, and what is wrong with them taken by themselves."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from trafficlight.actions.cells import FIELD_OF, cleared, parse_cell, write_cell
from trafficlight.actions.faults import Fault, of_refusal
from trafficlight.actions.sheet import Sheet, SheetRow, bare
from trafficlight.actions.values import plain
from trafficlight.domain.board import Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.kind import kind_named

_REQUIRED: Final = {"name": "name_missing"}


class SiteDraft(msgspec.Struct, eq=False):
    """A row on its way to being a site."""

    line: int
    texts: Mapping[str, str]
    """Every column of the file, empty where the cell is."""
    values: Mapping[str, Any]
    """What was read of the cells that hold something readable."""
    headers: Mapping[str, str]
    faults: list[Fault]
    board: str = ""
    id: str = ""
    """The site's: as given, as matched, or as numbered."""
    renamed: bool = False
    """Its site is known under another name."""

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    def fault(self, code: str, column: str, **params: Any) -> None:
        """Something is wrong with this row."""
        self.faults.append(Fault(self.line, column, code, params, self.headers.get(column, "")))


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
    drafts = [_draft(row, sheet.headers, find) for row in sheet.rows]
    for draft in drafts:
        _place(draft, board)
    _find_twice(drafts)
    return drafts


def _draft(row: SheetRow, headers: Mapping[str, str], find: Callable[[str], Site | None]) -> SiteDraft:
    if row.surplus:
        return SiteDraft(row.line, {}, {}, headers, [Fault(row.line, "", "surplus_cells")])
    draft = SiteDraft(row.line, {}, {}, headers, [])
    known = find(plain("".join(row.cells.get("id", ()))))
    texts: dict[str, str] = {}
    values: dict[str, Any] = {}
    for column in headers:
        several = row.cells.get(column, ())
        if len(several) > 1 and column != "phone":
            draft.fault("column_twice", column, texts=" | ".join(several)[:80])
            continue
        text = texts[column] = " / ".join(several)
        if known and column in FIELD_OF and text == bare(write_cell(column, known)):
            values[column] = getattr(known, FIELD_OF[column])
        elif text:
            try:
                values[column] = parse_cell(column, text)
            except Refused as refused:
                draft.faults.append(of_refusal(row.line, refused, column, headers[column]))
        elif column in _REQUIRED:
            draft.fault(_REQUIRED[column], column)
    draft.texts, draft.values = texts, values
    return draft


def _place(draft: SiteDraft, board: str) -> None:
    """Say of the draft which board it is for and, where the row says so, which site it is."""
    named = draft.values.get("board", "")
    if board and named and named != board:
        draft.fault("board_differs", "board", text=named, board=board)
    if not board and not draft.texts.get("board") and not draft.faults:
        draft.fault("board_missing", "board")
    draft.board = board or named
    draft.id = draft.values.get("id", "")
    if not board and not draft.texts.get("id") and not draft.faults:
        draft.fault("id_missing", "id")


def _find_twice(drafts: Iterable[SiteDraft]) -> None:
    """Find ids that stand in several rows, and boards that are called differently in several."""
    ids: dict[str, int] = {}
    names: dict[str, tuple[str, int]] = {}
    for draft in drafts:
        if draft.id and ids.setdefault(draft.id, draft.line) != draft.line:
            draft.fault("duplicate_id", "id", text=draft.id, line=ids[draft.id])
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
        if column not in FIELD_OF or (known and text == bare(write_cell(column, known))):
            continue
        fields[FIELD_OF[column]] = draft.values[column] if text else cleared(column)
    if not draft.texts.get("kind") and (known is None or "kind" in fields):
        fields["kind"] = kind_named(draft.name) or cleared("kind")
    if known is None:
        return Site(id=draft.id, **fields)
    return msgspec.structs.replace(known, **fields)
