"""Names that end up in addresses: site ids, board slugs, and files that prove whose a domain is."""

import re
from collections.abc import Mapping
from typing import Final

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


_PROOF_NAME: Final = re.compile(r"MP_verify_[0-9A-Za-z]{1,64}\.txt")
_PROOF_CONTENT: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")


def check_proof(name: str, content: str) -> tuple[str, str]:
    """Name and content, as stored, of a file by which an official account proves that a domain is its own.

    `Refused` with `bad_proof` for what is no such file. Its content is one word: whatever else were served
    from the root would be somebody's page.
    """
    word = content.removeprefix("\ufeff").strip()
    if not _PROOF_NAME.fullmatch(name) or not _PROOF_CONTENT.fullmatch(word):
        raise Refused("bad_proof", "file", text=name[:80])
    return name, word


def proofs_of(config: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The files among the settings that all nodes share, by name."""
    return tuple(
        sorted(
            (name, word)
            for name, word in config.items()
            if _PROOF_NAME.fullmatch(name) and _PROOF_CONTENT.fullmatch(word)
        )
    )
