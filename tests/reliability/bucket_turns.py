"""Two servers on one Redis and one bucket: the one that writes is killed, or put to sleep.

`turns`: the holder gets SIGKILL in the midst of writing a report's pages, the other one a report just after
it. Measured from the kill: until the other says that it is its turn, until the board's data and its page in
the bucket show the report, and until the other has held all that is there against what it publishes itself
(`trafficlight_target_unsure`). The killed one is started again and is the next to wait. At the end the bucket
is held against a fresh `publish` of the ledger.

`asleep`: what the holder asks of the store is held up on its way, and the holder gets SIGSTOP. The other
takes over and brings the bucket up to date; then what was held up is carried out, late, and the holder gets
SIGCONT. Measured: how many objects that overwrites, and from then on until all of them are right again.
Once with a store that keeps conditions (If-Match), once with one that ignores them.
"""

import asyncio
import http.client
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.publish.buckets import Bucket, Gate, store
from tests.publish.trees import tree
from tests.redis_server import ALWAYS, RedisServer
from tests.reliability.proof import Findings, say, span
from tests.reliability.town import BOARDS, Town, import_town
from tests.running import Server, command

TAKEN_OVER_WITHIN = 10.0
REPAIRED_WITHIN = 5.0
WATCHED = 8.0
"""Seconds after the awakening in which the bucket is looked at."""
SETTLED = 4.0
ASLEEP = 7.0
"""Seconds: longer than a turn."""
TURN = "trafficlight_target_turn"
UNSURE = "trafficlight_target_unsure"
_EDITION = re.compile("第([0-9]+)版")


class Pair:
    """Two servers that share ledger and bucket."""

    def __init__(self, town: Town, bucket: Bucket, gate: Gate, ledger: str, folder: Path) -> None:
        self.town = town
        self.bucket = bucket
        self.gate = gate
        self.ledger = ledger
        address = bucket.address(gate.port)
        self.servers = [Server(folder / f"node-{name}", address, ledger=ledger) for name in "ab"]
        self.chance = random.Random(4)

    async def start(self, server: Server) -> None:
        await asyncio.to_thread(server.begin)

    async def holder(self) -> tuple[Server, Server]:
        """Whose turn it is, and the other."""
        first, second = self.servers
        while True:
            for one, other in ((first, second), (second, first)):
                with suppress(OSError):  # it was killed
                    if await asyncio.to_thread(one.metric, TURN) == 1:
                        return one, other
            await asyncio.sleep(0.05)

    def report(self, server: Server) -> tuple[str, int]:
        """A report that was acknowledged: its board and position."""
        site = self.chance.choice(self.town.sites)
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        body = json.dumps({"patients": self.chance.randrange(80)})
        headers = {"Authorization": f"Bearer {self.town.token}", "Content-Type": "application/json"}
        line.request("POST", f"/api/v1/sites/{site}/reports", body, headers)
        answer = json.loads(line.getresponse().read())
        line.close()
        return site.rpartition("-")[0], answer["position"]

    async def shows(self, board: str, position: int) -> None:
        """Return once the bucket does."""
        while True:
            with suppress(AssertionError):  # not there yet
                told = await asyncio.to_thread(self.bucket.get, f"tree/{board}/board.json")
                if json.loads(told.plain)["position"] >= position:
                    return
            await asyncio.sleep(0.05)

    async def page_shows(self, board: str, position: int) -> None:
        """Return once the board's page does."""
        while True:
            with suppress(AssertionError):  # it comes after what it leads to
                page = await asyncio.to_thread(self.bucket.get, f"tree/{board}/index.html")
                edition = _EDITION.search(page.plain.decode())
                if edition and int(edition[1]) >= position:
                    return
            await asyncio.sleep(0.05)

    async def settled(self) -> dict[str, str]:
        """The bucket's objects by tag, once they have not changed for four seconds."""
        before, since = await asyncio.to_thread(self.bucket.tags), time.monotonic()
        while time.monotonic() - since < SETTLED:
            await asyncio.sleep(0.5)
            now = await asyncio.to_thread(self.bucket.tags)
            if now != before:
                before, since = now, time.monotonic()
        return before


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[Pair]:
    """Both are up, and one has written the bucket."""
    font, os.environ["TRAFFICLIGHT_FONT"] = os.environ.get("TRAFFICLIGHT_FONT"), "none"
    redis = RedisServer(*ALWAYS).start()
    ledger = f"redis://127.0.0.1:{redis.port}/0"
    await asyncio.to_thread(folder.mkdir)
    with store() as port:
        gate = Gate(port)
        town = await asyncio.to_thread(import_town, folder, folder / "data", ledger)
        two = Pair(town, Bucket(port, folder), gate, ledger, folder)
        try:
            for server in two.servers:
                await two.start(server)
            holder, _ = await two.holder()
            for _ in BOARDS:
                await two.shows(*await asyncio.to_thread(two.report, holder))
            yield two
        finally:
            for server in two.servers:
                server.kill()
            gate.close()
            redis.stop()
            os.environ.pop("TRAFFICLIGHT_FONT")
            os.environ.update({"TRAFFICLIGHT_FONT": font} if font is not None else {})


