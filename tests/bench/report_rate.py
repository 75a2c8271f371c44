"""Durable reports a second, 32 clients, against a bare aiohttp app that sends the same JSON back.

wrk with 32 connections on one core posts valid reports, each of another of 20,000 sites and with a key of
its own, in turn to the echo and to the app (each a 201, on disk) on the other core. Afterwards the app
must have counted as many accepted reports as wrk had answers, but for those on their way at the end of a
run, and nothing else.

Then one single site gets 5,000 reports, which a valid token may send within a minute.
"""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median

from tests.bench import wrk
from tests.bench.bare import Bare
from tests.bench.measuring import in_turn
from tests.bench.rig import COUNTIES, Rig, Row
from tests.running import Server

LEAST = 0.5
SITE_A_MINUTE = 5_000
SCRIPT = Path(__file__).with_name("report.lua")
ACCEPTED = "trafficlight_reports_accepted_total"
OTHERS = ("trafficlight_reports_refused_total", "trafficlight_reports_replayed_total")
_runs = count()


def run(rig: Rig) -> Iterator[Row]:
    installation = rig.installation(COUNTIES)
    sites, site = rig.folder / "sites.txt", rig.folder / "site.txt"
    sites.write_text("\n".join(installation.sites))
    site.write_text(installation.board_sites[0])
    answers = [0]

    def posted(port: int, of: Path) -> float:
        arguments = [installation.token, str(of), f"run{next(_runs)}-{time.time_ns()}-"]
        told = wrk.load(rig, f"http://127.0.0.1:{port}", "-s", str(SCRIPT), arguments=arguments)
        answers[0] += told.answers if port == server.port else 0
        return told.rate

    with Server(installation.data, core=rig.server_core) as server, Bare(rig) as echo:
        server.wait_until_ready(60.0)
        pairs = in_turn(rig.pairs, lambda: posted(echo.port, sites), lambda: posted(server.port, sites))
        accepted, others = server.metric(ACCEPTED), sum(server.metric(name) for name in OTHERS)
        yield Row(
            what="durable reports a second, 32 clients",
            budget="≥ 0.5 × a bare aiohttp JSON echo",
            measured=f"{median(pairs.second):,.0f}/s against {median(pairs.first):,.0f}/s",
            ratio=f"{pairs.told()} ×",
            met=pairs.ratio >= LEAST
            and 0 <= accepted - answers[0] <= wrk.CLIENTS * (rig.pairs + 1)
            and not others,
            note=f"{answers[0]:,} answers, {accepted:,.0f} reports kept, {others:,.0f} anything else",
        )
        began, many = time.monotonic(), SITE_A_MINUTE // (10 if rig.quick else 1)
        while server.metric(ACCEPTED) - accepted < many and time.monotonic() - began < 120:
            posted(server.port, site)
        kept, took = server.metric(ACCEPTED) - accepted, time.monotonic() - began
    yield Row(
        what=f"reports of one single site, {kept:,.0f} of them",
        budget="≥ 5,000 a minute",
        measured=f"{kept / took * 60:,.0f} a minute",
        met=kept / took * 60 >= SITE_A_MINUTE,
    )
