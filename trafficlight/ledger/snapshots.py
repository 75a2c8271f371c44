"""Snapshots of folded boards, so that a start need not fold a million events. Deleting them loses nothing.

They are keyed by the code of the domain itself and by the national calendar that it reads, so that no change
of either can meet a snapshot of another.
"""

import shutil
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from sys import intern
from urllib.parse import quote

import msgspec
from msgspec.structs import force_setattr

from trafficlight import domain
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold

_DIGEST = 16


def fold_key() -> str:
    """The digest of every line that takes part in folding, the table of holidays included."""
    digest = blake2b(msgspec.__version__.encode(), digest_size=8)
    for root in (Path(domain.__file__).parent, _calendar()):
        for module in sorted(root.rglob("*.py")):
            digest.update(module.relative_to(root).as_posix().encode() + b"\0" + module.read_bytes())
    return digest.hexdigest()


def _calendar() -> Path:
    """Where the national calendar is; finding it does not load it."""
    spec = find_spec("chinese_calendar")
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 - it is installed with this
    return Path(spec.origin).parent


class Snapshots:
    """A folder with one file a board. Blocking: called from threads, but for `pack`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / fold_key()
        self._encoder = msgspec.msgpack.Encoder()
        self._boards = msgspec.msgpack.Decoder(BoardFold)
        self._system = msgspec.msgpack.Decoder(SystemFold)

    def load(self) -> tuple[SystemFold, dict[str, BoardFold]]:
        """What was saved by this very fold; a file that is torn or unreadable counts as none."""
        system, boards = SystemFold(), dict[str, BoardFold]()
        for file in sorted(self._folder.glob("*.snapshot")):
            try:
                packed = file.read_bytes()
                body = packed[_DIGEST:]
                if _digest(body) != packed[:_DIGEST]:
                    continue
                if file.stem == SYSTEM:
                    system = self._system.decode(body)
                else:
                    fold = self._boards.decode(body)
                    _share(fold)
                    boards[fold.slug] = fold
            except (OSError, msgspec.DecodeError):
                continue
        return system, boards

    def pack(self, fold: BoardFold | SystemFold) -> bytes:
        """The fold as bytes; made on the loop, for it must not change meanwhile (1 ms for 100 sites)."""
        return self._encoder.encode(fold)

    def write(self, board: str, packed: bytes) -> None:
        """Keep the board's snapshot in place of an older one, and let go of those of other folds."""
        if not self._folder.is_dir():
            for other in self._root.glob("*"):
                shutil.rmtree(other, ignore_errors=True)
            self._folder.mkdir(parents=True)
        name = quote(board, safe="")  # a ledger from elsewhere may name a board in any way
        temporary = self._folder / f".{name}.new"
        temporary.write_bytes(_digest(packed) + packed)
        temporary.replace(self._folder / f"{name}.snapshot")


def _share(fold: BoardFold) -> None:
    """Let figures of one day hold one date, as after folding: a hundred thousand sites take a fifth less."""
    days = dict[object, object]()
    for state in fold.sites.values():
        for report in state.reports:
            force_setattr(report, "day", days.setdefault(report.day, report.day))
            force_setattr(report, "by", intern(report.by))
        for tally in state.tallies:
            force_setattr(tally, "day", days.setdefault(tally.day, tally.day))
            if tally.counted_at == tally.at:
                force_setattr(tally, "counted_at", tally.at)


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()
