"""The clinic's form: what was typed, what is asked, and the report that comes of it.

Nothing here judges a report or asks about it: that is the action's.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from trafficlight.actions.reporting import Submission
from trafficlight.domain.board import Board
from trafficlight.domain.clock import Waiting
from trafficlight.domain.closure import INFECTED
from trafficlight.domain.count import CountKind, parse_count
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.domain.report import QUESTIONS, NewReport, after_waiting
from trafficlight.domain.state import Report
from trafficlight.text.languages import N_
from trafficlight.text.rendering import explain, render
from trafficlight.web.link_auth import LinkParts, Where

FORM_BYTES: Final = 16 * 1024
MOST_FIELDS: Final = 40
LONGEST: Final = 300
"""Characters of one field; longer than anything that is taken."""
PLUS: Final[Mapping[str, int]] = {"plus1": 1, "plus5": 5}
"""So many more than the report that was seen."""
ACTS: Final = ("count", "yesterday", *PLUS, "full", "part", "room", "close", "reopen", "busy", "free")
"""What a button says: the count is today's; it is all of yesterday's; so many more; full; partly staffed; as
many as ever again; closed; open again; the phone is busy; it is answered again."""
LONGEST_MOMENT: Final = 13
"""Digits of milliseconds since 1970, for the next two centuries."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")

# --- what was typed -----------------------------------------------------------------------------------------


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """What was in the form, as it was typed."""

    act: str = "count"
    patients: str = ""
    clock: str = ""
    """At which time of the day that was so."""
    capacity: str = ""
    left: str = ""
    """How many more can be seen."""
    base: str = ""
    """The day's count that the form knew, which `plus1` and `plus5` are added to."""
    why: str | None = None
    """What it is closed for, as it was chosen; None in a form of when all closures were for infection."""
    reopen: str = ""
    until: str = ""
    """The day of reopening that the form knew."""
    note: str = ""
    clear: tuple[str, ...] = ()
    """What is to hold no longer."""
    day: str = ""
    seen: str = ""
    key: str = ""
    token: str = ""
    decided: tuple[str, ...] = ()
    """What the person answered when asked."""
    waiting: Waiting | None = None
    """What the phone says of when it was typed and sent."""


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
        patients=last("patients"),
        clock=last("clock"),
        capacity=last("capacity"),
        left=last("left"),
        base=last("base"),
        why=last("why") if "why" in fields else None,
        reopen=last("reopen"),
        until=last("until"),
        note=last("note"),
        clear=tuple(fields.get("clear", ())),
        day=last("day"),
        seen=last("seen"),
        key=key,
        token=last("token"),
        decided=tuple(fields.get("decided", ())),
        waiting=waiting_of(last("typed_at"), last("sent_at")),
    )


def waiting_of(typed_at: str, sent_at: str) -> Waiting | None:
    """What the phone says in milliseconds; None where it says nothing that can be."""
    typed, sent = _moment(typed_at), _moment(sent_at)
    return Waiting(typed, sent) if typed and sent else None


def _moment(text: str) -> datetime | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_MOMENT):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def raw_of(typed: Typed, today: date) -> dict[str, object]:
    """The fields of a report as the form has them: numbers and days as they were written, None for no longer.

    A count is of the day for which the form was opened, which it carries; a closure and its end are of now,
    and so is what is said of the phone.
    """
    act = typed.act
    if act in {"busy", "free"}:
        return {"phone_busy": act == "busy"}
    raw: dict[str, object] = {
        "patients": typed.patients,
        "counted_at": typed.clock,
        "note": typed.note,
        "service_day": typed.day,
    }
    if "note" in typed.clear:
        if typed.note.strip():
            raise Refused("given_and_cleared", "note")
        raw["note"] = None
    if act == "yesterday":
        raw["service_day"] = _day_before(typed.day or today.isoformat())
    elif act in PLUS:
        raw["patients"] = str(_one_more(typed))
    elif act in {"full", "part", "room"}:
        raw |= _places(typed)
    elif act in {"close", "reopen"}:
        del raw["service_day"]
        raw["closure"] = closure_of(typed) if act == "close" else "open"
        # Nothing where a day stood: nobody knows any more.
        raw["expected_reopen"] = (typed.reopen or (None if typed.until else "")) if act == "close" else ""
    return raw


