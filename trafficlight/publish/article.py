"""A board as articles of a WeChat official account, each whole and short enough to be sent.

    articles(view)                    with the face that the data asks for
    articles(view, Face.DIRECTORY)    with that one

Several are the parts of one day's draft, or drafts, in their order. Whoever sends them puts WeChat's own
address in the place of `picture` in `content`, and changes nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

import msgspec

from trafficlight.domain.hours import always_open
from trafficlight.publish import article_rows, frozen, words
from trafficlight.publish.article_rows import (
    LONGEST,
    Group,
    PlaceSites,
    RowFormat,
    packed,
    paragraph,
    picture,
    strong,
    text,
    whole,
)
from trafficlight.publish.view import BoardView, SiteView
from trafficlight.text import rendering


class Face(StrEnum):
    LIGHTS = "lights"
    DIRECTORY = "directory"
    """名录版: for the article of eight o'clock, when hardly anybody has reported yet."""


def face_of(view: BoardView) -> Face:
    """The lights where half of those that may be open show one that stands when most read it; else the list.

    An article stays as it is for the whole day: one full of 未更新, or of lights that have run out, tells
    nobody anything, and its readers learn not to look again.
    """
    if not words.has_lights(view.header):
        return Face.DIRECTORY
    read_at = frozen.read_at(view.edition.as_of)
    asked = [
        site
        for site in view.sites
        if site.is_open is not False and site.light != "cross" and words.group_of(site) != "visit"
    ]
    with_light = frozen.standing(asked, read_at) if read_at else 0
    return Face.LIGHTS if asked and 2 * with_light >= len(asked) else Face.DIRECTORY


def day_and_night(site: SiteView) -> bool:
    """Whether people may go there at any hour: surely by its hours, and not closed today."""
    return site.light != "cross" and not site.rota and site.is_open is True and always_open(site.hours)


LONGEST_TITLE: Final = 32
LONGEST_DIGEST: Final = 128
MOST_IN_FULL: Final = LONGEST // 100
"""Sites of which a full form is tried: no paragraph of one is shorter than a hundred characters."""
MOST_IN_ONE: Final = 8
"""Articles of one draft, as far as anybody has found out; more of them are several drafts."""
ROUND_THE_CLOCK: Final = "24小时开诊"

_FORMS: Final[Mapping[Face, tuple[RowFormat, RowFormat]]] = {
    Face.LIGHTS: (article_rows.lights_in_full, article_rows.lights_in_short),
    Face.DIRECTORY: (article_rows.list_in_full, article_rows.list_in_short),
}
_ABOUT: Final = {Face.LIGHTS: "发热就诊机构忙闲", Face.DIRECTORY: "发热就诊机构名录"}


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One article, ready to be copied or sent."""

    face: Face
    number: int
    of: int
    title: str
    """At most 32 characters; no light is in it, for it is forwarded for days."""
    digest: str
    """The summary below the title, at most 128 characters, likewise."""
    content: str
    """Fewer than 18,000 characters."""
    until: datetime
    """When the first of the lights shown in it no longer stands."""
    link: str
    """Of the live page, as of this edition (阅读原文); empty where nobody said where the tree lives."""
    picture: str
    """The address of the one picture in it, as `src` has it; empty likewise."""


class ArticlePart(msgspec.Struct, frozen=True):
    """Which of how many articles, and the places that it tells of."""

    number: int = 1
    of: int = 1
    places: Sequence[str] = ()


def articles(view: BoardView, face: Face | None = None) -> tuple[Article, ...]:
    """The board in full; where that is too long, in short; where that is, in several parts by town.

    Nothing is left out or cut: however many sites there are, and whatever their names, each is there with
    every phone. A board that shows no lights at all has the list, whatever is asked for.
    """
    face = (face if words.has_lights(view.header) else None) or face_of(view)
    full, short = _FORMS[face]
    if len(view.sites) <= MOST_IN_FULL:
        one = _article(view, face, ArticlePart(), _sections(view, face, full))
        if len(one.content) < LONGEST:
            return (one,)
    sections = _sections(view, face, short)
    one = _article(view, face, ArticlePart(), sections)
    if len(one.content) < LONGEST:
        return (one,)
    parts = packed(sections, LONGEST - _framing(view, face))
    return tuple(
        _article(view, face, ArticlePart(number, len(parts), _places(part)), part)
        for number, part in enumerate(parts, 1)
    )


def _sections(view: BoardView, face: Face, format_rows: RowFormat) -> list[PlaceSites]:
    """The county's notices, who is open day and night where that is listed, then town by town."""
    header, today = view.header, view.edition.as_of.date()
    notices = tuple(Group("", (text(notice),)) for notice in words.noticed(header))
    sections = [PlaceSites("", (), notices)] if notices else []
    if header.state == "ended":
        return sections
    always = [site for site in view.sites if day_and_night(site)] if face is Face.DIRECTORY else []
    if always:
        placed = tuple(_placed(site) for site in always)
        sections.append(PlaceSites(ROUND_THE_CLOCK, placed, format_rows(placed, today)))
    named = {site.id for site in always}
    for town in view.towns:
        sites = tuple(site for site in town.sites if site.id not in named)
        if sites:
            sections.append(PlaceSites(town.label, sites, format_rows(sites, today)))
    return sections


