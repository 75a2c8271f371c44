"""A program that moves a ledger, and stands still and says so at some moment.

Arguments: the old ledger's URL, the new one's, and the moment: how many rows were copied, or `frozen`.
"""

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator

from trafficlight.ledger.opening import open_ledger
from trafficlight.ledger.store import Moving
from trafficlight.ledger.transfer import move


def stand_still() -> None:
    sys.stdout.write("standing still\n")
    sys.stdout.flush()
    time.sleep(60)


async def main(old: str, new: str, when: str) -> None:
    source, target = await open_ledger(old), await open_ledger(new)
    freeze, restore = source.freeze, target.restore

    async def frozen(*, frozen: bool) -> bool:
        changed = await freeze(frozen=frozen)
        stand_still()
        return changed

    def counted(rows: Iterable[Moving]) -> Iterator[Moving]:
        for number, row in enumerate(rows):
            if str(number) == when:
                stand_still()
            yield row

    async def restored(rows: Iterable[Moving]) -> int:
        return await restore(counted(rows))

    if when == "frozen":
        source.freeze = frozen  # type: ignore[method-assign]
    target.restore = restored  # type: ignore[method-assign]
    await move(source, target)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
