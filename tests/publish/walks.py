"""Random walks: anything may happen, at any instant, and above all just at and around the boundaries."""

from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.publish.worlds import CAOGAO, DUMPS, ERXIAN, SHILI, World, board, report, site, teams
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.day import local
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.light import Light
from trafficlight.domain.phone import parse_phones
from trafficlight.publish.formats.base import FormatScope
from trafficlight.publish.publisher import FormatSubject

BOARDS = {SHILI: 5, ERXIAN: 3, CAOGAO: 2}
"""Boards and how many sites each may have."""

HOURS = ("", "24小时", "8:00-12:00,14:00-17:30", "周一至周五 8:00-17:00", "8:00-11:30", "22:00-6:00", "随时")
ROTAS = ("", "", "", "", "", "每2天一次，自12月24日起", "每周六、日", "12月24日、12月26日 20:00-6:00")
PHONES = (
    "0535-0001001",
    "0535-0001001",
    "0535-0001001（白天）/0535-0001002（夜间）",
    "0535-0001003/0535-0001004（6:00-10:00）",
)
TOWNS = ("镇0", "镇1", "东/西镇", "")
RULES: tuple[dict[str, Any] | None, ...] = (
    None,
    {"kind": "counts", "yellow": 5, "red": 20},
    {"kind": "share", "yellow": 0.2, "red": 0.4},
    {"kind": "share"},
)

MINUTE, HOUR = 60.0, 3600.0


class Step:
    """Something that happens, and how a failing walk tells it."""

    def __init__(self, take: Callable[[World], None], *told: object) -> None:
        self.take = take
        self._told = told

    def __repr__(self) -> str:
        return " ".join(str(one) for one in self._told if one is not None)


def _today(world: World, slug: str) -> date:
    fold = world.boards[slug]
    assert fold.board is not None
    return local(world.at, fold.board.zone).date()


@st.composite
def reports(draw: st.DrawFn) -> Step:
    slug = draw(st.sampled_from([SHILI, SHILI, SHILI, ERXIAN, CAOGAO]))
    number = draw(st.sampled_from([0, 0, 0, *range(BOARDS[slug])]))
    patients = draw(st.sampled_from([None, 0, 3, 3, 3, 10, 34, 35, 49, 50, 200]))
    infected = draw(st.sampled_from([None, None, None, True, False]))
    full = draw(st.sampled_from([None, None, 0, 10]))
    back = draw(st.sampled_from([0, 0, 0, 0, 1, 3, -1]))
    reopen = draw(st.sampled_from([None, 1, 3])) if infected else None
    busy = draw(st.sampled_from([None, None, True, False]))
    age = draw(st.sampled_from([0, 0, 0, 5, 100]))
    cleared = draw(st.sampled_from([(), (), (), ("capacity_today",), ("expected_reopen",)]))

    def step(world: World) -> None:
        today = _today(world, slug)
        said = report(
            number,
            patients,
            today - timedelta(days=back),
            staff_infected=infected,
            capacity_today=full,
            expected_reopen=today + timedelta(days=reopen) if reopen else None,
            phone_busy=busy,
            counted_at=world.at - timedelta(minutes=age) if age else None,
            cleared=cleared,
            site=_id(slug, number),
        )
        world.happen(slug, said)

    return Step(step, "report", slug, number, patients, infected, full, back, reopen, busy, age, cleared)


@st.composite
def desk(draw: st.DrawFn) -> Step:
    """What the desk does with a site: an override, a word on a closure, a withdrawal."""
    slug = draw(st.sampled_from([SHILI, SHILI, ERXIAN]))
    number = draw(st.integers(0, BOARDS[slug] - 1))
    act = draw(
        st.sampled_from(["override", "take back", "confirm", "deny", "withdraw", "withdraw", "ask", "tell"])
    )
    light = draw(st.sampled_from(list(Light)))
    hours = draw(st.sampled_from([0.5, 3, 30]))
    which = draw(st.integers(0, 3))

    def step(world: World) -> None:
        name = _id(slug, number)
        kept = world.boards[slug].sites.get(name)
        said = [one.id for one in kept.reports] if kept else []
        world.happen(
            slug,
            {
                "override": e.Overridden(
                    site=name, light=light, reason="核实", until=world.at + timedelta(hours=hours)
                ),
                "take back": e.Overridden(site=name),
                "confirm": e.CrossConfirmed(site=name, confirmed=True),
                "deny": e.CrossConfirmed(site=name, confirmed=False),
                "withdraw": e.Withdrawn(site=name, report=said[-1 - which % len(said)] if said else "none"),
                "ask": e.AskedBack(site=name, service_day=_today(world, slug), patients=999),
                "tell": e.MismatchReported(site=name, what="closed"),
            }[act],
        )

    return Step(step, act, slug, number, light, hours, which)


