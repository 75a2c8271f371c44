"""`/desk/account`: one's own password and second step."""

import secrets
from typing import Final

import segno
from aiohttp import web
from markupsafe import Markup

from trafficlight.actions import users as door
from trafficlight.actions.passwords import LEAST, check_password
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import SecondStepSet
from trafficlight.domain.ids import SYSTEM
from trafficlight.text.languages import N_
from trafficlight.web.desk.base import DeskPage, Section
from trafficlight.web.desk.gate import Gate
from trafficlight.web.desk.request import DeskRequest
from trafficlight.web.desk.rights import OWN

SEED: Final = "desk-seed"
SEED_BYTES: Final = 15
GATE: Final = web.AppKey("desk-gate", Gate)
"""Set by the app; handlers reach it through their request."""


async def show(desk: DeskRequest) -> web.Response:
    """The password's form, and the way to the second step."""
    return desk.page("desk/account.html", least=LEAST)


async def save_password(desk: DeskRequest) -> web.Response:
    """Another password; every other session of the user's ends."""
    form, gate = desk.form, desk.request.app[GATE]
    await gate.confirm(desk.user, form.value("password_now"))
    password = check_password(form.value("password"), desk.user.name)
    if form.value("again") != form.value("password"):
        raise Refused("password_differs", "again")
    digest = await gate.digest(password)
    users = desk.system.users
    await desk.append(door.new_password(users, desk.user, digest, desk.by, desk.session.id), board=SYSTEM)
    return desk.done("/account", N_("密码已修改，其他设备上的登录已结束。"))


async def show_second_step(desk: DeskRequest) -> web.Response:
    """A code to scan where there is no second step yet, else the form that turns it off."""
    if desk.user.seed:
        return desk.page("desk/second_step_off.html")
    kept = desk.node.seal.opened(SEED, desk.form.value("seed"), tuple[str, str])
    seed = kept[1] if kept and kept[0] == desk.user.id else secrets.token_hex(SEED_BYTES)
    made = desk.request.app[GATE].second_step(desk.user, seed)
    # The label in the phone's app holds the name; the secret is in this page and nowhere else.
    drawn = segno.make(made.provisioning_uri(), error="m", micro=False)
    return desk.page(
        "desk/second_step_on.html",
        seed=desk.node.seal.sealed(SEED, (desk.user.id, seed)),
        secret=" ".join(made.secret[i : i + 4] for i in range(0, len(made.secret), 4)),
        code=Markup(drawn.svg_inline(scale=5, border=3, dark="#000", light="#fff")),  # noqa: S704 - made of our own
    )


async def save_second_step(desk: DeskRequest) -> web.Response:
    """On, once a code shows that the phone has it; or off. Either way with the password."""
    form, gate = desk.form, desk.request.app[GATE]
    await gate.confirm(desk.user, form.value("password_now"))
    if desk.user.seed:
        if gate.step_of(desk.user, desk.user.seed, form.value("code")) is None:
            raise Refused("code_wrong", "code")
        await desk.append(door.second_step_off(desk.user, desk.by), board=SYSTEM)
        return desk.done("/account", N_("两步验证已关闭。"))
    kept = desk.node.seal.opened(SEED, form.value("seed"), tuple[str, str])
    if kept is None or kept[0] != desk.user.id:
        raise Refused("form_expired")
    if gate.step_of(desk.user, kept[1], form.value("code")) is None:
        raise Refused("code_wrong", "code")
    ended = door.all_ended(desk.system.users, desk.user, desk.by, desk.session.id)
    await desk.append((SecondStepSet(user=desk.user.id, seed=kept[1]), *ended), board=SYSTEM)
    return desk.done("/account", N_("两步验证已开启，其他设备上的登录已结束。"))


ROOM: Final = Section(
    "account",
    N_("账号"),
    "/account",
    (
        DeskPage("/account", OWN, show, save_password),
        DeskPage("/account/second-step", OWN, show_second_step, save_second_step),
    ),
    see=OWN,
)
