"""What a target is. This is all that there is to read before adding one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class TargetUnavailable(Exception):
    """The target cannot be written now; what was to be written stays to be written."""


class PartUnavailable(TargetUnavailable):
    """One part of it cannot be written now; the others can, for all that is known."""


class File(msgspec.Struct, frozen=True):
    """One file as it shall stand at the target: its path in the tree, bytes, and how it is to be served."""

    path: str
    body: bytes
    media: str
    coding: str = ""  # in which the bytes are: gzip, br, or plain
    cache: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What stands of a part of the tree."""

    files: dict[str, str] = {}  # digests of the (plain) bytes by path, empty: there, not as noted
    retired: dict[str, datetime] = {}  # since when a file is only kept for those who may still ask for it
    edition: int = 0  # of a board, as of which all of it stands there: what came later goes first


class Target(Protocol):
    """A place that holds the published tree for a plain web server. Blocking; one thread at a time calls it.

    The tree has parts: each board's folder, once a language (`shili`, `en/shili`), ours entirely, and `_…`,
    with files among others'. Each file is whole or not there; nothing outside of the root is touched.
    What fails raises one of the above.
    """

    name: str  # for logs and metrics; holds no secret
    codings: Mapping[str, str]  # in which it takes what is compressible, each with what the path ends in then
    watch: float  # seconds from one `strayed` to the next, once it is open; infinite: never

    def open(self, ours: Callable[[], bool] | None = None) -> None:
        """Take hold of it, alone, or `TargetUnavailable`. Whoever cannot lock asks `ours` before a write."""

    def parts(self) -> Sequence[str]:
        """The parts of which something may stand there."""

    def manifest(self, part: str) -> Manifest:
        """What stands there of the part. Where that is in doubt it was looked at, file by file."""

    def write(self, part: str, files: Sequence[File]) -> None:
        """Write the files, each whole or not at all, in any order."""

    def remove(self, part: str, paths: Sequence[str]) -> None:
        """Remove files of the part; those that are not there are no mistake."""

    def note(self, part: str, manifest: Manifest) -> None:
        """Keep the part's manifest, after its files were written; an empty one ends the part."""

    def strayed(self) -> Sequence[str]:
        """Parts that are no longer as noted, though nobody else should write there; from now on in doubt."""

    def close(self) -> None:
        """Let go of the place. What was noted is believed at the next start, unless something failed."""
