"""Files that wait between upload and confirmation, in this process alone, for their session and board."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from aiohttp import web

from trafficlight.actions.plan import ImportPlan
from trafficlight.actions.sheet import CellPlace, Sheet
from trafficlight.actions.tables import ReadingChoice
from trafficlight.actions.workbook import Book
from trafficlight.domain.errors import Refused

MOST_FILE: Final = 8 * 2**20
"""Bytes of an uploaded list: 6,000 sites with everything filled in are 2 MB."""
UPLOAD_LASTS: Final = timedelta(hours=1)
MOST_UPLOADS: Final = 8
MOST_BYTES: Final = 24 * 2**20
"""Of all the files whose lists are kept; a list in memory is some ten times as large."""


class Work(msgspec.Struct, eq=False):
    """One list, from the file to the end of its import."""

    at: datetime
    file: str
    size: int
    task: asyncio.Task[None] | None = None
    """What is being done with it now, or was."""
    book: Book | None = None
    """The file as it was parsed."""
    choice: ReadingChoice = ReadingChoice()
    """What was said of how it is to be read."""
    sheet: Sheet | None = None
    refused: Refused | None = None
    """Why it is no list, or why the import stopped."""
    preview: ImportPlan | None = None
    """What the list would do, as it was shown last."""
    plan: ImportPlan | None = None
    """What is being carried out, or was."""
    mends: Mapping[CellPlace, str] = {}
    """Cells as they were typed anew."""
    answers: Mapping[str, str] = {}
    """What was asked and is answered so far."""
    digest: str = ""
    """Of the file's bytes, by which it is known again."""
    appended: int = 0
    """Events of the plan that are in the ledger."""

    @property
    def busy(self) -> bool:
        return self.task is not None and not self.task.done()

    @property
    def failed(self) -> bool:
        """Whether the work ended in a way nobody foresaw, or was stopped."""
        done = self.task is not None and self.task.done()
        return done and self.task is not None and (self.task.cancelled() or self.task.exception() is not None)


class Uploads:
    """At most so many lists for at most an hour; the oldest go first, never one that is being taken in."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._works: dict[tuple[str, str], Work] = {}

    def find(self, session: str, board: str) -> Work | None:
        """The list of that session for that board."""
        self._tidy(0)
        return self._works.get((session, board))

    def put(self, session: str, board: str, file: str, size: int) -> Work:
        """A new list, in place of the one before; `Refused` with `desk_busy` where too many are at work."""
        before = self._works.get((session, board))
        if before is not None and before.busy:
            raise Refused("desk_busy", retry_after=5)
        self._works.pop((session, board), None)
        self._tidy(size)
        if len(self._works) >= MOST_UPLOADS:
            raise Refused("desk_busy", retry_after=30)
        work = Work(self._clock(), file, size)
        self._works[session, board] = work
        return work

    def drop(self, session: str, board: str) -> None:
        """Forget the list."""
        work = self._works.get((session, board))
        if work is not None and not work.busy:
            del self._works[session, board]

    def _tidy(self, coming: int) -> None:
        now = self._clock()
        for key, work in list(self._works.items()):
            full = coming and (
                len(self._works) >= MOST_UPLOADS
                or sum(one.size for one in self._works.values()) + coming > MOST_BYTES
            )
            if not work.busy and (full or now - work.at >= UPLOAD_LASTS):
                del self._works[key]


SHELF: Final = web.AppKey("desk-shelf", Uploads)
