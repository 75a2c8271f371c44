"""The rows of a list of sites: each cell read, what is wrong with a row by itself, and which site it is.

A row without an id is one known by name and town, one that was renamed, or a new one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault
from trafficlight.actions.fields import FIELD_OF, read_cell, write_cell
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import SheetRow
from trafficlight.actions.values import NONE_WRITTEN, plain
from trafficlight.actions.workbook import bare
from trafficlight.domain.board import Board, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.kind import kind_named
from trafficlight.domain.phone import Phone, area_code_of, dial

_DISTINCT_DIGITS: Final = 7
"""Digits from which a number is somebody's own; 120 and 12345 are everybody's."""
_LONGEST_STEM: Final = 58
"""Characters of a slug in front of a number, so that an id has no more than 64."""
_MOST_NAMED: Final = 5
"""Sites named in a question."""


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
    _find_twice(drafts)
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
        several = row.cells.get(column, ())
        if len(several) > 1 and column != "phone":
            draft.flaw("column_twice", column, texts=" | ".join(several)[:80])
            continue
        text = texts[column] = " / ".join(several)
        if known and column in FIELD_OF and text == bare(write_cell(column, known)):
            values[column] = getattr(known, FIELD_OF[column])
            continue
        if column not in _NAMING and NONE_WRITTEN.fullmatch(text):
            draft.blanks.append(column)
            text = texts[column] = ""
        _read(draft, column, text, texts, values)
    draft.texts, draft.values = texts, values
    return draft


def _read(draft: SiteDraft, column: str, text: str, texts: dict[str, str], values: dict[str, Any]) -> None:
    """The value of a cell; a text that is none is taken from the texts."""
    if text:
        try:
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


# --- which site a row is ----------------------------------------------------------------------------------


def match(drafts: Iterable[SiteDraft], sites: Mapping[str, Site], board: Board | None) -> None:
    """Give a board's drafts without an id the ids of the sites that they are, as far as it is sure.

    Those that stay without are new; those that get a fault are for people to decide.
    """
    drafts = list(drafts)
    named = {draft.id for draft in drafts if draft.id}
    unnamed = [draft for draft in drafts if not draft.id and draft.name]
    free = {site.id: site for site in sites.values() if site.id not in named}
    _match_names(unnamed, free.values())
    taken = {draft.id for draft in unnamed}
    left = {site_id: site for site_id, site in free.items() if site_id not in taken}
    _match_renamed([draft for draft in unnamed if not draft.id and not draft.faults], left, board)


def number(drafts: Iterable[SiteDraft], is_used: Callable[[str], bool], taken: Collection[str] = ()) -> None:
    """Give the drafts that have none the next free ids of their boards: `<slug>-001` and so on."""
    reached: dict[str, int] = defaultdict(int)
    for draft in drafts:
        while not draft.id:
            reached[draft.board] += 1
            candidate = f"{draft.board[:_LONGEST_STEM]}-{reached[draft.board]:03}"
            if candidate not in taken and not is_used(candidate):
                draft.id = candidate


# --- by name ----------------------------------------------------------------------------------------------


def _match_names(drafts: Iterable[SiteDraft], free: Iterable[Site]) -> None:
    """First what has the same name and town; then the same name, where the row or the site tells no town."""
    rows_of: dict[str, list[SiteDraft]] = defaultdict(list)
    for draft in drafts:
        rows_of[plain(draft.name)].append(draft)
    sites_of: dict[str, list[Site]] = defaultdict(list)
    for site in free:
        sites_of[plain(site.name)].append(site)
    for name, alike in rows_of.items():
        rows, sites = _without_duplicates(alike), sites_of.get(name, [])
        towns = dict.fromkeys(_town(row) for row in rows if "town" in row.texts)
        for town in towns:
            there = [site for site in sites if plain(site.town) == town]
            unsure = _match_alike([row for row in rows if _town(row) == town], there)
            rows = [row for row in rows if not row.id and row not in unsure]
        unsure = _match_alike([row for row in rows if _town(row)], _left(alike, sites, untold=True))
        rows = [row for row in rows if not _town(row)]
        _match_alike(rows, _left(alike, sites, untold=False))


def _town(draft: SiteDraft) -> str:
    return plain(draft.texts.get("town", ""))


def _without_duplicates(rows: Iterable[SiteDraft]) -> list[SiteDraft]:
    """The rows but those that nobody could tell from an earlier one."""
    firsts: dict[tuple[str, str], SiteDraft] = {}
    for row in rows:
        first = firsts.setdefault((_town(row), _address(row)), row)
        if first is not row:
            row.fault("duplicate_row", "name", line=first.line)
    return list(firsts.values())


def _left(rows: Iterable[SiteDraft], sites: Iterable[Site], *, untold: bool) -> list[Site]:
    """The sites that are none of the rows' yet; `untold`: of these, those whose town nobody told."""
    taken = {row.id for row in rows}
    return [site for site in sites if site.id not in taken and not (untold and site.town)]


