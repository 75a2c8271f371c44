"""How an article tells of sites: each in a paragraph of its own, or many below the light they share."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from trafficlight.publish import lines, words
from trafficlight.publish.article.markup import BREAK, paragraph, pill, strong, text
from trafficlight.publish.view import LastView, SiteView

ROWS_KEPT: Final = 8192
"""At hand, as the board's page keeps its rows: of an article made anew nearly all are as they were."""


class Group(msgspec.Struct, frozen=True):
    """Lines of markup that belong together; apart, each part stands below the heading again."""

    heading: str
    """Empty where they need none."""
    lines: tuple[str, ...]

    def markup(self) -> str:
        return paragraph((self.heading, *self.lines) if self.heading else self.lines)


Teller = Callable[[Iterable[SiteView], date], tuple[Group, ...]]
"""Sites of one place, in their order, as groups; `today` is the day on which it is told."""


def lights_in_full(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """Name, light, what to do, phones, address, hours, and of when that is."""
    return tuple(Group("", (_lit(site, today),)) for site in sites)


def lights_in_short(sites: Iterable[SiteView], today: date) -> tuple[Group, ...]:
    """Below each light, and what it asks of people, the names with their phones."""
    return _grouped(sites, _heading, lambda site: _short(site, today))


def list_in_full(sites: Iterable[SiteView], _today: date) -> tuple[Group, ...]:
    """Name, phones, address, hours; ✕ where a site is closed; what was last heard of it, in words."""
    return tuple(Group("", (_listed(site),)) for site in sites)


def list_in_short(sites: Iterable[SiteView], _today: date) -> tuple[Group, ...]:
    """The same in lines, the closed ones by themselves."""
    return _grouped(sites, _closed, _listed_short)


def _grouped(
    sites: Iterable[SiteView], heading: Callable[[SiteView], str], line: Callable[[SiteView], str]
) -> tuple[Group, ...]:
    groups: dict[str, list[str]] = {}
    for site in sites:
        groups.setdefault(heading(site), []).append(line(site))
    return tuple(Group(said, tuple(members)) for said, members in groups.items())


# --- the lights ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=ROWS_KEPT)
def _lit(site: SiteView, today: date) -> str:
    told = [_name(site), _says(site)]
    if site.by_desk:
        told.append(text(f"由主管部门设定：{site.desk_reason}" if site.desk_reason else "由主管部门设定"))
    told += [_phones(site), *_where(site)]
    if site.phone_busy:
        told.append("电话占线较多，可稍后再拨")
    if site.light:
        told.append(text(lines.own_time(site, today, words.ZH)))
    told += _last(site)
    return BREAK.join(told)


def _says(site: SiteView) -> str:
    """The light, and what it asks of people; in plain words where there is none."""
    said = f"{site.mark} {site.pill}"
    mark = pill(site.light, said) if site.light else strong(text(said))
    return f"{mark} {text(site.action)}" if site.action else mark


def _heading(site: SiteView) -> str:
    said = f"{site.mark} {site.pill}"
    if site.light:
        return f"{pill(site.light, said, short=True)} {text(site.action)}"
    group = lines.group_of(site)
    if group == "visit" or site.reason == "closed_now":
        return strong(text(said))
    return f"{strong(text(said))} {lines.MEANS['none']}。"


@lru_cache(maxsize=ROWS_KEPT)
def _short(site: SiteView, today: date) -> str:
    # A number begins its line: within one, it would be broken at its hyphen.
    return f"{_name(site, *_remarks(site, today), bold=False)}{BREAK}{_numbers(site)}"


def _remarks(site: SiteView, today: date) -> Iterator[str]:
    if site.light and site.reported_at:
        yield f"{words.near_time(site.reported_at, today, words.ZH)}填报"
    if site.by_desk:
        yield "由主管部门设定"
    if lines.group_of(site) == "visit":
        yield site.action.rstrip("。")
    elif site.next_open:
        yield f"{words.near_time(site.next_open, today, words.ZH)}开诊"
    if site.last:
        yield f"上次{_heard(site.last)}"
    if site.phone_busy:
        yield "电话占线较多"


# --- the list -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=ROWS_KEPT)
def _listed(site: SiteView) -> str:
    closed = [_says(site)] if site.light == "cross" else []
    visit = [text(site.action)] if lines.group_of(site) == "visit" else []
    return BREAK.join([_name(site), *closed, _phones(site), *_where(site), *visit, *_last(site)])


def _closed(site: SiteView) -> str:
    return _heading(site) if site.light == "cross" else ""


@lru_cache(maxsize=ROWS_KEPT)
def _listed_short(site: SiteView) -> str:
    visit = [site.action.rstrip("。")] if lines.group_of(site) == "visit" else []
    last = [f"上次{_heard(site.last)}"] if site.last else []
    about = [part for part in (site.hours, site.address, *visit, *last) if part]
    return f"{_name(site)}{BREAK}{'，'.join([_numbers(site), *map(text, about)])}"


# --- what both say ------------------------------------------------------------------------------------------


def _name(site: SiteView, *remarks: str, bold: bool = True) -> str:
    """With what tells it from its namesakes, and remarks, in one pair of brackets."""
    about = "，".join(part for part in (site.distinct, *remarks) if part)
    name = strong(text(site.name)) if bold else text(site.name)
    return f"{name}（{text(about)}）" if about else name


def _numbers(site: SiteView, between: str = "、") -> str:
    """Every number, as digits: nothing in an article can be tapped to call."""
    return between.join(text(lines.spoken(phone, words.ZH)) for phone in site.phones) or "暂无电话"


def _phones(site: SiteView) -> str:
    return f"电话：{_numbers(site, BREAK)}" if site.phones else "暂无电话"


def _where(site: SiteView) -> Iterator[str]:
    if site.address:
        yield f"地址：{text(site.address)}"
    if site.hours or site.rota or site.serves:
        yield f"开诊：{text('·'.join(part for part in (site.rota, site.hours, site.serves) if part))}"


def _last(site: SiteView) -> Iterator[str]:
    if site.last:
        yield text(f"上次：{_heard(site.last)}")


def _heard(last: LastView) -> str:
    """In words, never in colour; with its date, for an article is read on other days too."""
    day = words.day(last.day, words.ZH)
    hour = words.clock(last.at) if last.at and last.at.date() == last.day else ""
    return f"{day}{hour}{words.HOLLOW[last.light]}{words.LIGHT_WORDS[last.light]}"
