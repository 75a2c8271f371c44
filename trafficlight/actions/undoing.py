"""Taking back a whole import: what stood before is put again, but for what somebody touched since."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import msgspec

from trafficlight.actions.changing import append_beside
from trafficlight.actions.placing import AT_ONCE, changing, new_import_id
from trafficlight.domain.board import Site
from trafficlight.domain.event import Event, SitePut, SiteRemoved, SitesImported
from trafficlight.domain.record import Record
from trafficlight.domain.state import BoardFold, Imported
from trafficlight.ledger.base import Ledger

CHANGED_SINCE: Final = "changed_since"
"""Somebody put other settings, or removed it."""
USED_SINCE: Final = "used_since"
"""It came with the import and has reported: it would vanish from the page with its light."""


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
