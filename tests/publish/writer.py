"""Keeps a target of large boards on which things happen all the time, until it is killed."""

import asyncio
import random
import sys

from tests.publish.worlds import ERXIAN, SHILI, World, board, report, site
from trafficlight.publish import sync
from trafficlight.publish.sync import TargetSync
from trafficlight.publish.targets import target_of


def large(sites: int = 60) -> World:
    world = World()
    for slug in (SHILI, ERXIAN):
        world.happen(slug, board(slug), *(site(n, id=f"{slug}-{n}", town=f"镇{n % 7}") for n in range(sites)))
    return world


async def main(address: str, seed: int, sites: int) -> None:
    sync.BOARD_PAUSE = sync.REST_PAUSE = 0.0  # type: ignore[misc]
    world, chance = large(sites), random.Random(seed)
    keeper = TargetSync(world.publisher(), target_of(address), lambda: world.at)
    keeping_it = asyncio.create_task(keeper.run())
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    while not keeping_it.done():
        slug = chance.choice([SHILI, ERXIAN])
        name = f"{slug}-{chance.randrange(sites)}"
        world.happen(slug, report(0, chance.randrange(80), site=name), after=20)
        if chance.random() < 0.02:
            world.happen(slug, site(0, id=name, town=chance.choice(["镇1", "新镇"])))
        keeper.wake([slug])
        await asyncio.sleep(0.002)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
