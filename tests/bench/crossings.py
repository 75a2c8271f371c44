"""What it costs that lights change by themselves: a day of 1,000 boards of 100 sites under `pace`.

Every site reports at 9:00 and 14:00, give or take half an hour, and nobody looks at a page: only the metrics
are asked every 15 seconds, which counts a board's lights anew where a boundary was passed. The day is walked
by a clock of its own, as fast as it goes, on a sample of the boards; the processor's time of the walk, times
the sample's part, is held against the day's 86,400 seconds. The same day under `share`, whose lights never
change by themselves, is taken off: what remains is what crossings cost.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from tests.bench.rig import Rig, Row
from trafficlight.domain import event as e
from trafficlight.domain.board import Board, Site
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold
from trafficlight.metrics import Metrics
from trafficlight.web.ops import BoardWatch, Health

BOARDS, SITES, SAMPLE = 1_000, 100, 20
DAY = date(2022, 12, 24)
MIDNIGHT = datetime(2022, 12, 23, 16, tzinfo=UTC)
STEP = timedelta(seconds=15)
MOST = 0.01
"""Of a core."""


def run(rig: Rig) -> Iterator[Row]:
    sample = 2 if rig.quick else SAMPLE
    steady, walked = _walk("share", sample), _walk("pace", sample)
    part = (walked - steady) * BOARDS / sample / timedelta(days=1).total_seconds()
    yield Row(
        what=f"lights that change by themselves, {BOARDS:,} boards of {SITES} sites",
        budget="≤ 1 % of a core",
        measured=f"{part:.2%}",
        ratio=f"{part / MOST:.2f} ×",
        met=part <= MOST,
        note=f"{sample} boards walked; all that the metrics cost: {walked / steady:.2f} × those of `share`",
    )


def _walk(kind: str, boards: int) -> float:
    """Seconds of a processor for the looks of the day."""
    told = {f"b{number}": _day(f"b{number}", kind, random.Random(number)) for number in range(boards)}
    replays = {slug: Replay(slug) for slug in told}
    at = MIDNIGHT
    watch = BoardWatch(
        Health(
            metrics=Metrics(),
            clock=lambda: at,
            ready=lambda: True,
            takes_reports=cast("Any", None),
            boards=lambda: _folds(replays),
        )
    )

    async def day() -> float:
        nonlocal at
        spent = 0.0
        while at < MIDNIGHT + timedelta(days=1):
            for slug, replay in replays.items():
                while told[slug] and told[slug][-1].at <= at:
                    replay.apply(told[slug].pop())
            began = time.process_time()
            await watch.look()
            spent += time.process_time() - began
            at += STEP
        return spent

    return asyncio.run(day())


def _folds(replays: Mapping[str, Replay]) -> dict[str, BoardFold]:
    return {slug: replay.fold for slug, replay in replays.items() if replay.fold}


def _day(slug: str, kind: str, chance: random.Random) -> list[Record]:
    """The board's ledger of the day, the last record first."""
    told: list[tuple[datetime, e.Event]] = [
        (MIDNIGHT, e.BoardPut(board=Board(slug=slug, name=slug))),
        (MIDNIGHT, e.RuleSet(rule={"kind": kind})),
    ]
    reports: list[tuple[datetime, e.Event]] = []
    for number in range(SITES):
        site = f"{slug}-{number}"
        told.append((MIDNIGHT, e.SitePut(site=Site(id=site, name=site, hours="8:00-17:30", capacity=50))))
        count = 0
        for hour in (9, 14):
            at = MIDNIGHT + timedelta(hours=hour, minutes=chance.uniform(-30, 30))
            count += chance.randrange(30)
            name = f"{site}-{hour}-0123456789"
            reports.append((at, e.Reported(id=name, site=site, service_day=DAY, patients=count)))
    ordered = told + sorted(reports, key=lambda one: one[0])
    return [Record(slug, number, at, event) for number, (at, event) in enumerate(ordered, start=1)][::-1]
