"""Logs: one JSON object a line, to stderr. Never a secret, a body, a note, or a path that a stranger wrote.

What is logged is named where it is logged; this gives it its form, and closes the ways in which a library
would let a stranger's bytes through.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from traceback import walk_tb
from typing import Any, Final

import structlog

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_DEEPEST: Final = 12
"""Frames of a fault that are logged, the innermost ones."""


def configure(level: str = "info", stream: Any = None) -> None:
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
    handler = _Libraries()
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
    """What libraries log, in our form: the template of a message, without what they would put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        entry: dict[str, Any] = {"library": record.name}
        if record.exc_info:
            entry["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, str(record.msg)[:200], **entry)
