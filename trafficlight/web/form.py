"""The clinic's form: what it shows, decided before a template sees it, and what was typed.

Nothing here judges a report or asks about it: that is the action's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from trafficlight.actions.reporting import Submission
from trafficlight.domain.count import CountKind, parse_count
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.kind import counted
from trafficlight.domain.light import BY_ROTA, CLOSED, Light, Reason
from trafficlight.domain.report import QUESTIONS, NewReport
from trafficlight.domain.state import BoardFold, Judged, Report, SiteState, rule_in_force, tally_of
from trafficlight.domain.tally import load_of
from trafficlight.publish import presenter, words
from trafficlight.publish.view import SiteView, TreeLocation
from trafficlight.text.languages import N_, translate
from trafficlight.text.rendering import explain, phrase, render
from trafficlight.web.link_auth import LinkParts, Where

FORM_BYTES: Final = 16 * 1024
MOST_FIELDS: Final = 40
LONGEST: Final = 300
"""Characters of one field; longer than anything that is taken."""
PLUS: Final[Mapping[str, int]] = {"plus1": 1, "plus5": 5}
"""So many more than the report that was seen."""
ACTS: Final = ("count", "yesterday", *PLUS, "full", "part", "close", "reopen", "busy", "free")
"""What a button says: the count is today's; it is all of yesterday's; so many more; full; partly staffed;
closed; open again; the phone is busy; it is answered again."""
REOPEN_DAYS: Final = 21
"""Days ahead that are offered for reopening: three times what an infection keeps somebody away."""
SOON: Final = timedelta(hours=2)
"""A report so shortly before a reporting time is the one that was asked for."""
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NOWHERE: Final = TreeLocation()

# --- what was typed -----------------------------------------------------------------------------------------


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
    """What the person answered when asked."""


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
        capacity=last("capacity"),
        base=last("base"),
        reopen=last("reopen"),
        note=last("note"),
        day=last("day"),
        seen=last("seen"),
        key=key,
        token=last("token"),
        decided=tuple(fields.get("decided", ())),
    )


def raw_of(typed: Typed, today: date) -> dict[str, object]:
    """The fields of a report as the form has them: numbers and days as they were written.

    A count is of the day for which the form was opened, which it carries; a closure and its end are of now,
    and so is what is said of the phone.
    """
    act = typed.act
    if act in {"busy", "free"}:
        return {"phone_busy": act == "busy"}
    raw: dict[str, object] = {"patients": typed.patients, "note": typed.note, "service_day": typed.day}
    if act == "yesterday":
        raw["service_day"] = _day_before(typed.day or today.isoformat())
    elif act in PLUS:
        raw["patients"] = str(_one_more(typed))
    elif act == "full":
        raw["capacity_today"] = 0
    elif act == "part":
        raw["capacity_today"] = typed.capacity
        if not typed.capacity.strip():
            raise Refused("not_a_count", "capacity_today")
    elif act in {"close", "reopen"}:
        del raw["service_day"]
        raw["staff_infected"] = act == "close"
        raw["expected_reopen"] = typed.reopen if act == "close" else ""
    return raw


async def post(parts: LinkParts, where: Where, typed: Typed, *, by: str, key: str) -> Report:
    """Report what was typed, once under the key; see `Reporting.post_report`."""
    now, site = parts.clock(), where.state.site.id
    answers = typed.decided
    if typed.act in PLUS:  # who counts patients as they come need not be asked of which day they are
        answers += (f"today:{_one_more(typed)}",)
    sent = Submission(by=by, now=now, key=key, seen=typed.seen, answers=answers)
    raw = raw_of(typed, today_at(where.board, now).day)
    return (await parts.reporting.post_report(site, raw, sent)).report


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


# --- what is shown ------------------------------------------------------------------------------------------


class Say(msgspec.Struct, frozen=True):
    """What the public would read."""

    light: str
    mark: str
    pill: str
    action: str


class Band(msgspec.Struct, frozen=True):
    """Counts that give one light, both ends included; the last has no upper end."""

    least: int
    most: int | None
    say: Say


class FormView(msgspec.Struct, frozen=True, kw_only=True):
    """The form of one site at an instant."""

    site: str
    name: str
    board: str
    board_name: str
    hotline: str
    hotline_tel: str
    today: date
    yesterday: date
    patients: int | None
    """Of today, so far."""
    patients_yesterday: int | None
    capacity_today: int | None
    capacity: int
    counted: str
    """What the number is: those registered so far, fever patients alone or all."""
    public: SiteView
    """As the public sees the site now."""
    closed: bool
    busy: bool
    bands: tuple[Band, ...]
    showing: str
    """When the public would read what the form announces."""
    full: Say
    part: Say
    close: Say
    reopen_days: tuple[tuple[date, Say], ...]
    """The days that are offered for reopening, and what the public would read with each."""
    seen: str
    last: Report | None
    last_at: datetime | None


def screen_of(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> FormView:
    """The form as it is to be filled in now."""
    board = fold.board
    judged = judge(fold, state, at)
    public = public_view(fold, state, at, lang)
    now = today_at(board, at)
    day = now.day
    tally, before = tally_of(state, day), tally_of(state, day - timedelta(days=1))
    declared = tally.capacity_today if tally else None
    load = load_of(state.site, board, now, at, capacity=declared)
    header = presenter.header(fold, _NOWHERE, lang, at)
    last = state.reports[-1] if state.reports else None

    def say(light: Light, reason: Reason = Reason.RULE, reopen: date | None = None) -> Say:
        announced = replace(judged, light=light, reason=reason, last=None, expected_reopen=reopen)
        public = presenter.site(fold, state, announced, at, lang=lang, announced=True)
        return Say(light=light, mark=public.mark, pill=public.pill, action=public.action)

    return FormView(
        site=state.site.id,
        name=state.site.name,
        board=fold.slug,
        board_name=board.name,
        hotline=board.hotline,
        hotline_tel=header.hotline_tel,
        today=day,
        yesterday=day - timedelta(days=1),
        patients=tally.patients if tally else None,
        patients_yesterday=before.patients if before else None,
        capacity_today=declared,
        capacity=load.capacity,
        counted=phrase(counted(state.site.kind), lang),
        public=public,
        closed=judged.light is Light.CROSS and judged.reason in CLOSED,
        busy=public.phone_busy,
        bands=_bands(rule.steps(load, at), say) if (rule := rule_in_force(fold, state, at).rule()) else (),
        showing=translate(_showing(judged), lang),
        full=say(Light.RED, Reason.FULL),
        part=say(Light.YELLOW),
        close=say(Light.CROSS, Reason.STAFF_INFECTED),
        reopen_days=tuple(
            (on, say(Light.CROSS, Reason.STAFF_INFECTED, on))
            for on in (day + ahead * ONE_DAY for ahead in range(1, REOPEN_DAYS + 1))
        ),
        seen=last.id if last else "",
        last=last,
        last_at=local(last.at, board.zone) if last else None,
    )


def public_view(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> SiteView:
    """The site as the public sees it at the instant."""
    return presenter.site(fold, state, judge(fold, state, at), at, lang=lang)


def next_due(fold: BoardFold, at: datetime) -> datetime:
    """When a site that has just reported is to report next, on the board's clock."""
    now = today_at(fold.board, at)
    later = [due for due in now.due if due > at + SOON]
    return local(later[0] if later else today_at(fold.board, now.end).due[0], fold.board.zone)


def _bands(steps: tuple[int, int], say: Callable[[Light], Say]) -> tuple[Band, ...]:
    yellow, red = steps
    bands = [
        Band(0, yellow - 1, say(Light.BLUE)),
        Band(yellow, red - 1, say(Light.YELLOW)),
        Band(red, None, say(Light.RED)),
    ]
    return tuple(band for band in bands if band.most is None or band.most >= band.least)


def _showing(judged: Judged) -> str:
    """A count does not show at once where something else decides."""
    if judged.reason is Reason.CLOSED_NOW:
        return N_("现在不是开诊时间，开诊后居民会看到")
    if judged.reason in BY_ROTA:
        return N_("这里定期巡诊，居民看到的是巡诊日期")
    if judged.reason is Reason.OVERRIDE:
        return N_("现由主管部门设定颜色，到期后居民会看到")
    return N_("居民会看到")
