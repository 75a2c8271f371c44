"""Who is who: which site each row of a list is, and what is asked where the row contradicts itself.

A row's id is held against its name, phone and address, its name against its town, and each row against the
others of the list; nobody but a person decides between them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from trafficlight.actions.account import Fault, runs
from trafficlight.actions.drafts import SiteDraft
from trafficlight.actions.fields import write_cell
from trafficlight.actions.matching import differs_in_all, match, number, same_places, summary_of
from trafficlight.actions.plan import KnownSites, Options
from trafficlight.actions.plausible import towns_apart
from trafficlight.actions.questions import (
    MERGED,
    OTHER_BOARD,
    OTHER_SITE,
    RENAME,
    REPEATED_ID,
    SAME_NAME,
    SAME_PLACE,
    SKIP,
    TOWN,
    ListQuestion,
    asked,
)
from trafficlight.actions.values import plain

_LATER: Final = "last"
"""The answer by which a later row holds and the earlier one stays out."""


class Identifying:
    """One list against what there is. `areas`: by board, the area code that its numbers share.

    `sheets_open`: it is asked which of its sheets are the list, so it is not asked too of each row that
    stands in two of them.
    """

    def __init__(
        self, there: KnownSites, options: Options, areas: Mapping[str, str], *, sheets_open: bool = False
    ) -> None:
        self.there = there
        self.options = options
        self.areas = areas
        self.sheets_open = sheets_open
        self.questions: list[ListQuestion] = []
        self.warnings: list[Fault] = []

    def identify(self, drafts: Sequence[SiteDraft]) -> None:
        """Give every draft that can be imported its id, and a fault or a question to what is not its own."""
        slug = self.options.board
        self._ask_repeated(drafts)
        for draft in drafts:
            if draft.id and draft.board and not draft.faults:
                self._compare(draft)
        if slug:  # without it every row names its id
            mine = [draft for draft in drafts if draft.board == slug]
            match(mine, self.there.sites(slug), self.there.board(slug), self._ask)
        for draft in drafts:
            if draft.renamed:
                self._ask_rename(draft)
            if draft.id and draft.board:
                self._check_owner(draft)
        self._ask_merged(drafts)
        self._ask_same_places(drafts)
        self._ask_towns(drafts)
        nameless = [draft for draft in drafts if draft.board and not draft.id and not draft.faults]
        number(nameless, self._is_used, {draft.id for draft in drafts})

    def _ask(self, asks: str, draft: SiteDraft, **params: Any) -> str:
        """Ask of a row; the answer, or empty where there is none yet, or where the row stays out anyhow."""
        if draft.faults:
            return ""
        question = asked(asks, self.options.answers, (draft.line, draft.row.sheet), **params)
        if not (asks == SAME_NAME and self.sheets_open):
            self.questions.append(question)
        draft.is_asked |= not question.answer
        return question.answer

    def _ask_repeated(self, drafts: Sequence[SiteDraft]) -> None:
        """An id in several rows: which of them it is of."""
        holders: dict[str, SiteDraft] = {}
        for draft in drafts:
            first = holders.setdefault(draft.id, draft) if draft.id else draft
            if first is draft:
                continue
            answer = self._ask(
                REPEATED_ID,
                draft,
                only=("first", _LATER, *self._numbered()),
                text=draft.id,
                row=first.line,
                old=summary_of(first, draft),
                new=summary_of(draft, first),
            )
            if answer == "new":
                draft.id = ""
            elif answer == _LATER:
                first.fault("repeated_id", "id", text=draft.id, row=draft.line)
                holders[draft.id] = draft
            elif answer:
                draft.fault("repeated_id", "id", text=draft.id, row=first.line)

    def _numbered(self) -> tuple[str, ...]:
        """Whether a row may go without an id, to get the next number."""
        return ("new",) if self.options.board else ()

    def _compare(self, draft: SiteDraft) -> None:
        """Hold a row's id against its name, phone and address: one of them alone decides nothing."""
        before = self.there.site(draft.id, draft.board)
        if before is None or plain(before.name) == plain(draft.name):
            return
        name, town = plain(draft.name), plain(draft.texts.get("town", ""))
        others = [
            site.id
            for site in self.there.sites(draft.board).values()
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

    def _ask_merged(self, drafts: Sequence[SiteDraft]) -> None:
        """A row that names what became one with another site, by its id or by its name."""
        for draft in drafts:
            if draft.is_out or self._is_known(draft):
                continue
            into = self.there.merged.get(draft.id, "")
            into = into or self.there.merged_named(draft.board, draft.name, draft.texts.get("town", ""))
            other = self.there.sites(draft.board).get(into)
            if other is None:
                continue
            if self._ask(MERGED, draft, old=other.name, new=draft.name) == SKIP:
                draft.fault("merged_row", "name", old=other.name)

    def _ask_rename(self, draft: SiteDraft) -> None:
        old = self.there.sites(draft.board)[draft.id].name
        place = (draft.line, draft.row.sheet)
        question = asked(RENAME, self.options.answers, place, old=old, new=draft.name, site=draft.id)
        if self.options.accept_renames and not question.answer:
            question = msgspec.structs.replace(question, answer="same")
        self.questions.append(question)
        if question.answer == "new":
            draft.id, draft.renamed = "", False
        draft.is_asked |= not question.answer

    def _ask_same_places(self, drafts: Sequence[SiteDraft]) -> None:
        """One phone and address in two rows: asked, unless both are known, or the list numbers both."""
        numbered: Mapping[str, list[int]] = defaultdict(list)
        for draft, same in same_places(drafts, self.areas):
            if self._is_known(draft) and self._is_known(same):
                continue
            if draft.values.get("id") and same.values.get("id"):
                numbered[draft.row.sheet].append(draft.line)
                continue
            phone = draft.texts["phone"]
            old = summary_of(same, draft)
            answer = self._ask(SAME_PLACE, draft, old=old, new=draft.name, row=same.line, phone=phone)
            if answer == SKIP:
                draft.fault("same_place", "name", row=same.line)
        for sheet, lines in numbered.items():
            warning = Fault(
                0, "", "same_places", {"many": len(lines), "rows": runs(lines), "lines": tuple(lines)}
            )
            self.warnings.append(msgspec.structs.replace(warning, sheet=sheet))

    def _is_known(self, draft: SiteDraft) -> bool:
        return bool(draft.id) and self.there.site(draft.id, draft.board) is not None

    def _ask_towns(self, drafts: Sequence[SiteDraft]) -> None:
        known = {site.town for site in self.there.sites(self.options.board).values()}
        for draft, other in towns_apart(drafts, known):
            before = self.there.site(draft.id, draft.board) if draft.id else None
            town = draft.texts["town"]
            if before and before.town == town:
                continue
            if self._ask(TOWN, draft, name=draft.name, town=town, other=other) == "name":
                draft.texts, draft.values = {**draft.texts, "town": other}, {**draft.values, "town": other}

    def _check_owner(self, draft: SiteDraft) -> None:
        owner = self._owner(draft.id)
        if owner in {None, draft.board} or self.options.move or draft.is_out:
            return
        only = ("move", *self._numbered(), SKIP)
        answer = self._ask(OTHER_BOARD, draft, only=only, text=draft.id, board=owner, new=draft.name)
        if answer == "new":
            draft.id = ""
        elif answer == SKIP:
            draft.fault("belongs_to_board", "id", text=draft.id, board=owner)

    def _owner(self, site: str) -> str | None:
        return self.there.directory.get(site) or self.there.home(site)

    def _is_used(self, site: str) -> bool:
        return site in self.there.homes or (site in self.there.directory and site not in self.options.unused)
