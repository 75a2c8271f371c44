"""One process: what it is made of, how its parts come up, and in which order they go down."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from datetime import date, datetime
from math import isinf
from pathlib import Path

import structlog

from trafficlight.actions.freshness import Freshness
from trafficlight.actions.reporting import Reporting
from trafficlight.domain.board import Board
from trafficlight.domain.clock import CLOCK_TOLERANCE
from trafficlight.domain.day import zone_of
from trafficlight.domain.event import Event
from trafficlight.domain.ids import SYSTEM, proofs_of
from trafficlight.domain.record import Record
from trafficlight.ledger.base import Appended, Key, Ledger, LedgerUnavailable
from trafficlight.ledger.current import SNAPSHOT_EVERY, Current
from trafficlight.ledger.disk import last_backup
from trafficlight.ledger.lease import Leases
from trafficlight.ledger.opening import data_ledger_url, open_leases, open_ledger
from trafficlight.ledger.snapshots import Snapshots
from trafficlight.metrics import Metrics
from trafficlight.publish import finding, templating
from trafficlight.publish.drawing import NO_POSTERS, Drawn, FontMissing, Fonts, PictureRenderer, find
from trafficlight.publish.election import Leadership, run_as_leader
from trafficlight.publish.publisher import Made, Publisher
from trafficlight.publish.sync import Pass, TargetSync
from trafficlight.publish.targets import target_of
from trafficlight.publish.targets.base import Target
from trafficlight.publish.view import TreeLocation
from trafficlight.settings import Settings, WrongSetting
from trafficlight.text import rendering
from trafficlight.text.languages import LANGUAGES
from trafficlight.web.access import FAILURES_A_MINUTE, WINDOW, Access, Throttles
from trafficlight.web.accuracy import DailyAccuracy
from trafficlight.web.chase import Chase
from trafficlight.web.link_auth import LinkSessions
from trafficlight.web.ops import Health
from trafficlight.web.seal import Seal, read_secret
from trafficlight.wechat.client import Account, account_of, opened
from trafficlight.wechat.pushing import Pusher, Schedule
from trafficlight.wechat.signing import Signer

RESTART_SECONDS = 5.0
LOOK_SECONDS = 10.0
"""Between two looks at the clock."""
NEVER_FAILED = float("-inf")
BROKEN_SECONDS = 2.0
"""So long after the ledger could not be followed, and nothing came, posts are told to go elsewhere."""
REFUSED_SECONDS = 5.0
"""So long after a refused append posts are told to go elsewhere; then one may try again."""

log = structlog.get_logger("node")


class Node:
    """The parts of one process, for who puts them together; those named here exist once it is open."""

    ledger: "Measured"
    throttles: Throttles
    current: Current
    publisher: Publisher
    freshness: Freshness
    reporting: Reporting
    access: Access
    sessions: LinkSessions
    seal: Seal
    accuracy: DailyAccuracy
    _leases: Leases

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        ledger_clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self._ledger_clock = ledger_clock
        self.metrics = Metrics()
        self.ready = False
        """The first fold is complete: pages can be served."""
        self.failed = asyncio.Event()
        """A part that the others cannot do without has died."""
        self.pusher: Pusher | None = None
        """Sends articles to the official account, where one is set."""
        self.signer: Signer | None = None
        """Signs pages for that account's JS-SDK, where that is wanted."""
        self._broken_at = NEVER_FAILED
        """When the ledger could not be followed last, on the clock of `time.monotonic`."""
        self._broken_by = ""
        self._place: tuple[int, TreeLocation] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._not_in_font: set[str] = set()
        """Characters of posters of which it was told that the font has them not."""

    def health(self) -> Health:
        """What the ops pages are made of."""
        data = self.settings.data
        return Health(
            metrics=self.metrics,
            clock=self.clock,
            ready=lambda: self.ready,
            takes_reports=self.takes_reports,
            boards=lambda: self.current.boards,
            ahead=self.ahead,
            last_backup=lambda: last_backup(data) if data is not None else None,
        )

    def place(self) -> TreeLocation:
        """Where the published tree lives; asked at every request, so made once for each change."""
        position = self.current.system.position
        if self._place is None or self._place[0] != position:
            config = self.current.system.config
            place = TreeLocation(
                public_url=self.settings.public_url or config.get("public_url", "").rstrip("/"),
                app_url=self.settings.app_url,
                licence=config.get("licence", ""),
                contact=config.get("contact", ""),
                proofs=proofs_of(config),
            )
            self._place = (
                position,
                place if self._place is None or self._place[1] != place else self._place[1],
            )
        return self._place[1]

    # --- up -------------------------------------------------------------------------------------------------

    async def open(self, stack: AsyncExitStack) -> None:
        """Bring the parts up; what came up goes down with the stack, however far this came."""
        settings, metrics = self.settings, self.metrics
        secret, snapshots, fonts, account = await asyncio.to_thread(_prepare, settings)
        url = settings.ledger or data_ledger_url(settings.data or Path())
        ledger = self.ledger = Measured(await open_ledger(url, self._ledger_clock), metrics.appended)
        stack.push_async_callback(ledger.close)
        leases = self._leases = await open_leases(url)
        stack.push_async_callback(leases.close)
        self.throttles = Throttles(leases)
        self.current = Current(ledger, snapshots)
        self.current.on_broken = self._broken
        self.current.listeners.append(self._followed)
        await self.current.start()
        stack.push_async_callback(self._save)
        self.freshness = Freshness(self.current)
        self.reporting = Reporting(self.current, self.freshness, metrics.reported)
        failures = self.throttles.of("credential", FAILURES_A_MINUTE, WINDOW)
        self.access = Access(self.current, self.freshness, failures, settings.trusted_proxies)
        self.seal = Seal(secret)
        self.sessions = LinkSessions(self.seal, self.clock)
        renderer = PictureRenderer(fonts, self._drawn) if fonts else None
        if renderer:
            stack.push_async_callback(asyncio.to_thread, renderer.close)
        if account:
            client = await stack.enter_async_context(opened(account))
            self.pusher = Pusher(client, ledger, self.current.boards.get, self.place, renderer, self.clock)
            if settings.wechat_js:
                self.signer = Signer(account.appid, client, self.meanwhile)
        self.publisher = Publisher(
            self.current, self.place, on_made=self._made, cache_bytes=settings.cache_bytes, renderer=renderer
        )
        stack.push_async_callback(self._stop)

    def start(self) -> None:
        """Follow the ledger from now on, and do all that is done without being asked for."""
        self._start(self.current.run(), "following")
        self._start(self._save_snapshots(), "saving")
        self._start(self.watch_clock(), "clock")
        chase = Chase(self.current, self.clock, private=self.settings.private_webhooks)
        self._start(chase.run(), "chasing")
        self.accuracy = DailyAccuracy(self.current, self.clock)
        self.metrics.accuracy = self.accuracy.facts
        self._start(self.accuracy.run(), "accuracy")
        syncs = [self._sync(target_of(address)) for address in self.settings.targets]
        self.metrics.waiting = lambda: {sync.target: sync.waiting() for sync in syncs}
        if self.pusher:
            schedule = Schedule(self.pusher, lambda: self.current.boards, self.clock)
            self._start(schedule.run(), "schedule")
        self.ready = True
        log.info("ready", boards=len(self.current.boards))

    def _sync(self, target: Target) -> TargetSync:
        """Keep a target made: always where it keeps others out itself, else while this node leads there."""
        leadership = None if isinf(target.watch) else Leadership(self._leases, target.name)
        leads = leadership.leads if leadership else None
        sync = TargetSync(self.publisher, target, self.clock, self._passed, leads)
        self.current.listeners.append(_waker(sync, self.publisher))

        def changed(leads: bool) -> None:  # noqa: FBT001 - the fact itself
            self.metrics.leads(target.name, leads=leads)
            log.info("target_turn", target=target.name, ours=leads)

        def keep_in_sync() -> Coroutine[None, None, None]:
            return run_as_leader(sync, leadership, changed) if leadership else sync.run()

        self._start(_restarted(keep_in_sync), "target")
        return sync

    def _start(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._died)
        self._tasks.append(task)

    def meanwhile(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Work that outlasts the request that asked for it; it is over before the ledger closes."""
        task = asyncio.create_task(work, name=name)
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)
        return task

    def _died(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self.failed.set()
            log.critical("part_died", part=task.get_name(), exc_info=task.exception())

    # --- down -----------------------------------------------------------------------------------------------

    async def _stop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _save(self) -> None:
        try:
            await self.current.save(after=1)
        except OSError as error:  # snapshots are derived: the next start takes longer, nothing is lost
            log.warning("snapshot_failed", exc_info=error)

    async def _save_snapshots(self) -> None:
        while True:
            try:
                await self.current.save_regularly()
            except OSError as error:
                log.warning("snapshot_failed", exc_info=error)
                await asyncio.sleep(SNAPSHOT_EVERY)

    async def takes_reports(self) -> bool:
        """Whether a report would be kept and answered now, as far as can be told without keeping one."""
        now = time.monotonic()
        if now - self.ledger.failed_at < REFUSED_SECONDS or now - self._broken_at < BROKEN_SECONDS:
            return False
        try:
            await self.current.ledger.ready()
        except LedgerUnavailable:
            return False
        return True

    def ahead(self) -> float:
        """Seconds by which the ledger's last event lies after this machine's clock."""
        now = self.clock()
        ends = [fold.at for fold in self.current.boards.values()]
        if self.current.system.at:
            ends.append(self.current.system.at)
        return (max((now, *ends)) - now).total_seconds()

    async def watch_clock(self) -> None:
        """Tell when the ledger runs ahead of the clock, and when it does so no more."""
        was = False
        while True:
            ahead = self.ahead()
            if (is_ahead := ahead > CLOCK_TOLERANCE.total_seconds()) and not was:
                log.error("ledger_ahead", seconds=round(ahead))
            elif was and not is_ahead:
                log.info("ledger_ahead_over")
            was = is_ahead
            await asyncio.sleep(LOOK_SECONDS)

    # --- facts to the metrics -------------------------------------------------------------------------------

    def _broken(self, error: LedgerUnavailable) -> None:
        now = time.monotonic()
        if now - self._broken_at > REFUSED_SECONDS or str(error) != self._broken_by:  # not twice a second
            log.error("ledger_not_followed", reason=str(error))
        self._broken_at, self._broken_by = now, str(error)
        self.metrics.not_followed()

    def _followed(self, _batch: Sequence[Record]) -> None:
        self._broken_at = NEVER_FAILED

    def _made(self, fact: Made) -> None:
        self.metrics.made(fact.format, fact.seconds, failed=bool(fact.fault))
        if fact.fault:
            log.error("format_failed", format=fact.format)

    def _drawn(self, fact: Drawn) -> None:
        self.metrics.made("drawing", fact.seconds, failed=bool(fact.fault))
        if fact.fault:
            log.error("drawing_failed", path=fact.path)
        new = set(fact.missing) - self._not_in_font
        if new:
            self._not_in_font |= new
            log.warning(
                "glyph_missing", path=fact.path, characters=[f"U+{ord(one):04X}" for one in sorted(new)]
            )

    def _passed(self, fact: Pass) -> None:
        self.metrics.passed(fact.target, fact.lag, fact.written, fact.unsure, failed=bool(fact.fault))
        if fact.fault:
            log.error("target_failed", target=fact.target, reason=fact.fault)


class Measured:
    """A ledger whose appends are timed, and its refusals counted, whatever was asked."""

    def __init__(self, ledger: Ledger, on_append: Callable[..., None]) -> None:
        self._ledger = ledger
        self._on_append = on_append
        self.failed_at = NEVER_FAILED
        """When the writer refused, if it kept nothing since, on the clock of `time.monotonic`."""
        self.read = ledger.read
        self.follow = ledger.follow
        self.heads = ledger.heads
        self.close = ledger.close

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        """See `Ledger.append`."""
        began = time.perf_counter()
        with self._refusals():
            appended = await self._ledger.append(board, events, key, expect)
        self._on_append(time.perf_counter() - began, failed=False)
        self.failed_at = NEVER_FAILED
        return appended

    async def used(self, board: str, key: Key) -> Appended | None:
        """See `Ledger.used`."""
        with self._refusals():
            return await self._ledger.used(board, key)

    async def ready(self) -> None:
        """See `Ledger.ready`."""
        with self._refusals():
            await self._ledger.ready()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        except LedgerUnavailable:
            self.failed_at = time.monotonic()
            self._on_append(time.perf_counter() - began, failed=True)
            raise


def _prepare(settings: Settings) -> tuple[bytes, Snapshots | None, Fonts | None, Account | None]:
    """What is read from disk, and not on the loop: secrets, the way to snapshots, the font."""
    if settings.data is not None:
        settings.data.mkdir(parents=True, exist_ok=True)
    templating.preload()
    finding.preload()
    zone_of(Board(slug="", name="").zone)  # where most boards are
    for one in LANGUAGES:
        rendering.day_long(date.min, one.code)  # the names of weekdays and months
    snapshots = Snapshots(settings.data / "snapshots") if settings.data else None
    if "redis" in settings.ledger.partition(":")[0] and not (settings.secret_key or settings.secret_key_file):
        log.warning("secret_not_shared", reason="set TRAFFICLIGHT_SECRET_KEY, the same on all nodes")
    if settings.ledger.startswith("redis+sentinel:") and "replicas=" not in settings.ledger:
        log.warning("failover_loses_reports", reason="say replicas=1 in the ledger's URL, see docs/redis.md")
    secret = read_secret(settings.secret_key, settings.secret_key_file, settings.data)
    return secret, snapshots, _fonts(settings.font), account_of(settings)


def _fonts(setting: str) -> Fonts | None:
    """What posters are drawn with. One that was asked for must be there; without any, all else goes on."""
    if setting == NO_POSTERS:
        return None
    try:
        return find(setting)
    except FontMissing as missing:
        if setting:
            raise WrongSetting(f"TRAFFICLIGHT_FONT: {missing}") from missing
        log.error("font_missing", reason=str(missing))  # noqa: TRY400 - the sentence says all
        return None


def _waker(keeper: TargetSync, publisher: Publisher) -> Callable[[Sequence[Record]], None]:
    def wake(batch: Sequence[Record]) -> None:
        boards = {record.board for record in batch}
        keeper.wake(publisher.boards() if SYSTEM in boards else boards)

    return wake


async def _restarted(run: Callable[[], Coroutine[None, None, None]]) -> None:
    """Keep a target made. One that fails in a way nobody foresaw must not take the pages down with it."""
    while True:
        try:
            await run()
        except Exception as error:
            log.error("target_died", exc_info=error)  # noqa: TRY400 - as everywhere, the fault without its text
        await asyncio.sleep(RESTART_SECONDS)
