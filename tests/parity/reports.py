"""What is told of a site and its day, and what every way in makes of it; see `test_reports`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from tests.parity.ways import SKIPPED, TAKEN, Entry
from trafficlight.domain.closure import Pause

Facts = Mapping[str, Any]
TODAY: Final = date(2022, 12, 24)
YESTERDAY: Final = date(2022, 12, 23)
"""The clock stands at 8:10 of the 24th, ten minutes after the sites have opened."""
HOURS: Final = "8:00-12:00,14:00-17:00"


class Row(msgspec.Struct, frozen=True):
    """What is told, and what comes of it. `kept`: the fields of the report that do not lie empty."""

    told: Entry
    code: str = TAKEN
    kept: Facts = {}
    api: "Row | None" = None
    """What comes of it where a program tells it."""
    lists: str = ""
    """The code in a list of many sites."""
    before: Sequence[Facts] = ()
    """What was reported of the site."""


def _row(told: Entry, **kept: Any) -> Row:
    return Row(told, kept={"service_day": TODAY, **kept})


def _at(hour: int, minute: int) -> datetime:
    return datetime(2022, 12, 24, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def _typed(row: Row, code: str = "wrong_type") -> Row:
    """A row in which what was written is no value of a program's."""
    return replace(row, api=Row(row.told, code))


def _number(written: str, patients: int) -> Row:
    row = _row(Entry(patients=written), patients=patients)
    return row if written.strip() == written and written.isascii() and written.isdecimal() else _typed(row)


def _refused(written: str, code: str) -> Row:
    return _typed(Row(Entry(patients=written), code))


def _asked(code: str, told: Entry, **more: Any) -> Row:
    return Row(told, code, **more)


def _answered(row: Row, *answers: str, **kept: Any) -> Row:
    """The same, with what is said to the question."""
    told = replace(row.told, answers=answers)
    return replace(row, told=told, code=TAKEN, kept={"service_day": TODAY, **kept})


OPEN: Final = _typed(_asked("open_number", Entry(patients="24+")))
PAUSED: Final = _typed(_asked("pause_reason", Entry(patients="暂停")))
LOWER: Final = _asked(
    "lower_number",
    Entry(patients="12"),
    before=[{"patients": 40}],
    api=_row(Entry(), patients=12),  # a program's total may go down: that is a correction
)
OF_YESTERDAY: Final = replace(
    LOWER,
    told=Entry(patients="12", day="2022-12-23"),
    before=[{"patients": 40, "service_day": YESTERDAY}],
    api=_row(Entry(), patients=12, service_day=YESTERDAY),
)
UNLIKELY: Final = _asked("needs_confirmation", Entry(patients="400"))
EARLY: Final = _asked(
    "which_day",
    Entry(patients="30"),
    before=[{"patients": 40, "service_day": YESTERDAY}],
    api=_row(Entry(), patients=30),  # a program that counts knows of which day
)
BELOW: Final = _asked(
    "total_or_left",
    Entry(patients="30", capacity="20"),
    api=_row(Entry(), patients=30, capacity_today=20),  # a program has a field for either
)
BELOW_BEFORE: Final = replace(
    BELOW,
    told=Entry(capacity="20"),
    before=[{"patients": 30}],
    api=_row(Entry(), capacity_today=20),
)
CLOSED_UNTIL: Final = ({"staff_infected": True, "expected_reopen": date(2022, 12, 28)},)
EMPTY: Final = Row(Entry(patients=""), "nothing_reported", lists=SKIPPED)

