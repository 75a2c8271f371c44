"""A target is kept equal to what is published."""

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from tests.patience import Stopwatch
from tests.publish.trees import Keeping, Recording, becomes, full, happens, left_behind, tree
from tests.publish.worlds import ERXIAN, SHILI, World, board, county, everything, lively, report, site
from trafficlight.domain import event as e
from trafficlight.domain.board import BoardState
from trafficlight.domain.ids import SYSTEM
from trafficlight.publish.sync_pass import ASSETS, REST
from trafficlight.publish.targets import NOTES
from trafficlight.publish.targets.base import File, Manifest, TargetUnavailable
from trafficlight.publish.targets.folder import FolderTarget
from trafficlight.text.languages import LANGUAGES, split


async def test_a_folder_holds_what_is_published_and_its_encodings(tmp_path: Path) -> None:
    world = lively()
    there = await Keeping(world, tmp_path / "t").once()
    publisher = world.again().publisher()
    wanted = everything(publisher, world.at)
    for path in list(wanted):
        published = publisher.find(path, world.at)
        assert published is not None
        if published.compressible:
            wanted |= {f"{path}.gz": published.gzip, f"{path}.br": published.brotli}
    assert there == wanted


async def test_the_same_again_writes_nothing(tmp_path: Path) -> None:
    world = lively()
    await Keeping(world, tmp_path / "t").once()
    again = Keeping(world.again(), tmp_path / "t")
    await again.once()
    assert again.written == 0


async def test_a_report_writes_only_what_it_changed(tmp_path: Path) -> None:
    world = county(10)
    world.tongues = LANGUAGES
    keep = Keeping(world, tmp_path / "t")
    world.happen(SHILI, report(0, 5), after=7200)
    before = await keep.once()
    world.happen(SHILI, report(0, 6), after=60)
    after = await keep.once()
    changed = {path for path in after if before.get(path) != after[path]}
    plain = {path for path in changed if not path.endswith((".gz", ".br"))}
    in_each_language = (
        *(f"shili/{name}" for name in ("index.html", "board.json", "badge.svg", "notice.txt", "print.html")),
        *(
            f"shili/{name}"
            for name in ("lights.json", "board.csv", "board.xlsx", "board.geojson", "data.html")
        ),
        *(
            "shili/notice/镇0.txt",
            "shili/towns/镇0.html",
            "shili/print/镇0.html",
            "shili/sites/clinic-0.html",
            "shili/sites/clinic-0.svg",
        ),
        *("shili/have.xml", "shili/fhir.ndjson", "shili/embed.html", "shili/badge.json"),
        "shili/sites/clinic-0.json",
        *("index.html", "boards.json"),
    )
    articles = {"shili/wechat.html", "shili/wechat-fragment.html"}
    assert plain == {one.folder + path for one in LANGUAGES for path in in_each_language} | articles


async def test_order_of_writing(tmp_path: Path) -> None:
    """Assets; of each board what is compressed, pages, its index; the index of all; removals last."""
    world = lively()
    world.tongues = LANGUAGES
    target = Recording(tmp_path / "t")
    await Keeping(world, tmp_path / "t", target).once()
    wrote = [path for act, path in target.log if act == "write"]

    def place(path: str) -> tuple[int, int]:
        if path.startswith("assets/"):
            return 0, 0
        last = path.rpartition("/")[2]
        kind = 0 if path.endswith((".gz", ".br")) else 2 if last in {"index.html", "boards.json"} else 1
        return (1 if "/" in split(path)[1] else 2), kind

    boards = [one.folder + board for one in world.tongues for board in ("shili/", "erxian/", "caogao/")]
    for part in ("assets/", *boards):
        of_part = [number for number, path in enumerate(wrote) if path.startswith(part)]
        assert of_part == list(range(of_part[0], of_part[0] + len(of_part)))
        assert [place(wrote[n]) for n in of_part] == sorted(place(wrote[n]) for n in of_part)
    assert [place(path)[0] for path in wrote] == sorted(place(path)[0] for path in wrote)
    target.log.clear()
    world.happen(SHILI, e.SiteRemoved(site="clinic-7"), board(SHILI), after=91 * 24 * 3600)
    world.at += timedelta(days=91)
    await Keeping(world, tmp_path / "t", target).once()
    acts = [act for act, path in target.log if path.startswith("shili")]
    assert acts == sorted(acts, key=["write", "remove", "note"].index)
    assert {path for act, path in target.log if act == "remove"} >= {
        f"shili/sites/clinic-7.{end}" for end in ("html", "svg", "html.gz", "html.br", "svg.gz", "svg.br")
    }


