"""Boards on which things happen: the facts as a ledger would hold them, and what is folded of them."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, count

import msgspec

from trafficlight.domain import event as e
from trafficlight.domain import fold as board_fold
from trafficlight.domain import record as coding
from trafficlight.domain import system
from trafficlight.domain.board import Board, BoardState, Site, Team
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.light import Light
from trafficlight.domain.phone import parse_phones
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold
from trafficlight.domain.system import SystemFold
from trafficlight.publish.formats import FORMATS
from trafficlight.publish.formats.base import Artifact, Format, FormatScope
from trafficlight.publish.publisher import Made, Publisher
from trafficlight.publish.view import (
    GoneView,
    IndexView,
    SitePageView,
    TeamsView,
    TownView,
    TreeLocation,
    View,
)
from trafficlight.text.languages import ZH, Language

T0 = datetime(2022, 12, 23, 23, 30, tzinfo=UTC)
"""A Saturday at 07:30 in Longkou."""
DAY = date(2022, 12, 24)
SHILI, ERXIAN, CAOGAO = "shili", "erxian", "caogao"


class World:
    """What happened, and the fold of it. Its `boards` are what a publisher asks for.

    Published in one language: no fact depends on it, and walks make thousands of trees.
    """

    def __init__(self, records: Sequence[Record] = (), tongues: Sequence[Language] = (ZH,)) -> None:
        self.tongues = tongues
        self.records: list[Record] = []
        self.system = SystemFold()
        self.boards = dict[str, BoardFold]()
        self._unput: dict[str, Replay] = {}
        self.at = T0
        for record in records:
            self._take(record)

    def happen(self, board: str, *events: e.Event, after: float = 0.0) -> datetime:
        """The events, `after` seconds from the last instant; when that was."""
        self.at += timedelta(seconds=after)
        for event in events:
            # As a ledger does: whoever reads it gets what was written, not the same objects.
            kept = coding.decode(coding.encode(event))
            self._take(Record(board=board, position=self.position(board) + 1, at=self.at, event=kept))
        return self.at

    def position(self, board: str) -> int:
        if board == SYSTEM:
            return self.system.position
        known = self.boards.get(board) or self._unput.get(board)
        return known.position if known else 0

    def again(self) -> "World":
        """The same facts, folded anew."""
        world = World(self.records, self.tongues)
        world.at = self.at
        return world

    def place(self) -> TreeLocation:
        return TreeLocation(public_url=self.system.config.get("public_url", ""))

    def publisher(self, formats: Sequence[Format] = FORMATS, **more: object) -> Publisher:
        given = {"formats": formats, "tongues": self.tongues} | more
        return Publisher(self, self.place, **given)  # type: ignore[arg-type]

    def _take(self, record: Record) -> None:
        self.records.append(record)
        if record.board == SYSTEM:
            system.apply(self.system, record)
        else:
            fold = self.boards.get(record.board)
            if fold is not None:
                board_fold.apply(fold, record)
                return
            replay = self._unput.setdefault(record.board, Replay(record.board))
            replay.apply(record)
            if replay.fold is not None:
                self.boards[record.board] = replay.fold


class Dump:
    """A format that tells all that a view holds, so that no difference between two views stays unseen."""

    def __init__(self, scope: FormatScope, pattern: str) -> None:
        self.name = f"dump_{scope}"
        self.scope = scope
        self.pattern = pattern

    def make(self, view: View, /) -> tuple[Artifact, ...]:
        board = "" if isinstance(view, IndexView) else view.header.slug
        town = view.town.file if isinstance(view, TownView | TeamsView) else ""
        site = ""
        if isinstance(view, GoneView):
            site = view.site
        elif isinstance(view, SitePageView):
            site = view.site.id
        path = self.pattern.format(board=board, site=site, town=town)
        return (Artifact(path, "application/json", msgspec.json.encode(view)),)


DUMPS: tuple[Format, ...] = (
    Dump(FormatScope.SITE, "{board}/sites/{site}.html"),
    Dump(FormatScope.TOWN, "{board}/notice/{town}.txt"),
    Dump(FormatScope.BOARD, "{board}/board.json"),
    Dump(FormatScope.LISTS, "{board}/teams.html"),
    Dump(FormatScope.TEAMS, "{board}/teams/{town}.html"),
    Dump(FormatScope.INDEX, "index.html"),
)


class Makings(list[Made]):
    """What was made, in the order in which it was announced."""

    def names(self) -> list[str]:
        return sorted(made.format for made in self)


def paths(publisher: Publisher, at: datetime) -> set[str]:
    """Every path at which anything stands."""
    found = set(publisher.assets())
    parts = (publisher.subjects(part) for part in publisher.parts())
    for subject in chain(publisher.rest(), *parts):
        found |= set(publisher.made(subject, at)[0])
    return found


def everything(publisher: Publisher, at: datetime, more: Collection[str] = ()) -> dict[str, bytes]:
    """All that is published at the instant, by path; at the paths `more` something may stand too."""
    found = {path: publisher.find(path, at) for path in sorted(paths(publisher, at) | set(more))}
    return {path: published.body for path, published in found.items() if published is not None}


# --- facts --------------------------------------------------------------------------------------------------


def board(slug: str, **fields: object) -> e.BoardPut:
    given: dict[str, object] = {"name": f"{slug}县", "publisher": "卫生健康局", "hotline": "0535-0001200"}
    return e.BoardPut(board=Board(slug=slug, **(given | fields)))  # type: ignore[arg-type]


def site(number: int, **fields: object) -> e.SitePut:
    given: dict[str, object] = {
        "id": f"clinic-{number}",
        "name": f"第{number}卫生院",
        "kind": ("township_centre", "hospital", "village_clinic")[number % 3],
        "town": f"镇{number % 2}",
        "address": f"某路{number}号",
        "phones": parse_phones(f"0535-00010{number:02}"),
        "hours": "24小时",
    }
    return e.SitePut(site=Site(**(given | fields)))  # type: ignore[arg-type]


def teams(most: int) -> tuple[Team, ...]:
    """So many family-doctor teams in three towns, the last of which nobody told."""
    phones = parse_phones("0535-0002000/0002001（夜间）")
    return tuple(
        Team(name=f"第{n}团队", town=("镇0", "东/西镇", "")[n % 3], area=f"{n}村", phones=phones[: n % 3])
        for n in range(most)
    )


_numbers = count()


def report(number: int, patients: int | None = None, day: date = DAY, **fields: object) -> e.Reported:
    given: dict[str, object] = {"site": f"clinic-{number}", "service_day": day, "patients": patients}
    return e.Reported(id=f"report-{next(_numbers):016}", **(given | fields))  # type: ignore[arg-type]


def county(sites: int = 4, **fields: object) -> World:
    """One board with so many sites, none of which has reported."""
    world = World()
    world.happen(SHILI, board(SHILI, **fields), *(site(number) for number in range(sites)))
    return world


def lively() -> World:
    """Three boards on a busy morning: every light, every reason, and much that the desk did."""
    world = county(8, public_counts=True)
    world.happen(ERXIAN, board(ERXIAN), *(site(number, id=f"er-{number}") for number in range(3)))
    world.happen(CAOGAO, board(CAOGAO, state=BoardState.DRAFT), site(0, id="cao-0"))
    world.happen(SYSTEM, e.ConfigSet(key="public_url", value="https://deng.example"))
    world.happen(
        SHILI,
        site(5, hours="9:30-12:00", town="东/西镇", lat=37.5, lon=120.5),
        site(7, town="", hours=""),
        site(2, hours="看情况"),
    )
    world.happen(SHILI, e.NoticePosted(notice="a", text="元旦放假。", until=T0 + timedelta(hours=5)))
    world.happen(SHILI, e.RuleSet(site="clinic-2", rule={"kind": "counts", "yellow": 3, "red": 6}))
    world.happen(SHILI, report(0, 12, DAY - timedelta(days=1)), report(6, 80, DAY - timedelta(days=1)))
    world.happen(SHILI, e.TeamsSet(teams=teams(205)), e.GuideSet(text="# 发热\n\n先打[电话](tel:120)。\n"))
    world.happen(ERXIAN, e.TeamsSet(teams=teams(3)))
    for minute, number in enumerate((0, 1, 2, 3, 5, 1)):
        world.happen(SHILI, report(number, 9 * minute), after=60)
    world.happen(SHILI, report(4, staff_infected=True, expected_reopen=DAY + timedelta(days=2)), after=60)
    world.happen(SHILI, report(3, capacity_today=0, phone_busy=True), after=60)
    world.happen(SHILI, e.CrossConfirmed(site="clinic-4", confirmed=True), after=60)
    until = world.at + timedelta(hours=2)
    world.happen(SHILI, e.Overridden(site="clinic-1", light=Light.YELLOW, reason="核实", until=until))
    world.happen(ERXIAN, e.SiteRemoved(site="er-1", moved_to=SHILI), e.SiteRemoved(site="er-2"), after=60)
    world.happen(SHILI, site(1, id="er-1"), after=5)
    world.at += timedelta(minutes=95)
    return world
