"""What holds for every test."""

import gc
from pathlib import Path

import pytest
from hypothesis import settings

# Tests do not time: not even the first of many examples, which loads what the others find loaded.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")

LONG = ("browser", "reliability", "ledger", "cli", "publish", "web")
"""Folders whose files take long, the longest first. Workers take file by file in this order: short ones
come last, so that none works on alone for minutes."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    rank = {folder: number for number, folder in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.relative_to(here).parts[0], len(LONG)))


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
