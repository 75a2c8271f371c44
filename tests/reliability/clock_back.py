"""The machine's clock set back between two runs: the ledger's never is, and news goes on.

In process, with the app on a clock of its own: a run, a stop, and a run an hour earlier.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer

from tests.reliability.judging import run
from tests.reliability.proof import Findings
from tests.reliability.town import BOARDS, Town, import_town
from trafficlight.settings import read_settings
from trafficlight.web.app import create_app

BACK = timedelta(hours=1)


async def prove(folder: Path, _rounds: int, found: Findings) -> None:
    town = await asyncio.to_thread(import_town, folder, folder / "data")
    now = datetime.now(UTC) + timedelta(seconds=1)
    first = await _run(town, now, "first", found)
    second = await _run(town, now - BACK, "second", found)
    found.expect(second[0] > first[0], "the second run's report does not come after the first's")
    found.expect(first[1:] == second[1:], "a key of the first run is answered differently in the second")
    exported = (await run("ledger", "export", "--data", town.data)).splitlines()
    instants = [record["at"] for record in map(json.loads, exported) if record["board"] == BOARDS[0]]
    found.expect(instants == sorted(instants), "the ledger's instants run backwards")
    await run("ledger", "verify", "--data", town.data)
    found.figures |= {"set back by": "1 h", "records in order": f"{len(instants):,}"}


async def _run(town: Town, at: datetime, name: str, found: Findings) -> tuple[int, object, object]:
    """Post a report and look at the board: its position, and the answer to the first run's key."""
    site = town.sites[0]
    settings = read_settings({}, data=town.data)
    async with TestClient(TestServer(create_app(settings, lambda: at))) as client:

        async def post(key: str, patients: int) -> dict[str, object]:
            headers = {"Authorization": f"Bearer {town.token}", "Idempotency-Key": key}
            async with client.post(
                f"/api/v1/sites/{site}/reports", json={"patients": patients}, headers=headers
            ) as answer:
                found.expect(
                    answer.status in {200, 201}, f"{name} run: {answer.status} {await answer.text()}"
                )
                told: dict[str, object] = await answer.json()
                return told

        again = await post("first", 1)
        told = await post(name, 1 if name == "first" else 60)
        async with client.get(f"/{BOARDS[0]}/board.json") as answer:
            shown = (await answer.json())["position"]
        found.expect(
            shown == told["position"], f"{name} run: the board shows {shown}, not {told['position']}"
        )
        return int(str(told["position"])), again["id"], again["position"]
