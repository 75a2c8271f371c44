import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.actions.lists import (
    A1,
    BUREAU,
    HEADER,
    csv_of,
    known_of,
    put_sites,
    read_here,
    run_import,
    sites_of,
)
from trafficlight.actions import placing
from trafficlight.actions.importing import plan_import
from trafficlight.actions.placing import carry_out
from trafficlight.actions.plan import FieldChange, Options
from trafficlight.domain.board import Board, Site
from trafficlight.domain.errors import Refused
from trafficlight.domain.event import (
    BoardPut,
    Event,
    NoticePosted,
    Reported,
    SitePlaced,
    SitePut,
    SiteRemoved,
)
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.judge import judge
from trafficlight.ledger.base import Appended, Key
from trafficlight.ledger.store import LedgerStore

# --- moves --------------------------------------------------------------------------------------------------


async def test_a_site_moves_only_when_asked_and_keeps_what_the_list_does_not_say(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院", address="原址"))
    body = csv_of(("id", "name", "board"), ("a1", "甲院", "new"))
    assert [one.key for one in (await run_import(ledger, body)).open] == ["other-board:2"]
    plan = await run_import(ledger, body, move=True)
    assert [change.fields for change in plan.moved] == [(FieldChange("board", "old", "new"),)]
    current = await known_of(ledger)
    assert current.system.directory["a1"] == "new"
    assert current.boards["new"].sites["a1"].site.address == "原址"
    assert current.boards["old"].gone["a1"].moved_to == "new"
    assert (await run_import(ledger, body)).size == 0


MOVED = csv_of(("id", "name", "board"), ("a1", "甲院", "new"))


def said(days: int = 0, **fields: Any) -> Reported:
    """A report of today, or of so many days ago."""
    day = datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=days)
    return Reported(id=f"report-of-{days}-days-ago", site="a1", service_day=day, by="link:l1", **fields)


