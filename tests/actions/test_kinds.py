"""Every kind of sheet that bureaus send, in several shapes of each: what comes in, what is said, and the sum.

The law of each: the cells of the file are those that were taken, left out, refused or asked about.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.actions.lists import Known, csv_of, read_here
from tests.actions.shapes import (
    EAST,
    HEADER,
    SOUTH,
    THREE,
    WEST,
    book,
    codes,
    hide,
    one,
    phone,
    put,
    state,
    strike,
)
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import ImportPlan, Options
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.board import Site

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
