"""Random ledgers of a board: mostly sensible, partly absurd, with instants that like boundaries.

A ledger is told from short tapes of bytes, one for each event, each byte a choice: that is fast, and
hypothesis still finds the shortest ledger that breaks a law.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from trafficlight.domain import event as e
from trafficlight.domain.board import MOST_GUIDE, Board, Site, Team
from trafficlight.domain.day import service_day
from trafficlight.domain.light import Light
from trafficlight.domain.phone import parse_phones
from trafficlight.domain.record import Record
from trafficlight.domain.replay import fold_all
from trafficlight.domain.state import BoardFold

T = TypeVar("T")

SLUG = "longkou"
MOMENT = timedelta(microseconds=1)
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York")
# The first is in the quiet of the field; the clocks of Berlin or New York change within days of the others.
BEGINNINGS = (
    datetime(2022, 12, 20, 6, tzinfo=UTC),
    datetime(2022, 10, 28, 6, tzinfo=UTC),
    datetime(2023, 3, 10, 6, tzinfo=UTC),
    datetime(2023, 3, 24, 6, tzinfo=UTC),
)
SITES = ("a", "b", "c")
SOMEWHERE = (*SITES, "a", "a", "a", "a", "nowhere")
HOURS = (
    *("", "24小时", "8:00-17:00", "8:00-12:00,14:30-17:30", "20:00-8:00", "周一至周五8:00-17:00", "看情况"),
    *("工作日8:00-17:00", "8:00-17:00，节假日休息", "8:00-17:00，周末8:00-12:00，法定节假日照常"),
)
ORDINARY: tuple[dict[str, str], ...] = (
    *({},) * 4,
    {"*": "9:00-12:00,14:00-16:00"},
    {"fever_clinic": "20:00-次日6:00"},
    {"*": "24小时"},
)
ROTAS = (*("",) * 12, "每周二、六", "每3天一次，自12月20日起", "12月20日、12月28日 20:00-6:00", "另行通知")
PHONES = (
    (),
    parse_phones("0535-0001234"),
    parse_phones("0535-0001234（白天）/0535-0001235（夜间）"),
    parse_phones("0535-0001234（8:00-17:00）/0535-0001235"),
)
SPECIAL = ("休息", "8:00-12:00", "24小时", "春节", "", "20:00-6:00")
RULES: tuple[dict[str, Any] | None, ...] = (
    None,
    {"kind": "share"},
    {"kind": "share", "yellow": 0.35, "red": 0.9},
    {"kind": "counts", "yellow": 10, "red": 20},
    {"kind": "usual", "fixed_on": "2022-11-30", "baselines": {"a": 12.5}},
    {"kind": "usual", "fixed_on": "yesterday", "baselines": {}},
    {"kind": "moon"},
    {"kind": "share", "yellow": 2, "red": 1},
)
GAPS = (
    timedelta(0),
    MOMENT,
    timedelta(minutes=1),
    timedelta(minutes=7),
    timedelta(minutes=20),
    timedelta(minutes=50),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=3),
    timedelta(hours=5),
    timedelta(hours=8),
    timedelta(hours=13),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=7),
    timedelta(days=9),
)
CLEARED = (
    *((),) * 8,
    ("capacity_today",),
    ("expected_reopen",),
    ("capacity_today", "expected_reopen"),
    ("x",),
)
WALLS = (time(0), time(4), time(9), time(14), time(8), time(17), time(23, 59), time(2, 30), time(12))
DAYS = tuple(timedelta(days=ahead) for ahead in (*(0,) * 14, -1, -1, -2, -7, -8, 1))


class Tape:
    """Choices read from bytes; where these end, the first of the options."""

    def __init__(self, tape: bytes) -> None:
        self._bytes = iter(tape)

    def of(self, options: Sequence[T]) -> T:
        return options[next(self._bytes, 0) % len(options)]

    def instant(self, after: datetime, zone: str) -> datetime:
        """An instant not before another one: on, beside or far from a wall time at which things change."""
        at = after + self.of(GAPS)
        wall = self.of((None, None, None, None, *WALLS))
        if wall is None:
            return at
        near = datetime.combine(at.astimezone(ZoneInfo(zone)).date(), wall, ZoneInfo(zone)).astimezone(UTC)
        return max(after, near + self.of((-MOMENT, 0 * MOMENT, MOMENT)))

    def special_days(self, around: datetime) -> dict[date, str]:
        days = range(self.of((0, 0, 1, 3)))
        return {around.date() + self.of(range(-2, 15)) * timedelta(days=1): self.of(SPECIAL) for _ in days}

    def board(self, around: datetime) -> Board:
        return Board(
            slug=SLUG,
            name="龙口市",
            zone=self.of(ZONES),
            cut_off=self.of((time(0), time(0), time(0), time(4), time(23, 59), time(2, 30))),
            report_by=self.of(((time(9), time(14)), (time(14), time(9)), (), (time(0),), (time(2, 30),))),
            valid_hours=self.of((8, 8, 1, 3, 24, 48)),
            capacities=self.of(({}, {"fever_clinic": 20}, {"fever_clinic": 0})),
            ordinary_hours=self.of(ORDINARY),
            special_days=self.special_days(around),
        )

    def site(self, around: datetime, site: str = "") -> Site:
        return Site(
            id=site or self.of(SITES),
            name="诊所",
            hours=self.of(HOURS),
            rota=self.of(ROTAS),
            phones=self.of(PHONES),
            capacity=self.of((None, 1, 10, 40, -3)),
            special_days=self.special_days(around),
        )

    def report(self, at: datetime, board: Board, number: int) -> e.Reported:
        about = service_day(at, board.cut_off, board.zone) + self.of(DAYS)
        reopen = self.of((*(None,) * 14, 1, 2, 5, 30, 0, -3))
        return e.Reported(
            id=f"r{number}",
            site=self.of(SOMEWHERE),
            service_day=about,
            patients=self.of((None, 0, 1, 9, 10, 14, 35, 49, 50, 9999)),
            staff_infected=self.of((None, None, None, None, True, True, False)),
            capacity_today=self.of((None, None, None, 0, 20)),
            expected_reopen=None if reopen is None else about + timedelta(days=reopen),
            phone_busy=self.of((None, None, True, False)),
            paused=self.of((None, None, None, None, None, "power", "")),
            cleared=self.of(CLEARED),
            counted_at=self.of(
                (None, None, None, at - timedelta(hours=1), at - timedelta(hours=9), at + MOMENT)
            ),
        )

    def withdrawn(self, records: Sequence[Record]) -> e.Withdrawn:
        told = [record.event for record in records[-12:] if isinstance(record.event, e.Reported)]
        known = self.of(told) if told else None
        report = self.of((known, known, known, None))
        return (
            e.Withdrawn(site=report.site, report=report.id) if report else e.Withdrawn(site="a", report="r0")
        )

    def decision(self, at: datetime, board: Board) -> e.Event:
        """What the desk says of one site."""
        site = self.of(SOMEWHERE)
        kind = self.of(["overridden", "confirmed", "ruled"])
        if kind == "overridden":
            until = self.instant(at, board.zone)
            return e.Overridden(
                site=site, light=self.of((*Light, *Light, None)), until=self.of((until, until, until, None))
            )
        if kind == "confirmed":
            return e.CrossConfirmed(site=site, confirmed=self.of((True, False)))
        return e.RuleSet(site=self.of((site, "")), rule=self.of(RULES))

    def upheaval(self, at: datetime, board: Board) -> e.Event:
        """Settings and sites come, change and go; and what is nobody's business here."""
        make: Callable[[], e.Event] = self.of(
            (
                lambda: e.SitePut(site=self.site(at)),
                lambda: e.BoardPut(board=self.board(at)),
                lambda: e.SiteRemoved(site=self.of(SOMEWHERE)),
                lambda: e.SiteRemoved(site=self.of(SOMEWHERE), merged_into=self.of(SOMEWHERE)),
                lambda: e.SiteMerged(
                    site=self.of(SOMEWHERE),
                    other=self.of(SOMEWHERE),
                    days=tuple(
                        e.CarriedDay(
                            day=at.date() - timedelta(days=back), patients=back, light=self.of((*Light, None))
                        )
                        for back in range(self.of((0, 1, 20)))
                    ),
                ),
                lambda: e.NoticePosted(
                    notice="n",
                    text=self.of(("", "通知")),
                    until=self.of((None, self.instant(at, board.zone))),
                ),
                lambda: e.TeamsSet(teams=(Team(name=self.of(("甲队", "乙队", ""))),) * self.of((1, 0, 2))),
                lambda: e.GuideSet(text=self.of(("# 指引", "", "a" * (MOST_GUIDE + 1)))),
                lambda: e.AskedBack(site=self.of(SOMEWHERE), service_day=at.date(), patients=900),
                lambda: e.MismatchReported(
                    site=self.of(SOMEWHERE), what=self.of(("closed", "not_seen", "?"))
                ),
                lambda: e.ColumnsMapped(columns={"坐席": self.of(("phone", ""))}),
                lambda: e.SitesImported(id=self.of(("", "i1", "i2")), since=self.of((-1, 0, 3, 10**9))),
                lambda: e.ArticlePushed(outcome=self.of(("added", "failed", "?")), day=at.date(), draft="d"),
                lambda: e.Unknown(raw=b'{"type":"later","v":1}'),
            )
        )
        return make()


