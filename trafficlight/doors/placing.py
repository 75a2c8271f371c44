"""What was planned into the ledger, in such an order that running it again finishes an interrupted import."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from trafficlight.domain.errors import Refused
from trafficlight.domain.event import BoardPut, Event, SitePlaced, SitePut, SiteRemoved
from trafficlight.domain.ids import SYSTEM
from trafficlight.doors.importing import Known, Plan
from trafficlight.ledger.base import Ledger, PositionMoved

AT_ONCE: Final = 500
"""Events of one append: 200 KB and 30 ms of the ledger's time, so that reports need not wait."""
_TRIES: Final = 50
"""Appends beside somebody else's before it is given up: each try takes a millisecond."""


async def unused_claims(ledger: Ledger, known: Known) -> frozenset[str]:
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
    ledger: Ledger, plan: Plan, *, by: str, on_step: Callable[[int], None] = lambda _events: None
) -> None:
    """Append what was planned; everything is on disk when this returns. `on_step` hears of events appended.

    The directory comes first, so that no id is ever on two boards; then each board with its sites; what moved
    leaves its old board last. `Refused("changed_meanwhile")` where somebody else changed the same since it
    was planned: what is appended stays, and running the import again does the rest.
    """

    async def append(board: str, events: Sequence[Event], clashes: Callable[[Event], bool]) -> None:
        position = plan.positions.get(board, 0)
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            position = await _append(ledger, board, part, position, clashes)
            on_step(len(part))

    places = [SitePlaced(by=by, site=site, board=board) for site, board in plan.places.items()]
    await append(SYSTEM, places, lambda event: isinstance(event, SitePlaced) and event.site in plan.places)
    for slug in sorted({*plan.boards, *plan.sites}):
        put = [BoardPut(by=by, board=plan.boards[slug])] if slug in plan.boards else []
        sites = plan.sites.get(slug, ())
        ids = frozenset(site.id for site in sites)
        await append(
            slug, [*put, *(SitePut(by=by, site=site) for site in sites)], _changing(ids, board=bool(put))
        )
    for slug, removals in plan.removals.items():
        gone = [SiteRemoved(by=by, site=site, moved_to=board) for site, board in removals.items()]
        await append(slug, gone, _changing(frozenset(removals), board=False))


def _changing(sites: frozenset[str], *, board: bool) -> Callable[[Event], bool]:
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


async def _append(
    ledger: Ledger, board: str, events: Sequence[Event], position: int, clashes: Callable[[Event], bool]
) -> int:
    """Append beside others' events, but not over them; the board's last position."""
    for _ in range(_TRIES):
        try:
            return (await ledger.append(board, events, expect=position)).positions[-1]
        except PositionMoved:
            records = await ledger.read(board, after=position)
            if any(clashes(record.event) for record in records):
                break
            position = records[-1].position if records else position
    raise Refused("changed_meanwhile", None, board=board)
