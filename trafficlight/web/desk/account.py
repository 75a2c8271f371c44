"""`/desk/account`: one's own password and second step."""

import secrets
from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SecondStepSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.doors import users as door
from trafficlight.doors.passwords import LEAST, check_password
from trafficlight.publish.languages import N_
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.gate import Gate
from trafficlight.web.desk.rights import OWN
from trafficlight.web.desk.visit import Visit

SEED: Final = "desk-seed"
SEED_BYTES: Final = 15
GATE: Final = web.AppKey("desk-gate", Gate)
"""Set by the app; handlers reach it through their request."""


async def show(visit: Visit) -> web.Response:
    """The password's form, and the way to the second step."""
    return visit.page("desk/account.html", least=LEAST)


async def save_password(visit: Visit) -> web.Response:
    """Another password; every other session of the user's ends."""
    form, gate = visit.form, visit.request.app[GATE]
    await gate.confirm(visit.user, form.value("password_now"))
    password = check_password(form.value("password"), visit.user.name)
    if form.value("again") != form.value("password"):
        raise Refused("password_differs", "again")
    digest = await gate.digest(password)
    users = visit.system.users
    await visit.append(door.new_password(users, visit.user, digest, visit.by, visit.session.id), board=SYSTEM)
    return visit.done("/account", N_("密码已修改，其他设备上的登录已结束。"))


async def show_second_step(visit: Visit) -> web.Response:
    """A code to scan where there is no second step yet, else the form that turns it off."""
    if visit.user.seed:
        return visit.page("desk/second_step_off.html")
    kept = visit.node.seal.opened(SEED, visit.form.value("seed"), tuple[str, str])
    seed = kept[1] if kept and kept[0] == visit.user.id else secrets.token_hex(SEED_BYTES)
    made = visit.request.app[GATE].second_step(visit.user, seed)
    # The label in the phone's app holds the name; the secret is in this page and nowhere else.
    drawn = segno.make(made.provisioning_uri(), error="m", micro=False)
    return visit.page(
        "desk/second_step_on.html",
        seed=visit.node.seal.sealed(SEED, (visit.user.id, seed)),
        secret=" ".join(made.secret[i : i + 4] for i in range(0, len(made.secret), 4)),
        code=Markup(drawn.svg_inline(scale=5, border=3, dark="#000", light="#fff")),  # noqa: S704 - made of our own
    )


async def save_second_step(visit: Visit) -> web.Response:
    """On, once a code shows that the phone has it; or off. Either way with the password."""
    form, gate = visit.form, visit.request.app[GATE]
    await gate.confirm(visit.user, form.value("password_now"))
    if visit.user.seed:
        if gate.step_of(visit.user, visit.user.seed, form.value("code")) is None:
            raise Refused("code_wrong", "code")
        await visit.append(door.second_step_off(visit.user, visit.by), board=SYSTEM)
        return visit.done("/account", N_("两步验证已关闭。"))
    kept = visit.node.seal.opened(SEED, form.value("seed"), tuple[str, str])
    if kept is None or kept[0] != visit.user.id:
        raise Refused("form_expired")
    if gate.step_of(visit.user, kept[1], form.value("code")) is None:
        raise Refused("code_wrong", "code")
    ended = door.all_ended(visit.system.users, visit.user, visit.by, visit.session.id)
    await visit.append((SecondStepSet(user=visit.user.id, seed=kept[1]), *ended), board=SYSTEM)
    return visit.done("/account", N_("两步验证已开启，其他设备上的登录已结束。"))


ROOM: Final = Room(
    "account",
    N_("账号"),
    "/account",
    (
        Page("/account", OWN, show, save_password),
        Page("/account/second-step", OWN, show_second_step, save_second_step),
    ),
    see=OWN,
)
