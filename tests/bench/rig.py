"""What a bench may use: a folder, two cores, installations made once a run, and how a result is told."""

import os
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.installations import Installation, Plan, make

SMALL = Plan(name="small", boards=1, sites=152)
COUNTIES = Plan(name="counties", boards=200, sites=20_000)
LARGE = Plan(name="large", boards=1_000, sites=100_000)
"""Ten days of a report a day: 1,000,000 reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. Without a budget, and with `met` of None, it is information."""

    what: str
    measured: str
    budget: str = ""
    ratio: str = ""
    met: bool | None = None
    note: str = ""


@dataclass(slots=True)
class Rig:
    """`server_core` and `load_core` differ where the machine has two; else None: nothing is pinned."""

    folder: Path
    quick: bool
    server_core: int | None = None
    load_core: int | None = None
    _made: dict[str, Installation] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """Interleaved pairs of runs: nine are the least for a median on a noisy machine."""
        return 3 if self.quick else 9

    @property
    def stretch(self) -> float:
        """Seconds of one run under load."""
        return 0.5 if self.quick else 2.0

    def installation(self, plan: Plan) -> Installation:
        """The installation, made when it is first asked for."""
        if self.quick and plan.boards > 1:
            plan = Plan(name=plan.name, boards=plan.boards // 10, sites=plan.sites // 10)
        if plan.name not in self._made:
            say(f"making {plan.sites:,} sites on {plan.boards:,} boards, {plan.reports:,} reports")
            self._made[plan.name] = make(plan, self.folder / plan.name)
        return self._made[plan.name]

    def unpinned(self) -> "Rig":
        """The same with the cores left to the system."""
        return replace(self, server_core=None, load_core=None)

    def pinned(self) -> ExitStack:
        """The load, which is this process, keeps to its core as long as the context lasts."""
        stack = ExitStack()
        if self.load_core is not None:
            stack.callback(os.sched_setaffinity, 0, os.sched_getaffinity(0))
            os.sched_setaffinity(0, {self.load_core})
        return stack


def cores() -> tuple[int, int] | tuple[None, None]:
    """A core for the server and one for the load; none where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[-1]) if len(usable) > 1 else (None, None)


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
