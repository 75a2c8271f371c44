"""Everything that can be wrong with what the Redis holds."""

from trafficlight.domain.ids import SYSTEM
from trafficlight.ledger.archive import Finding
from trafficlight.ledger.integrity import IntegrityCheck
from trafficlight.ledger.redis.reader import RedisReader, next_sum
from trafficlight.ledger.redis.rows import NOTHING, Head


async def check(reader: RedisReader) -> list[Finding]:
    """See `Archive.check`."""
    findings: list[Finding] = []
    heads = await reader.heads()
    for board in sorted(heads, key=lambda board: (board != SYSTEM, board)):
        findings += await _board(reader, board, heads[board])
    return findings


async def _board(reader: RedisReader, board: str, head: Head) -> list[Finding]:
    """Row by row. A changed byte is found at its row alone: each sum is made from the one kept before it."""
    findings: list[Finding] = []
    walk, before = IntegrityCheck(), NOTHING
    async for kept in reader.rows(board, 0, head.position):
        for row, at, total in kept:
            findings += walk.step(row)
            if row.position == before.position + 1 and (
                next_sum(before.sum, board, row.position, at, row.body) != total
            ):
                findings.append(Finding("changed", board, row.position, "the row is not as it was written"))
            before = Head(row.position, at, total)
    if before.position < head.position:
        findings.append(Finding("gap", board, head.position, "the board was this long"))
    elif before.sum != head.sum:
        findings.append(Finding("changed", board, head.position, "the board does not end as it was written"))
    return findings
