"""`/desk/sessions`: where one is signed in, and everybody for whoever manages users; `/desk/sign-out`."""

from typing import Final

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SessionEnded
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.users import SESSION_LASTS, Session
from trafficlight.doors import users as door
from trafficlight.publish.languages import N_
from trafficlight.web.desk.asking import SESSION
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.rights import OWN, owns
from trafficlight.web.desk.visit import HEADERS, Visit

MOST_SHOWN: Final = 500


async def show(visit: Visit) -> web.Response:
    """One's own sessions, the latest first, then those of others for whoever may end them."""
    standing = sorted(_standing(visit), key=lambda one: (one.started_at, one.id), reverse=True)
    own = [one for one in standing if one.user == visit.user.id]
    others = [one for one in standing if one.user != visit.user.id and _may_end(visit, one)]
    return visit.page("desk/sessions.html", own=own, others=others[:MOST_SHOWN])


async def save(visit: Visit) -> web.Response:
    """End one, or all of one's own but this one."""
    wanted = visit.form.value("session")
    users = visit.system.users
    if wanted == "others":
        ended = door.all_ended(users, visit.user, visit.by, visit.session.id)
        if ended:
            await visit.append(ended, board=SYSTEM)
        return visit.done("/sessions", N_("其他设备上的登录已结束。"))
    found = next((one for one in users.sessions.values() if one.id == wanted), None)
    if found is not None and found.user != visit.user.id and not _may_end(visit, found):
        raise Refused("not_allowed")
    if found is None:
        raise Refused("unknown_session")
    await visit.append([SessionEnded(session=found.id)], board=SYSTEM)
    return visit.done("/sessions", N_("该登录已结束。"))


async def sign_out(visit: Visit) -> web.Response:
    """The session is over, in the ledger too; the frame's cookie opens nothing any more."""
    await visit.append([SessionEnded(session=visit.session.id)], board=SYSTEM)
    response = web.Response(status=303, headers={**HEADERS, "Location": f"{visit.up}desk/sign-in"})
    for name in (SESSION, f"__Host-{SESSION}"):
        response.del_cookie(name, path="/", secure=name != SESSION, httponly=True, samesite="Lax")
    return response


def _standing(visit: Visit) -> list[Session]:
    return [one for one in visit.system.users.sessions.values() if visit.at < one.started_at + SESSION_LASTS]


def _may_end(visit: Visit, session: Session) -> bool:
    """Whether the session is of somebody whose account is the user's to manage."""
    whose = visit.system.users.known.get(session.user)
    return whose is not None and owns(visit.user, whose)


ROOM: Final = Room(
    "sessions",
    N_("登录设备"),
    "/sessions",
    (Page("/sessions", OWN, show, save), Page("/sign-out", OWN, save=sign_out)),
    see=OWN,
)
