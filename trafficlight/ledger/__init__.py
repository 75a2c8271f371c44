"""What is kept: the ledger (台账), the append-only log that is the truth."""
