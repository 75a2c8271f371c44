"""The board's counts for shields.io, which draws them in its own style."""

import msgspec

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.site_badge import footing, stopped
from trafficlight.publish.formats.site_shields import NONE, ShieldsEndpoint
from trafficlight.publish.view import BoardView


class BoardShields:
    """{board}/badge.json: how many sites show which light, and until when that holds."""

    name = "board_shields"
    scope = FormatScope.DATA
    pattern = "{board}/badge.json"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        message = stopped(header).text
        if words.has_lights(header):
            counts = " ".join(f"{words.MARKS[light]} {count}" for light, count in view.counts.items())
            message = f"{counts} · {footing(edition, None, edition.valid_until, header.lang).text}"
        endpoint = ShieldsEndpoint(label=header.name, message=message, color=NONE)
        path = self.pattern.format(board=header.slug)
        return (Artifact(path, "application/json", msgspec.json.encode(endpoint) + b"\n"),)
