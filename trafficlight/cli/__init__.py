"""The command line. One module for each group of commands; `program` puts them together."""

import io
import sys


def main() -> None:
    """Run the command that the process was started with: 0 done, 1 refused, 2 usage."""
    from trafficlight.cli.program import run  # noqa: PLC0415 - importing a module of the package loads no program

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # a name that the terminal cannot show is no reason to fail
    sys.exit(run(sys.argv[1:]))
