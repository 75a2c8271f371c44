"""Publishes lazily, once: an artifact is made at the first request for it, and again only when what it was made
of has changed or its `until` has passed.

Nothing has to be marked when an event comes: every artifact knows the place in the ledger that it was made of, and
comparing that with the fold costs less than keeping marks would.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import msgspec

from trafficlight import assets
from trafficlight.domain.board import BoardState
from trafficlight.domain.state import BoardFold
from trafficlight.publish import words
from trafficlight.publish.edition import FOR_EVER, Published
from trafficlight.publish.fault import fault_artifact
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Artifact, Format, Scope
from trafficlight.publish.view import BoardEntry, IndexView, Place, View
from trafficlight.publish.viewing import BoardRoom

CACHE_BYTES = 256 * 2**20
ROOMS = 256
"""Boards whose decisions are kept at hand."""
RETRY_FAULT = timedelta(seconds=5)
"""A format that failed is tried again so soon, at the next request."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""An index without boards says nothing that could grow old."""


class States(Protocol):
    """Where the boards come from."""

    @property
    def boards(self) -> Mapping[str, BoardFold]: ...


class Subject(msgspec.Struct, frozen=True):
    """What one making of a format is about."""

    scope: Scope
    board: str = ""
    name: str = ""
    """A site's id, or a town's file name."""


class Made(msgspec.Struct, frozen=True):
    """Announced for every making."""

    format: str
    seconds: float
    fault: str = ""
    """What went wrong, for the operator."""


