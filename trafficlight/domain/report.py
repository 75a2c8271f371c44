"""A report on its way in: parsed once, asked about, held against what is known of the site, and then a fact.

A program's values are typed; what people write is read by `domain.count`. People are asked about whatever is
unlikely, the same at every door. Of a program one thing alone is asked, whether an implausible number is
right: it has nobody at hand for the rest, and where its running total goes down, that is a correction.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board import Board, capacity_of
from trafficlight.domain.clock import Waiting, counted_instant, parse_clock
from trafficlight.domain.closure import answered_pause, parse_pause, written_closure
from trafficlight.domain.count import MOST_PATIENTS, CountKind, parse_count
from trafficlight.domain.day import ONE_DAY, Today, day_at
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Reported
from trafficlight.domain.hours import just_opened
from trafficlight.domain.note import check_note
from trafficlight.domain.state import BACK_DAYS, BoardFold, SiteState, tally_of
from trafficlight.domain.tally import usual_volume

FARTHEST_REOPEN: Final = timedelta(days=180)
USUAL_TIMES: Final = 5
CAPACITY_TIMES: Final = 3
LEAST_ABOVE: Final = 30
"""Small sites jump easily: a number must be so far above the usual to be asked back.
Of a smaller number nothing needs to be known."""

Answers = tuple[str, ...]
"""What a person has answered, in order. Each names its number: none outlives a change of that number.

`confirm:400` it is right · `correct:12` lower than before, and right · `add:40:12` lower than 40, because
only those since then were counted · `today:30`, `yesterday:30` which day is meant · `exact:24` of 24+ ·
`paused:infected`, `paused:closed` why it is closed, `paused:other` it is not, but sees nobody more today ·
`total:20`, `left:20` so many can be seen today in all, or besides those who have come.
"""
QUESTIONS: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[str, ...]]]] = {
    "needs_confirmation": lambda of: (f"confirm:{of['patients']}",),
    "lower_number": lambda of: (
        f"correct:{of['patients']}",
        *((f"add:{of['before']}:{of['patients']}",) if of["total"] is not None else ()),
    ),
    "which_day": lambda of: (f"yesterday:{of['patients']}", f"today:{of['patients']}"),
    "open_number": lambda of: (f"exact:{of['least']}",),
    "pause_reason": lambda _: ("paused:infected", "paused:closed", "paused:other"),
    "total_or_left": lambda of: (f"left:{of['capacity']}", f"total:{of['capacity']}"),
}
"""Refusals that are questions: by code the answers that there are, of the parameters of the refusal.

`newer_report` is one too; it is answered by sending again with that report as `seen`.
"""


CLEARABLE: Final = ("capacity_today", "expected_reopen", "note")
"""Of these somebody may say that what stood holds no longer: null of a program, None of what was written."""


class NewReport(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to report, right in itself; whether it fits the site is `accept`'s question."""

    patients: int | None = None
    staff_infected: bool | None = None
    capacity_today: int | None = None
    remaining_today: int | None = None
    """How many can be seen besides those who have come: another way to say the capacity."""
    expected_reopen: date | None = None
    service_day: date | None = None
    note: str = ""
    phone_busy: bool | None = None
    paused: str | None = None
    """Closed for this reason, which is not infection; empty: no longer."""
    counted_at: datetime | None = None
    """When the figures were true; None: when they come in …"""
    clock: time | None = None
    """… or at which time of the day, as people say it."""
    cleared: tuple[str, ...] = ()
    """Of `CLEARABLE`, what holds no longer."""
    confirm: bool = False


# --- parsing ------------------------------------------------------------------------------------------------


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


def _instant(field: str, value: object) -> datetime:
    if type(value) is not str:
        raise Refused("wrong_type", field, expected="instant")
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Refused("bad_instant", field, text=value[:40]) from None
    if at.tzinfo is None:
        raise Refused("bad_instant", field, text=value[:40])
    return at


_FIELDS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "patients": _count,
    "staff_infected": _flag,
    "paused": parse_pause,
    "capacity_today": _count,
    "remaining_today": _count,
    "expected_reopen": _day,
    "service_day": _day,
    "note": lambda _field, value: check_note(value),
    "phone_busy": _flag,
    "counted_at": _instant,
    "confirm": _flag,
}


def parse_report(raw: object) -> NewReport:
    """A program's report in `raw`, a decoded JSON value; `Refused` names the first field that is wrong.

    Counts are whole numbers from 0 to 9999; `true`, `"12"`, `1e3` are none. 0 is a report; nothing is not.
    """
    if not isinstance(raw, Mapping):
        raise Refused("wrong_type", None, expected="object")
    unknown = next((name for name in raw if name not in _FIELDS), None)
    if unknown is not None:
        raise Refused("unknown_field", str(unknown)[:60])
    report = _report(raw)
    _check_whole(report)
    return report


