"""History as data: as it was shown, once nothing of it can change, and the same ever after."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from tests.publish.worlds import SHILI, World, board, county, report, site
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.errors import Refused
from trafficlight.publish.history import HistoryRow, final_months, index_file, month_files, next_month

MONTH = date(2022, 12, 1)
DAY = date(2022, 12, 24)
EIGHTH = datetime(2023, 1, 7, 16, tzinfo=UTC)
"""Of January, 0:00 in Longkou."""


def rows(world: World, at: datetime = EIGHTH) -> dict[tuple[str, str], dict[str, Any]]:
    """By day and site; CSV and NDJSON say the same."""
    records = [one for one in world.records if one.board == SHILI]
    table, lines = month_files(world.boards[SHILI].board, records, MONTH, at)
    assert (table.path, lines.path) == (f"{SHILI}/history/2022-12.csv", f"{SHILI}/history/2022-12.ndjson")
    told = [json.loads(line) for line in lines.body.splitlines()]
    read = list(csv.DictReader(StringIO(table.body.decode("utf-8-sig"))))
    assert len(read) == len(told)
    for cells, row in zip(read, told, strict=True):
        assert list(cells) == list(row) == list(HistoryRow.__struct_fields__)
        for name, value in row.items():
            assert cells[name].replace(" ", "T") == ("" if value is None else str(value)).replace(" ", "T")
    return {(row["service_day"], row["site"]): row for row in told}


def test_a_day_is_told_as_it_was_shown() -> None:
    world = county(3, valid_hours=2)
    world.happen(SHILI, report(0, 3), after=1800)  # 8:00, of 50: blue until 10:00
    world.happen(SHILI, report(0, 60), after=3600)  # 9:00: red until 11:00
    world.happen(SHILI, report(1, staff_infected=True), after=60)
    found = rows(world)
    first = found["2022-12-24", "clinic-0"]
    assert (first["minutes_blue"], first["minutes_red"], first["minutes_yellow"]) == (60, 120, 0)
    assert (first["day"], first["light_at_close"]) == ("red", "red")
    assert first["first_report"] == "2022-12-24T08:00:00+08:00"
    assert first["last_report"] == "2022-12-24T09:00:00+08:00"
    assert (first["rule"], first["rule_version"]) == ("share", 0)
    assert found["2022-12-24", "clinic-1"]["day"] == "cross"
    quiet = found["2022-12-25", "clinic-2"]
    assert (quiet["day"], quiet["light_at_close"], quiet["first_report"]) == ("unreported", None, None)
    assert {day for day, _ in found} == {str(DAY + timedelta(days=back)) for back in range(8)}


def test_no_number_of_patients_and_no_cause_of_a_closure_is_told() -> None:
    world = county(2)
    world.happen(SHILI, report(0, 3741, confirmed=True), report(1, staff_infected=True), after=1800)
    records = [one for one in world.records if one.board == SHILI]
    for artifact in month_files(world.boards[SHILI].board, records, MONTH, EIGHTH):
        assert b"3741" not in artifact.body
        assert b"infected" not in artifact.body


def test_a_later_rule_and_a_late_removal_leave_it_as_it_was() -> None:
    world = county(2)
    world.happen(SHILI, report(0, 3), after=1800)
    before = rows(world)
    world.at = EIGHTH + timedelta(days=3)
    world.happen(
        SHILI, e.RuleSet(rule={"kind": "counts", "yellow": 1, "red": 2}), e.SiteRemoved(site="clinic-0")
    )
    assert rows(world, EIGHTH + timedelta(days=60)) == before


def test_what_was_withdrawn_within_its_seven_days_is_not_told_as_reported() -> None:
    world = county(1)
    world.happen(SHILI, report(0, 3), after=1800)
    (made,) = world.boards[SHILI].sites["clinic-0"].reports
    world.happen(SHILI, e.Withdrawn(site="clinic-0", report=made.id), after=600)
    row = rows(world)["2022-12-24", "clinic-0"]
    assert (row["minutes_blue"], row["first_report"]) == (10, None)  # it was seen for ten minutes


def test_while_the_board_is_paused_no_light_is_told() -> None:
    world = county(1)
    world.happen(SHILI, board(SHILI, state=BoardState.PAUSED))
    world.happen(SHILI, report(0, 60), after=1800)
    row = rows(world)["2022-12-24", "clinic-0"]
    assert (row["day"], row["light_at_close"], row["minutes_red"]) == ("lights_off", None, 0)


def test_a_month_is_refused_while_anything_of_it_may_change() -> None:
    world = county(1)
    records = [one for one in world.records if one.board == SHILI]
    settings = world.boards[SHILI].board
    early = EIGHTH - timedelta(microseconds=1)
    with pytest.raises(Refused, match="month_open"):
        month_files(settings, records, MONTH, early)
    assert list(final_months(settings, records, early)) == []
    assert list(final_months(settings, records, EIGHTH)) == [MONTH]
    assert next_month(MONTH) == date(2023, 1, 1)


def test_the_list_of_months_has_the_terms() -> None:
    world = World()
    world.happen(SHILI, board(SHILI, licence="CC BY 4.0"), site(0))
    told = json.loads(index_file(world.boards[SHILI].board, [MONTH]).body)
    assert told == {
        "board": SHILI,
        "months": [{"month": "2022-12", "csv": "2022-12.csv", "ndjson": "2022-12.ndjson", "days": 31}],
        "licence": "CC BY 4.0",
        "attribution": "卫生健康局",
    }
