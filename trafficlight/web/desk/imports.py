"""A list of sites in: the file, what it would change, the confirmation, the result; and a whole import back.

Reading, planning and appending run beside the loop; a page that has to wait for them says how far they are.
A list on its way is kept in this process alone, for its session and board, so that no address names one.
"""

import asyncio
from datetime import datetime
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.check_list import check_list, columns_of, sites_understood
from trafficlight.actions.exporting import to_xlsx
from trafficlight.actions.fields import SETTINGS_OF_SITE, SITES
from trafficlight.actions.placing import (
    CHANGED_SINCE,
    Undo,
    carry_out,
    carry_out_undo,
    plan_undo,
    planned,
    remember_columns,
)
from trafficlight.actions.plan import FieldChange, ImportPlan, Options
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.errors import Refused
from trafficlight.domain.hours_text import parse_hours
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.kind import label
from trafficlight.domain.state import BoardFold, Imported
from trafficlight.domain.system import SystemFold
from trafficlight.ledger.current import FOLLOWED_WITHIN
from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain
from trafficlight.web.desk.incoming import (
    MOST_FAULTS,
    WAITED,
    answered,
    fault_rows,
    question_groups,
    read_anew,
    reading_page,
    shelf,
    take_in,
)
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.sites import XLSX
from trafficlight.web.desk.uploads import Work

# --- a list, from the file to the result ------------------------------------------------------------------

MOST_LISTED: Final = 200
"""Sites of a sort that are named on a page; how many more there are is said."""
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
        work=shelf(desk).find(desk.session.id, desk.board),
        imports=_imports(desk),
    )


async def upload(desk: DeskRequest) -> web.Response:
    """Take the file, or the table that was pasted, and begin to read it; nothing is changed yet."""
    await take_in(desk, desk.board, SITES, desk.fold.columns.get("", {}))
    return desk.done(f"/boards/{desk.board}/sites/import/check", N_("还没有导入。请先看会改什么。"))


# --- what it would change -----------------------------------------------------------------------------------


async def show_check(desk: DeskRequest) -> web.Response:
    """The list: being read, or what it would change, or how far it is, or what came of it."""
    work = shelf(desk).find(desk.session.id, desk.board)
    if work is None:
        return desk.done(f"/boards/{desk.board}/sites/import", N_("上传的名单已不在，请再选一次文件。"))
    if work.busy:
        return desk.page(
            "desk/sites/working.html", work=work, here=f"/boards/{desk.board}/sites/import/check"
        )
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
    offered = [(one.column, desk.say(one.label)) for one in SETTINGS_OF_SITE]
    return desk.page(
        "desk/sites/preview.html",
        work=work,
        plan=plan,
        columns={one.column: one.label for one in SETTINGS_OF_SITE},
        told=_cell_text,
        seen=_mark(plan),
        faults=fault_rows(desk, plan.faults, work),
        questions=question_groups(desk, plan.questions),
        named=any(fault.code == "names_dropped" for fault in plan.warnings),
        warnings=fault_rows(desk, [fault for fault in plan.warnings if fault.code not in _CLI_ONLY]),
        missing=[desk.fold.sites[site].site for site in plan.missing if site in desk.fold.sites],
        most=MOST_LISTED,
        most_faults=MOST_FAULTS,
        totals=_totals(plan),
        reading=reading_page(desk, work, offered, dict(offered)),
    )


async def workbook(desk: DeskRequest) -> web.Response:
    """The list with how each row was understood and what to check, to hand back to who made it."""
    work = shelf(desk).find(desk.session.id, desk.board)
    if work is None or work.sheet is None or work.busy:
        raise Refused("not_found")
    plan = work.plan or await _first_plan(desk, work, work.sheet)
    rows = list(check_list(work.sheet, plan, sites_understood(plan.standing), desk.lang))
    body = await asyncio.to_thread(to_xlsx, iter(rows), columns_of(work.sheet), "check")
    return desk.file(body, XLSX, f"{desk.board}-check.xlsx")


def _totals(plan: ImportPlan) -> list[tuple[int, str]]:
    """What the sites of the list will have, and how many lack it."""
    sites = plan.standing.values()
    clear = sum(parse_hours(site.hours) is not None for site in sites)
    return [
        (len(sites), N_("家")),
        (sum(len(site.phones) for site in sites), N_("个电话")),
        (sum(not site.phones for site in sites), N_("家没有电话")),
        (clear, N_("家的开诊时间看得懂")),
        (sum(bool(site.hours) for site in sites) - clear, N_("家的只显示")),
        (sum(not site.hours for site in sites), N_("家没有开诊时间")),
    ]


