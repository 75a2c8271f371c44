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
from trafficlight.domain.state import BoardFold, Judged, SiteState
from trafficlight.domain.tally import usual_volume


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
        """Number of events that made no sense where they stand, or that this program does not know."""
        return self.fold.ignored if self.fold else self._ignored

    def apply(self, record: Record) -> None:
        """Apply the next record. What stands before the board was put changes nothing and is counted."""
        if self.fold is not None:
            apply(self.fold, record)
            return
        self.fold = begin(self.slug, record, self._ignored)
        if self.fold is None:
            self._position = record.position
            self._ignored += 1

    def take(self, line: bytes | str) -> None:
        """Apply the next line of a `ledger export`; raises `msgspec.DecodeError` where it is none."""
        self.apply(from_line(line.encode() if isinstance(line, str) else line))

    def judged(self, site: str, at: datetime) -> Judged | None:
        """The site's light at the instant, and why; None while it is not on the board."""
        state = self.fold.sites.get(site) if self.fold else None
        return judge(self.fold, state, at) if self.fold and state else None

    def usual(self, site: str, day: date) -> float | None:
        """Patients on a usual day, by the reported days before `day`; None where there are none."""
        state = self.fold.sites.get(site) if self.fold else None
        return usual_volume(state, day) if state else None


def fold_all(slug: str, records: Iterable[Record]) -> BoardFold | None:
    """The board after these records, from the first; None where it was never put."""
    replay = Replay(slug)
    for record in records:
        replay.apply(record)
    return replay.fold


# --- one site, step by step ---------------------------------------------------------------------------------


_ABOUT_ALL_SITES: Final = (e.BoardPut,)


class SiteChange(msgspec.Struct, frozen=True):
    """An event about the site, and the site's light just before it and from then on."""

    record: Record
    before: Judged | None
    after: Judged | None
    """None where the site was not on the board."""


class LightPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A time during which the site showed the same light for the same reason."""

    since: datetime
    until: datetime
    judged: Judged
    board: Board
    kind: str
    edition: int
    """The edition at its beginning."""
    by_event: bool
    """It began with an event, not at a boundary of time."""


class Segment(NamedTuple):
    """A site between two instants within which nothing changed, neither by an event nor by time."""

    since: datetime
    until: datetime
    judged: Judged
    fold: BoardFold
    """The board with this one site. The same object in every segment: use it before asking for the next."""
    state: SiteState


def concerns(event: e.Event, site: str) -> bool:
    """Whether the event may change how the site is known or judged."""
    if isinstance(event, _ABOUT_ALL_SITES) or (isinstance(event, e.RuleSet) and not event.site):
        return True
    return bool(site) and site_named(event) == site


def site_named(event: e.Event) -> str:
    """The site that the event is about; empty where it is about none."""
    named: object = event.site.id if isinstance(event, e.SitePut) else getattr(event, "site", "")
    return named if isinstance(named, str) else ""


def site_changes(site: str, records: Iterable[Record]) -> list[SiteChange]:
    """What each event about the site, or about the board's rule and settings, changed at the site."""
    changes: list[SiteChange] = []
    replay: Replay | None = None
    for record in records:
        if not concerns(record.event, site):
            continue
        replay = replay or Replay(record.board)
        before = replay.judged(site, record.at)
        replay.apply(record)
        after = replay.judged(site, record.at)
        about_all = isinstance(record.event, _ABOUT_ALL_SITES) or not getattr(record.event, "site", "")
        if not about_all or (before and _visible(before) != (_visible(after) if after else None)):
            changes.append(SiteChange(record, before, after))
    return changes


def site_as_of(site: str, records: Iterable[Record], at: datetime) -> BoardFold | None:
    """The board with this one site just before the instant; None where the board was not put yet."""
    replay: Replay | None = None
    for record in records:
        if record.at >= at:
            break
        if concerns(record.event, site):
            replay = replay or Replay(record.board)
            replay.apply(record)
    return replay.fold if replay else None


def segments(site: str, records: Iterable[Record], since: datetime, until: datetime) -> Iterator[Segment]:
    """The site from one instant to the other, cut at every boundary; no gap while it was on the board."""
    replay: Replay | None = None
    at = since
    for record in records:
        if not concerns(record.event, site):
            continue
        if record.at >= until:
            break
        replay = replay or Replay(record.board)
        if record.at > at:
            yield from segments_between(replay.fold, site, at, record.at)
            at = record.at
        replay.apply(record)
    if replay is not None:
        yield from segments_between(replay.fold, site, at, until)


def segments_between(
    fold: BoardFold | None, site: str, since: datetime, until: datetime
) -> Iterator[Segment]:
    """The same for a fold that stays as it is; nothing where the site is not on the board."""
    state = fold.sites.get(site) if fold else None
    while fold and state and since < until:
        judged = judge(fold, state, since)
        end = min(judged.until, until)
        yield Segment(since, end, judged, fold, state)
        since = end


def light_periods(
    site: str, records: Iterable[Record], since: datetime, until: datetime
) -> list[LightPeriod]:
    """What the site showed from one instant to the other: segments that read the same are one period."""
    found: list[LightPeriod] = []
    for segment in segments(site, records, since, until):
        board, last = segment.fold.board, found[-1] if found else None
        if (
            last
            and last.until == segment.since
            and _visible(last.judged) == _visible(segment.judged)
            and last.board.state is board.state
        ):
            found[-1] = msgspec.structs.replace(last, until=segment.until)
            continue
        found.append(
            LightPeriod(
                since=segment.since,
                until=segment.until,
                judged=segment.judged,
                board=board,
                kind=segment.state.site.kind,
                edition=segment.fold.edition,
                by_event=segment.fold.edition_mark.at == segment.since,
            )
        )
    return found


def _visible(judged: Judged) -> tuple[object, ...]:
    """What a reader sees of a judgement: two that agree in it are shown as one."""
    cause = judged.override_reason, judged.paused
    return judged.light, judged.reason, *cause, judged.expected_reopen, judged.confirmed
