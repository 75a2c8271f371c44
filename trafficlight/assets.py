"""Where templates and static files live, and the published assets. Alone in knowing both places.

In a checkout they stand at the top level; a wheel carries them inside the package.
"""

import hashlib
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).resolve().parent

_MEDIA: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".webmanifest": "application/manifest+json",
}

_DIGITS: Final = 10
"""Hex digits of the SHA-256 in a name: 40 bits, never the same for two versions of a file by chance."""

_UNREAD: Final = re.compile(rb"/\*.*?\*/|(?<=\n)\s+", re.DOTALL)
"""What of a style sheet is for its writers alone: a fifth of its bytes compressed."""
_UNREAD_CODE: Final = re.compile(
    rb"(?:(?<=\n)|\A)[ \t]*(?:/\*.*?\*/[ \t]*\n|//[^\n]*\n|(?=\S))|\n(?=\n)", re.DOTALL
)
"""The same of a script: comments that have lines of their own, and the space before a line."""


BUNDLES: Final = {
    "page.js": ("large.js", "speak.js", "age.js", "merge.js", "live.js", "keep.js"),
    "search.js": ("near.js", "town.js", "beyond.js", "find.js"),
}
"""Scripts that go out as one file, in this order: each file is a request, and compresses for itself."""

_FOR_WRITERS: Final = {".css": _UNREAD, ".js": _UNREAD_CODE}
_GAPS: Final = re.compile(rb"\s*([{};,:])\s+|\n")
"""Between the parts of a style sheet or a small script of ours, neither of which has them in a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A static file under a name that changes with its bytes, so that it may be cached for ever."""

    name: str
    """As it stands in `static/`: board.css, staff/form.css."""
    path: str
    """In the published tree: assets/board.0123456789.css."""
    media: str
    body: bytes


def template_dir() -> Path:
    """The folder with the templates."""
    return _home("templates")


def static_dir() -> Path:
    """The folder with the static files as they were written."""
    return _home("static")


@cache
def assets() -> tuple[Asset, ...]:
    """Every static file, by name. Read once: what changes on disk later is not seen."""
    root = static_dir()
    files = {
        path.relative_to(root).as_posix(): _published(path)
        for path in sorted(root.rglob("*"))
        if _is_asset(root, path)
    }
    for name, parts in BUNDLES.items():
        files[name] = b"".join(files.pop(part) for part in parts)
    return tuple(_asset(name, body) for name, body in sorted(files.items()))


def asset_path(name: str) -> str:
    """Where in the published tree a static file is; `KeyError` for one that does not exist."""
    return _paths()[name]


@dataclass(frozen=True, slots=True)
class InlinedText:
    """What stands in a page itself, and how the page's policy names it: 'sha256-…'."""

    text: str
    digest: str


def inlined(name: str) -> InlinedText:
    """A style sheet or a small script as it stands in a page: without what is for its writers alone."""
    body = next(asset.body for asset in assets() if asset.name == name)
    text = _GAPS.sub(rb"\1", _UNREAD.sub(b"", body)).strip()
    digest = b64encode(hashlib.sha256(text).digest()).decode()
    return InlinedText(text.decode(), f"'sha256-{digest}'")


@cache
def _paths() -> dict[str, str]:
    return {asset.name: asset.path for asset in assets()}


def _home(name: str) -> Path:
    carried = _PACKAGE / f"_{name}"
    return carried if carried.is_dir() else _PACKAGE.parent / name


def _is_asset(root: Path, path: Path) -> bool:
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)


def _published(path: Path) -> bytes:
    body = path.read_bytes()
    return _FOR_WRITERS[path.suffix].sub(b"", body) if path.suffix in _FOR_WRITERS else body


def _asset(name: str, body: bytes) -> Asset:
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.sha256(body).hexdigest()[:_DIGITS]
    return Asset(
        name=name, path=f"assets/{stem}.{digest}{dot}{suffix}", media=_MEDIA[dot + suffix], body=body
    )


ASSETS: Final = assets()
"""Read when the program starts, so never on the event loop."""
