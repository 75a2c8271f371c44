"""Events → state.

The fold runs in ledger order and is total: an event that makes no sense where it stands changes nothing and
is counted in `ignored`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from sys import intern
from typing import Any, Final

import msgspec

from trafficlight.domain import event as e
from trafficlight.domain.board import Board, check_board, check_guide, check_teams
from trafficlight.domain.errors import Refused
from trafficlight.domain.fold_reports import carried, cross_confirmed, reported, withdrawn
from trafficlight.domain.judge import today_at
from trafficlight.domain.mismatch import mismatch_reported
from trafficlight.domain.record import Record
from trafficlight.domain.state import (
    GONE_RETENTION,
    MOST_ASKED_BACK,
    MOST_IMPORTS,
    MOST_MAPPED,
    BoardFold,
    ChaseMessage,
    Gone,
    ImplausibleCount,
    Imported,
    Mark,
    Notice,
    Override,
    Pushed,
    RuleVersion,
    SiteState,
)
from trafficlight.domain.tally import rejudge

LINK: Final = "link:"
"""Before a posting link's id, where an event says who."""
_OUTCOMES: Final = frozenset({"begun", "added", "updated", "published", "failed"})
_LAST_YEAR: Final = 9000
"""An end beyond this year is a slip, and too near the last date that there is to be shown on a wall clock."""


def begin(slug: str, record: Record, ignored: int) -> BoardFold | None:
    """The board as its first `board_put` makes it, after so many events that were ignored.

    None where the record is another event, or has settings that cannot be: everything before it is ignored.
    """
    if not isinstance(record.event, e.BoardPut) or not _can_be(slug, record.event.board):
        return None
    mark = Mark(position=record.position, at=record.at)
    return BoardFold(
        slug=slug,
        board=record.event.board,
        position=mark.position,
        at=mark.at,
        edition_mark=mark,
        header=mark,
        shape=mark,
        ignored=ignored,
    )


def apply(fold: BoardFold, record: Record) -> None:
    """Take the next record of the board into its state."""
    mark = Mark(position=record.position, at=record.at)
    fold.position, fold.at = record.position, record.at
    kind = type(record.event)
    step = _STEPS.get(kind)
    if step is None or not step(fold, record.event, mark):
        fold.ignored += 1
    elif kind not in _QUIET:
        fold.edition_mark = mark


# --- the board ----------------------------------------------------------------------------------------------


def _board_put(fold: BoardFold, event: e.BoardPut, mark: Mark) -> bool:
    if not _can_be(fold.slug, event.board):
        return False
    fold.board = event.board
    fold.header = mark
    _rejudge(fold, fold.sites.values(), mark)
    return True


def _can_be(slug: str, board: Board) -> bool:
    """Whether these are settings of the ledger's board, by which days can be counted."""
    try:
        check_board(board)
    except Refused:
        return False
    return board.slug == slug


def _rule_set(fold: BoardFold, event: e.RuleSet, mark: Mark) -> bool:
    raw = b"" if event.rule is None else msgspec.json.encode(event.rule, order="deterministic")
    state = fold.sites.get(event.site)
    if event.site and state is None:
        return False
    versions = state.rules if state else fold.rules
    versions.append(RuleVersion(version=len(versions) + 1, since=mark.at, raw=raw))
    if versions[-1].rule() is None:
        fold.unreadable.add(event.site)
    else:
        fold.unreadable.discard(event.site)
    if state:
        state.touched = mark
        _rejudge(fold, [state], mark)
    else:
        fold.header = mark
        _rejudge(fold, fold.sites.values(), mark)
    return True


def _notice_posted(fold: BoardFold, event: e.NoticePosted, mark: Mark) -> bool:
    if event.text:
        if event.until is not None and not _is_ahead(event.until, mark.at):
            return False
    elif event.notice not in fold.notices:
        return False
    fold.notices.pop(event.notice, None)
    if event.text:
        fold.notices[event.notice] = Notice(text=event.text, until=event.until, mark=mark)
    fold.header = mark
    return True


def _teams_set(fold: BoardFold, event: e.TeamsSet, mark: Mark) -> bool:
    try:
        check_teams(event.teams)
    except Refused:
        return False
    fold.teams, fold.teams_at = event.teams, mark.at
    fold.header = mark
    return True


def _columns_mapped(fold: BoardFold, event: e.ColumnsMapped, _mark: Mark) -> bool:
    if len(event.columns) > MOST_MAPPED:
        return False
    if event.of not in {"", "teams", "counts"}:
        return False
    fold.columns[event.of] = event.columns
    return True


def _guide_set(fold: BoardFold, event: e.GuideSet, mark: Mark) -> bool:
    try:
        check_guide(event.text)
    except Refused:
        return False
    fold.guide, fold.guide_at = event.text, mark.at
    fold.header = mark
    return True


def _reported(fold: BoardFold, event: e.Reported, mark: Mark) -> bool:
    accepted = reported(fold, event, mark)
    if accepted and event.by.startswith(LINK):
        fold.used[intern(event.by)] = mark.at
    return accepted


def _chased(fold: BoardFold, event: e.Chased, mark: Mark) -> bool:
    if event.due.tzinfo is None or (fold.chased is not None and event.due < fold.chased.due):
        return False
    fold.chased = ChaseMessage(due=event.due, at=mark.at, missing=event.missing, outcome=event.outcome)
    return True


