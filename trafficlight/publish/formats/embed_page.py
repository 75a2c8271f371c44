"""The board within other people's pages: the one page that may stand in a frame."""

from trafficlight.publish import templating, towns
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.board_page import MOST_ROWS, row_of
from trafficlight.publish.view import BoardView


class EmbedPage:
    """{board}/embed.html, for a frame: `?theme=light|dark`, `?large=1`; says how high it is."""

    name = "embed_page"
    scope = FormatScope.DATA
    pattern = "{board}/embed.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug)
        body = templating.view_page(
            "embed_page/page.html",
            path,
            view,
            live=True,
            listed=False,  # a search is to find the page itself
            row=row_of(view.header, view.edition.as_of.date()),
            sections=towns.sections(*view.towns),
            large=len(view.sites) > MOST_ROWS,
        )
        return (Artifact(path, templating.HTML, body, framed=True),)
