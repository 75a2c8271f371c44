"""The loop: looks at every board with a robot, and rings once for each reporting time."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import structlog

from trafficlight.domain.event import Chased
from trafficlight.ledger.base import Key, LedgerUnavailable
from trafficlight.ledger.current import FOLLOWED_WITHIN
from trafficlight.web.chase.calling import Ring, ring_of, url_of
from trafficlight.web.chase.robots import body_of
from trafficlight.web.chase.sending import PAUSES, SENT, send

if TYPE_CHECKING:
    from trafficlight.web.node import Node

EVERY: Final = 30.0
"""Seconds between looks: the grace is twenty times as long."""
BY: Final = "chase"

log = structlog.get_logger("chase")


async def keep_ringing(node: "Node") -> None:
    """Until it is cancelled; a fault is told and rings nowhere else."""
    while True:
        await asyncio.sleep(EVERY)
        try:
            await ring_all(node)
        except LedgerUnavailable as error:
            log.warning("ledger_unavailable", reason=str(error))
        except Exception as error:
            log.error("chase_died", exc_info=error)  # noqa: TRY400 - as everywhere, the fault without its text


async def ring_all(node: "Node", pauses: Sequence[float] = PAUSES) -> None:
    """Ring for each board that has somebody to chase; a slow robot holds up no other."""
    wanted = []
    for slug, fold in list(node.current.boards.items()):
        url = url_of(node.current.system, slug)
        ring = ring_of(fold, node.clock()) if url else None
        if ring is not None:
            wanted.append(_ring(node, ring, url, pauses))
    for outcome in await asyncio.gather(*wanted, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _ring(node: "Node", ring: Ring, url: str, pauses: Sequence[float]) -> None:
    """Said in the ledger first, so that neither a restart nor another node rings again; then how it went."""
    slug, due = ring.board.slug, ring.due
    begun = Chased(by=BY, due=due, missing=len(ring.missing))
    key = Key(name=f"{BY}\n{slug}\n{due.isoformat()}", body=due.isoformat().encode())
    appended = await node.ledger.append(slug, [begun], key)
    await node.current.reached(slug, appended.positions[-1], FOLLOWED_WITHIN)
    if appended.replayed:
        return
    outcome = await send(url, body_of(ring, url), private=node.settings.private_webhooks, pauses=pauses)
    if outcome != SENT:
        log.warning("chase_failed", board=slug, reason=outcome)
    told = Chased(by=BY, due=due, missing=len(ring.missing), outcome=outcome)
    appended = await node.ledger.append(slug, [told])
    await node.current.reached(slug, appended.positions[-1], FOLLOWED_WITHIN)
