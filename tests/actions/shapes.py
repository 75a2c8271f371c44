"""Sheets as people leave them behind: titles, hidden rows, filters, struck-through cells, several pages."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import openpyxl
from openpyxl.styles import Font

from tests.actions.lists import saved
from trafficlight.actions.plan import ImportPlan
from trafficlight.actions.teams import TeamPlan

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


def codes(plan: ImportPlan | TeamPlan) -> set[str]:
    """Of all that is said of a list."""
    faults = {one.code for one in (*plan.faults, *plan.warnings)}
    return faults | {one.code for one in plan.questions}
