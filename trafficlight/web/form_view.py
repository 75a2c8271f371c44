"""What the clinic's pages show, decided before a template sees it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board import Board, BoardState, Site
from trafficlight.domain.day import ONE_DAY, local
from trafficlight.domain.hours import opening_at
from trafficlight.domain.judge import judge, today_at
from trafficlight.domain.light import BY_ROTA, Light, Reason
from trafficlight.domain.state import BoardFold, Judged, Report, SiteState, rule_in_force, tally_of
from trafficlight.domain.tally import load_of
from trafficlight.publish import presenter, words
from trafficlight.publish.view import SiteView, TreeLocation
from trafficlight.text.languages import N_, translate

REOPEN_DAYS: Final = 21
"""Days ahead that are offered for reopening: three times what an infection keeps somebody away."""
JUST_OPENED: Final = timedelta(hours=1)
"""So long after opening, a large number is likely to be yesterday's."""
SOON: Final = timedelta(hours=2)
"""A report so shortly before a reporting time is the one that was asked for."""
_FEVER: Final = frozenset({"fever_clinic", "sentinel_room", "hospital"})
"""Kinds that count their fever patients alone."""
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
    shown: SiteView
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
    shown = shown_of(fold, state, at, lang)
    now = today_at(board, at)
    day = now.day
    tally, before = tally_of(state, day), tally_of(state, day - timedelta(days=1))
    declared = tally.capacity_today if tally else None
    load = load_of(state.site, board, now, at, capacity=declared)
    header = presenter.header(fold, _NOWHERE, lang, at)
    last = state.reports[-1] if state.reports else None

    def say(light: Light, reason: Reason = Reason.RULE, reopen: date | None = None) -> Say:
        told = replace(judged, light=light, reason=reason, last=None, expected_reopen=reopen)
        public = presenter.site(fold, state, told, at, lit=True, lang=lang)
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
        counted=translate(_counted(state.site.kind), lang),
        shown=shown,
        closed=judged.light is Light.CROSS and judged.reason is Reason.STAFF_INFECTED,
        busy=shown.phone_busy,
        bands=_bands(rule_in_force(fold, state, at).rule().steps(load, at), say),
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


def shown_of(fold: BoardFold, state: SiteState, at: datetime, lang: str = words.ZH) -> SiteView:
    """The site as the public sees it at the instant."""
    lit = fold.board.state not in {BoardState.PAUSED, BoardState.ENDED}
    return presenter.site(fold, state, judge(fold, state, at), at, lit=lit, lang=lang)


def next_due(fold: BoardFold, at: datetime) -> datetime:
    """When a site that has just reported is to report next, on the board's clock."""
    now = today_at(fold.board, at)
    later = [due for due in now.due if due > at + SOON]
    return local(later[0] if later else today_at(fold.board, now.end).due[0], fold.board.zone)


def just_opened(site: Site, board: Board, at: datetime) -> bool:
    """Whether the day's first opening was within the last hour, by hours that are surely known.

    Of a site that never shuts, the day itself begins.
    """
    opening = opening_at(site, board, at)
    if opening is None or not opening.is_open:
        return False
    begun = today_at(board, at).start
    since = opening.since
    if since is not None and since > begun:
        shut = opening_at(site, board, since - _MOMENT)
        if shut is not None and shut.since is not None and shut.since > begun:
            return False  # back from the midday break
        begun = since
    return at - begun < JUST_OPENED


_MOMENT: Final = timedelta(microseconds=1)


def _bands(steps: tuple[int, int], say: Callable[[Light], Say]) -> tuple[Band, ...]:
    yellow, red = steps
    bands = [
        Band(0, yellow - 1, say(Light.BLUE)),
        Band(yellow, red - 1, say(Light.YELLOW)),
        Band(red, None, say(Light.RED)),
    ]
    return tuple(band for band in bands if band.most is None or band.most >= band.least)


def _counted(kind: str) -> str:
    return (
        N_("今天到现在登记的发热病人，含候诊的") if kind in _FEVER else N_("今天到现在登记的病人，含候诊的")
    )


def _showing(judged: Judged) -> str:
    """A count does not show at once where something else decides."""
    if judged.reason is Reason.CLOSED_NOW:
        return N_("现在不是开诊时间，开诊后居民会看到")
    if judged.reason in BY_ROTA:
        return N_("这里定期巡诊，居民看到的是巡诊日期")
    if judged.reason is Reason.OVERRIDE:
        return N_("现由主管部门设定颜色，到期后居民会看到")
    return N_("居民会看到")
