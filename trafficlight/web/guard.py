"""What stands around every handler but the public pages': refusals become answers, and both are announced."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.ledger.base import KeyReused, LedgerUnavailable
from trafficlight.web.problems import language, respond

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
OnRefused = Callable[[web.Request, Refused], web.StreamResponse]

METHODS: Final = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
NO_ROUTE: Final = "none"

log = structlog.get_logger("web")


Answered = Callable[[str, str, int, float], None]
"""Announced for every answer but the public pages': the canonical route (never what a stranger wrote), the
method, the status and the seconds it took."""


def as_problem_json(request: web.Request, refused: Refused) -> web.StreamResponse:
    """What a program is told."""
    return respond(refused, language(request))


def guarded(handler: Handler, on_answered: Answered, on_refused: OnRefused = as_problem_json) -> Handler:
    """The handler with its refusals told by `tell`; nothing a stranger sends makes it fail."""

    async def answer(request: web.Request) -> web.StreamResponse:
        began = time.perf_counter()
        try:
            response = await handler(request)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, a stranger gets a code and a sentence
            response = on_refused(request, _refusal(request, error))
        on_answered(route_of(request), method_of(request), response.status, time.perf_counter() - began)
        return response

    return answer


class Routes:
    """The addresses of one group of handlers, whose refusals are told in one way."""

    def __init__(
        self, app: web.Application, on_answered: Answered, on_refused: OnRefused = as_problem_json
    ) -> None:
        self._router = app.router
        self._on_answered = on_answered
        self._on_refused = on_refused

    def add(self, path: str, **handlers: Handler) -> None:
        """Handlers by method; every other method is answered with what is allowed."""
        if "GET" in handlers:  # a HEAD is answered wherever a GET is
            handlers = {"GET": handlers["GET"], "HEAD": handlers["GET"], **handlers}
        resource = self._router.add_resource(path)
        for method, handler in (*handlers.items(), ("*", _only(*handlers))):
            resource.add_route(method, guarded(handler, self._on_answered, self._on_refused))

    def close(self, path: str) -> None:
        """Whatever else matches the path is not found."""
        self._router.add_route("*", path, guarded(_not_found, self._on_answered, self._on_refused))


def _only(*methods: str) -> Handler:
    async def refuse(_request: web.Request) -> web.StreamResponse:
        raise Refused("method_not_allowed", allow=", ".join(methods))

    return refuse


async def _not_found(_request: web.Request) -> web.StreamResponse:
    raise Refused("not_found")


def route_of(request: web.Request) -> str:
    """The canonical route, so that neither logs nor labels hold what came in the path."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else NO_ROUTE


def method_of(request: web.Request) -> str:
    """The method, or `other`: strangers invent some."""
    return request.method if request.method in METHODS else "other"


def _refusal(request: web.Request, error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, KeyReused):
        return Refused("key_reused", "Idempotency-Key")
    if isinstance(error, LedgerUnavailable):
        log.warning("ledger_unavailable", route=route_of(request), reason=str(error))
        return Refused("ledger_unavailable")
    log.error("handler_failed", route=route_of(request), exc_info=error)
    return Refused("internal")
