"""A report on its way in: parsed once, held against what is known of the site, and then a fact."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from trafficlight.domain.board import Board, capacity_of
from trafficlight.domain.day import day_at
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported
from trafficlight.domain.note import check_note
from trafficlight.domain.state import BACK_DAYS, BoardFold, SiteState, usual_volume

MOST_PATIENTS: Final = 9999
"""No clinic sees more in a day; a longer number is a slip."""
FARTHEST_REOPEN: Final = timedelta(days=180)
USUAL_TIMES: Final = 5
CAPACITY_TIMES: Final = 3
LEAST_ABOVE: Final = 30
"""Small sites jump easily: a number must be so far above the usual to be asked back.
Of a smaller number nothing needs to be known."""


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to report, right in itself; whether it fits the site is `accept`'s question."""

    patients: int | None = None
    staff_infected: bool | None = None
    capacity_today: int | None = None
    expected_reopen: date | None = None
    service_day: date | None = None
    note: str = ""
    phone_busy: bool | None = None
    confirm: bool = False


def _count(field: str, value: object) -> int:
    if type(value) is not int:
        raise Refused("wrong_type", field, expected="integer")
    if not 0 <= value <= MOST_PATIENTS:
        raise Refused("out_of_range", field, least=0, most=MOST_PATIENTS)
    return value


def _flag(field: str, value: object) -> bool:
    if type(value) is not bool:
        raise Refused("wrong_type", field, expected="boolean")
    return value


def _day(field: str, value: object) -> date:
    if type(value) is not str:
        raise Refused("wrong_type", field, expected="date")
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Refused("bad_date", field) from None
    if day.isoformat() != value:
        raise Refused("bad_date", field)
    return day


_FIELDS: Final = {
    "patients": _count,
    "staff_infected": _flag,
    "capacity_today": _count,
    "expected_reopen": _day,
    "service_day": _day,
    "note": lambda _field, value: check_note(value),
    "phone_busy": _flag,
    "confirm": _flag,
}


def parse_report(raw: object) -> NewReport:
    """The report in `raw`, a decoded JSON value; `Refused` names the first field that is wrong.

    Counts are whole numbers from 0 to 9999; `true`, `"12"`, `1e3` are none. 0 is a report; nothing is not.
    """
    if not isinstance(raw, Mapping):
        raise Refused("wrong_type", None, expected="object")
    unknown = next((name for name in raw if name not in _FIELDS), None)
    if unknown is not None:
        raise Refused("unknown_field", str(unknown)[:60])
    fields: dict[str, Any] = {name: _FIELDS[name](name, value) for name, value in raw.items()}
    report = NewReport(**fields)
    if report.patients is None and report.staff_infected is None and report.capacity_today is None:
        raise Refused("nothing_reported", "patients")
    if report.expected_reopen is not None and report.staff_infected is not True:
        raise Refused("reopen_without_closure", "expected_reopen")
    return report


def accept(  # noqa: PLR0913 - the report, what it is held against, and what names the fact
    fold: BoardFold, state: SiteState, report: NewReport, at: datetime, *, report_id: str, by: str
) -> Reported:
    """The fact that the report becomes; `Refused` where it does not fit the site or the day.

    `needs_confirmation` comes with `usual` (None where the capacity was the measure), `capacity`, `patients`
    and `day`; `confirm` answers it.
    """
    board = fold.board
    today = day_at(at, board.cut_off, board.report_by, board.zone).day
    day = report.service_day or today
    if day > today:
        raise Refused("future_day", "service_day", today=today)
    if day < today - timedelta(days=BACK_DAYS):
        raise Refused("too_old_day", "service_day", today=today, days=BACK_DAYS)
    if report.expected_reopen and not today < report.expected_reopen <= today + FARTHEST_REOPEN:
        raise Refused("reopen_out_of_range", "expected_reopen", today=today, days=FARTHEST_REOPEN.days)
    if report.patients is not None and report.patients >= LEAST_ABOVE and not report.confirm:
        _ask_back(state, board, report.patients, day)
    return Reported(
        by=by,
        id=report_id,
        site=state.site.id,
        service_day=day,
        patients=report.patients,
        staff_infected=report.staff_infected,
        capacity_today=report.capacity_today,
        expected_reopen=report.expected_reopen,
        note=report.note,
        phone_busy=report.phone_busy,
        confirmed=report.confirm,
    )


def _ask_back(state: SiteState, board: Board, patients: int, day: date) -> None:
    """`Refused` with `needs_confirmation` where the number is far above what the site usually has."""
    usual = usual_volume(state, day)
    capacity = capacity_of(state.site, board)
    measure, times = (capacity, CAPACITY_TIMES) if usual is None else (usual, USUAL_TIMES)
    if patients > times * measure and patients >= measure + LEAST_ABOVE:
        raise Refused(
            "needs_confirmation", "patients", patients=patients, usual=usual, capacity=capacity, day=day
        )
