"""almanac verify: is a published edition what it says?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def verify(published: Annotated[Path, typer.Argument(help="A folder that `almanac build` made.")]) -> None:
    """Check a published edition offline: every hash, and every byte recomputed from the text it carries."""
    from almanac.edition import verify as verify_edition

    faults = verify_edition(published)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{published}: {len(faults)} faults")
        raise typer.Exit(1)
    print(f"{published}: every file is as published, and recomputes to the same bytes")
