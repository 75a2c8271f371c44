"""One town on paper: a sheet for its own notice board, beside the county's."""

from trafficlight.publish import templating, words
from trafficlight.publish.cards import qr
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.formats.board_print import print_row
from trafficlight.publish.view import TownView


class TownPrint:
    """{board}/print/{town}.html: the town's sites as on the county's sheets, with the way to its own page."""

    name = "town_print"
    scope = FormatScope.TOWN
    pattern = "{board}/print/{town}.html"

    def make(self, view: TownView, /) -> tuple[Artifact, ...]:
        header, file = view.header, view.town.file
        path, url = self.pattern.format(board=header.slug, town=file), words.town_url(header, file)
        body = templating.view_page(
            "board_print/page.html",
            path,
            view,
            towns=(view.town,),
            place_name=f"{header.name}{view.town.name}",
            back=f"../towns/{file}.html",
            row=print_row(header, view.edition.as_of.date()),
            url=words.board_url(header),
            code=qr(url) if url else "",
            listed=False,
        )
        return (Artifact(path, templating.HTML, body),)
