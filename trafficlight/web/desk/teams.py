"""The board's other lists: its family-doctor teams, and its guide to where one goes."""

import asyncio
from itertools import groupby
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.announcing import read_guide, set_guide
from trafficlight.actions.check_list import check_list, columns_of, teams_understood
from trafficlight.actions.exporting import to_csv, to_xlsx
from trafficlight.actions.fields import write_phones
from trafficlight.actions.placing import remember_columns
from trafficlight.actions.teams import (
    TEAM_COLUMNS,
    TEAMS,
    TeamOptions,
    TeamPlan,
    plan_teams,
    remove_teams,
    set_teams,
    team_rows,
)
from trafficlight.domain.board import MOST_GUIDE, Team
from trafficlight.domain.errors import Refused
from trafficlight.domain.state import BoardFold
from trafficlight.publish.guide import render
from trafficlight.text.languages import N_
from trafficlight.web.desk.incoming import (
    answered,
    fault_rows,
    question_groups,
    read_anew,
    reading_page,
    shelf,
    take_in,
)
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.sites import CSV, XLSX
from trafficlight.web.desk.uploads import Work

MOST_LISTED: Final = 200
"""Teams of a sort that are named on a page; how many more there are is said."""
_COLUMNS: Final = tuple(TEAM_COLUMNS)
_LIST: Final = "teams"
"""As the ledger names lists of this sort."""
_OFFERED: Final = [(column, words[0]) for column, words in TEAMS.words.items()]


class Changed(msgspec.Struct, frozen=True):
    """A team that the list and the file both name, with other villages or phones."""

    team: Team
    fields: tuple[tuple[str, str, str], ...]
    """What it is, before and after."""


async def show_teams(desk: DeskRequest) -> web.Response:
    """The list as it stands, and where a file is chosen."""
    teams = desk.fold.teams
    towns = [(town, list(group)) for town, group in groupby(teams, key=lambda team: team.town)]
    return desk.page(
        "desk/sites/teams.html",
        towns=towns,
        count=len(teams),
        work=_waiting(desk),
        seen=mark(teams),
    )


async def save_teams(desk: DeskRequest) -> web.Response:
    """Take a file, and show what it would change; or take the whole list down."""
    here = f"/boards/{desk.board}/teams"
    if desk.form.value("act") == "remove":
        await remove_teams(desk.changes(_teams), desk.board)
        return desk.done(here, N_("团队名单已撤下。"))
    work = await take_in(desk, _place(desk), TEAMS, desk.fold.columns.get(_LIST, {}))
    if work.refused is not None:
        shelf(desk).drop(desk.session.id, _place(desk))
        raise work.refused
    return desk.done(f"{here}/check", N_("还没有导入。请先看会改什么。"))


async def show_check(desk: DeskRequest) -> web.Response:
    """What the file would change."""
    work = _waiting(desk)
    if work is not None and work.busy:
        return desk.page("desk/sites/working.html", work=work, here=f"/boards/{desk.board}/teams/check")
    if work is None or work.sheet is None:
        return desk.done(f"/boards/{desk.board}/teams", N_("上传的名单已不在，请再选一次文件。"))
    options = TeamOptions(answers=work.answers)
    plan = await asyncio.to_thread(plan_teams, work.sheet, desk.fold.teams, options)
    changed = _changed(desk, plan)
    named = {_name(one.team) for one in changed}
    return desk.page(
        "desk/sites/teams_check.html",
        work=work,
        plan=plan,
        changed=changed,
        added=[team for team in plan.added if _name(team) not in named],
        removed=[team for team in plan.removed if _name(team) not in named],
        faults=fault_rows(desk, plan.faults, work),
        warnings=fault_rows(desk, plan.warnings),
        questions=question_groups(desk, plan.questions),
        named=any(one.code == "team_names_dropped" for one in plan.warnings),
        reading=reading_page(desk, work, _OFFERED, dict(_OFFERED)),
        seen=mark(desk.fold.teams),
        most=MOST_LISTED,
    )


