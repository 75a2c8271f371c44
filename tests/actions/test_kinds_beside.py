"""The same kinds of sheet as lists of teams and as sheets of counts, held to the same law."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from tests.actions.lists import csv_of, read_here
from tests.actions.shapes import EAST, TODAY, WEST, book, codes, hide, one, put
from trafficlight.actions.count_sheet import COUNTS, read_counts
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.teams import TEAMS, TeamOptions, plan_teams
from trafficlight.domain.board import Site

TEAM_HEADER = ("团队名称", "乡镇", "服务村", "联系电话")
ALPHA = ("东湖一队", "东湖镇", "东村、西村", "0535-8512201")
BETA = ("东湖二队", "东湖镇", "南村", "0535-8512202")
TEAM_LISTS: Mapping[str, tuple[bytes, int, set[str]]] = {
    "sheets": (book(("东", (TEAM_HEADER, ALPHA)), ("西", (TEAM_HEADER, BETA))), 2, set()),
    "a hidden row": (one(TEAM_HEADER, ALPHA, BETA, then=hide(3)), 1, {"hidden_row"}),
    "a formula": (one(TEAM_HEADER, ALPHA, BETA, then=put(D2="=1")), 2, {"formula_without_value"}),
    "无": (one(TEAM_HEADER, (*ALPHA[:3], "无"), BETA), 2, set()),
    "同上": (one(TEAM_HEADER, ALPHA, (*BETA[:3], "同上")), 2, {"ditto_read"}),
    "a name": (one(TEAM_HEADER, (*ALPHA[:3], "王某 13900000101"), BETA), 2, {"team_names_dropped"}),
    "the same row again": (one(TEAM_HEADER, ALPHA, BETA, ALPHA), 2, {"duplicate_team"}),
    "one team elsewhere with another phone": (
        one(TEAM_HEADER, ALPHA, BETA, (*ALPHA[:3], "0535-8512209")),
        3,
        {"same_team_asked"},
    ),
    "two names with one phone and area": (
        one(TEAM_HEADER, ALPHA, ("东湖三队", *ALPHA[1:])),
        2,
        {"same_area_asked"},
    ),
    "another town in the name": (
        one(TEAM_HEADER, ALPHA, ("西山乡二队", "西山乡", "北村", ""), ("西山乡三队", "东湖镇", "中村", "")),
        3,
        {"town_asked"},
    ),
}


@pytest.mark.parametrize("kind", TEAM_LISTS)
def test_each_kind_of_list_of_teams(kind: str) -> None:
    body, teams, said = TEAM_LISTS[kind]
    sheet = read_here(body, TEAMS)
    plan = plan_teams(sheet, ())
    assert len(plan.teams) == teams
    assert codes(plan) == said
    assert sum(plan.cells.values()) == sheet.cells
    assert bool(plan.cells["asked"]) is plan.blocked is bool(plan.open)


BOARD: Any = SimpleNamespace(
    sites={
        site: SimpleNamespace(site=Site(id=site, name=name, town=town))
        for site, name, town in [
            ("s1", EAST[0], EAST[1]),
            ("s2", WEST[0], WEST[1]),
            ("s3", "中心卫生室", "东湖镇"),
            ("s4", "中心卫生室", "西山乡"),
        ]
    }
)
COUNT_HEADER = ("机构名称", "就诊人数")


def counted(body: bytes, **answers: str) -> tuple[Sheet, list[tuple[str, str, str, str]], list[str]]:
    """Whose number of which day each row is, and what is wrong with it; and what is asked."""
    sheet = read_here(body, COUNTS)
    read = read_counts(sheet, BOARD, TODAY, {key.replace("_", "-"): value for key, value in answers.items()})
    rows = [(row.site, row.patients, row.day, row.fault) for row in read.rows]
    return sheet, rows, [one.key for one in read.questions if not one.answer]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("12月2日", "2026-12-02"),
        ("12.2", "2026-12-02"),
        ("12-02", "2026-12-02"),
        ("1202", "2026-12-02"),
        ("20261202", "2026-12-02"),
        ("26.12.2", "2026-12-02"),
        ("2日", "2026-12-02"),
        ("2号", "2026-12-02"),
        ("30号", "2026-11-30"),
        ("12.31", "2025-12-31"),
        ("十二月二日", "2026-12-02"),
        ("12月2日（周三）", "2026-12-02"),
        ("12月3日", ""),
        ("Sheet1", ""),
        ("1332", ""),
        ("12月", ""),
        ("1", ""),
    ],
)
def test_a_sheets_name_says_of_which_day_its_counts_are(name: str, day: str) -> None:
    _, rows, asked = counted(book((name, (COUNT_HEADER, (EAST[0], 12)))))
    assert (rows, asked) == ([("s1", "12", day, "")], [])


COUNT_LISTS: Mapping[str, tuple[bytes, list[tuple[str, str, str, str]], list[str]]] = {
    "a sheet for each day": (
        book(("12.2", (COUNT_HEADER, (EAST[0], 5))), ("12.3", (COUNT_HEADER, (EAST[0], 6)))),
        [("s1", "5", "2026-12-02", ""), ("s1", "6", "", "")],
        [],
    ),
    "sheets of which nobody can say the day": (
        book(("上午班", (COUNT_HEADER, (EAST[0], 5))), ("下午班", (COUNT_HEADER, (EAST[0], 6)))),
        [("s1", "5", "", "counts_differ"), ("s1", "6", "", "counts_differ")],
        ["which-count:下午班:2"],
    ),
    "a column of days": (
        csv_of(("日期", *COUNT_HEADER), ("2026-12-02", EAST[0], 5), ("12月3日", EAST[0], 6)),
        [("s1", "5", "2026-12-02", ""), ("s1", "6", "", "")],
        [],
    ),
    "one site twice": (
        csv_of(COUNT_HEADER, (EAST[0], 5), (EAST[0], 7)),
        [("s1", "5", "", "counts_differ"), ("s1", "7", "", "counts_differ")],
        ["which-count:3"],
    ),
    "the same twice": (
        csv_of(COUNT_HEADER, (EAST[0], 5), (EAST[0], 5)),
        [("s1", "5", "", ""), ("s1", "5", "", "site_twice")],
        [],
    ),
    "one site at two times": (
        csv_of((*COUNT_HEADER, "统计时间"), (EAST[0], 7, "14:00"), (EAST[0], 5, "9:00")),
        [("s1", "7", "", ""), ("s1", "5", "", "later_line")],
        [],
    ),
    "a moment of the day before": (
        csv_of((*COUNT_HEADER, "填报时间"), (EAST[0], 5, "2026-12-02 08:30"), (WEST[0], 6, "8:40")),
        [("s1", "5", "2026-12-02", ""), ("s2", "6", "", "")],
        [],
    ),
    "a name that two have": (
        csv_of(COUNT_HEADER, ("中心卫生室", 5)),
        [("", "5", "", "ambiguous_site")],
        ["which:2"],
    ),
    "a name that two have, and its town": (
        csv_of(("机构名称", "乡镇", "人数"), ("中心卫生室", "西山乡", 5)),
        [("s4", "5", "", "")],
        [],
    ),
    "a hidden row": (one(COUNT_HEADER, (EAST[0], 5), (WEST[0], 6), then=hide(3)), [("s1", "5", "", "")], []),
    "a formula": (
        one(COUNT_HEADER, (EAST[0], 5), then=put(B2="=1+1")),
        [("s1", "", "", "formula_without_value")],
        [],
    ),
}


@pytest.mark.parametrize("kind", COUNT_LISTS)
def test_each_kind_of_sheet_of_counts(kind: str) -> None:
    body, expected, asks = COUNT_LISTS[kind]
    sheet, rows, asked = counted(body)
    assert (rows, asked) == (expected, asks)
    cells = read_counts(sheet, BOARD, TODAY).cells
    assert sum(cells.values()) == sheet.cells
    assert bool(cells["asked"]) is bool(asked)


def test_an_answer_says_which_count_and_which_site() -> None:
    _, rows, asked = counted(csv_of(COUNT_HEADER, (EAST[0], 5), (EAST[0], 7)), which_count="3")
    assert (rows, asked) == ([("s1", "5", "", "row_not_chosen"), ("s1", "7", "", "")], [])
    _, rows, asked = counted(csv_of(COUNT_HEADER, ("中心卫生室", 5)), which="s4")
    assert (rows, asked) == ([("s4", "5", "", "")], [])
    _, rows, asked = counted(csv_of(COUNT_HEADER, ("中心卫生室", 5)), which="skip")
    assert (rows, asked) == ([("", "5", "", "row_not_chosen")], [])


def test_what_was_said_of_two_teams_holds() -> None:
    sheet = read_here(TEAM_LISTS["one team elsewhere with another phone"][0], TEAMS)
    joined = plan_teams(sheet, (), TeamOptions(answers={"same-team": "join"}))
    assert [len(team.phones) for team in joined.teams] == [2, 1]
    both = plan_teams(sheet, (), TeamOptions(answers={"same-team": "both"}))
    assert len(both.teams) == 3
    assert not plan_teams(sheet, both.teams).questions, "known teams are not asked about again"
    out = plan_teams(sheet, (), TeamOptions(answers={"same-team": "skip"}))
    assert ([one.code for one in out.faults], len(out.teams)) == (["row_not_chosen"], 2)
