"""The way in: name, password, and the code of the second step where the user has one."""

import secrets
from typing import Any, Final

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, SessionEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.current import FOLLOWED_WITHIN
from trafficlight.publish import templating
from trafficlight.text.rendering import explain
from trafficlight.web.access import client_address
from trafficlight.web.desk.auth import DeskAuth, keep_language, language_of, next_of
from trafficlight.web.desk.form import DeskForm, read_form
from trafficlight.web.desk.gate import Gate
from trafficlight.web.desk.request import HEADERS
from trafficlight.web.node import Node
from trafficlight.web.problems import status_of

BEFORE: Final = "desk-before"
"""The cookie by which the form of somebody who is not signed in is known to be ours."""
BEFORE_LASTS: Final = 3600
_LONGEST: Final = 500


class SignIn:
    """The handlers of `/desk/sign-in`."""

    def __init__(self, node: Node, asking: DeskAuth, gate: Gate) -> None:
        self._node = node
        self._asking = asking
        self._gate = gate

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`GET`: the form; whoever is signed in already goes on."""
        if await self._asking.who(request) is not None:
            return self._on(request.query.get("next", ""))
        return self._form(request, DeskForm(), request.query.get("next", ""))

    async def post(self, request: web.Request) -> web.StreamResponse:
        """`POST`: a session of its own in any case, never the one that the browser came with."""
        form = await read_form(request)
        onward = form.value("next")
        try:
            self._check(request, form)
            secret = await self._begin(request, form)
        except (Refused, LedgerUnavailable) as wrong:
            refused = wrong if isinstance(wrong, Refused) else Refused("ledger_unavailable")
            again = form.refused(refused.field, explain(refused, language_of(request)), refused.code)
            response = self._form(request, again, onward)
            response.set_status(status_of(refused.code))
            if "retry_after" in refused.params:
                response.headers["Retry-After"] = str(refused.params["retry_after"])
            return response
        response = self._on(onward)
        self._asking.give(request, response, secret)
        response.del_cookie(BEFORE, path="/", httponly=True, samesite="Lax")
        return response

    async def _begin(self, request: web.Request, form: DeskForm) -> str:
        """The secret of a new session, which is in the ledger when this returns."""
        node = self._node
        address = client_address(request, node.settings.trusted_proxies)
        name, password, code = (form.value(field)[:_LONGEST] for field in ("name", "password", "code"))
        user, step = await self._gate.sign_in(name.strip(), password, code, address)
        before = await self._asking.who(request)
        started, secret = self._asking.begin(user, request, step)
        events: list[Event] = [started]
        if before is not None:
            events.append(SessionEnded(by=started.by, session=before[0].id))
        appended = await node.ledger.append(SYSTEM, events)
        await node.current.reached(SYSTEM, appended.positions[-1], FOLLOWED_WITHIN)
        if started.digest not in node.current.system.users.sessions:
            raise Refused("sign_in_wrong")  # somebody else was faster with the same code, or it was removed
        return secret

    def _check(self, request: web.Request, form: DeskForm) -> None:
        """`Refused` where the form is not one that we gave this browser: nobody is signed in by others."""
        before = request.cookies.get(BEFORE, "")[:100]
        if not before or not self._node.seal.is_token(BEFORE, before, form.value("token")):
            raise Refused("form_expired")

    def _form(self, request: web.Request, form: DeskForm, onward: str) -> web.Response:
        lang = language_of(request)
        before = request.cookies.get(BEFORE, "")[:100] or secrets.token_urlsafe(18)
        values: dict[str, Any] = {
            "token": self._node.seal.token(BEFORE, before),
            "form": form,
            "onward": next_of(onward),
            "up": "../",
            "nobody": not self._node.current.system.users.known,
        }
        body = templating.render("desk/sign_in.html", lang, **values)
        response = web.Response(body=body, headers=HEADERS)
        response.set_cookie(
            BEFORE,
            before,
            path="/",
            max_age=BEFORE_LASTS,
            secure=self._asking.https(request),
            httponly=True,
            samesite="Lax",
        )
        keep_language(request, response, lang)
        return response

    def _on(self, onward: str) -> web.Response:
        """To the page that was asked for, below the desk and nowhere else."""
        where = next_of(onward)
        return web.Response(status=303, headers={**HEADERS, "Location": where or "../desk"})
