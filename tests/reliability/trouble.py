"""A ledger that cannot be written for a while, under clients that post, whatever the trouble is.

While it lasts: posts are answered within 3 s with 503, `Retry-After` and a problem with a code, or not
taken at all; nothing is acknowledged that is not kept; pages and `/ready` answer 200 at once;
`/ready/posts` does not. When it is over, posts are taken again by themselves within seconds.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.reliability.judging import judge_ledger
from tests.reliability.killing import told
from tests.reliability.posters import Answer, Posters
from tests.reliability.proof import Findings, span
from tests.reliability.town import BOARDS, Town
from tests.running import NotRunning, Server, get

BEGINS_WITHIN = 20.0
"""Seconds until posts are refused: what was set aside on the disk is used up first."""
LASTS = 4.0
OVER_WITHIN = 10.0
REFUSED_WITHIN = 3.3
"""Seconds: 3 are promised; the rest is this busy client's own."""
PAGE_WITHIN = 1.0
CLIENTS = 16


async def through(
    town: Town,
    server: Server,
    trouble: Callable[[], AbstractContextManager[None]],
    found: Findings,
    *,
    times: int = 2,
    restart: bool = False,
) -> None:
    """Let the trouble come and go under load, and judge. `restart`: once also `kill -9` within it."""
    recovered: list[float] = []
    pages: list[float] = []
    try:
        await asyncio.to_thread(server.begin)
        async with Posters(server.port, town, clients=CLIENTS) as posters:
            await asyncio.sleep(1.0)
            for number in range(times):
                with trouble():
                    await _refused(server, posters, found)
                    pages += await _watch(server, posters, found)
                    if restart and number == 0:
                        pages += await _restarted(server, posters, found)
                recovered.append(await _recovered(server, posters, found))
            await posters.finish()
            await asyncio.to_thread(server.stop, 10.0)
        found.figures |= {
            "troubles": str(times),
            "acknowledged": f"{len(posters.acknowledged):,}",
            "answers": told(posters),
            "slowest answer": f"{posters.slowest:.2f} s",
            "a page meanwhile": span(pages),
            "taken again after": span(recovered),
        }
        for answer in posters.refusals:
            _judge_refusal(answer, found)
        await judge_ledger(town, found, posters)
    finally:
        server.kill()


async def _refused(server: Server, posters: Posters, found: Findings) -> None:
    """Return once posts are refused."""
    began, before = time.monotonic(), posters.counts["answers 503"]
    while posters.counts["answers 503"] == before:
        if time.monotonic() - began > BEGINS_WITHIN:
            found.expect(False, f"posts are still taken after {BEGINS_WITHIN:.0f} s of trouble")
            return
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)


async def _watch(server: Server, posters: Posters, found: Findings, *, freed: bool = False) -> list[float]:
    """Look on for a while; the seconds that each page took.

    `freed`: a start gives room on a full disk back, as it writes the ledger's log into the ledger. Some
    reports fit then; that those are on disk is judged at the end, like all others.
    """
    took: list[float] = []
    began, before, ready = time.monotonic(), len(posters.acknowledged), set()
    while time.monotonic() - began < LASTS:
        asked = time.monotonic()
        found.expect(await _status(server.port, f"/{BOARDS[0]}/") == 200, "a page was not served meanwhile")
        took.append(time.monotonic() - asked)
        found.expect(await _status(server.ops, "/ready") == 200, "/ready was not 200 meanwhile")
        ready.add(await _status(server.ops, "/ready/posts"))
        await asyncio.sleep(0.1)
    refused = ready == {503} or (freed and 503 in ready)
    found.expect(refused, f"/ready/posts answered {sorted(ready)} while posts were refused")
    found.expect(max(took) < PAGE_WITHIN, f"a page took {max(took):.1f} s meanwhile")
    found.expect(
        freed or len(posters.acknowledged) == before,
        "reports were acknowledged while nothing could be written",
    )
    return took


async def _restarted(server: Server, posters: Posters, found: Findings) -> list[float]:
    """`kill -9` within the trouble: it comes up nevertheless, and serves pages."""
    server.kill()
    try:
        await asyncio.to_thread(server.begin)
    except NotRunning as down:
        found.expect(False, f"it does not start meanwhile: {str(down)[-300:]}")
        return []
    return await _watch(server, posters, found, freed=True)


async def _recovered(server: Server, posters: Posters, found: Findings) -> float:
    """Return once a report is taken again; the seconds that this took."""
    began, before = time.monotonic(), len(posters.acknowledged)
    if server.ended() is not None:
        await asyncio.to_thread(server.begin)
    while len(posters.acknowledged) == before:
        if time.monotonic() - began > OVER_WITHIN:
            found.expect(False, f"no report is taken {OVER_WITHIN:.0f} s after the trouble was over")
            break
        await asyncio.sleep(0.02)
    took = time.monotonic() - began
    found.expect(await _status(server.ops, "/ready/posts") == 200, "/ready/posts is not 200 afterwards")
    await asyncio.sleep(0.5)
    return took


async def _status(port: int, path: str) -> int:
    try:
        return (await asyncio.to_thread(get, port, path))[0]
    except OSError:
        return 0


def _judge_refusal(answer: Answer, found: Findings) -> None:
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    found.expect(answer.status == 503, f"refused with {answer.status} {answer.body}")
    found.expect(answer.headers.get("Retry-After", "").isdigit(), "a refusal without Retry-After")
    found.expect(media == "application/problem+json", f"a refusal as {media}")
    found.expect(answer.body.get("code"), "a refusal without a code")
    found.expect(answer.seconds < REFUSED_WITHIN, f"refused only after {answer.seconds:.1f} s")
