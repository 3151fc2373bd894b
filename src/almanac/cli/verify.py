"""almanac verify: is a published edition what it says?"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from almanac.edition.build import Recomputation


def verify(
    published: Annotated[Path, typer.Argument(help="A folder that `almanac build` made.")],
    tables: Annotated[
        Path | None,
        typer.Option(
            envvar="ALMANAC_MIRROR",
            help="Folder of tables (NAME.csv) too large to ship: locked estimates are recomputed from them.",
        ),
    ] = None,
) -> None:
    """Check a published edition offline: every hash, and every byte recomputed from the text it carries.

    Estimates in its lock file are recomputed where the tables they came from are at hand. Exit code 1 when anything
    differs.
    """
    from almanac.edition import recompute
    from almanac.edition import verify as verify_edition

    faults = verify_edition(published)
    recomputed = () if faults else recompute(published, tables)
    faults = (*faults, *(fault for one in recomputed for fault in one.faults))
    for fault in faults:
        print(fault, file=sys.stderr)
    _tell(recomputed)
    if faults:
        print(f"{published}: {len(faults)} fault{'s' if len(faults) != 1 else ''}")
        raise typer.Exit(1)
    print(f"{published}: every file is as published, and recomputes to the same bytes")


def _tell(recomputed: Iterable[Recomputation]) -> None:
    """What was recomputed of the lock file, and what was not."""
    for one in recomputed:
        if one.left:
            print(f"{one.result}: locked estimates were not recomputed: {one.left}")
        elif one.faults:
            print(f"{one.result}: locked estimates differ from those recomputed")
        else:
            print(f"{one.result}: locked estimates recompute to the same numbers")
