"""Where the tree is written to, and its parts there. A new kind: one module here, one row in `TARGETS`."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from trafficlight.publish.targets.base import PartUnavailable, Target
from trafficlight.text.languages import LANGUAGES


def _folder(address: str) -> Target:
    # A command that writes no tree, but knows what a target may refuse, does not load every format.
    from trafficlight.publish.targets.folder import FolderTarget  # noqa: PLC0415

    return FolderTarget(Path(address.removeprefix("file://")))


def _bucket(address: str) -> Target:
    from trafficlight.bucket import read_address  # noqa: PLC0415 - as above
    from trafficlight.publish.targets.bucket import BucketTarget  # noqa: PLC0415 - as above

    return BucketTarget(read_address(address))


TARGETS: Mapping[str, Callable[[str], Target]] = {"": _folder, "file": _folder, "s3": _bucket}
"""By the scheme of the address; a plain path has none."""


def target_of(address: str) -> Target:
    """The target at an address, not opened yet; `ValueError` says what is wrong with it."""
    scheme = address.partition("://")[0] if "://" in address else ""
    if scheme not in TARGETS:
        known = ", ".join(f"{name}://" for name in TARGETS if name)
        message = f"unknown target {scheme}://; known are a plain path and {known}"
        raise ValueError(message)
    return TARGETS[scheme](address)


NOTES: Final = ".trafficlight"
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
    elsewhere = (folders or [name])[0] == NOTES if part.startswith("_") else not inside
    if strange or elsewhere:
        message = f"not a path of {part}: {path!r}"
        raise PartUnavailable(message)
    return folders, name
