"""What a list of sites would do: what is known, what is said of the list, and the plan that comes of both."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from trafficlight.actions.account import Fault
from trafficlight.actions.fields import FIELD_OF, write_cell
from trafficlight.actions.questions import ListQuestion
from trafficlight.actions.tables import TableRead
from trafficlight.actions.values import plain
from trafficlight.domain.board import Board, Site
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold


class KnownBoards(Protocol):
    """What there is already."""

    @property
    def system(self) -> SystemFold: ...

    @property
    def boards(self) -> Mapping[str, BoardFold]: ...


class KnownSites:
    """What there is already, by board and by site."""

    def __init__(self, known: KnownBoards) -> None:
        self.directory: Mapping[str, str] = known.system.directory
        self.homes: dict[str, list[str]] = defaultdict(list)
        """Site → the boards that it is on: two while a move is interrupted."""
        for slug, fold in known.boards.items():
            for site in fold.sites:
                self.homes[site].append(slug)
        self.merged: dict[str, str] = {
            site: into for fold in known.boards.values() for site, into in fold.merged.items()
        }
        """Sites that became one with another → that one."""
        self._boards = known.boards
        self._sites: dict[str, dict[str, Site]] = {}

    def board(self, slug: str) -> Board | None:
        """Its settings, where there is one."""
        fold = self._boards.get(slug)
        return fold.board if fold else None

    def sites(self, slug: str) -> Mapping[str, Site]:
        """The board's, by id."""
        if slug not in self._sites:
            fold = self._boards.get(slug)
            states = fold.sites if fold else {}
            self._sites[slug] = {site: state.site for site, state in states.items()}
        return self._sites[slug]

    def merged_named(self, slug: str, name: str, town: str) -> str:
        """The site that one of this name, and town if it is given, became one with; empty where none did."""
        fold = self._boards.get(slug)
        for gone in fold.gone.values() if fold else ():
            alike = plain(gone.site.name) == plain(name) and (
                not town or plain(gone.site.town) == plain(town)
            )
            if alike and gone.merged_into in self.sites(slug):
                return gone.merged_into
        return ""

    def home(self, site: str, board: str = "") -> str | None:
        """The board that the site is on; that one if it is on two, for its move was interrupted."""
        homes = self.homes.get(site, [])
        wanted = board or self.directory.get(site)
        return wanted if wanted in homes else next(iter(homes), None)

    def site(self, site: str, board: str = "") -> Site | None:
        """Its settings on its home."""
        home = self.home(site, board)
        return self.sites(home).get(site) if home else None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever imports says of the list as a whole."""

    board: str = ""
    """Where the rows belong that name no board; rows may then go without an id."""
    board_name: str = ""
    answers: Mapping[str, str] = {}
    """What was asked and is answered, by the question's key or its sort; see `questions`."""
    renames_board: bool = True
    """A column with the board's name may give it another one."""
    accept_renames: bool = False
    """What looks like a known site under another name is one."""
    move: bool = False
    """Sites of another board may come over."""
    skip_bad: bool = False
    """Rows with a bad cell, and rows of which something is asked, stay out."""
    with_names: bool = False
    """People's names beside phones are published too."""
    strict: bool = False
    """One bad cell, and nothing goes in."""
    unused: frozenset[str] = frozenset()
    """Ids that the directory holds and no board ever had, where an import was interrupted."""


class FieldChange(msgspec.Struct, frozen=True):
    """What a cell was and what it becomes, as written in a list."""

    column: str
    old: str
    new: str


class Change(msgspec.Struct, frozen=True):
    """A row that does something. Of a new site `old` is what the row says, where it becomes another text."""

    line: int
    board: str
    site: str
    name: str
    fields: tuple[FieldChange, ...] = ()
    sheet: str = ""
    """Where the file has several."""


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    moved: tuple[Change, ...]
    """Sites of other boards that come over; `fields` holds the board and what else changes."""
    unchanged: int
    skipped: int
    """Rows left out because of a fault or of a question that nobody answered."""
    questions: tuple[ListQuestion, ...]
    """What is asked, answered or not."""
    missing: tuple[str, ...]
    """Sites of the board of `Options.board` that no row is; they stay as they are."""
    faults: tuple[Fault, ...]
    """Rows, and cells of rows that come in, that are left out because of what stands there."""
    warnings: tuple[Fault, ...]
    cells: Mapping[str, int]
    """Of all the cells with content in the file: `taken`, `left`, `refused`, `asked`."""
    boards: Mapping[str, Board]
    """Boards to put, new or with other settings."""
    settings: Mapping[str, Board]
    """The settings of every board that the list names, as they will be."""
    new_boards: frozenset[str]
    places: Mapping[str, str]
    """What the directory learns: site id → board."""
    sites: Mapping[str, Sequence[Site]]
    """Sites to put, by board."""
    standing: Mapping[tuple[str, int], Site]
    """By sheet and row, in the list's order: each that comes in, as its site will stand."""
    tables: Sequence[TableRead]
    """What was read, and as what its columns were understood."""
    removals: Mapping[str, Mapping[str, str]]
    """By the board they leave: site id → the board they moved to."""
    positions: Mapping[str, int]
    """How far each board had been read when this was planned."""
    blocked: bool
    """Something is asked and not answered, or nothing is to go in where a cell is bad."""

    @property
    def open(self) -> tuple[ListQuestion, ...]:
        """What is asked and not answered."""
        return tuple(question for question in self.questions if not question.answer)

    @property
    def size(self) -> int:
        """Events to append."""
        puts = sum(map(len, self.sites.values())) + sum(map(len, self.removals.values()))
        return len(self.places) + len(self.boards) + puts


def changes_between(before: Site | None, after: Site) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    return tuple(
        FieldChange(column, write_cell(column, before), write_cell(column, after))
        for column, field in FIELD_OF.items()
        if getattr(before, field) != getattr(after, field)
    )


def becomes(texts: Mapping[str, str], site: Site) -> tuple[FieldChange, ...]:
    """What the row's cells become on a new site, each with what is written there where it is another text."""
    fields = []
    for column in FIELD_OF:
        text, new = texts.get(column, ""), write_cell(column, site)
        if new and column != "name" and (text or column == "kind"):
            fields.append(FieldChange(column, "" if text == new else text, new))
    return tuple(fields)
