"""What must hold from row to row in any ledger, and in any file that is to become one."""

from collections.abc import Iterator

import msgspec

from trafficlight.domain.coding import decode
from trafficlight.domain.event import Unknown
from trafficlight.ledger.archive import Finding, LedgerRow


class IntegrityCheck:
    """Goes through rows, each board's in order, and says what is wrong."""

    def __init__(self) -> None:
        self._heads: dict[str, LedgerRow] = {}

    def step(self, row: LedgerRow) -> Iterator[Finding]:
        """What is wrong with this row where it stands."""
        board, position, at, body = row
        before = self._heads.get(board)
        self._heads[board] = row
        expected = before.position + 1 if before else 1
        if position != expected:
            yield Finding("gap", board, position, f"position {expected} should be here")
        if before and at < before.at:
            yield Finding("backwards", board, position, "it is earlier than the one before it")
        try:
            event = decode(body)
        except msgspec.DecodeError as error:
            yield Finding("undecodable", board, position, str(error))
        else:
            if type(event) is Unknown:
                yield Finding(
                    "unknown", board, position, "no event of a type or version that this program knows"
                )
