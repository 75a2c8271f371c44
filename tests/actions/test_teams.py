import pytest

from tests.actions.lists import csv_of, read_here, size_of, xlsx_of
from trafficlight.actions.account import place_of
from trafficlight.actions.changing import LedgerChanges
from trafficlight.actions.exporting import to_csv, to_xlsx
from trafficlight.actions.teams import (
    LONGEST_AREA,
    TEAM_COLUMNS,
    TEAMS,
    TeamOptions,
    TeamPlan,
    plan_teams,
    set_teams,
    team_rows,
)
from trafficlight.cli.ledgers import board_of
from trafficlight.domain.board import MOST_TEAMS, Board, Team
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut, TeamsSet
from trafficlight.domain.phone import Phone
from trafficlight.ledger.base import PositionMoved
from trafficlight.ledger.store import LedgerStore
from trafficlight.text.languages import EN, ZH
from trafficlight.text.rendering import explain

HEADER = ("序号", "乡镇", "家庭医生团队", "服务村", "联系电话")
EAST = ("1", "东庄镇", "东庄镇第一团队", "东村", "0000-5550101、0000-5550102")
WEST = ("2", "西岭镇", "西岭团队（马医生）", "", "")
TEAM_EAST = Team(
    name="东庄镇第一团队", town="东庄镇", area="东村", phones=(Phone("0000-5550101"), Phone("0000-5550102"))
)
TEAM_WEST = Team(name="西岭团队（马医生）", town="西岭镇")


def plan(body: bytes, before: tuple[Team, ...] = ()) -> TeamPlan:
    return plan_teams(read_here(body, TEAMS), before)


def faults(planned: TeamPlan) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.column, fault.code) for fault in planned.faults]


@pytest.fixture
async def board(ledger: LedgerStore) -> str:
    await ledger.append("shili", [BoardPut(board=Board(slug="shili", name="示例县"))])
    return "shili"


async def teams_of(ledger: LedgerStore) -> tuple[Team, ...]:
    return (await board_of(ledger, "shili")).teams


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [csv_of, xlsx_of], ids=["csv", "xlsx"])
def test_a_bureaus_list_becomes_teams_in_its_order(make: object) -> None:
    title = ("示例县家庭医生签约服务团队一览表",)
    planned = plan(make(title, HEADER, EAST, WEST))  # type: ignore[operator]
    assert planned.teams == (TEAM_EAST, TEAM_WEST)
    assert planned.added == planned.teams
    assert not planned.faults
    assert not planned.warnings


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("团队名称", "team"),
        ("家庭医生签约团队", "team"),
        ("team", "team"),
        ("服务区域", "area"),
        ("服务村（居）", "area"),
        ("包村", "area"),
        ("所属乡镇", "town"),
        ("签约服务电话", "phone"),
        ("联系电话", "phone"),
        ("团队长", None),
        ("成员", None),
        ("姓名", None),
    ],
)
def test_columns_are_known_by_what_bureaus_call_them_and_people_are_no_column(
    header: str, column: str | None
) -> None:
    assert TEAMS.column_of(header) == column


def test_no_word_stands_for_two_columns_of_a_list_of_teams() -> None:
    words = [word for said in TEAMS.words.values() for word in said]
    assert len(words) == len(set(words))


def test_a_village_a_row_with_the_other_cells_merged_is_one_team() -> None:
    rows = [
        ("乡镇", "团队", "服务村", "成员", "电话"),
        ("东庄镇", "第一团队", "东村", "甲", "0000-5550101"),
        ("", "", "西村", "乙", ""),
        ("", "", "西村", "丙", ""),
        ("", "第二团队", "南村", "丁", "0000-5550102"),
        ("西岭镇", "第一团队", "北村", "戊", "0000-5550103"),
    ]
    planned = plan(xlsx_of(*rows, merged=("A2:A5", "B2:B4", "E2:E4")))
    assert [(team.town, team.name, team.area) for team in planned.teams] == [
        ("东庄镇", "第一团队", "东村、西村"),
        ("东庄镇", "第二团队", "南村"),
        ("西岭镇", "第一团队", "北村"),
    ]
    assert planned.teams[0].phones == (Phone("0000-5550101"),)
    assert [explain(warning, EN.code) for warning in planned.warnings] == [
        "The column “成员” is unknown and was left out (5 cells)."
    ]


def test_each_bad_cell_is_named_by_row_and_column_and_the_rest_of_the_list_holds() -> None:
    planned = plan(
        csv_of(
            HEADER,
            EAST,
            ("2", "东庄镇", "", "南村", "0000-5550103"),
            ("3", "东庄镇", "坏电话团队", "北村", "见公告"),
            ("4", "东庄镇", "长" * 81, "", ""),
            ("5", "东庄镇", "大团队", "村" * (LONGEST_AREA + 1), ""),
            EAST,
            (*WEST, "多出来的"),
        )
    )
    assert faults(planned) == [
        (3, "team", "team_missing"),
        (4, "phone", "phone_unreadable"),
        (5, "team", "too_long"),
        (6, "area", "too_long"),
        (7, "", "duplicate_team"),
        (8, "", "surplus_cells"),
    ]
    assert [(team.name, team.area, team.phones) for team in planned.teams[1:]] == [
        ("坏电话团队", "北村", ()),
        ("大团队", "", ()),
    ]
    assert place_of(planned.faults[1], ZH.code) == "第4行「联系电话」："


def test_the_same_team_elsewhere_in_the_list_is_a_slip() -> None:
    assert faults(plan(csv_of(HEADER, EAST, WEST, EAST))) == [(4, "", "duplicate_team")]


