"""Sites, lights, senders and events in the words of the desk, and the texts that ask sites for numbers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

import msgspec

from trafficlight.actions.fields import SETTINGS_OF_SITE
from trafficlight.domain import event as e
from trafficlight.domain.board import Site
from trafficlight.domain.closure import closes
from trafficlight.domain.due import ReportingTime
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import LinkIssued, TokenIssued
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.domain.state import BoardFold, Judged, Report, SiteState
from trafficlight.publish import presenter, words
from trafficlight.publish.view import PhoneView
from trafficlight.publish.words import MISMATCHES
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.chase import by_town, first_line, last_lines
from trafficlight.web.desk.request import DeskRequest

PHONES: Final = 2
"""Shown in a line; the others stand on the site's page."""


class SiteLine(msgspec.Struct, frozen=True, kw_only=True):
    """One site."""

    id: str
    name: str
    town: str
    phones: tuple[PhoneView, ...]


def site_line(fold: BoardFold, state: SiteState, at: datetime) -> SiteLine:
    """The site as a list names it."""
    board, site = fold.board, state.site
    phones = presenter.phones(site.phones, board.area_code, at, board.zone)
    return SiteLine(id=site.id, name=site.name, town=site.town, phones=phones[:PHONES])


def site_lines(fold: BoardFold, sites: Iterable[str], at: datetime) -> list[SiteLine]:
    """The sites by town and name."""
    made = [site_line(fold, fold.sites[site], at) for site in sites]
    return sorted(made, key=lambda one: (one.town, one.name, one.id))


def site_of(desk: DeskRequest, site: str) -> SiteState:
    """The site of the page's board; `Refused` with `not_found` where there is none."""
    state = desk.fold.sites.get(site)
    if state is None:
        raise Refused("not_found")
    return state


def pill(desk: DeskRequest, judged: Judged) -> str:
    """What the site shows, as the desk reads it in a line: ●蓝·人少."""
    word = desk.say(words.PILLS[judged.light or judged.reason])
    return f"{presenter.mark(judged.light, judged.reason)} {word}"


def report_text(desk: DeskRequest, report: e.Reported | Report, at: datetime) -> str:
    """What a report of that instant says, all of it."""
    say, lang = desk.say, desk.lang
    day = report.service_day if isinstance(report, e.Reported) else report.day
    counted_at = _counted_at(desk, report, at)
    parts = []
    if report.patients is not None:
        parts.append(say(N_("当天到现在%(n)d人"), n=report.patients))
    if counted_at:
        parts.append(say(N_("是%(clock)s的数"), clock=rendering.clock(counted_at)))
    closed = closes(report.staff_infected, report.paused)
    if closed is not None:
        # Not why: what is made of this is handed out, see `presenter`.
        parts.append(say(N_("暂停接诊") if closed else N_("恢复接诊")))
    if report.expected_reopen:
        parts.append(say(N_("预计%(day)s恢复"), day=rendering.day(report.expected_reopen, lang)))
    if report.capacity_today is not None:
        parts.append(say(N_("今天总共能看%(n)d人"), n=report.capacity_today))
    parts += [say(text) for name, text in _CLEARED.items() if name in report.cleared]
    if report.phone_busy is not None:
        parts.append(say(N_("电话占线") if report.phone_busy else N_("电话能打进来")))
    if report.note:
        parts.append(report.note)
    if isinstance(report, e.Reported) and report.confirmed:
        parts.append(say(N_("经再次确认")))
    text = words.joined(parts, lang)
    if day == desk.local(at).date():
        return text
    return words.bracketed(text, say(N_("说的是%(day)s"), day=rendering.day(day, lang)), lang)


_CLEARED: Final[Mapping[str, str]] = {
    "expected_reopen": N_("恢复日期还不确定"),
    "capacity_today": N_("照平时的人数看"),
    "note": N_("去掉备注"),
}


