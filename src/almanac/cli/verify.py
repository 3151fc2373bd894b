"""almanac verify: is a published edition what it says?"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from almanac.edition.build import Recomputation


LOCKED_AND_FOUND = "locked estimates recompute to the same numbers"


def verify(
    published: Annotated[Path, typer.Argument(help="A folder that `almanac build` made.")],
    tables: Annotated[
        Path | None,
        typer.Option(
            envvar="ALMANAC_MIRROR",
            help="Folder of tables too large to ship, by name or as they came: locked estimates are recomputed.",
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
    """What was recomputed of the locked results, and what was not: a line for all that went the same way."""
    fates: dict[str, list[str]] = {}
    for one in recomputed:
        fates.setdefault(_fate(one), []).append(one.result)
    for fate, results in fates.items():
        print(f"{', '.join(results)}: {fate}")


def _fate(one: Recomputation) -> str:
    if one.left:
        return f"locked estimates were not recomputed: {one.left}"
    return "locked estimates differ from those recomputed" if one.faults else LOCKED_AND_FOUND
