"""The pictures of a target: drawn behind its passes, which write everything else meanwhile."""

import asyncio
from collections.abc import Callable, Mapping

from trafficlight.publish.edition import Published
from trafficlight.publish.pictures.studio import DrawingFailed, Studio


class Gallery:
    """Has the sketches of a target drawn; `on_hung` hears of each part whose pictures are ready."""

    def __init__(self, studio: Studio | None, on_hung: Callable[[str], None]) -> None:
        self._studio = studio
        self._on_hung = on_hung
        self._drawing: dict[str, asyncio.Task[None]] = {}
        self.patient = False
        """Passes wait for pictures: there is only one."""

    async def hung(self, part: str, sketches: Mapping[str, Published]) -> dict[str, Published] | None:
        """The part's pictures by path, all of one edition, without those that cannot be drawn.

        None: they are being drawn, and the part is to be passed over again when `on_hung` says so.
        """
        studio = self._studio
        assert studio is not None  # noqa: S101 - without one nothing is sketched
        missing = [
            one for one in sketches.values() if one.sketch and not one.drawn and not studio.failed(one)
        ]
        if missing and not self.patient:
            if part not in self._drawing:
                task = self._drawing[part] = asyncio.create_task(self._draw(studio, part, missing))
                task.add_done_callback(lambda _task: self._drawing.pop(part, None))
            return None
        await _drawn(studio, missing)
        pictures = {path: one.drawn if one.sketch else one for path, one in sketches.items()}
        return {path: picture for path, picture in pictures.items() if picture is not None}

    async def _draw(self, studio: Studio, part: str, sketches: list[Published]) -> None:
        await _drawn(studio, sketches)
        self._on_hung(part)

    async def stop(self) -> None:
        """Nothing is waited for any more."""
        tasks = list(self._drawing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _drawn(studio: Studio, sketches: list[Published]) -> None:
    for sketch in sketches:
        try:
            await studio.drawn(sketch)
        except DrawingFailed:  # announced there
            continue
