"""An acknowledged report → its new board page served, 152 sites.

One client reports and, after the 201, gets the board's page with gzip on another connection kept alive.
The time runs from the 201 to the page's last byte; the page must show the report's own edition. The
server has one core, the client the other.
"""

from collections.abc import Iterator

from tests.bench.measuring import percentile, quantiles
from tests.bench.rig import SMALL, Rig, Row
from tests.bench.rounds import Rounds
from tests.running import Server

P50, P99 = 0.010, 0.050
ROUNDS = 1_000


def run(rig: Rig) -> Iterator[Row]:
    installation = rig.installation(SMALL)
    with Server(installation.data, core=rig.server_core) as server, rig.pinned():
        server.wait_until_ready()
        client = Rounds(server.port, installation)
        client.rounds(20)
        done = client.rounds(ROUNDS // 10 if rig.quick else ROUNDS)
        client.close()
    pages = [one.page for one in done]
    yield Row(
        what="acknowledged report → its new board page, 152 sites",
        budget="p50 ≤ 10 ms, p99 ≤ 50 ms",
        measured=f"{quantiles(pages)} ({len(done)} rounds)",
        met=percentile(pages, 50) <= P50 and percentile(pages, 99) <= P99,
    )
    yield Row(
        what="the report before it: sent → on disk and acknowledged",
        measured=quantiles([one.post for one in done]),
    )
