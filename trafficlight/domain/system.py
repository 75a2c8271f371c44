"""What belongs to no board: the directory, credentials and shared settings, folded from the system board."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from trafficlight.domain import event as e
from trafficlight.domain import users as u
from trafficlight.domain.record import Record


class Token(msgspec.Struct, frozen=True):
    """An API token; neither site nor board means all of them."""

    id: str
    role: str
    site: str
    board: str
    label: str
    issued_at: datetime


class Link(msgspec.Struct, frozen=True):
    """A posting link for one site, or for the sites of a town of a board."""

    id: str
    site: str
    board: str
    town: str
    issued_at: datetime
    by: str = ""
    """Who issued it."""
    pin: str = ""
    """The slow digest of the PIN that whoever comes is asked for; empty for none."""
    sessions_since: datetime | None = None
    """Browsers that came in before this have to come in again."""


class SystemFold(msgspec.Struct):
    """The system board at one position of its ledger."""

    position: int = 0
    at: datetime | None = None
    directory: dict[str, str] = {}
    """Site id → the slug of the board it is on, or was on last."""
    tokens: dict[str, Token] = {}
    """By the digest of the secret."""
    links: dict[str, Link] = {}
    """By the digest of the secret."""
    revoked: dict[str, str] = {}
    """Of links that were revoked: the digest of the secret → the board whose hotline helps."""
    config: dict[str, str] = {}
    users: u.Users = msgspec.field(default_factory=u.Users)
    ignored: int = 0


def apply(fold: SystemFold, record: Record) -> None:
    """Take the next record of the system board into its state; total, like the fold of a board."""
    fold.position, fold.at = record.position, record.at
    step = _STEPS.get(type(record.event))
    if step is None or not step(fold, record.event, record.at):
        fold.ignored += 1


def _site_placed(fold: SystemFold, event: e.SitePlaced, _at: datetime) -> bool:
    fold.directory[event.site] = event.board
    return True


def _token_issued(fold: SystemFold, event: e.TokenIssued, at: datetime) -> bool:
    fold.tokens[event.digest] = Token(
        id=event.token, role=event.role, site=event.site, board=event.board, label=event.label, issued_at=at
    )
    return True


def _token_revoked(fold: SystemFold, event: e.TokenRevoked, _at: datetime) -> bool:
    return _drop(fold.tokens, event.token)


def _link_issued(fold: SystemFold, event: e.LinkIssued, at: datetime) -> bool:
    fold.links[event.digest] = Link(
        id=event.link, site=event.site, board=event.board, town=event.town, issued_at=at, by=event.by
    )
    return True


def _link_revoked(fold: SystemFold, event: e.LinkRevoked, _at: datetime) -> bool:
    for digest, link in fold.links.items():
        if link.id == event.link:
            fold.revoked[digest] = link.board or fold.directory.get(link.site, "")
            break
    return _drop(fold.links, event.link)


def _link_pinned(fold: SystemFold, event: e.LinkPinned, _at: datetime) -> bool:
    return _change(fold, event.link, pin=event.digest)


def _link_sessions_ended(fold: SystemFold, event: e.LinkSessionsEnded, at: datetime) -> bool:
    return _change(fold, event.link, sessions_since=at)


def _change(fold: SystemFold, link: str, **fields: Any) -> bool:
    for digest, one in fold.links.items():
        if one.id == link:
            fold.links[digest] = msgspec.structs.replace(one, **fields)
            return True
    return False


def _drop(credentials: dict[str, Any], credential: str) -> bool:
    digest = next((digest for digest, one in credentials.items() if one.id == credential), None)
    return digest is not None and credentials.pop(digest) is not None


def _config_set(fold: SystemFold, event: e.ConfigSet, _at: datetime) -> bool:
    fold.config[event.key] = event.value
    return True


def _of_users(step: Callable[[u.Users, Any, datetime], bool]) -> Callable[[SystemFold, Any, datetime], bool]:
    return lambda fold, event, at: step(fold.users, event, at)


_STEPS: dict[type[e.Event], Callable[[SystemFold, Any, datetime], bool]] = {
    e.SitePlaced: _site_placed,
    e.TokenIssued: _token_issued,
    e.TokenRevoked: _token_revoked,
    e.LinkIssued: _link_issued,
    e.LinkRevoked: _link_revoked,
    e.LinkPinned: _link_pinned,
    e.LinkSessionsEnded: _link_sessions_ended,
    e.ConfigSet: _config_set,
    e.UserPut: _of_users(u.user_put),
    e.UserRemoved: _of_users(u.user_removed),
    e.PasswordSet: _of_users(u.password_set),
    e.SecondStepSet: _of_users(u.second_step_set),
    e.SessionStarted: _of_users(u.session_started),
    e.SessionEnded: _of_users(u.session_ended),
}
