"""The cells of a site: text into values at the door, values into text for an export.

What `write_cell` writes, `parse_cell` reads; an importer that finds a cell exactly as written here keeps what
there is, so that importing an export changes nothing whatever the value.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from trafficlight.actions.values import (
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_PLACE,
    MOST_CAPACITY,
    plain,
    read_date,
    read_line,
)
from trafficlight.domain.board import Board, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id, check_slug
from trafficlight.domain.kind import kind_of
from trafficlight.domain.phone import Phone, parse_phones

_LONGEST_ALIAS: Final = 40
_MOST_ALIASES: Final = 50
_PLACES: Final = 7
"""Decimals of a degree: a centimetre; a workbook does not hold many more."""

_CAPACITY: Final = re.compile(r"(\d{1,9})(?:人次?)?(?:/[日天])?")
_ALIASES: Final = re.compile(r"[、，,;；/|\n]+")
_CRS: Final = {
    "wgs84": ("wgs84", "gps", "cgcs2000", "国家2000", "2000国家大地坐标系", "天地图"),
    "gcj02": ("gcj02", "高德", "腾讯", "火星坐标"),
    "bd09": ("bd09", "百度"),
}
"""CGCS2000 differs from WGS 84 by centimetres, which is the same door."""
_CRS_OF: Final = {word: code for code, words in _CRS.items() for word in words}
_SITE: Final = Site(id="-", name="-")


def _lines(most: int) -> Callable[[str, str], str]:
    return lambda field, text: read_line(text, field, most)


def _capacity(field: str, text: str) -> int:
    found = _CAPACITY.fullmatch(plain(text))
    if not found:
        raise Refused("bad_capacity", field, text=text[:40], most=MOST_CAPACITY)
    capacity = int(found[1])
    if not 1 <= capacity <= MOST_CAPACITY:
        raise Refused("bad_capacity", field, text=text[:40], most=MOST_CAPACITY)
    return capacity


def _degrees(most: int) -> Callable[[str, str], float]:
    def read(field: str, text: str) -> float:
        try:
            degrees = float(plain(text))
        except ValueError:
            raise Refused("bad_number", field, text=text[:40]) from None
        if not math.isfinite(degrees):
            raise Refused("bad_number", field, text=text[:40])
        if abs(degrees) > most:
            raise Refused("not_between", field, text=text[:40], least=-most, most=most)
        return round(degrees, _PLACES)

    return read


def _crs(field: str, text: str) -> str:
    code = _CRS_OF.get(re.sub(r"[-_]|坐标系?$", "", plain(text).casefold()))
    if code is None:
        raise Refused("bad_crs", field, text=text[:40])
    return code


def _aliases(field: str, text: str) -> tuple[str, ...]:
    aliases = tuple(dict.fromkeys(alias for part in _ALIASES.split(text) if (alias := part.strip())))
    if len(aliases) > _MOST_ALIASES:
        raise Refused("too_many_items", field, most=_MOST_ALIASES)
    return tuple(read_line(alias, field, _LONGEST_ALIAS) for alias in aliases)


def _kind(field: str, text: str) -> str:
    return kind_of(read_line(text, field, LONGEST_LINE))


_PARSERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "id": lambda _field, text: check_site_id(plain(text)),
    "board": lambda _field, text: check_slug(plain(text)),
    "board_name": _lines(LONGEST_NAME),
    "name": _lines(LONGEST_NAME),
    "kind": _kind,
    "province": _lines(LONGEST_PLACE),
    "city": _lines(LONGEST_PLACE),
    "county": _lines(LONGEST_PLACE),
    "town": _lines(LONGEST_PLACE),
    "address": _lines(LONGEST_LINE),
    "phone": lambda _field, text: parse_phones(text),
    "hours": _lines(LONGEST_LINE),
    "rota": _lines(LONGEST_LINE),
    "capacity": _capacity,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "crs": _crs,
    "serves": _lines(LONGEST_LINE),
    "also": _aliases,
    "booking": _lines(LONGEST_LINE),
    "online": _lines(LONGEST_LINE),
    "phone_checked": lambda field, text: read_date(text, field),
}

FIELD_OF: Final[Mapping[str, str]] = {"phone": "phones"} | {
    column: column for column in _PARSERS if column not in {"id", "board", "board_name", "phone"}
}
"""The columns that fill a field of the site, by the name of the column."""


def parse_cell(column: str, text: str) -> Any:
    """The value of a cell that holds something; `Refused` with the column as its field."""
    return _PARSERS[column](column, text)


def cleared(column: str) -> Any:
    """The value of an empty cell."""
    return getattr(_SITE, FIELD_OF[column])


def write_cell(column: str, site: Site, board: Board | None = None) -> str:
    """The text of a site's cell, whole; `board` is asked for its own columns only."""
    match column:
        case "board":
            return board.slug if board else ""
        case "board_name":
            return board.name if board else ""
        case "phone":
            return write_phones(site.phones)
        case "also":
            return "、".join(site.also)
    value = getattr(site, column)
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def write_phones(phones: Iterable[Phone]) -> str:
    """The numbers in one cell: `0351-5656340（白天） / 0351-5656300转8005（夜间 值班室）`."""
    return " / ".join(_write_phone(phone) for phone in phones)


def _write_phone(phone: Phone) -> str:
    words = " ".join(word for word in (phone.when, phone.label) if word)
    return phone.number + (f"转{phone.ext}" if phone.ext else "") + (f"（{words}）" if words else "")
