"""The clinic's form: what it shows, decided before a template sees it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board_lights import shows_lights
from trafficlight.domain.closure import INFECTED
from trafficlight.domain.count import MOST_PATIENTS
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.foresight import Foreseen, first_change, light_change, news_until
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.kind import counted
from trafficlight.domain.light import BY_ROTA, CLOSED, Light, Reason
from trafficlight.domain.rules import Load
from trafficlight.domain.state import BoardFold, Judged, SiteState, rule_in_force, tally_of
from trafficlight.domain.tally import load_of, rhythm_on
from trafficlight.publish import presenter, words
from trafficlight.publish.view import SiteView, TreeLocation
from trafficlight.text.languages import N_, translate
from trafficlight.text.rendering import clock, phrase, render

REOPEN_DAYS: Final = 21
"""Days ahead that are offered for reopening: three times what an infection keeps somebody away."""
SOON: Final = timedelta(hours=2)
"""A report so shortly before a reporting time is the one that was asked for."""
_NOWHERE: Final = TreeLocation()


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


class ClosureChoice(msgspec.Struct, frozen=True):
    """One thing that a site may be closed for."""

    value: str
    label: str
    action: str
    """What the public would read; `#` is where the day of reopening comes."""


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
    counted_at: datetime | None
    """When that, or that it is full, was true."""
    has_reported: bool
    """Whether it has spoken today of anything but its phone."""
    patients_yesterday: int | None
    capacity_today: int | None
    capacity: int
    counted: str
    """What the number is: those registered so far, fever patients alone or all."""
    public: SiteView
    """As the public sees the site now."""
    closed: bool
    reopen: date | None
    """The day of reopening that was announced."""
    note: str
    """What it last said to the public today."""
    busy: bool
    bands: tuple[Band, ...]
    showing: str
    """When the public would read what the form announces."""
    full: Say
    part: Say
    closures: tuple[ClosureChoice, ...]
    """What it may be closed for."""
    closed_for: str
    """Which of them it is; empty while it is open."""
    unnamed: bool
    """Whether the public reads no reason of it, whichever is chosen."""
    close: Say
    """What the public reads of a closure, as long as no reason is chosen; of one that stands, of it."""
    reopen_days: tuple[tuple[date, str], ...]
    """The days that are offered for reopening, and what the public would read of each."""
    seen: str


def screen_of(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> FormView:
    """The form as it is to be filled in now."""
    board = fold.board
    judged = judge(fold, state, at)
    public = public_view(fold, state, at, lang)
    now = today_at(board, at)
    day = now.day
    tally, before = tally_of(state, day), tally_of(state, day - timedelta(days=1))
    declared = tally.capacity_today if tally else None
    load = _load(fold, state, at)
    figure_at = None
    if tally:
        figure_at = tally.counted_at if tally.patients is not None else tally.at if declared == 0 else None
    reopen = state.cross.reopen if state.cross else None
    closed = judged.light is Light.CROSS and judged.reason in CLOSED
    standing = (judged.reason, judged.paused, reopen) if closed else (Reason.PAUSED,)
    header = presenter.header(fold, _NOWHERE, lang, at)
    last = state.reports[-1] if state.reports else None

    def say(light: Light, reason: Reason = Reason.RULE, paused: str = "", reopen: date | None = None) -> Say:
        announced = replace(
            judged, light=light, reason=reason, last=None, paused=paused, expected_reopen=reopen
        )
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
        counted_at=local(figure_at, board.zone) if figure_at else None,
        has_reported=tally is not None,
        patients_yesterday=before.patients if before else None,
        capacity_today=declared,
        capacity=load.capacity,
        counted=phrase(counted(state.site.kind), lang),
        public=public,
        closed=closed,
        reopen=reopen if closed else None,
        note=_note(state, day),
        busy=public.phone_busy,
        bands=_bands(fold, state, at, say),
        showing=translate(_showing(judged), lang),
        full=say(Light.RED, Reason.FULL),
        part=say(Light.YELLOW),
        closures=_closures(say, day, lang),
        closed_for=(judged.paused or INFECTED) if closed else "",
        unnamed=not presenter.reason_is_public(Light.CROSS, state.site.kind),
        close=say(Light.CROSS, *standing),
        reopen_days=tuple(
            (on, presenter.reopening(on, lang)) for on in _reopen_days(day, reopen if closed else None)
        ),
        seen=last.id if last else "",
    )


def _load(fold: BoardFold, state: SiteState, at: datetime, patients: int = 0) -> Load:
    """What the rule will know of the site when it tells so many patients now."""
    now = today_at(fold.board, at)
    tally = tally_of(state, now.day)
    return load_of(
        state.site,
        fold.board,
        now,
        at,
        patients=patients,
        capacity=tally.capacity_today if tally else None,
        rhythm=rhythm_on(fold, state, now.day),
    )


def _closures(say: Callable[..., Say], today: date, lang: str) -> tuple[ClosureChoice, ...]:
    day = presenter.reopening(today, lang)
    return tuple(
        ClosureChoice(
            value=value,
            label=translate(label, lang),
            action=say(
                Light.CROSS,
                Reason.STAFF_INFECTED if value == INFECTED else Reason.PAUSED,
                "" if value == INFECTED else value,
                today,
            ).action.replace(day, "#"),
        )
        for value, label in words.CLOSED_FOR.items()
    )


def _reopen_days(today: date, announced: date | None) -> list[date]:
    days = {today + ahead * ONE_DAY for ahead in range(1, REOPEN_DAYS + 1)}
    return sorted(days | {announced} if announced else days)


def _note(state: SiteState, day: date) -> str:
    """The last note of the day; empty where it holds no longer."""
    for report in reversed(state.reports):
        if report.current and report.day == day and (report.note or "note" in report.cleared):
            return report.note
    return ""


# --- when the light will turn -------------------------------------------------------------------------------

_ROUNDED: Final = timedelta(minutes=15)


def change_text(change: Foreseen | None, at: datetime, zone: str, lang: str = words.ZH) -> str:
    """About when the light will be another by itself, and which; empty where nobody foresees one."""
    if change is None:
        return ""
    quarter = (local(change.at, zone) + _ROUNDED / 2).replace(second=0, microsecond=0)
    quarter -= timedelta(minutes=quarter.minute % 15)
    # Mark and word stay on one line.
    pill = f"{words.MARKS[change.light]}\N{NO-BREAK SPACE}{translate(words.PILLS[change.light], lang)}"
    if quarter <= local(at, zone):
        return render(N_("按现在的进度，很快会变成{pill}。"), {"pill": pill}, lang)
    return render(
        N_("按现在的进度，约{about}前后会变成{pill}。"), {"about": clock(quarter), "pill": pill}, lang
    )


def change_texts(
    fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH
) -> tuple[tuple[int, str], ...]:
    """From which counts on, told now, what is said of when the light will change; none where it never does.

    Within the counts of one light it is the sooner, the more they are: so only where the words change has to
    be looked for.
    """
    rule, until, load = (
        rule_in_force(fold, state, at).rule(),
        news_until(fold, state, at),
        _load(fold, state, at),
    )
    if until is None or rule is None:
        return ()

    def foretold(patients: int) -> str:
        change = first_change(rule, replace(load, patients=patients), at, until)
        return change_text(change, at, fold.board.zone, lang)

    found: list[tuple[int, str]] = []
    edges = sorted({0, *(min(step, MOST_PATIENTS) for step in rule.steps(load, at))})
    for least, end in zip(edges, [*edges[1:], MOST_PATIENTS + 1], strict=True):
        found.append((least, foretold(least)))
        while foretold(end - 1) != found[-1][1]:
            low, high = found[-1][0], end - 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if foretold(middle) == found[-1][1] else (low, middle)
            found.append((high, foretold(high)))
    return tuple(found) if any(text for _, text in found) else ()


def public_view(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> SiteView:
    """The site as the public sees it at the instant."""
    return presenter.site(fold, state, judge(fold, state, at), at, lang=lang)


def public_change(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> str:
    """About when the light that the public sees will be another, and which; empty where none is foreseen."""
    if not shows_lights(fold.board):
        return ""
    return change_text(light_change(fold, state, at), at, fold.board.zone, lang)


def next_due(fold: BoardFold, at: datetime) -> datetime:
    """When a site that has just reported is to report next, on the board's clock."""
    now = today_at(fold.board, at)
    later = [due for due in now.due if due > at + SOON]
    return local(later[0] if later else today_at(fold.board, now.end).due[0], fold.board.zone)


def _bands(fold: BoardFold, state: SiteState, at: datetime, say: Callable[..., Say]) -> tuple[Band, ...]:
    """What each count would show; nothing where no rule can be read."""
    load, rule = _load(fold, state, at), rule_in_force(fold, state, at).rule()
    tally = tally_of(state, today_at(fold.board, at).day)
    if tally is not None and tally.capacity_today == 0:
        return (Band(0, None, say(Light.RED, Reason.FULL)),)
    if rule is None:
        return ()
    yellow, red = rule.steps(load, at)
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
    return N_("作为今天的人数，居民会看到")
