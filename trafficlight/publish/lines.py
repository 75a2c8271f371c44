"""Lines that several formats print of a site or an edition; each has its date, so none grows stale unseen."""

from datetime import date, datetime, time, timedelta
from typing import Final

from trafficlight.publish import words
from trafficlight.publish.view import Edition, Header, Phone, SiteView

UNLIT: Final = frozenset({"paused", "ended"})
"""States of a board in which nothing shows a light, whatever is known."""

NO_NEWS: Final = "无最新信息"

MEANS: Final = {
    "blue": "可直接前往",
    "yellow": "先打电话预约",
    "red": "先打电话确认",
    "cross": "请到其他机构",
    "none": "去前先打电话",
}
"""What a light asks of people, in six characters, so that a line of the legend fits an old phone."""

WHY_NONE: Final = {
    "not_due": "还没到今天的填报时间",
    "not_reported": "今天还没有收到本机构的填报",
    "expired": "上次填报已过有效时间",
    "closed_now": "现在不是开诊时间",
    "reopening_due": "原定恢复接诊的日期已到，还没有收到新的填报",
}
"""Why there is no light, as a site's page explains it."""


def lit(header: Header) -> bool:
    """Whether the board shows lights at all."""
    return header.state not in UNLIT


def when(at: datetime) -> str:
    """As in: 12月24日 周六 8:10."""
    return f"{words.day_long(at.date())} {words.clock(at)}"


def till(until: datetime, day: date) -> str:
    """An end as it is said of something on `day`: 16:10, 24:00, 12月28日 周三 8:00.

    Midnight is the end of the day before it: nobody reads "until 0:00 on the 25th" as tonight.
    """
    if until.time() == time(0):
        return _on(until.date() - timedelta(days=1), day, "24:00")
    return _on(until.date(), day, words.clock(until))


def own_time(site: SiteView, today: date) -> str:
    """When the site spoke and until when that stands: 12月24日 周六 8:10填报，有效至16:10."""
    said = site.reported_at
    if said is None or site.light is None:  # what was reported stands no more: the end is another's
        return f"{words.day_long(today)}，有效至{till(site.valid_until, today)}"
    return f"{when(said)}填报，有效至{till(site.valid_until, said.date())}"


def holds(edition: Edition) -> str:
    """As in: 截至12月24日 周六 8:10，有效至16:10."""
    return f"截至{when(edition.as_of)}，有效至{till(edition.valid_until, edition.as_of.date())}"


def spoken(phone: Phone) -> str:
    """A phone in running text: 夜间 0535-0001234转801（值班室）."""
    number = f"{phone.number}转{phone.ext}" if phone.ext else phone.number
    said = f"{phone.when} {number}" if phone.when else number
    return f"{said}（{phone.label}）" if phone.label else said


def answering(header: Header) -> list[str]:
    """Who answers for it: publisher, hotline, supervision phone, as far as they are known."""
    told = (("发布单位", header.publisher), ("咨询电话", header.hotline), ("监督电话", header.supervision))
    return [f"{label}：{said}" for label, said in told if said]


def group_of(site: SiteView) -> str:
    """The light, or `none`."""
    return site.light or "none"


def _on(day: date, told_of: date, clock: str) -> str:
    return clock if day == told_of else f"{words.day_long(day)} {clock}"
