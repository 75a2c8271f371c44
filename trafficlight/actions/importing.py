"""What a list of sites would change, planned as a whole. Pure; `placing` appends it.

Nothing is to be appended unless every row is right, or the wrong ones are left out on purpose.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from trafficlight.actions.drafts import SiteDraft, draft_all, match, number, site_of
from trafficlight.actions.fields import FIELD_OF, read_cell, write_cell
from trafficlight.actions.sheet import Fault, Sheet
from trafficlight.actions.values import plain
from trafficlight.domain.board import Board, Site
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.phone import area_code_of
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold


class KnownBoards(Protocol):
    """What there is already."""

    @property
    def system(self) -> SystemFold: ...

    @property
    def boards(self) -> Mapping[str, BoardFold]: ...


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever imports says of the list as a whole."""

    board: str = ""
    """Where the rows belong that name no board; rows may then go without an id."""
    board_name: str = ""
    accept_renames: bool = False
    renamed: frozenset[int] = frozenset()
    """Rows of which somebody said that they are a known site under another name …"""
    separate: frozenset[int] = frozenset()
    """… and rows that are sites of their own, whatever they look like."""
    move: bool = False
    """Sites of another board may come over."""
    skip_bad: bool = False
    unused: frozenset[str] = frozenset()
    """Ids that the directory holds and no board ever had, where an import was interrupted."""


class FieldChange(msgspec.Struct, frozen=True):
    """What a cell was and what it becomes, as written in a list."""

    column: str
    old: str
    new: str


class Change(msgspec.Struct, frozen=True):
    """A row that does something; a new site has no fields here."""

    line: int
    board: str
    site: str
    name: str
    fields: tuple[FieldChange, ...] = ()


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    moved: tuple[Change, ...]
    """Sites of other boards that come over; `fields` holds the board and what else changes."""
    unchanged: int
    skipped: int
    """Rows left out because of a fault."""
    renames: tuple[Change, ...]
    """Rows that look like a known site under another name; among the faults unless accepted."""
    missing: tuple[str, ...]
    """Sites of the board of `Options.board` that no row is; they stay as they are."""
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    boards: Mapping[str, Board]
    """Boards to put, new or with other settings."""
    settings: Mapping[str, Board]
    """The settings of every board that the list names, as they will be."""
    new_boards: frozenset[str]
    places: Mapping[str, str]
    """What the directory learns: site id → board."""
    sites: Mapping[str, Sequence[Site]]
    """Sites to put, by board."""
    removals: Mapping[str, Mapping[str, str]]
    """By the board they leave: site id → the board they moved to."""
    positions: Mapping[str, int]
    """How far each board had been read when this was planned."""
    blocked: bool
    """There are faults, and nobody asked to leave those rows out."""

    @property
    def size(self) -> int:
        """Events to append."""
        puts = sum(map(len, self.sites.values())) + sum(map(len, self.removals.values()))
        return len(self.places) + len(self.boards) + puts


def plan_import(sheet: Sheet, known: KnownBoards, options: Options | None = None) -> ImportPlan:
    """What importing the list would do to what is known. `Refused` where the list as a whole is no use."""
    return _Planner(known, options or Options()).plan(sheet)