def _placed(site: SiteView) -> SiteView:
    """With its town beside its name, for it stands among those of other towns."""
    if not site.town or site.town in site.distinct:
        return site
    about = "，".join(part for part in (site.town, site.distinct) if part)
    return msgspec.structs.replace(site, distinct=about)


def _places(sections: Sequence[PlaceSites]) -> tuple[str, ...]:
    return tuple(section.label for section in sections if section.label)


def _article(view: BoardView, face: Face, part: ArticlePart, sections: Sequence[PlaceSites]) -> Article:
    sites = tuple(chain.from_iterable(section.sites for section in sections))
    until = stands_until(view, face, sites)
    content = whole(
        (
            head(view, face, part, until, sites),
            *(section.markup() for section in sections),
            foot(view, face),
        )
    )
    return Article(
        face=face,
        number=part.number,
        of=part.of,
        title=_title(view, face, part),
        digest=_digest(view, face, part),
        content=content,
        until=until,
        link=live_url(view),
        picture=picture_url(view),
    )


def _framing(view: BoardView, face: Face) -> int:
    """The most that stands around the sites of a part; the places named count with the sections."""
    longest = view.edition.as_of.replace(month=12, day=30, hour=12, minute=30)
    around = head(view, face, ArticlePart(999, 999), longest, view.sites), foot(view, face)
    return len(whole(around)) + _DIGITS


_DIGITS: Final = 8
"""By which a part's sentence about the evening may be longer than the whole's."""


def _title(view: BoardView, face: Face, part: ArticlePart) -> str:
    """The fullest that fits: with the hour, without it, without the county's name."""
    return next((one for one in _titles(view, face, part) if len(one) <= LONGEST_TITLE), _ABOUT[face])


def _titles(view: BoardView, face: Face, part: ArticlePart) -> Iterator[str]:
    header, as_of = view.header, view.edition.as_of
    name = " ".join(header.name.split())
    what = "发热就诊信息服务已结束" if header.state == "ended" else _ABOUT[face]
    which = f" {part.number}/{part.of}" if part.of > 1 else ""
    day = rendering.day(as_of.date(), words.ZH)
    yield f"{name}{what}（{day} {rendering.clock(as_of)}）{which}"
    yield f"{name}{what}（{day}）{which}"
    yield f"{name}{what}{which}"
    yield f"{what}（{day}）{which}"


def _digest(view: BoardView, face: Face, part: ArticlePart) -> str:
    header = view.header
    if header.state == "ended":
        return words.HEADLINES["ended"]
    what = "忙闲、电话和地址" if face is Face.LIGHTS else "电话、地址和开诊时间"
    count = f"共{len(view.sites)}家机构，" if view.sites else ""
    scan = f"{SCAN}。" if live_url(view) else ""
    which = f"第{part.number}篇，共{part.of}篇。" if part.of > 1 else ""
    return (
        f"截至{words.when(view.edition.as_of, words.ZH)}，{count}{what}。{which}{scan}情况紧急请直接拨打120。"
    )


SCAN: Final = "长按识别二维码看最新"
QR_FILE: Final = "wechat-qr.png"
_CENTRED: Final = "margin:24px 0 12px;text-align:center"
_ABOUT_LIGHTS: Final = frozenset({"counts", "all_busy"})
"""Headlines that sum up lights; the list has none."""


