"""An acknowledged report → its new board page, against Hugo building the site anew.

Hugo's tree: a page for each site and a list for each board, with the same facts in each row, made by
plain templates from one data file, which is changed before every build; only Hugo's own run is timed, on
both cores. Ours is the median of 20 rounds of `report_to_page` each time. 152 sites are one board; 20,000
are on 200 boards, of which the measured one has 152 sites.
"""

import shutil
import subprocess
from collections.abc import Iterator
from statistics import median

from tests.bench import hugo
from tests.bench.installations import Plan
from tests.bench.measuring import in_turn, ms
from tests.bench.rig import COUNTIES, SMALL, Rig, Row, say
from tests.bench.rounds import Rounds
from tests.running import Server

LEAST = ((SMALL, 20), (COUNTIES, 500))
AT_ONCE = 20


def run(rig: Rig) -> Iterator[Row]:
    for plan, least in LEAST:
        yield _against(rig, plan, least)


def _against(rig: Rig, plan: Plan, least: int) -> Row:
    installation = rig.installation(plan)
    say(f"Hugo's tree of {len(installation.sites):,} sites")
    site = hugo.Site(rig.folder / f"hugo-{plan.name}", installation)
    with Server(installation.data, core=rig.server_core) as server:
        server.wait_until_ready(60.0)
        client = Rounds(server.port, installation)

        def ours() -> float:
            with rig.pinned():
                return median(one.page for one in client.rounds(AT_ONCE))

        pairs = in_turn(rig.pairs, ours, site.change_and_build)
        client.close()
    shutil.rmtree(site.folder)
    return Row(
        what=f"the same against Hugo building {len(installation.sites):,} sites anew",
        budget=f"≥ {least} ×",
        measured=f"{ms(median(pairs.first))} against {ms(median(pairs.second))}",
        ratio=f"{pairs.told()} ×",
        met=pairs.ratio >= least,
        note=f"{plan.boards} board{'s' if plan.boards > 1 else ''}; {_version()}",
    )


def _version() -> str:
    told = subprocess.run(["hugo", "version"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split()[:2]).partition("+")[0].capitalize()
