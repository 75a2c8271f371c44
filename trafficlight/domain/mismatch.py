"""Mismatches (与实际不符): somebody went to a site, or phoned it, and it was not as its page says.

A mismatch is one of a few codes and an hour: there is no room for a word about a person.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Final

import msgspec

from trafficlight.domain.day import ONE_DAY, instant, local
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import MismatchReported
from trafficlight.domain.state import BoardFold, Mark, Mismatch, SiteState

WHATS: Final = ("wrong_phone", "closed", "not_seen")
"""The phone number is wrong; the site was not open; it was open, but one was not seen."""
MOST_MISMATCHES: Final = 20
"""Of one site: more of the same would tell the desk nothing new."""
MISMATCHES_LAST: Final = 14 * ONE_DAY
"""For how long the desk sees a mismatch; the ledger has them all."""
HOURS: Final = 24


class NewMismatch(msgspec.Struct, frozen=True, kw_only=True):
    """A mismatch as it was sent in, parsed and checked."""

    what: str
    hour: int | None = None
    """The last such hour on the board's clock; None: now."""


def parse_mismatch(raw: object) -> NewMismatch:
    """The mismatch in `raw`, a decoded JSON value; `Refused` names the first field that is wrong."""
    if not isinstance(raw, Mapping):
        raise Refused("wrong_type", None, expected="object")
    unknown = next((name for name in raw if name not in NewMismatch.__struct_fields__), None)
    if unknown is not None:
        raise Refused("unknown_field", str(unknown)[:60])
    if "what" not in raw:
        raise Refused("missing", "what")
    what, hour = raw["what"], raw.get("hour")
    if type(what) is not str or what not in WHATS:
        raise Refused("not_listed", "what")
    if hour is not None and type(hour) is not int:
        raise Refused("wrong_type", "hour", expected="integer")
    if hour is not None and not 0 <= hour < HOURS:
        raise Refused("out_of_range", "hour", least=0, most=HOURS - 1)
    return NewMismatch(what=what, hour=hour)


def mismatch_event(fold: BoardFold, site: str, new: NewMismatch, at: datetime) -> MismatchReported:
    """The event to append. An hour is the last such one: at a quarter past midnight, 23 is yesterday's."""
    about = None
    if new.hour is not None:
        zone = fold.board.zone
        day = local(at, zone).date()
        about = instant(day, time(new.hour), zone)
        if about > at:
            about = instant(day - ONE_DAY, time(new.hour), zone)
    return MismatchReported(site=site, what=new.what, about=about)


def mismatch_reported(fold: BoardFold, event: MismatchReported, mark: Mark) -> bool:
    """The step of the fold. Nothing of a mismatch is ever public."""
    state = fold.sites.get(event.site)
    if state is None or event.what not in WHATS:
        return False
    about = event.about or mark.at
    if about.tzinfo is None:
        return False
    one = Mismatch(what=event.what, received_at=mark.at, about=about)
    state.mismatches = [*standing(state, mark.at), one][-MOST_MISMATCHES:]
    return True


def standing(state: SiteState, at: datetime) -> Iterator[Mismatch]:
    """The site's mismatches of the last two weeks, oldest first."""
    return (one for one in state.mismatches if at < one.received_at + MISMATCHES_LAST)
