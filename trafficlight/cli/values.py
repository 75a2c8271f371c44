"""What options hold: times, dates, pairs. Each is read here and refused here."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfoNotFoundError

from trafficlight.actions.boards import read_time, read_times
from trafficlight.domain.day import zone_of
from trafficlight.domain.errors import Refused

__all__ = ["changed", "read_date", "read_instant", "read_time", "read_times", "read_whole", "read_zone"]

K = TypeVar("K")
V = TypeVar("V")
_DIGITS = 9
"""More are never read as a number."""


def read_date(text: str) -> date:
    """2022-12-24; `Refused("bad_date")`."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("bad_date", text=text) from None
    return day


def read_instant(text: str, now: datetime) -> datetime:
    """2022-12-24T16:00+08:00. An instant without a zone is no instant: boards have zones of their own.

    `Refused` with `bad_instant` or `future_instant`.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused("bad_instant", text=text) from None
    if at.tzinfo is None:
        raise Refused("bad_instant", text=text)
    if at > now:
        raise Refused("future_instant", text=text)
    return at.astimezone(UTC)


def read_zone(text: str) -> str:
    """The name of a time zone that there is; `Refused("unknown_zone")`."""
    try:
        zone_of(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("unknown_zone", text=text) from None
    return text


def read_whole(text: str, least: int, most: int) -> int:
    """A whole number between the two; `Refused` with `bad_number` or `out_of_range`."""
    if not text.isascii() or not text.isdecimal():
        raise Refused("bad_number", text=text[:40])
    if len(text) > _DIGITS or not least <= int(text) <= most:
        raise Refused("out_of_range", text=text[:40], least=least, most=most)
    return int(text)


def changed(
    before: Mapping[K, V],
    pairs: Iterable[str],
    key: Callable[[str], K],
    value: Callable[[str], V],
    example: str,
) -> dict[K, V]:
    """The mapping after `KEY=VALUE` pairs; an empty value takes the key out."""
    after = dict(before)
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise Refused("bad_pair", text=pair, example=example)
        if text.strip():
            after[key(name.strip())] = value(text.strip())
        else:
            after.pop(key(name.strip()), None)
    return dict(sorted(after.items(), key=_first))


def _first(item: tuple[Any, Any]) -> Any:
    return item[0]
