"""The events about a site in words, as the desk's timeline and statement tell them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from trafficlight.domain import event as e
from trafficlight.domain.board import Site
from trafficlight.domain.record import Record
from trafficlight.domain.state import Judged
from trafficlight.publish import lines, words
from trafficlight.publish.words import MISMATCHES
from trafficlight.text import rendering
from trafficlight.text.languages import N_
from trafficlight.web.desk.named import pill
from trafficlight.web.desk.request import DeskRequest

FIELDS: Final[Mapping[str, str]] = {
    "name": N_("名称"),
    "kind": N_("类别"),
    "town": N_("乡镇"),
    "address": N_("地址"),
    "phones": N_("电话"),
    "hours": N_("开诊时间"),
    "rota": N_("巡诊安排"),
    "capacity": N_("一天能看的人数"),
    "special_days": N_("特殊日期"),
    "serves": N_("接诊对象"),
    "phone_checked": N_("电话核对日期"),
}
"""Of a site's settings those that people ask about; of the others it is said that something else changed."""


class Sayer:
    """Says the events of one site; it has to be given them in their order."""

    def __init__(self, desk: DeskRequest, site: str) -> None:
        self._visit = desk
        self._site = site
        self._known: Site | None = None
        self._reports: dict[str, Record] = {}

    def say(self, record: Record) -> str:
        """What happened, in a sentence."""
        way = _WAYS.get(type(record.event))
        return way(self, record.event, record) if way else record.event.type

    def shows(self, judged: Judged | None) -> str:
        """What the site showed, in a word."""
        return pill(self._visit, judged) if judged else self._visit.say(N_("不在看板上"))

    # --- each kind of event ---------------------------------------------------------------------------------

    def report(self, event: e.Reported, record: Record) -> str:
        """What a report says, all of it."""
        self._reports[event.id] = record
        say, lang = self._visit.say, self._visit.lang
        parts = []
        if event.patients is not None:
            parts.append(say(N_("当天到现在%(n)d人"), n=event.patients))
        if event.staff_infected is not None:
            parts.append(say(N_("暂停接诊") if event.staff_infected else N_("恢复接诊")))
        if event.expected_reopen:
            parts.append(say(N_("预计%(day)s恢复"), day=rendering.day(event.expected_reopen, lang)))
        if event.capacity_today is not None:
            parts.append(say(N_("今天最多%(n)d人"), n=event.capacity_today))
        if event.phone_busy:
            parts.append(say(N_("电话占线")))
        if event.note:
            parts.append(event.note)
        if event.confirmed:
            parts.append(say(N_("经再次确认")))
        told = lines.joined(parts, lang)
        if event.service_day != self._visit.local(record.at).date():
            return lines.bracketed(
                told, say(N_("说的是%(day)s"), day=rendering.day(event.service_day, lang)), lang
            )
        return told

    def _reported(self, event: e.Reported, record: Record) -> str:
        return self._visit.say(N_("填报：%(what)s"), what=self.report(event, record))

    def _withdrawn(self, event: e.Withdrawn, _record: Record) -> str:
        taken = self._reports.get(event.report)
        if taken is None or not isinstance(taken.event, e.Reported):
            return self._visit.say(N_("撤回填报"))
        return self._visit.say(
            N_("撤回填报：%(when)s的“%(what)s”"),
            when=lines.when(self._visit.local(taken.at), self._visit.lang),
            what=self.report(taken.event, taken),
        )

    def _asked_back(self, event: e.AskedBack, _record: Record) -> str:
        return self._visit.say(N_("填了%(n)d人，系统请其再确认"), n=event.patients)

    def _mismatch(self, event: e.MismatchTold, _record: Record) -> str:
        what = self._visit.say(MISMATCHES.get(event.what, N_("与实际不符")))
        return self._visit.say(N_("居民反映：%(what)s"), what=what)

    def _overridden(self, event: e.Overridden, record: Record) -> str:
        if event.light is None or event.until is None:
            return self._visit.say(N_("取消设定的颜色"))
        day = self._visit.local(record.at).date()
        return self._visit.say(
            N_("设定为%(light)s，到%(until)s，原因：%(reason)s"),
            light=self._visit.say(words.PILLS[event.light]),
            until=lines.till(self._visit.local(event.until), day, self._visit.lang),
            reason=event.reason,
        )

    def _cross(self, event: e.CrossConfirmed, _record: Record) -> str:
        return self._visit.say(N_("核实为暂停接诊") if event.confirmed else N_("核实为恢复接诊"))

    def _put(self, event: e.SitePut, _record: Record) -> str:
        before, self._known = self._known, event.site
        if before is None:
            return self._visit.say(N_("列入看板"))
        changed = [
            name for name in Site.__struct_fields__ if getattr(before, name) != getattr(event.site, name)
        ]
        named = list(dict.fromkeys(self._visit.say(FIELDS.get(name, N_("其他资料"))) for name in changed))
        what = lines.listed(named, self._visit.lang)
        return self._visit.say(N_("改了机构资料：%(what)s"), what=what)

    def _removed(self, _event: e.SiteRemoved, _record: Record) -> str:
        self._known = None
        return self._visit.say(N_("移出看板"))

    def _rule(self, event: e.RuleSet, _record: Record) -> str:
        return self._visit.say(N_("改了本机构的判定规则") if event.site else N_("改了看板的判定规则"))

    def _board(self, _event: e.BoardPut, _record: Record) -> str:
        return self._visit.say(N_("改了看板的设置"))


_WAYS: Final[Mapping[type[e.Event], Callable[[Sayer, Any, Record], str]]] = {
    e.Reported: Sayer._reported,  # noqa: SLF001 - the table of the class's own ways
    e.Withdrawn: Sayer._withdrawn,  # noqa: SLF001
    e.AskedBack: Sayer._asked_back,  # noqa: SLF001
    e.MismatchTold: Sayer._mismatch,  # noqa: SLF001
    e.Overridden: Sayer._overridden,  # noqa: SLF001
    e.CrossConfirmed: Sayer._cross,  # noqa: SLF001
    e.SitePut: Sayer._put,  # noqa: SLF001
    e.SiteRemoved: Sayer._removed,  # noqa: SLF001
    e.RuleSet: Sayer._rule,  # noqa: SLF001
    e.BoardPut: Sayer._board,  # noqa: SLF001
}
