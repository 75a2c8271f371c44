"""The command line. One module for each group of commands; `program` puts them together."""

import sys


def main() -> None:
    """Run the command that the process was started with: 0 done, 1 refused, 2 usage."""
    from trafficlight.cli.program import run  # noqa: PLC0415 - importing a module of the package loads no program

    sys.exit(run(sys.argv[1:]))
