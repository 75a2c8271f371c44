"""What holds for every test."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Tests do not time: not even the first of many examples, which loads what the others find loaded.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")

OWN = ("TRAFFICLIGHT_", "AWS_", "LC_")
"""How the names begin of what a machine may be set up with, and a test sets for itself where it matters."""


def plain_surroundings() -> None:
    """No settings of whoever starts the tests, no proxy before this machine's own servers, one language."""
    for name in list(os.environ):
        if name.startswith(OWN) or name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["LANG"] = "C.UTF-8"


plain_surroundings()

ORDER = ("browser", "reliability", "ledger", "cli", "", "publish", "web")
"""Folders whose tests take long, and between them all others. Two workers begin with a half each: one starts
the browser, the other publishes. Who is done takes from the end of what the other has: both end together."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    rank = {folder: number for number, folder in enumerate(ORDER)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(here).parts[0], rank[""]))


SPARED = pytest.StashKey[int]()
MOST = 500_000
"""Objects, some hundred megabytes. Collecting takes half a second: too long after each file."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What servers left is collected: each at its start has the collector spare all that there is."""
    if nextitem is not None and nextitem.path == item.path:
        return
    if gc.get_freeze_count() - item.config.stash.get(SPARED, 0) > MOST:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        item.config.stash[SPARED] = gc.get_freeze_count()


@pytest.fixture
def from_a_terminal() -> Iterator[None]:
    """Ctrl-C and hanging up are heeded here, and by what is started here, as where a terminal starts it.

    The tests themselves may run in the background of a script or by `nohup`, where both are ignored.
    """
    interrupted = signal.signal(signal.SIGINT, signal.default_int_handler)
    hung_up = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, interrupted)
    signal.signal(signal.SIGHUP, hung_up)
