"""Every kind of sheet that bureaus send, in several shapes of each: what comes in, what is said, and the sum.

The law of each: the cells of the file are those that were taken, left out, refused or asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.actions.lists import Known, csv_of, read_here, saved
from trafficlight.actions.count_sheet import COUNTS, read_counts
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import ImportPlan, Options
from trafficlight.actions.sheet import Sheet
from trafficlight.actions.teams import TEAMS, TeamOptions, TeamPlan, plan_teams
from trafficlight.domain.board import Site

HEADER = ("机构名称", "所属乡镇", "地址", "联系电话", "开诊时间")
EAST = ("东湖镇卫生院", "东湖镇", "东湖路1号", "0535-8512101", "8:00-17:00")
WEST = ("西山乡卫生院", "西山乡", "西山路2号", "0535-8512102", "24小时")
SOUTH = ("南港街道卫生院", "南港街道", "南港路3号", "0535-8512103", "8:00-12:00")
TODAY = date(2026, 12, 3)


def book(*sheets: tuple[str, Sequence[Sequence[object]]], then: Callable[[Any], None] | None = None) -> bytes:
    """A workbook of these sheets; `then` does what one does in Excel afterwards."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        page = made.create_sheet(title)
        for row in rows:
            page.append(list(row))
    if then:
        then(made)
    return saved(made)


def one(*rows: Sequence[object], then: Callable[[Any], None] | None = None) -> bytes:
    return book(("名单", rows), then=(lambda made: then(made.worksheets[0])) if then else None)


def hide(*lines: int, column: str = "", filtered: bool = False) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        for line in lines:
            page.row_dimensions[line].hidden = True
        if column:
            page.column_dimensions[column].hidden = True
        if filtered:
            page.auto_filter.ref = "A1:E4"

    return act


def put(**cells: object) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        for place, value in cells.items():
            page[place] = value

    return act


