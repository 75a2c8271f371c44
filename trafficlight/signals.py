"""Which signals stop a program that runs on.

SIGTERM always does. SIGINT and SIGHUP do unless they are ignored already: a script has its background jobs
ignore Ctrl-C, and `nohup` has a program outlive its terminal. Whoever started it so means it.
"""

import signal
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def stop_signals() -> tuple[signal.Signals, ...]:
    """The signals that stop this process."""
    return tuple(
        number
        for number in _STOPPING
        if number is signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN
    )


def hold_stop_signals() -> None:
    """One that comes from now on waits for the next `on_stop_signal`, so that it comes at no bad moment."""
    signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals())


def on_stop_signal(loop: AbstractEventLoop, stop: Callable[[], object]) -> None:
    """Have the loop call `stop` whenever one of them comes, or has been held."""
    stopping = stop_signals()
    for number in stopping:
        loop.add_signal_handler(number, stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stopping)
