"""The list of boards: what a visitor of the bare address sees."""

from typing import Final

from trafficlight.publish import templating
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import IndexView
from trafficlight.text import pinyin

AT_A_GLANCE: Final = 8
"""Boards that are seen without searching."""


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
            found=pinyin.reading,
            searched=len(view.boards) > AT_A_GLANCE,
            placed=any(board.box for board in view.boards),
            ended=[board for board in view.boards if board.state == "ended"],
            place=view.place,
            as_of=view.as_of,
            until=view.valid_until,
            listed=True,
        )
        return (Artifact(self.pattern, templating.HTML, body),)
