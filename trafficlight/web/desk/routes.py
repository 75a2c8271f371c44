"""The desk's addresses."""

from collections.abc import Callable

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.web.desk.account import GATE
from trafficlight.web.desk.auth import DeskAuth
from trafficlight.web.desk.corrections.as_shown import PASTS, Pasts
from trafficlight.web.desk.gate import Gate
from trafficlight.web.desk.lookback.cache import LOOKBACKS, Lookbacks
from trafficlight.web.desk.middleware import DeskMiddleware
from trafficlight.web.desk.sections import PAGES, ROOMS
from trafficlight.web.desk.sign_in import SignIn
from trafficlight.web.desk.sites.uploads import SHELF, Uploads
from trafficlight.web.guard import Handler, guarded
from trafficlight.web.node import Node


def add_desk(app: web.Application, node: Node, only: Callable[..., Handler]) -> None:
    """Every page of the rooms, the sign-in, and an answer for everything else below `/desk`."""
    asking = DeskAuth(node)
    gate = app[GATE] = Gate(node)
    app[PASTS] = Pasts(node)
    app[LOOKBACKS] = Lookbacks(node)
    app[SHELF] = Uploads(node.clock)
    sign_in, frame = SignIn(node, asking, gate), DeskMiddleware(node, asking, ROOMS)

    def add(path: str, **handlers: Handler) -> None:
        if "GET" in handlers:
            handlers["HEAD"] = handlers["GET"]
        resource = app.router.add_resource(path)
        for method, handler in handlers.items():
            resource.add_route(method, guarded(handler, node.metrics.answered, frame.tell))
        resource.add_route("*", guarded(only(*handlers), node.metrics.answered, frame.tell))

    async def slash(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=308, headers={"Location": "../desk"})

    async def nothing(_request: web.Request) -> web.StreamResponse:
        raise Refused("not_found")

    add("/desk/sign-in", GET=sign_in.show, POST=sign_in.post)
    for page in PAGES:
        shown = {"GET": frame.showing(page)} if page.show else {}
        saved = {"POST": frame.saving(page)} if page.save else {}
        add(f"/desk{page.path}", **shown, **saved)
    add("/desk/", GET=slash)
    app.router.add_route("*", "/desk{rest:/.*}", guarded(nothing, node.metrics.answered, frame.tell))
