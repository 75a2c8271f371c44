"""`/desk/sessions`: where one is signed in, and everybody for whoever manages users; `/desk/sign-out`."""

from typing import Final

from aiohttp import web

from trafficlight.actions import users as door
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SessionEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.users import SESSION_LASTS, Session
from trafficlight.text.languages import N_
from trafficlight.web.desk.auth import SESSION
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.request import HEADERS, DeskRequest
from trafficlight.web.desk.rights import OWN, owns

MOST_SHOWN: Final = 500


async def show(desk: DeskRequest) -> web.Response:
    """One's own sessions, the latest first, then those of others for whoever may end them."""
    standing = sorted(_standing(desk), key=lambda one: (one.started_at, one.id), reverse=True)
    own = [one for one in standing if one.user == desk.user.id]
    others = [one for one in standing if one.user != desk.user.id and _may_end(desk, one)]
    return desk.page("desk/sessions.html", own=own, others=others[:MOST_SHOWN])


async def save(desk: DeskRequest) -> web.Response:
    """End one, or all of one's own but this one."""
    wanted = desk.form.value("session")
    users = desk.system.users
    if wanted == "others":
        ended = door.all_ended(users, desk.user, desk.by, desk.session.id)
        if ended:
            await desk.append(ended, board=SYSTEM)
        return desk.done("/sessions", N_("其他设备上的登录已结束。"))
    found = next((one for one in users.sessions.values() if one.id == wanted), None)
    if found is not None and found.user != desk.user.id and not _may_end(desk, found):
        raise Refused("not_allowed")
    if found is None:
        raise Refused("unknown_session")
    await desk.append([SessionEnded(session=found.id)], board=SYSTEM)
    return desk.done("/sessions", N_("该登录已结束。"))


async def sign_out(desk: DeskRequest) -> web.Response:
    """The session is over, in the ledger too; the frame's cookie opens nothing any more."""
    await desk.append([SessionEnded(session=desk.session.id)], board=SYSTEM)
    response = web.Response(status=303, headers={**HEADERS, "Location": f"{desk.up}desk/sign-in"})
    for name in (SESSION, f"__Host-{SESSION}"):
        response.del_cookie(name, path="/", secure=name != SESSION, httponly=True, samesite="Lax")
    return response


def _standing(desk: DeskRequest) -> list[Session]:
    return [one for one in desk.system.users.sessions.values() if desk.at < one.started_at + SESSION_LASTS]


def _may_end(desk: DeskRequest, session: Session) -> bool:
    """Whether the session is of somebody whose account is the user's to manage."""
    whose = desk.system.users.known.get(session.user)
    return whose is not None and owns(desk.user, whose)


ROOM: Final = Section(
    "sessions",
    N_("登录设备"),
    "/sessions",
    (DeskPage("/sessions", OWN, show, save), DeskPage("/sign-out", OWN, save=sign_out)),
    see=OWN,
)
