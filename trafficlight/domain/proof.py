"""Files by which an official account proves that a domain is its own: MP_verify_….txt at the root."""

import re
from collections.abc import Mapping
from typing import Final

from trafficlight.domain.errors import Refused

_NAME: Final = re.compile(r"MP_verify_[0-9A-Za-z]{1,64}\.txt")
_CONTENT: Final = re.compile(r"[0-9A-Za-z_-]{1,128}")


def check_proof(name: str, content: str) -> tuple[str, str]:
    """Name and content as they are kept; `Refused` with `bad_proof` for what is no such file.

    Its content is one word: whatever else were served from the root would be somebody's page.
    """
    word = content.removeprefix("\ufeff").strip()
    if not _NAME.fullmatch(name) or not _CONTENT.fullmatch(word):
        raise Refused("bad_proof", "file", text=name[:80])
    return name, word


def proofs_of(config: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The files among the settings that all nodes share, by name."""
    return tuple(
        sorted(
            (name, word)
            for name, word in config.items()
            if _NAME.fullmatch(name) and _CONTENT.fullmatch(word)
        )
    )