TABLE: Final[Mapping[str, Row]] = {
    # What people write where the number stands.
    "12": _number("12", 12),
    "zeros before it": _number("012", 12),
    "0": _number("0", 0),
    "full-width digits": _number("１２", 12),
    "full-width digits and 人": _number("１２人", 12),
    "人": _number("12人", 12),
    "人次": _number("12人次", 12),
    "例, apart": _number("12 例", 12),
    "个": _number("12个", 12),
    "位": _number("12位", 12),
    "名": _number("12名", 12),
    "about": _number("约10", 10),
    "or so": _number("10人左右", 10),
    "Chinese": _number("十二", 12),
    "Chinese with 零": _number("一百零五", 105),
    "Chinese, shortened": _number("一百二", 120),
    "a spreadsheet's number": _number("12.0", 12),
    "spaces around it": _number(" 12 ", 12),
    "a tab before it": _number("\t12", 12),
    "what nobody sees": _number("12\u200b", 12),
    "full": _typed(_row(Entry(patients="已满"), capacity_today=0)),
    "full, and room for five": _typed(Row(Entry(patients="已满", capacity="5"), "not_a_count")),
    "nothing": EMPTY,
    "spaces": replace(EMPTY, told=Entry(patients="  "), api=Row(Entry(), "wrong_type")),
    "-1": _refused("-1", "not_a_count"),
    "a program's -1": Row(Entry(patients="-1", typed=-1), "not_a_count", api=Row(Entry(), "out_of_range")),
    "10000": Row(Entry(patients="10000"), "out_of_range"),
    "1e3": _refused("1e3", "not_a_count"),
    "12.5": _refused("12.5", "not_a_count"),
    "a program's 12.0": Row(
        Entry(patients="12.5", typed=12.0), "not_a_count", api=Row(Entry(), "wrong_type")
    ),
    "true": _refused("true", "not_a_count"),
    "a program's true": Row(
        Entry(patients="true", typed=True), "not_a_count", api=Row(Entry(), "wrong_type")
    ),
    "apart": _refused("1 2", "not_a_count"),
    "three to five": _refused("三五", "not_a_count"),
    "a number in a circle": _refused("①", "not_a_count"),
    "another script's digit": _refused("٣", "not_a_count"),
    "words": _refused("很多", "not_a_count"),
    # What is asked, and what is answered.
    "24+": OPEN,
    "24+: that many": _typed(_answered(OPEN, "exact:24", patients=24)),
    "more than twenty": _typed(_asked("open_number", Entry(patients="二十多人"))),
    "closed": PAUSED,
    "closed: infected": _typed(_answered(PAUSED, "paused:infected", staff_infected=True)),
    "closed: for another reason": _typed(_answered(PAUSED, "paused:closed", paused="other")),
    "closed: only for today": _typed(_answered(PAUSED, "paused:other", capacity_today=0)),
    "lower": LOWER,
    "lower: right": _answered(LOWER, "correct:12", patients=12),
    "lower: those since then": replace(
        _answered(LOWER, "add:40:12", patients=52), api=_row(Entry(), patients=12)
    ),
    "lower: of another number": replace(LOWER, told=Entry(patients="12", answers=("correct:13",))),
    "lower, of yesterday": OF_YESTERDAY,
    "lower, of yesterday: right": _answered(OF_YESTERDAY, "correct:12", patients=12, service_day=YESTERDAY),
    "unlikely": UNLIKELY,
    "unlikely: right": _answered(UNLIKELY, "confirm:400", patients=400, confirmed=True),
    "unlikely: of another number": replace(
        UNLIKELY,
        told=Entry(patients="400", answers=("confirm:500",)),
        api=_row(Entry(), patients=400, confirmed=True),
    ),
    "much, just after opening": EARLY,
    "much, just after opening: today's": _answered(EARLY, "today:30", patients=30),
    "much, just after opening: yesterday's": _answered(
        EARLY, "yesterday:30", "correct:30", patients=30, service_day=YESTERDAY
    ),
    # Notes, closures, capacities, phones, days.
    "a note": _row(Entry(patients="5", note=" 请走　东门 "), patients=5, note="请走 东门"),
    "no note any more": replace(
        _row(Entry(patients="5", no_note=True), patients=5, cleared=("note",)),
        before=[{"patients": 4, "note": "请走东门"}],
    ),
    # When the number was true.
    "five minutes ago": _row(Entry(patients="5", clock="08:05"), patients=5, counted_at=_at(8, 5)),
    "before it opened": _row(Entry(patients="5", clock="00:00"), patients=5, counted_at=_at(0, 0)),
    "as people write a time": replace(
        _row(Entry(patients="5", clock="上午8点05分"), patients=5, counted_at=_at(8, 5)),
        api=Row(Entry(), "bad_instant"),
    ),
    "a time to come": Row(Entry(patients="5", clock="08:11"), "counted_in_future"),
    "a time that is none": replace(
        Row(Entry(patients="5", clock="25:00"), "bad_time"), api=Row(Entry(), "bad_instant")
    ),
    "a time before the last": Row(
        Entry(patients="5", clock="08:05"), "counted_before_last", before=[{"patients": 4}]
    ),
    "the last's own minute": replace(
        _row(Entry(patients="5", clock="08:10"), patients=5, counted_at=_at(8, 10)),
        before=[{"patients": 4}],
    ),
    "a time of yesterday": Row(Entry(patients="5", clock="08:05", day="2022-12-23"), "counted_at_past_day"),
    "a time of no number": Row(Entry(closure="infected", clock="08:05"), "counted_at_alone"),
    "a phone in a note": Row(Entry(patients="5", note="张三 13812345678"), "personal_data"),
    "a long note": Row(Entry(patients="5", note="长" * 61), "too_long"),
    "closed for infection": _row(Entry(closure="infected"), staff_infected=True),
    "closed until": _row(
        Entry(closure="infected", reopen="2022-12-28"),
        staff_infected=True,
        expected_reopen=date(2022, 12, 28),
    ),
    **{f"closed for {why}": _row(Entry(closure=why), paused=why) for why in Pause},
    "closed for what is no reason": Row(Entry(closure="rain"), "not_listed"),
    "closed for no power, until a day": _row(
        Entry(closure="power", reopen="2022-12-28"), paused="power", expected_reopen=date(2022, 12, 28)
    ),
    "open again, when there was no power": replace(
        _row(Entry(closure="open"), staff_infected=False, paused=""), before=[{"paused": "power"}]
    ),
    "closed until a day gone by": Row(Entry(closure="infected", reopen="2022-12-20"), "reopen_out_of_range"),
    "closed until no day": Row(Entry(closure="infected", reopen="soon"), "bad_date"),
    "open again": replace(
        _row(Entry(closure="open"), staff_infected=False, paused=""), before=[{"staff_infected": True}]
    ),
    "still closed, until nobody knows when": replace(
        _row(Entry(closure="infected", no_reopen=True), staff_infected=True, cleared=("expected_reopen",)),
        before=CLOSED_UNTIL,
    ),
    "can see fewer than came": BELOW,
    "can see fewer than came: in total": _answered(BELOW, "total:20", patients=30, capacity_today=20),
    "can see fewer than came: from now on": replace(
        _answered(BELOW, "left:20", patients=30, capacity_today=50),
        api=_row(Entry(), patients=30, capacity_today=20),
    ),
    "can see fewer than came: of another number": replace(
        BELOW, told=Entry(patients="30", capacity="20", answers=("total:25",))
    ),
    "can see fewer than had come": BELOW_BEFORE,
    "can see fewer than had come: from now on": replace(
        _answered(BELOW_BEFORE, "left:20", capacity_today=50), api=_row(Entry(), capacity_today=20)
    ),
    "can see as many as came": _row(Entry(patients="30", capacity="30"), patients=30, capacity_today=30),
    "can see five more": _row(Entry(patients="30", left="5"), patients=30, capacity_today=35),
    "can see five more than had come": replace(
        _row(Entry(left="5"), capacity_today=35), before=[{"patients": 30}]
    ),
    "can see five more than nobody knows": Row(Entry(left="5"), "left_without_count"),
    "can see five more than yesterday": Row(
        Entry(patients="30", left="5", day="2022-12-23"), "left_without_count"
    ),
    "can see five more, and fifty": Row(Entry(patients="30", capacity="50", left="5"), "capacity_twice"),
    "can see no more": _row(Entry(patients="30", left="0"), patients=30, capacity_today=0),
    "can see some more": _typed(Row(Entry(patients="30", left="some"), "not_a_count")),
    "can see as many as ever": replace(
        _row(Entry(no_capacity=True), cleared=("capacity_today",)), before=[{"capacity_today": 0}]
    ),
    "can see, as people write": _typed(_row(Entry(capacity="２０人"), capacity_today=20)),
    "can see none": _row(Entry(capacity="0"), capacity_today=0),
    "can see at least": _typed(Row(Entry(capacity="20+"), "not_a_count")),
    "a busy phone": replace(_row(Entry(busy=True), phone_busy=True), api=Row(Entry(), "nothing_reported")),
    "a phone that is answered": replace(
        _row(Entry(busy=False), phone_busy=False), api=Row(Entry(), "nothing_reported")
    ),
    "seven days back": _row(
        Entry(patients="5", day="2022-12-17"), patients=5, service_day=date(2022, 12, 17)
    ),
    "eight days back": Row(Entry(patients="5", day="2022-12-16"), "too_old_day"),
    "tomorrow": Row(Entry(patients="5", day="2022-12-25"), "future_day"),
    "no day": Row(Entry(patients="5", day="someday"), "bad_date"),
    "a newer report": Row(Entry(patients="5", seen=""), "newer_report", before=[{"patients": 4}]),
}
