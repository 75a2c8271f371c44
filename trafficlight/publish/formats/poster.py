"""The board as pictures."""

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.pictures import poster
from trafficlight.publish.pictures.sketch import PNG, encode
from trafficlight.publish.view import BoardView


class Poster:
    """{board}/poster.png, poster-2.png …: every site, light and phone; 1080 wide, at most 3,500 high."""

    name = "poster"
    scope = FormatScope.PICTURES
    pattern = "{board}/poster{part}.png"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        return tuple(
            Artifact(
                self.pattern.format(board=view.header.slug, part=f"-{number}" if number > 1 else ""),
                PNG,
                encode(sketch),
                sketch=True,
            )
            for number, sketch in enumerate(poster.sketches(view), start=1)
        )