def live_url(view: BoardView) -> str:
    """Of the live page, as of this edition: WeChat keeps what it has seen under an address for hours."""
    root = words.board_url(view.header)
    return f"{root}?v={_stamp(view)}" if root else ""


def picture_url(view: BoardView) -> str:
    """Of the picture of the QR code of `address`; empty where nobody said where the tree lives."""
    root = words.board_url(view.header)
    return f"{root}{QR_FILE}?v={_stamp(view)}" if root else ""


def stands_until(view: BoardView, face: Face, sites: Sequence[SiteView]) -> datetime:
    """The first instant at which a light shown here stands no longer; without any, how long the rest is sure.

    A list holds to the end of its day.
    """
    ends = [
        site.valid_until for site in sites if site.light and (face is Face.LIGHTS or site.light == "cross")
    ]
    if face is Face.LIGHTS:
        return min(ends, default=view.edition.valid_until)
    as_of = view.edition.as_of
    midnight = datetime.combine(as_of.date() + timedelta(days=1), time(0), as_of.tzinfo)
    return min([midnight, *ends])


def head(view: BoardView, face: Face, part: ArticlePart, until: datetime, sites: Sequence[SiteView]) -> str:
    """When, until when, edition, headline, what it is worth in the evening; of several parts, which it is."""
    return "".join(_head(view, face, part, until, sites))


def foot(view: BoardView, face: Face) -> str:
    """What colours mean and 120, who answers for it, and the way to the live page."""
    return "".join(_foot(view, face))


def _head(
    view: BoardView, face: Face, part: ArticlePart, until: datetime, sites: Sequence[SiteView]
) -> Iterator[str]:
    header, edition = view.header, view.edition
    if header.banner:
        yield paragraph([strong(text(f"【{header.banner}】"))])
    held = msgspec.structs.replace(edition, valid_until=until)
    first = text(
        words.holds(held, words.ZH) if header.state != "ended" else words.when(edition.as_of, words.ZH)
    )
    yield paragraph([strong(first), text(edition.text)])
    if part.of > 1:
        yield paragraph(
            [strong(f"第{part.number}篇，共{part.of}篇"), text(f"本篇：{'、'.join(part.places)}")]
        )
    if face is Face.DIRECTORY and words.has_lights(header):
        if view.headline.kind not in _ABOUT_LIGHTS:
            yield paragraph([text(frozen.headline(view))])
        yield paragraph([text(_renewed(view))])
    else:
        yield paragraph([text(frozen.headline(view)), *_worth(view, face, sites)])
    if header.state == "ended" and header.closing:
        yield paragraph([text(header.closing)])


def _worth(view: BoardView, face: Face, sites: Sequence[SiteView]) -> Iterator[str]:
    """What the colours are worth in the evening, when most read it."""
    as_of = view.edition.as_of
    lights = frozen.standing(sites, as_of)
    if face is Face.LIGHTS and lights:
        left = frozen.standing(sites, frozen.evening(as_of))
        yield text(frozen.worth(as_of, lights, left, words.ZH))


def _renewed(view: BoardView) -> str:
    times = "、".join(rendering.clock(due) for due in view.header.report_by)
    pace = f"各点忙闲每天 {times} 更新，" if times else "各点忙闲每天更新，"
    return f"本篇是名录，不含当前忙闲。{pace}{SCAN if words.board_url(view.header) else '前往前请先打电话'}。"


def _foot(view: BoardView, face: Face) -> Iterator[str]:
    header = view.header
    if face is Face.LIGHTS:
        yield paragraph([text(legend())])
    yield paragraph(map(text, words.about(words.ZH)), "margin:24px 0 12px")
    answering = [text(line) for line in words.answering(header)]
    if answering:
        yield paragraph(answering)
    link = live_url(view)
    if link:
        yield paragraph([picture(picture_url(view), "本页最新内容的二维码"), SCAN, text(link)], _CENTRED)


def legend() -> str:
    """What each light asks of people, in one sentence."""
    each = [f"{words.MARKS[light]} {words.PILLS[light]}，{words.MEANS[light]}" for light in words.LIGHT_WORDS]
    return f"颜色的意思：{'；'.join(each)}；{words.MARKS['none']} {words.NO_NEWS}，{words.MEANS['none']}。"


def _stamp(view: BoardView) -> str:
    return f"{view.edition.as_of:%Y%m%d%H%M}"