def _report(raw: Mapping[str, object]) -> NewReport:
    cleared = tuple(name for name in CLEARABLE if raw.get(name, "") is None)
    given = {name: _FIELDS[name](name, value) for name, value in raw.items() if name not in cleared}
    return NewReport(**given, cleared=cleared)


def parse_written(raw: Mapping[str, object], answers: Answers) -> NewReport:
    """A person's report: numbers, days, a time and a note as they were written, choices as flags.

    What is empty was not said. `Refused` as of a program, with `not_a_count` and `bad_time`, and with the
    questions `open_number` (24+) and `pause_reason` (暂停). 已满 is the capacity of today 0. `closure`, in
    place of `staff_infected` and `paused`: see `written_closure`.
    """
    written = {name: value for name, value in raw.items() if value != ""}
    for field in ("capacity_today", "remaining_today"):
        capacity = written.get(field)
        if isinstance(capacity, str):
            written[field] = _written_capacity(field, capacity)
    clock = written.pop("counted_at", None)
    counted = _written_count(str(written.pop("patients", "")), answers)
    if counted.keys() & written.keys() and counted != {name: written[name] for name in counted}:
        raise Refused("not_a_count", "patients")  # full, and room for five
    written |= counted | written_closure(str(written.pop("closure", "")), answers)
    report = _report(written)
    if clock is not None:
        report = replace(report, clock=parse_clock("counted_at", str(clock)))
    _check_whole(report, or_phone=True)  # a tap on its button says that the phone is busy, and no more
    return report


def _check_whole(report: NewReport, *, or_phone: bool = False) -> None:
    figures = _figures(report)
    phone = report.phone_busy if or_phone else None
    closure = (report.staff_infected, report.paused)
    if all(one is None for one in (*figures, phone, *closure)) and not report.cleared:
        raise Refused("nothing_reported", "patients")
    if report.staff_infected and report.paused:
        raise Refused("closed_twice", "paused")
    if (report.counted_at or report.clock) and all(one is None for one in figures):
        raise Refused("counted_at_alone", "counted_at")
    if report.remaining_today is not None and (
        report.capacity_today is not None or "capacity_today" in report.cleared
    ):
        raise Refused("capacity_twice", "remaining_today")
    if report.expected_reopen is not None and not any(closure):
        raise Refused("reopen_without_closure", "expected_reopen")


def _figures(report: NewReport) -> tuple[int | None, ...]:
    return report.patients, report.capacity_today, report.remaining_today


def _written_count(text: str, answers: Answers) -> dict[str, object]:
    """What was written where the number stands, as the fields that it fills."""
    count = parse_count("patients", text)
    match count.kind:
        case CountKind.NUMBER:
            return {"patients": count.number}
        case CountKind.OPEN if f"exact:{count.number}" in answers:
            return {"patients": count.number}
        case CountKind.OPEN:
            raise Refused("open_number", "patients", text=text.strip()[:20], least=count.number)
        case CountKind.FULL:
            return {"capacity_today": 0}
        case CountKind.PAUSED:
            return answered_pause("patients", answers)
    return {}


def _written_capacity(field: str, text: str) -> int:
    count = parse_count(field, text)
    if count.kind is CountKind.FULL:
        return 0
    if count.kind is not CountKind.NUMBER:
        raise Refused("not_a_count", field)
    return count.number


def as_answered(report: NewReport, answers: Answers, today: date) -> NewReport:
    """The report that a person means by what was answered: the sum of two numbers, or of the day before."""
    count = report.patients
    if count is None:
        return report
    for answer in answers:
        match = _ADD.fullmatch(answer)
        if match and int(match[2]) == count:
            count = _count("patients", count + int(match[1]))
    report = replace(report, patients=count, confirm=f"confirm:{count}" in answers)
    if f"yesterday:{count}" in answers:
        report = replace(report, service_day=(report.service_day or today) - ONE_DAY)
    return report


_ADD: Final = re.compile(r"add:([0-9]{1,4}):([0-9]{1,4})")


# --- what the site makes of it ------------------------------------------------------------------------------


