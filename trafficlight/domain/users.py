"""Who works at the desk: users, what they may do where, and where they are signed in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from trafficlight.domain import event as e

EVERYWHERE: Final = "*"
"""In the place of a board: all of them, those to come included."""
SESSION_LASTS: Final = timedelta(days=7)
"""A shift's worth of days; then the password is asked for again, whatever happened meanwhile."""

MOST_SESSIONS: Final = 20
"""Of one user at a time; signing in once more ends the oldest."""


class Role(StrEnum):
    """Each may do what the ones before it may."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMIN = "admin"


RANKS: Final[Mapping[str, int]] = {role.value: rank for rank, role in enumerate(Role, start=1)}
"""A role that this program does not know has no rank, and so no rights."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    roles: Mapping[str, str] = {}
    password: str = ""
    """The digest made by argon2id; empty: signing in is not possible."""
    password_by: str = ""
    """Who set it, as events have it."""
    seed: str = ""
    """Of the second step; empty: there is none."""
    step: int = 0
    """The last code that was used up."""
    since: datetime

    @property
    def own_password(self) -> bool:
        """Nobody else chose the password, and so nobody else knows it."""
        return self.password_by in {"", f"user:{self.id}"}

    @property
    def must_change(self) -> bool:
        """Somebody else gave the password at the desk: it is changed before anything else.

        On the command line it may be the own one.
        """
        return not self.own_password and self.password_by.startswith("user:")


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which a user is signed in."""

    id: str
    user: str
    device: str
    started_at: datetime


class Users(msgspec.Struct):
    """Everybody, as of one position of the system board."""

    known: dict[str, User] = {}
    """By id."""
    names: dict[str, str] = {}
    """Id → name, of those who are gone too: the history names them."""
    sessions: dict[str, Session] = {}
    """By the digest of the secret."""

    def named(self, name: str) -> User | None:
        """The user of that name, whatever its case."""
        wanted = name.casefold()
        return next((user for user in self.known.values() if user.name.casefold() == wanted), None)


def rank_on(user: User, board: str) -> int:
    """How much the user may do on that board, 0 for nothing; `EVERYWHERE` asks for rights on all boards."""
    everywhere = RANKS.get(user.roles.get(EVERYWHERE, ""), 0)
    return max(everywhere, RANKS.get(user.roles.get(board, ""), 0))


# --- the steps of the fold: whether the event made sense where it stands -----------------------------------


def user_put(users: Users, event: e.UserPut, at: datetime) -> bool:
    other = users.named(event.name)
    if other is not None and other.id != event.user:
        return False
    before = users.known.get(event.user)
    if before is None and event.user in users.names:
        return False  # who was removed does not come back under the old id, whose history is closed
    users.known[event.user] = (
        msgspec.structs.replace(before, name=event.name, roles=event.roles)
        if before
        else User(id=event.user, name=event.name, roles=event.roles, since=at)
    )
    users.names[event.user] = event.name
    return True


def user_removed(users: Users, event: e.UserRemoved, _at: datetime) -> bool:
    if users.known.pop(event.user, None) is None:
        return False
    _end_all(users, event.user)
    return True


def password_set(users: Users, event: e.PasswordSet, _at: datetime) -> bool:
    return _change(users, event.user, password=event.digest, password_by=event.by)


def second_step_set(users: Users, event: e.SecondStepSet, _at: datetime) -> bool:
    return _change(users, event.user, seed=event.seed, step=0)


def session_started(users: Users, event: e.SessionStarted, at: datetime) -> bool:
    user = users.known.get(event.user)
    if user is None or (event.step and event.step <= user.step):
        return False
    if event.step:
        _change(users, event.user, step=event.step)
    for digest in [key for key, one in users.sessions.items() if at >= one.started_at + SESSION_LASTS]:
        del users.sessions[digest]
    own = [digest for digest, one in users.sessions.items() if one.user == event.user]
    for digest in own[: max(0, len(own) - MOST_SESSIONS + 1)]:
        del users.sessions[digest]
    users.sessions[event.digest] = Session(
        id=event.session, user=event.user, device=event.device, started_at=at
    )
    return True


def session_ended(users: Users, event: e.SessionEnded, _at: datetime) -> bool:
    digest = next((key for key, one in users.sessions.items() if one.id == event.session), None)
    return digest is not None and users.sessions.pop(digest) is not None


def _change(users: Users, user: str, **changed: Any) -> bool:
    before = users.known.get(user)
    if before is None:
        return False
    users.known[user] = msgspec.structs.replace(before, **changed)
    return True


def _end_all(users: Users, user: str) -> None:
    for digest in [key for key, session in users.sessions.items() if session.user == user]:
        del users.sessions[digest]
