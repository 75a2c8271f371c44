"""The places that the tree is written to. A new kind: one module here, one row in `TARGETS`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from trafficlight.publish.targets.base import Target


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
