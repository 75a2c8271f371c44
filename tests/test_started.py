"""The tests come to the same however they are started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import LONG

TRIED = (
    "tests/cli/test_ledger.py::test_a_copy_that_is_stopped_leaves_the_old_ledger_as_it_was",
    "tests/cli/test_contract.py::test_a_ledger_comes_in_through_a_pipe",
    "tests/cli/test_demo.py::test_a_demo_that_is_ended_while_it_prepares_leaves_nothing_behind",
    "tests/ledger/test_redis_archive_bucket.py::test_an_object_that_is_gone_or_changed_is_told",
)
"""Of those that send signals, read what is printed, and speak to servers."""
SURROUNDINGS = {
    "LC_ALL": "zh_CN.UTF-8",
    "TZ": "Asia/Kathmandu",
    "COLUMNS": "40",
    "FORCE_COLOR": "1",
    "HOME": "/nonexistent",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "TRAFFICLIGHT_DATA": "/nonexistent/data",
    "TRAFFICLIGHT_PUBLIC_URL": "https://else.example",
}


def test_in_the_background_of_a_script_with_surroundings_of_its_own_they_pass(tmp_path: Path) -> None:
    ignored = (signal.SIGINT, signal.SIGHUP)
    usual = {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *TRIED],
            cwd=Path(__file__).parents[1],
            env={**os.environ, **SURROUNDINGS, "TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            umask=0o077,
            start_new_session=True,
            timeout=5 * LONG,
            check=False,
        )
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
    assert done.returncode == 0, done.stdout[-3000:]
