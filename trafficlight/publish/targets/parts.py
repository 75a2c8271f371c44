"""The parts of a tree at a target, and which paths are theirs."""

import re
from collections.abc import Sequence
from typing import Final

from trafficlight.publish.targets.base import PartUnavailable
from trafficlight.text.languages import LANGUAGES

KEPT: Final = ".trafficlight"
"""What we know of the place, in the place: it moves with it."""
_PART = re.compile(rf"(?:{'|'.join(one.folder for one in LANGUAGES)})[a-z0-9_][a-z0-9_-]{{0,63}}")
_SLASH = ","
"""What stands for the slash of a part in the name of its note."""
_END = ".json"


def note_of(part: str) -> str:
    """The name of the file that holds the part's manifest; `PartUnavailable` for what is no part."""
    if not _PART.fullmatch(part):
        message = f"not a part of the tree: {part!r}"
        raise PartUnavailable(message)
    return f"{part.replace('/', _SLASH)}{_END}"


def parts_noted(names: Sequence[str]) -> list[str]:
    """The parts of which notes of these names tell."""
    found = [name.removesuffix(_END).replace(_SLASH, "/") for name in names if name.endswith(_END)]
    return sorted(name for name in found if _PART.fullmatch(name))


def depth(part: str) -> int:
    """How many folders lead to the part, the part's own among them; below it everything is ours."""
    return part.count("/") + 1


def split(part: str, path: str) -> tuple[Sequence[str], str]:
    """Folders and name of a path of the part; `PartUnavailable` for anything that would lead out of it."""
    *folders, name = path.split("/")
    strange = any(one in {"", ".", ".."} or "\0" in one for one in (*folders, name))
    inside = folders[: depth(part)] == part.split("/")
    elsewhere = (folders or [name])[0] == KEPT if part.startswith("_") else not inside
    if strange or elsewhere:
        message = f"not a path of {part}: {path!r}"
        raise PartUnavailable(message)
    return folders, name
