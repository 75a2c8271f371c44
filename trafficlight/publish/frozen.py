"""What is said in whatever stays as it was made: articles, posters, notices, paper. It is read hours later.

So nothing in it is of the moment: days have their dates, no sentence says that it is early, and each light
says until when it stands and what then.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from trafficlight.publish import words
from trafficlight.publish.view import BoardView, LastView, SiteView, TownView
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

READ_AT: Final = (time(12), time(20))
"""When an article is read by most: at noon after a morning's, and in the evening."""
EVENING: Final = READ_AT[-1]
_SENT: Final = timedelta(hours=1)
"""Between making an article and its being read."""

_PHONE_FIRST: Final = N_("没有颜色的机构，前往前请先打电话。")
_HEADLINES: Final[Mapping[str, str]] = {
    "early": N_("{day}的信息约{due}起更新，没有颜色的机构，前往前请先打电话。"),
    "night": _PHONE_FIRST,
    "holiday": N_("{day}是休息日，多数机构不开诊，前往前请先打电话。"),
    "hours_unknown": N_("多数机构开诊时间不详，前往前请先打电话。"),
    "all_closed": N_("多数机构暂停接诊，前往前请先打电话。"),
}
"""In place of the headlines that are of the moment: who is open now, and that it is early."""


def headline(view: BoardView | TownView) -> str:
    """The board's one sentence, so that it is true as long as it is read."""
    header, today = view.header, view.edition.as_of.date()
    kind, lang = view.headline.kind, header.lang
    if kind == "early" and not header.report_by:
        kind = "night"
    text = _HEADLINES.get(kind)
    if text is None:
        return rendering.dated(view.headline.text, today, lang) if kind == "visits" else view.headline.text
    due = rendering.clock(header.report_by[0]) if header.report_by else ""
    return translate(text, lang).format(day=rendering.day(today, lang), due=due)


def action(site: SiteView, today: date, lang: str) -> str:
    """What to do, with dates in place of yesterday and tomorrow."""
    return rendering.dated(site.action, today, lang)


def last_light(last: LastView, lang: str) -> str:
    """The light that a site had, in words, with its date: 12月23日 16:20：△较多."""
    day = rendering.day(last.day, lang)
    when = f"{day} {rendering.clock(last.at)}" if last.at and last.at.date() == last.day else day
    word = translate(words.LIGHT_WORDS[last.light], lang)
    return translate(N_("{when}：{mark}{word}"), lang).format(
        when=when, mark=words.HOLLOW[last.light], word=word
    )


def standing(sites: Iterable[SiteView], at: datetime) -> int:
    """How many of the lights that say how busy it is still stand at that instant."""
    return sum(site.light in {"blue", "yellow", "red"} and at < site.valid_until for site in sites)


def read_at(as_of: datetime) -> datetime | None:
    """When most read what is sent now, an hour later at the earliest; None: not today."""
    later = (datetime.combine(as_of.date(), one, as_of.tzinfo) for one in READ_AT)
    return next((one for one in later if one - as_of >= _SENT), None)


def worth(as_of: datetime, lights: int, left: int, lang: str) -> str:
    """What the lights of something are worth in the evening: of so many, how many are left by then."""
    if as_of.time() >= EVENING:
        return translate(N_("颜色过了有效时间就作废，过期请先打电话。"), lang)
    if not left:
        text = N_("到{clock}这里的颜色都已过期，过期请先打电话。")
    else:
        text = N_("到{clock}这里{lights}家的颜色还有{left}家有效，过期请先打电话。")
    return translate(text, lang).format(clock=rendering.clock(EVENING), lights=lights, left=left)


def evening(as_of: datetime) -> datetime:
    """The evening of that day."""
    return datetime.combine(as_of.date(), EVENING, as_of.tzinfo)
