"""Who may do what at the desk, decided here and nowhere else.

A role is had on a board, or on all of them; each role may do what the ones before it may. What is of the
whole installation (new boards) needs the role on all boards. Who manages a board manages its users: nobody
gives or takes rights on a board beyond the own ones, and an account is only that manager's to touch whose
rights all lie there.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from trafficlight.domain.errors import Refused
from trafficlight.domain.users import EVERYWHERE, RANKS, Role, User, rank_on


class Need(NamedTuple):
    """The least role, and where it must be had: on the page's board, on all boards, or on any."""

    role: Role
    everywhere: bool = False
    anywhere: bool = False


VIEWER, EDITOR, ADMIN = Role.VIEWER, Role.EDITOR, Role.ADMIN

ACTIONS: Final[Mapping[str, Need]] = {
    "board.see": Need(VIEWER),  # today, days gone by, statements, exports
    "hint.see": Need(EDITOR),  # what to ask a site about: for those who phone it
    "report.post": Need(EDITOR),  # for a site; and withdrawing, and a day's counts as a file
    "light.override": Need(EDITOR),  # and confirming or ending a closure
    "notice.post": Need(EDITOR),
    "site.edit": Need(
        EDITOR
    ),  # settings of sites, importing them, hours and special days, phones, teams, guide
    "words.edit": Need(EDITOR),
    "link.manage": Need(EDITOR),  # posting links: issuing, printing, revoking
    "wechat.send": Need(EDITOR),
    "rule.set": Need(ADMIN),
    "board.settings": Need(ADMIN),  # name, publisher, hotline, reporting times, state, webhook
    "board.create": Need(ADMIN, everywhere=True),
    "token.manage": Need(ADMIN),  # API tokens of the board and its sites: issuing, revoking
    "installation.set": Need(ADMIN, everywhere=True),  # public address, contact, tokens of all boards
    "user.manage": Need(ADMIN, anywhere=True),  # of the boards that one is an admin of, see below
}
"""Action → what it needs. Another action is a row here and a row in `tests/web/desk/test_rights.py`."""

OWN: Final = "own"
"""In place of an action: what anybody may who is signed in, about themselves alone."""


def may(user: User, action: str, board: str = "") -> bool:
    """Whether the user may do it, on that board where the action is of a board."""
    if action == OWN:
        return True
    need = ACTIONS[action]
    if need.anywhere and not board:
        return any(RANKS.get(role, 0) >= RANKS[need.role] for role in user.roles.values())
    where = EVERYWHERE if need.everywhere else board
    return bool(where) and rank_on(user, where) >= RANKS[need.role]


def require(user: User, action: str, board: str = "") -> None:
    """`Refused` with `not_allowed`; with `not_found` for a board that the user may not even see."""
    if may(user, action, board):
        return
    if board and not may(user, "board.see", board):
        raise Refused("not_found")
    raise Refused("not_allowed")


def manages(user: User, board: str) -> bool:
    """Whether the user may give and take rights on that board; on `EVERYWHERE`, those on all boards."""
    return may(user, "user.manage", board)


def knows(user: User, other: User) -> bool:
    """Whether the user manages a board on which the other has rights, and so may see the other."""
    return other.id == user.id or any(
        manages(user, board) or (board == EVERYWHERE and may(user, "user.manage")) for board in other.roles
    )


def owns(user: User, other: User) -> bool:
    """Whether the user manages all that the other has rights on: only then is the account itself the user's.

    A password is the way to all of an account's rights, and so is its removal.
    """
    return bool(other.roles) and all(manages(user, board) for board in other.roles)
