"""One board's ledger, record by record, and its lights."""

from collections.abc import Iterable
from datetime import date, datetime

from trafficlight.domain.fold import apply, begin
from trafficlight.domain.judge import judge
from trafficlight.domain.record import Record, from_line
from trafficlight.domain.state import BoardFold, Judged, usual_volume


class Replay:
    """A board as far as its ledger was replayed; `fold` is None until the board was put."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.fold: BoardFold | None = None
        self._position = 0
        self._ignored = 0

    @property
    def position(self) -> int:
        """Of the last record; 0 before the first."""
        return self.fold.position if self.fold else self._position

    @property
    def ignored(self) -> int:
        """Events that made no sense where they stand, or that this program does not know."""
        return self.fold.ignored if self.fold else self._ignored

    def apply(self, record: Record) -> None:
        """Take the next record. What stands before the board was put changes nothing and is counted."""
        if self.fold is not None:
            apply(self.fold, record)
            return
        self.fold = begin(self.slug, record, self._ignored)
        if self.fold is None:
            self._position = record.position
            self._ignored += 1

    def take(self, line: bytes | str) -> None:
        """Take the next line of a `ledger export`; raises `msgspec.DecodeError` where it is none."""
        self.apply(from_line(line.encode() if isinstance(line, str) else line))

    def judged(self, site: str, at: datetime) -> Judged | None:
        """What the site shows at the instant; None while it is not on the board."""
        state = self.fold.sites.get(site) if self.fold else None
        return judge(self.fold, state, at) if self.fold and state else None

    def usual(self, site: str, day: date) -> float | None:
        """Patients on a usual day as far as known before that day; None where nothing is."""
        state = self.fold.sites.get(site) if self.fold else None
        return usual_volume(state, day) if state else None


def fold_all(slug: str, records: Iterable[Record]) -> BoardFold | None:
    """The board after these records, from the first; None where it was never put."""
    replay = Replay(slug)
    for record in records:
        replay.apply(record)
    return replay.fold
