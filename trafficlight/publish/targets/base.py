"""What a target is. This is all that there is to read before adding one."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class TargetUnavailable(Exception):
    """The target cannot be written now; what was to be written stays to be written."""


class File(msgspec.Struct, frozen=True):
    """One file as it shall stand at the target: its path in the tree, bytes, and how it is to be served."""

    path: str
    body: bytes
    media: str
    coding: str = ""
    """`gzip` or `br` for a compressed sibling of the file whose name it extends."""
    cache: str = ""


class Target(Protocol):
    """A place that holds the published tree for a plain web server. Blocking: called from threads.

    Every file is there whole or not at all. A target never touches what it did not write, and never anything
    outside of its root.
    """

    name: str
    """For logs and metrics; holds no secret."""

    def open(self) -> None:
        """Take hold of the place, alone; `TargetUnavailable` where another publisher has it."""
        ...

    def manifest(self, part: str) -> Mapping[str, str]:
        """What stands there of a part of the tree (a board, or `_` for the rest), by path, as it was noted:
        digests of the bytes. What cannot be trusted to be there, whole, is not in it."""
        ...

    def write(self, files: Sequence[File]) -> None:
        """Write the files in the order given, each whole or not at all."""
        ...

    def remove(self, part: str, paths: Sequence[str]) -> None:
        """Remove files of the part; those that are not there are no mistake."""
        ...

    def note(self, part: str, manifest: Mapping[str, str]) -> None:
        """Keep the part's manifest, after its files were written."""
        ...

    def close(self, *, clean: bool) -> None:
        """Let go of the place. After a clean close what was noted is trusted at the next start."""
        ...
