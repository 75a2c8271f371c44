"""What did the page say at 16:00 that day? What was published then, byte for byte."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.publish.trees import Keeping, tree
from tests.publish.worlds import ERXIAN, SHILI, World, board, lively, report, site
from trafficlight.domain import event as e
from trafficlight.domain.ids import SYSTEM
from trafficlight.domain.record import Record
from trafficlight.ledger.as_of import Past, folded_at
from trafficlight.ledger.opening import open_ledger
from trafficlight.publish.publisher import Publisher
from trafficlight.publish.sync import TargetSync
from trafficlight.publish.targets.folder import FolderTarget
from trafficlight.publish.view import TreeLocation
from trafficlight.text.languages import LANGUAGES


async def told(folder: Path, records: Sequence[Record], instants: Sequence[datetime]) -> list[Past]:
    """The past at those instants, of a ledger on disk that holds the records."""
    now = instants[0]
    ledger = await open_ledger(f"sqlite:{folder / 'ledger.sqlite'}", lambda: now)
    for record in records:
        now = record.at
        await ledger.append(record.board, [record.event])
    found = [await folded_at(ledger, instant) for instant in instants]
    await ledger.close()
    return found


async def printed(past: Past, at: datetime, root: Path) -> dict[str, bytes]:
    place = TreeLocation(public_url=past.system.config.get("public_url", ""))
    await TargetSync(Publisher(past, lambda: place), FolderTarget(root), lambda: at).once(at)
    return await asyncio.to_thread(tree, root)


@pytest.mark.parametrize("seed", range(2))
async def test_as_of_an_instant_is_what_was_published_then(tmp_path: Path, seed: int) -> None:
    """Events go on for two days; the folder was published live now and then, on boundaries too."""
    chance = random.Random(seed)
    world = lively()
    world.tongues = LANGUAGES
    live: list[tuple[datetime, dict[str, bytes]]] = []
    keep = Keeping(world, tmp_path / "live")
    while len(live) < 6:
        for _ in range(chance.randrange(6)):
            day = (world.at + timedelta(hours=8)).date()
            slug, name = chance.choice([(SHILI, f"clinic-{chance.randrange(8)}"), (ERXIAN, "er-0")])
            world.happen(slug, report(0, chance.randrange(80), day, site=name), after=61)
        world.at += timedelta(minutes=chance.choice([3, 47, 300, 700]))
        live.append((world.at, await keep.once()))
    nine = datetime.fromisoformat("2022-12-26T09:00:00+08:00")
    for world.at in (nine - timedelta(microseconds=1), nine):
        live.append((world.at, await keep.once()))
    world.happen(SHILI, board(SHILI, name="更名县"), e.SiteRemoved(site="clinic-0"), after=0.000001)
    world.happen(SYSTEM, e.ConfigSet(key="public_url", value="https://neu.example"))
    past = await told(tmp_path, world.records, [at for at, _ in live])
    for number, (then, (at, wanted)) in enumerate(zip(past, live, strict=True)):
        assert await printed(then, at, tmp_path / f"then-{number}") == wanted


async def test_the_instant_itself_is_included_and_what_came_later_is_not(tmp_path: Path) -> None:
    world = World()
    first = world.happen(SHILI, board(SHILI), site(0))
    second = world.happen(SHILI, report(0, 60), after=60)
    world.happen(ERXIAN, board(ERXIAN), after=60)
    moment = timedelta(microseconds=1)
    instants = [first - moment, first, second - moment, second, second + timedelta(days=1)]
    past = await told(tmp_path, world.records, instants)
    assert [one.boards[SHILI].position if SHILI in one.boards else 0 for one in past] == [0, 2, 2, 3, 3]
    assert [sorted(one.boards) for one in past] == [[], [SHILI], [SHILI], [SHILI], [ERXIAN, SHILI]]
    assert past[4].boards == world.boards


async def test_one_folder_can_go_back_in_time(tmp_path: Path) -> None:
    """Boards that were not there yet go, and nothing of what came later stays."""
    world = World()
    world.happen(SHILI, board(SHILI), site(0))
    early = world.at
    world.happen(ERXIAN, board(ERXIAN), site(0, id="er-0"), after=3600)
    world.happen(SHILI, site(1, town="新镇"), report(0, 60))
    (then,) = await told(tmp_path, world.records, [early])
    await Keeping(world, tmp_path / "t").once()
    back = await printed(then, early, tmp_path / "t")
    assert back == await printed(then, early, tmp_path / "fresh")
    assert not any("erxian" in path or "新镇" in path for path in back)
