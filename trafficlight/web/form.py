"""The clinic's form as it was typed, and the report that it means.

Nothing here judges a report: that is `domain.report`'s. What is asked of a person once, before that, is here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from trafficlight.domain.day import ONE_DAY
from trafficlight.domain.errors import Refused
from trafficlight.domain.report import MOST_PATIENTS, NewReport, parse_report

FORM_BYTES: Final = 16 * 1024
MOST_FIELDS: Final = 40
LONGEST: Final = 300
"""Characters of one field; longer than anything that is taken."""
PLUS: Final[Mapping[str, int]] = {"plus1": 1, "plus5": 5}
"""So many more than the report that was seen."""
ACTS: Final = ("count", "yesterday", *PLUS, "full", "part", "close", "reopen", "busy", "free")
"""What a button says: the count is today's; it is all of yesterday's; so many more; full; partly staffed;
closed; open again; the phone is busy; it is answered again."""

ASKED: Final = frozenset({"needs_confirmation", "newer_report", "lower_number", "which_day", "stale_form"})
"""Refusals that are questions, told above the form."""

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_UNIT: Final = re.compile(r"[\s人位名个]+$")


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What was in the form, as it was typed."""

    act: str = "count"
    patients: str = ""
    capacity: str = ""
    base: str = ""
    """The day's count that the form knew, which `plus1` and `plus5` are added to."""
    reopen: str = ""
    note: str = ""
    day: str = ""
    seen: str = ""
    key: str = ""
    token: str = ""
    decided: tuple[str, ...] = ()
    """What the person answered when asked: `confirm:400`, `correct:12`, `add:40:12`, `today:40`."""


def parse_form(
    body: bytes, most_fields: int = MOST_FIELDS, longest: int = LONGEST
) -> Mapping[str, Sequence[str]]:
    """The fields of a posted form; `Refused` with `not_form`."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most_fields, errors="strict")
    except ValueError:
        raise Refused("not_form") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value[:longest])
    return fields


def is_key(text: str) -> bool:
    """Whether it may be the key of a form of ours."""
    return _KEY.fullmatch(text) is not None


def typed_of(fields: Mapping[str, Sequence[str]]) -> Typed:
    """The fields as they were typed; `Refused` with `not_form` for what no form of ours sends."""

    def last(name: str) -> str:
        return fields[name][-1] if fields.get(name) else ""

    act, key = last("act") or "count", last("key")
    if act not in ACTS or not is_key(key):
        raise Refused("not_form")
    return Typed(
        act=act,
        patients=last("patients").strip(),
        capacity=last("capacity").strip(),
        base=last("base").strip(),
        reopen=last("reopen"),
        note=last("note"),
        day=last("day"),
        seen=last("seen"),
        key=key,
        token=last("token"),
        decided=tuple(fields.get("decided", ())),
    )


def count_of(field: str, text: str) -> int:
    """The number that a person typed, full-width digits and a trailing 人 included.

    `Refused` with `not_a_count` or `out_of_range`.
    """
    plain = _UNIT.sub("", unicodedata.normalize("NFKC", text).strip())
    if not plain.isascii() or not plain.isdecimal():
        raise Refused("not_a_count", field)
    if len(plain.lstrip("0")) > len(str(MOST_PATIENTS)):
        raise Refused("out_of_range", field, least=0, most=MOST_PATIENTS)
    return int(plain)


def with_sum(typed: Typed) -> Typed:
    """With the sum as the number, where the person asked for the sum of what was told and what was typed."""
    for answer in typed.decided:
        match = re.fullmatch(r"add:(\d{1,4}):(\d{1,4})", answer)
        if match and typed.patients == match[2]:
            total = str(int(match[1]) + int(match[2]))
            return replace(typed, patients=total, decided=(*typed.decided, f"correct:{total}"))
    return typed


def report_of(typed: Typed, today: date) -> NewReport:
    """The report that the form means; `Refused` names the field that is wrong.

    A count is of the day for which the form was opened, which it carries; a closure and its end are of now,
    and so is what is said of the phone.
    """
    if typed.act in {"busy", "free"}:
        return NewReport(phone_busy=typed.act == "busy")
    if typed.act == "yesterday":
        return _of_yesterday(typed, today)
    raw: dict[str, Any] = {}
    if typed.act in PLUS:
        raw["patients"] = (count_of("patients", typed.base) if typed.base else 0) + PLUS[typed.act]
        raw["confirm"] = f"confirm:{raw['patients']}" in typed.decided
    elif typed.patients:
        raw["patients"] = count_of("patients", typed.patients)
        raw["confirm"] = f"confirm:{raw['patients']}" in typed.decided
    raw.update(_MEANT.get(typed.act, _nothing_more)(typed))
    if typed.act not in {"close", "reopen"} and typed.day:
        raw["service_day"] = typed.day
    if typed.note.strip():
        raw["note"] = typed.note
    return parse_report(raw)


def _of_yesterday(typed: Typed, today: date) -> NewReport:
    """The day before the one for which the form was opened, however late it is sent."""
    if not typed.patients:
        raise Refused("nothing_reported", "patients")
    patients = count_of("patients", typed.patients)
    day = parse_report({"patients": patients, "service_day": typed.day or today.isoformat()}).service_day
    assert day is not None  # noqa: S101 - it was given
    return NewReport(
        patients=patients, service_day=day - ONE_DAY, confirm=f"confirm:{patients}" in typed.decided
    )


def _nothing_more(_typed: Typed) -> dict[str, Any]:
    return {}


def _closing(typed: Typed) -> dict[str, Any]:
    reopen = {"expected_reopen": typed.reopen} if typed.reopen else {}
    return {"staff_infected": True, **reopen}


_MEANT: Final[Mapping[str, Callable[[Typed], dict[str, Any]]]] = {
    "full": lambda _: {"capacity_today": 0},
    "part": lambda typed: {"capacity_today": count_of("capacity_today", typed.capacity)},
    "close": _closing,
    "reopen": lambda _: {"staff_infected": False},
}


def check_lower(typed: Typed, report: NewReport, before: int | None) -> None:
    """Ask once where a running total went down: it may be a correction, or only those who came since.

    `Refused` with `lower_number`.
    """
    told = report.patients
    if told is None or before is None or told >= before:
        return
    if f"correct:{told}" not in typed.decided:
        raise Refused("lower_number", "patients", patients=told, before=before, total=before + told)


def check_day(typed: Typed, report: NewReport, before: int | None, usual: float | None) -> None:
    """Ask once which day is meant where a site that has just opened tells more than half its usual day.

    Many count a day up on the next morning. `Refused` with `which_day`.
    """
    told = report.patients
    if typed.act != "count" or told is None or usual is None or 2 * told <= usual:
        return
    if 2 * (before or 0) <= usual and f"today:{told}" not in typed.decided:
        raise Refused("which_day", "patients", patients=told)
