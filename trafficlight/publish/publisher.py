"""Publishes lazily, once.

An artifact is made at the first request for it, and again only when what it was made of has changed or its
`until` has passed. Nothing has to be marked when an event comes: every artifact knows the place in the ledger
that it was made of, and comparing that with the fold costs less than keeping marks would.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from trafficlight import assets
from trafficlight.domain.clock import standing_at
from trafficlight.domain.errors import Refused
from trafficlight.domain.ids import check_site_id
from trafficlight.publish import words
from trafficlight.publish.drawing import PictureRenderer
from trafficlight.publish.edition import FOR_EVER, Published, fault_artifact
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import DATA_SCOPES, DRAWN, Artifact, Format, FormatScope
from trafficlight.publish.indexing import FAR, IndexViews, States, is_slug
from trafficlight.publish.view import BoardView, Edition, IndexView, TreeLocation, View
from trafficlight.publish.viewing import BoardViews
from trafficlight.text.languages import LANGUAGES, Language, language, split

CACHE_BYTES = 256 * 2**20
BOARDS_CACHED = 256
"""Boards whose decisions are kept at hand."""
RETRY_FAULT = timedelta(seconds=5)
"""A format that failed is tried again so soon, or when there is news: not at every request."""
REST = timedelta(seconds=30)
"""So long a picture stands whatever is reported, unless its time is up: one takes 200 ms to draw."""
PICTURE = 200_000
"""Bytes that a drawn picture takes, about."""
PATHS = 100_000
"""Paths of which is remembered what they are about: 40 MB."""


Stamp = tuple[TreeLocation, int]
"""Where the tree lives, and the position of the last event that counts; over many boards their sum."""


class FormatSubject(msgspec.Struct, frozen=True):
    """What one making of a format is about."""

    scope: FormatScope
    board: str = ""
    name: str = ""
    """A site's id, or a town's file name."""
    lang: str = words.ZH


class Made(msgspec.Struct, frozen=True):
    """Announced for every making."""

    format: str
    seconds: float
    fault: str = ""
    """What went wrong, for the operator."""


class _Entry(msgspec.Struct):
    stamp: Stamp
    since: datetime
    until: datetime
    good: datetime
    """Until when the bytes are true; where a format failed, `until` is earlier: when it is tried again."""
    published: dict[str, Published]
    made: datetime

    @property
    def size(self) -> int:
        """Bytes held, roughly: the encodings that may be made later add about half."""
        each = self.published.values()
        return 500 + sum(500 + len(one.body) * 3 // 2 + (PICTURE if one.sketch else 0) for one in each)


class Publisher:
    """Gives what is published at a path, as of an instant. Not for several threads at once."""

    def __init__(  # noqa: PLR0913 - what it is made of, and where it says what it did
        self,
        states: States,
        place: Callable[[], TreeLocation],
        *,
        formats: Sequence[Format] = FORMATS,
        tongues: Sequence[Language] = LANGUAGES,
        on_made: Callable[[Made], None] = lambda _made: None,
        cache_bytes: int = CACHE_BYTES,
        renderer: PictureRenderer | None = None,
    ) -> None:
        self.renderer = renderer
        """Where pictures are drawn; without one there are none."""
        self._states = states
        self._place = place
        self._formats = [(form, _pattern(form)) for form in formats if renderer or form.scope not in DRAWN]
        self._tongues = tongues
        self._on_made = on_made
        self._cache: OrderedDict[tuple[str, FormatSubject], _Entry] = OrderedDict()
        self._cache_bytes = cache_bytes
        self._held = 0
        self._boards: OrderedDict[tuple[str, str], BoardViews] = OrderedDict()
        self._index = IndexViews(states, lambda slug: self._boards.get((slug, words.ZH)))
        self._paths: dict[str, tuple[Format, FormatSubject]] = {}
        self._assets = {
            asset.path: Published(Artifact(asset.path, asset.media, asset.body), cache=FOR_EVER)
            for asset in assets.assets()
        }

    # --- what is asked of it --------------------------------------------------------------------------------

    def find(self, path: str, at: datetime) -> Published | None:
        """What stands at the path (without a leading slash) at the instant; None where nothing does."""
        standing = self.standing(path, at)
        return standing[0] if standing else None

    def standing(self, path: str, at: datetime) -> tuple[Published, datetime] | None:
        """As `find`, and until when it stands if nothing happens meanwhile."""
        if path in self._assets:
            return self._assets[path], FAR
        known = self._paths.get(path) or self._resolve(path)
        if known is None:
            return None
        entry = self._entry(*known, at)
        published = entry.published.get(path) if entry else None
        if entry is None or published is None:
            return None
        if path not in self._paths:  # one that never was is not remembered: anybody can ask for many
            if len(self._paths) >= PATHS:
                self._paths.clear()
            self._paths[path] = known
        return published, entry.until

    def edition(self, board: str, at: datetime) -> Edition | None:
        """The edition of the board as a whole at the instant; None where there is no such board."""
        view = self.view(board, at)
        return view.edition if view else None

    def view(self, board: str, at: datetime) -> BoardView | None:
        """The board as its formats get it, in the default language; for what is made of it for one person."""
        views = self._board_views(board, words.ZH, self._place())
        return views.board(self._at(FormatSubject(FormatScope.BOARD, board), at)) if views else None

    def assets(self) -> Mapping[str, Published]:
        """What the pages need and what never changes, by path."""
        return self._assets

    def place(self) -> TreeLocation:
        """Where the tree lives, now; everything that is published may hold it."""
        return self._place()

    def boards(self) -> Iterator[str]:
        """The slugs of the boards that have pages."""
        return (slug for slug in self._states.boards if self.is_board(slug))

    def parts(self) -> Iterator[str]:
        """Where the boards' pages are: the folder of each, once a language. The last event's board first."""
        folds = self._states.boards
        last_first = sorted(self.boards(), key=lambda slug: folds[slug].at, reverse=True)
        return (part for slug in last_first for part in self.parts_of(slug))

    def parts_of(self, slug: str) -> Iterator[str]:
        """The folders of a board, one a language, the default first."""
        return (f"{one.folder}{slug}" for one in self._tongues)

    def is_part(self, part: str) -> bool:
        """Whether it is a folder in which a board has pages."""
        language, slug = split(part)
        return language in self._tongues and self.is_board(slug)

    def is_board(self, slug: str) -> bool:
        """Whether there is a board of that name that has pages."""
        return slug in self._states.boards and is_slug(slug)

    def stamp(self, subject: FormatSubject) -> Stamp | None:
        """What the artifacts about it are made of: as long as it is equal they stand, until their `until`.

        None: there is no such subject.
        """
        place = self._place()
        if subject.scope in {FormatScope.INDEX, FormatScope.TREE}:
            # Positions only grow, so that an equal sum is equal positions.
            return place, sum(fold.edition for fold in self._states.boards.values())
        views = self._board_views(subject.board, subject.lang, place)
        if views is None:
            return None
        if subject.scope in DRAWN and subject.lang != words.ZH:
            return None
        if subject.scope in {FormatScope.BOARD, *DATA_SCOPES, FormatScope.PICTURES}:
            return place, views.fold.edition
        marks = {
            FormatScope.SITE: views.site_mark,
            FormatScope.TOWN: views.town_mark,
            FormatScope.TOWN_PICTURES: views.town_mark,
        }
        mark = marks.get(subject.scope, views.extras.mark)(subject.name)
        return (place, mark.position) if mark else None

    def subjects(self, part: str) -> Iterator[FormatSubject]:
        """Everything that the formats of one of `parts` are made about, now."""
        language, board = split(part)
        views = self._board_views(board, language.code, self._place())
        if views is None:
            return
        yield FormatSubject(FormatScope.BOARD, board, lang=language.code)
        drawn = self.renderer is not None and language.code == words.ZH
        if drawn:
            yield FormatSubject(FormatScope.PICTURES, board, lang=language.code)
        for town in views.towns():
            yield FormatSubject(FormatScope.TOWN, board, town, language.code)
            if drawn:
                yield FormatSubject(FormatScope.TOWN_PICTURES, board, town, language.code)
        if views.extras.mark():
            yield FormatSubject(FormatScope.LISTS, board, lang=language.code)
        for town in views.extras.towns():
            yield FormatSubject(FormatScope.TEAMS, board, town, language.code)
        for site in (*views.fold.sites, *views.fold.gone):
            if _is_site(site):
                yield FormatSubject(FormatScope.SITE, board, site, language.code)
        for scope in DATA_SCOPES:
            yield FormatSubject(scope, board, lang=language.code)

    def rest(self) -> Iterator[FormatSubject]:
        """Everything that is made about no board."""
        yield FormatSubject(FormatScope.TREE)
        for one in self._tongues:
            yield FormatSubject(FormatScope.INDEX, lang=one.code)

    def made(self, subject: FormatSubject, at: datetime) -> tuple[dict[str, Published], datetime | None]:
        """All artifacts about the subject at the instant, by path, and until when they stand."""
        artifacts: dict[str, Published] = {}
        ends = []
        for published, until in self.making(subject, at):
            artifacts.update(published)
            ends.append(until)
        return artifacts, min(ends, default=None)

    def making(self, subject: FormatSubject, at: datetime) -> Iterator[tuple[dict[str, Published], datetime]]:
        """The same format by format: others may get their turn in between."""
        for form, _ in self._formats:
            entry = self._entry(form, subject, at) if form.scope is subject.scope else None
            if entry:
                yield entry.published, entry.until

    # --- making ---------------------------------------------------------------------------------------------

    def _resolve(self, path: str) -> tuple[Format, FormatSubject] | None:
        language, below = split(path)
        if language not in self._tongues:
            return None
        for form, pattern in self._formats:
            match = pattern.fullmatch(path if form.scope is FormatScope.TREE else below)
            if match:
                named = match.groupdict()
                name = named.get("site") or named.get("town") or ""
                subject = FormatSubject(form.scope, named.get("board", ""), name, language.code)
                return None if self.stamp(subject) is None else (form, subject)
        return None

    def _entry(self, form: Format, subject: FormatSubject, at: datetime) -> _Entry | None:
        stamp = self.stamp(subject)
        key = (form.name, subject)
        entry = self._cache.get(key)
        if stamp is None:
            self._drop(key)
            return None
        at = self._at(subject, at)
        if entry and entry.since <= at < entry.until:
            self._cache.move_to_end(key)
            if entry.stamp == stamp:
                return entry
            rested = entry.made + REST
            if form.scope in DRAWN and entry.made <= at < rested:
                return replace(entry, until=min(entry.until, rested))
        began, fault = time.perf_counter(), ""
        try:
            fresh = self._make(form, subject, stamp, at)
        except Exception as wrong:  # noqa: BLE001 - whatever a format does, it takes nobody else down
            fault, fresh = repr(wrong), _stopgap(form, subject, stamp, entry, at)
        self._drop(key)
        if fresh is not None:
            self._cache_entry(key, fresh)
        self._on_made(Made(form.name, time.perf_counter() - began, fault))
        return fresh

    def _at(self, subject: FormatSubject, at: datetime) -> datetime:
        fold = self._states.boards.get(subject.board)
        return standing_at(fold, at) if fold else at

    def _make(self, form: Format, subject: FormatSubject, stamp: Stamp, at: datetime) -> _Entry | None:
        view = self._view(subject, at)
        if view is None:
            return None
        since, until = (
            (view.as_of, view.until)
            if isinstance(view, IndexView)
            else (view.edition.as_of, view.edition.until)
        )
        before = self._cache.get((form.name, subject))
        former = before.published if before else {}
        published = {}
        folder = language(subject.lang).folder
        for made in form.make(view):
            artifact = replace(made, path=folder + made.path) if folder else made
            old = former.get(artifact.path)
            same = old is not None and old.body == artifact.body
            published[artifact.path] = old if old and same else Published(artifact)
        # All in one time zone: comparing across two costs more than all else that a request costs.
        since, until = min(since, at).astimezone(UTC), until.astimezone(UTC)
        return _Entry(stamp=stamp, since=since, until=until, good=until, published=published, made=at)

    def _cache_entry(self, key: tuple[str, FormatSubject], entry: _Entry) -> None:
        self._cache[key] = entry
        self._held += entry.size
        while self._held > self._cache_bytes and len(self._cache) > 1:
            self._drop(next(iter(self._cache)))

    def _drop(self, key: tuple[str, FormatSubject]) -> None:
        entry = self._cache.pop(key, None)
        if entry:
            self._held -= entry.size

    def _view(self, subject: FormatSubject, at: datetime) -> View | None:
        if subject.scope in {FormatScope.INDEX, FormatScope.TREE}:
            return self._index.view(self._place(), at, subject.lang)
        views = self._board_views(subject.board, subject.lang, self._place())
        if views is None:
            return None
        named = {
            FormatScope.SITE: views.site,
            FormatScope.TEAMS: views.teams,
            FormatScope.TOWN: views.town,
            FormatScope.TOWN_PICTURES: views.town,
        }.get(subject.scope)
        if named:
            return named(subject.name, at)
        whole = {FormatScope.FEED: views.feed, FormatScope.LISTS: views.lists}
        return whole.get(subject.scope, views.board)(at)

    def _board_views(self, board: str, lang: str, place: TreeLocation) -> BoardViews | None:
        fold = self._states.boards.get(board)
        if fold is None:
            return None
        key = board, lang
        views = self._boards.get(key)
        if views is None or views.fold is not fold or views.place != place:
            if not is_slug(board):
                return None
            views = self._boards[key] = BoardViews(fold, place, lang)
            if len(self._boards) > BOARDS_CACHED:
                self._boards.popitem(last=False)
        self._boards.move_to_end(key)
        return views


def _stopgap(form: Format, subject: FormatSubject, stamp: Stamp, last: _Entry | None, at: datetime) -> _Entry:
    """What stands in for a format that fails: its last good bytes; once they have run out, "phone first"."""
    if last and last.good > at:
        return _Entry(
            stamp=stamp,
            since=at,
            until=min(at + RETRY_FAULT, last.good),
            good=last.good,
            published=last.published,
            made=at,
        )
    path = language(subject.lang).folder + form.pattern.format(
        board=subject.board, site=subject.name, town=subject.name, part="", proof="", schema=""
    )
    published = {path: Published(fault_artifact(path)) for path in (last.published if last else (path,))}
    return _Entry(stamp=stamp, since=at, until=at + RETRY_FAULT, good=at, published=published, made=at)


@lru_cache(maxsize=2**17)
def _is_site(text: str) -> bool:
    try:
        return check_site_id(text) == text
    except Refused:
        return False


def _pattern(form: Format) -> re.Pattern[str]:
    """The paths of a format as an expression with its placeholders as groups."""
    groups = {
        "board": r"(?P<board>[a-z0-9][a-z0-9-]{0,63})",
        "site": r"(?P<site>[a-z0-9][a-z0-9-]{0,63})",
        "town": r"(?P<town>[^/]+)",
        "part": r"(?P<part>(?:-\d+)?)",
        "proof": r"(?P<proof>[0-9A-Za-z]{1,64})",
        "schema": r"(?P<schema>[a-z]{1,32})",
    }
    return re.compile(
        "".join(groups.get(piece, re.escape(piece)) for piece in re.split(r"[{}]", form.pattern))
    )
