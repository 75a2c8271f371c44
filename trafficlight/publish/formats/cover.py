"""The cover of an article about the board: whose, how many clinics, which day, a code to what is newest.

No light: an article's cover is seen for days in lists and shares, long after what the article says.
"""

from collections.abc import Iterator
from typing import Final

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.picture import (
    PNG,
    Block,
    Code,
    Item,
    Look,
    Sketch,
    centred,
    ems,
    encode,
    gap,
    moved,
    stacked,
)
from trafficlight.publish.view import BoardView, Header
from trafficlight.text import rendering
from trafficlight.text.languages import N_, translate

WIDE: Final = (900, 383)
"""2.35 to 1, as the list of articles shows the first of them."""
SQUARE: Final = (500, 500)

GROUND: Final = "#22384c"
"""Of no light's colour."""
_PAPER: Final = "#ffffff"
_SIDE: Final = 36
_LINES: Final = ("发热就诊机构", "忙闲情况")
"""Where the Chinese title breaks if it has to: elsewhere it would tear a word."""


def cover_of(header: Header, size: tuple[int, int], about: str = "", code: str = "") -> Sketch:
    """The cover, everything around its middle: what is cut off at the sides is only ground.

    `about`: a line of its own below the title. `code`: where a code leads that stands beside all else.
    """
    width, height = size
    lang = header.lang
    left = width - CODE - 2 * _SIDE if code else width
    room = left - _SIDE if code else min(width, height * 2) - 2 * _SIDE

    def block(text: str, size: int, *, bold: bool = False) -> Block:
        look = Look(size=size, bold=bold, ink=_PAPER, paper=GROUND)
        return centred(text, look, middle=left // 2, width=room)

    def titled(size: int) -> Block:
        whole = translate(N_("发热就诊机构忙闲情况"), lang)
        torn = ems(whole) * size > room and whole == "".join(_LINES)
        return stacked(block(line, size, bold=True) for line in (_LINES if torn else (whole,)))

    def parts(scale: float) -> Block:
        return stacked(
            [
                *([block(header.banner, 30, bold=True)] if header.banner else []),
                block(header.name, round(72 * scale), bold=True),
                titled(round(56 * scale)),
                gap(8),
                *([block(about, 36, bold=True)] if about else []),
                gap(8),
                block(header.publisher, 30),
                block(words.about(lang)[1], 30),
            ]
        )

    # A long name is made smaller until everything fits.
    whole = next(
        (one for scale in (1, 0.8, 0.65, 0.55, 0.5) if (one := parts(scale)).height <= height - 24),
        parts(0.42),
    )
    down = max(0, (height - whole.height) // 2)
    items = (*moved(whole.items, down), *(_code(code, size, lang) if code else ()))
    return Sketch(width=width, height=height, paper=GROUND, items=items)


CODE: Final = 336
"""Pixels of the code with its quiet zone: two thirds of what a phone shows of a cover."""


def _code(url: str, size: tuple[int, int], lang: str) -> Iterator[Item]:
    """A code at the right, and below it what it is for."""
    width, height = size
    x = width - CODE - _SIDE
    look = Look(size=30, bold=True, ink=_PAPER, paper=GROUND)
    below = centred(translate(N_("扫码看最新"), lang), look, middle=x + CODE // 2, width=CODE)
    top = (height - CODE - below.height) // 2
    yield Code(x=x, y=top, size=CODE, url=url)
    yield from moved(below.items, top + CODE)


class Cover:
    """{board}/cover.png: 900 × 383, without a light; another every day, and where a site comes or goes."""

    name = "cover"
    scope = FormatScope.PICTURES
    pattern = "{board}/cover.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header = view.header
        about = translate(N_("共{count}家机构，{day}"), header.lang).format(
            count=len(view.sites), day=rendering.day(header.service_day, header.lang)
        )
        url = words.board_url(header)
        code = f"{url}?v={header.service_day:%Y%m%d}" if url else ""
        there = header.state != "ended" and view.sites
        body = encode(cover_of(header, WIDE, about if there else "", code))
        return (Artifact(self.pattern.format(board=view.header.slug), PNG, body, sketch=True),)
