"""`python -m tests.pictures`: every picture of the documentation, made anew.

The scenes go on from one another, as a day does: what one of them reports, the next ones show.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from tests.pictures import captain, clinic, every_day, first_day
from tests.pictures.stage import staged

SCENES: Final = (
    clinic.public,
    clinic.number,
    clinic.rare,
    clinic.asked,
    clinic.offline,
    captain.town,
    first_day.first_day,
    every_day.morning,
    every_day.corrections,
    every_day.settings,
    every_day.looking,
)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with staged(Path(folder)) as stage:
            for scene in SCENES:
                await scene(stage)


if __name__ == "__main__":
    asyncio.run(main())
