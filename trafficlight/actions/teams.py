"""A county's family-doctor teams: a list in, planned as a whole, and out again.

The file is the list: a team that is not in it is no longer one. So nothing has to say which team of two
years' files is the same, and the same file twice is the same list.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.changing import Changes
from trafficlight.actions.exporting import Table
from trafficlight.actions.fields import SITES, Columns, write_phones
from trafficlight.actions.sheet import Fault, Sheet, SheetRow, bare, of_refusal
from trafficlight.actions.values import LONGEST_NAME, LONGEST_PLACE, read_line
from trafficlight.domain.board import MOST_TEAMS, Team
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, TeamsSet
from trafficlight.domain.phone import Phone, parse_phones
from trafficlight.domain.record import encode
from trafficlight.domain.state import BoardFold

TEAM_COLUMNS: Final[Mapping[str, str]] = {
    "team": "团队名称 家庭医生团队 家庭医生团队名称 家庭医生签约团队 家庭医生服务团队 "
    "家庭医生签约服务团队 家医团队 家医团队名称 签约团队 签约服务团队 签约团队名称 "
    "服务团队 服务团队名称 团队 名称",
    "town": " ".join(SITES.words["town"]),
    "area": "服务区域 服务村 服务范围 服务村居 服务社区 服务村社区 服务村/社区 服务行政村 "
    "负责区域 负责村 负责范围 责任区域 包村 包保区域 覆盖区域 覆盖村 覆盖范围 辖区 "
    "村居 行政村 村 社区 村社区 村/社区",
    "phone": " ".join((*SITES.words["phone"], "团队电话", "签约电话", "签约服务电话", "团队联系电话")),
}
"""What lists call the columns, between spaces. Who a team's doctors are is no column of ours."""
TEAMS: Final = Columns(TEAM_COLUMNS, key="team")

MOST_BYTES: Final = 2 * 2**20
"""Of the event: 5,000 teams with a phone and a dozen villages each are 1.5 MB, one record of the ledger."""
LONGEST_AREA: Final = 500
"""Characters: a hundred villages; more is a cell that slipped."""

Written = Mapping[str, tuple[Phone, ...]]
"""Phones of the teams that there are, by the cell in which an export writes them."""


class TeamPlan(msgspec.Struct, frozen=True):
    """What importing a list would do."""

    before: tuple[Team, ...]
    teams: tuple[Team, ...]
    added: tuple[Team, ...]
    removed: tuple[Team, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to append; the order counts, for it is the county's."""
        return not self.faults and self.before != self.teams


def plan_teams(sheet: Sheet, before: tuple[Team, ...]) -> TeamPlan:
    """What the list would make of the teams there are. A changed team counts as one removed and one added."""
    # As an export writes them they are not read but kept, so that importing it changes nothing.
    written = {bare(write_phones(team.phones)): team.phones for team in before}
    teams, faults = _read(sheet, written)
    warnings = [Fault(0, "", "unknown_column", {"text": text}) for text in sheet.unknown]
    warnings += [Fault(line, "", "remark_skipped", {"text": text}) for line, text in sheet.remarks]
    if len(teams) > MOST_TEAMS:
        faults.append(Fault(0, "", "too_many_teams", {"most": MOST_TEAMS}))
    elif len(encode(TeamsSet(teams=tuple(teams)))) > MOST_BYTES:
        faults.append(Fault(0, "", "teams_too_big", {"mb": MOST_BYTES // 2**20}))
    there, here = set(before), set(teams)
    return TeamPlan(
        before=before,
        teams=tuple(teams),
        added=tuple(team for team in teams if team not in there),
        removed=tuple(team for team in before if team not in here),
        faults=tuple(faults),
        warnings=tuple(warnings),
    )


def _read(sheet: Sheet, written: Written) -> tuple[list[Team], list[Fault]]:
    """The teams of the rows; those of one team, one below the other, are one.

    Lists have a row for each village of a team, or for each of its people, with the other cells merged.
    """
    teams: list[Team] = []
    faults: list[Fault] = []
    lines: dict[Team, int] = {}
    for row in sheet.rows:
        team = _team(row, sheet, written, faults)
        if team is None:
            continue
        if teams and (teams[-1].town, teams[-1].name) == (team.town, team.name):
            joined = _joined(teams[-1], team)
            if len(joined.area) > LONGEST_AREA:
                header = sheet.headers.get("area", "")
                faults.append(Fault(row.line, "area", "too_long", {"max": LONGEST_AREA}, header))
            teams[-1] = joined
        elif team in lines:
            faults.append(Fault(row.line, "", "duplicate_team", {"line": lines[team]}))
        else:
            lines[team] = row.line
            teams.append(team)
    return teams, faults


def _joined(one: Team, other: Team) -> Team:
    areas = dict.fromkeys(part for team in (one, other) for part in team.area.split("、") if part)
    phones = dict.fromkeys((*one.phones, *other.phones))
    return Team(name=one.name, town=one.town, area="、".join(areas), phones=tuple(phones))


def _team(row: SheetRow, sheet: Sheet, written: Written, faults: list[Fault]) -> Team | None:
    """The team of a row, or what is wrong with it among the faults."""
    if row.surplus:
        faults.append(Fault(row.line, "", "surplus_cells"))
        return None
    values: dict[str, Any] = {}
    wrong = len(faults)
    for column, header in sheet.headers.items():
        several = row.cells.get(column, ())
        if len(several) > 1 and column != "phone":
            faults.append(
                Fault(row.line, column, "column_twice", {"texts": " | ".join(several)[:80]}, header)
            )
        elif several:
            try:
                values[column] = _cell(column, " / ".join(several), written)
            except Refused as refused:
                faults.append(of_refusal(row.line, refused, column, header))
    if len(faults) == wrong and not values.get("team"):
        faults.append(Fault(row.line, "team", "team_missing", {}, sheet.headers["team"]))
    if len(faults) > wrong:
        return None
    return Team(
        name=values["team"],
        town=values.get("town", ""),
        area=values.get("area", ""),
        phones=values.get("phone", ()),
    )


_LONGEST: Final = {"team": LONGEST_NAME, "town": LONGEST_PLACE, "area": LONGEST_AREA}


def _cell(column: str, text: str, written: Written) -> Any:
    if column == "phone":
        return written.get(text) or parse_phones(text)
    return read_line(text, column, _LONGEST[column])


async def set_teams(changes: Changes, board: str, sheet: Sheet) -> TeamPlan:
    """Make the list the board's. The same list again, or one with a fault, appends nothing."""
    plans: list[TeamPlan] = []

    async def decide(fold: BoardFold) -> Sequence[Event]:
        plans.append(await asyncio.to_thread(plan_teams, sheet, fold.teams))
        return [TeamsSet(teams=plans[-1].teams)] if plans[-1].changes else []

    await changes.board(board, decide)
    return plans[-1]


async def remove_teams(changes: Changes, board: str) -> None:
    """Take the whole list down; `Refused` with `no_teams` where there is none."""

    def decide(fold: BoardFold) -> Sequence[Event]:
        if not fold.teams:
            raise Refused("no_teams", "board", board=board)
        return [TeamsSet()]

    await changes.board(board, decide)


def team_rows(teams: Iterable[Team], *, chinese: bool = False) -> Table:
    """The header and a row for each team, in the county's order; importing them changes nothing."""
    yield [words[0] if chinese else column for column, words in TEAMS.words.items()]
    for team in teams:
        yield [bare(text) for text in (team.name, team.town, team.area, write_phones(team.phones))]
