"""One script tag that becomes the board: it puts embed.html, beside it, in its own place."""

from typing import Final

import msgspec

from trafficlight.assets import template_dir
from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView

_SOURCE: Final = (template_dir() / "embed_page" / "embed.js").read_bytes()
"""Read when the program starts, so never on the event loop."""


class EmbedScript:
    """{board}/embed.js: `<script src="…/embed.js" data-theme="dark" data-large async></script>`."""

    name = "embed_script"
    scope = FormatScope.DATA
    pattern = "{board}/embed.js"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug)
        title = msgspec.json.encode(words.heading(view.header)).replace(b"<", b"\\u003c")
        return (Artifact(path, "text/javascript; charset=utf-8", _SOURCE.replace(b"@TITLE@", title)),)
