"""What stands above and below the sites of an article, on each of its parts."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Final

import msgspec

from trafficlight.publish import lines, words
from trafficlight.publish.article.face import Face
from trafficlight.publish.article.markup import paragraph, picture, strong, text
from trafficlight.publish.view import BoardView, SiteView

SCAN: Final = "长按识别二维码看最新"
PICTURE: Final = "wechat-qr.png"
_CENTRE: Final = "margin:24px 0 12px;text-align:center"
_TELLING: Final = frozenset({"counts", "all_busy"})
"""Headlines that sum up lights; the list has none."""


class ArticlePart(msgspec.Struct, frozen=True):
    """Which of how many articles, and the places that it tells of."""

    number: int = 1
    of: int = 1
    places: Sequence[str] = ()


def address(view: BoardView) -> str:
    """Of the live page, as of this edition: WeChat keeps what it has seen under an address for hours."""
    root = lines.board_url(view.header)
    return f"{root}?v={_stamp(view)}" if root else ""


def picture_address(view: BoardView) -> str:
    """Of the picture of the QR code of `address`; empty where nobody said where the tree lives."""
    root = lines.board_url(view.header)
    return f"{root}{PICTURE}?v={_stamp(view)}" if root else ""


def stands_until(view: BoardView, face: Face, sites: Sequence[SiteView]) -> datetime:
    """The first instant at which a light shown here stands no longer; without any, how long the rest is sure.

    A list holds to the end of its day.
    """
    shown = [
        site.valid_until for site in sites if site.light and (face is Face.LIGHTS or site.light == "cross")
    ]
    if face is Face.LIGHTS:
        return min(shown, default=view.edition.valid_until)
    as_of = view.edition.as_of
    midnight = datetime.combine(as_of.date() + timedelta(days=1), time(0), as_of.tzinfo)
    return min([midnight, *shown])


def head(view: BoardView, face: Face, part: ArticlePart, until: datetime) -> str:
    """Of when it is, until when it holds, edition and headline; where there are parts, which it is."""
    return "".join(_head(view, face, part, until))


def foot(view: BoardView, face: Face) -> str:
    """What colours mean and 120, who answers for it, and the way to the live page."""
    return "".join(_foot(view, face))


def _head(view: BoardView, face: Face, part: ArticlePart, until: datetime) -> Iterator[str]:
    header, edition = view.header, view.edition
    if header.banner:
        yield paragraph([strong(text(f"【{header.banner}】"))])
    held = msgspec.structs.replace(edition, valid_until=until)
    first = text(
        lines.holds(held, words.ZH) if header.state != "ended" else lines.when(edition.as_of, words.ZH)
    )
    yield paragraph([strong(first), text(edition.text)])
    if part.of > 1:
        yield paragraph(
            [strong(f"第{part.number}篇，共{part.of}篇"), text(f"本篇：{'、'.join(part.places)}")]
        )
    if face is Face.DIRECTORY and lines.lit(header):
        if view.headline.kind not in _TELLING:
            yield paragraph([text(view.headline.text)])
        yield paragraph([text(_renewed(view))])
    else:
        yield paragraph([text(view.headline.text)])
    if header.state == "ended" and header.closing:
        yield paragraph([text(header.closing)])


def _renewed(view: BoardView) -> str:
    times = "、".join(words.clock(due) for due in view.header.report_by)
    said = f"各点忙闲每天 {times} 更新，" if times else "各点忙闲每天更新，"
    return f"本篇是名录，不含当前忙闲。{said}{SCAN if lines.board_url(view.header) else '前往前请先打电话'}。"


def _foot(view: BoardView, face: Face) -> Iterator[str]:
    header = view.header
    if face is Face.LIGHTS:
        yield paragraph([text(legend())])
    yield paragraph(map(text, words.about(words.ZH)), "margin:24px 0 12px")
    answering = [text(said) for said in lines.answering(header)]
    if answering:
        yield paragraph(answering)
    link = address(view)
    if link:
        yield paragraph([picture(picture_address(view), "本页最新内容的二维码"), SCAN, text(link)], _CENTRE)


def legend() -> str:
    """What each light asks of people, in one sentence."""
    said = [f"{words.MARKS[light]} {words.PILLS[light]}，{lines.MEANS[light]}" for light in words.LIGHT_WORDS]
    return f"颜色的意思：{'；'.join(said)}；{words.MARKS['none']} {lines.NO_NEWS}，{lines.MEANS['none']}。"


def _stamp(view: BoardView) -> str:
    return f"{view.edition.as_of:%Y%m%d%H%M}"
