"""Clients that never let go of a report: the same key again and again until it is answered with 2xx."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp

from tests.reliability.town import Town

CLIENTS = 32
ANSWER_WITHIN = 5.0
"""Seconds after which an answer is given up on; 3 are promised."""
AGAIN_AFTER = 0.05
LOOK_BACK = 0.05
"""Of so many of the acknowledged reports the key is sent once more, or the board is looked at."""
_LETTERS = "abcdefghij"


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered with 2xx for a key."""

    site: str
    id: str
    position: int


@dataclass(slots=True)
class Report:
    """A report on its way. Its note names its key, so that it is known again in the ledger."""

    key: str
    site: str
    patients: int

    @property
    def note(self) -> str:
        return note_of(self.key)

    @property
    def body(self) -> dict[str, object]:
        return {"patients": self.patients, "note": self.note}


def note_of(key: str) -> str:
    """The key in letters: a note that looks like a phone number is refused."""
    return "".join(_LETTERS[int(char)] if char.isdigit() else char for char in key)


@dataclass(slots=True)
class Answer:
    """A status with what came along; 0 where the connection broke, -1 where no answer came in time."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0


class Posters:
    """Clients in this process. Everything that they were told is kept for judgement."""

    def __init__(
        self, port: int, town: Town, *, clients: int = CLIENTS, pause: float = 0.0, letter: str = "k"
    ) -> None:
        self.acknowledged: dict[str, Told] = {}
        self.unanswered: set[str] = set()
        """Keys sent at least once and not yet acknowledged."""
        self.contradictions: list[str] = []
        self.counts: Counter[str] = Counter()
        self.refusals: list[Answer] = []
        """Answers of 5xx, as they came."""
        self.slowest = 0.0
        """Seconds to the slowest answer."""
        self._url = f"http://127.0.0.1:{port}"
        self._town = town
        self._pause = pause
        self._letter = letter
        """Begins the keys: groups at several nodes of one ledger each have their own."""
        self._clients = clients
        self._chance = random.Random(clients)
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers = itertools.count()
        self._going = asyncio.Event()
        self._going.set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        )
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._clients)]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._session.close()

    def hold(self) -> None:
        """No new reports until `go_on`."""
        self._going.clear()

    def go_on(self) -> None:
        self._going.set()

    async def finish(self, within: float = 30.0) -> None:
        """No new reports; those on their way are sent until they are acknowledged, or the time is over."""
        self._stopping = True
        done, _ = await asyncio.wait(self._tasks, timeout=within)
        for task in done:
            await task

    async def repeat(self, count: int) -> int:
        """Send keys acknowledged before once more, chosen by chance, one after the other; how many."""
        keys = sorted(self.acknowledged)
        chosen = self._chance.sample(keys, min(count, len(keys)))
        for key in chosen:
            await self._again(key)
        return len(chosen)

    # --- one client ---

    async def _work(self) -> None:
        while not self._stopping:
            await self._going.wait()
            site = self._chance.choice(self._town.sites)
            key = f"{self._letter}{next(self._numbers)}"
            report = Report(key=key, site=site, patients=self._patients(key))
            self.unanswered.add(key)
            await self._until_acknowledged(report)
            if self._chance.random() < LOOK_BACK:
                await self._again(self._chance.choice(list(self.acknowledged)[-2000:]))
            if self._chance.random() < LOOK_BACK:
                await self._look(self.acknowledged[key])
            if self._pause:
                await asyncio.sleep(self._pause)

    def _patients(self, key: str) -> int:
        return int(key[1:]) * 7 % 100

    async def _until_acknowledged(self, report: Report) -> None:
        tries = 0
        while True:
            answer = await self._post(report)
            if answer.status in {200, 201}:
                break
            tries += 1
            await asyncio.sleep(AGAIN_AFTER)
        told = _told(report.site, answer)
        if answer.status == 200 and not tries:
            self.contradictions.append(f"{report.key}: 200 to a key that was never sent before")
        self.counts["acknowledged"] += 1
        if tries:
            self.counts["acknowledged after trying again"] += 1
            self.counts["were on disk though unanswered"] += answer.status == 200
        self.acknowledged[report.key] = told
        self.unanswered.discard(report.key)

    async def _again(self, key: str) -> None:
        """The same key with the same body: the first answer."""
        first = self.acknowledged[key]
        answer = await self._post(Report(key=key, site=first.site, patients=self._patients(key)))
        if answer.status not in {200, 201}:
            return
        self.counts["replays"] += 1
        if answer.status != 200 or _told(first.site, answer) != first:
            self.contradictions.append(f"{key}: first {first}, then {answer.status} {answer.body}")

    async def _look(self, told: Told) -> None:
        """A GET sent after a 2xx shows it."""
        board = told.site.rpartition("-")[0]
        try:
            async with self._session.get(f"{self._url}/{board}/board.json") as answer:
                seen = (await answer.json())["position"] if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return
        self.counts["looks"] += 1
        if seen is None or seen < told.position:
            self.contradictions.append(f"position {told.position} was acknowledged, the page shows {seen}")

    async def _post(self, report: Report) -> Answer:
        """One try. Whatever is neither 2xx nor 5xx is a contradiction: each report is valid."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        headers = {"Authorization": f"Bearer {self._town.token}", "Idempotency-Key": report.key}
        url = f"{self._url}/api/v1/sites/{report.site}/reports"
        try:
            async with self._session.post(url, json=report.body, headers=headers) as got:
                body = await got.json(content_type=None)
                answer = Answer(got.status, got.headers, body, loop.time() - began)
        except TimeoutError:
            answer = Answer(-1)
        except (aiohttp.ClientError, OSError):
            answer = Answer(0)
        self.counts[_kind(answer.status)] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if answer.status >= 500:
            self.refusals.append(answer)
        elif answer.status > 201:
            self.contradictions.append(f"{report.key}: {answer.status} {answer.body}")
            await asyncio.sleep(0.2)
        return answer


def _kind(status: int) -> str:
    return {-1: "no answer in time", 0: "connection broken or refused"}.get(status, f"answers {status}")


def _told(site: str, answer: Answer) -> Told:
    position = answer.body.get("position")
    return Told(
        site=site, id=str(answer.body.get("id")), position=position if isinstance(position, int) else -1
    )