async def save_check(desk: DeskRequest) -> web.Response:
    """Put the list in place of the one before, or forget the file."""
    here = f"/boards/{desk.board}/teams"
    work = _waiting(desk)
    if work is None or work.sheet is None:
        return desk.done(here, N_("上传的名单已不在，请再选一次文件。"))
    act = desk.form.value("act")
    if act == "read":
        await read_anew(desk, work, TEAMS)
        return desk.done(f"{here}/check", N_("已按选的重新读。"))
    if act not in {"import", "drop"}:
        raise Refused("not_form")
    if act == "import":
        options = TeamOptions(answers=work.answers)
        asked = (await asyncio.to_thread(plan_teams, work.sheet, desk.fold.teams, options)).questions
        options = TeamOptions(
            answers={**work.answers, **answered(desk, asked)}, with_names=bool(desk.form.value("with_names"))
        )
        if (await set_teams(desk.changes(_teams), desk.board, work.sheet, options)).blocked:
            work.answers = options.answers
            raise Refused("import_blocked")
        await remember_columns(desk.ledger, desk.fold, work.choice.columns, by=desk.by, of=_LIST)
    shelf(desk).drop(desk.session.id, _place(desk))
    return desk.done(here, N_("团队名单已导入。") if act == "import" else N_("没有导入，什么也没有改。"))


async def check_workbook(desk: DeskRequest) -> web.Response:
    """The list with how each row was understood and what to check, to hand back to who made it."""
    work = _waiting(desk)
    if work is None or work.sheet is None or work.busy:
        raise Refused("not_found")
    plan = await asyncio.to_thread(plan_teams, work.sheet, desk.fold.teams, TeamOptions(answers=work.answers))
    rows = list(check_list(work.sheet, plan, teams_understood(plan.standing), desk.lang))
    body = await asyncio.to_thread(to_xlsx, iter(rows), columns_of(work.sheet), "check")
    return desk.file(body, XLSX, f"{desk.board}-teams-check.xlsx")


async def workbook(desk: DeskRequest) -> web.Response:
    """The list with Chinese headers; imported again as it is, it changes nothing."""
    table = team_rows(desk.fold.teams, chinese=True)
    body = await asyncio.to_thread(to_xlsx, table, _COLUMNS, "teams")
    return desk.file(body, XLSX, f"{desk.board}-teams.xlsx")


async def csv(desk: DeskRequest) -> web.Response:
    """The same, for whatever reads no workbook."""
    body = await asyncio.to_thread(to_csv, team_rows(desk.fold.teams, chinese=True), _COLUMNS)
    return desk.file(body, CSV, f"{desk.board}-teams.csv")


def _place(desk: DeskRequest) -> str:
    """Under which a list of teams waits: beside a list of sites, never in its stead."""
    return f"{desk.board}/teams"


def _waiting(desk: DeskRequest) -> Work | None:
    return shelf(desk).find(desk.session.id, _place(desk))


def _teams(fold: BoardFold) -> object:
    return fold.teams


def _name(team: Team) -> tuple[str, str]:
    return team.town, team.name


def _changed(desk: DeskRequest, plan: TeamPlan) -> list[Changed]:
    """Those that come and go under one name: to a reader they have changed."""
    gone = {_name(team): team for team in plan.removed}
    return [
        Changed(team, _fields(desk, gone[_name(team)], team)) for team in plan.added if _name(team) in gone
    ]


def _fields(desk: DeskRequest, old: Team, new: Team) -> tuple[tuple[str, str, str], ...]:
    cells = (
        (N_("服务区域"), old.area, new.area),
        (N_("电话"), write_phones(old.phones), write_phones(new.phones)),
    )
    return tuple(
        (desk.say(word), before or "—", after or "—") for word, before, after in cells if before != after
    )


# --- the guide --------------------------------------------------------------------------------------------


async def show_guide(desk: DeskRequest) -> web.Response:
    """The text as it stands."""
    return _guide_page(desk)


async def save_guide(desk: DeskRequest) -> web.Response:
    """Show it as the public would see it, keep it, or take it down."""
    act = desk.form.value("act")
    if act not in {"look", "save", "remove"}:
        raise Refused("not_form")
    body = None if act == "remove" else desk.form.value("text").encode()
    try:
        if act == "look":
            return _guide_page(desk, read_guide(body or b""))
        await set_guide(desk.changes(_guide), desk.board, body)
    except Refused as refused:
        refused.field = refused.field and "text"
        raise
    done = N_("指引已撤下。") if body is None else N_("指引已保存，公众现在就能看到。")
    return desk.done(f"/boards/{desk.board}/guide", done)


def _guide_page(desk: DeskRequest, looked: str = "") -> web.Response:
    return desk.page(
        "desk/sites/guide.html",
        text=desk.fold.guide,
        guide=render(looked) if looked else None,
        most=MOST_GUIDE // 2**10,
        # What was looked at is compared with what stood there when it was opened, not when it was looked at.
        seen=desk.form.value("seen") if looked else mark(desk.fold.guide),
    )


def _guide(fold: BoardFold) -> object:
    return fold.guide
