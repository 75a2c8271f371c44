"""What is measured. Alone in knowing Prometheus: the parts announce facts, this listens; one registry an app.

A label's values are bounded: boards beyond `MOST_BOARDS` are told together as `_other`, routes are canonical,
codes and formats come from tables of the program.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate
from platform import python_version
from statistics import median
from typing import NamedTuple, Protocol

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.utils import floatToGoString

MOST_BOARDS = 200
"""Boards told by name: 200 with nine series each are what a small Prometheus takes without noticing."""
OTHER = "_other"
LIGHTS = ("blue", "yellow", "red", "cross", "none")
CONTENT_TYPE = CONTENT_TYPE_LATEST

_APPEND_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 3.0)
"""From one fsync of a good disk to what an append may take at most."""
_MAKE_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0)
_HTTP_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 3.0, 10.0)


class Numbers:
    """A histogram as plain numbers: the parts that are asked thousands of times a second announce to these.

    Told at the scrape. (A histogram of the library takes a lock for every bucket and sum.)
    """

    __slots__ = ("_bounds", "_counts", "_sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    def buckets(self) -> tuple[list[tuple[str, float]], float]:
        """The counts up to each bound, and the sum of the values."""
        names = [*map(floatToGoString, self._bounds), "+Inf"]
        return list(zip(names, accumulate(self._counts), strict=True)), self._sum


class BoardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A board at the moment of the scrape."""

    board: str
    lights: Mapping[str, int]
    """Sites by light, and under `none` those without one."""
    not_reported: int
    """Sites that are due, open, and said nothing."""
    ages: tuple[float, ...]
    """Seconds since the last report of each site that is due and was heard from."""


class AccuracyFact(NamedTuple):
    """One figure of how true a board's lights were; see docs/rules.md."""

    board: str
    figure: str
    hits: int
    of: int
    enough: bool
    """So many days stand behind it that a share of it means something."""


class BackupFact(Protocol):
    """The last backup that was found sound."""

    @property
    def at(self) -> datetime: ...

    @property
    def events(self) -> int: ...


class LiveFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The live streams: how many are open, and what was counted since the start."""

    streams: int = 0
    messages: int = 0
    refused: int = 0
    dropped: int = 0


_BUILD = GaugeMetricFamily("trafficlight_build_info", "What runs.", labels=["version", "python"])
_BUILD.add_metric([version("trafficlight"), python_version()], 1)
_PROCESS = ProcessCollector(namespace="trafficlight", registry=None)


def process_facts() -> Sequence[Metric]:
    """Memory, open files and time of a processor; reads from `/proc`, so not on the loop."""
    return tuple(_PROCESS.collect())


class _Targets:
    """What is measured of places that are kept."""

    def __init__(self, here: CollectorRegistry) -> None:
        self.lag = Gauge(
            "trafficlight_target_lag_seconds",
            "From the wake-up to the last file of a pass.",
            ["target"],
            registry=here,
        )
        self.failed = Counter("trafficlight_target_failed", "Passes that failed.", ["target"], registry=here)
        self.written = Counter(
            "trafficlight_target_files_written", "Files written.", ["target"], registry=here
        )
        self.unsure = Gauge(
            "trafficlight_target_unsure",
            "Boards' folders not yet held, whole, against what is published.",
            ["target"],
            registry=here,
        )
        self.leads = Gauge(
            "trafficlight_target_turn",
            "Whether it is this node's turn to write there.",
            ["target"],
            registry=here,
        )


class Metrics:
    """Everything measured of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.boards: Callable[[], Iterable[BoardFacts]] = tuple
        """Asked at each scrape."""
        self.public: Callable[[], Mapping[tuple[str, str], int]] = dict
        """Answers of the public pages by kind and status class, counted by those who give them."""
        self.live: Callable[[], LiveFacts] = LiveFacts
        """Asked at each scrape."""
        self.waiting: Callable[[], Mapping[str, float]] = dict  # by target, the seconds of the oldest news
        self.accuracy: Callable[[], Iterable[AccuracyFact]] = tuple
        """Asked at each scrape, worked out once a day."""
        here = self.registry
        self.accepted = 0
        self._replayed = Counter(
            "trafficlight_reports_replayed", "Reports sent again under their key.", registry=here
        )
        self._withdrawn = Counter("trafficlight_reports_withdrawn", "Reports taken back.", registry=here)
        self._refused = Counter(
            "trafficlight_reports_refused", "Reports not taken, by code.", ["code"], registry=here
        )
        self._asked_back = Counter(
            "trafficlight_reports_asked_back", "Reports asked back as implausible.", registry=here
        )
        self._sign_ins = Counter(
            "trafficlight_sign_ins",
            "Sign-ins at the desk, and what came of them.",
            ["outcome"],
            registry=here,
        )
        self.append_seconds = Numbers(_APPEND_SECONDS)
        self._append_failed = Counter(
            "trafficlight_ledger_append_failed", "Appends that the ledger could not take.", registry=here
        )
        self._follow_failed = Counter(
            "trafficlight_ledger_follow_failed", "Times that the ledger could not be followed.", registry=here
        )
        self._made = Histogram(
            "trafficlight_publish_seconds",
            "Making one format once.",
            ["format"],
            buckets=_MAKE_SECONDS,
            registry=here,
        )
        self._faulty = Counter(
            "trafficlight_publish_failed", "Makings that failed.", ["format"], registry=here
        )
        self._targets = _Targets(here)
        self._mismatches = Counter(
            "trafficlight_mismatches", "What residents found not as it says.", ["what"], registry=here
        )
        self.requests: dict[tuple[str, str, str], Numbers] = {}
        """By route, method and status class."""
        self._requests: dict[tuple[str, str, int], Numbers] = {}
        self.ahead = 0.0
        """Seconds, see `Health.ahead`."""
        self.last_backup: BackupFact | None = None
        self.process: Sequence[Metric] = ()
        """As `process_facts` found them last."""
        self.registry.register(_AtScrape(self))

    def render(self) -> bytes:
        """Everything, in the text format of Prometheus; its `Content-Type` is `CONTENT_TYPE`."""
        return generate_latest(self.registry)

    # --- facts announced ------------------------------------------------------------------------------------

    def reported(self, outcome: str) -> None:
        """A report came: `accepted`, `replayed`, `withdrawn`, or the code of its refusal."""
        if outcome == "accepted":
            self.accepted += 1
            return
        plain = {"replayed": self._replayed, "withdrawn": self._withdrawn}.get(outcome)
        if plain is not None:
            plain.inc()
            return
        self._refused.labels(outcome).inc()
        if outcome == "needs_confirmation":
            self._asked_back.inc()

    def signed_in(self, outcome: str) -> None:
        """Somebody signed in (`signed_in`), or was refused: the code."""
        self._sign_ins.labels(outcome).inc()

    def appended(self, seconds: float, *, failed: bool) -> None:
        """The ledger took an append, or could not."""
        self.append_seconds.observe(seconds)
        if failed:
            self._append_failed.inc()

    def not_followed(self) -> None:
        """The ledger could not be followed, or not any further."""
        self._follow_failed.inc()

    def made(self, form: str, seconds: float, *, failed: bool) -> None:
        """A format was made."""
        self._made.labels(form).observe(seconds)
        if failed:
            self._faulty.labels(form).inc()

    def passed(self, target: str, lag: float, written: int, unsure: int, *, failed: bool) -> None:
        """A target was passed over."""
        self._targets.lag.labels(target).set(lag)
        self._targets.unsure.labels(target).set(unsure)
        self._targets.written.labels(target).inc(written)
        if failed:
            self._targets.failed.labels(target).inc()

    def leads(self, target: str, *, leads: bool) -> None:
        """Whether this node writes to the target from now on."""
        self._targets.leads.labels(target).set(leads)

    def mismatch(self, what: str) -> None:
        """Somebody told that a site is not as its page says: the code, or `dropped` where too many did."""
        self._mismatches.labels(what).inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered."""
        what = (route, method, status // 100)
        numbers = self._requests.get(what)
        if numbers is None:
            labels = (route, method, f"{status // 100}xx")
            numbers = self._requests[what] = self.requests[labels] = Numbers(_HTTP_SECONDS)
        numbers.observe(seconds)


class _AtScrape:
    """What is not counted but is so, when somebody asks."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        yield _BUILD
        yield from self._metrics.process
        yield GaugeMetricFamily(
            "trafficlight_ledger_ahead_seconds",
            "By how much the ledger's last event lies after this machine's clock.",
            self._metrics.ahead,
        )
        yield from self._backup()
        yield CounterMetricFamily("trafficlight_reports_accepted", "Reports kept.", self._metrics.accepted)
        append = HistogramMetricFamily(
            "trafficlight_ledger_append_seconds", "From an append to its being on disk."
        )
        append.add_metric([], *self._metrics.append_seconds.buckets())
        yield append
        yield from self._requests()
        public = CounterMetricFamily(
            "trafficlight_public_requests", "Answers of the public pages.", labels=["kind", "status"]
        )
        for labels, count in self._metrics.public().items():
            public.add_metric(labels, count)
        yield public
        waiting = GaugeMetricFamily(
            "trafficlight_target_waiting_seconds",
            "For how long the oldest news has not been there.",
            labels=["target"],
        )
        for target, seconds in self._metrics.waiting().items():
            waiting.add_metric([target], seconds)
        yield waiting
        yield from self._live()
        yield from self._boards()
        yield self._accuracy()

    def _backup(self) -> Iterator[Metric]:
        at = GaugeMetricFamily(
            "trafficlight_backup_timestamp_seconds",
            "When the last sound backup was made, in seconds since 1970; absent where none was noted.",
        )
        events = GaugeMetricFamily("trafficlight_backup_events", "How many events it holds.")
        if (backup := self._metrics.last_backup) is not None:
            at.add_metric([], backup.at.timestamp())
            events.add_metric([], backup.events)
        yield from (at, events)

    def _accuracy(self) -> Metric:
        """Of boards beyond the bound nothing: what they come to together would say nothing of any."""
        ratio = GaugeMetricFamily(
            "trafficlight_accuracy_ratio",
            "How true the published lights of the last fourteen days were; absent where too few days tell.",
            labels=["board", "figure"],
        )
        facts = sorted(fact for fact in self._metrics.accuracy() if fact.enough)
        known = set(sorted({fact.board for fact in facts})[:MOST_BOARDS])
        for fact in facts:
            if fact.board in known:
                ratio.add_metric([fact.board, fact.figure], fact.hits / fact.of)
        return ratio

    def _live(self) -> Iterator[Metric]:
        facts = self._metrics.live()
        yield GaugeMetricFamily("trafficlight_live_streams", "Live streams that are open.", facts.streams)
        for what, text, number in (
            ("messages", "Messages sent to them.", facts.messages),
            ("refused", "Streams for which there was no room.", facts.refused),
            ("dropped", "Streams whose reader did not keep up.", facts.dropped),
        ):
            yield CounterMetricFamily(f"trafficlight_live_{what}", text, number)

    def _requests(self) -> Iterator[Metric]:
        labels = ["route", "method", "status"]
        requests = CounterMetricFamily(
            "trafficlight_http_requests", "Answers, but those of the public pages.", labels=labels
        )
        seconds = HistogramMetricFamily(
            "trafficlight_http_request_seconds", "Answering, but the public pages.", labels=labels
        )
        for what, numbers in self._metrics.requests.items():
            requests.add_metric(what, numbers.count)
            seconds.add_metric(what, *numbers.buckets())
        yield from (requests, seconds)

    def _boards(self) -> Iterator[Metric]:
        lights = GaugeMetricFamily("trafficlight_lights", "Sites by light.", labels=["board", "light"])
        silent = GaugeMetricFamily(
            "trafficlight_sites_not_reported", "Sites that are due, open, and said nothing.", labels=["board"]
        )
        age = GaugeMetricFamily(
            "trafficlight_report_age_seconds",
            "Since the last report of sites that are due.",
            labels=["board", "of"],
        )
        for facts in _bounded(self._metrics.boards()):
            for light in LIGHTS:
                lights.add_metric([facts.board, light], facts.lights.get(light, 0))
            silent.add_metric([facts.board], facts.not_reported)
            if facts.ages:
                age.add_metric([facts.board, "max"], max(facts.ages))
                age.add_metric([facts.board, "median"], median(facts.ages))
        yield from (lights, silent, age)


def _bounded(boards: Iterable[BoardFacts]) -> Iterator[BoardFacts]:
    """The first boards by name as they are, the others together."""
    known = sorted(boards, key=lambda facts: facts.board)
    yield from known[:MOST_BOARDS]
    rest = known[MOST_BOARDS:]
    if rest:
        yield BoardFacts(
            board=OTHER,
            lights={light: sum(facts.lights.get(light, 0) for facts in rest) for light in LIGHTS},
            not_reported=sum(facts.not_reported for facts in rest),
            ages=tuple(age for facts in rest for age in facts.ages),
        )