def tell(tapes: Sequence[bytes], *, upheaval: bool = True) -> list[Record]:
    """A board that was put, with its sites, and what happened then."""
    begin = Tape(tapes[0] if tapes else b"")
    at = begin.of(BEGINNINGS)
    board = begin.board(at)
    events: list[e.Event] = [e.BoardPut(board=board)]
    events += [e.SitePut(site=begin.site(at, site)) for site in SITES[: begin.of((1, 3, 3, 3))]]
    records = [Record(board=SLUG, position=i, at=at, event=event) for i, event in enumerate(events, 1)]
    for tape in map(Tape, tapes[1:]):
        number = len(records) + 1
        kind = tape.of(["report"] * 4 + ["withdrawn", "decision", "upheaval" if upheaval else "decision"])
        at = tape.instant(at, board.zone)
        match kind:
            case "report":
                event: e.Event = tape.report(at, board, number)
            case "withdrawn":
                event = tape.withdrawn(records)
            case "decision":
                event = tape.decision(at, board)
            case _:
                event = tape.upheaval(at, board)
        if isinstance(event, e.BoardPut):
            board = event.board
        records.append(Record(board=SLUG, position=number, at=at, event=event))
    return records


def ledgers(*, most: int = 24, upheaval: bool = True) -> st.SearchStrategy[list[Record]]:
    """Ledgers of up to so many events after the first; without upheaval the settings stay."""
    tapes = st.lists(st.binary(min_size=18, max_size=18), max_size=most + 1)
    return tapes.map(lambda told: tell(told, upheaval=upheaval))


def folded(records: Sequence[Record]) -> BoardFold:
    fold = fold_all(SLUG, records)
    assert fold is not None
    return fold


def moved(record: Record, event: e.Event) -> Record:
    """The record with another event in its place."""
    return msgspec.structs.replace(record, event=event)
