"""A board's ledger told line by line, in wall times of December 2022, and what is then seen of its sites."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from trafficlight.domain import event as e
from trafficlight.domain.board import Board, Site
from trafficlight.domain.headline import Headline, headline
from trafficlight.domain.judge import judge, steps_of
from trafficlight.domain.light import Light
from trafficlight.domain.record import Record
from trafficlight.domain.replay import Replay
from trafficlight.domain.state import BoardFold, Judged, SiteState

MOMENT = timedelta(microseconds=1)
SLUG = "longkou"


def day(text: str) -> date:
    """`24` is 24 December 2022."""
    return date.fromisoformat(f"2022-12-{text}" if len(text) == 2 else text)


class Story:
    """Events are kept in the order of the calls; a wall time is `24 08:10`, or has year and month too."""

    def __init__(self, *, site: Mapping[str, Any] | None = None, **board: Any) -> None:
        self.zone = str(board.get("zone", "Asia/Shanghai"))
        self.replay = Replay(SLUG)
        self.records: list[Record] = []
        self.board = Board(slug=SLUG, name="龙口市", **board)
        self.keep("2022-11-01 00:00", e.BoardPut(board=self.board))
        self.put("2022-11-01 00:00", **(site or {}))

    def wall(self, text: str) -> datetime:
        full = text if text[4:5] == "-" else f"2022-12-{text}"
        return datetime.fromisoformat(full).replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    # --- what happens ---------------------------------------------------------------------------------------

    def keep(self, at: str | datetime, event: e.Event) -> Record:
        when = self.wall(at) if isinstance(at, str) else at
        record = Record(board=SLUG, position=len(self.records) + 1, at=when, event=event)
        self.records.append(record)
        self.replay.apply(record)
        return record

    def put(self, at: str, site: str = "a", **settings: Any) -> None:
        """Open day and night unless it says otherwise: most stories are not about hours."""
        self.keep(at, e.SitePut(site=Site(id=site, name=site, **{"hours": "24小时", **settings})))

    def put_board(self, at: str, **settings: Any) -> None:
        self.keep(at, e.BoardPut(board=Board(slug=SLUG, name="龙口市", **settings)))

    def report(
        self,
        at: str | datetime,
        patients: int | None = None,
        *,
        site: str = "a",
        about: str = "",
        **said: Any,
    ) -> str:
        """The id of the report, which is about the local date of `at` unless it says so."""
        when = self.wall(at) if isinstance(at, str) else at
        about_day = day(about) if about else when.astimezone(ZoneInfo(self.zone)).date()
        name = f"r{len(self.records) + 1}"
        self.keep(when, e.Reported(id=name, site=site, service_day=about_day, patients=patients, **said))
        return name

    def withdraw(self, at: str, report: str, site: str = "a") -> None:
        self.keep(at, e.Withdrawn(site=site, report=report))

    def override(self, at: str, light: Light | None, until: str = "", site: str = "a") -> None:
        end = self.wall(until) if until else None
        self.keep(at, e.Overridden(site=site, light=light, reason="电话核实", until=end, by="desk:li"))

    def rule(self, at: str, rule: Mapping[str, Any] | None, site: str = "") -> None:
        self.keep(at, e.RuleSet(site=site, rule=rule))

    @property
    def fold(self) -> BoardFold:
        assert self.replay.fold is not None
        return self.replay.fold

    # --- what is seen ---------------------------------------------------------------------------------------

    def state(self, site: str = "a") -> SiteState:
        return self.fold.sites[site]

    def judged(self, at: str | datetime, site: str = "a") -> Judged:
        when = self.wall(at) if isinstance(at, str) else at
        return judge(self.fold, self.state(site), when)

    def seen(self, at: str | datetime, site: str = "a") -> str:
        """`red rule`, or `none expired`."""
        judged = self.judged(at, site)
        return f"{judged.light or 'none'} {judged.reason}"

    def steps(self, at: str, site: str = "a") -> tuple[int, int] | None:
        """From which counts yellow and red begin."""
        return steps_of(self.fold, self.state(site), self.wall(at))

    def last(self, at: str | datetime, site: str = "a") -> str:
        """`23 yellow 16:20` as the last light, or nothing."""
        last = self.judged(at, site).last
        if last is None:
            return ""
        clock = last.at.astimezone(ZoneInfo(self.zone)).strftime(" %H:%M") if last.at else ""
        return f"{last.day:%d} {last.light}{clock}"

    def headline(self, at: str | datetime) -> Headline:
        when = self.wall(at) if isinstance(at, str) else at
        judged = {site: judge(self.fold, state, when) for site, state in self.fold.sites.items()}
        return headline(self.fold, judged, when)