def strike(*places: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        for place in places:
            page[place].font = Font(strike=True)

    return act


def state(name: str, visibility: str) -> Callable[[Any], None]:
    def act(made: Any) -> None:
        made[name].sheet_state = visibility

    return act


def phone(text: object) -> bytes:
    return one(HEADER, (*EAST[:3], text, EAST[4]), WEST)


THREE = (HEADER, EAST, WEST, SOUTH)
LISTS: Mapping[str, tuple[bytes, int, set[str]]] = {
    # Several sheets.
    "sheets: a town each": (book(("东", (HEADER, EAST)), ("西", (HEADER, WEST))), 2, set()),
    "sheets: a cover without a header": (
        book(("封面", [("某县卫生健康局",)]), ("名单", THREE)),
        3,
        {"sheet_without_header"},
    ),
    "sheets: one hidden": (
        book(("名单", (HEADER, EAST)), ("旧", (HEADER, WEST)), then=state("旧", "hidden")),
        1,
        {"hidden_sheet"},
    ),
    "sheets: the same list twice": (book(("原", THREE), ("改", THREE)), 3, {"sheets_asked"}),
    "sheets: other columns in each": (book(("甲", (HEADER, EAST)), ("乙", (HEADER[:4], WEST[:4]))), 2, set()),
    # What is hidden, filtered or struck through.
    "hidden: rows": (one(*THREE, then=hide(3)), 2, {"hidden_row"}),
    "hidden: rows by a filter": (one(*THREE, then=hide(2, 4, filtered=True)), 1, {"filtered_row"}),
    "hidden: a column": (one(*THREE, then=hide(column="D")), 3, {"hidden_column", "no_phone_column"}),
    "hidden: a row that is struck through": (
        one(*THREE, then=strike(*["A2", "B2", "C2", "D2", "E2"])),
        2,
        {"struck_row"},
    ),
    "hidden: a cell that is struck through": (one(*THREE, then=strike("D2")), 3, {"struck_out"}),
    # Formulas whose value nobody stored.
    "formula: a phone": (one(*THREE, then=put(D2='="0535-"&"8512101"')), 3, {"formula_without_value"}),
    "formula: hours": (one(*THREE, then=put(E3="=E2")), 3, {"formula_without_value"}),
    "formula: a name": (one(*THREE, then=put(A3="=B3&C3")), 2, {"formula_without_value"}),
    # What the program made a date.
    "date: a phone": (phone(datetime(2022, 8, 1)), 2, {"made_a_date"}),  # noqa: DTZ001 - as Excel has them
    "date: hours": (one(HEADER, (*EAST[:4], date(2026, 8, 12)), WEST), 2, {"made_a_date"}),
    "date: a day typed as text": (phone("2022年8月1日"), 2, {"made_a_date"}),
    "date: a time of day as hours": (one(HEADER, (*EAST[:4], time(8)), WEST), 2, {"hours_unclear"}),
    # Numbers that nobody can call.
    "phone: a range": (phone("0535-8512101-8512102"), 2, {"phone_split"}),
    "phone: two that ran together": (phone("0535-85121018512102"), 2, {"phone_split"}),
    "phone: the 0 of the neighbours' area code lost": (phone(5358512101), 2, {"zero_restored"}),
    "phone: a 0 lost of another area": (phone(5438512101), 2, {"area_asked", "phone_length"}),
    "phone: a digit too few": (phone("1390000123"), 2, {"phone_length"}),
    "phone: an area that there is not": (phone("0000-5550101"), 2, {"phone_area"}),
    "phone: longer than any in the world": (phone("0535-851210185121028"), 2, {"phone_unreadable"}),
    # A number of the paper, and one id in two rows.
    "id: 1, 2, 3": (csv_of(("编号", *HEADER), ("1", *EAST), ("2", *WEST)), 2, {"running_numbers"}),
    "id: 001, 002": (csv_of(("编号", *HEADER), ("001", *EAST), ("002", *WEST)), 2, {"running_numbers"}),
    "id: of another clinic": (
        csv_of(("id", *HEADER), ("known-1", "新城医院", "新城镇", "新城路9号", "0535-8512999", "")),
        0,
        {"other_site_asked"},
    ),
    "id: of another county's": (csv_of(("id", *HEADER), ("other-1", *EAST)), 0, {"belongs_to_board"}),
    "id: in two rows": (csv_of(("id", *HEADER), ("a1", *EAST), ("a1", *WEST)), 1, {"repeated_id_asked"}),
    "id: in two sheets, in one line": (
        book(("甲", (("id", *HEADER), ("a1", *EAST))), ("乙", (("id", *HEADER), ("a1", *WEST)))),
        1,
        {"repeated_id_asked"},
    ),
    # One clinic or two.
    "twice: name, town and address": (
        csv_of(HEADER, EAST, (*EAST[:3], "0535-8512109", "")),
        1,
        {"same_name_asked"},
    ),
    "twice: phone and address under another name": (
        csv_of(HEADER, EAST, ("东湖医院", *EAST[1:])),
        1,
        {"same_place_asked"},
    ),
    "twice: one of several phones, and the address": (
        csv_of(HEADER, EAST, ("东湖医院", "东湖镇", EAST[2], "8512101、8512109", "")),
        1,
        {"same_place_asked"},
    ),
    "twice: phone and address in another town": (
        csv_of(HEADER, EAST, (EAST[0], "西山乡", *EAST[2:])),
        1,
        {"same_place_asked"},
    ),
    "twice: with an id each": (
        csv_of(("id", *HEADER), ("a1", *EAST), ("a2", "东湖医院", *EAST[1:])),
        2,
        {"same_places"},
    ),
    "twice: a known one's, which is in the list too": (
        csv_of(
            HEADER,
            ("旧城医院", "旧城镇", "旧城路1号", "0535-8512900", ""),
            ("旧城门诊", "旧城镇", "旧城路1号", "0535-8512900", ""),
        ),
        1,
        {"same_place_asked"},
    ),
    "town: another in the name": (csv_of(HEADER, EAST, ("东湖镇医院", *WEST[1:])), 1, {"town_asked"}),
    # Two rows of a header.
    "heads: the upper names the columns": (
        one(("机构名称", "联系电话", None), (None, "白天", "夜间"), (EAST[0], EAST[3], WEST[3])),
        1,
        set(),
    ),
    "heads: the lower names the columns": (
        one(
            ("基本情况", None, "联系方式", None),
            ("机构名称", "地址", "座机", "手机"),
            (EAST[0], EAST[2], EAST[3], "13900000101"),
        ),
        1,
        {"mobiles"},
    ),
    "heads: hours of workdays and of holidays": (
        one(
            ("机构名称", "联系电话", "开诊时间", None),
            (None, None, "工作日", "节假日"),
            (EAST[0], EAST[3], "8:00-17:00", "9:00-12:00"),
        ),
        1,
        set(),
    ),
    # Rows that say the town of those below.
    "groups: a town alone": (
        one(("机构名称", "联系电话"), ("东湖镇",), (EAST[0], EAST[3]), ("西山乡",), (WEST[0], WEST[3])),
        2,
        set(),
    ),
    "groups: with a number before": (
        one(("机构名称", "联系电话"), ("一、东湖镇",), (EAST[0], EAST[3])),
        1,
        set(),
    ),
    "groups: merged over the columns": (
        one(
            ("机构名称", "联系电话"),
            ("东湖镇", None),
            (EAST[0], EAST[3]),
            then=lambda page: page.merge_cells("A2:B2"),
        ),
        1,
        set(),
    ),
    "groups: headings of sorts": (
        one(
            HEADER,
            ("一、市级医院",),
            EAST,
            ("（二）卫生院",),
            WEST,
            ("三. 村卫生室", None, None),
            ("一村卫生室", None, None, None),
        ),
        3,
        {"remark_skipped", "name_alone"},
    ),
    # What says that there is nothing, and what says the same again.
    "none: 无": (phone("无"), 2, {"none_written"}),
    "none: 待定": (phone("待定"), 2, {"none_written"}),
    "none: a zero": (phone(0), 2, {"none_written"}),
    "none: a landline and no mobile": (
        csv_of(("机构名称", "手机", "座机"), (EAST[0], "无", EAST[3]), (WEST[0], "/", WEST[3])),
        2,
        set(),
    ),
    "none: rows of spaces": (one(*THREE, ("  ", " "), ("　",)), 3, set()),
    "again: 同上": (one(HEADER, EAST, (*WEST[:3], "同上", "同上")), 2, {"ditto_read"}),
    "again: of nothing": (one(HEADER, (*EAST[:3], "同上", ""), WEST), 2, {"ditto_of_nothing"}),
    "again: of a row that nobody sees": (
        one(HEADER, EAST, (*WEST[:3], "0535-8512108", ""), (*SOUTH[:3], "同上", ""), then=hide(3)),
        2,
        {"ditto_of_nothing", "hidden_row"},
    ),
    # Words over the columns.
    "words: in English": (csv_of(("name", "tel", "address"), (EAST[0], EAST[3], EAST[2])), 1, set()),
    "words: one column in several": (
        csv_of(("机构名称", "联系电话1", "联系电话②"), (EAST[0], EAST[3], WEST[3])),
        1,
        set(),
    ),
    "words: near misses": (
        csv_of(("机构名称", "发热门诊咨询电话", "接种点地址"), (EAST[0], EAST[3], EAST[2])),
        1,
        set(),
    ),
    "words: a list without any phone": (
        csv_of(("机构名称", "地址", "备用"), (EAST[0], EAST[2], "甲")),
        1,
        {"no_phone_asked", "unknown_column"},
    ),
    # People's names.
    "persons: before a number": (phone("联系人：吕某某 13900000101"), 2, {"names_dropped", "mobiles"}),
    "persons: behind it": (phone("13900000101（王某）"), 2, {"names_dropped", "mobiles"}),
    "persons: a title": (phone("张主任 0535-8512101"), 2, {"names_dropped"}),
    "persons: an office is none": (phone("急诊科 0535-8512101"), 2, set()),
    # What stands around a list.
    "around: titles, totals and notes": (
        one(("某县发热门诊一览表",), *THREE, ("合计", None, None, 3), ("填表人：某",)),
        3,
        {"remark_skipped"},
    ),
    "around: a second table of the same": (one(*THREE[:2], (), *(HEADER, WEST)), 2, set()),
    "around: a second table of something else": (
        one(*THREE, (), ("车牌", "地址", "电话"), ("鲁F0000", "某路", "0535-8512199")),
        3,
        {"other_table"},
    ),
    "around: a column without a header": (one(HEADER, (*EAST, "看这里"), WEST), 2, {"nameless_column"}),
    # One cell that nobody understands.
    "bad: a capacity": (csv_of((*HEADER, "日接诊能力"), (*EAST, "很多"), (*WEST, "40")), 2, {"bad_capacity"}),
    "bad: hours that decide nothing": (csv_of(HEADER, (*EAST[:4], "视情况"), WEST), 2, {"hours_unclear"}),
    "bad: one coordinate": (
        csv_of((*HEADER, "经度", "纬度"), (*EAST, "120.1", ""), (*WEST, "", "")),
        2,
        {"half_coordinates"},
    ),
}
"""Of each: the file, how many of its sites come in at once, and what is said."""
_EACH_FIRST = {"publisher_missing", "hotline_missing", "guessed_column", "crs_assumed", "same_name"}


def known() -> Known:
    """A board with two sites, and the next county's."""
    there = {
        "shili": {"known-1": Site(id="known-1", name="旧城医院", town="旧城镇", address="旧城路1号")},
        "linxian": {"other-1": Site(id="other-1", name="邻县医院")},
    }
    folds: Any = {
        slug: SimpleNamespace(
            board=None,
            position=0,
            gone={},
            merged={},
            sites={site: SimpleNamespace(site=one) for site, one in sites.items()},
        )
        for slug, sites in there.items()
    }
    return Known(boards=folds)


def codes(plan: ImportPlan | TeamPlan) -> set[str]:
    """Of all that is said of a list."""
    faults = {one.code for one in (*plan.faults, *plan.warnings)}
    return faults | {one.code for one in plan.questions}


def planned(kind: str, sheet: Sheet, answers: Mapping[str, str] | None = None) -> ImportPlan:
    there = known() if kind.startswith(("id", "twice: a known")) else Known()
    return plan_import(sheet, there, Options(board="shili", answers=answers or {}))


@pytest.mark.parametrize("kind", LISTS)
def test_each_kind_of_list_comes_in_as_far_as_it_is_sure_and_the_rest_is_said(kind: str) -> None:
    body, sites, said = LISTS[kind]
    sheet = read_here(body)
    plan = planned(kind, sheet)
    found = codes(plan) - _EACH_FIRST
    assert (len(plan.standing), found) == (sites, said)
    assert sum(plan.cells.values()) == sheet.cells
    assert bool(plan.cells["asked"]) == any(one.line or one.asks == "sheets" for one in plan.open)
    assert plan.blocked is bool(plan.open)


@pytest.mark.parametrize(
    "kind", [kind for kind, (_, _, said) in LISTS.items() if any("asked" in one for one in said)]
)
def test_whatever_is_asked_is_answered_by_any_of_its_answers(kind: str) -> None:
    sheet = read_here(LISTS[kind][0])
    for number in range(3):
        answers: dict[str, str] = {}
        plan = planned(kind, sheet)
        while plan.open:  # an answer may raise the next question
            answers |= {one.key: list(one.choices)[number % len(one.choices)] for one in plan.open}
            plan = planned(kind, sheet, answers)
        assert sum(plan.cells.values()) == sheet.cells
        assert plan.blocked is ("stop" in answers.values())


# --- teams and counts ---------------------------------------------------------------------------------------

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
