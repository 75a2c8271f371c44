"""A page of the desk: all there is to read before adding one, beside `request.py`: what a handler is given.

The middleware (`routes.py`) finds out who asks, in which language, about which board, and whether they may;
it reads the form, checks that it is ours, and shows the page again, with what was typed, when something is
`Refused`.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

if TYPE_CHECKING:
    from trafficlight.web.desk.request import DeskRequest

Handler = Callable[["DeskRequest"], Awaitable[web.Response]]


class DeskPage(NamedTuple):
    """One address of the desk."""

    path: str
    """Below `/desk`. `{board}` in it is a board: it exists and the user may at least see it."""
    see: str
    """The action, a row of `rights.ACTIONS` or `OWN`, that whoever opens the page must be allowed."""
    show: Handler | None = None
    """Answers GET with `desk.page(…)`; called again with the form where that was refused."""
    save: Handler | None = None
    """Answers POST with `desk.done(…)`, or raises `Refused`; nothing is half done."""
    act: str = ""
    """The action that the form asks for; empty: the same as `see`."""
    file_bytes: int = 0
    """The largest file that its form may carry; 0 for none."""


class Section(NamedTuple):
    """What stands in the navigation, and the pages behind it."""

    name: str
    """Of its folder of templates, where it has several, and of its modules here."""
    label: str
    """In the navigation, marked with `N_`."""
    home: str
    """Path of the page that the navigation leads to."""
    pages: tuple[DeskPage, ...]
    see: str = "board.see"
    """The action without which the navigation leaves it out."""
