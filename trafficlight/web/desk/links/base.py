"""The address that new links begin with: it ends up on paper, so it is looked at before."""

from typing import Final

from trafficlight.actions.values import is_private, read_url
from trafficlight.domain.errors import Refused
from trafficlight.web.desk.request import DeskRequest

WARNED: Final = frozenset({"base_not_https", "base_private"})
"""Refusals that a tick in the box `anyway` turns into a yes: for trials."""


def usual_base(desk: DeskRequest) -> str:
    """Where the forms are, as far as it is set: the app's own address, else that of the published pages."""
    place = desk.parts.place()
    return place.app_url.rstrip("/") or place.public_url


def is_reached(base: str) -> bool:
    """Whether the clinics' phones can open it."""
    return base.startswith("https://") and not is_private(base)


def chosen_base(desk: DeskRequest) -> str:
    """The address that the form gives, or the usual one.

    `Refused` with `no_base_url` or `bad_url`; with one of `WARNED` unless the form says that it is known.
    """
    base = desk.form.text("base") or usual_base(desk)
    if not base:
        raise Refused("no_base_url", "base")
    base = read_url(base, "base")
    if not desk.form.on("anyway"):
        _check_reached(base)
    return base


def _check_reached(base: str) -> None:
    if is_private(base):
        raise Refused("base_private", "base")
    if base.startswith("http://"):
        raise Refused("base_not_https", "base")
