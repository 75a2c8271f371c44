"""The board's page: which clinic can see me, and its phone."""

from trafficlight.publish import lines, templating
from trafficlight.publish.formats.base import Artifact, Scope
from trafficlight.publish.view import BoardView


class BoardPage:
    """{board}/index.html: the headline, then every site by town with its light, phones and address."""

    name = "board_page"
    scope = Scope.BOARD
    pattern = "{board}/index.html"

    def make(self, view: BoardView, /) -> tuple[Artifact, ...]:
        header, edition = view.header, view.edition
        body = templating.render(
            "board_page/page.html",
            view=view,
            lit=lines.lit(header),
            up="../",
            here=f"{header.slug}/",
            lang=templating.html_lang(header.lang),
            place=header.place,
            as_of=edition.as_of,
            until=edition.valid_until,
            listed=header.state != "draft",
        )
        return (Artifact(self.pattern.format(board=header.slug), templating.HTML, body),)