async def test_what_stands_today_moves_along_and_what_was_before_does_not(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院"))
    reopen = said().service_day + timedelta(days=3)
    closed = said(patients=31, capacity_today=60, staff_infected=True, expected_reopen=reopen)
    await ledger.append("old", [said(1, patients=12), closed])
    await run_import(ledger, MOVED, move=True)
    current = await known_of(ledger)
    fold = current.boards["new"]
    state = fold.sites["a1"]
    judged = judge(fold, state, datetime.now(UTC))
    assert (judged.light, judged.reason, judged.expected_reopen) == ("cross", "staff_infected", reopen)
    assert [(tally.patients, tally.capacity_today) for tally in state.tallies] == [(31, 60)]
    (report,) = state.reports
    assert (report.by, len(report.id) >= 16, report.id != closed.id) == ("cli", True, True)


async def test_a_closure_moves_along_with_what_it_is_for(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院"))
    await ledger.append("old", [said(paused="power")])
    await run_import(ledger, MOVED, move=True)
    fold = (await known_of(ledger)).boards["new"]
    judged = judge(fold, fold.sites["a1"], datetime.now(UTC))
    assert (judged.light, judged.reason, judged.paused) == ("cross", "paused", "power")


async def test_a_move_says_nothing_where_nothing_was_said_today(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院"))
    await ledger.append("old", [said(1, patients=12), said(2, staff_infected=True)])
    await run_import(ledger, MOVED, move=True)
    assert not (await known_of(ledger)).boards["new"].sites["a1"].reports


@pytest.mark.parametrize("appends", range(3))
async def test_a_move_finished_later_says_what_stands_once(
    ledger: LedgerStore, appends: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "AT_ONCE", 1)
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院"))
    await put_sites(ledger, Board(slug="new", name="新县", area_code="0300"))
    await ledger.append("old", [said(staff_infected=True)])
    plan = plan_import(read_here(MOVED), await known_of(ledger), Options(move=True))
    with pytest.raises(Power):
        await carry_out(Interrupted(ledger, appends), plan, by="cli")  # type: ignore[arg-type]
    await run_import(ledger, MOVED, move=True)
    await run_import(ledger, MOVED, move=True)
    events = [record.event for record in await ledger.read("new")]
    assert [type(event) for event in events] == [BoardPut, SitePut, Reported]


# --- interrupted and beside others --------------------------------------------------------------------------


class Power(Exception):
    """It went out."""


class Interrupted:
    """A ledger that goes away after some appends."""

    def __init__(self, ledger: LedgerStore, appends: int) -> None:
        self._ledger = ledger
        self._left = appends
        self.read = ledger.read
        self.heads = ledger.heads

    async def append(
        self, board: str, events: Sequence[Event], key: Key | None = None, expect: int | None = None
    ) -> Appended:
        if not self._left:
            raise Power
        self._left -= 1
        return await self._ledger.append(board, events, key, expect)


@pytest.mark.parametrize("appends", range(6))
async def test_an_interrupted_import_is_finished_by_running_it_again(
    ledger: LedgerStore, appends: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "AT_ONCE", 2)
    body = csv_of(BUREAU, *(("", "桃源镇", f"第{n}卫生室", "", f"0300-55501{n:02}") for n in range(5)))
    plan = plan_import(read_here(body), await known_of(ledger), Options(board="shili"))
    with pytest.raises(Power):
        await carry_out(Interrupted(ledger, appends), plan, by="cli")  # type: ignore[arg-type]
    await run_import(ledger, body, board="shili")
    sites = await sites_of(ledger)
    assert {site.id: site.name for site in sites.values()} == {
        f"shili-00{n + 1}": f"第{n}卫生室" for n in range(5)
    }
    assert (await run_import(ledger, body, board="shili")).size == 0


@pytest.mark.parametrize("appends", range(3))
async def test_an_interrupted_move_is_finished_by_running_it_again(ledger: LedgerStore, appends: int) -> None:
    await put_sites(ledger, Board(slug="old", name="旧县"), Site(id="a1", name="甲院"))
    body = csv_of(("id", "name", "board"), ("a1", "甲院", "new"))
    plan = plan_import(read_here(body), await known_of(ledger), Options(move=True))
    with pytest.raises(Power):
        await carry_out(Interrupted(ledger, appends), plan, by="cli")  # type: ignore[arg-type]
    await run_import(ledger, body, move=True)
    current = await known_of(ledger)
    assert set(current.boards["new"].sites) == {"a1"}
    assert not current.boards["old"].sites


async def test_reports_that_come_meanwhile_do_not_stop_an_import(ledger: LedgerStore) -> None:
    await put_sites(ledger, Board(slug="shili", name="示例县"))
    plan = plan_import(read_here(csv_of(HEADER, A1)), await known_of(ledger))
    await ledger.append("shili", [NoticePosted(notice="n1", text="与名单无关")])
    await carry_out(ledger, plan, by="cli")
    assert set(await sites_of(ledger)) == {"a1"}


@pytest.mark.parametrize(
    ("board", "event"),
    [
        (SYSTEM, SitePlaced(site="a1", board="elsewhere")),
        ("shili", BoardPut(board=Board(slug="shili", name="别人的"))),
        ("shili", SitePut(site=Site(id="a1", name="别人改的"))),
        ("shili", SiteRemoved(site="a1")),
    ],
)
async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    ledger: LedgerStore, board: str, event: Event
) -> None:
    await put_sites(ledger, Board(slug="shili", name="县"), Site(id="b1", name="另一家"))
    plan = plan_import(read_here(csv_of(HEADER, A1)), await known_of(ledger))
    await ledger.append(board, [event])
    with pytest.raises(Refused, match="overtaken"):
        await carry_out(ledger, plan, by="cli")


async def test_two_imports_at_once_give_no_id_to_two_boards(ledger: LedgerStore) -> None:
    known = await known_of(ledger)
    plans = [
        plan_import(read_here(csv_of(("id", "name", "board"), ("a1", "甲院", slug))), known)
        for slug in ("x", "y")
    ]
    outcomes = await asyncio.gather(
        *(carry_out(ledger, plan, by="cli") for plan in plans), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), Refused]
    assert set((await known_of(ledger)).boards) == {"x"}
