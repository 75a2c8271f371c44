"""A bare Debian in a folder, and how to run something in it as a container would."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# What stands in for the base image: Debian 12 with its own Python 3.11, and no compiler.
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,python3-pip,ca-certificates"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Failed(Exception):
    """A step of the proof did not do what the Dockerfile promises."""


class Root:
    def __init__(self, path: Path) -> None:
        self.path = path

    def inside(self, path: str) -> Path:
        return self.path / path.lstrip("/")

    def command(self, argv: list[str], *, user: str = "root", workdir: str = "/") -> list[str]:
        """The words that run `argv` in here; each link of the chain execs the next, so signals arrive."""
        enter = ["chroot", f"--userspec={user}", str(self.path)]
        return [*enter, "/bin/sh", "-c", 'cd "$0" && exec "$@"', workdir, *argv]

    def run(self, shell: str, *, environment: Mapping[str, str], workdir: str) -> None:
        self.inside(workdir).mkdir(parents=True, exist_ok=True)
        argv = self.command(["/bin/sh", "-c", shell], workdir=workdir)
        if subprocess.run(argv, env=dict(environment), stdin=subprocess.DEVNULL, check=False).returncode:
            raise Failed(shell)

    @contextmanager
    def lent(self, paths: list[Path]) -> Iterator[None]:
        """The machine's own files, at the same paths in here while something is installed."""
        made: list[Path] = []
        bound: list[Path] = []
        for path in paths:
            there = self.inside(str(path))
            if not there.exists():
                made.append(there)
                _stand_in(path, there)
            subprocess.run(["mount", "--bind", str(path.resolve()), str(there)], check=True)
            bound.append(there)
        try:
            yield
        finally:
            for there in reversed(bound):
                subprocess.run(["umount", str(there)], check=True)
            for there in made:
                there.rmdir() if there.is_dir() else there.unlink()


def base(folder: Path) -> Path:
    """The bare Debian, made once and kept, because that takes a minute."""
    path, done = folder / "base", folder / "base.done"
    if not done.exists():
        shutil.rmtree(path, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(path)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        done.touch()
    return path


def fresh(folder: Path, name: str) -> Root:
    """A copy of the bare Debian for one stage."""
    path = folder / f"stage-{name}"
    shutil.rmtree(path, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(base(folder)), str(path)], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", str(path / "proc")], check=True)
    return Root(path)


def remove(root: Root) -> None:
    subprocess.run(["umount", str(root.path / "proc")], check=True)
    shutil.rmtree(root.path)


def package_index() -> tuple[dict[str, str], list[Path]]:
    """How this machine reaches its package index: pip's settings as an environment, and the files they name.

    The image's builder has settings of their own; here the machine's stand in for them, at run time only.
    """
    words = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    settings: dict[str, str] = {}
    # Settings of the environment come last in the list and win, as they do in pip.
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2].upper().replace("-", "_")
        settings[f"PIP_{name}"] = str(ast.literal_eval(value))
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        for spelled in (name, name.lower()):
            if spelled in os.environ:
                settings[spelled] = os.environ[spelled]
    words = [word for value in settings.values() for word in value.split()]
    # An index in a folder links to the files beside that folder.
    folders = [Path(word.removeprefix("file://")).parent for word in words if word.startswith("file://")]
    files = [
        Path("/etc/resolv.conf"),
        Path("/etc/hosts"),
        *(Path(word) for word in words if word.startswith("/")),
    ]
    return settings, sorted({path for path in (*folders, *files) if path.exists()})


def _stand_in(path: Path, there: Path) -> None:
    if path.is_dir():
        there.mkdir(parents=True)
    else:
        there.parent.mkdir(parents=True, exist_ok=True)
        there.touch()
