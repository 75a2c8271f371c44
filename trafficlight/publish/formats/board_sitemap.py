"""Which of a board's pages a search is to know."""

from trafficlight.publish import words
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.sitemap import urlset
from trafficlight.publish.view import BoardView
from trafficlight.text.languages import ZH


class BoardSitemap:
    """{board}/sitemap.xml: the board's page, its towns and sites; each names its other languages itself."""

    name = "board_sitemap"
    scope = FormatScope.DATA
    pattern = "{board}/sitemap.xml"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header = view.header
        root = words.board_url(header)
        if not root or header.lang != ZH.code or header.state == "draft":
            return ()
        beside = [name for name, there in (("guide", header.guide), ("teams", header.teams)) if there]
        addresses = [
            root,
            *(f"{root}{name}.html" for name in beside),
            *(words.town_url(header, town.file) for town in view.towns),
            *(words.site_url(header, site.id) for site in view.sites),
        ]
        path = self.pattern.format(board=header.slug)
        return (Artifact(path, "application/xml", urlset(addresses)),)
