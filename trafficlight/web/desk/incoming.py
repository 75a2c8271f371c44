"""A list on its way in, whatever it is of: as a file or pasted, how it is read, and cells that are mended.

It is kept in this process alone, for its session and board, until it is taken in or dropped.
"""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

from trafficlight.actions.account import Fault, gathered, place_of
from trafficlight.actions.fields import Columns
from trafficlight.actions.pasting import pasted_table
from trafficlight.actions.questions import ListQuestion
from trafficlight.actions.sandbox import read_apart
from trafficlight.actions.sheet import CellPlace, arranged, mended
from trafficlight.actions.tables import ReadingChoice, TableRead
from trafficlight.actions.values import LONGEST_LINE
from trafficlight.domain.errors import Refused
from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.uploads import SHELF, Uploads, Work

WAITED: Final = 1.5
"""Seconds for which an answer waits for the work: most lists are done by then, and nobody sees it at work."""
MOST_FAULTS: Final = 500
MOST_MENDED: Final = 200
"""Cells with a field to mend them in, on one page."""
_LONGEST_CELL: Final = 1000
_PLACE_ALONE: Final = ""
"""In place of a code: nothing is said of the cell but where it is."""


def shelf(desk: DeskRequest) -> Uploads:
    return desk.request.app[SHELF]


async def take_in(desk: DeskRequest, place: str, columns: Columns, known: Mapping[str, str]) -> Work:
    """The list that came with the form, as a file or pasted; it is being read, or was already.

    `known`: what was said of the columns of the board's earlier lists. `Refused` with `file_missing`.
    """
    file = desk.form.files.get("file")
    name, body = (file.name, file.body) if file else ("", b"")
    if not body:
        name = desk.say(N_("粘贴的表"))
        body = pasted_table(desk.form.value("markup") or desk.form.value("pasted"), columns)
    if not body:
        raise Refused("file_missing", "file")
    work = shelf(desk).put(desk.session.id, place, name, len(body))
    work.choice = ReadingChoice(columns=known)
    work.digest = blake2b(body, digest_size=16).hexdigest()
    work.task = desk.parts.meanwhile(_read(work, body, columns), "reading a list")
    await asyncio.wait([work.task], timeout=WAITED)
    return work


async def _read(work: Work, body: bytes, columns: Columns) -> None:
    try:
        work.book = await asyncio.to_thread(read_apart, body, columns)
        await _arrange(work, columns)
    except Refused as refused:
        work.refused = refused


async def _arrange(work: Work, columns: Columns) -> None:
    assert work.book is not None  # noqa: S101 - it was parsed
    sheet = await asyncio.to_thread(arranged, work.book, columns, work.choice)
    work.sheet, work.preview = mended(sheet, work.mends), None


async def read_anew(desk: DeskRequest, work: Work, columns: Columns) -> None:
    """Read the file again, with sheets, columns and cells as they were given on the page.

    `Refused` where nothing can be read so: then it stays as it was.
    """
    before = (work.choice, work.mends)
    columns_now = dict(work.choice.columns)
    for number, table in enumerate(work.sheet.tables if work.sheet else ()):
        for index, one in enumerate(table.headings):
            chosen = desk.form.values(f"c.{number}.{index}")
            if one.header and chosen and chosen[0] != one.column and chosen[0] in {"", *columns.words}:
                columns_now[one.header] = chosen[0]
    hidden = bool(desk.form.value("hidden"))
    work.choice = ReadingChoice(columns=columns_now, hidden=hidden, sheets=_sheets(desk, work))
    work.mends = {**work.mends, **_mends(desk, work)}
    try:
        await _arrange(work, columns)
    except Refused:
        work.choice, work.mends = before
        raise


def _sheets(desk: DeskRequest, work: Work) -> Mapping[str, bool]:
    """Which sheets are read, where the page offered them."""
    if work.book is None or not desk.form.values("sheets"):
        return work.choice.sheets
    chosen = set(desk.form.values("sheet"))
    return {raw.name: str(at) in chosen for at, raw in enumerate(work.book.sheets)}


def _mends(desk: DeskRequest, work: Work) -> Mapping[CellPlace, str]:
    """Cells that were typed anew: those beside their faults, and one that was named by row and column."""
    mends: dict[CellPlace, str] = {}
    for name in desk.form.fields:
        key, _, place = name.partition("@")
        line, _, rest = place.partition(":")
        column, _, sheet = rest.partition(":")
        text = desk.form.text(name)[:_LONGEST_CELL]
        if key == "m" and line.isdecimal() and text != desk.form.value(f"was@{place}"):
            mends[sheet, int(line[:7]), column] = text
    line, column = desk.form.text("mend.line"), desk.form.text("mend.column")
    if line:
        sheet = desk.form.text("mend.sheet")
        rows = {(row.sheet, row.line) for row in (work.sheet.rows if work.sheet else ())}
        if not line.isdecimal() or not column or (sheet, int(line[:7])) not in rows:
            raise Refused("no_such_row", "mend.line", text=line[:LONGEST_LINE])
        mends[sheet, int(line), column] = desk.form.text("mend.text")[:_LONGEST_CELL]
    return mends


