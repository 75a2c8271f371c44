"""A folder that a web server serves as it is."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from math import inf
from pathlib import Path

import msgspec
from msgspec.structs import replace

from trafficlight.publish.edition import digest
from trafficlight.publish.targets import NOTES, depth, note_of, parts_noted, split
from trafficlight.publish.targets.base import File, Manifest, PartUnavailable, TargetUnavailable

_FOLDER_MODE, _FILE_MODE = 0o755, 0o644
"""Whatever the umask is: a web server of another user reads them."""
_TEMPORARY = ".trafficlight-new-"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _boot() -> str:
    """What tells one run of the machine from the next: files never synced may be torn after a power cut."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return ""


class FolderTarget:
    """The tree in a folder, one file each, replaced atomically and never synced.

    A part's note is believed from when it was written until something of the part is; at the next start too,
    if the stop was clean and the machine has been up ever since. Else each file is read. No link below the
    root is followed, so that nothing leads out of it.
    """

    def __init__(self, root: Path) -> None:
        self.name = f"folder:{root.name}"
        self.codings: Mapping[str, str] = {"": "", "gzip": ".gz", "br": ".br"}
        self.watch = inf  # a lock keeps others out
        self._root = root
        self._base = self._notes = self._lock = -1
        self._doubted: set[str] = set()

    def open(self, ours: Callable[[], bool] | None = None) -> None:  # noqa: ARG002 - a lock says so
        try:
            if not self._root.exists():
                self._root.mkdir(parents=True)
                self._root.chmod(_FOLDER_MODE)
            (self._root / NOTES).mkdir(exist_ok=True)
            self._base = os.open(self._root, _FOLDER & ~os.O_NOFOLLOW)
            self._notes = os.open(NOTES, _FOLDER, dir_fd=self._base)
            self._lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644, dir_fd=self._notes)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._doubted = set() if self._was_clean() else set(self.parts())
            for folder in (self._base, self._notes):
                _tidy(folder)
        except OSError as wrong:
            self._let_go()
            taken = isinstance(wrong, BlockingIOError)
            message = f"another publisher writes to the folder {self._root}" if taken else str(wrong)
            raise TargetUnavailable(message) from wrong

    def parts(self) -> Sequence[str]:
        return parts_noted(_names(self._notes))

    def manifest(self, part: str) -> Manifest:
        with self._sure(part):
            try:
                noted = msgspec.json.decode(_read(note_of(part), self._notes), type=Manifest)
            except (FileNotFoundError, msgspec.DecodeError):
                self._doubted.add(part)
                noted = Manifest()
            if part not in self._doubted:
                return noted
            found = replace(noted, files=self._look(part, noted))
            if found != noted:
                self._write_note(part, found)
            self._doubted.discard(part)
            return found

    def write(self, part: str, files: Sequence[File]) -> None:
        self._doubted.add(part)
        with self._sure(part):
            for file in files:
                folders, name = split(part, file.path)
                with self._folder(folders, make=True, ours=depth(part)) as folder:
                    _replace(name, file.body, folder, ours=len(folders) >= depth(part))

    def remove(self, part: str, paths: Sequence[str]) -> None:
        self._doubted.add(part)
        with self._sure(part):
            for path in paths:
                folders, name = split(part, path)
                gone = suppress(FileNotFoundError, IsADirectoryError)  # a folder has taken the file's place
                with gone, self._folder(folders, make=False) as folder:
                    os.unlink(name, dir_fd=folder)
                self._prune(folders)

    def note(self, part: str, manifest: Manifest) -> None:
        with self._sure(part):
            self._write_note(part, manifest)
        self._doubted.discard(part)

    def strayed(self) -> Sequence[str]:
        return ()

    def close(self) -> None:
        if self._lock >= 0:
            with suppress(OSError):
                if not self._doubted:
                    _replace("clean", _boot().encode(), self._notes)
        self._let_go()

    # --- what we know of it ---------------------------------------------------------------------------------

    def _was_clean(self) -> bool:
        """Whether the last stop was; from now on it was not."""
        try:
            boot = _read("clean", self._notes)
        except FileNotFoundError:
            return False
        os.unlink("clean", dir_fd=self._notes)
        return bool(boot) and boot == _boot().encode()

    def _write_note(self, part: str, manifest: Manifest) -> None:
        if manifest.files:
            _replace(note_of(part), msgspec.json.encode(manifest, order="sorted"), self._notes)
        else:
            with suppress(FileNotFoundError):
                os.unlink(note_of(part), dir_fd=self._notes)

    def _look(self, part: str, noted: Manifest) -> dict[str, str]:
        """What stands there: of a board all in its folder, else of the files noted.

        Only what is as it was noted keeps its digest. Of anything else it is not known whether it and what
        was made with it (a page and its compressed siblings) belong together.
        """
        found: dict[str, str] = {}
        if part.startswith("_"):
            for path in noted.files:
                folders, name = split(part, path)
                with suppress(FileNotFoundError), self._folder(folders, make=False) as folder:
                    _tidy(folder)
                    found[path] = _digest(name, folder)
        else:
            with suppress(FileNotFoundError), self._folder(part.split("/"), make=False) as folder:
                _walk(folder, part, found)
        return {path: held if held == noted.files.get(path) else "" for path, held in found.items()}

    @contextmanager
    def _sure(self, part: str) -> Iterator[None]:
        """A failure is the part's alone as long as the place is still the one that was taken hold of."""
        if not self._held():
            raise TargetUnavailable(f"{self._root} is not the folder that was opened")
        try:
            yield
        except OSError as wrong:
            message = f"{part}: {wrong}"
            raise (PartUnavailable if self._held() else TargetUnavailable)(message) from wrong

    def _held(self) -> bool:
        try:
            own = os.stat(NOTES, dir_fd=self._base, follow_symlinks=False)
            same = os.path.samestat
            return same(self._root.stat(), os.fstat(self._base)) and same(own, os.fstat(self._notes))
        except OSError:
            return False

    def _let_go(self) -> None:
        for descriptor in (self._lock, self._notes, self._base):
            if descriptor >= 0:
                os.close(descriptor)
        self._base = self._notes = self._lock = -1

    # --- inside the root, and nowhere else ------------------------------------------------------------------

    @contextmanager
    def _folder(self, folders: Sequence[str], *, make: bool, ours: int = 1) -> Iterator[int]:
        """A descriptor of it. `make`: what is missing, and below the first `ours` whatever is wrong."""
        here = os.dup(self._base)
        try:
            for deep, name in enumerate(folders):
                there = _enter(name, here, make=make, ours=deep >= ours)
                os.close(here)
                here = there
            yield here
        finally:
            os.close(here)

    def _prune(self, folders: Sequence[str]) -> None:
        """Remove folders that have become empty, up to the root."""
        for deep in range(len(folders), 0, -1):
            try:
                with self._folder(folders[: deep - 1], make=False) as parent:
                    os.rmdir(folders[deep - 1], dir_fd=parent)
            except OSError:  # not empty, or gone already
                return


