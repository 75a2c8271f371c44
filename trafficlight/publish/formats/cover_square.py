"""The square cover of an article about the board."""

from trafficlight.publish.formats import cover
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.picture import PNG, encode
from trafficlight.publish.view import BoardView


class CoverSquare:
    """{board}/cover-square.png: 500 × 500, without a light."""

    name = "cover_square"
    scope = FormatScope.PICTURES
    pattern = "{board}/cover-square.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        body = encode(cover.cover_of(view.header, cover.SQUARE))
        return (Artifact(self.pattern.format(board=view.header.slug), PNG, body, sketch=True),)
