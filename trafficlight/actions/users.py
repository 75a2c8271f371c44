"""Users of the desk: added, given rights, removed; their passwords, second steps and sessions."""

import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from trafficlight.actions.changing import Changes
from trafficlight.actions.passwords import Digest, check_password
from trafficlight.domain.errors import Faults, Refused
from trafficlight.domain.event import Event, PasswordSet, SecondStepSet, SessionEnded, UserPut, UserRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.system import SystemFold
from trafficlight.domain.users import EVERYWHERE, RANKS, Role, User, Users, rank_on

LONGEST_NAME: Final = 40
LOOK_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
MOST_USERS: Final = 2000
ID_BYTES: Final = 4
SECOND_STEP_OFF: Final = ""


async def add_user(
    changes: Changes, name: str, roles: Mapping[str, str], password: str, digest: Digest
) -> str:
    """Add a user with a first password and these roles by board; the name as it is kept.

    `Refused` with `name_missing`, `name_long`, `name_odd`, `name_taken`, `bad_role`, `no_rights`,
    `too_many_users`, or as `check_password` does.
    """
    if await changes.first(SYSTEM) is not None:
        return name
    known, faults = (await changes.system_now()).users, Faults()
    with faults.gathered():
        check_roles(roles)
    with faults.gathered():
        check_name(name, known)
    with faults.gathered():
        check_password(password, name)
    faults.check()
    checked = check_roles(roles)
    plain = check_name(name, known)
    made = await digest(check_password(password, plain))

    def decide(system: SystemFold) -> Sequence[Event]:
        users = system.users
        if len(users.known) >= MOST_USERS:
            raise Refused("too_many_users", most=MOST_USERS)
        user = secrets.token_hex(ID_BYTES)
        return [
            UserPut(user=user, name=check_name(name, users), roles=checked),
            PasswordSet(user=user, digest=made),
        ]

    await changes.system(decide)
    return plain


async def set_roles(changes: Changes, user: str, roles: Callable[[User], Mapping[str, str]]) -> None:
    """Give the user other rights, made of those there are; `Refused` with `last_admin`, or as above."""

    def decide(system: SystemFold) -> Sequence[Event]:
        known = user_of(system.users, user)
        checked = check_roles(roles(known))
        if checked.get(EVERYWHERE) != Role.ADMIN:
            _check_not_last(system.users, known)
        return [UserPut(user=known.id, name=known.name, roles=checked)]

    await changes.system(decide)


async def remove_user(changes: Changes, user: str) -> None:
    """Remove the user, signed out at once; `Refused` with `unknown_user` or `last_admin`."""

    def decide(system: SystemFold) -> Sequence[Event]:
        known = user_of(system.users, user)
        _check_not_last(system.users, known)
        return [UserRemoved(user=known.id)]

    await changes.system(decide)
    await changes.followed()


async def set_password(  # noqa: PLR0913 - one argument for each thing that it does
    changes: Changes,
    user: str,
    password: str,
    digest: Digest,
    *,
    staying: str = "",
    second_step: bool = True,
) -> None:
    """Set the password; every session of the user's but `staying` ends. As `check_password` refuses.

    Without `second_step` the password is enough again.
    """
    made = await digest(check_password(password, user_of((await changes.system_now()).users, user).name))

    def decide(system: SystemFold) -> Sequence[Event]:
        known = user_of(system.users, user)
        off = [] if second_step else [SecondStepSet(user=known.id, seed=SECOND_STEP_OFF)]
        return [PasswordSet(user=known.id, digest=made), *_ended(system.users, known, staying), *off]

    await changes.system(decide)
    await changes.followed()


async def set_second_step(changes: Changes, user: str, seed: str, *, staying: str = "") -> None:
    """Ask for a code made of the seed beside the password, or with an empty seed for none any more.

    Where it is turned on, every session of the user's but `staying` ends.
    """

    def decide(system: SystemFold) -> Sequence[Event]:
        known = user_of(system.users, user)
        ended = _ended(system.users, known, staying) if seed else ()
        return [SecondStepSet(user=known.id, seed=seed), *ended]

    await changes.system(decide)


async def end_sessions(changes: Changes, user: str, *, staying: str = "") -> None:
    """Sign the user out everywhere but in the session `staying`."""
    await changes.system(lambda system: _ended(system.users, user_of(system.users, user), staying))
    await changes.followed()


async def end_session(changes: Changes, session: str) -> None:
    """End one session; `Refused` with `unknown_session`."""

    def decide(system: SystemFold) -> Sequence[Event]:
        if all(one.id != session for one in system.users.sessions.values()):
            raise Refused("unknown_session")
        return [SessionEnded(session=session)]

    await changes.system(decide)


def check_name(name: str, users: Users) -> str:
    """The name as it is kept.

    `Refused` with `name_missing`, `name_long`, `name_odd`, `name_mixed` or `name_taken`.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not plain:
        raise Refused("name_missing", "name")
    if len(plain) > LONGEST_NAME:
        raise Refused("name_long", "name", most=LONGEST_NAME)
    if any(unicodedata.category(char)[0] == "C" for char in plain):
        raise Refused("name_odd", "name")
    if len(_alphabets(plain)) > 1:
        raise Refused("name_mixed", "name")
    if users.named(plain) is not None:
        raise Refused("name_taken", "name")
    return plain


def _alphabets(name: str) -> set[str]:
    """Those whose letters look like each other's, as the e of Latin and of Cyrillic; Chinese is none."""
    letters = (char for char in name if char.isalpha())
    return {unicodedata.name(char, "").partition(" ")[0] for char in letters} & LOOK_ALIKE


def check_roles(roles: Mapping[str, str]) -> dict[str, str]:
    """The roles as they are kept; `Refused` with `bad_role` or `no_rights`."""
    if any(role not in RANKS for role in roles.values()):
        raise Refused("bad_role", "role", roles=", ".join(Role))
    if not roles:
        raise Refused("no_rights", "role")
    return dict(sorted(roles.items()))


def user_of(users: Users, named: str) -> User:
    """The user of that name or id; `Refused` with `unknown_user`."""
    found = users.known.get(named) or users.named(named)
    if found is None:
        raise Refused("unknown_user", "user", text=named[:LONGEST_NAME])
    return found


def _ended(users: Users, user: User, staying: str) -> Sequence[Event]:
    return [
        SessionEnded(session=session.id)
        for session in users.sessions.values()
        if session.user == user.id and session.id != staying
    ]


def _check_not_last(users: Users, user: User) -> None:
    """Somebody must be left who may let others in."""
    top = RANKS[Role.ADMIN]
    if rank_on(user, EVERYWHERE) < top:
        return
    if not any(one.id != user.id and rank_on(one, EVERYWHERE) >= top for one in users.known.values()):
        raise Refused("last_admin", "role")
