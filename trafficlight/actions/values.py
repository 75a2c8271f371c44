"""What people write, read into values: one reader for each sort, whoever brings the text.

Each takes the text and the name of the field that it stands in, and raises `Refused` with that field.
"""

import ipaddress
import re
import unicodedata
from datetime import date, time
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from trafficlight.domain.day import zone_of
from trafficlight.domain.errors import Refused
from trafficlight.domain.note import refuse_personal
from trafficlight.domain.phone import parse_phones

LONGEST_LINE: Final = 200
LONGEST_NAME: Final = 80
"""Characters: the longest name of a real list has 31; more is a cell that slipped."""
LONGEST_PLACE: Final = 40
MOST_CAPACITY: Final = 9999

_HAN: Final = "\u2e80-\u9fff\uff00-\uffef"
_WRAPPED: Final = re.compile(rf"(?<=[{_HAN}])\s*\n\s*(?=[{_HAN}])")
_ERROR: Final = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
_DATE: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d\d)(\d\d)")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_CHINESE_TIME: Final = re.compile(r"([01]?\d|2[0-3])[点时](?:([0-5]\d)分?|(半))?")
_BETWEEN_TIMES: Final = re.compile(r"\s*[,，、;；和及]\s*|(?<![:：])\s+(?![:：])")
_LONGEST_QUOTE: Final = 40
"""Characters of what was written that a refusal repeats."""


_NONE_WRITTEN: Final = re.compile(
    r"无|暂无|没有|暂缺|暂未公布|未设|未定|待定|待补|待补充|不详|无电话|[/\\—–―-]+|[nN]/[aA]|空"
)
"""What people write into a cell to say that there is nothing to write."""
_ZEROS: Final = re.compile(r"[0０]+")


_LOST: Final = re.compile(r"\?{2,}|\ufffd")
"""What a program puts in the place of Chinese letters that it cannot save."""


def refuse_lost(text: str, field: str) -> None:
    """`letters_lost` where a program has put question marks in the place of letters."""
    if _LOST.search(text):
        raise Refused("letters_lost", field, text=text[:_LONGEST_QUOTE])


def is_nothing(column: str, text: str) -> bool:
    """Whether it is written in the cell that there is nothing; a phone of zeros alone says so too."""
    return bool(_NONE_WRITTEN.fullmatch(text) or (column == "phone" and _ZEROS.fullmatch(text)))


def plain(text: str) -> str:
    """Narrow digits and letters, no spaces: for what is compared or counted, never for what is shown."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def read_line(text: str, field: str, most: int = LONGEST_LINE) -> str:
    """One line of text: what a narrow cell wrapped stands together again. `cell_error`, `too_long`."""
    if _ERROR.fullmatch(text):
        raise Refused("cell_error", field, text=text)
    one = " ".join(_WRAPPED.sub("", text).split())
    if len(one) > most:
        raise Refused("too_long", field, text=one[:20], max=most)
    return one


def read_public_line(text: str, field: str, most: int = LONGEST_LINE) -> str:
    """The same, of a text that the public reads: `personal_data` too."""
    one = read_line(text, field, most)
    refuse_personal(one, field)
    return one


def read_name(text: str, field: str) -> str:
    """A name, which is never empty. `name_missing`, `too_long`, `personal_data`."""
    one = read_public_line(text, field, LONGEST_NAME)
    if not one:
        raise Refused("name_missing", field)
    return one


def read_phone_line(text: str, field: str) -> str:
    """Phones as written; refused where they cannot be dialled, as by `parse_phones`."""
    one = read_line(text, field)
    try:
        parse_phones(one)
    except Refused as refused:
        raise Refused(refused.code, field, **refused.params) from None
    return one


def read_time(text: str, field: str) -> time:
    """09:00; `bad_time`."""
    written = plain(text)
    found = _TIME.fullmatch(written)
    if found:
        return time(int(found[1]), int(found[2]))
    in_words = _CHINESE_TIME.fullmatch(written)
    if in_words:
        return time(int(in_words[1]), 30 if in_words[3] else int(in_words[2] or 0))
    raise Refused("bad_time", field, text=text[:_LONGEST_QUOTE])


def read_times(text: str, field: str) -> tuple[time, ...]:
    """09:00,14:00 in ascending order, each once; at least one. 9:00 14:00 and 9点、14点半 are read too."""
    return tuple(sorted({read_time(part, field) for part in _BETWEEN_TIMES.split(text.strip())}))


def read_date(text: str, field: str) -> date:
    """2022-12-24, 2022/12/24, 2022年12月24日, 20221224; `bad_date`."""
    found = _DATE.fullmatch(plain(text))
    try:
        if found:
            return date(*(int(part) for part in found.groups() if part))
    except ValueError:
        pass
    raise Refused("bad_date", field, text=text[:_LONGEST_QUOTE])


def read_whole(text: str, field: str, least: int, most: int) -> int:
    """A whole number between the two; `not_a_count` or `out_of_range`."""
    digits = plain(text)
    if not digits.isascii() or not digits.isdecimal():
        raise Refused("not_a_count", field)
    if len(digits) > len(str(most)) or not least <= int(digits) <= most:
        raise Refused("out_of_range", field, least=least, most=most)
    return int(digits)


def read_zone(text: str, field: str) -> str:
    """The name of a time zone that there is; `unknown_zone`."""
    try:
        zone_of(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("unknown_zone", field, text=text[:80]) from None
    return text


def read_flag(text: str, field: str) -> bool:  # noqa: ARG001 - as the others
    """Whether a box is ticked: anything for yes, nothing for no."""
    return bool(text)


def read_url(text: str, field: str) -> str:
    """The address without its closing slash; `Refused("bad_url")` for anything but http(s)://host[:port][/path]."""
    try:
        parts = urlsplit(text.strip())
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise Refused("bad_url", field, text=text[:80]) from None
    plain = parts.scheme in {"http", "https"} and not (
        parts.query or parts.fragment or parts.username is not None
    )
    if (
        not usable
        or not plain
        or any(char.isspace() for char in text.strip())
        or text.strip().endswith(("?", "#"))
    ):
        raise Refused("bad_url", field, text=text[:80])
    return text.strip().rstrip("/")


NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are the address of IPv4 that a gateway leads to."""
LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
"""RFC 8215: of one house, in a manner of its own."""
COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
"""RFC 4291: given up, and still understood by some."""


def is_private(url: str) -> bool:
    """Whether a phone outside of the house cannot reach the address: localhost, a private or local IP."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))
    return not is_global(address)


def is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether the address is one of the internet's, and so is that of IPv4 that it may lead to."""
    if not address.is_global or address.is_multicast:
        return False
    if address.version == 4:  # noqa: PLR2004
        return True
    if address in LOCAL_NAT64:
        return False
    inner = address.sixtofour
    if address in NAT64 or address in COMPATIBLE:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner is None or is_global(inner)