def _asked_back(fold: BoardFold, event: e.AskedBack, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None:
        return False
    asked = ImplausibleCount(
        position=mark.position,
        at=mark.at,
        day=event.service_day,
        patients=event.patients,
        usual=event.usual,
    )
    state.asked_back = (*state.asked_back, asked)[-MOST_ASKED_BACK:]
    fold.asked_back += 1
    return True


# --- its sites ----------------------------------------------------------------------------------------------


def _site_put(fold: BoardFold, event: e.SitePut, mark: Mark) -> bool:
    state = fold.sites.get(event.site.id)
    fold.shape = mark
    fold.gone.pop(event.site.id, None)
    fold.merged.pop(event.site.id, None)
    if state is None:
        fold.sites[event.site.id] = SiteState(
            site=event.site, touched=mark, light_changed=mark, listed=mark.at, rota_at=mark.at
        )
        return True
    if state.site.rota != event.site.rota:
        state.rota_at = mark.at
    state.site = event.site
    state.touched = mark
    _rejudge(fold, [state], mark)
    return True


def _site_removed(fold: BoardFold, event: e.SiteRemoved, mark: Mark) -> bool:
    state = fold.sites.pop(event.site, None)
    if state is None:
        return False
    fold.unreadable.discard(event.site)
    fold.shape = mark
    into = event.merged_into if event.merged_into != event.site else ""
    fold.gone[event.site] = Gone(site=state.site, mark=mark, moved_to=event.moved_to, merged_into=into)
    if into:
        fold.merged = {one: into if to == event.site else to for one, to in fold.merged.items()}
        fold.merged.pop(into, None)
        fold.merged[event.site] = into
    for old in [site for site, gone in fold.gone.items() if gone.mark.at + GONE_RETENTION <= mark.at]:
        del fold.gone[old]
    return True


def _site_merged(fold: BoardFold, event: e.SiteMerged, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None:
        return False
    carried(state, event.days, today_at(fold.board, mark.at).day)
    state.touched = state.light_changed = mark
    fold.header = mark  # what the board says of its last days may change on every page
    return True


def _sites_imported(fold: BoardFold, event: e.SitesImported, mark: Mark) -> bool:
    known = {one.id for one in fold.imports}
    if not event.id or event.id in known or not 0 <= event.since < mark.position:
        return False
    imported = Imported(
        id=event.id,
        mark=mark,
        since=event.since,
        by=event.by,
        file=event.file,
        added=event.added,
        changed=event.changed,
        removed=event.removed,
        undoes=event.undoes,
    )
    fold.imports = [*fold.imports, imported][-MOST_IMPORTS:]
    return True


def _article_pushed(fold: BoardFold, event: e.ArticlePushed, mark: Mark) -> bool:
    if event.outcome not in _OUTCOMES:
        return False
    fold.pushed = Pushed(
        mark=mark,
        by=event.by,
        outcome=event.outcome,
        day=event.day,
        drafts=(event.draft, *event.more),
        parts=event.parts,
        cover=event.cover,
        cover_digest=event.cover_digest,
        url=event.url,
        problem=event.problem,
        answer=event.said,
    )
    return True


def _overridden(fold: BoardFold, event: e.Overridden, mark: Mark) -> bool:
    state = fold.sites.get(event.site)
    if state is None:
        return False
    if event.light is None:
        if state.override is None:
            return False
        state.override = None
    elif event.until is None or not _is_ahead(event.until, mark.at):
        return False
    else:
        state.override = Override(
            position=mark.position, light=event.light, reason=event.reason, until=event.until, by=event.by
        )
    state.override_over = False
    state.touched = state.light_changed = mark
    return True


def _is_ahead(until: datetime, at: datetime) -> bool:
    """Whether an end is an instant that is still to come."""
    return until.tzinfo is not None and at < until and until.year < _LAST_YEAR


def _rejudge(fold: BoardFold, states: Iterable[SiteState], mark: Mark) -> None:
    """Settings changed: today's figures get the light that now follows; days gone by keep theirs."""
    day = today_at(fold.board, mark.at).day
    for state in states:
        state.light_changed = mark
        rejudge(fold, state, day, mark.at)


_STEPS: dict[type[e.Event], Callable[[BoardFold, Any, Mark], bool]] = {
    e.BoardPut: _board_put,
    e.RuleSet: _rule_set,
    e.NoticePosted: _notice_posted,
    e.TeamsSet: _teams_set,
    e.ColumnsMapped: _columns_mapped,
    e.GuideSet: _guide_set,
    e.AskedBack: _asked_back,
    e.Chased: _chased,
    e.MismatchReported: mismatch_reported,
    e.SitePut: _site_put,
    e.SiteRemoved: _site_removed,
    e.SiteMerged: _site_merged,
    e.SitesImported: _sites_imported,
    e.ArticlePushed: _article_pushed,
    e.Overridden: _overridden,
    e.CrossConfirmed: cross_confirmed,
    e.Reported: _reported,
    e.Withdrawn: withdrawn,
}
_QUIET: Final = frozenset(
    {e.AskedBack, e.Chased, e.MismatchReported, e.SitesImported, e.ColumnsMapped, e.ArticlePushed}
)
"""Known to the desk alone: not one byte of what others see changes with these."""
