"""What tests start goes with them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.redis_server import needed

PROGRAM = """
import asyncio
from tests.redis_server import RedisServer

server = asyncio.run(asyncio.to_thread(RedisServer().start))
print(server._running.pid, server.folder, flush=True)
input()
"""


def test_a_redis_ends_with_tests_that_are_killed_and_not_with_the_thread_that_started_it() -> None:
    needed()
    tests = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert tests.stdout is not None
    pid, folder = tests.stdout.readline().decode().split()
    state = Path(f"/proc/{pid}/stat")
    assert _runs(state)
    tests.send_signal(signal.SIGKILL)
    tests.communicate()
    until = time.monotonic() + 20
    while _runs(state):
        assert time.monotonic() < until
        time.sleep(0.02)
    for left in Path(folder).iterdir():
        left.unlink()
    Path(folder).rmdir()


def _runs(state: Path) -> bool:
    """Whether the process is there, and not only waits to be forgotten."""
    try:
        return state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
