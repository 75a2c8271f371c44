"""The list of boards for programs."""

from collections.abc import Mapping
from datetime import date

import msgspec
from msgspec import UNSET, UnsetType

from trafficlight.publish import open_data
from trafficlight.publish.formats.base import Artifact, FormatScope
from trafficlight.publish.view import BoardEntry, HeadlineView, IndexView, Instant, TreeLocation
from trafficlight.text.languages import language


class BoardsEntry(msgspec.Struct, frozen=True, kw_only=True):
    board: str
    name: str
    state: str
    service_day: date
    as_of: Instant
    valid_until: Instant
    position: int
    headline: HeadlineView
    counts: Mapping[str, int]
    ended_on: date | UnsetType = UNSET
    path: str | UnsetType = UNSET
    """Beside boards.json; given where no public address is known."""
    url: str | UnsetType = UNSET
    files: Mapping[str, str] = {}
    """The board's files by what they are: addresses, or where no public address is known, ways from here."""
    site_files: Mapping[str, str] = {}
    """Likewise those of one site; `{site}` in them stands for its id."""


class Boards(msgspec.Struct, frozen=True, kw_only=True):
    """boards.json."""

    as_of: Instant
    valid_until: Instant
    boards: tuple[BoardsEntry, ...]


class BoardsJson:
    """boards.json: every live board with its counts by light."""

    name = "boards_json"
    scope = FormatScope.INDEX
    pattern = "boards.json"

    def make(self, view: IndexView, /) -> tuple[Artifact, ...]:
        boards = Boards(
            as_of=view.as_of,
            valid_until=view.valid_until,
            boards=tuple(_entry(board, view.place, view.lang) for board in view.boards),
        )
        return (Artifact(self.pattern, "application/json", msgspec.json.encode(boards) + b"\n"),)


def _entry(board: BoardEntry, place: TreeLocation, lang: str) -> BoardsEntry:
    url = f"{place.public_url}/{language(lang).folder}{board.slug}/" if place.public_url else UNSET
    top = url or f"{board.slug}/"
    return BoardsEntry(
        board=board.slug,
        name=board.name,
        state=board.state,
        service_day=board.service_day,
        as_of=board.as_of,
        valid_until=board.valid_until,
        position=board.position,
        headline=board.headline,
        counts=board.counts,
        ended_on=board.ended_on or UNSET,
        path=UNSET if place.public_url else f"{board.slug}/",
        url=url,
        files=open_data.addresses(top),
        site_files=open_data.addresses(top, of_site=True),
    )
