"""Proves what survives what, on this machine: `make reliability`.

    python -m tests.reliability [--rounds N] [--only NAME]... [--write]

`--rounds` is how often the server is killed; `--write` puts the result into docs/reliability.md. Ends
with 1 where a promise was broken. As root it mounts a small file system, in a mount namespace of its own
that ends with it.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests import figures
from tests.reliability import (
    bucket_turns,
    clock_back,
    ending,
    folder_target,
    full_disk,
    killing,
    ledger_away,
    redis_faults,
    stopping,
    two_nodes,
)
from tests.reliability.proof import Findings, NotPossible, Proof, say
from tests.running import NotRunning

ROUNDS = 200
INSIDE = "TRAFFICLIGHT_RELIABILITY_INSIDE"

PROOFS = (
    Proof(
        "killing",
        killing.prove,
        "`kill -9` at any moment loses nothing acknowledged and counts nothing twice",
    ),
    Proof("stopping", stopping.prove, "SIGTERM under load: exit 0 within 10 s, nothing acknowledged is lost"),
    Proof(
        "ending", ending.prove, "commands ended at any instant, four at once: each ends and leaves nothing"
    ),
    Proof("full-disk", full_disk.prove_full, "a full disk: 503, pages go on, taken again by itself"),
    Proof(
        "refused-writes", full_disk.prove_refused, "writes that fail: 503, pages go on, taken again by itself"
    ),
    Proof("ledger-locked", ledger_away.prove_locked, "the ledger locked by another program: the same"),
    Proof("ledger-immutable", ledger_away.prove_immutable, "the ledger made immutable: the same"),
    Proof("ledger-away", ledger_away.prove_away, "the ledger's file moved away and back: the same"),
    Proof(
        "folder-target", folder_target.prove, "a target that fails hurts nobody and is whole again afterwards"
    ),
    Proof(
        "bucket-turns",
        bucket_turns.prove_turns,
        "of two servers that share a bucket one is killed: the other writes within 10 s",
    ),
    Proof(
        "bucket-asleep",
        bucket_turns.prove_asleep,
        "the one that writes sleeps beyond its turn: what it overwrites late is right again within 5 s",
    ),
    Proof(
        "redis-nodes",
        redis_faults.prove_nodes,
        "two nodes on one Redis, one killed after the other: nothing acknowledged is lost or counted twice",
    ),
    Proof(
        "redis-cut",
        redis_faults.prove_cut,
        "the network to Redis cut: 503, pages go on, taken again by itself",
    ),
    Proof("redis-full", redis_faults.prove_full, "Redis without memory: the same"),
    Proof("redis-hanging", redis_faults.prove_hanging, "a Redis that stands still: the same"),
    Proof(
        "redis-slow",
        redis_faults.prove_slow,
        "a Redis that stands still half of the time: later, not refused",
    ),
    Proof(
        "redis-primary",
        redis_faults.prove_primary,
        "the primary killed, a replica in its place (WAIT, Sentinel): nothing acknowledged is lost",
    ),
    Proof(
        "two-nodes", two_nodes.prove, "two nodes for a minute under 32 clients and 20 listeners show the same"
    ),
    Proof("clock-back", clock_back.prove, "a clock set back: the ledger's instants never run backwards"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"kills; {ROUNDS} unless told")
    parser.add_argument("--only", action="append", choices=[proof.name for proof in PROOFS], default=[])
    parser.add_argument("--write", action="store_true", help="into docs/reliability.md")
    given = parser.parse_args()
    _keep_mounts_to_ourselves()
    rows: list[tuple[str, ...]] = []
    broken = False
    for proof in PROOFS:
        if not given.only or proof.name in given.only:
            verdict, told = _prove(proof, given.rounds)
            broken = broken or verdict == "**broken**"
            rows.append((f"{proof.name}: {proof.promise}", verdict, told))
    disk = figures.file_system(Path(tempfile.gettempdir()))
    words = f"{figures.today()}, {figures.machine()}, {disk}."
    table = figures.table(("what", "", "figures"), rows)
    print(f"{words}\n\n{table}")
    if given.write:
        figures.write(figures.DOCS / "reliability.md", f"{words}\n\n{table}")
    return 1 if broken else 0


def _prove(proof: Proof, rounds: int) -> tuple[str, str]:
    """The verdict, and the figures in words."""
    say(proof.name)
    found, began = Findings(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="trafficlight-reliability-") as folder:
        try:
            asyncio.run(proof.run(Path(folder), rounds, found))
        except NotPossible as why:
            say(f"  not possible: {why}")
            return "not tried", str(why)
        except NotRunning as down:
            found.broken.append(f"the server: {' '.join(str(down).split())[:400]}")
    told = "; ".join([*found.broken, *(f"{name}: {figure}" for name, figure in found.figures.items())])
    verdict = "**broken**" if found.broken else "held"
    say(f"  {verdict}, {time.monotonic() - began:.0f} s: {told}")
    return verdict, told


def _keep_mounts_to_ourselves() -> None:
    """Start over in a mount namespace of our own, where the machine allows it: it goes away with us."""
    if os.geteuid() == 0 and INSIDE not in os.environ and shutil.which("unshare"):
        os.environ[INSIDE] = "1"
        again = [sys.executable, "-m", "tests.reliability", *sys.argv[1:]]
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *again])


if __name__ == "__main__":
    sys.exit(main())
