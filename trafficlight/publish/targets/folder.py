"""A folder that a web server serves as it is."""

import fcntl
import os
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path, PurePosixPath

import msgspec

from trafficlight.publish.targets.base import File, TargetUnavailable

KEPT = ".trafficlight"
"""What we know of the folder, in the folder: it moves with it."""
_TEMPORARY = ".trafficlight-new-"


def digest(body: bytes) -> str:
    """The digest that manifests hold."""
    return blake2b(body, digest_size=12).hexdigest()


def _boot() -> str:
    """What tells one run of the machine from the next: files never synced may be torn after a power cut."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return ""


class FolderTarget:
    """The tree in a folder, one file each, replaced atomically and never synced.

    After an unclean stop every file is read and compared with the manifest, and whatever lies in a board's folder
    without standing there is removed. A stop is clean when it was ours and the machine has been up ever since.
    """

    def __init__(self, root: Path) -> None:
        self.name = f"folder:{root.name}"
        self._root = root
        self._real = ""
        self._lock: int | None = None
        self._trusted = False
        self._checked: set[str] = set()

    def open(self) -> None:
        try:
            kept = self._root / KEPT
            kept.mkdir(parents=True, exist_ok=True)
            self._real = os.path.realpath(self._root)
            self._lock = os.open(kept / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._checked.clear()
        except BlockingIOError as taken:
            self._let_go()
            message = f"another publisher writes to the folder {self._root}"
            raise TargetUnavailable(message) from taken
        except OSError as wrong:
            self._let_go()
            raise TargetUnavailable(str(wrong)) from wrong
        clean = kept / "clean"
        self._trusted = clean.is_file() and bool(_boot()) and clean.read_text() == _boot()
        clean.unlink(missing_ok=True)

    def manifest(self, part: str) -> Mapping[str, str]:
        try:
            noted = msgspec.json.decode(self._note_of(part).read_bytes(), type=dict[str, str])
        except (OSError, msgspec.DecodeError):
            noted = {}
        if self._trusted:
            return noted
        found = {path: held for path, held in noted.items() if self._holds(path, held)}
        self._sweep(part, found)
        return found

    def write(self, files: Sequence[File]) -> None:
        try:
            for file in files:
                self._write(file)
        except OSError as wrong:
            raise TargetUnavailable(str(wrong)) from wrong

    def remove(self, part: str, paths: Sequence[str]) -> None:
        del part
        try:
            for path in paths:
                place = self._place(path)
                place.unlink(missing_ok=True)
                self._prune(place.parent)
        except OSError as wrong:
            raise TargetUnavailable(str(wrong)) from wrong

    def note(self, part: str, manifest: Mapping[str, str]) -> None:
        try:
            self._replace(self._note_of(part), msgspec.json.encode(dict(sorted(manifest.items()))))
        except OSError as wrong:
            raise TargetUnavailable(str(wrong)) from wrong

    def close(self, *, clean: bool) -> None:
        if self._lock is not None and clean:
            (self._root / KEPT / "clean").write_text(_boot())
        self._let_go()

    # --- inside the root, and nowhere else ------------------------------------------------------------------------

    def _place(self, path: str) -> Path:
        """The path inside the root; `TargetUnavailable` for anything that would lead out of it."""
        parts = PurePosixPath(path).parts
        plain = (
            parts and not path.startswith("/") and not any(one in {"..", "."} or "\0" in one for one in parts)
        )
        if not plain or parts[0] == KEPT:
            message = f"not a path of the tree: {path!r}"
            raise TargetUnavailable(message)
        place = self._root.joinpath(*parts)
        folder = str(place.parent)
        if folder not in self._checked:
            place.parent.mkdir(parents=True, exist_ok=True)
            real = os.path.realpath(folder)
            if real != self._real and not real.startswith(self._real + os.sep):
                message = f"{folder} leads out of the folder"
                raise TargetUnavailable(message)
            self._checked.add(folder)
        return place

    def _note_of(self, part: str) -> Path:
        return self._root / KEPT / f"{part}.json"

    def _write(self, file: File) -> None:
        self._replace(self._place(file.path), file.body)

    def _replace(self, place: Path, body: bytes) -> None:
        temporary = place.with_name(_TEMPORARY + blake2b(place.name.encode(), digest_size=8).hexdigest())
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "wb") as out:
            out.write(body)
        temporary.replace(place)

    def _prune(self, folder: Path) -> None:
        """Remove folders that have become empty, up to the root."""
        while folder != self._root and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            self._checked.discard(str(folder))
            folder = folder.parent

    # --- after an unclean stop ------------------------------------------------------------------------------------

    def _holds(self, path: str, held: str) -> bool:
        place = self._root / path
        try:
            return not place.is_symlink() and digest(place.read_bytes()) == held
        except OSError:
            return False

    def _sweep(self, part: str, known: Mapping[str, str]) -> None:
        """Remove what an interrupted pass left in the part's own folder (a board's is ours entirely)."""
        for folder in [self._root, self._root / "assets"] if part == "_" else []:
            for left in folder.glob(_TEMPORARY + "*"):
                left.unlink(missing_ok=True)
        own = self._root / part
        if part == "_" or not own.is_dir() or own.is_symlink():
            return
        for place, _folders, names in os.walk(own, topdown=False):
            for name in names:
                if f"{Path(place, name).relative_to(self._root).as_posix()}" not in known:
                    Path(place, name).unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
