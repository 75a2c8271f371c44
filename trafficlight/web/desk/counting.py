"""Today's counts as a file: a line for each row, each a report of its own, the same file taken once."""

import asyncio
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.counts import COUNTS, CountRow, read_counts
from trafficlight.actions.reporting import Submission
from trafficlight.actions.sheet import read_sheet
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.kind import COUNTED
from trafficlight.domain.report import Answers
from trafficlight.domain.state import Report
from trafficlight.text.rendering import explain, phrase
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.form import Question, question_of

AT_ONCE: Final = 50
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
    """Report what the file says, row by row; or what was asked about and is answered."""
    if desk.form.value("act") == "answer":
        return await _answer(desk)
    file = desk.form.files.get("file")
    if file is None or not file.body:
        raise Refused("file_missing", "file")
    sheet = await asyncio.to_thread(read_sheet, file.body, COUNTS)
    fold = msgspec.structs.replace(desk.fold, sites=dict(desk.fold.sites))
    today = today_at(fold.board, desk.at).day
    rows = await asyncio.to_thread(read_counts, sheet, fold, today)
    digest = blake2b(file.body, digest_size=16).hexdigest()
    lines: list[CountLine] = []
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        lines += await asyncio.gather(*(_report(desk, row, f"file/{digest}") for row in part))
    return _page(desk, lines)


async def _answer(desk: DeskRequest) -> web.Response:
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
        lines.append(await _report(desk, row, key, answers))
    return _page(desk, lines)


def _page(desk: DeskRequest, lines: Sequence[CountLine] | None) -> web.Response:
    rows = lines or ()
    return desk.page(
        "desk/sites/counts.html",
        lines=lines,
        zone=desk.fold.board.zone,
        taken=sum(line.report is not None and not line.again for line in rows),
        again=sum(line.again for line in rows),
        asked=[line for line in rows if line.question],
        refused=sum(bool(line.wrong) for line in rows),
        counted=phrase(COUNTED, desk.lang),
    )


async def _report(desk: DeskRequest, row: CountRow, key: str, answers: Answers = ()) -> CountLine:
    """One row reported, under a key of its own; a row that says nothing is none."""
    line = CountLine(row=row, answers=answers)
    if row.fault:
        return msgspec.structs.replace(line, wrong=explain(Refused(row.fault, site=row.text), desk.lang))
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
