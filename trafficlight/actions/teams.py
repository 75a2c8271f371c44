"""A county's family-doctor teams: a list in, planned as a whole, and out again.

The file is the list: a team that is not in it is no longer one. So nothing has to say which team of two
years' files is the same, and the same file twice is the same list.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault, noticed, of_column
from trafficlight.actions.changing import Changes
from trafficlight.actions.drafts import stands, worded
from trafficlight.actions.exporting import Table
from trafficlight.actions.fields import SITES, Columns, read_phones, write_phones
from trafficlight.actions.plausible import is_person, is_town, town_named, without_names
from trafficlight.actions.questions import (
    FEWER,
    SAME_AREA,
    SAME_TEAM,
    SKIP,
    STOP,
    TOWN,
    ListQuestion,
    asked,
)
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.tables import SheetRow
from trafficlight.actions.values import LONGEST_NAME, LONGEST_PLACE, is_nothing, read_public_line, refuse_lost
from trafficlight.actions.workbook import bare, respelled
from trafficlight.domain.board import MOST_TEAMS, Team
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, TeamsSet
from trafficlight.domain.phone import Phone
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
    """Rows, and cells of rows that come in, that are left out because of what stands there."""
    warnings: tuple[Fault, ...]
    questions: tuple[ListQuestion, ...] = ()
    standing: Mapping[tuple[str, int], Team] = {}
    """By sheet and row: each that comes in, as it was read."""
    cells: Mapping[str, int] = {}
    """Of all the cells with content in the file: `taken`, `left`, `refused`, `asked`."""
    blocked: bool = False
    """Something is asked and not answered, the list is too big, or a cell is bad and nothing is to go in."""

    @property
    def differs(self) -> bool:
        """Whether it is another list than there is; the order counts, for it is the county's."""
        return self.before != self.teams

    @property
    def changes(self) -> bool:
        """Whether there is anything to append now."""
        return not self.blocked and self.differs

    @property
    def open(self) -> tuple[ListQuestion, ...]:
        """What is asked and not answered."""
        return tuple(question for question in self.questions if not question.answer)


class TeamOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever imports says of the list as a whole."""

    answers: Mapping[str, str] = {}
    strict: bool = False
    """One bad cell, and nothing goes in."""
    with_names: bool = False
    """People's names beside phones are published too."""


