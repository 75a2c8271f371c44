"""One board's ledger, record by record: its lights, and what each event and each hour changed at a site.

Sites do not depend on one another: replaying the site's own events and the board's settings gives the site
as it was in the fold of all.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec

from trafficlight.domain import event as e
from trafficlight.domain.board import Board
from trafficlight.domain.fold import apply, begin
from trafficlight.domain.judge import judge
from trafficlight.domain.record import Record, from_line
from trafficlight.domain.state import BoardFold, Judged, SiteState, usual_volume


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


# --- one site, step by step ---------------------------------------------------------------------------------


_OF_ALL: Final = (e.BoardPut,)


class Step(msgspec.Struct, frozen=True):
    """An event about the site, and what the site showed just before it and from then on."""

    record: Record
    before: Judged | None
    after: Judged | None
    """None where the site was not on the board."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """What the site showed from one instant to another, in the words of the first."""

    since: datetime
    until: datetime
    judged: Judged
    board: Board
    kind: str
    edition: int
    """The position of the last event until then that may have changed what anybody is shown of it."""
    by_event: bool
    """It began with that event, not by time alone."""


class Piece(NamedTuple):
    """A site between two instants within which nothing changed, neither by an event nor by time."""

    since: datetime
    until: datetime
    judged: Judged
    fold: BoardFold
    """The board with this one site; the next piece's is the same object, further on."""
    state: SiteState


def concerns(event: e.Event, site: str) -> bool:
    """Whether the site, as the desk and the public know it, may be another after the event."""
    if isinstance(event, _OF_ALL) or (isinstance(event, e.RuleSet) and not event.site):
        return True
    return bool(site) and named_by(event) == site


def named_by(event: e.Event) -> str:
    """The site that the event is about; empty where it is about none."""
    named: object = event.site.id if isinstance(event, e.SitePut) else getattr(event, "site", "")
    return named if isinstance(named, str) else ""


def steps(site: str, records: Iterable[Record]) -> list[Step]:
    """What each event about the site itself, or about the rules and settings that judge it, changed."""
    told: list[Step] = []
    replay: Replay | None = None
    for record in records:
        if not concerns(record.event, site):
            continue
        replay = replay or Replay(record.board)
        before = replay.judged(site, record.at)
        replay.apply(record)
        after = replay.judged(site, record.at)
        of_all = isinstance(record.event, _OF_ALL) or not getattr(record.event, "site", "")
        if not of_all or (before and _shows(before) != (_shows(after) if after else None)):
            told.append(Step(record, before, after))
    return told


def as_of(site: str, records: Iterable[Record], at: datetime) -> BoardFold | None:
    """The board with this one site as it stood just before the instant; None where nothing was there yet."""
    replay: Replay | None = None
    for record in records:
        if record.at >= at:
            break
        if concerns(record.event, site):
            replay = replay or Replay(record.board)
            replay.apply(record)
    return replay.fold if replay else None


def pieces(site: str, records: Iterable[Record], since: datetime, until: datetime) -> Iterator[Piece]:
    """The site between the two instants, boundary by boundary, without a gap while it was on the board."""
    replay: Replay | None = None
    at = since
    for record in records:
        if not concerns(record.event, site):
            continue
        if record.at >= until:
            break
        replay = replay or Replay(record.board)
        if record.at > at:
            yield from between(replay.fold, site, at, record.at)
            at = record.at
        replay.apply(record)
    if replay is not None:
        yield from between(replay.fold, site, at, until)


def between(fold: BoardFold | None, site: str, since: datetime, until: datetime) -> Iterator[Piece]:
    """The site as it stands in the fold, from one instant to the other; nothing where it is not there."""
    state = fold.sites.get(site) if fold else None
    while fold and state and since < until:
        judged = judge(fold, state, since)
        end = min(judged.until, until)
        yield Piece(since, end, judged, fold, state)
        since = end


def stretches(site: str, records: Iterable[Record], since: datetime, until: datetime) -> list[Stretch]:
    """What the site showed between the two instants: pieces that read the same are one."""
    found: list[Stretch] = []
    for piece in pieces(site, records, since, until):
        board, last = piece.fold.board, found[-1] if found else None
        if (
            last
            and last.until == piece.since
            and _shows(last.judged) == _shows(piece.judged)
            and last.board.state is board.state
        ):
            found[-1] = msgspec.structs.replace(last, until=piece.until)
            continue
        found.append(
            Stretch(
                since=piece.since,
                until=piece.until,
                judged=piece.judged,
                board=board,
                kind=piece.state.site.kind,
                edition=piece.fold.edition,
                by_event=piece.fold.edition_mark.at == piece.since,
            )
        )
    return found


def _shows(judged: Judged) -> tuple[object, ...]:
    """What makes one thing that is shown another in the eyes of whoever reads it."""
    return judged.light, judged.reason, judged.override_reason, judged.expected_reopen, judged.confirmed
