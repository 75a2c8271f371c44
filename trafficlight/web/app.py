"""Where the parts meet, and nowhere else: each group of handlers is given what it uses."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web, web_response

from trafficlight.settings import Settings
from trafficlight.web.api import Api
from trafficlight.web.desk.request import DeskParts
from trafficlight.web.desk.routes import add_desk
from trafficlight.web.guard import Routes
from trafficlight.web.link_auth import LinkParts, Pins
from trafficlight.web.live import Live
from trafficlight.web.mismatches import MismatchHandlers, MismatchParts
from trafficlight.web.node import Node
from trafficlight.web.openapi import openapi_json
from trafficlight.web.openapi_page import HEADERS, openapi_page
from trafficlight.web.public import Public, Rest
from trafficlight.web.signing import Signing, SigningParts
from trafficlight.web.staff import Staff

NODE = web.AppKey("node", Node)
LIVE = web.AppKey("live", Live)


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] | None = None) -> web.Application:
    """The app: the API, the clinics' forms, and the published tree for all that is neither.

    `clock` stands in for the machine's and for that by which the ledger stamps.
    Its parts come up when it starts and go down when it is cleaned up; `app[NODE]` holds them.
    """
    # No header says which versions run, of refusals that never come to a handler neither.
    setattr(web_response, "SERVER_SOFTWARE", "trafficlight")  # noqa: B010 - a constant of aiohttp's, no setting
    app = web.Application()
    app[NODE] = Node(settings, clock or utc_now, clock)
    app.cleanup_ctx.append(_running)
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    """The one cleanup context: whatever came up goes down, in reverse, however far it came."""
    node = app[NODE]
    async with AsyncExitStack() as stack:
        await node.open(stack)
        # Handlers are made of parts that exist; aiohttp takes routes until the app has started.
        _add_live(app, node)
        _add_mismatches(app, node)
        _add_api(app, node)
        _add_staff(app, node)
        add_desk(app, desk_parts(node), node.metrics.answered)
        _add_public(app, node)  # last: it answers whatever nobody else does
        node.start()
        yield
        node.ready = False


def _add_live(app: web.Application, node: Node) -> None:
    live = app[LIVE] = Live(node.publisher, node.current, node.clock, node.settings.live_streams)
    node.metrics.live = live.facts
    node.current.listeners.append(live.happened)
    app.on_shutdown.append(live.close)

    def answered(route: str, method: str, status: int, seconds: float) -> None:
        if status != HTTPStatus.OK:  # how long a page was open is no measure of anything here
            node.metrics.answered(route, method, status, seconds)

    Routes(app, answered).add("/api/v1/boards/{board}/live", GET=live.stream, HEAD=live.head)


def _add_mismatches(app: web.Application, node: Node) -> None:
    parts = MismatchParts(
        access=node.access,
        reporting=node.reporting,
        current=node.current,
        place=node.place,
        clock=node.clock,
        throttles=node.throttles,
        trusted_proxies=node.settings.trusted_proxies,
        on_report=node.metrics.mismatch,
    )
    mismatches, answered = MismatchHandlers(parts), node.metrics.answered
    Routes(app, answered, mismatches.refuse).add("/api/v1/sites/{site}/mismatches", POST=mismatches.report)
    Routes(app, answered).add("/api/v1/boards/{board}/mismatches", GET=mismatches.listed)


def _add_api(app: web.Application, node: Node) -> None:
    api = Api(node.access, node.reporting, node.freshness, node.clock)
    signing = Signing(
        SigningParts(
            signer=node.signer,
            pages=node.settings.wechat_js,
            place=node.place,
            clock=node.clock,
            throttles=node.throttles,
            trusted_proxies=node.settings.trusted_proxies,
        )
    )

    async def openapi(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=openapi_json(), headers={"Content-Type": "application/json"})

    routes = Routes(app, node.metrics.answered)
    routes.add("/api/v1/sites/{site}/reports", POST=api.report)
    routes.add("/api/v1/sites/{site}/reports/{report}", GET=api.read, DELETE=api.withdraw)
    routes.add("/api/v1/reports", POST=api.bulk)
    routes.add("/api/v1/wechat/signature", GET=signing.sign)

    async def page(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=openapi_page(), headers=HEADERS)

    routes.add("/api/openapi.json", GET=openapi)
    routes.add("/api/", GET=page)
    for path in ("/api", "/api/{rest:.*}"):  # of one pattern for both, every page would have to try it
        routes.close(path)


def _add_staff(app: web.Application, node: Node) -> None:
    parts = LinkParts(
        access=node.access,
        sessions=node.sessions,
        current=node.current,
        freshness=node.freshness,
        reporting=node.reporting,
        place=node.place,
        clock=node.clock,
        trusted_proxies=node.settings.trusted_proxies,
    )
    staff = Staff(parts, Pins(node.throttles, node.settings.trusted_proxies))

    async def slash(request: web.Request) -> web.StreamResponse:
        return web.Response(status=308, headers={"Location": f"./{quote(request.path.rpartition('/')[2])}/"})

    routes = Routes(app, node.metrics.answered, staff.refusal_page)
    routes.add("/enter/trial", GET=staff.trial)
    routes.add("/enter/{secret}", GET=staff.enter)
    routes.add("/report/{link}/pin", POST=staff.pin)
    for place in ("/report/{link}/", "/report/{link}/{site}/"):
        routes.add(place + "undo", POST=staff.undo)
        routes.add(place + "done", GET=staff.done)
    for place in ("/report/{link}", "/report/{link}/{site}"):
        routes.add(place, GET=slash)
        routes.add(place + "/", GET=staff.form, POST=staff.post)
    for root in ("enter", "report"):
        routes.close(f"/{root}{{rest:(?:/.*)?}}")


def desk_parts(node: Node) -> DeskParts:
    """What the desk is made of."""
    return DeskParts(
        clock=node.clock,
        current=node.current,
        freshness=node.freshness,
        reporting=node.reporting,
        publisher=node.publisher,
        place=node.place,
        seal=node.seal,
        throttles=node.throttles,
        trusted_proxies=node.settings.trusted_proxies,
        pusher=node.pusher,
        meanwhile=node.meanwhile,
        private_webhooks=node.settings.private_webhooks,
        on_sign_in=node.metrics.signed_in,
    )


def _add_public(app: web.Application, node: Node) -> None:
    public = Public(node.publisher, node.place, node.clock)
    node.metrics.public = public.counts
    node.current.listeners.append(public.happened)
    app.router.register_resource(Rest(public.answer))
