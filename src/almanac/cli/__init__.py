"""The command line: one verb per file, each a thin twin of a public function.

Answers go to stdout, progress and faults to stderr. Exit 0: all holds; 1: a check found something; 2: usage;
3: bad data.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import typer

from almanac.cli.accelerators import accelerators
from almanac.cli.build import build
from almanac.cli.check import check
from almanac.cli.cite import cite
from almanac.cli.explain import explain
from almanac.cli.measure import measure
from almanac.cli.read import read
from almanac.cli.schema import schema
from almanac.cli.serve import serve
from almanac.cli.verify import verify
from almanac.errors import FaultyInput

VERBS: tuple[Callable[..., object], ...] = (
    accelerators,
    build,
    check,
    cite,
    explain,
    measure,
    read,
    schema,
    serve,
    verify,
)
"""Every verb, in the order of `almanac --help`."""

app = typer.Typer(
    name="almanac",
    help="Turns a report on the state of AI into a program: every claim with its sources, every number checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in VERBS:
    app.command()(verb)


def main() -> None:
    """Runs the command line; faults in data are printed one below the other and end it with 3."""
    try:
        app()
    except FaultyInput as error:
        many = len(error.faults)
        print(error, file=sys.stderr)
        print(f"{many} fault{'s' if many != 1 else ''}", file=sys.stderr)
        raise SystemExit(3) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
