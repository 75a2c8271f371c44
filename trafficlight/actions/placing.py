"""An import into the ledger, in such an order that running it again finishes what was interrupted; and back.

Taking an import back puts again what stood before, but for what somebody touched since.
"""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

import msgspec
from msgspec.structs import replace

from trafficlight.actions.boards import made
from trafficlight.actions.changing import append_beside
from trafficlight.actions.importing import plan_import
from trafficlight.actions.plan import ImportPlan, KnownBoards, Options
from trafficlight.actions.reporting import ID_BYTES
from trafficlight.actions.sheet import Sheet
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import (
    BoardPut,
    ColumnsMapped,
    Event,
    Reported,
    RuleSet,
    SitePlaced,
    SitePut,
    SiteRemoved,
    SitesImported,
)
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.judge import today_at
from trafficlight.domain.record import Record
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold, Imported, tally_of
from trafficlight.domain.tally import cross_ends
from trafficlight.ledger.base import Ledger

CHANGED_SINCE: Final = "changed_since"
"""Somebody put other settings, or removed it."""
USED_SINCE: Final = "used_since"
"""It came with the import and has reported: it would vanish from the page with its light."""


AT_ONCE: Final = 500
"""Events of one append: 200 KB and 30 ms of the ledger's time, so that reports need not wait."""
_IMPORT_BYTES: Final = 6


async def planned(
    ledger: Ledger, known: KnownBoards, sheet: Sheet, options: Options | None = None
) -> ImportPlan:
    """What importing the list would do, worked out in a thread of its own; refuses as `plan_import` does."""
    unused = await _unused_claims(ledger, known)
    whole = replace(options or Options(), unused=unused)
    return await asyncio.to_thread(plan_import, sheet, known, whole)


async def _unused_claims(ledger: Ledger, known: KnownBoards) -> frozenset[str]:
    """Ids that the directory holds and that no board ever had: what an interrupted import left behind."""
    claimed: dict[str, set[str]] = defaultdict(set)
    for site, slug in known.system.directory.items():
        fold = known.boards.get(slug)
        if fold is None or (site not in fold.sites and site not in fold.gone):
            claimed[slug].add(site)
    for slug, sites in claimed.items():
        for record in await ledger.read(slug):
            if isinstance(record.event, SitePut):
                sites.discard(record.event.site.id)
    return frozenset[str]().union(*claimed.values())


async def carry_out(
    ledger: Ledger,
    plan: ImportPlan,
    *,
    by: str,
    on_step: Callable[[int], None] = lambda _events: None,
    file: str = "",
) -> None:
    """Append what was planned; everything is on disk when this returns. `on_step` hears of events appended.

    Where a `file` is named, each board remembers the import, so that it can be taken back.

    The directory comes first, so that no id is ever on two boards; then each board with its sites; what moved
    says there again what stands today, and leaves its old board last. `Refused("overtaken")` where
    somebody else changed the same since it was planned: what is appended stays, and running the import again
    does the rest.
    """

    async def append(board: str, events: Sequence[Event], clashes: Callable[[Event], bool]) -> None:
        position = plan.positions.get(board, 0)
        start = 0
        while start < len(events):
            end = start + AT_ONCE
            while end < len(events) and isinstance(events[end], Reported):
                end += 1  # with its site or not at all: whoever finishes the import must not say it twice
            part = events[start:end]
            position = await append_beside(ledger, board, part, position, clashes)
            on_step(sum(not isinstance(event, Reported | RuleSet | SitesImported) for event in part))
            start = end

    places = [SitePlaced(by=by, site=site, board=board) for site, board in plan.places.items()]
    await append(SYSTEM, places, lambda event: isinstance(event, SitePlaced) and event.site in plan.places)
    # Only now: to whom the directory is known, nothing more is reported to the old boards.
    standing = await _standing(ledger, plan, by)
    for slug in sorted({*plan.boards, *plan.sites}):
        events = _board_events(plan, slug, by)
        sites = plan.sites.get(slug, ())
        for site in sites:
            events.append(SitePut(by=by, site=site))
            if site.id in standing:
                events.append(standing[site.id])
        ids = frozenset(site.id for site in sites)
        if file and sites:
            events.append(_remembered(plan, slug, by, file))
        await append(slug, events, changing(ids, board=slug in plan.boards))
    for slug, removals in plan.removals.items():
        gone = [SiteRemoved(by=by, site=site, moved_to=board) for site, board in removals.items()]
        await append(slug, gone, changing(frozenset(removals), board=False))


async def remember_columns(
    ledger: Ledger, fold: BoardFold | None, columns: Mapping[str, str], *, by: str, of: str = ""
) -> None:
    """What somebody said of the columns of the board's list (`of` its sort) holds for its next one."""
    known = fold.columns.get(of, {}) if fold else {}
    after = {**known, **columns}
    if after != known and fold is not None:
        await ledger.append(fold.slug, [ColumnsMapped(by=by, columns=after, of=of)])


def _board_events(plan: ImportPlan, slug: str, by: str) -> list[Event]:
    """What makes or changes the board itself; nothing where it stays as it is."""
    if slug in plan.new_boards:
        return [replace(event, by=by) for event in made(plan.boards[slug])]
    return [BoardPut(by=by, board=plan.boards[slug])] if slug in plan.boards else []


def _remembered(plan: ImportPlan, slug: str, by: str, file: str) -> SitesImported:
    """What went into the board. It stands after the sites, for it is true only then."""
    return SitesImported(
        by=by,
        id=new_import_id(),
        file=file,
        since=plan.positions.get(slug, 0),
        added=tuple(change.site for change in (*plan.added, *plan.moved) if change.board == slug),
        changed=tuple(change.site for change in plan.changed if change.board == slug),
    )


