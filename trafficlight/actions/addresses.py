"""Addresses that people will open: checked when they are given, for they end up on paper."""

import ipaddress
from urllib.parse import urlsplit

from trafficlight.domain.errors import Refused


def check_url(text: str, field: str) -> str:
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


def is_private(url: str) -> bool:
    """Whether a phone outside of the house cannot reach the address: localhost, a private or local IP."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))
    return not address.is_global
