"""A plugin of pytest: how long the tests take, and how much of a processor, with all that they start.

Nothing fails by it: a machine may be busy. What is costly is named at the end of a run, so that it does not
grow unseen. `make test-slowest` names more.
"""

import os
from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import pytest

COSTLY_TEST: Final = 8.0
"""Seconds of a processor. A test that needs more shares too little with others, or tries too much."""
COSTLY_FILE: Final = 45.0
"""The same of a whole file: fixtures of a module are made again by every worker that has a part of it."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Of a test or a file."""

    took: float
    """Seconds by the clock: on a busy machine more."""
    cpu: float
    """Seconds of a processor, its children's included."""

    def __add__(self, other: object) -> "Cost":
        assert isinstance(other, Cost)
        return Cost(self.took + other.took, self.cpu + other.cpu)


NOTHING: Final = Cost(0, 0)


def used(pid: int | str = "self") -> float:
    """Seconds of a processor that a process, those it has started and theirs have used so far."""
    total, left = 0, [str(pid)]
    while left:
        process = Path("/proc", left.pop())
        try:
            fields = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            # Its own and those of children that ended, in user mode and in the kernel.
            total += sum(map(int, fields[11:15]))
            for children in process.glob("task/*/children"):
                left += children.read_text(encoding="utf-8").split()
        except OSError:
            continue  # ended meanwhile: counted by who started it
    return total / _TICKS


class Costs:
    """Measures where tests are run, and sums up where they are reported: with workers, another process."""

    def __init__(self, named: int) -> None:
        self._named = named
        """So many of the costliest are named anyhow."""
        self._before = used()
        self._tests: dict[str, Cost] = defaultdict(lambda: NOTHING)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = used()
        report.cpu = max(now - self._before, 0.0)  # type: ignore[attr-defined] # goes along to the controller
        self._before = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._tests[report.nodeid] += Cost(report.duration, getattr(report, "cpu", 0.0))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        files: dict[str, Cost] = defaultdict(lambda: NOTHING)
        for test, cost in self._tests.items():
            files[test.partition("::")[0]] += cost
        whole = sum(self._tests.values(), NOTHING)
        terminalreporter.section("costs")
        terminalreporter.line(
            f"all: {whole.cpu:.0f} s of a processor, {whole.took:.0f} s one after the other"
        )
        for what, costs, limit in (("files", files, COSTLY_FILE), ("tests", self._tests, COSTLY_TEST)):
            for line in _lines(costs, limit, self._named):
                terminalreporter.line(line)
            over = sum(cost.cpu > limit for cost in costs.values())
            if over:
                terminalreporter.line(
                    f"{over} {what} need more than {limit:.0f} s of a processor", yellow=True
                )


def _lines(costs: dict[str, Cost], limit: float, named: int) -> Iterable[str]:
    ranked = sorted(costs.items(), key=lambda one: one[1].cpu, reverse=True)
    for number, (what, cost) in enumerate(ranked):
        if number < named or cost.cpu > limit:
            yield f"{cost.cpu:7.2f} s cpu {cost.took:7.2f} s  {what}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", type=int, default=0, metavar="N", help="Name the N costliest.")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs(config.getoption("--costs")), "costs")
