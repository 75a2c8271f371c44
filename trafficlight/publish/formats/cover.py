"""The cover of an article about the board: whose it is and what it is about; no light, no number, no time.

An article's cover is seen for days in lists and shares, long after what the article says has passed.
"""

from typing import Final

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.picture import PNG, Block, Look, Sketch, centred, ems, encode, gap, moved, stacked
from trafficlight.publish.view import BoardView, Header
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


def cover_of(header: Header, size: tuple[int, int]) -> Sketch:
    """The cover, everything around its middle: what is cut off at the sides is only ground."""
    width, height = size
    lang = header.lang

    def block(text: str, size: int, *, bold: bool = False) -> Block:
        look = Look(size=size, bold=bold, ink=_PAPER, paper=GROUND)
        return centred(text, look, middle=width // 2, width=min(width, height * 2) - 2 * _SIDE)

    def titled(size: int) -> Block:
        whole = translate(N_("发热就诊机构忙闲情况"), lang)
        torn = ems(whole) * size > min(width, height * 2) - 2 * _SIDE and whole == "".join(_LINES)
        return stacked(block(line, size, bold=True) for line in (_LINES if torn else (whole,)))

    def parts(scale: float) -> Block:
        about = [block(header.banner, 30, bold=True)] if header.banner else []
        return stacked(
            [
                *about,
                block(header.name, round(72 * scale), bold=True),
                titled(round(56 * scale)),
                gap(16),
                block(header.publisher, 30),
                block(words.about(lang)[1], 30),
            ]
        )

    # A long name is made smaller until everything fits.
    whole = next(
        (one for scale in (1, 0.8, 0.65, 0.55) if (one := parts(scale)).height <= height - 24), parts(0.5)
    )
    down = max(0, (height - whole.height) // 2)
    items = tuple(moved(whole.items, down))
    return Sketch(width=width, height=height, paper=GROUND, items=items)


class Cover:
    """{board}/cover.png: 900 × 383, without a light."""

    name = "cover"
    scope = FormatScope.PICTURES
    pattern = "{board}/cover.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        body = encode(cover_of(view.header, WIDE))
        return (Artifact(self.pattern.format(board=view.header.slug), PNG, body, sketch=True),)