class _Entry(msgspec.Struct):
    stamp: tuple[object, ...]
    until: datetime
    published: dict[str, Published]

    @property
    def size(self) -> int:
        """Bytes held, roughly: the encodings that may be made later add about half."""
        return sum(500 + len(one.body) * 3 // 2 for one in self.published.values())


class Publisher:
    """Gives what is published at a path, as of an instant. Not for several threads at once."""

    def __init__(
        self,
        states: States,
        place: Callable[[], Place],
        *,
        formats: Sequence[Format] = FORMATS,
        on_made: Callable[[Made], None] = lambda _made: None,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._states = states
        self._place = place
        self._formats = [(form, _pattern(form)) for form in formats]
        self._on_made = on_made
        self._cache: OrderedDict[tuple[str, Subject], _Entry] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._held = 0
        self._rooms: OrderedDict[str, BoardRoom] = OrderedDict()
        self._entries: dict[str, BoardEntry] = {}
        self._paths: dict[str, tuple[Format, Subject]] = {}
        self._assets = {
            asset.path: Published(Artifact(asset.path, asset.media, asset.body), cache=FOR_EVER)
            for asset in assets.assets()
        }

    # --- what is asked of it --------------------------------------------------------------------------------------

    def find(self, path: str, at: datetime) -> Published | None:
        """What stands at the path (without a leading slash) at the instant; None where nothing does."""
        if path in self._assets:
            return self._assets[path]
        known = self._paths.get(path) or self._resolve(path)
        if known is None:
            return None
        entry = self._entry(*known, at)
        return entry.published.get(path) if entry else None

    def assets(self) -> Mapping[str, Published]:
        """What the pages need and what never changes, by path."""
        return self._assets

    def boards(self) -> Iterator[str]:
        """The slugs of the boards that have pages."""
        return (slug for slug, fold in self._states.boards.items() if fold.board is not None)

    def stamp(self, subject: Subject) -> tuple[object, ...] | None:
        """What the subject's artifacts are made of: equal stamps, equal artifacts until their `until`. None: gone."""
        place = self._place()
        if subject.scope is Scope.INDEX:
            return (place, *((slug, self._states.boards[slug].position) for slug in self._listed()))
        room = self._room(subject.board)
        if room is None:
            return None
        if subject.scope is Scope.SITE:
            mark = room.site_mark(subject.name)
            return (place, mark.position) if mark else None
        if subject.scope is Scope.TOWN and subject.name not in room.towns():
            return None
        return (place, room.fold.position)

    def subjects(self, board: str) -> Iterator[Subject]:
        """Everything that a board's formats are made about, now."""
        room = self._room(board)
        if room is None:
            return
        yield Subject(Scope.BOARD, board)
        for town in room.towns():
            yield Subject(Scope.TOWN, board, town)
        for site in (*room.fold.sites, *room.fold.gone):
            yield Subject(Scope.SITE, board, site)

    def made(self, subject: Subject, at: datetime) -> tuple[dict[str, Published], datetime | None]:
        """All artifacts about the subject at the instant, by path, and until when they stand."""
        artifacts: dict[str, Published] = {}
        until: datetime | None = None
        for form, _ in self._formats:
            if form.scope is subject.scope:
                entry = self._entry(form, subject, at)
                if entry:
                    artifacts.update(entry.published)
                    until = min(until or entry.until, entry.until)
        return artifacts, until

    # --- making ---------------------------------------------------------------------------------------------------

    def _resolve(self, path: str) -> tuple[Format, Subject] | None:
        for form, pattern in self._formats:
            match = pattern.fullmatch(path)
            if match:
                named = match.groupdict()
                name = named.get("site") or named.get("town") or ""
                known = form, Subject(form.scope, named.get("board", ""), name)
                if self.stamp(known[1]) is None:
                    return None
                if len(self._paths) > 100_000:
                    self._paths.clear()
                self._paths[path] = known
                return known
        return None

    def _entry(self, form: Format, subject: Subject, at: datetime) -> _Entry | None:
        stamp = self.stamp(subject)
        at = self._at(subject, at)
        key = (form.name, subject)
        entry = self._cache.get(key)
        if stamp is None:
            self._drop(key)
            return None
        if entry and entry.stamp == stamp and at < entry.until:
            self._cache.move_to_end(key)
            return entry
        began = time.perf_counter()
        try:
            fresh = self._make(form, subject, stamp, at)
        except Exception as fault:  # noqa: BLE001 - whatever a format does, it takes nobody else down
            self._on_made(Made(form.name, time.perf_counter() - began, fault=repr(fault)))
            return entry if entry and at < entry.until else self._faulty(form, subject, entry, at)
        self._on_made(Made(form.name, time.perf_counter() - began))
        if fresh is not None:
            self._keep(key, fresh)
        return fresh

    def _at(self, subject: Subject, at: datetime) -> datetime:
        """The instant, but never before the board's last event: another machine's clock may be ahead of ours."""
        fold = self._states.boards.get(subject.board)
        return max(at, fold.at) if fold and fold.at else at

    def _make(self, form: Format, subject: Subject, stamp: tuple[object, ...], at: datetime) -> _Entry | None:
        view = self._view(subject, at)
        if view is None:
            return None
        until = view.until if isinstance(view, IndexView) else view.edition.until
        before = self._cache.get((form.name, subject))
        kept = before.published if before else {}
        published = {}
        for artifact in form.make(view):
            old = kept.get(artifact.path)
            same = old is not None and old.body == artifact.body
            published[artifact.path] = old if old and same else Published(artifact)
        return _Entry(stamp=stamp, until=until, published=published)

    def _faulty(self, form: Format, subject: Subject, last: _Entry | None, at: datetime) -> _Entry:
        """What stands in place of a format that fails once its last good bytes have run out."""
        path = form.pattern.format(board=subject.board, site=subject.name, town=subject.name, part="")
        paths = list(last.published) if last else [path]
        published = {path: Published(fault_artifact(path)) for path in paths}
        return _Entry(stamp=(), until=at + RETRY_FAULT, published=published)

    def _keep(self, key: tuple[str, Subject], entry: _Entry) -> None:
        self._drop(key)
        self._cache[key] = entry
        self._held += entry.size
        while self._held > self._cache_bytes and len(self._cache) > 1:
            self._drop(next(iter(self._cache)))

    def _drop(self, key: tuple[str, Subject]) -> None:
        entry = self._cache.pop(key, None)
        if entry:
            self._held -= entry.size

    def _view(self, subject: Subject, at: datetime) -> View | None:
        if subject.scope is Scope.INDEX:
            return self._index(at)
        room = self._room(subject.board)
        if room is None:
            return None
        if subject.scope is Scope.SITE:
            return room.site(subject.name, at)
        return room.town(subject.name, at) if subject.scope is Scope.TOWN else room.board(at)

    def _room(self, board: str) -> BoardRoom | None:
        fold = self._states.boards.get(board)
        if fold is None or fold.board is None:
            return None
        room, place = self._rooms.get(board), self._place()
        if room is None or room.fold is not fold or room.place != place:
            room = self._rooms[board] = BoardRoom(fold, place)
            if len(self._rooms) > ROOMS:
                self._rooms.popitem(last=False)
        self._rooms.move_to_end(board)
        return room

    def _listed(self) -> list[str]:
        boards = {slug: fold.board for slug, fold in self._states.boards.items() if fold.board is not None}
        shown = [(board.name, slug) for slug, board in boards.items() if board.state is not BoardState.DRAFT]
        return [slug for _, slug in sorted(shown)]

    def _index(self, at: datetime) -> IndexView:
        place, boards = self._place(), []
        for slug in self._listed():
            fold = self._states.boards[slug]
            entry = self._entries.get(slug)
            if entry is None or entry.position != fold.position or not entry.as_of <= at < entry.until:
                room = self._rooms.get(slug) or BoardRoom(fold, place)
                entry = self._entries[slug] = room.entry(at)
            boards.append(entry)
        return IndexView(
            lang=words.ZH,
            place=place,
            as_of=max((board.as_of for board in boards), default=EPOCH),
            valid_until=min((board.valid_until for board in boards), default=FAR),
            until=min((board.until for board in boards), default=FAR),
            boards=tuple(boards),
        )


def _pattern(form: Format) -> re.Pattern[str]:
    """The paths of a format as an expression with its placeholders as groups."""
    groups = {
        "board": r"(?P<board>[a-z0-9-]+)",
        "site": r"(?P<site>[a-z0-9-]+)",
        "town": r"(?P<town>[^/]+)",
        "part": r"(?P<part>(?:-\d+)?)",
    }
    return re.compile(
        "".join(groups.get(piece, re.escape(piece)) for piece in re.split(r"[{}]", form.pattern))
    )
