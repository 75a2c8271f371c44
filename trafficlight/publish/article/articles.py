"""The way in: a board's articles, each whole and short enough to be sent.

    articles(view)                    with the face that the data asks for
    articles(view, Face.DIRECTORY)    with that one

Several are the parts of one day's draft, or drafts, in their order. Whoever sends them puts WeChat's own
address in the place of `picture` in `content`, and changes nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

import msgspec

from trafficlight.publish import lines, words
from trafficlight.publish.article import frame, rows
from trafficlight.publish.article.face import Face, day_and_night, face_of
from trafficlight.publish.article.fitting import LONGEST, PlaceSites, packed
from trafficlight.publish.article.frame import ArticlePart
from trafficlight.publish.article.markup import text, whole
from trafficlight.publish.article.rows import Group, Teller
from trafficlight.publish.view import BoardView, SiteView

LONGEST_TITLE: Final = 32
LONGEST_DIGEST: Final = 128
MOST_IN_FULL: Final = LONGEST // 100
"""Sites of which a full form is tried: no paragraph of one is shorter than a hundred characters."""
MOST_IN_ONE: Final = 8
"""Articles of one draft, as far as anybody has found out; more of them are several drafts."""
ROUND_THE_CLOCK: Final = "24小时开诊"

_FORMS: Final[Mapping[Face, tuple[Teller, Teller]]] = {
    Face.LIGHTS: (rows.lights_in_full, rows.lights_in_short),
    Face.DIRECTORY: (rows.list_in_full, rows.list_in_short),
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


def articles(view: BoardView, face: Face | None = None) -> tuple[Article, ...]:
    """The board in full; where that is too long, in short; where that is, in several parts by town.

    Nothing is left out or cut: however many sites there are, and whatever their names, each is there with
    every phone. A board that shows no lights at all has the list, whatever is asked for.
    """
    face = (face if lines.lit(view.header) else None) or face_of(view)
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


def _sections(view: BoardView, face: Face, tell: Teller) -> list[PlaceSites]:
    """The county's notices, who is open day and night where that is listed, then town by town."""
    header, today = view.header, view.edition.as_of.date()
    said = tuple(Group("", (text(notice),)) for notice in lines.noticed(header))
    sections = [PlaceSites("", (), said)] if said else []
    if header.state == "ended":
        return sections
    always = [site for site in view.sites if day_and_night(site)] if face is Face.DIRECTORY else []
    if always:
        placed = tuple(_placed(site) for site in always)
        sections.append(PlaceSites(ROUND_THE_CLOCK, placed, tell(placed, today)))
    named = {site.id for site in always}
    for town in view.towns:
        sites = tuple(site for site in town.sites if site.id not in named)
        if sites:
            sections.append(PlaceSites(town.label, sites, tell(sites, today)))
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
    until = frame.stands_until(view, face, sites)
    content = whole(
        (
            frame.head(view, face, part, until),
            *(section.markup() for section in sections),
            frame.foot(view, face),
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
        link=frame.address(view),
        picture=frame.picture_address(view),
    )


def _framing(view: BoardView, face: Face) -> int:
    """The most that stands around the sites of a part; the places named count with the sections."""
    longest = view.edition.as_of.replace(month=12, day=30, hour=12, minute=30)
    around = frame.head(view, face, ArticlePart(999, 999), longest), frame.foot(view, face)
    return len(whole(around))


def _title(view: BoardView, face: Face, part: ArticlePart) -> str:
    """The fullest that fits: with the hour, without it, without the county's name."""
    return next((one for one in _titles(view, face, part) if len(one) <= LONGEST_TITLE), _ABOUT[face])


def _titles(view: BoardView, face: Face, part: ArticlePart) -> Iterator[str]:
    header, as_of = view.header, view.edition.as_of
    name = " ".join(header.name.split())
    what = "发热就诊信息服务已结束" if header.state == "ended" else _ABOUT[face]
    which = f" {part.number}/{part.of}" if part.of > 1 else ""
    day = words.day(as_of.date(), words.ZH)
    yield f"{name}{what}（{day} {words.clock(as_of)}）{which}"
    yield f"{name}{what}（{day}）{which}"
    yield f"{name}{what}{which}"
    yield f"{what}（{day}）{which}"


def _digest(view: BoardView, face: Face, part: ArticlePart) -> str:
    header = view.header
    if header.state == "ended":
        return words.HEADLINES["ended"]
    told = "忙闲、电话和地址" if face is Face.LIGHTS else "电话、地址和开诊时间"
    count = f"共{len(view.sites)}家机构，" if view.sites else ""
    scan = f"{frame.SCAN}。" if frame.address(view) else ""
    which = f"第{part.number}篇，共{part.of}篇。" if part.of > 1 else ""
    return (
        f"截至{lines.when(view.edition.as_of, words.ZH)}，{count}{told}。{which}{scan}情况紧急请直接拨打120。"
    )
