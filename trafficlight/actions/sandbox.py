"""Strangers' files are read in a process of its own, with limits of memory, time and processor.

23 KB of a workbook can ask for gigabytes and minutes. The process is started for one file, gives its sheets
back in pieces, so that decoding them never holds a server's loop, and is killed when it takes too much. At
most two are at work; whoever comes third waits.
"""

import os
import struct
import subprocess
import sys
from contextlib import suppress
from threading import BoundedSemaphore, Timer
from typing import IO, Any, Final

import msgspec

from trafficlight.actions.fields import Columns
from trafficlight.actions.workbook import Book, RawRow, RawSheet, read_book
from trafficlight.domain.errors import Refused

MOST_MEMORY: Final = 640 * 2**20
"""Bytes of address space: 50,000 rows of all our columns take 420 MB, of which 100 are Python."""
MOST_PROCESSOR: Final = 30
"""Seconds of a processor: 50,000 rows of all our columns take 14."""
MOST_SECONDS: Final = 90.0
"""Seconds by the clock, also on a machine that has much else to do."""
AT_ONCE: Final = 2
WAITED: Final = 60.0
"""Seconds for which a third file waits for its turn."""
_NICE: Final = 5
"""A file is read when nobody asks for a page."""
_ROWS: Final = 500
"""Of one piece: 2 ms of decoding."""
_LENGTH: Final = struct.Struct(">I")

_slots = BoundedSemaphore(AT_ONCE)


class _SheetPiece(msgspec.Struct, tag="sheet"):
    sheet: RawSheet


class _RowsPiece(msgspec.Struct, tag="rows"):
    rows: list[RawRow]


class _EndPiece(msgspec.Struct, tag="end"):
    text: bool


class _RefusedPiece(msgspec.Struct, tag="refused"):
    code: str
    params: dict[str, Any]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_SheetPiece | _RowsPiece | _EndPiece | _RefusedPiece)


def read_apart(body: bytes, columns: Columns) -> Book:
    """As `read_book`, in another process. `Refused` also with `file_takes_too_much` or `desk_busy`."""
    if not _slots.acquire(timeout=WAITED):
        raise Refused("desk_busy", "file", retry_after=30)
    try:
        return _read_apart(body, columns)
    finally:
        _slots.release()


def _read_apart(body: bytes, columns: Columns) -> Book:
    words = {column: " ".join(words) for column, words in columns.words.items()}
    # Isolated: neither the folder that it is started in nor the environment brings it other code.
    command = [sys.executable, "-I", "-m", "trafficlight.actions.sandbox"]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        try:
            return _talk(child, _ENCODER.encode((words, columns.key, MOST_MEMORY, MOST_PROCESSOR)), body)
        finally:
            child.kill()


def _talk(child: "subprocess.Popen[bytes]", task: bytes, body: bytes) -> Book:
    """Give the process its file and take what it says; it is watched for how long it takes."""
    assert child.stdin is not None  # noqa: S101 - they are pipes
    assert child.stdout is not None  # noqa: S101
    watch = Timer(MOST_SECONDS, child.kill)
    watch.daemon = True
    watch.start()
    try:
        # It may end before it has read all: what it said is what counts. Closing writes what is held back.
        with suppress(BrokenPipeError):
            child.stdin.write(_LENGTH.pack(len(task)) + task)
            child.stdin.write(body)
        with suppress(BrokenPipeError):
            child.stdin.close()
        return _book_from(child.stdout)
    finally:
        watch.cancel()


def _book_from(source: IO[bytes]) -> Book:
    sheets: list[RawSheet] = []
    while True:
        head = source.read(_LENGTH.size)
        if len(head) < _LENGTH.size:  # killed, or out of memory
            raise Refused("file_takes_too_much", "file")
        match _DECODER.decode(source.read(_LENGTH.unpack(head)[0])):
            case _SheetPiece(sheet):
                sheets.append(sheet)
            case _RowsPiece(rows):
                sheets[-1].rows += rows
            case _RefusedPiece(code, params):
                raise Refused(code, "file", **params)
            case _EndPiece(text):
                return Book(sheets, text)


# --- in the process -----------------------------------------------------------------------------------------


def main() -> None:
    """Read the task and the file from stdin; write the pieces to stdout."""
    import resource  # noqa: PLC0415 - only the process that is limited asks for it

    source, out = sys.stdin.buffer, sys.stdout.buffer
    task = msgspec.msgpack.decode(source.read(_LENGTH.unpack(source.read(_LENGTH.size))[0]))
    words, key, memory, processor = task
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    os.nice(_NICE)
    try:
        book = read_book(source.read(), Columns(words, key))
    except Refused as refused:
        _say(out, _RefusedPiece(refused.code, dict(refused.params)))
        return
    except MemoryError:
        return
    for sheet in book.sheets:
        rows, sheet.rows = sheet.rows, []
        _say(out, _SheetPiece(sheet))
        for start in range(0, len(rows), _ROWS):
            _say(out, _RowsPiece(rows[start : start + _ROWS]))
    _say(out, _EndPiece(book.text))
    out.flush()


def _say(out: IO[bytes], piece: _SheetPiece | _RowsPiece | _EndPiece | _RefusedPiece) -> None:
    body = _ENCODER.encode(piece)
    out.write(_LENGTH.pack(len(body)) + body)
    out.flush()


if __name__ == "__main__":
    main()
