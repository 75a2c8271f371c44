"""What robots may fetch: everything that is published, and nothing that acts."""

from typing import Final

from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView

# A robot that follows a clinic's personal link must not spend it, nor keep it.
_BODY: Final = b"User-agent: *\nAllow: /\nDisallow: /enter/\nDisallow: /report/\nDisallow: /api/\n"


class Robots:
    """robots.txt; where it is known where the tree lives, it names the map of it."""

    name = "robots"
    scope = FormatScope.TREE
    pattern = "robots.txt"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        root = view.place.public_url
        body = _BODY + f"Sitemap: {root}/sitemap.xml\n".encode() if root else _BODY
        return (Artifact(self.pattern, "text/plain; charset=utf-8", body),)
