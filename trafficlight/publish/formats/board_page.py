"""The board's page: which clinic can see me, and its phone."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from trafficlight.publish import finding, templating, towns, words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.linked import clinics, in_page
from trafficlight.publish.view import BoardView, Header, SiteView

MOST_ROWS = 400
"""Sites on one page: 35 KB compressed, six seconds on a network of 50 kbit/s."""
ROWS_CACHED = 8192
"""At hand: a report changes one row of a board, and filling in the others is most of what a page costs."""


@lru_cache(maxsize=ROWS_CACHED)
def _row(  # noqa: PLR0913
    site: SiteView, today: date, lang: str, beside: str, km: int | None, *, has_lights: bool, far: bool
) -> Markup:
    row = templating.template("board_page/row.html", lang)
    made = row.render(site=site, today=today, lit=has_lights, beside=beside, km=km, far=far)
    return Markup(made)  # noqa: S704 - what a template of ours made is escaped


def row_of(header: Header, today: date, beside: str = "") -> Callable[..., Markup]:
    """How a page of the board shows a site, or one of another town with its distance.

    `beside`: the way from the page to the board's folder.
    """
    has_lights = words.has_lights(header)

    def row(site: SiteView, km: int | None = None, *, far: bool = False) -> Markup:
        return _row(site, today, header.lang, beside, km, has_lights=has_lights, far=far)

    return row


class BoardPage:
    """{board}/index.html: the headline, then every site by town with its light, phones and address.

    A board with more sites than one page can show has its towns there instead, each with its counts and a
    page of its own, and a search over all names.
    """

    name = "board_page"
    scope = FormatScope.BOARD
    pattern = "{board}/index.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        path = self.pattern.format(board=view.header.slug)
        body = templating.view_page(
            "board_page/page.html",
            path,
            view,
            live=True,
            row=row_of(view.header, view.edition.as_of.date()),
            sections=towns.sections(*view.towns),
            kinds=finding.kinds(view.sites),
            whom=finding.names_ages(view.sites),
            placed=any(map(finding.spot, view.sites)),
            large=len(view.sites) > MOST_ROWS,
            linked=in_page(clinics(view)) if view.header.place.public_url and view.sites else "",
        )
        return (Artifact(path, templating.HTML, body),)
