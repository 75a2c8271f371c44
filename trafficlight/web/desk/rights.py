"""Who may do what at the desk, decided here and nowhere else.

A role is had on a board, or on all of them; each role may do what the ones before it may. What is of the
whole installation (users, new boards) needs the role on all boards.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from trafficlight.domain.errors import Refused
from trafficlight.domain.users import EVERYWHERE, RANKS, Role, User, rank_on


class Need(NamedTuple):
    """The least role, and whether it must be had on all boards."""

    role: Role
    everywhere: bool = False


VIEWER, EDITOR, ADMIN = Role.VIEWER, Role.EDITOR, Role.ADMIN

ACTIONS: Final[Mapping[str, Need]] = {
    "board.see": Need(VIEWER),  # today, history, statements, exports
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
    "user.manage": Need(ADMIN, everywhere=True),
}
"""Action → what it needs. Another action is a row here and a row in `tests/web/desk/test_rights.py`."""

OWN: Final = "own"
"""In place of an action: what anybody may who is signed in, about themselves alone."""


def may(user: User, action: str, board: str = "") -> bool:
    """Whether the user may do it, on that board where the action is of a board."""
    if action == OWN:
        return True
    need = ACTIONS[action]
    where = EVERYWHERE if need.everywhere else board
    return bool(where) and rank_on(user, where) >= RANKS[need.role]


def require(user: User, action: str, board: str = "") -> None:
    """`Refused` with `not_allowed`; with `not_found` for a board that the user may not even see."""
    if may(user, action, board):
        return
    if board and not may(user, "board.see", board):
        raise Refused("not_found")
    raise Refused("not_allowed")
