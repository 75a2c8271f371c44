"""`/desk/users`: who may sign in and do what, for whoever manages users: all of them, or those of a board."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from trafficlight.actions import users
from trafficlight.actions.passwords import LEAST
from trafficlight.domain.errors import Refused
from trafficlight.domain.system import SystemFold
from trafficlight.domain.users import EVERYWHERE, Role, User
from trafficlight.text.languages import N_
from trafficlight.web.desk.auth import PASSWORDS
from trafficlight.web.desk.request import DeskRequest, mark
from trafficlight.web.desk.rights import knows, manages, may, owns

ROLES: Final[Mapping[str, str]] = {
    Role.VIEWER: N_("只看"),
    Role.EDITOR: N_("编辑"),
    Role.ADMIN: N_("管理"),
}
_FIELD: Final = "role:"


async def show_all(desk: DeskRequest) -> web.Response:
    """Everybody who has rights where the visitor manages, and the form for one more."""
    known = [user for user in desk.system.users.known.values() if knows(desk.user, user)]
    known.sort(key=lambda user: (user.name.casefold(), user.id))
    signed_in = [session.user for session in desk.system.users.sessions.values()]
    return desk.page(
        "desk/users.html",
        users=[(user, _rights(desk, user)) for user in known],
        signed_in=signed_in,
        roles=ROLES,
        reach=_grantable(desk),
        least=LEAST,
        user=None,
    )


async def add(desk: DeskRequest) -> web.Response:
    """One more user, with a first password."""
    form, digest = desk.form, desk.request.app[PASSWORDS].digest
    name = await users.add_user(
        desk.changes(), form.value("name"), _chosen(desk), form.value("password"), digest
    )
    return desk.done("/users", N_("已新建账号：%(name)s"), name=name)


async def show(desk: DeskRequest) -> web.Response:
    """One user."""
    user = _user(desk)
    return desk.page(
        "desk/user.html",
        user=user,
        roles=ROLES,
        reach=_grantable(desk),
        told=_rights(desk, user),
        own=owns(desk.user, user),
        seen=mark(_subject(desk, user)),
        least=LEAST,
    )


async def save(desk: DeskRequest) -> web.Response:
    """What the button of the form says."""
    user, act = _user(desk), desk.form.value("act")
    if act not in _ACTS:
        raise Refused("not_form")
    if act != "roles":
        _require_own(desk, user.id)
    return await _ACTS[act](desk, user)


async def _save_roles(desk: DeskRequest, user: User) -> web.Response:
    chosen = _chosen(desk)

    def subject(system: SystemFold) -> object:
        known = system.users.known.get(user.id)
        return _subject(desk, known) if known else None

    def roles(known: User) -> Mapping[str, str]:
        elsewhere = {slug: role for slug, role in known.roles.items() if not manages(desk.user, slug)}
        return {**elsewhere, **chosen}

    await users.set_roles(desk.changes(subject), user.id, roles)
    after = desk.system.users.known[user.id]
    me = after if after.id == desk.user.id else desk.user
    if not may(me, "user.manage"):
        return desk.done("", N_("权限已保存。"))
    return desk.done(f"/users/{user.id}" if knows(me, after) else "/users", N_("权限已保存。"))


async def _save_password(desk: DeskRequest, user: User) -> web.Response:
    # The digest takes a while, in which rights may have been given: looked at again.
    changes = desk.changes(check=lambda _system: _require_own(desk, user.id))
    await users.set_password(
        changes, user.id, desk.form.value("password"), desk.request.app[PASSWORDS].digest
    )
    return desk.done(f"/users/{user.id}", N_("密码已重设，该账号的登录已全部结束。"))


async def _end_sessions(desk: DeskRequest, user: User) -> web.Response:
    await users.end_sessions(desk.changes(), user.id)
    return desk.done(f"/users/{user.id}", N_("该账号的登录已全部结束。"))


async def _second_step_off(desk: DeskRequest, user: User) -> web.Response:
    await users.set_second_step(desk.changes(), user.id, users.SECOND_STEP_OFF)
    return desk.done(f"/users/{user.id}", N_("两步验证已关闭。"))


async def _remove(desk: DeskRequest, user: User) -> web.Response:
    await users.remove_user(desk.changes(), user.id)
    return desk.done("/users", N_("已删除账号：%(name)s"), name=user.name)


_ACTS: Final[Mapping[str, Callable[[DeskRequest, User], Awaitable[web.Response]]]] = {
    "roles": _save_roles,
    "password": _save_password,
    "end": _end_sessions,
    "second-step": _second_step_off,
    "remove": _remove,
}


def _user(desk: DeskRequest) -> User:
    found = desk.system.users.known.get(desk.request.match_info["user"])
    if found is None or not knows(desk.user, found):
        raise Refused("not_found")
    return found


def _require_own(desk: DeskRequest, user: str) -> None:
    """`Refused` with `account_not_yours` unless all of the user's rights are the visitor's."""
    found = desk.system.users.known.get(user)
    if found is None or not owns(desk.user, found):
        raise Refused("account_not_yours")


def _subject(desk: DeskRequest, user: User) -> object:
    """What the form of roles edits."""
    return {slug: role for slug, role in user.roles.items() if manages(desk.user, slug)}


def _rights(desk: DeskRequest, user: User) -> list[tuple[str, str]]:
    """The user's rights in words, as far as they are the visitor's business: where, and what."""
    named = {fold.slug: fold.board.name for fold in desk.boards}
    named[EVERYWHERE] = desk.say(N_("全部看板"))
    return [
        (named[slug], desk.say(ROLES.get(role, role)))
        for slug, role in user.roles.items()
        if slug == EVERYWHERE or (slug in named and manages(desk.user, slug))
    ]


def _grantable(desk: DeskRequest) -> list[tuple[str, str]]:
    """Where the visitor may give a role: on all boards, and on each; or on those that are the visitor's."""
    boards = [(fold.slug, fold.board.name) for fold in desk.boards if manages(desk.user, fold.slug)]
    return [(EVERYWHERE, desk.say(N_("全部看板"))), *boards] if manages(desk.user, EVERYWHERE) else boards


def _chosen(desk: DeskRequest) -> dict[str, str]:
    """The roles that were chosen, by board; `Refused` with `not_allowed` for one that is not to be given."""
    known = {slug for slug, _ in _grantable(desk)}
    chosen = {}
    for name in desk.form.fields:
        slug, role = name.removeprefix(_FIELD), desk.form.value(name)
        if not name.startswith(_FIELD) or not role:
            continue
        if slug not in known:
            raise Refused("not_allowed")
        chosen[slug] = role
    return chosen