@st.composite
def settings(draw: st.DrawFn) -> Step:
    """A board's settings, its rules and its notices."""
    slug = draw(st.sampled_from(list(BOARDS)))
    act = draw(st.sampled_from(["board", "rule", "rule", "notice", "notice", "config", "teams", "guide"]))
    fields = {
        "name": draw(st.sampled_from(["甲县", "乙县"])),
        "state": draw(st.sampled_from([*BoardState, BoardState.LIVE, BoardState.LIVE])),
        "cut_off": draw(st.sampled_from([time(0), time(0), time(4)])),
        "report_by": draw(st.sampled_from([(time(9), time(14)), (time(2),), ()])),
        "valid_hours": draw(st.sampled_from([2, 8])),
        "public_counts": draw(st.booleans()),
        "closing": draw(st.sampled_from(["", "谢谢大家。"])),
    }
    shut = draw(st.sampled_from([None, 0, 1]))
    number = draw(st.integers(-1, BOARDS[slug] - 1))
    rule = draw(st.sampled_from(RULES))
    notice = draw(st.sampled_from(["a", "b"]))
    text = draw(st.sampled_from(["元旦放假。", "今天停电。", ""]))
    hours = draw(st.sampled_from([None, 0.1, 5.0]))
    url = draw(st.sampled_from(["", "https://deng.example"]))
    many = draw(st.sampled_from([0, 1, 4, 4, 201]))
    guide = draw(st.sampled_from(["", "# 发热\n", "先打电话。"]))

    def step(world: World) -> None:
        days = {_today(world, slug) + timedelta(days=shut): "休息"} if shut is not None else {}
        until = world.at + timedelta(hours=hours) if hours else None
        put = board(slug, **fields, special_days=days)
        told: dict[str, e.Event] = {
            "board": put,
            "rule": e.RuleSet(site="" if number < 0 else _id(slug, number), rule=rule),
            "notice": e.NoticePosted(notice=notice, text=text, until=until),
            "config": e.ConfigSet(key="public_url", value=url),
            "teams": e.TeamsSet(teams=teams(many)),
            "guide": e.GuideSet(text=guide),
        }
        world.happen(SYSTEM if act == "config" else slug, told[act])

    told_of = {
        "board": fields,
        "rule": rule,
        "notice": (notice, text, hours),
        "config": url,
        "teams": many,
        "guide": guide,
    }
    return Step(step, act, slug, number, shut, told_of[act])


@st.composite
def lists(draw: st.DrawFn) -> Step:
    """A site put, removed or moved."""
    slug = draw(st.sampled_from([SHILI, SHILI, ERXIAN, CAOGAO]))
    number = draw(st.integers(0, BOARDS[slug] - 1))
    act = draw(st.sampled_from(["put", "put", "remove", "move", "merge"]))
    other = _id(slug, draw(st.integers(0, BOARDS[slug] - 1)))
    fields = {
        "town": draw(st.sampled_from(TOWNS)),
        "hours": draw(st.sampled_from(HOURS)),
        "rota": draw(st.sampled_from(ROTAS)),
        "phones": parse_phones(draw(st.sampled_from(PHONES))),
        "kind": draw(st.sampled_from(["hospital", "village_clinic", "township_centre", "自定"])),
        "capacity": draw(st.sampled_from([None, 10, 100])),
        "lat": draw(st.sampled_from([None, 37.1, 37.2])),
        "lon": draw(st.sampled_from([None, 120.1])),
        "name": draw(st.sampled_from(["卫生院", "医院"])),
    }

    def step(world: World) -> None:
        name = _id(slug, number)
        if act == "put":
            world.happen(slug, site(number, id=name, **fields))
        elif act == "merge":
            days = (e.CarriedDay(day=world.at.date() - timedelta(days=2), patients=7),)
            merged = e.SiteMerged(site=other, other=name, days=days)
            world.happen(slug, e.SiteRemoved(site=name, merged_into=other), merged)
        else:
            world.happen(slug, e.SiteRemoved(site=name, moved_to=ERXIAN if act == "move" else ""))
            if act == "move":
                world.happen(ERXIAN, site(number, id=name, **fields))

    return Step(step, act, slug, number, fields)


def _id(slug: str, number: int) -> str:
    return f"{slug}-{number}"


STEPS = st.one_of(reports(), reports(), reports(), reports(), reports(), desk(), settings(), lists())

PAUSES = st.sampled_from(
    [
        *(
            0.0,
            1.0,
            5 * MINUTE,
            5 * MINUTE,
            5 * MINUTE,
            HOUR,
            HOUR,
            4 * HOUR,
            9 * HOUR,
            26 * HOUR,
            200 * HOUR,
        ),
        *(None, None, None),
    ]
)
"""Seconds until the next step; None: to the very next boundary."""


def began() -> World:
    """The boards before anything happens on them."""
    world = World()
    for slug, sites in BOARDS.items():
        world.happen(slug, board(slug, state=BoardState.DRAFT if slug == CAOGAO else BoardState.LIVE))
        for number in range(sites):
            world.happen(slug, site(number, id=_id(slug, number)))
    return world


def pause(world: World, seconds: float | None, early: bool) -> None:
    """Let time go by: where no seconds are given, to a boundary, or (`early`) to a microsecond before it."""
    if seconds is not None:
        world.at += timedelta(seconds=seconds)
        return
    until = world.publisher(DUMPS).made(FormatSubject(FormatScope.BOARD, SHILI), world.at)[1]
    assert until is not None
    world.at = max(world.at, until.astimezone(UTC) - timedelta(microseconds=early))
