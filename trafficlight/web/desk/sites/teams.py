"""Family-doctor teams: the list out, and a file in its place, looked at before it goes in."""

import asyncio
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import TeamsSet
from trafficlight.domain.lists import Team
from trafficlight.domain.state import BoardFold
from trafficlight.doors.cells import write_phones
from trafficlight.doors.columns import TEAM_COLUMNS, TEAMS
from trafficlight.doors.exporting import to_csv, to_xlsx
from trafficlight.doors.sheet import Sheet, read_sheet
from trafficlight.doors.teams import TeamPlan, plan_teams, team_rows
from trafficlight.publish.languages import N_
from trafficlight.web.desk.sites.listing import CSV, XLSX
from trafficlight.web.desk.sites.shelf import SHELF, Work
from trafficlight.web.desk.sites.telling import sentence, where
from trafficlight.web.desk.visit import Visit, mark

MOST_LISTED: Final = 200
"""Teams of a sort that are named on a page; how many more there are is said."""
_COLUMNS: Final = tuple(TEAM_COLUMNS)


class Changed(msgspec.Struct, frozen=True):
    """A team that the list and the file both name, with other villages or phones."""

    team: Team
    fields: tuple[tuple[str, str, str], ...]
    """What it is, before and after."""


async def show(visit: Visit) -> web.Response:
    """The list as it stands, and where a file is chosen."""
    teams = visit.fold.teams
    towns = [(town, list(group)) for town, group in groupby(teams, key=lambda team: team.town)]
    return visit.page(
        "desk/sites/teams.html",
        towns=towns,
        count=len(teams),
        work=_waiting(visit),
        seen=mark(teams),
    )


async def save(visit: Visit) -> web.Response:
    """Take a file, and show what it would change; or take the whole list down."""
    here = f"/boards/{visit.board}/teams"
    if visit.form.value("act") == "remove":
        await visit.change(visit.form.value("seen"), _teams, lambda fold: [TeamsSet()] if fold.teams else [])
        return visit.done(here, N_("团队名单已撤下。"))
    file = visit.form.files.get("file")
    if file is None or not file.body:
        raise Refused("file_missing", "file")
    work = visit.request.app[SHELF].put(visit.session.id, _place(visit), file.name, len(file.body))
    try:
        work.sheet = await asyncio.to_thread(read_sheet, file.body, TEAMS)
    except Refused as refused:
        visit.request.app[SHELF].drop(visit.session.id, _place(visit))
        why = sentence(refused.code, refused.params, visit.lang).rstrip("。.")
        raise Refused("cell_wrong", "file", why=why) from None
    return visit.done(f"{here}/check", N_("还没有导入。请先看会改什么。"))


async def show_check(visit: Visit) -> web.Response:
    """What the file would change."""
    work = _waiting(visit)
    if work is None or work.sheet is None:
        return visit.done(f"/boards/{visit.board}/teams", N_("上传的名单已不在，请再选一次文件。"))
    plan = await asyncio.to_thread(plan_teams, work.sheet, visit.fold.teams)
    changed = _changed(visit, plan)
    named = {_name(one.team) for one in changed}
    return visit.page(
        "desk/sites/teams_check.html",
        work=work,
        plan=plan,
        changed=changed,
        added=[team for team in plan.added if _name(team) not in named],
        removed=[team for team in plan.removed if _name(team) not in named],
        faults=_told(visit, plan, warnings=False),
        warnings=_told(visit, plan, warnings=True),
        seen=mark(visit.fold.teams),
        most=MOST_LISTED,
    )


async def save_check(visit: Visit) -> web.Response:
    """Put the list in place of the one before, or forget the file."""
    here = f"/boards/{visit.board}/teams"
    work = _waiting(visit)
    if work is None or work.sheet is None:
        return visit.done(here, N_("上传的名单已不在，请再选一次文件。"))
    act = visit.form.value("act")
    if act not in {"import", "drop"}:
        raise Refused("not_form")
    if act == "import":
        await _put(visit, work.sheet)
    visit.request.app[SHELF].drop(visit.session.id, _place(visit))
    return visit.done(here, N_("团队名单已导入。") if act == "import" else N_("没有导入，什么也没有改。"))


async def _put(visit: Visit, sheet: Sheet) -> None:
    plan = await asyncio.to_thread(plan_teams, sheet, visit.fold.teams)
    if plan.faults:
        raise Refused("import_blocked")
    events = [TeamsSet(teams=plan.teams)] if plan.changes else []
    await visit.change(visit.form.value("seen"), _teams, lambda _fold: events)


async def workbook(visit: Visit) -> web.Response:
    """The list with Chinese headers; imported again as it is, it changes nothing."""
    table = team_rows(visit.fold.teams, chinese=True)
    body = await asyncio.to_thread(to_xlsx, table, _COLUMNS, "teams")
    return visit.file(body, XLSX, f"{visit.board}-teams.xlsx")


async def csv(visit: Visit) -> web.Response:
    """The same, for whatever reads no workbook."""
    body = await asyncio.to_thread(to_csv, team_rows(visit.fold.teams, chinese=True), _COLUMNS)
    return visit.file(body, CSV, f"{visit.board}-teams.csv")


def _place(visit: Visit) -> str:
    """Under which a list of teams waits: beside a list of sites, never in its stead."""
    return f"{visit.board}/teams"


def _waiting(visit: Visit) -> Work | None:
    return visit.request.app[SHELF].find(visit.session.id, _place(visit))


def _teams(fold: BoardFold) -> object:
    return fold.teams


def _name(team: Team) -> tuple[str, str]:
    return team.town, team.name


def _changed(visit: Visit, plan: TeamPlan) -> list[Changed]:
    """Those that come and go under one name: to a reader they have changed."""
    gone = {_name(team): team for team in plan.removed}
    return [
        Changed(team, _fields(visit, gone[_name(team)], team)) for team in plan.added if _name(team) in gone
    ]


def _fields(visit: Visit, old: Team, new: Team) -> tuple[tuple[str, str, str], ...]:
    cells = (
        (N_("服务区域"), old.area, new.area),
        (N_("电话"), write_phones(old.phones), write_phones(new.phones)),
    )
    return tuple(
        (visit.say(word), before or "—", after or "—") for word, before, after in cells if before != after
    )


def _told(visit: Visit, plan: TeamPlan, *, warnings: bool) -> list[tuple[str, str]]:
    found = sorted(plan.warnings if warnings else plan.faults, key=lambda fault: fault.line)
    return [(where(fault, visit.lang), sentence(fault.code, fault.params, visit.lang)) for fault in found]