def new_import_id() -> str:
    """Tells one import from another; no secret."""
    return secrets.token_hex(_IMPORT_BYTES)


async def _standing(ledger: Ledger, plan: ImportPlan, by: str) -> Mapping[str, Reported]:
    """By site that moves: what its old board says of it today, to be said again on the new one."""
    folds: dict[str, BoardFold | None] = {}
    standing = {}
    for change in plan.moved:
        home = change.fields[0].old
        if home not in folds:
            folds[home] = fold_all(home, await ledger.read(home))
        report = report_of_today(folds[home], change.site, plan.settings[change.board], by, datetime.now(UTC))
        if report is not None:
            standing[change.site] = report
    return standing


def report_of_today(
    old: BoardFold | None, site: str, board: Board, by: str, now: datetime
) -> Reported | None:
    """A closure that stands, and today's figures while they are believed; `None` where there is neither."""
    state = old.sites.get(site) if old is not None else None
    if old is None or state is None:
        return None
    at = max(now, old.at)
    day = today_at(board, at).day
    tally = tally_of(state, day) if today_at(old.board, at).day == day else None
    if tally and (tally.at is None or tally.at + timedelta(hours=old.board.valid_hours) <= at):
        tally = None  # said again it would be news
    cross = state.cross if state.cross and at < cross_ends(state.cross, old.board) else None
    if cross is None and tally is None:
        return None
    return Reported(
        by=by,
        id=secrets.token_hex(ID_BYTES),
        site=site,
        service_day=day,
        patients=tally.patients if tally else None,
        capacity_today=tally.capacity_today if tally else None,
        staff_infected=True if cross and not cross.paused else None,
        paused=cross.paused if cross and cross.paused else None,
        expected_reopen=cross.reopen if cross and cross.reopen and cross.reopen > day else None,
    )


def changing(sites: frozenset[str], *, board: bool) -> Callable[[Event], bool]:
    """Whether an event is about what is being put: the sites, or the board's own settings."""

    def clashes(event: Event) -> bool:
        match event:
            case BoardPut():
                return board
            case SitePut():
                return event.site.id in sites
            case SiteRemoved():
                return event.site in sites
        return False

    return clashes


# --- taken back -------------------------------------------------------------------------------------------


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What taking an import back does, site by site, in the order of the import."""

    of: Imported
    restored: tuple[Site, ...]
    """The settings that are put again."""
    removed: tuple[str, ...]
    """Sites that leave the board again."""
    unchanged: tuple[tuple[str, str], ...]
    """Sites that stay as they are, and why."""

    @property
    def size(self) -> int:
        return len(self.restored) + len(self.removed)


def plan_undo(fold: BoardFold, records: Iterable[Record], imported: Imported) -> Undo:
    """What to do, given the board's whole ledger up to the fold's position. Pure."""
    sites = (*imported.added, *imported.changed, *imported.removed)
    before, newer = _around(islice(records, fold.position), imported, frozenset(sites))
    restored: list[Site] = []
    removed: list[str] = []
    unchanged: list[tuple[str, str]] = []
    for name in sites:
        state, old = fold.sites.get(name), before.get(name)
        if name in newer:
            unchanged.append((name, CHANGED_SINCE))
        elif old is not None:
            restored.append(old)
        elif state is not None and state.touched.position > imported.mark.position:
            unchanged.append((name, USED_SINCE))
        elif state is not None:
            removed.append(name)
    return Undo(of=imported, restored=tuple(restored), removed=tuple(removed), unchanged=tuple(unchanged))


def _around(
    records: Iterable[Record], imported: Imported, sites: frozenset[str]
) -> tuple[dict[str, Site | None], set[str]]:
    """The settings that the sites had before the import, and those of them that were put or removed since."""
    before: dict[str, Site | None] = {}
    newer: set[str] = set()
    for record in records:
        match record.event:
            case SitePut(site=Site(id=name) as site):
                put: Site | None = site
            case SiteRemoved(site=name):
                put = None
            case _:
                continue
        if name in sites and record.position <= imported.since:
            before[name] = put
        elif name in sites and record.position > imported.mark.position:
            newer.add(name)
    return before, newer


async def carry_out_undo(ledger: Ledger, fold: BoardFold, undo: Undo, *, by: str) -> int:
    """Append it, beside others but not over them; the board's position then. It is an import of its own.

    Raises `Refused` with `overtaken` where one of the sites was touched since it was planned.
    """
    since = position = fold.position
    there = [site.id for site in undo.restored]
    events: list[Event] = [SitePut(by=by, site=site) for site in undo.restored]
    events += [SiteRemoved(by=by, site=site) for site in undo.removed]
    events.append(
        SitesImported(
            by=by,
            id=new_import_id(),
            file=undo.of.file,
            since=since,
            added=tuple(site for site in there if site not in fold.sites),
            changed=tuple(site for site in there if site in fold.sites),
            removed=undo.removed,
            undoes=undo.of.id,
        )
    )
    clashes = changing(frozenset((*there, *undo.removed)), board=False)
    for part in _parts(events):
        position = await append_beside(ledger, fold.slug, part, position, clashes)
    return position


def _parts(events: Sequence[Event]) -> Iterable[Sequence[Event]]:
    return (events[start : start + AT_ONCE] for start in range(0, len(events), AT_ONCE))
