"""What a list of sites would change, planned as a whole. Pure; `placing` appends it.

A cell that cannot be read stays out, and its site comes in; what contradicts itself is asked, and
nothing is to be appended before it is answered.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault, noticed, of_column
from trafficlight.actions.drafts import SiteDraft, counted, draft_all, guesses_crs, site_of, whole_place
from trafficlight.actions.fields import SITES
from trafficlight.actions.identity import Identifying
from trafficlight.actions.plan import (
    Change,
    FieldChange,
    ImportPlan,
    KnownBoards,
    KnownSites,
    Options,
    becomes,
    changes_between,
)
from trafficlight.actions.plausible import area_of, check, lost_zeros, restore
from trafficlight.actions.questions import AREA, MISSING, NO_PHONE, SHEETS, STOP, ListQuestion, asked
from trafficlight.actions.sheet import Sheet, only_sheet, sheets_alike, without_column
from trafficlight.actions.values import plain
from trafficlight.domain.board import Board, Site
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.phone import area_code_of

_RUNNING: Final = re.compile(r"0*\d{1,4}")
_FEW_COLUMNS: Final = 2
"""In a list of more columns a row with a name alone may be a heading."""
_FEWEST_TO_MISS: Final = 5
"""Sites of a board from which it is worth asking whether a list without most of them is all of it."""


def plan_import(sheet: Sheet, known: KnownBoards, options: Options | None = None) -> ImportPlan:
    """What importing the list would do to what is known. `Refused` where the list as a whole is no use."""
    return _Planner(known, options or Options()).plan(sheet)


class _Planner:
    """One import, step by step."""

    def __init__(self, known: KnownBoards, options: Options) -> None:
        self.known = known
        self.options = options
        self.there = KnownSites(known)
        self.questions: list[ListQuestion] = []
        self.warnings: list[Fault] = []
        self.added: list[Change] = []
        self.changed: list[Change] = []
        self.moved: list[Change] = []
        self.settings: dict[str, Board] = {}
        self.places: dict[str, str] = {}
        self.sites: dict[str, list[Site]] = defaultdict(list)
        self.standing: dict[tuple[str, int], Site] = {}
        self.removals: dict[str, dict[str, str]] = defaultdict(dict)

    def plan(self, sheet: Sheet) -> ImportPlan:
        options = self.options
        if options.board:
            check_slug(options.board)
        sheet = self._chosen(sheet)
        self.warnings += noticed(sheet.left)
        self._notice_guesses(sheet)
        sheet = self._without_numbers(sheet)
        drafts = draft_all(sheet, options.board, self.there.site)
        areas = self._check_cells(drafts)
        who = Identifying(
            self.there,
            options,
            areas,
            sheets_open=bool(
                self.questions and self.questions[0].asks == SHEETS and not self.questions[0].answer
            ),
        )
        who.identify(drafts)
        self.questions += who.questions
        self.warnings += who.warnings
        if options.skip_bad:
            for draft in drafts:
                draft.faults, draft.flaws = [*draft.faults, *draft.flaws], []
        for draft in drafts:
            if not draft.is_out:
                self._decide(draft)
        good = [draft for draft in drafts if not draft.is_out]
        boards = self._boards(good)
        missing = tuple(sorted(set(self.there.sites(options.board)) - {draft.id for draft in drafts}))
        self._ask_of_all(sheet, missing, drafts)
        self._notice_cells(sheet, drafts)
        faults = [fault for draft in drafts for fault in (*draft.faults, *draft.flaws)]
        done = (*self.added, *self.changed, *self.moved)
        return ImportPlan(
            added=tuple(self.added),
            changed=tuple(self.changed),
            moved=tuple(self.moved),
            unchanged=len(good) - len(done),
            skipped=len(drafts) - len(good),
            questions=tuple(self.questions),
            missing=missing,
            faults=tuple(faults),
            warnings=tuple(self.warnings),
            cells=counted(sheet, drafts),
            boards=boards,
            settings=self.settings,
            new_boards=frozenset(slug for slug in boards if self.there.board(slug) is None),
            places=self.places,
            sites=self.sites,
            standing=self.standing,
            tables=sheet.tables,
            removals=self.removals,
            positions={SYSTEM: self.known.system.position}
            | {slug: fold.position for slug, fold in self.known.boards.items()},
            blocked=self._is_blocked(faults),
        )

    def _is_blocked(self, faults: Sequence[Fault]) -> bool:
        if any(question.answer == STOP for question in self.questions):
            return True
        passed = self.options.skip_bad  # such rows are out, and numbers stay as they are written
        if any(not one.answer and not (passed and (one.line or one.asks == AREA)) for one in self.questions):
            return True
        return self.options.strict and bool(faults)

    # --- the list as a whole --------------------------------------------------------------------------------

    def _ask(self, asks: str, **params: Any) -> str:
        """Ask of the list; the answer, or empty where there is none yet."""
        question = asked(asks, self.options.answers, **params)
        self.questions.append(question)
        return question.answer

    def _notice_guesses(self, sheet: Sheet) -> None:
        for table in sheet.tables:
            for one in table.headings:
                if one.code == "guessed_column":
                    column = SITES.words[one.column][0]
                    self._warn_once(Fault(0, "", "guessed_column", {"text": one.header, "column": column}))

    def _chosen(self, sheet: Sheet) -> Sheet:
        """The list without the sheets that somebody said are not it, where two hold the same."""
        twice, names = sheets_alike(sheet)
        if not twice:
            return sheet
        more = {name: name for name in names}
        answer = self._ask(SHEETS, more=more, sites=twice, names="、".join(names))
        return only_sheet(sheet, answer) if answer in more else sheet

    def _without_numbers(self, sheet: Sheet) -> Sheet:
        """The list without ids that only number its rows: 1, 2, 3 is another clinic in the next list."""
        ids = [text for row in sheet.rows for text in row.cells.get("id", ())]
        numbers = bool(ids) and all(map(_RUNNING.fullmatch, ids))
        if not numbers or not self.options.board or "board" in sheet.headers:
            return sheet
        self._warn_once(Fault(0, "", "running_numbers", {"text": sheet.headers["id"]}))
        return without_column(sheet, "id", "numbering")

    def _ask_of_all(self, sheet: Sheet, missing: Sequence[str], drafts: Sequence[SiteDraft]) -> None:
        there = self.there.sites(self.options.board)
        if len(there) >= _FEWEST_TO_MISS and 2 * len(missing) > len(there):
            self._ask(MISSING, missing=len(missing), sites=len(there))
        first = not any(self.there.sites(draft.board) for draft in drafts)
        if first and drafts and "phone" not in sheet.headers:
            if sheet.unknown:
                self._ask(NO_PHONE, columns="、".join(sheet.unknown)[:80])
            else:
                self._warn_once(Fault(0, "", "no_phone_column"))

    def _check_cells(self, drafts: Sequence[SiteDraft]) -> Mapping[str, str]:
        """Whether what was read can be; see `plausible`. By board, the area code that its numbers share."""
        by_board: dict[str, list[SiteDraft]] = defaultdict(list)
        for draft in drafts:
            by_board[draft.board].append(draft)
        areas = {board: area_of(mine, self.there.board(board)) for board, mine in by_board.items()}
        sure, unsure = lost_zeros(drafts, areas)
        if unsure:
            old = unsure[0].draft.values["phone"][unsure[0].at].number
            if self._ask(AREA, numbers=len(unsure), old=old, new=unsure[0].number) == "add":
                sure += unsure
        self.warnings += restore(sure)
        self.warnings += check(drafts, areas, with_names=self.options.with_names)
        return areas

    def _notice_cells(self, sheet: Sheet, drafts: Sequence[SiteDraft]) -> None:
        """What is true of many cells is said once for each column."""
        blank = [(draft.row.sheet, column, draft.line) for draft in drafts for column in draft.blanks]
        self.warnings += of_column("none_written", blank, sheet.headers)
        self.warnings += of_column("ditto_read", sheet.dittos, sheet.headers)
        if len(sheet.headers) > _FEW_COLUMNS:
            bare = [
                draft
                for draft in drafts
                if not draft.is_out and set(filter(None, draft.texts.values())) == {draft.name}
            ]
            alone = [(draft.row.sheet, "name", draft.line) for draft in bare]
            self.warnings += of_column("name_alone", alone, sheet.headers)

    # --- what changes ---------------------------------------------------------------------------------------

    def _decide(self, draft: SiteDraft) -> None:
        """Take the row into the plan, unless it turns out to be wrong together with what is known."""
        home = self.there.home(draft.id, draft.board)
        before = self.there.site(draft.id, draft.board)
        after = whole_place(draft, before, site_of(draft, before))
        if guesses_crs(draft, before, after):
            self._warn_once(Fault(0, "", "crs_assumed"))
        if self.known.system.directory.get(draft.id) != draft.board:
            self.places[draft.id] = draft.board
        for other in self.there.homes.get(draft.id, ()):
            if other != draft.board:
                self.removals[other][draft.id] = draft.board
        self.standing[draft.row.sheet, draft.line] = after
        fields = changes_between(before, after) if before else becomes(draft.texts, after)
        change = Change(draft.line, draft.board, draft.id, after.name, fields, draft.row.sheet)
        if before is None:
            self.added.append(change)
        elif home != draft.board:
            moved = FieldChange("board", home or "", draft.board)
            self.moved.append(msgspec.structs.replace(change, fields=(moved, *change.fields)))
        elif change.fields:
            self.changed.append(change)
        if before is None or home != draft.board or change.fields:
            self.sites[draft.board].append(after)

    def _warn_once(self, warning: Fault) -> None:
        self.warnings += [warning] if warning not in self.warnings else []

    def _boards(self, drafts: Iterable[SiteDraft]) -> dict[str, Board]:
        """The boards of these rows that are new or get other settings."""
        names: dict[str, str] = {}
        for draft in drafts:
            name = draft.values.get("board_name") or self.options.board_name
            name = name if self.options.renames_board else ""
            names[draft.board] = names.get(draft.board) or name
        boards = {}
        for slug, name in names.items():
            before = self.there.board(slug)
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
        return {**self.there.sites(slug)} | {site.id: site for site in self.sites.get(slug, ())}

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