def plan_teams(sheet: Sheet, before: tuple[Team, ...], options: TeamOptions | None = None) -> TeamPlan:
    """What the list would make of the teams there are. A changed team counts as one removed and one added."""
    options = options or TeamOptions()
    # As an export writes them they are not read but kept, so that importing it changes nothing.
    written = {bare(write_phones(team.phones)): team.phones for team in before}
    written = {again: phones for text, phones in written.items() for again in respelled(text)} | written
    reading = _TeamReading(before, written, options.answers)
    reading.read(sheet)
    teams, faults = reading.teams, reading.faults
    blocked = options.strict and bool(faults)
    if len(teams) > MOST_TEAMS:
        faults.append(Fault(0, "", "too_many_teams", {"most": MOST_TEAMS}))
        blocked = True
    elif len(encode(TeamsSet(teams=tuple(teams)))) > MOST_BYTES:
        faults.append(Fault(0, "", "teams_too_big", {"mb": MOST_BYTES // 2**20}))
        blocked = True
    persons = [at for at, team in enumerate(teams) if any(map(is_person, team.phones))]
    named = [] if options.with_names else persons
    for at in named:
        teams[at] = msgspec.structs.replace(teams[at], phones=without_names(teams[at].phones))
    warnings = noticed(sheet.left) + of_column("ditto_read", sheet.dittos, sheet.headers)
    if named:
        names = "、".join(teams[at].name for at in named[:_MOST_NAMED])
        warnings.append(Fault(0, "", "team_names_dropped", {"many": len(named), "names": names}))
    there, here = set(before), set(teams)
    questions = (*reading.questions, *_questions(sheet, before, teams, faults, options))
    blocked |= any(question.answer in {"", STOP} for question in questions)
    return TeamPlan(
        before=before,
        teams=tuple(teams),
        added=tuple(team for team in teams if team not in there),
        removed=tuple(team for team in before if team not in here),
        faults=tuple(faults),
        warnings=tuple(warnings),
        questions=questions,
        standing=reading.standing,
        cells=_counted(sheet, faults, questions),
        blocked=blocked,
    )


def _questions(
    sheet: Sheet, before: Sequence[Team], teams: Sequence[Team], faults: Sequence[Fault], options: TeamOptions
) -> tuple[ListQuestion, ...]:
    """Teams that the file no longer names leave the list; asked where it may be the file that lacks them."""
    named = {(team.town, team.name) for team in teams}
    gone = [team.name for team in before if (team.town, team.name) not in named]
    unread = any(one.code in _LOSING for one in sheet.left) or any(
        fault.column in {"", "team"} for fault in faults
    )
    if not gone or not (unread or (len(before) >= _FEWEST and 2 * len(gone) > len(before))):
        return ()
    names = "、".join(gone[:_MOST_NAMED])
    return (asked(FEWER, options.answers, missing=len(gone), sites=len(before), names=names),)


def _counted(sheet: Sheet, faults: Sequence[Fault], questions: Sequence[ListQuestion]) -> Mapping[str, int]:
    """Where all the cells of the file went."""
    counts = {
        "taken": sheet.group_cells,
        "left": sum(one.cells for one in sheet.left),
        "refused": 0,
        "asked": 0,
    }
    wrong: dict[tuple[str, int], set[str]] = defaultdict(set)
    for fault in faults:
        wrong[fault.sheet, fault.line].add(fault.column)
    asked_of = {(one.sheet, one.line) for one in questions if not one.answer}
    for row in sheet.rows:
        own, columns = sum(row.own.values()), wrong.get((row.sheet, row.line), set())
        if (row.sheet, row.line) in asked_of:
            counts["asked"] += own
            continue
        unread = own if columns & {"", "team"} else sum(row.own.get(column, 0) for column in columns)
        counts["refused"] += unread
        counts["taken"] += own - unread
    return counts


_LOSING: Final = frozenset(
    {"hidden_row", "filtered_row", "struck_row", "hidden_sheet", "sheet_without_header", "other_table"}
)
"""What is left out of a file that may hold teams."""
_FEWEST: Final = 4
"""Teams of a list from which it is worth asking whether one without most of them is all of it."""
_MOST_NAMED: Final = 5
"""Teams named in a question."""


class _TeamReading:
    """The teams of the rows; those of one team, one below the other, are one.

    Lists have a row for each village of a team, or for each of its people, with the other cells merged.
    """

    def __init__(self, before: Sequence[Team], written: Written, answers: Mapping[str, str]) -> None:
        self.written = written
        self.known = {(team.town, team.name): team for team in before}
        self.before = frozenset(before)
        self.answers = answers
        self.teams: list[Team] = []
        self.lines: list[int] = []
        """The row of each team."""
        self.places: dict[object, int] = {}
        """Where a team stands: by itself, by town and name, by phones and area."""
        self.faults: list[Fault] = []
        self.questions: list[ListQuestion] = []
        self.standing: dict[tuple[str, int], Team] = {}

    def read(self, sheet: Sheet) -> None:
        given = (
            *(team.town for team in self.before),
            *("".join(row.cells.get("town", ())) for row in sheet.rows),
        )
        self.towns = frozenset(town for town in given if is_town(town))
        for row in sheet.rows:
            team = _team(row, self.written, self.known, self.faults)
            if team is not None:
                team = self._in_town(row, team)
                before = len(self.faults)
                self._take(row, team)
                if len(self.faults) == before:
                    self.standing[row.sheet, row.line] = team

    def _in_town(self, row: SheetRow, team: Team) -> Team:
        """The team with the town that it is of, where its name says another than its cell."""
        other = town_named(team.name, team.town, self.towns)
        if not other or team in self.before:
            return team
        answer = self._ask(TOWN, row, {"name": team.name, "town": team.town, "other": other})
        return msgspec.structs.replace(team, town=other) if answer == "name" else team

    def _take(self, row: SheetRow, team: Team) -> None:
        last = self.teams[-1] if self.teams else None
        if last is not None and (last.town, last.name) == (team.town, team.name):
            self._join(row, team, -1)
        elif team in self.places:
            line = self.lines[self.places[team]]
            self.faults.append(Fault(row.line, "", "duplicate_team", {"line": line}, "", row.sheet))
        else:
            self._compare(row, team)

    def _compare(self, row: SheetRow, team: Team) -> None:
        """Hold the team against those above it: one of the same name, or of the same phone and area."""
        asks, at = SAME_TEAM, self.places.get((team.town, team.name))
        if at is None:
            asks, at = SAME_AREA, self.places.get((team.phones, team.area))
        answer = ""
        if at is not None and not {team, self.teams[at]} <= self.before:
            old, new = _summary_of(self.teams[at]), _summary_of(team)
            answer = self._ask(asks, row, {"row": self.lines[at], "old": old, "new": new})
            if answer == "join":
                self._join(row, team, at)
                return
        if answer == SKIP:
            self.faults.append(Fault(row.line, "", "row_not_chosen", sheet=row.sheet))
            return
        self.teams.append(team)
        self.lines.append(row.line)
        self._place(team, len(self.teams) - 1)

    def _place(self, team: Team, at: int) -> None:
        self.places.setdefault(team, at)
        self.places.setdefault((team.town, team.name), at)
        if team.phones and team.area:
            self.places.setdefault((team.phones, team.area), at)

    def _join(self, row: SheetRow, team: Team, at: int) -> None:
        joined = _joined(self.teams[at], team)
        if len(joined.area) > LONGEST_AREA:
            header = row.headers.get("area", "")
            self.faults.append(Fault(row.line, "area", "too_long", {"max": LONGEST_AREA}, header, row.sheet))
        else:
            self.teams[at] = joined
            self._place(joined, at % len(self.teams))

    def _ask(self, asks: str, row: SheetRow, params: Mapping[str, Any]) -> str:
        question = asked(asks, self.answers, (row.line, row.sheet), **params)
        self.questions.append(question)
        return question.answer


def _summary_of(team: Team) -> str:
    return " ".join(text for text in (team.name, team.town, team.area, write_phones(team.phones)) if text)


def _joined(one: Team, other: Team) -> Team:
    areas = dict.fromkeys(part for team in (one, other) for part in team.area.split("、") if part)
    phones = dict.fromkeys((*one.phones, *other.phones))
    return Team(name=one.name, town=one.town, area="、".join(areas), phones=tuple(phones))


def _team(
    row: SheetRow, written: Written, known: Mapping[tuple[str, str], Team], faults: list[Fault]
) -> Team | None:
    """The team of a row, without the cells that cannot be read; they, or the whole row, are among the faults.

    Of a team that there is, such a cell stays as it was.
    """
    if row.surplus:
        faults.append(Fault(row.line, "", "surplus_cells", sheet=row.sheet))
        return None
    values: dict[str, Any] = {}
    unread: set[str] = set()

    def stays_out(column: str, code: str, params: Mapping[str, Any]) -> None:
        faults.append(Fault(row.line, column, code, params, row.headers.get(column, ""), row.sheet))
        unread.add(column)

    for one in row.flaws:
        stays_out(one.column, one.code, {"text": one.text})
    for column, several in row.cells.items():
        texts = worded(column, several)
        if is_nothing(column, texts[0]):
            continue
        try:
            values[column] = _cell(column, texts, written)
        except Refused as refused:
            stays_out(column, refused.code, refused.params)
    if not values.get("team"):
        if "team" not in unread:
            stays_out("team", "team_missing", {})
        return None
    before = known.get((values.get("town", ""), values["team"]))
    if before is not None:
        stay = unread | ({"area"} if stands("".join(row.cells.get("area", ())), bare(before.area)) else set())
        values |= {column: getattr(before, _FIELD[column]) for column in stay if column in _FIELD}
    return Team(
        name=values["team"],
        town=values.get("town", ""),
        area=values.get("area", ""),
        phones=values.get("phone", ()),
    )


_FIELD: Final = {"area": "area", "phone": "phones"}
_LONGEST: Final = {"team": LONGEST_NAME, "town": LONGEST_PLACE, "area": LONGEST_AREA}


def _cell(column: str, several: Sequence[str], written: Written) -> Any:
    text = " / ".join(several)
    if len(several) > 1 and column != "phone":
        raise Refused("column_twice", column, texts=" | ".join(several)[:80])
    refuse_lost(text, column)
    if column == "phone":
        return written.get(text) or read_phones(text)
    return read_public_line(text, column, _LONGEST[column])


async def set_teams(
    changes: Changes, board: str, sheet: Sheet, options: TeamOptions | None = None
) -> TeamPlan:
    """Make the list the board's. The same list again, or one of which something is asked, appends nothing."""
    plans: list[TeamPlan] = []

    async def decide(fold: BoardFold) -> Sequence[Event]:
        plans.append(await asyncio.to_thread(plan_teams, sheet, fold.teams, options))
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
