"""Where the parts meet, and nowhere else."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.settings import Settings
from trafficlight.web.api import Api
from trafficlight.web.desk.routes import add_desk
from trafficlight.web.guard import Handler, guarded
from trafficlight.web.live import Live
from trafficlight.web.mismatches import Telling
from trafficlight.web.node import Node
from trafficlight.web.openapi import openapi_json
from trafficlight.web.public import Public, Rest
from trafficlight.web.signing import Signing
from trafficlight.web.staff import Staff

NODE = web.AppKey("node", Node)
PUBLIC = web.AppKey("public", Public)
LIVE = web.AppKey("live", Live)


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] | None = None) -> web.Application:
    """The app: the API, the clinics' forms, and the published tree for all that is neither.

    `clock` stands in for the machine's and for that by which the ledger stamps.
    Its parts come up when it starts and go down when it is cleaned up; `app[NODE]` holds them.
    """
    node = Node(settings, clock or utc_now, clock)
    app = web.Application()
    app[NODE] = node
    app.cleanup_ctx.append(node.running)
    public = app[PUBLIC] = Public(node)
    node.metrics.public = public.counts
    node.listeners.append(public.happened)
    _add_live(app, node)
    _add_mismatches(app, node)
    _add_api(app, node)
    _add_staff(app, node)
    add_desk(app, node, _only)
    app.router.register_resource(Rest(public.answer))
    return app


def _add_live(app: web.Application, node: Node) -> None:
    live = app[LIVE] = Live(node)
    node.metrics.live = live.facts
    node.listeners.append(live.happened)
    app.on_shutdown.append(live.close)

    def answered(route: str, method: str, status: int, seconds: float) -> None:
        if status != HTTPStatus.OK:  # how long a page was open is no measure of anything here
            node.metrics.answered(route, method, status, seconds)

    resource = app.router.add_resource("/api/v1/boards/{board}/live")
    resource.add_route("GET", guarded(live.stream, answered))
    resource.add_route("HEAD", guarded(live.head, answered))
    resource.add_route("*", guarded(_only("GET", "HEAD"), answered))


def _add_mismatches(app: web.Application, node: Node) -> None:
    telling, answered = Telling(node), node.metrics.answered
    told = app.router.add_resource("/api/v1/sites/{site}/mismatches")
    told.add_route("POST", guarded(telling.tell, answered, telling.refuse))
    told.add_route("*", guarded(_only("POST"), answered))
    listed = app.router.add_resource("/api/v1/boards/{board}/mismatches")
    listed.add_route("GET", guarded(telling.listed, answered))
    listed.add_route("*", guarded(_only("GET"), answered))


def _add_api(app: web.Application, node: Node) -> None:
    api = Api(node)

    def add(path: str, **handlers: Handler) -> None:
        resource = app.router.add_resource(path)
        for method, handler in handlers.items():
            resource.add_route(method, guarded(handler, node.metrics.answered))
        resource.add_route("*", guarded(_only(*handlers), node.metrics.answered))

    signing = Signing(node)

    async def openapi(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=openapi_json(), headers={"Content-Type": "application/json"})

    async def nothing(_request: web.Request) -> web.StreamResponse:
        raise Refused("not_found")

    add("/api/v1/sites/{site}/reports", POST=api.report)
    add("/api/v1/sites/{site}/reports/{report}", GET=api.kept, DELETE=api.withdraw)
    add("/api/v1/reports", POST=api.bulk)
    add("/api/v1/wechat/signature", GET=signing.sign, HEAD=signing.sign)
    add("/api/openapi.json", GET=openapi, HEAD=openapi)
    for path in ("/api", "/api/{rest:.*}"):  # of one pattern for both, every page would have to try it
        app.router.add_route("*", path, guarded(nothing, node.metrics.answered))


def _add_staff(app: web.Application, node: Node) -> None:
    staff = Staff(node)

    def add(path: str, **handlers: Handler) -> None:
        resource = app.router.add_resource(path)
        for method, handler in handlers.items():
            resource.add_route(method, guarded(handler, node.metrics.answered, staff.tell))
        resource.add_route("*", guarded(_only(*handlers), node.metrics.answered, staff.tell))

    async def slash(request: web.Request) -> web.StreamResponse:
        return web.Response(status=308, headers={"Location": f"./{quote(request.path.rpartition('/')[2])}/"})

    async def nothing(_request: web.Request) -> web.StreamResponse:
        raise Refused("not_found")

    add("/enter/trial", GET=staff.trial, HEAD=staff.trial)
    add("/enter/{secret}", GET=staff.enter, HEAD=staff.enter)
    add("/report/{link}/pin", POST=staff.pin)
    for place in ("/report/{link}/", "/report/{link}/{site}/"):
        add(place + "undo", POST=staff.undo)
        add(place + "done", GET=staff.done, HEAD=staff.done)
    for place in ("/report/{link}", "/report/{link}/{site}"):
        add(place, GET=slash, HEAD=slash)
        add(place + "/", GET=staff.form, HEAD=staff.form, POST=staff.post)
    for root in ("enter", "report"):
        app.router.add_route(
            "*", f"/{root}{{rest:(?:/.*)?}}", guarded(nothing, node.metrics.answered, staff.tell)
        )


def _only(*methods: str) -> Handler:
    """Everything else is answered with what is allowed."""

    async def refuse(_request: web.Request) -> web.StreamResponse:
        raise Refused("method_not_allowed", allow=", ".join(methods))

    return refuse
