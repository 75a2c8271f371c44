"""The cover of an article about the board."""

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.pictures import cover
from trafficlight.publish.pictures.sketch import PNG, encode
from trafficlight.publish.view import BoardView


class Cover:
    """{board}/cover.png: 900 × 383, without a light."""

    name = "cover"
    scope = FormatScope.PICTURES
    pattern = "{board}/cover.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        body = encode(cover.sketch(view.header, cover.WIDE))
        return (Artifact(self.pattern.format(board=view.header.slug), PNG, body, sketch=True),)
