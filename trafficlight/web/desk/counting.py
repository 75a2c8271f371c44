"""Counts as a file: shown first, then a line for each row, each a report of its own, the same file once."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.account import noticed
from trafficlight.actions.count_sheet import COUNTS, CountList, CountRow, read_counts
from trafficlight.actions.placing import remember_columns
from trafficlight.actions.reporting import Submission
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import COUNTED
from trafficlight.domain.report import Answers
from trafficlight.domain.state import Report
from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain, phrase
from trafficlight.web.desk.incoming import (
    answered,
    fault_rows,
    question_groups,
    read_anew,
    reading_page,
    shelf,
    take_in,
)
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.uploads import Work
from trafficlight.web.form import Question, question_of

MOST_LISTED: Final = 500
"""Rows that are shown before they are reported; how many more there are is said."""
_LIST: Final = "counts"
"""As the ledger names lists of this sort."""
_OFFERED: Final = [(column, words[0]) for column, words in COUNTS.words.items()]
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_AT_ONCE: Final = 50
"""Reports under way together: they share the ledger's transactions."""


class CountLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a row."""

    row: CountRow
    report: Report | None = None
    """What was taken."""
    again: bool = False
    """It was taken before."""
    question: Question | None = None
    answers: Answers = ()
    """What was answered so far."""
    wrong: str = ""


async def show(desk: DeskRequest) -> web.Response:
    """Where the file is chosen."""
    return _page(desk, None)


async def save(desk: DeskRequest) -> web.Response:
    """Show what the file says; report it, row by row; or what was asked about and is answered."""
    match desk.form.value("act"):
        case "answer":
            return await _answer(desk)
        case "report":
            return await _report_all(desk)
        case "read":
            return await _read_again(desk)
    work = await take_in(desk, _place(desk), COUNTS, desk.fold.columns.get(_LIST, {}))
    if work.task is not None:
        await asyncio.wait([work.task])  # a sheet of counts is short, and its process ends in time
    if work.refused is not None or work.sheet is None:
        shelf(desk).drop(desk.session.id, _place(desk))
        raise work.refused or Refused("file_takes_too_much", "file")
    return await _preview(desk, work, work.sheet)


async def _read_again(desk: DeskRequest) -> web.Response:
    """With sheets, columns and cells as they were given on the page; what was answered holds."""
    work = shelf(desk).find(desk.session.id, _place(desk))
    if work is None or work.book is None or work.sheet is None:
        return desk.done(f"/boards/{desk.board}/sites/counts", N_("上传的名单已不在，请再选一次文件。"))
    await read_anew(desk, work, COUNTS)
    return await _preview(desk, work, work.sheet)


async def _preview(desk: DeskRequest, work: Work, sheet: Sheet) -> web.Response:
    """Whose number each row is, of which day, and what of the file is no count."""
    read = await _read(desk, sheet)
    rows = read.rows
    days = Counter(row.day for row in rows if row.patients.strip() and not row.fault)
    return desk.page(
        "desk/sites/counts_check.html",
        file=work.file,
        rows=[(row, _why(desk, row)) for row in rows],
        questions=question_groups(desk, read.questions),
        reading=reading_page(desk, work, _OFFERED, dict(_OFFERED)),
        days=[
            (date.fromisoformat(day) if _ISO.fullmatch(day) else None, day, many)
            for day, many in days.items()
        ],
        today=today_at(desk.fold.board, desk.at).day,
        left=fault_rows(desk, noticed(sheet.left)),
        several=len({row.sheet for row in rows}) > 1,
        most=MOST_LISTED,
    )


async def _report_all(desk: DeskRequest) -> web.Response:
    """Report every row of the file that was shown."""
    work = shelf(desk).find(desk.session.id, _place(desk))
    if work is None or work.sheet is None:
        return desk.done(f"/boards/{desk.board}/sites/counts", N_("上传的名单已不在，请再选一次文件。"))
    read = await _read(desk, work.sheet)
    rows = (await _read(desk, work.sheet, answered(desk, read.questions))).rows
    lines = await report_rows(desk, rows, f"file/{work.digest}")
    await remember_columns(desk.ledger, desk.fold, work.choice.columns, by=desk.by, of=_LIST)
    return _page(desk, lines)


async def _read(desk: DeskRequest, sheet: Sheet, answers: Mapping[str, str] | None = None) -> CountList:
    fold = msgspec.structs.replace(desk.fold, sites=dict(desk.fold.sites))
    today = today_at(fold.board, desk.at).day
    return await asyncio.to_thread(read_counts, sheet, fold, today, answers)


def _why(desk: DeskRequest, row: CountRow) -> str:
    """Why the row is not reported."""
    return explain(Refused(row.fault, site=row.text, text=row.patients, last=row.last), desk.lang)


def _place(desk: DeskRequest) -> str:
    """Under which a sheet of counts waits to be reported."""
    return f"{desk.board}/counts"


async def _answer(desk: DeskRequest) -> web.Response:
    return _page(desk, await report_answered(desk))


async def report_answered(desk: DeskRequest) -> list[CountLine]:
    """The rows that were asked about, as they were written, with what was answered."""
    key = f"{desk.by}/answer/{desk.form.value('key')[:64]}"
    lines = []
    for name in desk.form.values("site"):
        site, _, day = name.partition("@")
        state, answers = desk.fold.sites.get(site), tuple(desk.form.values(f"d.{name}"))
        if state is None:
            raise Refused("not_form")
        patients, clock = desk.form.value(f"n.{name}")[:40], desk.form.value(f"t.{name}")[:40]
        row = CountRow(text=state.site.name, site=site, patients=patients, clock=clock, day=day)
        lines.append(await report_row(desk, row, key, answers))
    return lines


def _page(desk: DeskRequest, lines: Sequence[CountLine] | None) -> web.Response:
    return desk.page("desk/sites/counts.html", **outcome(desk, lines))


def outcome(desk: DeskRequest, lines: Sequence[CountLine] | None) -> dict[str, object]:
    """What a page says of what came of each line; None: nothing was brought yet."""
    rows = lines or ()
    return {
        "lines": lines,
        "zone": desk.fold.board.zone,
        "taken": sum(line.report is not None and not line.again for line in rows),
        "again": sum(line.again for line in rows),
        "asked": [line for line in rows if line.question],
        "refused": sum(bool(line.wrong) for line in rows),
        "counted": phrase(COUNTED, desk.lang),
    }


async def report_rows(desk: DeskRequest, rows: Sequence[CountRow], key: str) -> list[CountLine]:
    """Each row reported by itself, some at once."""
    lines: list[CountLine] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        lines += await asyncio.gather(*(report_row(desk, row, key) for row in part))
    return lines


async def report_row(desk: DeskRequest, row: CountRow, key: str, answers: Answers = ()) -> CountLine:
    """One row reported, under a key of its own; a row that says nothing is none."""
    line = CountLine(row=row, answers=answers)
    if row.fault:
        return msgspec.structs.replace(line, wrong=_why(desk, row))
    if not row.patients.strip():
        return line
    board = desk.fold.board
    key = f"{key}/{today_at(board, desk.at).day}/{row.key}"
    raw = {"patients": row.patients, "counted_at": row.clock, "service_day": row.day}
    sent = Submission(by=desk.by, now=desk.at, key=key, answers=answers)
    try:
        accepted = await desk.parts.reporting.post_report(row.site, raw, sent)
    except Refused as refused:
        question = question_of(refused, board.zone, desk.lang)
        wrong = "" if question else explain(refused, desk.lang)
        return msgspec.structs.replace(line, question=question, wrong=wrong)
    return msgspec.structs.replace(line, report=accepted.report, again=accepted.replayed)
