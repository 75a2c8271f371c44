"""The command line. One module for each group of commands; `program` puts them together."""

import io
import sys


def main() -> None:
    """Run the command that the process was started with: 0 done, 1 refused, 2 usage, 130 interrupted."""
    try:
        # Importing a module of the package loads no program; loading it takes long enough to be interrupted.
        from trafficlight.cli.program import run  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # a name that the terminal cannot show is no reason to fail
    sys.exit(run(sys.argv[1:]))
