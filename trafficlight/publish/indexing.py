"""The index: which boards are listed, and what it says of each."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

import msgspec
from msgspec.structs import replace

from trafficlight.domain.board import BoardState
from trafficlight.domain.clock import standing_at
from trafficlight.domain.errors import Refused
from trafficlight.domain.headline import Headline
from trafficlight.domain.ids import check_slug
from trafficlight.domain.state import BoardFold
from trafficlight.publish import presenter
from trafficlight.publish.view import BoardEntry, IndexView, TreeLocation
from trafficlight.publish.viewing import BoardViews
from trafficlight.text.languages import ZH

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""An index without boards says nothing that could grow old."""


class States(Protocol):
    """Where the boards come from."""

    @property
    def boards(self) -> Mapping[str, BoardFold]: ...


class _ListedBoard(msgspec.Struct, frozen=True):
    """A board as the index lists it; its headline in any language is told from the fact."""

    entry: BoardEntry
    fact: Headline
    at: datetime


class IndexViews:
    """Makes the views of the index. A board's sites are judged once for all languages, and kept as counts."""

    def __init__(self, states: States, opened: Callable[[str], BoardViews | None]) -> None:
        self._states = states
        self._opened = opened
        self._known: dict[str, _ListedBoard] = {}

    def view(self, place: TreeLocation, at: datetime, lang: str) -> IndexView:
        """The index at the instant."""
        boards = [self._entry(slug, place, at, lang) for slug in self._slugs()]
        return IndexView(
            lang=lang,
            place=place,
            as_of=max((board.as_of for board in boards), default=EPOCH),
            valid_until=min((board.valid_until for board in boards), default=FAR),
            until=min((board.until for board in boards), default=FAR),
            boards=tuple(boards),
        )

    def _slugs(self) -> list[str]:
        boards = [(fold.board, slug) for slug, fold in self._states.boards.items() if is_slug(slug)]
        return [
            slug
            for _, slug in sorted(
                (board.name, slug) for board, slug in boards if board.state is not BoardState.DRAFT
            )
        ]

    def _entry(self, slug: str, place: TreeLocation, at: datetime, lang: str) -> BoardEntry:
        fold, known = self._states.boards[slug], self._known.get(slug)
        at = standing_at(fold, at)
        if known is None or known.entry.position != fold.edition or not _stands(known.entry, at):
            # A views is not opened for the index: it would hold every board's decisions in memory.
            views = self._opened(slug)
            views = views if views and views.fold is fold else BoardViews(fold, place, ZH.code)
            known = self._known[slug] = _ListedBoard(*views.entry(at), at)
        if lang == ZH.code:
            return known.entry
        return replace(known.entry, headline=presenter.headline(fold.board, known.fact, known.at, lang))


def _stands(entry: BoardEntry, at: datetime) -> bool:
    return entry.as_of <= at < entry.until


@lru_cache(maxsize=4096)
def is_slug(text: str) -> bool:
    """Whether a board may stand in an address under this name; a ledger from elsewhere may hold anything."""
    try:
        return check_slug(text) == text
    except Refused:
        return False
