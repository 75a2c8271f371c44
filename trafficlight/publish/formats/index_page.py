"""The list of boards: what a visitor of the bare address sees."""

from trafficlight.publish import templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView


class IndexPage:
    """index.html: every board with its counts; those that ended stand apart."""

    name = "index_page"
    scope = FormatScope.INDEX
    pattern = "index.html"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        body = templating.page(
            "index_page/page.html",
            self.pattern,
            view.lang,
            view=view,
            current=[board for board in view.boards if board.state != "ended"],
            ended=[board for board in view.boards if board.state == "ended"],
            place=view.place,
            as_of=view.as_of,
            until=view.valid_until,
            listed=True,
        )
        return (Artifact(self.pattern, templating.HTML, body),)
