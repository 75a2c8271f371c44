"""Names that end up in addresses: site ids and board slugs."""

import re

from trafficlight.domain.errors import Refused

SYSTEM = "_"
"""The board of what belongs to no board: credentials, settings, the directory. Never published."""

RESERVED = frozenset(
    {"_", "api", "assets", "desk", "en", "zh-hant", "enter", "report", "sites", "notice", "static"}
)
"""First path segments that are ours; no board may take one."""

_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def check_site_id(text: object) -> str:
    """A site id, unique in the installation; `Refused("bad_id", "id")` else."""
    if type(text) is not str or _PATTERN.fullmatch(text) is None:
        raise Refused("bad_id", "id", text=str(text)[:80])
    return text


def check_slug(text: object) -> str:
    """A board's slug, never renamed; `Refused` with `bad_slug` or `slug_reserved`."""
    if type(text) is not str or _PATTERN.fullmatch(text) is None:
        raise Refused("bad_slug", "board", text=str(text)[:80])
    if text in RESERVED:
        raise Refused("slug_reserved", "board", text=text)
    return text