class _Planner:
    """One import, step by step."""

    def __init__(self, known: KnownBoards, options: Options) -> None:
        self.known = known
        self.options = options
        self.homes: dict[str, list[str]] = defaultdict(list)
        for slug, fold in known.boards.items():
            for site in fold.sites:
                self.homes[site].append(slug)
        self.renames: list[Change] = []
        self.warnings: list[Fault] = []
        self.added: list[Change] = []
        self.changed: list[Change] = []
        self.moved: list[Change] = []
        self.settings: dict[str, Board] = {}
        self.places: dict[str, str] = {}
        self.sites: dict[str, list[Site]] = defaultdict(list)
        self.removals: dict[str, dict[str, str]] = defaultdict(dict)

    def plan(self, sheet: Sheet) -> ImportPlan:
        if self.options.board:
            check_slug(self.options.board)
        drafts = draft_all(sheet, self.options.board, self._site)
        self._notice(sheet)
        self._identify(drafts)
        for draft in drafts:
            if not draft.faults:
                self._decide(draft)
        good = [draft for draft in drafts if not draft.faults]
        boards = self._boards(good)
        faults = [fault for draft in drafts for fault in draft.faults]
        done = (*self.added, *self.changed, *self.moved)
        return ImportPlan(
            added=tuple(self.added),
            changed=tuple(self.changed),
            moved=tuple(self.moved),
            unchanged=len(good) - len(done),
            skipped=len(drafts) - len(good),
            renames=tuple(self.renames),
            missing=tuple(sorted(set(self._sites(self.options.board)) - {draft.id for draft in drafts})),
            faults=tuple(faults),
            warnings=tuple(self.warnings),
            boards=boards,
            settings=self.settings,
            new_boards=frozenset(slug for slug in boards if self._board(slug) is None),
            places=self.places,
            sites=self.sites,
            removals=self.removals,
            positions={SYSTEM: self.known.system.position}
            | {slug: fold.position for slug, fold in self.known.boards.items()},
            blocked=bool(faults) and not self.options.skip_bad,
        )

    def _board(self, slug: str) -> Board | None:
        fold = self.known.boards.get(slug)
        return fold.board if fold else None

    def _sites(self, slug: str) -> dict[str, Site]:
        fold = self.known.boards.get(slug)
        return {site: state.site for site, state in fold.sites.items()} if fold else {}

    def _home(self, site: str, board: str = "") -> str | None:
        """The board that the site is on; that one if it is on two, for its move was interrupted."""
        homes = self.homes.get(site, [])
        wanted = board or self.known.system.directory.get(site)
        return wanted if wanted in homes else next(iter(homes), None)

    def _site(self, site: str, board: str = "") -> Site | None:
        home = self._home(site, board)
        return self.known.boards[home].sites[site].site if home else None

    def _notice(self, sheet: Sheet) -> None:
        for header in sheet.unknown:
            self.warnings.append(Fault(0, "", "unknown_column", {"text": header}))
        for line, text in sheet.remarks:
            self.warnings.append(Fault(line, "", "remark_skipped", {"text": text[:40]}))

    # --- who is who -----------------------------------------------------------------------------------------

    def _identify(self, drafts: Sequence[SiteDraft]) -> None:
        """Give every draft that can be imported its id, and a fault to what is not its own."""
        slug = self.options.board
        if slug:  # without it every row names its id
            match([draft for draft in drafts if draft.board == slug], self._sites(slug), self._board(slug))
        for draft in drafts:
            if draft.renamed:
                self._ask(draft)
            if draft.id and draft.board:
                self._check_owner(draft)
        nameless = [draft for draft in drafts if draft.board and not draft.id and not draft.faults]
        number(nameless, self._is_used, {draft.id for draft in drafts})

    def _ask(self, draft: SiteDraft) -> None:
        old = self._sites(draft.board)[draft.id].name
        change = FieldChange("name", old, draft.name)
        self.renames.append(Change(draft.line, draft.board, draft.id, draft.name, (change,)))
        if draft.line in self.options.separate:
            draft.id, draft.renamed = "", False
        elif not self.options.accept_renames and draft.line not in self.options.renamed:
            draft.fault("rename_asked", "name", old=old, new=draft.name, site=draft.id)

    def _owner(self, site: str) -> str | None:
        return self.known.system.directory.get(site) or self._home(site)

    def _check_owner(self, draft: SiteDraft) -> None:
        owner = self._owner(draft.id)
        if owner not in {None, draft.board} and not self.options.move:
            draft.fault("belongs_to_board", "id", text=draft.id, board=owner)

    def _is_used(self, site: str) -> bool:
        return site in self.homes or (site in self.known.system.directory and site not in self.options.unused)

    # --- what changes ---------------------------------------------------------------------------------------

    def _decide(self, draft: SiteDraft) -> None:
        """Take the row into the plan, unless it turns out to be wrong together with what is known."""
        home = self._home(draft.id, draft.board)
        before = self._site(draft.id, draft.board)
        after = site_of(draft, before)
        if (after.lat is None) is not (after.lon is None):
            draft.fault("half_coordinates", "lat" if after.lat is None else "lon")
            return
        if self._guesses(draft, before, after):
            self._warn_once(Fault(0, "", "crs_assumed"))
        if self.known.system.directory.get(draft.id) != draft.board:
            self.places[draft.id] = draft.board
        for other in self.homes.get(draft.id, ()):
            if other != draft.board:
                self.removals[other][draft.id] = draft.board
        change = Change(draft.line, draft.board, draft.id, after.name, _changes(before, after))
        if before is None:
            self.added.append(change)
        elif home != draft.board:
            moved = FieldChange("board", home or "", draft.board)
            self.moved.append(msgspec.structs.replace(change, fields=(moved, *change.fields)))
        elif change.fields:
            self.changed.append(change)
        if before is None or home != draft.board or change.fields:
            self.sites[draft.board].append(after)

    @staticmethod
    def _guesses(draft: SiteDraft, before: Site | None, after: Site) -> bool:
        """Whether coordinates are new and nobody ever said in which system they are."""
        there = (before.lat, before.lon) if before else (None, None)
        stated = bool(draft.texts.get("crs")) or after.crs != read_cell("crs", "")
        return there != (after.lat, after.lon) and after.lat is not None and not stated

    def _warn_once(self, warning: Fault) -> None:
        if warning not in self.warnings:
            self.warnings.append(warning)

    def _boards(self, drafts: Iterable[SiteDraft]) -> dict[str, Board]:
        """The boards of these rows that are new or get other settings."""
        names: dict[str, str] = {}
        for draft in drafts:
            name = draft.values.get("board_name") or self.options.board_name
            names[draft.board] = names.get(draft.board) or name
        boards = {}
        for slug, name in names.items():
            before = self._board(slug)
            board = before or Board(slug=slug, name=name or slug)
            after = msgspec.structs.replace(
                board, name=name or board.name, area_code=board.area_code or self._area_code(slug)
            )
            if not after.publisher:
                self.warnings.append(Fault(0, "", "publisher_missing", {"board": slug}))
            if not after.hotline:
                self.warnings.append(Fault(0, "", "hotline_missing", {"board": slug}))
            self._notice_names(slug)
            self.settings[slug] = after
            if after != before:
                boards[slug] = after
        return boards

    def _after(self, slug: str) -> dict[str, Site]:
        """The board's sites once the plan is carried out."""
        return self._sites(slug) | {site.id: site for site in self.sites.get(slug, ())}

    def _area_code(self, slug: str) -> str:
        """The commonest area code among the board's phones; of equally common ones the smallest."""
        codes = Counter(area_code_of(site.phones) for site in self._after(slug).values())
        del codes[""]
        return min(codes, key=lambda code: (-codes[code], code), default="")

    def _notice_names(self, slug: str) -> None:
        added = {change.site: change.line for change in self.added if change.board == slug}
        first: dict[tuple[str, str], str] = {}
        for site in self._after(slug).values():
            same = first.setdefault((plain(site.name), plain(site.town)), site.id)
            if same != site.id and site.id in added:
                self.warnings.append(Fault(added[site.id], "name", "same_name", {"site": same}))


def _changes(before: Site | None, after: Site) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    return tuple(
        FieldChange(column, write_cell(column, before), write_cell(column, after))
        for column, field in FIELD_OF.items()
        if getattr(before, field) != getattr(after, field)
    )
