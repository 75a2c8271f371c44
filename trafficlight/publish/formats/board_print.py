"""The board on paper, for a village's notice board."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from trafficlight.publish import templating, words
from trafficlight.publish.cards import qr
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardView, Header, SiteView

ROWS_CACHED = 8192
"""At hand, as the board's page keeps its rows: of a sheet that is made anew nearly all are as they were."""


@lru_cache(maxsize=ROWS_CACHED)
def _row(site: SiteView, today: date, lang: str, *, has_lights: bool) -> Markup:
    row = templating.template("board_print/row.html", lang)
    return Markup(row.render(site=site, today=today, lit=has_lights))  # noqa: S704 - what a template of ours made is escaped


def print_row(header: Header, today: date) -> Callable[[SiteView], Markup]:
    """How a sheet shows a site."""
    return lambda site: _row(site, today, header.lang, has_lights=words.has_lights(header))


class BoardPrint:
    """{board}/print.html: A4 in black and white; every sheet says of when it is, and until when it holds."""

    name = "board_print"
    scope = FormatScope.BOARD
    pattern = "{board}/print.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, today = view.header, view.edition.as_of.date()
        path, url = self.pattern.format(board=header.slug), words.board_url(header)
        body = templating.view_page(
            "board_print/page.html",
            path,
            view,
            towns=view.towns,
            place_name=header.name,
            back="index.html",
            row=print_row(header, today),
            url=url,
            code=qr(url) if url else "",
            listed=False,
        )
        return (Artifact(path, templating.HTML, body),)
