from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trafficlight.ledger.archive import Archive
from trafficlight.ledger.opening import data_ledger_url, open_ledger

pytest.register_assert_rewrite("tests.actions.lists")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Archive]:
    """An empty ledger."""
    opened = await open_ledger(data_ledger_url(tmp_path))
    yield opened
    await opened.close()