async def test_what_is_no_longer_published_goes(tmp_path: Path) -> None:
    """Also a board of another ledger, or of a later instant; what is not ours stays."""
    root = tmp_path / "t"
    await Keeping(lively(), root).once()
    (root / "MP_verify_x.txt").write_bytes(b"x")
    (root / "other").mkdir()
    (root / "other/page.html").write_bytes(b"x")
    world = county(2)
    there = await Keeping(world, root).once()
    assert there.pop("MP_verify_x.txt") == there.pop("other/page.html") == b"x"
    assert there == await full(world, tmp_path / "fresh")
    assert left_behind(root) == []


async def test_a_ledger_without_boards_takes_no_boards_pages_away(tmp_path: Path) -> None:
    before = await Keeping(lively(), tmp_path / "t").once()
    with pytest.raises(TargetUnavailable, match="knows no board"):
        await Keeping(World(), tmp_path / "t").once()
    assert tree(tmp_path / "t") == before


async def test_a_folder_of_others_is_not_a_boards(tmp_path: Path, soon: None) -> None:
    """A name that is woken but not published, or not yet, is no reason to touch a folder of that name."""
    root = tmp_path / "t"
    (root / "erxian").mkdir(parents=True)
    (root / "erxian/theirs.txt").write_bytes(b"x")
    keep = Keeping(county(1), root)
    async with keep.running():
        await happens(lambda: keep.passes)
        keep.keeper.wake([ERXIAN, "..", SYSTEM, "A"])
        await happens(lambda: {one.part for one in keep.passes} >= {ERXIAN, "..", "A", SHILI, REST})
    assert (root / "erxian/theirs.txt").read_bytes() == b"x"
    assert keep.faults == []


@pytest.mark.parametrize("seed", range(3))
async def test_a_folder_kept_all_the_way_equals_one_made_at_the_end(
    tmp_path: Path, soon: None, seed: int
) -> None:
    chance = random.Random(seed)
    world = lively()
    keep = Keeping(world, tmp_path / "t")
    async with keep.running():
        for _ in range(60):
            world.at += timedelta(seconds=chance.choice([0, 1, 60, 1800, 3600, 8000]))
            boards = something(world, chance)
            keep.keeper.wake(boards)
            await asyncio.sleep(chance.choice([0, 0, 0.001, 0.02]))
        await becomes(tmp_path / "t", await full(world, tmp_path / "fresh"))
    assert keep.faults == []
    assert left_behind(tmp_path / "t") == []


def something(world: World, chance: random.Random) -> list[str]:
    """Anything; the boards on which it happened."""
    number, day = chance.randrange(8), (world.at + timedelta(hours=8)).date()
    until = world.at + timedelta(hours=2)
    shili: list[e.Event] = [
        report(number, chance.randrange(80), day),
        report(number, chance.randrange(80), day),
        report(number, staff_infected=True, day=day),
        e.SiteRemoved(site=f"clinic-{number}"),
        site(number, town=chance.choice(["镇0", "镇2", "a/b", ""])),
        board(SHILI, state=chance.choice(list(BoardState))),
        board(SHILI),
        e.NoticePosted(notice="n", text=chance.choice(["停电。", ""]), until=until),
    ]
    event = chance.choice(
        [*shili, e.ConfigSet(key="public_url", value=chance.choice(["", "https://x.example"]))]
    )
    slug = SYSTEM if isinstance(event, e.ConfigSet) else SHILI
    world.happen(slug, event)
    return [slug]


async def test_time_alone_changes_a_folder_when_a_boundary_passes(tmp_path: Path, soon: None) -> None:
    world = county(2)
    world.happen(SHILI, report(0, 60))
    keep = Keeping(world, tmp_path / "t")
    turn = world.at.replace(hour=1, minute=0) + timedelta(days=1)  # 9:00 in Longkou
    world.at = turn - timedelta(milliseconds=300)
    async with keep.running():
        await happens(lambda: keep.passes and not keep.passes[-1].unsure)
        done, before = len(keep.passes), await asyncio.to_thread(tree, tmp_path / "t")
        watch = Stopwatch()
        world.at = turn - timedelta(milliseconds=100)
        keep.keeper.wake([])
        await asyncio.sleep(0.02)
        world.at = turn
        await happens(lambda: any(one.part == SHILI and one.written for one in keep.passes[done:]))
        assert watch.seconds < 3
    assert (await asyncio.to_thread(tree, tmp_path / "t"))["shili/board.json"] != before["shili/board.json"]


async def test_a_new_address_reaches_every_page(tmp_path: Path, soon: None) -> None:
    world = lively()
    keep = Keeping(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: REST in {one.part for one in keep.passes})
        world.happen(SYSTEM, e.ConfigSet(key="public_url", value="https://neu.example"))
        keep.keeper.wake([SYSTEM])
        await becomes(tmp_path / "t", await full(world, tmp_path / "fresh"))


