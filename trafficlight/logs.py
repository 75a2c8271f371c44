"""Logs: one JSON object a line, to stderr. Never a secret, a body, a note, or a path that a stranger wrote.

What is logged is named where it is logged; this gives it its form, and closes the ways in which a library
would let a stranger's bytes through.
"""

import logging
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from traceback import walk_tb
from typing import Any, Final

import structlog

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
SECONDS_APART: Final = 10.0
"""The same message of a library is a line at most so often: strangers can cause some of them at will."""
MESSAGES_REMEMBERED: Final = 256
_DEEPEST: Final = 12
"""Frames of a fault that are logged, the innermost ones."""


def configure(
    level: str = "info", stream: Any = None, monotonic: Callable[[], float] = time.monotonic
) -> None:
    """Send everything, our own lines and the libraries', through here."""
    out: Any = _Patient(stream or sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _fault,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = _Libraries(monotonic)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(_LEVELS[level], logging.INFO))
    # Each broken request of a stranger is a line there, with what was sent in it.
    logging.getLogger("aiohttp.access").disabled = True


def _fault(_logger: object, _name: str, entry: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """An exception as its kind and where it was raised. Its text may quote a stranger, so it stays out."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        entry["fault"] = type(error).__name__
        entry["at"] = [
            f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
            for frame, line in walk_tb(error.__traceback__)
        ][-_DEEPEST:]
    return entry


class _Patient:
    """A stream that may fail: a full disk under the log must not end the service."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


class _Libraries(logging.Handler):
    """What libraries log, in our form: the template of a message, without what they would put into it.

    The same at most once in 10 s: `repeated` says how many were left out since the line before. Without this
    a thousand idle connections made asyncio write 200 MB.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._last: dict[tuple[str, str], tuple[float, int]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        # asyncio appends what it was busy with, line by line; the first says what happened.
        message = str(record.msg).partition("\n")[0][:200]
        repeated = self._left_out((record.name, message))
        if repeated is None:
            return
        entry: dict[str, Any] = {"library": record.name}
        if repeated:
            entry["repeated"] = repeated
        if record.exc_info:
            entry["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, message, **entry)

    def _left_out(self, what: tuple[str, str]) -> int | None:
        """How often it was left out since it was told; None where it is left out now too."""
        now = self._monotonic()
        at, left_out = self._last.get(what, (float("-inf"), 0))
        if now - at < SECONDS_APART:
            self._last[what] = (at, left_out + 1)
            return None
        if len(self._last) >= MESSAGES_REMEMBERED:
            self._last.clear()
        self._last[what] = (now, 0)
        return left_out
