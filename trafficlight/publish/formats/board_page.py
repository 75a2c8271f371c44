"""The board's page: which clinic can see me, and its phone."""

from datetime import date
from functools import lru_cache

from markupsafe import Markup

from trafficlight.publish import lines, templating
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.view import BoardView, SiteView

ROWS_KEPT = 8192
"""At hand: a report changes one row of a board, and filling in the others is most of what a page costs."""


@lru_cache(maxsize=ROWS_KEPT)
def _row(site: SiteView, hotline: str, today: date, lang: str, *, lit: bool) -> Markup:
    row = templating.template("board_page/row.html", lang)
    made = row.render(site=site, hotline=hotline, today=today, lit=lit)
    return Markup(made)  # noqa: S704 - what a template of ours made is escaped


class BoardPage:
    """{board}/index.html: the headline, then every site by town with its light, phones and address."""

    name = "board_page"
    scope = Scope.BOARD
    pattern = "{board}/index.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        lit, today, lang = lines.lit(header), edition.as_of.date(), header.lang
        path = self.pattern.format(board=header.slug)
        body = templating.page(
            "board_page/page.html",
            path,
            lang,
            view=view,
            lit=lit,
            row=lambda site: _row(site, header.hotline, today, lang, lit=lit),
            place=header.place,
            as_of=edition.as_of,
            until=edition.valid_until,
            listed=header.state != "draft",
        )
        return (Artifact(path, templating.HTML, body),)
