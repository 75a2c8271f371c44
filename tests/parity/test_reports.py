"""One way in: what is told of a site's day comes to the same at every door.

Rows are what is told, columns the ways to tell it (`ways.py`). Each cell: taken, or refused with the same
code, and the same facts afterwards. What is not so is written down: `api` of a program, whose values are
typed and which is asked one thing alone; `lists` of many sites, in which what is empty says nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import asdict, replace

from tests.parity.reports import HOURS, TABLE, TODAY, Facts, Row
from tests.parity.ways import SKIPPED, TAKEN, Api, Counts, Desk, Entry, Form, Town, Way
from tests.web.conftest import BOARD, Starter, World, facts
from tests.web.desk.conftest import Office
from trafficlight.domain.board import BoardState, Site
from trafficlight.domain.event import Reported
from trafficlight.domain.ids import SYSTEM

TOWNS: Final = {"form": "甲镇", "town": "乙镇"}


class Doors(NamedTuple):
    world: World
    ways: Sequence[Way]

    async def reported(self) -> dict[str, list[Facts]]:
        """What was reported of each site, without ids and names, but for what stood there before."""
        found: dict[str, list[Facts]] = {}
        for record in await self.world.node.ledger.read("longkou"):
            event = record.event
            if isinstance(event, Reported) and not event.id.startswith("before"):
                fields = {**asdict(event), "id": "", "by": "", "site": ""}
                kept = {name: value for name, value in fields.items() if value not in ("", None, False, ())}
                kept |= {name: False for name in ("staff_infected", "phone_busy") if fields[name] is False}
                kept |= {name: 0 for name in ("patients", "capacity_today") if fields[name] == 0}
                kept |= {"paused": ""} if fields["paused"] == "" else {}
                found.setdefault(event.site, []).append(kept)
        return found


async def _doors(start: Starter, rows: Mapping[str, Row], board: Any = BOARD) -> tuple[Doors, Office]:
    """A board with a site for each cell."""
    world = await start()
    names = ("API", "form", "town", "desk", "sheet")
    sites = [
        Site(
            id=_site(way, number), name=_site(way, number), town=TOWNS.get(way, ""), capacity=50, hours=HOURS
        )
        for way in names
        for number in range(len(rows))
    ]
    own, placed = facts(board, sites)
    before = [
        Reported(id=f"before-{way}-{number}-{step}", site=_site(way, number), **{"service_day": TODAY, **one})
        for way in names
        for number, row in enumerate(rows.values())
        for step, one in enumerate(row.before)
    ]
    await world.put("longkou", *own, *before)
    await world.put(SYSTEM, *placed)
    links = {way: await world.link(board="longkou", town=town) for way, town in TOWNS.items()}
    office = Office(world)
    person = await office.hire("王芳", {"longkou": "editor"})
    ways = (
        Api(world),
        Form(world, links["form"]),
        Town(world, links["town"]),
        Desk(world, person),
        Counts(world, person),
    )
    return Doors(world, ways), office


def _site(way: str, number: int) -> str:
    return f"{way.lower()}-{number}"


def _expected(row: Row, way: Way) -> tuple[str, list[Facts]]:
    if way.name == "API" and row.api is not None:
        row = row.api
    code = row.lists if row.lists and way.name in {"town", "sheet"} else row.code
    return code, [row.kept] if code == TAKEN else []


async def test_what_is_told_comes_to_the_same_at_every_door(start: Starter) -> None:
    doors, office = await _doors(start, TABLE)
    codes: dict[tuple[str, str], str] = {}
    for way in doors.ways:
        told = [
            (name, (_site(way.name, number), row.told))
            for number, (name, row) in enumerate(TABLE.items())
            if row.told.told <= way.fields
        ]
        answers = await way.send([entry for _, entry in told])
        codes |= {(name, way.name): code for (name, _), code in zip(told, answers, strict=True)}
    kept = await doors.reported()
    await office.close()
    numbers = {name: number for number, name in enumerate(TABLE)}
    ways = {way.name: way for way in doors.ways}
    found = {
        (name, way): (code, kept.get(_site(way, numbers[name]), [])) for (name, way), code in codes.items()
    }
    expected = {(name, way): _expected(TABLE[name], ways[way]) for name, way in codes}
    assert found == expected


async def test_a_board_that_has_ended_takes_what_any_other_takes(start: Starter) -> None:
    """It shows nothing of it; the ledger keeps it, and whoever opens the board again finds it."""
    rows = {name: TABLE[name] for name in ("12", "24+", "lower", "closed for infection")}
    doors, office = await _doors(start, rows, replace(BOARD, state=BoardState.ENDED, ended_on=TODAY))
    found = {}
    for way in doors.ways:
        told = [
            (_site(way.name, number), row.told)
            for number, row in enumerate(rows.values())
            if row.told.told <= way.fields
        ]
        found[way.name] = await way.send(told)
    await office.close()
    every = [TAKEN, "open_number", "lower_number", TAKEN]
    assert found == {
        "API": [TAKEN, "wrong_type", TAKEN, TAKEN],
        "form": every,
        "town": every,
        "desk": every,
        "sheet": every[:3],
    }


async def test_a_site_that_is_not_there_is_nobodys(start: Starter) -> None:
    doors, office = await _doors(start, {"a": Row(Entry())})
    before = await doors.world.node.ledger.heads()
    found = {way.name: await way.send([("nowhere", Entry(patients="5"))]) for way in doors.ways}
    await office.close()
    assert found == {
        "API": ["unknown_site"],
        "form": ["site_gone"],  # the link leads to its own sites alone
        "town": [SKIPPED],  # the page has no such row
        "desk": ["not_found"],
        "sheet": ["unknown_site"],
    }
    after = await doors.world.node.ledger.heads()
    assert after["longkou"] == before["longkou"]


async def test_the_same_key_is_taken_once(start: Starter) -> None:
    """A double tap, a form sent again after going back, a file that is uploaded twice."""
    rows = {"a": Row(Entry()), "b": Row(Entry())}
    doors, office = await _doors(start, rows)
    found = {}
    for way in doors.ways:
        first, other = _site(way.name, 0), _site(way.name, 1)
        entry = Entry(patients="5", key="the-same-key")
        codes = [*await way.send([(first, entry)]), *await way.send([(first, entry)])]
        if way.name != "sheet":  # another file is another key
            await way.send([(other, entry)])
            codes += await way.send([(other, replace(entry, patients="6"))])
        found[way.name] = codes
    kept = await doors.reported()
    await office.close()
    assert found == {
        "API": [TAKEN, TAKEN, "key_reused"],
        "form": [TAKEN, TAKEN, "newer_report"],  # people are shown what they sent before
        "town": [TAKEN, TAKEN, "newer_report"],
        "desk": [TAKEN, TAKEN, "newer_report"],
        "sheet": [TAKEN, TAKEN],
    }
    assert {site: [one["patients"] for one in reports] for site, reports in kept.items()} == {
        _site(way.name, number): [5]
        for way in doors.ways
        for number in ((0,) if way.name == "sheet" else (0, 1))
    }
