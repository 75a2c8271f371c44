"""One sheet of a file: where its header stands, what its columns are, and which rows are no part of it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from trafficlight.actions.account import CellAccount, letter, own_cells
from trafficlight.actions.fields import Columns, is_ignored
from trafficlight.actions.workbook import (
    CUT,
    DATED,
    FILTERED,
    HEADER_WITHIN,
    HIDDEN,
    NO_VALUE,
    STRUCK,
    RawRow,
    RawSheet,
)
from trafficlight.domain.errors import Refused

_NEUTRALISED: Final = re.compile(r"'+[=+\-@＝＋－＠]")
"""What an export writes for a cell that a spreadsheet would take for a formula."""
_REMARK: Final = re.compile(r"(合计|总计|小计|共计|填表|填报|制表|审核|备注|说明|注[:：])")
_SECTION: Final = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}(?:[)）]|[、.．])")
_TOTAL: Final = re.compile(r"[合总小共]\s*计|共\s*\d+\s*[家个所处]")
_NUMBER: Final = re.compile(r"[\d.,%-]+")
_SPANS: Final = 3  # so many equal cells in a row are one text merged across it, no site
_TOWN: Final = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]?\s*)?"
    r"(?P<town>[^\d\s、，,:：]{1,12}(?:镇|乡|街道|街道办|街道办事处|办事处|开发区|高新区|园区|新区|农场|林场|苏木|管委会))"
)
_TIMED: Final = re.compile(
    r"(?P<time>白天|白班|日间|夜间|夜班|晚上|工作日|节假日|周末|双休日|休息日|周一至周五|周六日)"
)
_LONGEST_SUBHEADER: Final = 8
"""Characters of what stands in the lower row of a header: 白天, 工作日."""
_MANY: Final = 2
"""Columns that tell a row of headers from one of a site."""


class Flaw(msgspec.Struct, frozen=True):
    """A cell of a known column of which the file itself does not surely tell what it holds."""

    column: str
    code: str
    """`NO_VALUE`, `DATED`, `STRUCK` or `CUT`."""
    header: str
    text: str


class SheetRow(msgspec.Struct, frozen=True):
    """A row of the list: its number as a spreadsheet shows it, and its cells by our name of the column.

    A column that occurs several times has several texts here. `surplus`: it has more cells than the header,
    so that nobody can say which belongs where.
    """

    line: int
    cells: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    """Of its table: our name of each column that there is → what the file calls it."""
    surplus: bool = False
    sheet: str = ""
    """Where the file has several."""
    own: Mapping[str, int] = {}
    """By column, how many cells with content stand in this row."""
    flaws: tuple[Flaw, ...] = ()
    titles: tuple[str, ...] = ()
    """Of its table: the sheet's name and what stands above the header; they may name a day."""


class Heading(msgspec.Struct, frozen=True):
    """A column of a table, as the file calls it and as it was understood."""

    header: str
    column: str
    """Our name of it; empty where it is left out."""
    code: str = ""
    """Why it is: `unknown_column`, `hidden_column`, `nameless_column`, `numbering`; or `guessed_column`."""


class TableRead(msgspec.Struct, frozen=True):
    """A table that was read: of which sheet, where its header stands, and what its columns are."""

    sheet: str
    line: int
    headings: tuple[Heading, ...]


class ReadingChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever brings the file says of how it is to be read."""

    columns: Mapping[str, str] = {}
    """Header → our name of the column; empty: not to be read."""
    hidden: bool = False
    """Hidden and filtered rows belong to the list."""
    sheets: Mapping[str, bool] = {}
    """Sheet → whether it is read; of others, those that are not hidden are."""


class _Place(NamedTuple):
    """A column of a table: where, what, why not, and what its header says beside."""

    at: int
    heading: Heading
    time: str


class TableReader:
    """One sheet, from its header downwards. `Refused` where it has none."""

    def __init__(  # noqa: PLR0913 - what it reads, how, and where it says what it leaves
        self,
        raw: RawSheet,
        name: str,
        columns: Columns,
        choice: ReadingChoice,
        account: CellAccount,
        *,
        shifts: bool,
    ) -> None:
        self.raw = raw
        self.name = name
        self.columns = columns
        self.choice = choice
        self.account = account
        self.shifts = shifts
        """A row longer than the header has shifted."""
        self.rows: list[SheetRow] = []
        self.tables: list[TableRead] = []
        self.town = ""
        self.begin, self.end = self._find_header()
        above = [row.cells[at] for row in raw.rows[: self.begin] for at in own_cells(row)]
        self.titles = tuple(dict.fromkeys(text for text in (raw.name, *above) if text))
        if not self._open(self.begin, self.end):
            raise self._no_header({columns.key, ""})

    # --- the header -----------------------------------------------------------------------------------------

    def _column(self, header: str) -> str | None:
        mapped = self.choice.columns.get(header.strip())
        return self.columns.column_of(header) if mapped is None else mapped or None

    def _known(self, row: RawRow) -> set[str]:
        return {column for cell in row.cells if (column := self._column(cell))}

    def _find_header(self) -> tuple[int, int]:
        """The first and the last row of the header: it is one, or two that are joined."""
        first = self.raw.rows[:HEADER_WITHIN]
        at = max(range(len(first)), key=lambda index: len(self._known(first[index])))
        if at + 1 < len(self.raw.rows) and self._is_lower(at, at + 1):
            begin, end = at, at + 1
        elif at and self._is_lower(at - 1, at):
            begin, end = at - 1, at
        else:
            begin = end = at
        known = {one for index in range(begin, end + 1) for one in self._known(self.raw.rows[index])}
        if self.columns.key not in known:
            raise self._no_header(known)
        return begin, end

    def _no_header(self, known: Collection[str]) -> Refused:
        code = "name_column_missing" if len(known) > 1 else "no_header"
        return Refused(code, "file", column=self.columns.key, word=self.columns.words[self.columns.key][0])

    def _is_lower(self, at: int, below: int) -> bool:
        """Whether the row below is the lower part of the header above it, and no row of the list."""
        upper, lower = self.raw.rows[at], self.raw.rows[below]
        own = own_cells(lower)
        if not own or not own_cells(upper)[1:] or not self._known(upper):
            return False
        parts = 0
        for index in own:
            text = lower.cells[index]
            over = upper.cells[index] if index < len(upper.cells) else ""
            if len(text) > _LONGEST_SUBHEADER or any(char.isdigit() for char in text):
                return False
            known = self._column(text)
            if known == self.columns.key and over == text:
                return False  # the same header again
            under_time = self._column(over) in {"phone", "hours"} or (not over and not known)
            if not known and not under_time and not _TIMED.search(text) and not is_ignored(text):
                return False
            if index in upper.filled or under_time or (known and known != self._column(over)):
                parts += 1
        names = [index for index in own if self._column(lower.cells[index]) == self.columns.key]
        named = [i for i, cell in enumerate(upper.cells) if self._column(cell) == self.columns.key]
        return parts > 0 and (bool(names) or not any(index in own for index in named))

    def _open(self, begin: int, end: int) -> bool:
        """Read from now on under the header in these rows; not where its column of names is hidden."""
        upper, lower = self.raw.rows[begin], self.raw.rows[end]
        width = max(len(upper.cells), len(lower.cells))
        over = upper.cells + [""] * (width - len(upper.cells))
        under = lower.cells + [""] * (width - len(lower.cells))
        for at in range(1, width):
            if not over[at] and under[at] and _TIMED.search(under[at]):
                over[at] = over[at - 1]  # 白天 and 夜间 stand below one 电话, merged or not
        exact = self._known(upper) | self._known(lower)
        places: list[_Place] = []
        for index in range(width):
            one = self._heading(index, over[index].strip(), under[index].strip(), exact)
            places.append(one)
            if one.heading.code == "guessed_column":
                exact.add(one.heading.column)
        if self.columns.key not in {one.heading.column for one in places}:
            return False
        for row in self.raw.rows[begin : end + 1]:
            self.account.note("header", self.name, row.line, len(own_cells(row)))
        self.places = places
        self.headers: dict[str, str] = {}
        for one in places:
            if one.heading.column:
                self.headers.setdefault(one.heading.column, one.heading.header)
        self.foreign = False
        table = TableRead(self.raw.name, lower.line, tuple(one.heading for one in self.places))
        if not self.tables or self.tables[-1].headings != table.headings:
            self.tables.append(table)
            self.town = ""
        return True

    def _heading(self, index: int, over: str, under: str, exact: set[str]) -> _Place:
        column, header = self._column(under), under
        if not column and over != under:
            column = self._column(over)
            header = f"{over}（{under}）" if over and under else over or under
        code = ""
        time = _TIMED.search(header)
        if not column and time and header not in self.choice.columns:
            column = self._column(re.sub(r"[（(][）)]", "", _TIMED.sub("", header, count=1)))
        if not column and header not in self.choice.columns:
            column = self.columns.guess(header)
            column, code = (None, "") if column in exact else (column, "guessed_column" if column else "")
        mapped = self.choice.columns.get(header)
        if mapped is not None:
            column, code = mapped or None, ""
        if index in self.raw.hidden_columns:
            return _Place(index, Heading(header, "", "hidden_column"), "")
        if not column:
            code = (
                "nameless_column" if not header else "numbering" if is_ignored(header) else "unknown_column"
            )
        return _Place(index, Heading(header, column or "", code), time["time"] if time else "")

    # --- below it -------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Every row of the sheet, into the list or into the account."""
        for row in self.raw.rows[: self.begin]:
            self.account.note("title", self.name, row.line, len(own_cells(row)))
        skip = self.end
        for at in range(self.end + 1, len(self.raw.rows)):
            if at > skip and self._is_new_header(at):
                two = at + 1 < len(self.raw.rows) and self._is_lower(at, at + 1)
                skip = at + 1 if two else at
                if not self._open(at, skip):
                    self.foreign, skip = True, at
                    self._take(self.raw.rows[at])
            elif at > skip:
                self._take(self.raw.rows[at])

    def _is_new_header(self, at: int) -> bool:
        """Whether another table begins here; the same header again, as on every page, is left out."""
        row = self.raw.rows[at]
        known, own = self._known(row), own_cells(row)
        if len(known) < _MANY and not (known and any(is_ignored(row.cells[i]) and row.cells[i] for i in own)):
            return False
        words = [i for i in own if self._column(row.cells[i]) or is_ignored(row.cells[i])]
        if 2 * len(words) < len(own) or any(c.isdigit() for i in own for c in row.cells[i]):
            return False
        if self.columns.key in known:
            return True
        # Columns of something, but not of this list: what stands below is another table.
        self.foreign = True
        return False

    def _take(self, row: RawRow) -> None:
        own = own_cells(row)
        account, name = self.account, self.name
        if row.state == STRUCK or (row.state in {HIDDEN, FILTERED} and not self.choice.hidden):
            account.note("struck_row" if row.state == STRUCK else row.state, name, row.line, len(own))
            return
        if self.foreign:
            account.note("other_table", name, row.line, len(own))
            return
        taken = self._row(row)
        remark = _total(row.cells) or _remark(*self._texts(row), sections=len(self.headers) > 1)
        town = self._group(row, own)
        if town:
            self.town = town
            account.groups += len(own)
        elif remark:
            account.note("remark_skipped", name, row.line, len(own), remark)
        elif taken.surplus:
            self.rows.append(msgspec.structs.replace(taken, own={"": len(own)}))
        elif not taken.cells and not taken.flaws and not all(_NUMBER.fullmatch(row.cells[i]) for i in own):
            text = " ".join(row.cells[i] for i in own)
            account.note("remark_skipped", name, row.line, len(own), text)
        else:
            self._count(row, own)
            if any(self.places[i].heading.column for i in own if i < len(self.places)):
                self.rows.append(taken)

    def _texts(self, row: RawRow) -> tuple[list[str], str]:
        """What stands in the known columns, and the name among it."""
        texts = {
            one.at: row.cells[one.at]
            for one in self.places
            if one.heading.column and one.at < len(row.cells) and row.cells[one.at]
        }
        names = [one.at for one in self.places if one.heading.column == self.columns.key]
        return list(texts.values()), next((texts[index] for index in names if index in texts), "")

    def _count(self, row: RawRow, own: Iterable[int]) -> None:
        """Say of the row's cells outside of known columns why they are left out."""
        for index in own:
            place = self.places[index] if index < len(self.places) else None
            if place is None:
                self.account.note("nameless_column", self.name, row.line, 1, letter(index))
            elif not place.heading.column:
                text = place.heading.header or letter(index)
                self.account.note(place.heading.code, self.name, row.line, 1, text)

    def _row(self, row: RawRow) -> SheetRow:
        """The row's cells that hold anything, each text of a column once."""
        named: dict[str, list[str]] = {}
        counts: dict[str, int] = defaultdict(int)
        flaws: list[Flaw] = []
        for index, heading, time in self.places:
            column = heading.column
            if not column or index >= len(row.cells):
                continue
            text, mark = _cell(row.cells[index]), row.marks.get(index, "")
            if (text or mark) and index not in row.filled:
                counts[column] += 1
            if mark in {NO_VALUE, STRUCK, CUT} or (
                mark == DATED and column in {"phone", "hours"} and "-" in text
            ):
                flaws.append(Flaw(column, mark, heading.header, text[:40]))
            elif text:
                text = _with_time(column, text, time)
                if text not in named.setdefault(column, []):
                    named[column].append(text)
        if "town" not in self.headers and self.town:
            named["town"] = [self.town]
        cells = {column: texts for column, texts in named.items() if texts}
        if len(cells.get("hours", ())) > 1 and any(
            one.time for one in self.places if one.heading.column == "hours"
        ):
            cells["hours"] = ["；".join(cells["hours"])]
        headers = self.headers if "town" in self.headers or not self.town else {**self.headers, "town": ""}
        return SheetRow(
            row.line,
            cells,
            headers,
            surplus=self.shifts and any(row.cells[len(self.places) :]),
            sheet=self.name,
            own=counts,
            flaws=tuple(flaws),
            titles=self.titles,
        )

    def _group(self, row: RawRow, own: Sequence[int]) -> str:
        """The town that a row of one text says for those below it, in a list that has no column for it."""
        if len(own) != 1 or "town" in self.headers or "town" not in self.columns.words or own[0] in row.marks:
            return ""
        found = _TOWN.fullmatch(row.cells[own[0]])
        return found["town"] if found else ""


def _with_time(column: str, text: str, time: str) -> str:
    """The text with the time of day or of week under which it stands, where it does not say so itself."""
    if not time or time in text:
        return text
    if column == "phone":
        return f"{text}（{time}）"
    return f"{time}{text}" if column == "hours" else text


def _cell(text: str) -> str:
    """The text of a cell, without the apostrophe that an export put before a formula's sign."""
    return text[1:] if _NEUTRALISED.match(text) else text


def _total(cells: Sequence[str]) -> str:
    """The text of a row that adds up: beside its numbers it says nothing else; empty for any other row."""
    words = {text for text in cells if text and not _NUMBER.fullmatch(text)}
    text = words.pop() if len(words) == 1 else ""
    return text if _TOTAL.match(text) else ""


def _remark(texts: Sequence[str], key: str, *, sections: bool) -> str:
    """The text of a row that is a remark or a heading (二、卫生院) alone; `texts`: of its known columns."""
    if not key or set(texts) != {key}:
        return ""
    return key if len(texts) >= _SPANS or _REMARK.match(key) or (sections and _SECTION.match(key)) else ""
