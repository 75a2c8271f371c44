"""The judgement at the end: what is in the ledger and in the folder, held against what was acknowledged."""

import asyncio
import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.patience import Stopwatch
from tests.reliability.posters import Posters, note_of
from tests.reliability.proof import Findings
from tests.reliability.town import Town
from tests.running import NotRunning, Server, command, get

OURS = ".trafficlight"
"""What a folder target keeps to itself; temporary files begin with it too."""
CAUGHT_UP_WITHIN = 20.0
DRAWN_WITHIN = 60.0
"""Seconds, as promised for pictures."""
OK = 200


async def judge_ledger(town: Town, found: Findings, *groups: Posters) -> None:
    """Every acknowledged report is in the ledger once, where it was said to be; the ledger is sound."""
    records = [json.loads(line) for line in (await run("ledger", "export", *town.where)).splitlines()]
    reported = [record for record in records if record["type"] == "reported"]
    _judge_order(records, found)
    by_note = Counter(record.get("note") for record in reported)
    ids = Counter(record["id"] for record in reported)
    twice = [note for note, count in by_note.items() if count > 1]
    found.expect(not twice, f"keys counted twice: {twice[:3]}")
    found.expect(max(ids.values(), default=1) == 1, "a report's id appears twice")
    there = {record.get("note"): record for record in reported}
    acknowledged = {key: told for posters in groups for key, told in posters.acknowledged.items()}
    for key, told in acknowledged.items():
        record: Mapping[str, Any] = there.get(note_of(key), {})
        kept = (record.get("site"), record.get("id"), record.get("position"))
        found.expect(
            kept == (told.site, told.id, told.position),
            f"{key} was acknowledged as {told}, the ledger has {kept}",
        )
    abandoned = {note_of(key) for posters in groups for key in posters.unanswered}
    unknown = set(by_note) - {note_of(key) for key in acknowledged} - abandoned
    found.expect(not unknown, f"reports that nobody sent: {sorted(map(str, unknown))[:3]}")
    contradictions = [one for posters in groups for one in posters.contradictions]
    found.expect(not contradictions, f"contradictions: {contradictions[:3]}")
    try:
        await run("ledger", "verify", *town.where)
    except NotRunning as unsound:
        found.expect(False, f"ledger verify: {unsound}")
    found.figures |= {
        "reports in the ledger": f"{len(reported):,}",
        "acknowledged and missing, doubled or elsewhere": "0" if not found.broken else "see below",
    }


def _judge_order(records: list[dict[str, Any]], found: Findings) -> None:
    """Positions without gaps, instants that never run backwards."""
    heads: dict[str, tuple[int, str]] = {}
    for record in records:
        position, at = heads.get(record["board"], (0, ""))
        found.expect(record["position"] == position + 1, f"a gap on {record['board']} after {position}")
        found.expect(record["at"] >= at, f"time runs backwards on {record['board']} at {record['position']}")
        heads[record["board"]] = (record["position"], record["at"])


async def run(*arguments: str | Path) -> str:
    """The command line, in a thread."""
    return await asyncio.to_thread(command, *arguments)


async def judge_folder(server: Server, folder: Path, found: Findings) -> None:
    """The folder equals a fresh one, byte for byte, and holds nothing besides. Starts and stops the server.

    A page also changes at the clock's next boundary; where one passes between the two, it is tried again.
    """
    differing: list[str] = []
    for _ in range(3):
        await asyncio.to_thread(server.begin)
        await caught_up(server, folder, found)
        await drawn(server, folder, found)
        found.expect(await asyncio.to_thread(server.stop, 10.0) == 0, "SIGTERM was not followed by exit 0")
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            await run("publish", "--data", server.data, "--to", fresh)
            differing = difference(tree(folder), tree(Path(fresh)))
            found.figures["files in the folder, equal to a fresh publish"] = f"{len(tree(folder)):,}"
        if not differing:
            break
    found.expect(not differing, f"the folder differs from a fresh publish: {differing[:5]}")
    left = temporary(folder)
    found.expect(not left, f"temporary files are left: {left[:5]}")


async def caught_up(server: Server, folder: Path, found: Findings, within: float = CAUGHT_UP_WITHIN) -> float:
    """Return once every board in the folder stands where the app's does; the seconds that this took."""
    watch = Stopwatch()
    boards = [board["board"] for board in json.loads((await _get(server, "/boards.json"))[1])["boards"]]
    files = [*(f"{board}/board.json" for board in boards), "boards.json"]
    while watch.seconds < within:
        behind = [file for file in files if not await _same(server, folder, file)]
        if not behind:
            return watch.seconds
        await asyncio.sleep(0.02)
    found.expect(False, f"the folder has not caught up after {within:.0f} s")
    return within


async def drawn(server: Server, folder: Path, found: Findings) -> None:
    """Return once every picture in the folder is the app's: they come after the pages, within a minute."""
    watch = Stopwatch()
    boards = [board["board"] for board in json.loads((await _get(server, "/boards.json"))[1])["boards"]]
    waiting = [f"{board}/{name}.png" for board in boards for name in ("cover", "cover-square")]
    for board in boards:
        for number in count(1):
            file = f"{board}/poster{f'-{number}' if number > 1 else ''}.png"
            if (await _get(server, f"/{file}"))[0] != OK:
                break
            waiting.append(file)
    there = await asyncio.to_thread(tree, folder)
    towns = [re.fullmatch(r"([^/]+)/towns/([^/]+)\.html", path) for path in there]
    waiting += [f"{one[1]}/posters/{one[2]}.png" for one in towns if one]
    while waiting and watch.seconds < DRAWN_WITHIN:
        waiting = [file for file in waiting if not await _same(server, folder, file)]
        await asyncio.sleep(0.1)
    found.expect(not waiting, f"pictures are not drawn after {DRAWN_WITHIN:.0f} s: {waiting[:5]}")


async def _same(server: Server, folder: Path, file: str) -> bool:
    served = (await _get(server, quote(f"/{file}")))[1]
    try:
        return await asyncio.to_thread((folder / file).read_bytes) == served
    except OSError:
        return False


async def _get(server: Server, path: str) -> tuple[int, bytes]:
    return await asyncio.to_thread(get, server.port, path)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path, but those that the target keeps to itself."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        path: file.read_bytes()
        for file in files
        if not (path := file.relative_to(folder).as_posix()).startswith(OURS)
    }


def temporary(folder: Path) -> list[str]:
    """What a pass that was cut short left behind, anywhere in the folder."""
    return [file.relative_to(folder).as_posix() for file in folder.rglob(f"{OURS}-new-*")]


def difference(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """The paths that are not the same in both."""
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))