def _counted_at(desk: DeskRequest, report: e.Reported | Report, at: datetime) -> datetime | None:
    """When the figures were true, where that was another minute than when they came."""
    if report.counted_at is None or report.counted_at.tzinfo is None:
        return None
    counted_at = desk.local(report.counted_at)
    return None if rendering.clock(counted_at) == rendering.clock(desk.local(at)) else counted_at


class Senders:
    """Says who sent what, for a reader who never saw the ledger."""

    def __init__(self, desk: DeskRequest, towns: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._desk = desk
        self._towns = towns
        """Of posting links, by id: the town whose sites it is for; empty for a site's own."""
        self._labels = labels
        """Of API tokens, by id."""

    def who(self, by: str) -> str:
        """Who it was, in words."""
        say = self._desk.say
        kind, _, name = by.partition(":")
        if kind == "user":
            return self._desk.who(by)
        if kind == "link":
            town = self._towns.get(name, "")
            return say(N_("%(town)s点位长"), town=town) if town else say(N_("填报链接"))
        if kind == "token":
            label = self._labels.get(name, "")
            return say(N_("系统接口（%(label)s）"), label=label) if label else say(N_("系统接口"))
        own = {"cli": N_("命令行"), "schedule": N_("定时推送")}
        return say(own[by]) if by in own else by


def senders(desk: DeskRequest) -> Senders:
    """By the links and tokens that are in force."""
    system = desk.system
    return Senders(
        desk,
        {link.id: link.town for link in system.links.values()},
        {token.id: token.label for token in system.tokens.values()},
    )


async def senders_ever(desk: DeskRequest) -> Senders:
    """By all links and tokens that ever were: the history names those too that were revoked."""
    events = [record.event for record in await desk.ledger.read(SYSTEM)]
    return Senders(
        desk,
        {event.link: event.town for event in events if isinstance(event, LinkIssued)},
        {event.token: event.label for event in events if isinstance(event, TokenIssued)},
    )


FIELDS: Final[Mapping[str, str]] = {
    **{one.field or one.column: one.label for one in SETTINGS_OF_SITE},
    "special_days": N_("特殊日期"),
}
"""What a site's settings are called."""


class SiteEvents:
    """Says the events of one site; it has to be given them in their order."""

    def __init__(self, desk: DeskRequest, site: str) -> None:
        self._desk = desk
        self._site = site
        self._known: Site | None = None
        self._reports: dict[str, Record] = {}

    def say(self, record: Record) -> str:
        """What happened, in a sentence."""
        way = _WAYS.get(type(record.event))
        return way(self, record.event, record) if way else record.event.type

    def shows(self, judged: Judged | None) -> str:
        """What the site showed, in a word."""
        return pill(self._desk, judged) if judged else self._desk.say(N_("不在看板上"))

    # --- each kind of event ---------------------------------------------------------------------------------

    def _reported(self, event: e.Reported, record: Record) -> str:
        self._reports[event.id] = record
        return self._desk.say(N_("填报：%(what)s"), what=report_text(self._desk, event, record.at))

    def _withdrawn(self, event: e.Withdrawn, _record: Record) -> str:
        taken = self._reports.get(event.report)
        if taken is None or not isinstance(taken.event, e.Reported):
            return self._desk.say(N_("撤回填报"))
        return self._desk.say(
            N_("撤回填报：%(when)s的“%(what)s”"),
            when=words.when(self._desk.local(taken.at), self._desk.lang),
            what=report_text(self._desk, taken.event, taken.at),
        )

    def _asked_back(self, event: e.AskedBack, _record: Record) -> str:
        return self._desk.say(N_("填了%(n)d人，系统请其再确认"), n=event.patients)

    def _mismatch(self, event: e.MismatchReported, _record: Record) -> str:
        what = self._desk.say(MISMATCHES.get(event.what, N_("与实际不符")))
        return self._desk.say(N_("居民反映：%(what)s"), what=what)

    def _overridden(self, event: e.Overridden, record: Record) -> str:
        if event.light is None or event.until is None:
            return self._desk.say(N_("取消设定的颜色"))
        day = self._desk.local(record.at).date()
        return self._desk.say(
            N_("设定为%(light)s，到%(until)s，原因：%(reason)s"),
            light=self._desk.say(words.PILLS[event.light]),
            until=words.till(self._desk.local(event.until), day, self._desk.lang),
            reason=event.reason,
        )

    def _cross(self, event: e.CrossConfirmed, _record: Record) -> str:
        return self._desk.say(N_("核实为暂停接诊") if event.confirmed else N_("核实为恢复接诊"))

    def _put(self, event: e.SitePut, _record: Record) -> str:
        before, self._known = self._known, event.site
        if before is None:
            return self._desk.say(N_("列入看板"))
        changed = [
            name for name in Site.__struct_fields__ if getattr(before, name) != getattr(event.site, name)
        ]
        named = list(dict.fromkeys(self._desk.say(FIELDS[name]) for name in changed))
        what = words.listed(named, self._desk.lang)
        return self._desk.say(N_("改了机构资料：%(what)s"), what=what)

    def _removed(self, event: e.SiteRemoved, _record: Record) -> str:
        self._known = None
        if event.merged_into:
            return self._desk.say(N_("并入%(other)s"), other=self._name_of(event.merged_into))
        return self._desk.say(N_("移出看板"))

    def _merged(self, event: e.SiteMerged, _record: Record) -> str:
        return self._desk.say(N_("%(other)s并入本机构"), other=self._name_of(event.other))

    def _name_of(self, site: str) -> str:
        fold = self._desk.fold
        known = fold.sites.get(site) or fold.gone.get(site)
        return f"“{known.site.name}”" if known else site

    def _rule(self, event: e.RuleSet, _record: Record) -> str:
        return self._desk.say(N_("改了本机构的判定规则") if event.site else N_("改了看板的判定规则"))

    def _board(self, _event: e.BoardPut, _record: Record) -> str:
        return self._desk.say(N_("改了看板的设置"))


_WAYS: Final[Mapping[type[e.Event], Callable[[SiteEvents, Any, Record], str]]] = {
    e.Reported: SiteEvents._reported,  # noqa: SLF001 - the table of the class's own ways
    e.Withdrawn: SiteEvents._withdrawn,  # noqa: SLF001
    e.AskedBack: SiteEvents._asked_back,  # noqa: SLF001
    e.MismatchReported: SiteEvents._mismatch,  # noqa: SLF001
    e.Overridden: SiteEvents._overridden,  # noqa: SLF001
    e.CrossConfirmed: SiteEvents._cross,  # noqa: SLF001
    e.SitePut: SiteEvents._put,  # noqa: SLF001
    e.SiteRemoved: SiteEvents._removed,  # noqa: SLF001
    e.SiteMerged: SiteEvents._merged,  # noqa: SLF001
    e.RuleSet: SiteEvents._rule,  # noqa: SLF001
    e.BoardPut: SiteEvents._board,  # noqa: SLF001
}


OTHERS: Final = N_("其他")


class ChaseText(msgspec.Struct, frozen=True):
    """One text and for whom it is."""

    town: str
    """Empty: for all."""
    sites: int
    text: str


def chases(desk: DeskRequest, call: ReportingTime, missing: Sequence[SiteLine]) -> list[ChaseText]:
    """The text for all who are missing, and where they are of several towns, one for each."""
    towns = [(town, list(group)) for town, group in groupby(missing, key=lambda one: one.town)]
    made = [ChaseText("", len(missing), _chase_text(desk, call, towns))]
    if len(towns) > 1:
        made += [
            ChaseText(town or desk.say(OTHERS), len(group), _chase_text(desk, call, [(town, group)]))
            for town, group in towns
        ]
    return made


def _chase_text(desk: DeskRequest, call: ReportingTime, towns: Sequence[tuple[str, list[SiteLine]]]) -> str:
    board = desk.fold.board
    missing = sum(len(group) for _, group in towns)
    begin = first_line(board, call.due, desk.at, missing, desk.lang, passed=call.passed)
    return "\n".join([begin, *by_town(towns, desk.lang), *last_lines(board, desk.lang)])
