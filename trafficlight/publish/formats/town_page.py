"""One town's page: its sites alone, for a bad network, a large board, or a link that a town sends around."""

from trafficlight.publish import finding, templating, towns
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
        header, sites = view.header, view.town.sites
        path = self.pattern.format(board=header.slug, town=view.town.file)
        body = templating.view_page(
            "town_page/page.html",
            path,
            view,
            live=True,
            row=row_of(header, view.edition.as_of.date(), beside="../"),
            sections=towns.sections(view.town),
            kinds=finding.kinds(sites),
            whom=finding.names_ages(sites),
            placed=any(map(finding.spot, sites)),
            searched=len(sites) > AT_A_GLANCE and header.state != "ended",
        )
        return (Artifact(path, templating.HTML, body),)
