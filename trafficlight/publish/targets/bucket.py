"""A bucket of an S3-compatible store, which sends its objects as they are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from trafficlight.bucket import BucketAddress
from trafficlight.bucket.store import Conflict, Served, Store
from trafficlight.publish.targets import NOTES, note_of, parts_noted, split
from trafficlight.publish.targets.base import File, Manifest, PartUnavailable, TargetUnavailable

WATCH: Final = 2.0
"""Seconds until what somebody else has overwritten is seen, where the store keeps nobody from doing so."""
WATCH_CONDITIONAL: Final = 30.0
"""The same where it does: only what two nodes have written alike is left to be seen."""
LOOKED_AT_ONCE: Final = 160
"""Parts looked at in one call, the others in the next: under a second."""


class _Note(msgspec.Struct, frozen=True):
    """A part's manifest, and the store's tags of its objects: by these they are known without being read."""

    files: dict[str, str] = {}
    tags: dict[str, str] = {}
    retired: dict[str, datetime] = {}
    edition: int = 0


class _Part(msgspec.Struct):
    """What we know of a part."""

    tags: dict[str, str] = {}
    """Of what stands there, noted or not."""
    note: str | None = None
    """The note's tag, None where there is no note."""
    manifest: Manifest | None = None
    """What was noted, while nothing was written since."""


class BucketTarget:
    """The tree below a prefix, one object each; what is compressible in gzip, under its plain name.

    Notes stand in the bucket. After a start each is compared with a listing: an object with another tag than
    the one noted is not as it was. Writes are conditional where the store keeps conditions, so that whoever
    lost the place overwrites nothing that was written since; the rest is found by looking again (`strayed`).
    """

    def __init__(self, address: BucketAddress) -> None:
        self.name = address.label
        self.codings: Mapping[str, str] = {"gzip": ""} if address.gzip else {"": ""}
        self.watch = WATCH
        self._address = address
        self._store: Store | None = None
        self._known: dict[str, _Part] = {}
        self._ours: Callable[[], bool] | None = None
        self._next = 0

    def open(self, ours: Callable[[], bool] | None = None) -> None:
        self._known.clear()
        self._ours = ours
        self._store = Store(self._address, TargetUnavailable)
        self._check()
        self.watch = WATCH_CONDITIONAL if self._store.probe(NOTES) else WATCH

    def parts(self) -> Sequence[str]:
        return parts_noted([key.rpartition("/")[2] for key in self._held.inside(NOTES)])

    def manifest(self, part: str) -> Manifest:
        name = note_of(part)
        known = self._known.get(part)
        if known is not None and known.manifest is not None:
            return known.manifest
        noted, tag = self._noted(f"{NOTES}/{name}")
        there = self._look(part, noted.files)
        files = {path: _as_noted(noted, path, tag) for path, tag in there.items()}
        manifest = Manifest(files=files, retired=noted.retired, edition=noted.edition)
        self._known[part] = _Part(tags=there, note=tag, manifest=manifest)
        return manifest

    def write(self, part: str, files: Sequence[File]) -> None:
        known = self._doubt(part, [file.path for file in files])

        def put(file: File) -> None:
            known.tags[file.path] = self._put(file, known.tags.get(file.path))

        self._held.each(put, files)

    def remove(self, part: str, paths: Sequence[str]) -> None:
        known = self._doubt(part, paths)

        def delete(path: str) -> None:
            self._check()
            self._held.delete(path)
            known.tags.pop(path, None)

        self._held.each(delete, paths)

    def note(self, part: str, manifest: Manifest) -> None:
        key = f"{NOTES}/{note_of(part)}"
        known = self._doubt(part)
        if manifest.files:
            tags = {path: known.tags.get(path, "") for path in manifest.files}
            note = _Note(manifest.files, tags, manifest.retired, manifest.edition)
            body = msgspec.json.encode(note, order="sorted")
            file = File(path=key, body=body, media="application/json", cache="no-cache")
            known.note = self._put(file, known.note)
        else:
            self._check()
            self._held.delete(key)
            known.note = None
        known.manifest = manifest

    def strayed(self) -> Sequence[str]:
        self._check()
        sure = [part for part, known in sorted(self._known.items()) if known.manifest is not None]
        first = self._next if self._next < len(sure) else 0
        self._next = first + LOOKED_AT_ONCE
        found: list[str] = []

        def look(part: str) -> None:
            known = self._known[part]
            noted = known.manifest.files if known.manifest else {}
            wanted = {path: known.tags.get(path, "") for path in noted}
            if self._look(part, noted) != wanted:
                found.append(part)

        self._held.each(look, sure[first : self._next])
        for part in found:
            self._known[part].manifest = None
        return sorted(found)

    def close(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            store.close()

    # --- what we know of it ---------------------------------------------------------------------------------

    @property
    def _held(self) -> Store:
        if self._store is None:
            raise TargetUnavailable(f"{self.name} is not open")
        return self._store

    def _check(self) -> None:
        if self._ours is not None and not self._ours():
            raise TargetUnavailable(f"{self.name}: it is another node's turn to write there")

    def _doubt(self, part: str, paths: Iterable[str] = ()) -> _Part:
        """What is known of the part, whose note is no longer believed; `PartUnavailable` for a wrong path."""
        note_of(part)
        for path in paths:
            split(part, path)
        known = self._known.setdefault(part, _Part())
        known.manifest = None
        return known

    def _noted(self, key: str) -> tuple[_Note, str | None]:
        try:
            body, tag = self._held.get(key)
        except FileNotFoundError:
            return _Note(), None
        try:
            return msgspec.json.decode(body, type=_Note), tag
        except msgspec.DecodeError:
            return _Note(), tag

    def _look(self, part: str, noted: Iterable[str]) -> dict[str, str]:
        """Tags of what stands there: of a board all in its folder, else of the files noted."""
        if not part.startswith("_"):
            return self._held.below(part)
        there: dict[str, str] = {}
        for folder in sorted({path.rpartition("/")[0] for path in noted}):
            there |= self._held.inside(folder)
        return {path: there[path] for path in noted if path in there}

    def _put(self, file: File, tag: str | None) -> str:
        """Write it in place of what we know to be there; what we know nothing of is asked about first."""
        self._check()
        try:
            return self._send(file, tag)
        except Conflict:
            if tag is not None:
                raise PartUnavailable(f"{self.name}: {file.path} was written by somebody else") from None
        try:
            there = self._held.tag(file.path)
        except FileNotFoundError:
            there = None
        self._check()
        try:
            return self._send(file, there)
        except Conflict:
            raise PartUnavailable(f"{self.name}: {file.path} is being written by somebody else") from None

    def _send(self, file: File, tag: str | None) -> str:
        return self._held.put(file.path, file.body, tag, Served(file.media, file.coding, file.cache))


def _as_noted(noted: _Note, path: str, tag: str) -> str:
    """The digest noted, where what stands there is what was noted; else empty."""
    return noted.files.get(path, "") if tag and tag == noted.tags.get(path) else ""
