"""Whoever takes hold of a place puts first what is new there, and then looks whether the rest is right."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

from tests.publish.trees import Keeping, Recording, becomes, full, happens
from tests.publish.worlds import CAOGAO, ERXIAN, SHILI, World, board, report, site
from trafficlight.publish.publisher import Made
from trafficlight.publish.sync_pass import ASSETS, REST

BOARDS = (SHILI, ERXIAN, CAOGAO)
SITES = 13
"""More than a page names nearby: a report does not change all of them."""


def of(slug: str, number: int) -> str:
    return f"{slug}-{number}"


def counties() -> World:
    """Three boards on which nobody has reported yet."""
    world = World()
    for slug in BOARDS:
        world.happen(slug, board(slug), *(site(number, id=of(slug, number)) for number in range(SITES)))
    return world


def says(world: World, slug: str, number: int, patients: int) -> None:
    """A site's report, a minute later."""
    world.happen(slug, report(0, patients, site=of(slug, number)), after=60)


class Next(Keeping):
    """The next one to keep the place, which knows nothing but the ledger; what it made, and when."""

    def __init__(self, world: World, root: Path) -> None:
        self.recording = Recording(root)
        super().__init__(world, root, self.recording)
        self.publisher._on_made = self._made  # noqa: SLF001 - among its passes

    def _made(self, fact: Made) -> None:
        self.recording.log.append(("make", fact.format))


async def test_new_lights_are_there_before_anything_is_looked_at_that_has_not_changed(
    tmp_path: Path, soon: None
) -> None:
    world = counties()
    await Keeping(world, tmp_path / "t").once()
    says(world, ERXIAN, 1, 45)
    says(world, SHILI, 2, 70)
    keep = Next(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: keep.passes and not keep.passes[-1].unsure and len(keep.passes) >= 8)
    told = [(one.part, one.written > 0) for one in keep.passes]
    assert told[:5] == [(ASSETS, False), (SHILI, True), (ERXIAN, True), (CAOGAO, False), (REST, True)]
    # Then all the rest; of what is new, what programs read.
    assert sorted(told[5:8]) == [(part, part in {SHILI, ERXIAN}) for part in sorted(BOARDS)]
    assert [one.unsure for one in keep.passes[:8]] == [3, 3, 3, 3, 3, 2, 1, 0]
    log = keep.recording.log
    made_first = [name for act, name in log[: log.index(("write", "index.html"))] if act == "make"]
    changed = sum(path.count("/sites/") and path.endswith(".html") for act, path in log if act == "write")
    assert 2 <= changed < 2 * SITES
    assert made_first.count("site_page") == changed


async def test_a_new_site_has_its_page_before_its_board_names_it(tmp_path: Path, soon: None) -> None:
    world = counties()
    await Keeping(world, tmp_path / "t").once()
    world.happen(SHILI, site(7, id="neu"), after=60)
    keep = Next(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: any(one.written for one in keep.passes))
    wrote = [path for act, path in keep.recording.log if act == "write"]
    assert wrote.index("shili/sites/neu.html") < wrote.index("shili/index.html")


async def test_what_is_wrong_there_without_being_new_is_found_afterwards(tmp_path: Path, soon: None) -> None:
    world = counties()
    root = tmp_path / "t"
    await Keeping(world, root).once()
    (root / ".trafficlight" / "clean").unlink()
    page = root / "shili/sites/shili-3.html"
    page.write_bytes(b"torn")
    (root / "shili/sites/stray.html").write_bytes(b"stray")
    keep = Next(world, root)
    async with keep.running():
        await becomes(root, await full(world, tmp_path / "fresh"))
    assert keep.faults == []


async def test_a_ledger_that_has_lost_events_is_published_as_it_is(tmp_path: Path, soon: None) -> None:
    """What was noted at the place is no promise of what the ledger holds."""
    world = counties()
    for number in range(SITES):
        says(world, SHILI, number, 70)
    await Keeping(world, tmp_path / "t").once()
    shorter = World(world.records[: -SITES // 2])
    shorter.at = world.at
    keep = Next(shorter, tmp_path / "t")
    async with keep.running():
        await becomes(tmp_path / "t", await full(shorter, tmp_path / "fresh"))


async def test_while_the_rest_is_looked_at_news_and_time_do_not_wait_for_it(
    tmp_path: Path, soon: None
) -> None:
    world = counties()
    await Keeping(world, tmp_path / "t").once()
    keep = Next(world, tmp_path / "t")
    keeper = keep.keeper
    await keeper._open()  # noqa: SLF001 - step by step, whatever the machine's speed
    while not keep.passes or keep.passes[-1].part != REST:
        await keeper._work()  # noqa: SLF001
    says(world, CAOGAO, 0, 70)
    marked = keeper._marked  # noqa: SLF001 - as if the rest had been looked at for an hour
    marked.update(dict.fromkeys(marked, time.monotonic() - 3600))
    keeper.wake([CAOGAO])
    keep.passes.clear()
    while not keep.passes:
        await keeper._work()  # noqa: SLF001
    assert [(one.part, one.unsure) for one in keep.passes] == [(CAOGAO, len(BOARDS))]
    assert keep.passes[0].lag < 1800, "late from the news on"
    world.at = world.at.replace(hour=1, minute=0) + timedelta(days=1)  # 9:00 in Longkou
    keep.passes.clear()
    while {one.part for one in keep.passes if one.written} < {*BOARDS}:
        await keeper._work()  # noqa: SLF001
    assert {one.unsure for one in keep.passes} == {len(BOARDS)}
    await asyncio.to_thread(keep.target.close)


async def test_one_that_stood_by_is_late_only_from_its_turn_on(tmp_path: Path, soon: None) -> None:
    keep = Keeping(counties(), tmp_path / "t")
    keep.keeper.wake([SHILI])
    marked = keep.keeper._marked  # noqa: SLF001 - as if it had stood by for an hour
    marked.update(dict.fromkeys(marked, time.monotonic() - 3600))
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
    assert max(one.lag for one in keep.passes) < 1800