async def prove_turns(folder: Path, rounds: int, found: Findings) -> None:
    times = max(1, rounds // 2)
    taken: list[float] = []
    shown: list[float] = []
    whole: list[float] = []
    async with pair(folder / "turns") as two:
        for number in range(1, times + 1):
            holder, other = await two.holder()
            await asyncio.to_thread(two.report, other)
            await asyncio.sleep(two.chance.uniform(0.0, 0.3))
            holder.kill()
            killed = time.monotonic()
            board, position = await asyncio.to_thread(two.report, other)
            assert (await two.holder())[0] is other
            taken.append(time.monotonic() - killed)
            await two.shows(board, position)
            await two.page_shows(board, position)
            shown.append(time.monotonic() - killed)
            while await asyncio.to_thread(other.metric, UNSURE):  # noqa: ASYNC110 - nor does a server
                await asyncio.sleep(0.05)
            whole.append(time.monotonic() - killed)
            await two.start(holder)
            if number % 10 == 0:
                say(f"  {number} take-overs, {span(taken)}; shown {span(shown)}; whole {span(whole)}")
        await judge(two, folder / "fresh", found)
        files = len(await asyncio.to_thread(two.bucket.tags))
    found.expect(max(shown) < TAKEN_OVER_WITHIN, f"a report was shown after {max(shown):.1f} s")
    found.figures |= {
        "take-overs": str(times),
        "from the kill to the other's turn": span(taken),
        "to its report in the bucket, on the board's page and in its data": span(shown),
        "to everything made and compared": span(whole),
        "objects in the bucket, equal to a fresh publish": str(files),
    }


async def prove_asleep(folder: Path, rounds: int, found: Findings) -> None:
    times = max(1, rounds // 40)
    for name, deaf in (("keeping conditions", ()), ("ignoring conditions", ("if-match", "if-none-match"))):
        late: list[int] = []
        repaired: list[float] = []
        async with pair(folder / name.partition(" ")[0]) as two:
            two.gate.deaf_to = deaf
            for server in two.servers:  # each finds out at its start what the store keeps
                server.kill()
                await two.start(server)
            for number in range(times):
                overwritten, seconds = await _asleep(two)
                late.append(overwritten)
                repaired.append(seconds)
                say(f"  {name}: {overwritten} overwritten, right again after {seconds:.1f} s")
                await judge(two, folder / f"fresh-{len(deaf)}-{number}", found)
        found.expect(max(repaired) < REPAIRED_WITHIN, f"{name}: repaired only after {max(repaired):.1f} s")
        found.expect(deaf == () or sum(late) > 0, "nothing was overwritten: nothing was shown")
        found.figures |= {
            f"store {name}: times asleep": str(times),
            f"store {name}: objects overwritten by what was on its way": str(sum(late)),
            f"store {name}: right again after": span(repaired),
        }


async def _asleep(two: Pair) -> tuple[int, float]:
    """How many objects were overwritten by what was on its way, and after how long all were right again."""
    holder, other = await two.holder()
    held = two.gate.opened = threading.Event()
    wrote = len(two.gate.wrote())
    await asyncio.to_thread(two.report, holder)
    while len(two.gate.wrote()) == wrote:  # noqa: ASYNC110 - a gate announces nothing
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # for the others that are sent with it
    holder.signal(signal.SIGSTOP)
    two.gate.opened = threading.Event()
    two.gate.opened.set()
    await asyncio.sleep(ASLEEP)
    while await asyncio.to_thread(other.metric, TURN) != 1:  # noqa: ASYNC110 - nor does a server
        await asyncio.sleep(0.05)
    for _ in range(3):
        board, position = await asyncio.to_thread(two.report, other)
        await two.shows(board, position)
    await two.settled()
    held.set()
    holder.signal(signal.SIGCONT)
    awake = time.monotonic()
    looks: list[tuple[float, dict[str, str]]] = []
    while time.monotonic() - awake < WATCHED:
        looks.append((time.monotonic() - awake, _pages(await asyncio.to_thread(two.bucket.tags))))
        await asyncio.sleep(0.2)
    right = _pages(await two.settled())  # held against a fresh publish at the end
    wrong: set[str] = set()
    last = 0.0
    for when, seen in looks:
        differing = {key for key in right.keys() | seen.keys() if right.get(key) != seen.get(key)}
        wrong |= differing
        last = when if differing else last
    return len(wrong), last


def _pages(tags: dict[str, str]) -> dict[str, str]:
    return {key: tag for key, tag in tags.items() if "/.trafficlight/" not in key}


async def judge(two: Pair, fresh: Path, found: Findings) -> None:
    """The bucket's tree is the ledger's."""
    await two.settled()
    await asyncio.to_thread(command, "publish", "--ledger", two.ledger, "--to", fresh)
    plain = await asyncio.to_thread(tree, fresh)
    wanted = {path: body for path, body in plain.items() if not path.endswith((".gz", ".br"))}
    there = await asyncio.to_thread(two.bucket.tree)
    differing = sorted(path for path in wanted.keys() | there.keys() if wanted.get(path) != there.get(path))
    found.expect(not differing, f"the bucket differs from a fresh publish: {differing[:5]}")
