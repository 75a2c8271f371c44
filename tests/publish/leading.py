"""Keeps a bucket whenever it leads there, and says so; until it is killed."""

import asyncio
import sys

from tests.publish.worlds import SHILI, county, report
from trafficlight.ledger.opening import open_leases
from trafficlight.publish.election import Leadership, run_as_leader
from trafficlight.publish.sync import TargetSync
from trafficlight.publish.targets import target_of


async def main(ledger: str, address: str) -> None:
    world = county(3)
    world.happen(SHILI, report(0, 60), after=60)
    target = target_of(address)
    leadership = Leadership(await open_leases(ledger), target.name)

    def told(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    keeper = TargetSync(
        world.publisher(),
        target,
        lambda: world.at,
        lambda done: told(f"passed {done.part} {done.fault}"),
        leadership.leads,
    )
    await run_as_leader(keeper, leadership, lambda leads: told("ours" if leads else "not ours"))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