def _match_alike(rows: Sequence[SiteDraft], sites: Iterable[Site]) -> Sequence[SiteDraft]:
    """Match rows and sites of one name: by address, then by phone, then what is left over.

    The rows of which nobody can say which site they are; they have got a fault.
    """
    left = list(sites)
    for alike in (_same_address, _same_phone):
        for row in rows:
            same = [site for site in left if not row.id and alike(row, site)]
            if len(same) == 1:
                row.id = same[0].id
                left.remove(same[0])
    rows = [row for row in rows if not row.id]
    if len(rows) == len(left) == 1:
        rows[0].id = left[0].id
    elif left:
        for row in rows:
            row.fault("ambiguous_name", "name", sites=_ids(left))
        return rows
    return ()


def _ids(sites: Iterable[Site]) -> str:
    return ", ".join(sorted(site.id for site in sites)[:_MOST_NAMED])


def _address(draft: SiteDraft) -> str:
    return plain(draft.texts.get("address", ""))


def _same_address(draft: SiteDraft, site: Site) -> bool:
    return bool(_address(draft)) and _address(draft) == plain(site.address)


def _same_phone(draft: SiteDraft, site: Site) -> bool:
    return bool(_numbers(draft.values.get("phone", ()), "") & _numbers(site.phones, ""))


def differs_in_all(draft: SiteDraft, site: Site) -> bool:
    """Whether phone and address, where the row gives both or one, are another's than the site's."""
    phones, address = draft.values.get("phone", ()), _address(draft)
    comparable = bool(phones and site.phones) or bool(address and site.address)
    return comparable and not _same_phone(draft, site) and not _same_address(draft, site)


def _numbers(phones: Sequence[Phone], area: str) -> set[str]:
    """The numbers of somebody's own, as dialled."""
    code = area_code_of(phones, area)
    dialled = {dial(phone, code) for phone in phones}
    return {called for called in dialled if len(called.partition(",")[0]) >= _DISTINCT_DIGITS}


# --- renamed ----------------------------------------------------------------------------------------------


def _match_renamed(drafts: Iterable[SiteDraft], left: Mapping[str, Site], board: Board | None) -> None:
    """Find rows whose phone, or address and town, is that of a site which the list no longer names."""
    area = board.area_code if board else ""
    holders: dict[str, set[str]] = defaultdict(set)
    for site in left.values():
        for trait in _traits(site.phones, site.address, site.town, area):
            holders[trait].add(site.id)
    wanted: list[tuple[SiteDraft, set[str]]] = []
    claims: dict[str, int] = defaultdict(int)
    for draft in drafts:
        texts = draft.texts
        traits = _traits(draft.values.get("phone", ()), texts.get("address", ""), texts.get("town", ""), area)
        found = set[str]().union(*(holders.get(trait, ()) for trait in traits))
        wanted.append((draft, found))
        for site_id in found:
            claims[site_id] += 1
    for draft, found in wanted:
        if len(found) == 1 and all(claims[site_id] == 1 for site_id in found):
            draft.id, draft.renamed = found.pop(), True
        elif found:
            draft.fault("rename_unclear", "name", sites=_ids(left[site_id] for site_id in found))


def _traits(phones: Sequence[Phone], address: str, town: str, area: str) -> set[str]:
    traits = {f"phone {called}" for called in _numbers(phones, area)}
    return traits | ({f"at {plain(town)} {plain(address)}"} if address else set())


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
