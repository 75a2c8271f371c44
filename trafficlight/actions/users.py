"""Users of the desk: what adding, changing and removing them means, whoever asks for it.

Nothing here is kept by itself: the events go into the ledger from the desk or from the command line.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from typing import Final

import msgspec

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import Event, PasswordSet, SecondStepSet, SessionEnded, UserPut, UserRemoved
from trafficlight.domain.users import EVERYWHERE, RANKS, Role, User, Users, rank_on

LONGEST_NAME: Final = 40
MOST_USERS: Final = 2000
ID_BYTES: Final = 4
SECOND_STEP_OFF: Final = ""


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user to be added: `roles` by board, `digest` of a password that was checked."""

    name: str
    roles: Mapping[str, str]
    digest: str


def check_name(name: str, users: Users, user: str = "") -> str:
    """The name as it is kept; `Refused` with `name_missing`, `name_long`, `name_odd` or `name_taken`."""
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    if not plain:
        raise Refused("name_missing", "name")
    if len(plain) > LONGEST_NAME:
        raise Refused("name_long", "name", most=LONGEST_NAME)
    if any(unicodedata.category(char)[0] == "C" for char in plain):
        raise Refused("name_odd", "name")
    other = users.named(plain)
    if other is not None and other.id != user:
        raise Refused("name_taken", "name")
    return plain


def check_roles(roles: Mapping[str, str]) -> dict[str, str]:
    """The roles as they are kept; `Refused` with `bad_role` or `no_rights`."""
    if any(role not in RANKS for role in roles.values()):
        raise Refused("bad_role", "role", roles=", ".join(Role))
    if not roles:
        raise Refused("no_rights", "role")
    return dict(sorted(roles.items()))


def added(users: Users, new: NewUser, by: str) -> tuple[Event, ...]:
    """The events that add the user."""
    if len(users.known) >= MOST_USERS:
        raise Refused("too_many_users", most=MOST_USERS)
    user = secrets.token_hex(ID_BYTES)
    name, roles = check_name(new.name, users), check_roles(new.roles)
    return (
        UserPut(by=by, user=user, name=name, roles=roles),
        PasswordSet(by=by, user=user, digest=new.digest),
    )


def changed(users: Users, user: User, roles: Mapping[str, str], by: str) -> tuple[Event, ...]:
    """The events that give the user these rights; `Refused` with `last_admin`."""
    kept = check_roles(roles)
    if kept.get(EVERYWHERE) != Role.ADMIN:
        _check_not_last(users, user)
    return (UserPut(by=by, user=user.id, name=user.name, roles=kept),)


def removed(users: Users, user: User, by: str) -> tuple[Event, ...]:
    """The events that remove the user; `Refused` with `last_admin`. The sessions end with it."""
    _check_not_last(users, user)
    return (UserRemoved(by=by, user=user.id),)


def new_password(users: Users, user: User, digest: str, by: str, staying: str = "") -> tuple[Event, ...]:
    """The events that set the password; every session of the user's but `staying` ends."""
    return (PasswordSet(by=by, user=user.id, digest=digest), *all_ended(users, user, by, staying))


def all_ended(users: Users, user: User, by: str, staying: str = "") -> tuple[Event, ...]:
    """The events that end every session of the user's but `staying`."""
    return tuple(
        SessionEnded(by=by, session=session.id)
        for session in users.sessions.values()
        if session.user == user.id and session.id != staying
    )


def second_step_off(user: User, by: str) -> tuple[Event, ...]:
    """The events after which the password is enough again."""
    return (SecondStepSet(by=by, user=user.id, seed=SECOND_STEP_OFF),)


def user_of(users: Users, named: str) -> User:
    """The user of that name or id; `Refused` with `unknown_user`."""
    found = users.known.get(named) or users.named(named)
    if found is None:
        raise Refused("unknown_user", "user", text=named[:LONGEST_NAME])
    return found


def _check_not_last(users: Users, user: User) -> None:
    """Somebody must be left who may let others in."""
    top = RANKS[Role.ADMIN]
    if rank_on(user, EVERYWHERE) < top:
        return
    if not any(one.id != user.id and rank_on(one, EVERYWHERE) >= top for one in users.known.values()):
        raise Refused("last_admin", "role")
