"""The program: its groups of commands, and what becomes of what goes wrong.

What a user can do wrong ends in a sentence and a code, never in a traceback: 1 refused, 2 usage.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Final

import typer

from trafficlight.cli.console import _, explain, note, out
from trafficlight.domain.errors import Refused
from trafficlight.ledger.base import LedgerUnavailable
from trafficlight.ledger.store import LedgerMissing, NotEmpty
from trafficlight.ledger.transfer import BadLine
from trafficlight.publish.targets.base import TargetUnavailable

REFUSED: Final = 1
INTERRUPTED: Final = 130

HELP: Final = _("红黄蓝：公布一个县的发热门诊今天忙不忙。")

GROUPS: Final = (
    "demo",
    "serve",
    "check",
    "sites",
    "boards",
    "teams",
    "notices",
    "config",
    "tokens",
    "links",
    "users",
    "mismatches",
    "publish",
    "wechat",
    "rules",
    "truth",
    "history",
    "ledger",
)
"""The modules of this package that hold commands, in the order in which they are shown."""


def program(asked: str) -> typer.Typer:
    """The program with the group that is asked for, or with all: a command loads what it needs, no more."""
    app = typer.Typer(
        name="trafficlight",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback(help=HELP)(_program)
    for name in (asked,) if asked in GROUPS else GROUPS:
        module = import_module(f"trafficlight.cli.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app)
        else:
            app.command(name, help=module.HELP)(getattr(module, name))
    return app


def _print_version(asked: bool) -> None:
    if asked:
        out(f"trafficlight {version('trafficlight')}")
        raise typer.Exit


def _program(
    *,
    version_asked: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help=_("版本"))
    ] = False,
) -> None:
    """The program itself tells its version and nothing more: its commands do."""


_CODES: Final[Mapping[type[Exception], str]] = {
    LedgerMissing: "ledger_missing",
    LedgerUnavailable: "ledger_failed",
    TargetUnavailable: "target_unavailable",
    NotEmpty: "not_empty",
    FileExistsError: "file_exists",
    OSError: "file_error",
}


def run(arguments: Sequence[str]) -> int:
    """Run a command; its exit code."""
    try:
        program(arguments[0] if arguments else "")(list(arguments), prog_name="trafficlight")
    except SystemExit as done:
        return done.code if type(done.code) is int else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not try to flush into nothing at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except (Refused, LedgerUnavailable, TargetUnavailable, NotEmpty, BadLine, OSError) as wrong:
        note(explain(_as_refusal(wrong)))
        return REFUSED
    return 0


def _as_refusal(wrong: Exception) -> Refused:
    if isinstance(wrong, Refused):
        return wrong
    if isinstance(wrong, BadLine):
        return Refused("bad_line", None, line=wrong.number, reason=wrong.reason)
    text = (wrong.filename or wrong) if isinstance(wrong, FileExistsError) else wrong
    code = next(code for kind, code in _CODES.items() if isinstance(wrong, kind))
    return Refused(code, None, text=text)
