"""The command line in this process, on a thread of its own: a process for each costs ten times as much.

For what a test only needs done; what commands promise is held against real processes in `tests/cli`.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from tests.running import NotRunning
from trafficlight.cli.program import run


def command(*arguments: str | Path) -> str:
    """What the command prints; `NotRunning` where it fails. Blocks as a process would."""
    with ThreadPoolExecutor(1) as alone:  # a loop may run on this thread, and the command has its own
        return alone.submit(_done, [str(argument) for argument in arguments]).result()


def _done(arguments: list[str]) -> str:
    output, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(output), redirect_stderr(errors):
        code = run(arguments)
    if code:
        raise NotRunning(f"{' '.join(arguments)}: {code}\n{errors.getvalue()[-2000:]}")
    output.flush()
    return output.buffer.getvalue().decode()
