"""Where pictures are drawn: one at a time, in a thread of its own, each at most once.

A picture takes 200 ms. On the loop every report would wait for it; in the threads that others use, a crowd
that asks for a poster would keep the targets from being written.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakSet

import msgspec

from trafficlight.publish.edition import Published
from trafficlight.publish.formats.base import Artifact
from trafficlight.publish.pictures.fonts import Fonts
from trafficlight.publish.pictures.ink import draw
from trafficlight.publish.pictures.sketch import decode


class Drawn(msgspec.Struct, frozen=True):
    """Announced for every drawing."""

    path: str
    seconds: float
    missing: tuple[str, ...] = ()
    """Characters that the font has not, which are drawn as 〓."""
    fault: str = ""


class DrawingFailed(Exception):
    """It could not be drawn, which was announced; what is sketched of other facts may be."""


class Studio:
    """Draws what formats sketched. Called from one loop; `close` when it ends."""

    def __init__(self, fonts: Fonts, on_drawn: Callable[[Drawn], None] = lambda _drawn: None) -> None:
        self._fonts = fonts
        self._on_drawn = on_drawn
        self._thread = ThreadPoolExecutor(1, "studio")
        self._drawing: dict[Published, asyncio.Task[None]] = {}
        self._failed: WeakSet[Published] = WeakSet()

    async def drawn(self, sketch: Published) -> Published:
        """The picture; `DrawingFailed` where it cannot be drawn, which is tried once."""
        if sketch.drawn is None and sketch not in self._failed:
            task = self._drawing.get(sketch)
            if task is None:
                task = self._drawing[sketch] = asyncio.create_task(self._draw(sketch))
                task.add_done_callback(lambda _task: self._drawing.pop(sketch, None))
            await asyncio.shield(task)
        if sketch.drawn is None:
            raise DrawingFailed(sketch.path)
        return sketch.drawn

    def failed(self, sketch: Published) -> bool:
        """Whether it was tried in vain."""
        return sketch in self._failed

    async def _draw(self, sketch: Published) -> None:
        began, loop = time.perf_counter(), asyncio.get_running_loop()
        missing, fault = frozenset[str](), ""
        try:
            body, missing = await loop.run_in_executor(self._thread, self._drawing_of, sketch)
        except Exception as wrong:  # noqa: BLE001 - whatever a drawing does, it takes nobody else down
            self._failed.add(sketch)
            fault = repr(wrong)
        else:
            sketch.drawn = Published(Artifact(sketch.path, sketch.media, body))
        self._on_drawn(Drawn(sketch.path, time.perf_counter() - began, tuple(sorted(missing)), fault))

    def _drawing_of(self, sketch: Published) -> tuple[bytes, frozenset[str]]:
        return draw(decode(sketch.body), self._fonts)

    def close(self) -> None:
        """Nothing is drawn any more; what is being drawn is waited for. Blocking, for up to a second."""
        self._thread.shutdown(cancel_futures=True)