async def test_many_events_are_gathered_and_the_last_is_there(tmp_path: Path) -> None:
    world = county(20)
    at = time.monotonic
    keep = Keeping(world, tmp_path / "t")
    when: list[tuple[float, str]] = []
    keep.keeper._on_pass = lambda one: when.append((at(), one.part))  # noqa: SLF001 - with the time of each
    async with keep.running():
        await happens(lambda: any(part == REST for _, part in when))
        when.clear()
        for number in range(200):
            world.happen(SHILI, report(number % 20, number % 80))
            keep.keeper.wake([SHILI])
            await asyncio.sleep(0.01)
        await becomes(tmp_path / "t", await full(world, tmp_path / "fresh"))
    boards = [second for second, part in when if part == SHILI]
    rest = [second for second, part in when if part == REST]
    assert all(later - earlier > 0.19 for earlier, later in pairwise(boards))
    assert all(later - earlier > 0.99 for earlier, later in pairwise(rest))
    assert len(boards) >= 4


async def test_assets_stay_for_30_days(tmp_path: Path) -> None:
    """A page in somebody's cache needs its script to know that it has grown old."""
    root = tmp_path / "t"
    world = county(1)

    def older() -> Keeping:
        keep = Keeping(world.again(), root)
        assets = keep.publisher._assets  # noqa: SLF001 - as an earlier version of the program has them
        path = next(path for path in assets if path.endswith(".css"))
        assets["assets/board.0ld0ld0ld0.css"] = assets.pop(path)
        assets["assets/board.0ld0ld0ld0.css"].path = "assets/board.0ld0ld0ld0.css"
        return keep

    old = {path for path in await older().once() if "0ld" in path}
    assert len(old) == 3
    for days in (0, 1, 28):
        world.at += timedelta(days=days)
        assert old <= (await Keeping(world, root).once()).keys()
    kept = msgspec.json.decode((root / NOTES / "_assets.json").read_bytes(), type=Manifest)
    assert kept.retired.keys() == old
    (root / NOTES / "clean").unlink()  # after an unclean stop too
    world.at += timedelta(hours=23, minutes=59)
    assert old <= (await Keeping(world, root).once()).keys()
    world.at += timedelta(minutes=1)
    assert not old & (await Keeping(world, root).once()).keys()
    assert await Keeping(world, root).once() == await full(world, tmp_path / "fresh")


async def test_an_asset_that_is_used_again_is_out_of_use_no_more(tmp_path: Path) -> None:
    root = tmp_path / "t"
    world = county(1)
    target = FolderTarget(root)
    await Keeping(world, root).once()

    def retire() -> None:
        target.open()
        noted = target.manifest(ASSETS)
        target.note(ASSETS, Manifest(files=noted.files, retired=dict.fromkeys(noted.files, world.at)))
        target.close()

    await asyncio.to_thread(retire)
    world.at += timedelta(days=40)
    assert await Keeping(world, root).once() == await full(world, tmp_path / "fresh")


async def test_parts_are_passed_over_in_the_order_of_their_need(tmp_path: Path, soon: None) -> None:
    """While a start or a day's turn makes many boards, the board with news does not wait for them."""
    world = World()
    for number in range(14):
        slug = f"board-{number}"
        world.happen(slug, board(slug), site(0, id=f"s-{number}"))
    keep = Keeping(world, tmp_path / "t")
    async with keep.running():
        await happens(lambda: len(keep.passes) > 3)
        slug = "board-13"
        passed = len(keep.passes)
        keep.keeper.wake([slug])
        await happens(lambda: slug in [one.part for one in keep.passes])
        assert [one.part for one in keep.passes].index(slug) <= passed + 1
        await happens(lambda: REST in [one.part for one in keep.passes])
    parts = [one.part for one in keep.passes]
    assert parts[0] == ASSETS
    assert set(parts[: parts.index(REST)]) == {ASSETS, *keep.publisher.parts()}


class Hung(FolderTarget):
    """A folder on a disk that takes its time."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.hangs = threading.Event()
        self.goes_on = threading.Event()

    def write(self, part: str, files: Sequence[File]) -> None:
        if self.hangs.is_set():
            self.goes_on.wait(30)
        super().write(part, files)


async def test_news_that_waits_is_told_also_while_nothing_returns(tmp_path: Path) -> None:
    """And no longer once it is there, or once others keep the place."""
    world = county(3)
    target = Hung(tmp_path / "t")
    keep = Keeping(world, tmp_path / "t", target)
    keep.keeper.wake([SHILI])
    assert keep.keeper.waiting() == 0
    async with keep.running():
        await happens(lambda: any(one.part == REST for one in keep.passes) and keep.keeper.waiting() == 0)
        target.hangs.set()
        world.happen(SHILI, report(0, 79))
        keep.keeper.wake([SHILI])
        await happens(lambda: keep.keeper.waiting() > 0.5)
        target.goes_on.set()
        await happens(lambda: keep.keeper.waiting() == 0)
    world.happen(SHILI, report(0, 1))
    keep.keeper.wake([SHILI])
    assert keep.keeper.waiting() == 0
