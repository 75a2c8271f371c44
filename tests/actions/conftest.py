from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from trafficlight.ledger.opening import data_ledger_url, open_ledger
from trafficlight.ledger.store import LedgerStore

pytest.register_assert_rewrite("tests.actions.lists")


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[LedgerStore]:
    """An empty ledger."""
    opened = await open_ledger(data_ledger_url(tmp_path))
    yield opened
    await opened.close()
