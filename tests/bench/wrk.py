"""Load made by wrk: one thread, 32 connections kept alive."""

import os
import re
import subprocess
from collections.abc import Sequence
from typing import NamedTuple

from tests.bench.rig import Rig

CLIENTS = 32


class Told(NamedTuple):
    """What wrk said: answers a second, and how many there were."""

    rate: float
    answers: int


def load(rig: Rig, url: str, *options: str, arguments: Sequence[str] = (), seconds: float = 0) -> Told:
    """Ask for a stretch of time; `RuntimeError` where a single answer was not 2xx or 3xx, or did not come."""
    duration = max(1, round(seconds or rig.stretch))  # wrk counts whole seconds
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{duration}s", *options, url]
    if arguments:
        command += ["--", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        if rig.load_core is not None:
            os.sched_setaffinity(running.pid, {rig.load_core})
        try:
            told, _ = running.communicate(timeout=duration + 30)
        finally:
            running.kill()
    rate = re.search(r"Requests/sec:\s*([\d.]+)", told)
    answers = re.search(r"(\d+) requests in", told)
    if running.returncode or not rate or not answers or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{' '.join(command[:6])}: {told}")
    return Told(float(rate.group(1)), int(answers.group(1)))