# --- as the page shows it -----------------------------------------------------------------------------------


class SheetRead(msgspec.Struct, frozen=True):
    """A sheet of the file, and whether it is read."""

    name: str
    rows: int
    hidden: bool
    read: bool


class FaultRow(msgspec.Struct, frozen=True):
    """What is wrong with a cell, and the field to mend it in; without a `key` there is none."""

    place: str
    text: str
    key: str = ""
    cell: str = ""


class ReadingPage(msgspec.Struct, frozen=True, kw_only=True):
    """How the list is read, and what may be said of it."""

    tables: Sequence[TableRead]
    sheets: Sequence[SheetRead]
    """Where the file has several."""
    offered: Sequence[tuple[str, str]]
    """Columns, and what they are called."""
    hides: bool
    """It has hidden rows."""
    hidden: bool
    """They are read."""
    places: Sequence[str]
    """Names of the sheets with rows, for whoever names a cell."""
    mended: Sequence[tuple[str, str]]
    """Cells that were typed anew: where, and what."""
    open: bool
    """Somebody is at it."""


def reading_page(
    desk: DeskRequest, work: Work, offered: Sequence[tuple[str, str]], words: Mapping[str, str]
) -> ReadingPage:
    """`offered`: the columns that may be chosen; `words`: what each of the list's columns is called."""
    sheet, book = work.sheet, work.book
    assert sheet is not None  # noqa: S101 - the page is of a list that was read
    assert book is not None  # noqa: S101
    codes = {one.code for one in sheet.left}
    read = {table.sheet for table in sheet.tables}
    return ReadingPage(
        tables=sheet.tables,
        sheets=[SheetRead(raw.name, len(raw.rows), raw.hidden, raw.name in read) for raw in book.sheets]
        if len(book.sheets) > 1
        else (),
        offered=offered,
        hides=bool({"hidden_row", "filtered_row"} & codes) or work.choice.hidden,
        hidden=work.choice.hidden,
        places=list(dict.fromkeys(row.sheet for row in sheet.rows)),
        mended=[
            (
                place_of(
                    Fault(line, column, _PLACE_ALONE, header=words.get(column, ""), sheet=name), desk.lang
                ),
                text,
            )
            for (name, line, column), text in work.mends.items()
        ],
        open=desk.form.value("act") == "read",
    )


def fault_rows(desk: DeskRequest, faults: Sequence[Fault], work: Work | None = None) -> list[FaultRow]:
    """Where and what, in the order of the file; with the cell as it stands, where the list is given."""
    cells = {(row.sheet, row.line): row.cells for row in (work.sheet.rows if work and work.sheet else ())}
    rows: list[FaultRow] = []
    for one in gathered(faults)[:MOST_FAULTS]:
        found = cells.get((one.sheet, one.line))
        can = found is not None and one.column and not one.rows and len(rows) < MOST_MENDED
        rows.append(
            FaultRow(
                place_of(one, desk.lang),
                explain(one, desk.lang, typed=True),
                f"{one.line}:{one.column}:{one.sheet}" if can else "",
                " / ".join(found.get(one.column, ())) if can and found else "",
            )
        )
    return rows


class QuestionRow(msgspec.Struct, frozen=True):
    """A question as the page asks it."""

    key: str
    asks: str
    place: str
    text: str
    choices: tuple[tuple[str, str], ...]
    answer: str


class QuestionGroup(msgspec.Struct, frozen=True):
    """Questions of one sort; where there are many, one answer may be for all of them."""

    asks: str
    rows: Sequence[QuestionRow]
    common: tuple[tuple[str, str], ...]
    """The answers that every one of them has; empty for a few."""


_MANY: Final = 4
"""Questions of a sort from which one answer for all of them is offered."""


def question_groups(desk: DeskRequest, questions: Sequence[ListQuestion]) -> list[QuestionGroup]:
    """The questions in the words of the page, by their sort."""
    groups: dict[str, list[QuestionRow]] = {}
    for one in questions:
        row = QuestionRow(
            one.key,
            one.asks,
            place_of(Fault(one.line, "", one.code, sheet=one.sheet), desk.lang),
            explain(one, desk.lang),
            tuple((choice, desk.say(text)) for choice, text in one.choices.items()),
            one.answer,
        )
        groups.setdefault(one.asks, []).append(row)
    return [QuestionGroup(asks, rows, _common(rows)) for asks, rows in groups.items()]


def _common(rows: Sequence[QuestionRow]) -> tuple[tuple[str, str], ...]:
    if len(rows) < _MANY:
        return ()
    return tuple(choice for choice in rows[0].choices if all(choice in row.choices for row in rows))


def answered(desk: DeskRequest, questions: Sequence[ListQuestion]) -> dict[str, str]:
    """What was chosen on the page, for each question or for all of a sort."""
    chosen = {one.key: desk.form.value(one.key) or desk.form.value(one.asks) for one in questions}
    return {key: choice for key, choice in chosen.items() if choice}