def closure_of(typed: Typed) -> str:
    """What it is closed for, as `written_closure` reads it."""
    return INFECTED if typed.why is None else typed.why or "closed"


async def post(parts: LinkParts, where: Where, typed: Typed, *, by: str, key: str) -> Report:
    """Report what was typed, once under the key; see `Reporting.post_report`."""
    now, site = parts.clock(), where.state.site.id
    answers = typed.decided
    if typed.act in PLUS:  # who counts patients as they come need not be asked of which day they are
        answers += (f"today:{_one_more(typed)}",)
    sent = Submission(by=by, now=now, key=key, seen=typed.seen, answers=answers, waiting=typed.waiting)
    raw = raw_of(typed, today_at(where.board, now).day)
    return (await parts.reporting.post_report(site, raw, sent)).report


def _places(typed: Typed) -> dict[str, object]:
    """What is said of the places of the day."""
    if typed.act != "part":
        return {"capacity_today": 0 if typed.act == "full" else None}
    if not (typed.capacity + typed.left).strip():
        raise Refused("not_a_count", "capacity_today")
    return {"capacity_today": typed.capacity, "remaining_today": typed.left}


def clock_of(typed: Typed, board: Board, now: datetime) -> str:
    """At which time of the day the number was true, as it was typed, or as the phone that kept it says."""
    if typed.clock or typed.waiting is None:
        return typed.clock
    report = after_waiting(NewReport(patients=0), typed.waiting, board, now)
    return f"{report.clock:%H:%M}" if report.clock else ""


def _one_more(typed: Typed) -> int:
    base = parse_count("patients", typed.base)
    if base.kind not in {CountKind.NUMBER, CountKind.EMPTY}:
        raise Refused("not_a_count", "patients")
    return base.number + PLUS[typed.act]


def _day_before(text: str) -> str:
    """The day before a day; what is none stays, to be refused."""
    try:
        return (date.fromisoformat(text) - ONE_DAY).isoformat()
    except (ValueError, OverflowError):
        return text


# --- what is asked ------------------------------------------------------------------------------------------


class Choice(msgspec.Struct, frozen=True):
    """One answer: its value as `Answers` has it, and what stands on the button or beside the box."""

    value: str
    label: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked before a report is taken, in the words of wherever somebody writes it."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    newer: Report | None = None
    """Of `newer_report`: what has come since, and when; and what was sent."""
    newer_at: datetime | None = None
    sent: NewReport | None = None


_LABELS: Final[Mapping[str, str]] = {
    "confirm": N_("是的，{n} 人"),
    "correct": N_("更正为 {n}"),
    "add": N_("加上，共 {total}"),
    "today": N_("今天到现在的"),
    "yesterday": N_("昨天全天的"),
    "exact": N_("就报 {n} 人"),
    "paused:infected": N_("医务人员感染，暂停接诊"),
    "paused:closed": N_("别的原因（停电、设备故障、搬迁、装修等），暂停接诊"),
    "paused:other": N_("不是暂停接诊，只是今天不再看了"),
    "left": N_("还能再看 {n} 人，共 {total} 人"),
    "total": N_("今天总共能看 {n} 人"),
}


def question_of(refused: Refused | None, zone: str, lang: str) -> Question | None:
    """The question that a refusal is; None for one that is none."""
    if refused is None or refused.code not in {*QUESTIONS, "newer_report"}:
        return None
    newer = refused.params.get("newer")
    values = QUESTIONS[refused.code](refused.params) if refused.code in QUESTIONS else ()
    return Question(
        code=refused.code,
        text=explain(refused, lang),
        choices=tuple(Choice(value, _label(value, refused, lang)) for value in values),
        newer=newer,
        newer_at=local(newer.at, zone) if newer else None,
        sent=refused.params.get("sent"),
    )


def _label(value: str, refused: Refused, lang: str) -> str:
    what, _, number = value.partition(":")
    text = _LABELS.get(what) or _LABELS[value]
    return render(text, {"n": number, "total": refused.params.get("total")}, lang)
