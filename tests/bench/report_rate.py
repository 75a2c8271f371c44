"""Durable reports a second, 32 clients, against a bare aiohttp app that sends the same JSON back.

wrk with 32 connections posts valid reports, each of another of 20,000 sites and with a key of its own, in
turn to the echo and to the app (each a 201, on disk). Afterwards the app must have counted as many
accepted reports as wrk had answers, but for those on their way at the end of a run, and nothing else.

Nothing is pinned: the app writes to disk in a thread of its own, for which a machine has its other core.
For information the same again with the whole server on one core.

Then one single site gets 5,000 reports, which a valid token may send within a minute.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.bench import wrk
from tests.bench.bare import Bare
from tests.bench.installations import Installation
from tests.bench.measuring import in_turn
from tests.bench.rig import COUNTIES, Rig, Row
from tests.running import Server

LEAST = 0.5
SITE_A_MINUTE = 5_000
SCRIPT = Path(__file__).with_name("report.lua")
ACCEPTED = "trafficlight_reports_accepted_total"
OTHERS = ("trafficlight_reports_refused_total", "trafficlight_reports_replayed_total")
GIVE_UP = 120.0
"""Seconds."""


def run(rig: Rig) -> Iterator[Row]:
    installation = rig.installation(COUNTIES)
    sites, site = rig.folder / "sites.txt", rig.folder / "site.txt"
    sites.write_text("\n".join(installation.sites))
    site.write_text(installation.board_sites[0])
    free = _against(rig.unpinned(), installation, sites)
    yield replace(free, budget="≥ 0.5 × a bare aiohttp JSON echo")
    yield replace(_against(rig, installation, sites), what="the same, the whole server on one core", met=None)
    yield _one_site(rig, installation, site)


def _against(rig: Rig, installation: Installation, sites: Path) -> Row:
    with Server(installation.data, core=rig.server_core) as server, Bare(rig) as echo:
        server.wait_until_ready(60.0)
        posted = Posted(rig, installation, sites)
        pairs = in_turn(rig.pairs, lambda: posted.to(echo.port), lambda: posted.to(server.port))
        accepted, others = server.metric(ACCEPTED), sum(server.metric(name) for name in OTHERS)
    answers = posted.answers[server.port]
    sound = 0 <= accepted - answers <= wrk.CLIENTS * (rig.pairs + 1) and not others
    return Row(
        what="durable reports a second, 32 clients",
        measured=f"{median(pairs.second):,.0f}/s against {median(pairs.first):,.0f}/s",
        ratio=f"{pairs.told()} ×",
        met=pairs.ratio >= LEAST and sound,
        note=f"{answers:,} answers, {accepted:,.0f} reports kept, {others:,.0f} anything else",
    )


def _one_site(rig: Rig, installation: Installation, site: Path) -> Row:
    many = SITE_A_MINUTE // (10 if rig.quick else 1)
    with Server(installation.data, core=rig.server_core) as server:
        server.wait_until_ready(60.0)
        posted = Posted(rig, installation, site)
        began, kept = time.monotonic(), 0.0
        while kept < many and time.monotonic() - began < GIVE_UP:
            posted.to(server.port)
            kept = server.metric(ACCEPTED)
        took = time.monotonic() - began
    return Row(
        what=f"reports of one single site, {kept:,.0f} of them",
        budget="≥ 5,000 a minute",
        measured=f"{kept / took * 60:,.0f} a minute",
        met=kept / took * 60 >= SITE_A_MINUTE,
    )


class Posted:
    """Stretches of reports, and how many were answered on each port."""

    def __init__(self, rig: Rig, installation: Installation, sites: Path) -> None:
        self.answers: Counter[int] = Counter()
        self._rig = rig
        self._token = installation.token
        self._sites = sites

    def to(self, port: int) -> float:
        """Reports a second."""
        arguments = [self._token, str(self._sites), f"{time.time_ns()}-"]
        told = wrk.load(self._rig, f"http://127.0.0.1:{port}", "-s", str(SCRIPT), arguments=arguments)
        self.answers[port] += told.answers
        return told.rate
