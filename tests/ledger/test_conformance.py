"""Every ledger keeps every promise."""

# ruff: noqa: F403 -- pytest collects a suite by its names
from tests.ledger.conformance import *
from tests.ledger.following import *
from tests.ledger.leasing import *
from tests.ledger.moving import *
