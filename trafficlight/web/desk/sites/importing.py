"""A list of sites in: the file, what it would change, the confirmation, the result.

Reading, planning and appending run beside the loop; a page that has to wait for them says how far they are.
"""

import asyncio
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.faults import Fault, place_of
from trafficlight.actions.fields import SETTINGS_OF_SITE
from trafficlight.actions.importing import FieldChange, ImportPlan, Options
from trafficlight.actions.placing import carry_out, planned
from trafficlight.actions.sheet import Sheet, read_sheet
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold, Imported
from trafficlight.domain.system import SystemFold
from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain
from trafficlight.web.desk.form import Upload
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.sites.uploads import SHELF, Uploads, Work

WAITED: Final = 1.5
"""Seconds for which an answer waits for the work: most lists are done by then, and nobody sees it at work."""
MOST_LISTED: Final = 200
"""Sites of a sort that are named on a page; how many more there are is said."""
MOST_FAULTS: Final = 500
_RENAME: Final = "rename:"
_CLI_ONLY: Final = frozenset({"publisher_missing", "hotline_missing"})
"""Warnings about settings that have a page of their own here."""


class KnownSnapshot(msgspec.Struct, frozen=True):
    """Everything as it stands, for another thread: nothing comes or goes there."""

    system: SystemFold
    boards: dict[str, BoardFold]


# --- the file -----------------------------------------------------------------------------------------------


async def show_upload(desk: DeskRequest) -> web.Response:
    """Where the file is chosen, and the last imports."""
    return desk.page(
        "desk/sites/upload.html",
        work=_shelf(desk).find(desk.session.id, desk.board),
        imports=_imports(desk),
    )


async def upload(desk: DeskRequest) -> web.Response:
    """Take the file and begin to read it; nothing is changed yet."""
    file = desk.form.files.get("file")
    if file is None or not file.body:
        raise Refused("file_missing", "file")
    work = _shelf(desk).put(desk.session.id, desk.board, file.name, len(file.body))
    work.task = desk.parts.meanwhile(_read(work, file), "reading a list")
    await asyncio.wait([work.task], timeout=WAITED)
    return desk.done(f"/boards/{desk.board}/sites/import/check", N_("还没有导入。请先看会改什么。"))


async def _read(work: Work, file: Upload) -> None:
    try:
        work.sheet = await asyncio.to_thread(read_sheet, file.body)
    except Refused as refused:
        work.refused = refused


# --- what it would change -----------------------------------------------------------------------------------


async def show(desk: DeskRequest) -> web.Response:
    """The list: being read, or what it would change, or how far it is, or what came of it."""
    work = _shelf(desk).find(desk.session.id, desk.board)
    if work is None:
        return desk.done(f"/boards/{desk.board}/sites/import", N_("上传的名单已不在，请再选一次文件。"))
    if work.busy:
        return desk.page("desk/sites/working.html", work=work)
    if work.plan is not None:
        last = desk.fold.imports[-1:]
        return desk.page(
            "desk/sites/imported.html",
            work=work,
            plan=work.plan,
            imported=last[0] if last else None,
            told=_refused(desk, work),
            towns=sum(not state.site.town for state in desk.fold.sites.values()),
        )
    if work.sheet is None:
        return desk.page("desk/sites/unreadable.html", work=work, told=_refused(desk, work))
    plan = await _first_plan(desk, work, work.sheet)
    asked = {change.line for change in plan.renames}
    return desk.page(
        "desk/sites/preview.html",
        work=work,
        plan=plan,
        columns={one.column: one.label for one in SETTINGS_OF_SITE},
        told=_cell,
        seen=_mark(plan),
        faults=_fault_rows(desk, [fault for fault in plan.faults if fault.line not in asked]),
        warnings=_fault_rows(desk, [fault for fault in plan.warnings if fault.code not in _CLI_ONLY]),
        missing=[desk.fold.sites[site].site for site in plan.missing if site in desk.fold.sites],
        most=MOST_LISTED,
        most_faults=MOST_FAULTS,
    )


async def save(desk: DeskRequest) -> web.Response:
    """Carry out what was shown, or forget the file."""
    here = f"/boards/{desk.board}/sites/import"
    work = _shelf(desk).find(desk.session.id, desk.board)
    if work is None:
        return desk.done(here, N_("上传的名单已不在，请再选一次文件。"))
    if desk.form.value("act") == "drop":
        _shelf(desk).drop(desk.session.id, desk.board)
        return desk.done(here, N_("没有导入，什么也没有改。"))
    if desk.form.value("act") != "import":
        raise Refused("not_form")
    if not work.busy and work.plan is None and work.sheet is not None:
        await _begin(desk, work, work.sheet)
    if work.task is not None:
        await asyncio.wait([work.task], timeout=WAITED)
    return web.Response(
        status=303, headers={"Location": f"{desk.up}desk{here}/check", "Cache-Control": "no-store"}
    )