def accept(  # noqa: PLR0913 - the report, what it is held against, and what names the fact
    fold: BoardFold,
    state: SiteState,
    report: NewReport,
    at: datetime,
    *,
    report_id: str,
    by: str,
    answers: Answers | None = None,
) -> Reported:
    """The fact that the report becomes; `Refused` where it does not fit the site or the day, or is asked.

    Whatever is said of the places that are left becomes the capacity of the day, a total.
    `answers`: a person's; None for a program. `needs_confirmation` comes with `usual` (None where the
    capacity was the measure), `capacity`, `patients` and `day`; `confirm` answers it.
    """
    board = fold.board
    now = day_at(at, board.cut_off, board.report_by, board.zone)
    today = now.day
    day = report.service_day or today
    if day > today:
        raise Refused("future_day", "service_day", today=today)
    if day < today - timedelta(days=BACK_DAYS):
        raise Refused("too_old_day", "service_day", today=today, days=BACK_DAYS)
    report = timed(state, board, report, at)
    if report.expected_reopen and not today < report.expected_reopen <= today + FARTHEST_REOPEN:
        raise Refused("reopen_out_of_range", "expected_reopen", today=today, days=FARTHEST_REOPEN.days)
    if report.patients is not None:
        if answers is not None:
            _ask_lower(state, report.patients, day, answers, now)
            if day == today and just_opened(state.site, board, at, now.start):
                _ask_day(state, report.patients, day, answers)
        if report.patients >= LEAST_ABOVE and not report.confirm:
            _ask_back(state, board, report.patients, day)
    capacity = _capacity(state, report, day, now.day, answers)
    return Reported(
        by=by,
        id=report_id,
        site=state.site.id,
        service_day=day,
        patients=report.patients,
        staff_infected=report.staff_infected,
        paused=report.paused,
        capacity_today=capacity,
        expected_reopen=report.expected_reopen,
        note=report.note,
        phone_busy=report.phone_busy,
        counted_at=report.counted_at,
        cleared=report.cleared,
        confirmed=report.confirm,
    )


def _ask_lower(state: SiteState, patients: int, day: date, answers: Answers, now: Today) -> None:
    """`Refused` with `lower_number` where a running total went down: a correction, or those since then."""
    before = _before(state, day)
    if before is not None and patients < before and f"correct:{patients}" not in answers:
        total = before + patients if day == now.day else None
        raise Refused("lower_number", "patients", patients=patients, before=before, total=total, day=day)


def _ask_day(state: SiteState, patients: int, day: date, answers: Answers) -> None:
    """`Refused` with `which_day` where a site just opened has half its usual day: many count late."""
    usual = usual_volume(state, day)
    if usual is None or 2 * patients <= usual or 2 * (_before(state, day) or 0) > usual:
        return
    if f"today:{patients}" not in answers:
        raise Refused("which_day", "patients", patients=patients)


def _capacity(
    state: SiteState, report: NewReport, day: date, today: date, answers: Answers | None
) -> int | None:
    """The capacity of the day that the report says, if any: those who can be seen in all.

    One below the count is likely to be what is left: `Refused` with `total_or_left`, but for a program, which
    has a field for either.
    """
    capacity, left = report.capacity_today, report.remaining_today
    count = report.patients if report.patients is not None else _before(state, day)
    if left is not None:
        if count is None or day != today:
            raise Refused("left_without_count", "remaining_today")
        return _count("remaining_today", count + left) if left else 0
    if answers is None or not capacity or count is None or capacity >= count or day != today:
        return capacity
    total = count + capacity
    if f"left:{capacity}" in answers:
        return _count("capacity_today", total)
    if f"total:{capacity}" not in answers:
        raise Refused("total_or_left", "capacity_today", capacity=capacity, patients=count, total=total)
    return capacity


def _before(state: SiteState, day: date) -> int | None:
    tally = tally_of(state, day)
    return tally.patients if tally else None


def timed(state: SiteState, board: Board, report: NewReport, at: datetime) -> NewReport:
    """The report with the instant at which its figures were true, if it says one; see `counted_instant`."""
    stated = report.counted_at or report.clock
    if stated is None:
        return report
    counted_at = counted_instant(state, board, stated, report.service_day, at)
    return replace(report, counted_at=counted_at, clock=None)


def after_waiting(report: NewReport, waiting: Waiting, board: Board, now: datetime) -> NewReport:
    """The report with the minute at which it was typed, where it waited on a phone and says no other time.

    One that waited beyond the end of its day corrects that day, and so has none.
    """
    typed_at = waiting.moment(board, now)
    if typed_at is None or all(one is None for one in _figures(report)):
        return report
    today = day_at(now, board.cut_off, board.report_by, board.zone).day
    if typed_at.day != (report.service_day or today):
        return report
    if typed_at.day != today:
        return replace(report, counted_at=None, clock=None)
    return report if report.counted_at or report.clock else replace(report, clock=typed_at.clock)


def _ask_back(state: SiteState, board: Board, patients: int, day: date) -> None:
    """`Refused` with `needs_confirmation` where the number is far above what the site usually has."""
    usual = usual_volume(state, day)
    capacity = capacity_of(state.site, board)
    measure, times = (capacity, CAPACITY_TIMES) if usual is None else (usual, USUAL_TIMES)
    if patients > times * measure and patients >= measure + LEAST_ABOVE:
        raise Refused(
            "needs_confirmation", "patients", patients=patients, usual=usual, capacity=capacity, day=day
        )
