"""One town's page: its sites alone, for a bad network, a large board, or a link that a town sends around."""

from trafficlight.publish import finding, lines, templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.board_page import row_of
from trafficlight.publish.view import TownView

AT_A_GLANCE = 8
"""Sites that are seen without searching."""


class TownPage:
    """{board}/towns/{town}.html: the town's own headline and counts, its sites as on the board's page."""

    name = "town_page"
    scope = FormatScope.TOWN
    pattern = "{board}/towns/{town}.html"

    def make(self, view: TownView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        path = self.pattern.format(board=header.slug, town=view.town.file)
        body = templating.page(
            "town_page/page.html",
            path,
            header.lang,
            view=view,
            lit=lines.lit(header),
            row=row_of(header, edition.as_of.date(), beside="../"),
            place=header.place,
            as_of=edition.as_of,
            until=edition.valid_until,
            position=edition.position,
            kinds=finding.kinds(view.town.sites),
            whom=finding.tells_whom(view.town.sites),
            searched=len(view.town.sites) > AT_A_GLANCE and header.state != "ended",
            listed=header.state != "draft",
        )
        return (Artifact(path, templating.HTML, body),)
