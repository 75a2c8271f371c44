"""What a list of sites would change, planned as a whole. Pure; `placing` appends it.

A cell that cannot be read stays out, and its site comes in; what contradicts itself is asked, and
nothing is to be appended before it is answered.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault, noticed, runs
from trafficlight.actions.drafts import (
    SiteDraft,
    counted,
    differs_in_all,
    draft_all,
    guesses_crs,
    match,
    number,
    site_of,
    whole_place,
)
from trafficlight.actions.fields import SITES, write_cell
from trafficlight.actions.plan import (
    Change,
    FieldChange,
    ImportPlan,
    KnownBoards,
    Options,
    becomes,
    changes_between,
)
from trafficlight.actions.plausible import area_of, check, lost_zeros, restore, same_places, towns_apart
from trafficlight.actions.questions import (
    AREA,
    MISSING,
    NO_PHONE,
    OTHER_BOARD,
    OTHER_SITE,
    RENAME,
    SAME_PLACE,
    SHEETS,
    SKIP,
    STOP,
    TOWN,
    ListQuestion,
    asked,
)
from trafficlight.actions.sheet import Sheet, only_sheet, sheets_alike, without_column
from trafficlight.actions.values import plain
from trafficlight.domain.board import Board, Site
from trafficlight.domain.ids import SYSTEM, check_slug
from trafficlight.domain.phone import area_code_of

_RUNNING: Final = re.compile(r"0*\d{1,4}")
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
        self.homes: dict[str, list[str]] = defaultdict(list)
        for slug, fold in known.boards.items():
            for site in fold.sites:
                self.homes[site].append(slug)
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
        drafts = draft_all(sheet, options.board, self._site)
        self._check_cells(drafts)
        self._identify(drafts)
        if options.skip_bad:
            for draft in drafts:
                draft.faults, draft.flaws = [*draft.faults, *draft.flaws], []
        for draft in drafts:
            if not draft.is_out:
                self._decide(draft)
        good = [draft for draft in drafts if not draft.is_out]
        boards = self._boards(good)
        missing = tuple(sorted(set(self._sites(options.board)) - {draft.id for draft in drafts}))
        self._ask_of_all(sheet, missing, drafts)
        self._notice_cells(drafts)
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
            new_boards=frozenset(slug for slug in boards if self._board(slug) is None),
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

    # --- the list as a whole --------------------------------------------------------------------------------

    def _ask(self, asks: str, draft: SiteDraft | None = None, **params: Any) -> str:
        """Ask of a row, or of the list; the answer, or empty where there is none yet."""
        place = (draft.line, draft.row.sheet) if draft else (0, "")
        question = asked(asks, self.options.answers, place, **params)
        self.questions.append(question)
        if draft and not question.answer:
            draft.is_asked = True
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
        there = self._sites(self.options.board)
        if len(there) >= _FEWEST_TO_MISS and 2 * len(missing) > len(there):
            self._ask(MISSING, missing=len(missing), sites=len(there))
        first = not any(self._sites(draft.board) for draft in drafts)
        if first and drafts and "phone" not in sheet.headers:
            if sheet.unknown:
                self._ask(NO_PHONE, columns="、".join(sheet.unknown)[:80])
            else:
                self._warn_once(Fault(0, "", "no_phone_column"))

    def _check_cells(self, drafts: Sequence[SiteDraft]) -> None:
        """Whether what was read can be; see `plausible`."""
        area = area_of(drafts, self._board(self.options.board))
        sure, unsure = lost_zeros(drafts, area)
        if unsure:
            old = unsure[0].draft.values["phone"][unsure[0].at].number
            if self._ask(AREA, numbers=len(unsure), old=old, new=unsure[0].number) == "add":
                sure += unsure
        self.warnings += restore(sure)
        self.warnings += check(drafts, area, with_names=self.options.with_names)

    def _notice_cells(self, drafts: Sequence[SiteDraft]) -> None:
        """What is true of many cells is said once for each column."""
        blank: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for draft in drafts:
            for column in draft.blanks:
                blank[draft.row.sheet, column, draft.row.headers[column]].append(draft.line)
        for (sheet, column, header), lines in blank.items():
            self.warnings.append(
                Fault(
                    0,
                    column,
                    "none_written",
                    {"rows": runs(lines), "many": len(lines), "header": header},
                    header,
                    sheet,
                )
            )

    # --- who is who -----------------------------------------------------------------------------------------

    def _identify(self, drafts: Sequence[SiteDraft]) -> None:
        """Give every draft that can be imported its id, and a fault or a question to what is not its own."""
        slug = self.options.board
        for draft in drafts:
            if draft.id and draft.board and not draft.faults:
                self._compare(draft)
        if slug:  # without it every row names its id
            match([draft for draft in drafts if draft.board == slug], self._sites(slug), self._board(slug))
        for draft in drafts:
            if draft.renamed:
                self._ask_rename(draft)
            if draft.id and draft.board:
                self._check_owner(draft)
        self._ask_same_places(drafts)
        self._ask_towns(drafts)
        nameless = [draft for draft in drafts if draft.board and not draft.id and not draft.faults]
        number(nameless, self._is_used, {draft.id for draft in drafts})

    def _compare(self, draft: SiteDraft) -> None:
        """Hold a row's id against its name, phone and address: one of them alone decides nothing."""
        before = self._site(draft.id, draft.board)
        if before is None or plain(before.name) == plain(draft.name):
            return
        name, town = plain(draft.name), plain(draft.texts.get("town", ""))
        others = [
            site.id
            for site in self._sites(draft.board).values()
            if site.id != draft.id and plain(site.name) == name and (not town or plain(site.town) == town)
        ]
        if not others and not differs_in_all(draft, before):
            return
        answer = self._ask(
            OTHER_SITE,
            draft,
            only=("name", "id", "new") if len(others) == 1 else ("id", "new"),
            site=draft.id,
            old=f"{before.name} {write_cell('phone', before)}".strip(),
            new=f"{draft.name} {draft.texts.get('phone', '')}".strip(),
        )
        if answer in {"name", "new"}:
            draft.id = others[0] if answer == "name" else ""

    def _ask_rename(self, draft: SiteDraft) -> None:
        old = self._sites(draft.board)[draft.id].name
        place = (draft.line, draft.row.sheet)
        question = asked(RENAME, self.options.answers, place, old=old, new=draft.name, site=draft.id)
        if self.options.accept_renames and not question.answer:
            question = msgspec.structs.replace(question, answer="same")
        self.questions.append(question)
        if question.answer == "new":
            draft.id, draft.renamed = "", False
        draft.is_asked |= not question.answer

    def _ask_same_places(self, drafts: Sequence[SiteDraft]) -> None:
        for draft, same in same_places(drafts):
            phone = draft.texts["phone"]
            answer = self._ask(SAME_PLACE, draft, old=same.name, new=draft.name, row=same.line, phone=phone)
            if answer == SKIP:
                draft.fault("same_place", "name", row=same.line)

    def _ask_towns(self, drafts: Sequence[SiteDraft]) -> None:
        known = {site.town for site in self._sites(self.options.board).values()}
        for draft, other in towns_apart(drafts, known):
            before = self._site(draft.id, draft.board) if draft.id else None
            town = draft.texts["town"]
            if before and before.town == town:
                continue
            if self._ask(TOWN, draft, name=draft.name, town=town, other=other) == "name":
                draft.texts, draft.values = {**draft.texts, "town": other}, {**draft.values, "town": other}

    def _owner(self, site: str) -> str | None:
        return self.known.system.directory.get(site) or self._home(site)

    def _check_owner(self, draft: SiteDraft) -> None:
        owner = self._owner(draft.id)
        if owner in {None, draft.board} or self.options.move or draft.is_out:
            return
        numbered = ("new",) if self.options.board else ()
        answer = self._ask(
            OTHER_BOARD, draft, only=("move", *numbered, SKIP), text=draft.id, board=owner, new=draft.name
        )
        if answer == "new":
            draft.id = ""
        elif answer == SKIP:
            draft.fault("belongs_to_board", "id", text=draft.id, board=owner)

    def _is_used(self, site: str) -> bool:
        return site in self.homes or (site in self.known.system.directory and site not in self.options.unused)

    # --- what changes ---------------------------------------------------------------------------------------

    def _decide(self, draft: SiteDraft) -> None:
        """Take the row into the plan, unless it turns out to be wrong together with what is known."""
        home = self._home(draft.id, draft.board)
        before = self._site(draft.id, draft.board)
        after = whole_place(draft, before, site_of(draft, before))
        if guesses_crs(draft, before, after):
            self._warn_once(Fault(0, "", "crs_assumed"))
        if self.known.system.directory.get(draft.id) != draft.board:
            self.places[draft.id] = draft.board
        for other in self.homes.get(draft.id, ()):
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
