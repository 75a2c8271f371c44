"""Today's counts as a file: a line for each row, each a report of its own, the same file taken once."""

import asyncio
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.counts import COUNTS, CountRow, read_counts
from trafficlight.actions.reporting import Submission, body_digest
from trafficlight.actions.sheet import read_sheet
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.report import NewReport
from trafficlight.ledger.base import Key
from trafficlight.text.rendering import explain
from trafficlight.web.desk.request import DeskRequest

AT_ONCE: Final = 50
"""Reports under way together: they share the ledger's transactions."""
_ASKED: Final = "needs_confirmation"


class CountLine(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a row."""

    line: int
    name: str
    site: str = ""
    patients: int | None = None
    kept: bool = False
    again: bool = False
    """It was taken before."""
    asked: bool = False
    """Whether it is right is asked, against the usual number or what the site can see in a day."""
    usual: float | None = None
    capacity: int = 0
    said: str = ""


async def show(desk: DeskRequest) -> web.Response:
    """Where the file is chosen."""
    return desk.page("desk/sites/counts.html", lines=None)


async def save(desk: DeskRequest) -> web.Response:
    """Report what the file says, row by row; or what was asked back and is confirmed."""
    if desk.form.value("act") == "confirm":
        return await _confirm(desk)
    file = desk.form.files.get("file")
    if file is None or not file.body:
        raise Refused("file_missing", "file")
    sheet = await asyncio.to_thread(read_sheet, file.body, COUNTS)
    fold = msgspec.structs.replace(desk.fold, sites=dict(desk.fold.sites))
    counts = await asyncio.to_thread(read_counts, sheet, fold)
    digest = blake2b(file.body, digest_size=16).hexdigest()
    lines: list[CountLine] = []
    for start in range(0, len(counts), AT_ONCE):
        part = counts[start : start + AT_ONCE]
        lines += await asyncio.gather(*(_report(desk, count, f"file/{digest}") for count in part))
    return _page(desk, lines)


async def _confirm(desk: DeskRequest) -> web.Response:
    """The numbers that somebody stood by."""
    counts = []
    for number, value in enumerate(desk.form.values("confirm")):
        site, _, patients = value.partition("=")
        state = desk.fold.sites.get(site)
        if state is None or not (patients.isascii() and patients.isdecimal()):
            raise Refused("not_form")
        counts.append(CountRow(line=number, text=state.site.name, site=site, patients=int(patients)))
    name = f"{desk.by}/confirm/{desk.form.value('key')[:64]}"
    return _page(desk, [await _report(desk, count, name, confirm=True) for count in counts])


def _page(desk: DeskRequest, lines: Sequence[CountLine]) -> web.Response:
    return desk.page(
        "desk/sites/counts.html",
        lines=lines,
        kept=sum(line.kept and not line.again for line in lines),
        again=sum(line.again for line in lines),
        open=[line for line in lines if line.asked],
        refused=sum(not line.kept and not line.asked for line in lines),
    )


async def _report(desk: DeskRequest, count: CountRow, name: str, *, confirm: bool = False) -> CountLine:
    """One row reported, under a key of its own."""
    line = CountLine(line=count.line, name=count.text, site=count.site, patients=count.patients)
    if count.fault:
        return msgspec.structs.replace(line, said=explain(Refused(count.fault, site=count.text), desk.lang))
    board = desk.fold.board
    report = NewReport(patients=count.patients, confirm=confirm)
    day = today_at(board, desk.at).day
    key = Key(name=f"{name}/{day}/{count.site}", body=body_digest(count.site, report))
    try:
        kept = await desk.node.reporting.post(
            count.site, report, Submission(by=desk.by, now=desk.at, key=key)
        )
    except Refused as refused:
        if refused.code == _ASKED:
            usual, capacity = refused.params["usual"], refused.params["capacity"]
            return msgspec.structs.replace(line, asked=True, usual=usual, capacity=capacity)
        return msgspec.structs.replace(line, said=explain(refused, desk.lang))
    return msgspec.structs.replace(line, kept=True, again=kept.replayed)
