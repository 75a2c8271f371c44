"""The address that new links begin with: it ends up on paper, so it is looked at before."""

from typing import Final

from trafficlight.domain.errors import Refused
from trafficlight.doors.addresses import check_url, is_private
from trafficlight.web.desk.visit import Visit

WARNED: Final = frozenset({"base_not_https", "base_private"})
"""Refusals that a tick in the box `anyway` turns into a yes: for trials."""


def usual_base(visit: Visit) -> str:
    """Where the forms are, as far as it is set: the app's own address, else that of the published pages."""
    place = visit.node.place()
    return place.app_url.rstrip("/") or place.public_url


def warning(base: str) -> str:
    """What a clinic's phone will stumble over, as the code of a refusal; empty for nothing."""
    if is_private(base):
        return "base_private"
    return "base_not_https" if base.startswith("http://") else ""


def chosen_base(visit: Visit) -> str:
    """The address that the form gives, or the usual one.

    `Refused` with `no_base_url` or `bad_url`; with one of `WARNED` unless the form says that it is known.
    """
    base = visit.form.text("base") or usual_base(visit)
    if not base:
        raise Refused("no_base_url", "base")
    base = check_url(base, "base")
    warned = warning(base)
    if warned and not visit.form.on("anyway"):
        raise Refused(warned, "base")
    return base
