"""An acknowledged report → its new board page, with 100,000 sites on 1,000 boards, against 152 sites.

As `report_to_page`, with two servers on the same core: one with a single board, one with that board and
999 others. The measured boards have 152 sites and ten days of reports each. In turn, so many rounds at a
time.
"""

from collections.abc import Iterator
from statistics import median

from tests.bench.measuring import Pairs, in_turn, ms, quantiles
from tests.bench.rig import LARGE, SMALL, Rig, Row
from tests.bench.rounds import Round, Rounds
from tests.running import Server

MOST = 1.5
AT_ONCE = 60
START_WITHIN = 120.0
"""Seconds: without snapshots a million events are folded."""


def run(rig: Rig) -> Iterator[Row]:
    small, large = rig.installation(SMALL), rig.installation(LARGE)
    rounds: tuple[list[Round], list[Round]] = ([], [])
    with (
        Server(small.data, core=rig.server_core) as one,
        Server(large.data, core=rig.server_core) as thousand,
        rig.pinned(),
    ):
        one.wait_until_ready()
        thousand.wait_until_ready(START_WITHIN)
        clients = Rounds(one.port, small), Rounds(thousand.port, large)

        def batch(which: int) -> float:
            done = clients[which].rounds(AT_ONCE // (6 if rig.quick else 1))
            rounds[which].extend(done)
            return median(round_.page for round_ in done)

        pairs: Pairs = in_turn(rig.pairs, lambda: batch(0), lambda: batch(1))
        for client in clients:
            client.close()
        thousand.stop(120.0)
    sites, boards = len(large.sites), large.plan.boards
    yield Row(
        what=f"the same with {sites:,} sites on {boards:,} boards",
        budget="≤ 1.5 ×",
        measured=f"p50 {ms(median(pairs.second))} against {ms(median(pairs.first))}",
        ratio=f"{pairs.told()} ×",
        met=pairs.ratio <= MOST,
        note=f"{quantiles([one.page for one in rounds[1]])} over all its rounds",
    )
