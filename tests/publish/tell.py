"""Prints all that is published of a busy morning, asked for in an order drawn from a seed."""

import random
import sys

from tests.publish.worlds import lively, paths


def main(seed: int) -> None:
    world = lively()
    wanted = sorted(paths(world.publisher(), world.at))
    asked = random.Random(seed).sample(wanted, len(wanted))
    publisher = world.publisher()
    told = {path: publisher.find(path, world.at) for path in asked}
    for path in wanted:
        published = told[path]
        assert published is not None
        sys.stdout.write(f"{path} {published.etag} {published.gzip.hex()} {published.brotli.hex()}\n")


main(int(sys.argv[1]))