async def _begin(desk: DeskRequest, work: Work, sheet: Sheet) -> None:
    """Plan it anew and begin; `Refused` with `changed_meanwhile` where it is not what was shown."""
    options = Options(board=desk.board)
    plan = await _first_plan(desk, work, sheet)
    if _mark(plan) != desk.form.value("seen"):
        raise Refused("changed_meanwhile")
    if plan.renames:
        chosen = {change.line: desk.form.value(f"{_RENAME}{change.line}") for change in plan.renames}
        options = msgspec.structs.replace(
            options,
            renamed=frozenset(line for line, choice in chosen.items() if choice == "same"),
            separate=frozenset(line for line, choice in chosen.items() if choice == "new"),
        )
        plan = await _planned(desk, sheet, options)
    if plan.blocked:
        raise Refused("import_blocked")
    if work.busy or work.plan is not None:
        return  # a second tap came while this one was planning
    work.plan = plan
    work.task = desk.parts.meanwhile(_carry_out(desk, work, plan), "taking a list in")


async def _carry_out(desk: DeskRequest, work: Work, plan: ImportPlan) -> None:
    current = desk.parts.current

    def step(events: int) -> None:
        work.appended += events

    try:
        await carry_out(current.ledger, plan, by=desk.by, on_step=step, file=work.file or "-")
    except Refused as refused:
        work.refused = refused
    await current.catch_up(desk.board)
    await current.catch_up()


async def _first_plan(desk: DeskRequest, work: Work, sheet: Sheet) -> ImportPlan:
    """The plan before anything was answered; the one that was shown, where nothing has happened since."""
    current = desk.parts.current
    now = {slug: current.position(slug) for slug in (SYSTEM, *current.boards)}
    if work.preview is None or work.preview.positions != now:
        work.preview = await _planned(desk, sheet, Options(board=desk.board))
    return work.preview


async def _planned(desk: DeskRequest, sheet: Sheet, options: Options) -> ImportPlan:
    current = desk.parts.current
    known = KnownSnapshot(
        msgspec.structs.replace(current.system, directory=dict(current.system.directory)),
        {
            slug: msgspec.structs.replace(fold, sites=dict(fold.sites), gone=dict(fold.gone))
            for slug, fold in current.boards.items()
        },
    )
    return await planned(desk.ledger, known, _without_name(sheet), options)


def _without_name(sheet: Sheet) -> Sheet:
    """The list without the board's own name: that is a setting, and not everybody's who may import."""
    headers = {column: header for column, header in sheet.headers.items() if column != "board_name"}
    return msgspec.structs.replace(sheet, headers=headers)


def _mark(plan: ImportPlan) -> str:
    """Tells whether the plan is still the one that was shown."""
    faults = [(fault.line, fault.column, fault.code) for fault in plan.faults]
    return mark((plan.added, plan.changed, plan.renames, plan.missing, faults))


def _fault_rows(desk: DeskRequest, faults: list[Fault]) -> list[tuple[str, str]]:
    """Where and what, in the order of the file."""
    ordered = sorted(faults, key=lambda fault: fault.line)[:MOST_FAULTS]
    return [(place_of(fault, desk.lang), explain(fault, desk.lang, typed=True)) for fault in ordered]


def _cell(field: FieldChange, text: str) -> str:
    """A cell as it is shown: a kind by its word, nothing as a dash."""
    return (label(text) if field.column == "kind" else text) or "—"


def _refused(desk: DeskRequest, work: Work) -> str:
    """Why the file is no list, or why the import stopped; empty where it did not."""
    if work.refused is None:
        return desk.say(N_("系统故障，没有做完，请再试一次。")) if work.failed else ""
    return explain(work.refused, desk.lang)


def _imports(desk: DeskRequest) -> list[tuple[Imported, datetime, str]]:
    """The last first; each with when it was on the board's clock, and by whom."""
    return [(one, desk.local(one.mark.at), desk.who(one.by)) for one in reversed(desk.fold.imports)]


def _shelf(desk: DeskRequest) -> Uploads:
    return desk.request.app[SHELF]