async def save_check(desk: DeskRequest) -> web.Response:
    """Carry out what was shown, or forget the file."""
    here = f"/boards/{desk.board}/sites/import"
    work = shelf(desk).find(desk.session.id, desk.board)
    if work is None:
        return desk.done(here, N_("上传的名单已不在，请再选一次文件。"))
    if desk.form.value("act") == "drop":
        shelf(desk).drop(desk.session.id, desk.board)
        return desk.done(here, N_("没有导入，什么也没有改。"))
    if desk.form.value("act") == "read" and work.book is not None and not work.busy and work.plan is None:
        await read_anew(desk, work, SITES)
        return desk.done(f"{here}/check", N_("已按选的重新读。"))
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
    plan = await _first_plan(desk, work, sheet)
    if _mark(plan) != desk.form.value("seen"):
        raise Refused("changed_meanwhile")
    options = Options(
        board=desk.board,
        renames_board=False,
        with_names=bool(desk.form.value("with_names")),
        answers={**work.answers, **answered(desk, plan.questions)},
    )
    plan = await _planned(desk, sheet, options)
    if plan.blocked:
        # An answer may have raised the next question: it is shown with what was answered.
        work.answers, work.preview = options.answers, None
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
    if work.refused is None:
        await remember_columns(current.ledger, desk.fold, work.choice.columns, by=desk.by)
    await current.catch_up(desk.board)
    await current.catch_up()


async def _first_plan(desk: DeskRequest, work: Work, sheet: Sheet) -> ImportPlan:
    """The plan with what was answered so far; the one that was shown, where nothing has happened since."""
    current = desk.parts.current
    now = {slug: current.position(slug) for slug in (SYSTEM, *current.boards)}
    if work.preview is None or work.preview.positions != now:
        options = Options(board=desk.board, renames_board=False, answers=work.answers)
        work.preview = await _planned(desk, sheet, options)
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
    return await planned(desk.ledger, known, sheet, options)


def _mark(plan: ImportPlan) -> str:
    """Tells whether the plan is still the one that was shown."""
    faults = [(fault.line, fault.column, fault.code) for fault in plan.faults]
    return mark((plan.added, plan.changed, [one.key for one in plan.questions], plan.missing, faults))


def _cell_text(field: FieldChange, text: str) -> str:
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


# --- taken back -------------------------------------------------------------------------------------------


async def show_undo(desk: DeskRequest) -> web.Response:
    """Which sites get their former settings again, which leave, which stay as they are and why."""
    _, undo = await _undo_planned(desk)
    names = {site: state.site.name for site, state in desk.fold.sites.items()}
    names |= {site.id: site.name for site in undo.restored if site.id not in names}
    return desk.page(
        "desk/sites/undo.html",
        undo=undo,
        at=desk.local(undo.of.mark.at),
        who=desk.who(undo.of.by),
        names=names,
        changed=CHANGED_SINCE,
        seen=_undo_mark(undo),
        most=MOST_LISTED,
    )


async def save_undo(desk: DeskRequest) -> web.Response:
    """Take it back, if it still is what was shown."""
    home = f"/boards/{desk.board}/sites/import"
    fold, undo = await _undo_planned(desk)
    if _undo_mark(undo) != desk.form.value("seen"):
        if any(one.undoes == undo.of.id for one in desk.fold.imports):
            return desk.done(home, N_("这次导入已经撤销。"))
        raise Refused("changed_meanwhile")
    if undo.size:
        position = await carry_out_undo(desk.ledger, fold, undo, by=desk.by)
        await desk.parts.current.reached(desk.board, position, FOLLOWED_WITHIN)
    return desk.done(
        home,
        N_("已撤销：改回%(restored)s家，移出%(removed)s家，%(kept)s家后来有变动，保持现状。"),
        restored=len(undo.restored),
        removed=len(undo.removed),
        kept=len(undo.unchanged),
    )


def _undo_mark(undo: Undo) -> str:
    return mark((undo.restored, undo.removed, undo.unchanged))


async def _undo_planned(desk: DeskRequest) -> tuple[BoardFold, Undo]:
    """What would be done, and the board of which that is true."""
    imported = _imported(desk)
    fold = msgspec.structs.replace(desk.fold, sites=dict(desk.fold.sites))
    records = await desk.ledger.read(desk.board)
    return fold, await asyncio.to_thread(plan_undo, fold, records, imported)


def _imported(desk: DeskRequest) -> Imported:
    asked = desk.request.match_info["import"]
    found = next((one for one in desk.fold.imports if one.id == asked), None)
    if found is None:
        raise Refused("not_found")
    return found