def _enter(name: str, here: int, *, make: bool, ours: bool) -> int:
    made = False
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, dir_fd=here)
            made = True
    try:
        there = os.open(name, _FOLDER, dir_fd=here)
    except NotADirectoryError:
        if not ours:
            raise
    else:
        if made:
            os.fchmod(there, _FOLDER_MODE)
        return there
    if not make:
        raise FileNotFoundError(name)
    os.unlink(name, dir_fd=here)
    return _enter(name, here, make=make, ours=False)


def _replace(name: str, body: bytes, folder: int, *, ours: bool = False) -> None:
    """Whole or not at all. `ours`: a folder in the file's place goes."""
    temporary = _TEMPORARY + blake2b(name.encode(), digest_size=8).hexdigest()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(temporary, flags, _FILE_MODE, dir_fd=folder), "wb") as out:
            out.write(body)
            out.flush()
            os.fchmod(out.fileno(), _FILE_MODE)
            _date(out.fileno(), name, folder)
        try:
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
        except IsADirectoryError:
            if not ours:
                raise
            shutil.rmtree(name, dir_fd=folder)
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _date(written: int, name: str, folder: int) -> None:
    """No two versions have one second: by that, and by size, web servers tell them apart (nginx's ETag)."""
    try:
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    second = int(old.st_mtime) + 1
    if second > os.fstat(written).st_mtime:
        os.utime(written, (second, second))


def _read(name: str, folder: int) -> bytes:
    # Without waiting: what stands there may be anything, a pipe too.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
        return file.read()


def _digest(name: str, folder: int) -> str:
    """The digest of the file; empty for what cannot be read. `FileNotFoundError` where nothing is."""
    try:
        return digest(_read(name, folder))
    except FileNotFoundError:
        raise
    except OSError:
        return ""


def _walk(folder: int, path: str, found: dict[str, str]) -> None:
    """Every file of a folder that is ours; what is no file, and what was never finished, goes."""
    with os.scandir(folder) as entries:
        there = list(entries)
    for entry in there:
        name = entry.name
        if entry.is_dir(follow_symlinks=False):
            inner = os.open(name, _FOLDER, dir_fd=folder)
            try:
                _walk(inner, f"{path}/{name}", found)
            finally:
                os.close(inner)
            with suppress(OSError):
                os.rmdir(name, dir_fd=folder)
        elif entry.is_file(follow_symlinks=False) and not name.startswith(_TEMPORARY) and _is_text(name):
            found[f"{path}/{name}"] = _digest(name, folder)
        else:
            os.unlink(name, dir_fd=folder)


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _tidy(folder: int) -> None:
    """Remove what an interrupted write left."""
    for name in _names(folder):
        if name.startswith(_TEMPORARY):
            os.unlink(name, dir_fd=folder)


def _names(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]
