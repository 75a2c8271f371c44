"""`/desk/users`: who may sign in and do what, for whoever manages users: all of them, or those of a board."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from aiohttp import web

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.system import SystemFold
from trafficlight.domain.users import EVERYWHERE, Role, User
from trafficlight.doors import users as door
from trafficlight.doors.passwords import LEAST, check_password
from trafficlight.publish.languages import N_
from trafficlight.web.desk.account import GATE
from trafficlight.web.desk.base import Page, Room
from trafficlight.web.desk.rights import knows, manages, may, owns
from trafficlight.web.desk.visit import Visit, mark

ROLES: Final[Mapping[str, str]] = {
    Role.VIEWER: N_("只看"),
    Role.EDITOR: N_("编辑"),
    Role.ADMIN: N_("管理"),
}
_FIELD: Final = "role:"


async def show_all(visit: Visit) -> web.Response:
    """Everybody who has rights where the visitor manages, and the form for one more."""
    known = [user for user in visit.system.users.known.values() if knows(visit.user, user)]
    users = sorted(known, key=lambda user: (user.name.casefold(), user.id))
    signed_in = [session.user for session in visit.system.users.sessions.values()]
    return visit.page(
        "desk/users.html",
        users=[(user, _told(visit, user)) for user in users],
        signed_in=signed_in,
        roles=ROLES,
        reach=_reach(visit),
        least=LEAST,
        user=None,
    )


async def add(visit: Visit) -> web.Response:
    """One more user, with a first password."""
    form = visit.form
    if await visit.was_taken(SYSTEM):
        return visit.done("/users", N_("已新建账号：%(name)s"), name=form.text("name"))
    position = visit.system.position
    name = door.check_name(form.value("name"), visit.system.users)
    roles = door.check_roles(_chosen(visit))
    digest = await visit.request.app[GATE].digest(check_password(form.value("password"), name))
    new = door.NewUser(name=name, roles=roles, digest=digest)
    await visit.append(door.added(visit.system.users, new, visit.by), board=SYSTEM, expect=position)
    return visit.done("/users", N_("已新建账号：%(name)s"), name=name)


async def show(visit: Visit) -> web.Response:
    """One user."""
    user = _user(visit)
    return visit.page(
        "desk/user.html",
        user=user,
        roles=ROLES,
        reach=_reach(visit),
        told=_told(visit, user),
        own=owns(visit.user, user),
        seen=mark(_subject(visit, user)),
        least=LEAST,
    )


async def save(visit: Visit) -> web.Response:
    """What the button of the form says."""
    user, act = _user(visit), visit.form.value("act")
    if act not in _ACTS:
        raise Refused("not_form")
    if act != "roles":
        _require_own(visit, user.id)
    return await _ACTS[act](visit, user)


async def _save_roles(visit: Visit, user: User) -> web.Response:
    chosen = _chosen(visit)

    def roles(system: SystemFold) -> object:
        known = system.users.known.get(user.id)
        return _subject(visit, known) if known else None

    def events(system: SystemFold) -> Sequence[Event]:
        known = system.users.known[user.id]
        elsewhere = {slug: role for slug, role in known.roles.items() if not manages(visit.user, slug)}
        return door.changed(system.users, known, {**elsewhere, **chosen}, visit.by)

    await visit.change(visit.form.value("seen"), roles, events, board=SYSTEM)
    after = visit.system.users.known[user.id]
    me = after if after.id == visit.user.id else visit.user
    if not may(me, "user.manage"):
        return visit.done("", N_("权限已保存。"))
    return visit.done(f"/users/{user.id}" if knows(me, after) else "/users", N_("权限已保存。"))


async def _save_password(visit: Visit, user: User) -> web.Response:
    password = check_password(visit.form.value("password"), user.name)
    digest = await visit.request.app[GATE].digest(password)
    user = _require_own(visit, user.id)  # the digest takes a while, in which rights may have been given
    await visit.append(door.new_password(visit.system.users, user, digest, visit.by), board=SYSTEM)
    return visit.done(f"/users/{user.id}", N_("密码已重设，该账号的登录已全部结束。"))


async def _end_sessions(visit: Visit, user: User) -> web.Response:
    ended = door.all_ended(visit.system.users, user, visit.by)
    if ended:
        await visit.append(ended, board=SYSTEM)
    return visit.done(f"/users/{user.id}", N_("该账号的登录已全部结束。"))


async def _second_step_off(visit: Visit, user: User) -> web.Response:
    await visit.append(door.second_step_off(user, visit.by), board=SYSTEM)
    return visit.done(f"/users/{user.id}", N_("两步验证已关闭。"))


async def _remove(visit: Visit, user: User) -> web.Response:
    await visit.append(door.removed(visit.system.users, user, visit.by), board=SYSTEM)
    return visit.done("/users", N_("已删除账号：%(name)s"), name=user.name)


_ACTS: Final[Mapping[str, Callable[[Visit, User], Awaitable[web.Response]]]] = {
    "roles": _save_roles,
    "password": _save_password,
    "end": _end_sessions,
    "second-step": _second_step_off,
    "remove": _remove,
}


def _user(visit: Visit) -> User:
    found = visit.system.users.known.get(visit.request.match_info["user"])
    if found is None or not knows(visit.user, found):
        raise Refused("not_found")
    return found


def _require_own(visit: Visit, user: str) -> User:
    """The user as it stands; `Refused` with `account_not_yours` unless all its rights are the visitor's."""
    found = visit.system.users.known.get(user)
    if found is None or not owns(visit.user, found):
        raise Refused("account_not_yours")
    return found


def _subject(visit: Visit, user: User) -> object:
    """What the form of roles edits."""
    return {slug: role for slug, role in user.roles.items() if manages(visit.user, slug)}


def _told(visit: Visit, user: User) -> list[tuple[str, str]]:
    """The user's rights in words, as far as they are the visitor's business: where, and what."""
    named = {fold.slug: fold.board.name if fold.board else fold.slug for fold in visit.boards}
    named[EVERYWHERE] = visit.say(N_("全部看板"))
    return [
        (named[slug], visit.say(ROLES.get(role, role)))
        for slug, role in user.roles.items()
        if slug == EVERYWHERE or (slug in named and manages(visit.user, slug))
    ]


def _reach(visit: Visit) -> list[tuple[str, str]]:
    """Where the visitor may give a role: on all boards, and on each; or on those that are the visitor's."""
    boards = [
        (fold.slug, fold.board.name if fold.board else fold.slug)
        for fold in visit.boards
        if manages(visit.user, fold.slug)
    ]
    return [(EVERYWHERE, visit.say(N_("全部看板"))), *boards] if manages(visit.user, EVERYWHERE) else boards


def _chosen(visit: Visit) -> dict[str, str]:
    """The roles that were chosen, by board; `Refused` with `not_allowed` for one that is not to be given."""
    known = {slug for slug, _ in _reach(visit)}
    chosen = {}
    for name in visit.form.fields:
        slug, role = name.removeprefix(_FIELD), visit.form.value(name)
        if not name.startswith(_FIELD) or not role:
            continue
        if slug not in known:
            raise Refused("not_allowed")
        chosen[slug] = role
    return chosen


ROOM: Final = Room(
    "users",
    N_("用户"),
    "/users",
    (
        Page("/users", "user.manage", show_all, add),
        Page("/users/{user}", "user.manage", show, save),
    ),
    see="user.manage",
)
