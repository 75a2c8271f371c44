"""The page of a town's link: its sites, each leading to its form."""

from aiohttp import web

from trafficlight.domain.day import local
from trafficlight.domain.errors import Refused
from trafficlight.domain.judge import today_at
from trafficlight.publish import telling
from trafficlight.web.node import Node
from trafficlight.web.screen import shown_of
from trafficlight.web.visiting import Visit, Visits


class Captain:
    """The handlers of a town's link (`/report/LINK/`)."""

    def __init__(self, node: Node, visits: Visits) -> None:
        self._node = node
        self._visits = visits

    def page(self, request: web.Request, visit: Visit) -> web.StreamResponse:
        """The sites of the town."""
        fold = self._node.current.boards.get(visit.link.board)
        if fold is None or fold.board is None:
            raise Refused("site_gone", board=visit.link.board)
        at = self._node.clock()
        sites = [state for state in fold.sites.values() if state.site.town == visit.link.town]
        return self._visits.page(
            request,
            visit,
            "staff/town.html",
            town=visit.link.town,
            header=telling.header(fold, self._node.place(), visit.lang, at),
            sites=[
                (
                    shown_of(fold, state, at, visit.lang),
                    local(state.heard_at, fold.board.zone) if state.heard_at else None,
                )
                for state in sorted(sites, key=lambda state: state.site.name)
            ],
            today=today_at(fold.board, at).day,
        )