def test_joined_areas_are_bounded_too() -> None:
    rows = [("1", "东庄镇", "大团队", f"{number}" + "村" * 200, "") for number in range(3)]
    assert faults(plan(csv_of(HEADER, *rows))) == [(4, "area", "too_long")]


def test_one_column_twice_with_different_texts_is_asked_about() -> None:
    planned = plan(csv_of(("团队", "服务村", "辖区"), ("甲团队", "东村", "西村")))
    assert faults(planned) == [(2, "area", "column_twice")]


def test_a_list_without_a_name_of_the_team_is_none() -> None:
    for header in (("乡镇", "服务村", "电话"), ("甲", "乙", "丙")):
        with pytest.raises(Refused) as refused:
            read_here(csv_of(header, ("东庄镇", "东村", "0000-5550101")), TEAMS)
        assert refused.value.code in {"name_column_missing", "no_header"}
        assert refused.value.params["column"] == "team"


def test_more_teams_than_a_province_has_are_refused() -> None:
    rows = [("", "", f"第{number}团队", "", "") for number in range(MOST_TEAMS + 1)]
    assert faults(plan(csv_of(HEADER, *rows))) == [(0, "", "too_many_teams")]
    assert not faults(plan(csv_of(HEADER, *rows[1:])))


def test_a_list_that_would_make_one_huge_record_is_refused() -> None:
    rows = [("", "", f"第{number}团队", "村" * LONGEST_AREA, "") for number in range(2000)]
    assert faults(plan(csv_of(HEADER, *rows))) == [(0, "", "teams_too_big")]


# --- appending ----------------------------------------------------------------------------------------------


async def test_the_same_file_twice_appends_nothing(ledger: LedgerStore, board: str) -> None:
    sheet = read_here(csv_of(HEADER, EAST, WEST), TEAMS)
    first = await set_teams(LedgerChanges(ledger, "cli"), board, sheet)
    size = await size_of(ledger)
    again = await set_teams(LedgerChanges(ledger, "cli"), board, sheet)
    assert (first.changes, again.changes) == (True, False)
    assert await size_of(ledger) == size == 2
    assert await teams_of(ledger) == (TEAM_EAST, TEAM_WEST)


async def test_the_file_is_the_list(ledger: LedgerStore, board: str) -> None:
    await set_teams(LedgerChanges(ledger, "cli"), board, read_here(csv_of(HEADER, EAST, WEST), TEAMS))
    moved = (*EAST[:4], "0000-5550199")
    planned = await set_teams(LedgerChanges(ledger, "cli"), board, read_here(csv_of(HEADER, moved), TEAMS))
    assert (len(planned.added), len(planned.removed)) == (1, 2)
    assert [team.phones for team in await teams_of(ledger)] == [(Phone("0000-5550199"),)]


async def test_a_strict_list_with_a_fault_appends_nothing(ledger: LedgerStore, board: str) -> None:
    bad = read_here(csv_of(HEADER, EAST, ("2", "", "", "东村", "")), TEAMS)
    strict = TeamOptions(strict=True)
    planned = await set_teams(LedgerChanges(ledger, "cli"), board, bad, strict)
    assert faults(planned) == [(3, "team", "team_missing")]
    assert await size_of(ledger) == 1


async def test_teams_of_a_board_that_is_not_there_are_refused(ledger: LedgerStore) -> None:
    with pytest.raises(Refused, match="unknown_board"):
        await set_teams(LedgerChanges(ledger, "cli"), "nowhere", read_here(csv_of(HEADER, EAST), TEAMS))


async def test_somebody_elses_append_delays_and_a_restless_board_ends_it(
    ledger: LedgerStore, board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = read_here(csv_of(HEADER, EAST), TEAMS)
    append = ledger.append
    refusals = [1]

    async def restless(*arguments: object, **more: object) -> object:
        if refusals[0]:
            refusals[0] -= 1
            raise PositionMoved
        return await append(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "append", restless)
    assert (await set_teams(LedgerChanges(ledger, "cli"), board, sheet)).changes
    refusals[0] = 1000
    other = read_here(csv_of(HEADER, WEST), TEAMS)
    with pytest.raises(Refused, match="overtaken"):
        await set_teams(LedgerChanges(ledger, "cli"), board, other)


# --- an export ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("write", [to_csv, to_xlsx], ids=["csv", "xlsx"])
def test_importing_an_export_of_teams_changes_nothing(write: object, *, chinese: bool) -> None:
    teams = (
        TEAM_EAST,
        TEAM_WEST,
        Team(
            name="=cmd|'团队",
            area="'+1",
            phones=(Phone("0000-5550104", ext="801", label="值班", when="夜间"),),
        ),
        Team(name="没有乡镇的团队", area="东村,西村；南村"),
    )
    body = write(team_rows(teams, chinese=chinese), tuple(TEAM_COLUMNS))  # type: ignore[operator]
    planned = plan(body, teams)
    assert not planned.faults
    assert planned.teams == teams
    assert not planned.changes


def test_a_record_with_five_thousand_usual_teams_is_within_bounds() -> None:
    teams = tuple(
        Team(
            name=f"东庄镇第{n}团队",
            town="东庄镇",
            area="东村、西村、南村、北村",
            phones=(Phone("0000-5550101"),),
        )
        for n in range(MOST_TEAMS)
    )
    assert not faults(plan(to_csv(team_rows(teams), tuple(TEAM_COLUMNS))))
    assert TeamsSet(teams=teams).teams == teams
