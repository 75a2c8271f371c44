"""Installations of any size, made by restoring a ledger: as if they had been reporting for ten days."""

import asyncio
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.running import issue_token
from trafficlight.domain.board import Board, Site
from trafficlight.domain.event import BoardPut, Event, Reported, SitePlaced, SitePut
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.phone import Phone
from trafficlight.domain.record import encode
from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.ledger.store import LedgerRow

DAYS = 10
FIRST_BOARD = 152
"""Sites of the board that is measured, in every installation: as many as Yantai published."""
HERE = ZoneInfo("Asia/Shanghai")
TOWNS = ("东庄镇", "西岭镇", "南河镇", "北湖镇", "中山街道", "海滨街道", "石桥乡", "柳林乡")
KINDS = ("fever_clinic", "sentinel_room", "township_centre", "village_clinic", "community_centre", "hospital")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """So many sites, spread over so many boards."""

    name: str
    boards: int
    sites: int

    @property
    def reports(self) -> int:
        return self.sites * DAYS

    def sizes(self) -> list[int]:
        """Sites of each board; they add up."""
        if self.boards == 1:
            return [self.sites]
        each, more = divmod(self.sites - FIRST_BOARD, self.boards - 1)
        return [FIRST_BOARD, *(each + (board < more) for board in range(self.boards - 1))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A data folder, and who may report."""

    data: Path
    plan: Plan
    token: str

    @property
    def board(self) -> str:
        """The board that is measured."""
        return slug_of(0)

    @property
    def board_sites(self) -> list[str]:
        return [site_of(0, index) for index in range(self.plan.sizes()[0])]

    @property
    def sites(self) -> list[str]:
        """Every site, going from board to board."""
        sizes = self.plan.sizes()
        return [
            site_of(board, index)
            for index in range(max(sizes))
            for board, size in enumerate(sizes)
            if index < size
        ]


def make(plan: Plan, data: Path) -> Installation:
    """The installation, in a folder that does not exist yet."""
    asyncio.run(_restore(data, rows(plan, datetime.now(UTC))))
    return Installation(data=data, plan=plan, token=issue_token(data))


async def _restore(data: Path, kept: Iterable[LedgerRow]) -> None:
    ledger = await open_ledger(data_ledger_url(data))
    try:
        await ledger.restore(kept)
    finally:
        await ledger.close()


def slug_of(board: int) -> str:
    return f"b{board:04}"


def site_of(board: int, index: int) -> str:
    return f"b{board:04}-{index:03}"


def rows(plan: Plan, now: datetime) -> Iterator[LedgerRow]:
    """The ledger: sites first, then day by day a report of each, the boards mixed as they are in life."""
    chance = random.Random(plan.sites)
    sizes = plan.sizes()
    today = now.astimezone(HERE).date()
    begun = _morning(today - timedelta(days=DAYS + 1))
    places = [(board, index) for board, size in enumerate(sizes) for index in range(size)]
    for position, (board, index) in enumerate(places, start=1):
        placed = SitePlaced(by="cli", site=site_of(board, index), board=slug_of(board))
        yield LedgerRow(SYSTEM, position, begun, encode(placed))
    for board, size in enumerate(sizes):
        facts: list[Event] = [BoardPut(by="cli", board=board_put(board))]
        facts += [SitePut(by="cli", site=site_put(board, index, chance)) for index in range(size)]
        for position, fact in enumerate(facts, start=1):
            yield LedgerRow(slug_of(board), position, begun, encode(fact))
    for past in range(DAYS):
        day = today - timedelta(days=DAYS - past)
        yield from _day(sizes, day, past, chance)


def _day(sizes: list[int], day: date, past: int, chance: random.Random) -> Iterator[LedgerRow]:
    """The reports of a day: between nine and eleven, in the order in which the sites are on their boards."""
    morning = _morning(day)
    for index in range(max(sizes)):
        at = morning + timedelta(seconds=7200 * index / max(sizes))
        for board, size in enumerate(sizes):
            if index < size:
                number = (past * 10_000 + board) * 1_000 + index
                event = report(number, site_of(board, index), day, chance)
                yield LedgerRow(slug_of(board), 2 + size + past * size + index, at, encode(event))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), HERE).astimezone(UTC)


def report(number: int, site: str, day: date, chance: random.Random) -> Reported:
    """A report as they come: in one of a hundred the clinic is closed, or open again."""
    return Reported(
        by="token:bench",
        id=f"{number:024x}",
        site=site,
        service_day=day,
        patients=chance.randrange(25, 46),
        staff_infected=chance.random() < 0.5 if chance.random() < 0.02 else None,
    )


def board_put(board: int) -> Board:
    return Board(
        slug=slug_of(board),
        name=f"示例县{board}",
        publisher="示例县卫生健康局",
        hotline="0000-5550120",
        supervision="0000-5550121",
    )


def site_put(board: int, index: int, chance: random.Random) -> Site:
    town = TOWNS[index % len(TOWNS)]
    return Site(
        id=site_of(board, index),
        name=f"{town}第{index}卫生院发热门诊",
        kind=KINDS[index % len(KINDS)],
        town=town,
        address=f"{town}人民路{index}号",
        phones=(Phone(number=f"0000-555{index:04}"),),
        capacity=50,
        lat=round(37 + board % 50 / 10 + chance.random() / 5, 5),
        lon=round(120 + board // 50 / 10 + chance.random() / 5, 5),
    )
