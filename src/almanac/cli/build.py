"""almanac build: an edition as a site and a data package."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from almanac.cli.options import EDITION


def build(
    edition: Annotated[Path, typer.Argument(help="The edition's folder.")] = EDITION,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Where to put it [build/<edition>].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing has changed.")] = False,
) -> None:
    """Build an edition: the site and the data, the same bytes every time.

    The folder is replaced in one step: a build that fails leaves the old one alone.
    """
    from almanac.edition import build as build_edition

    began = time.perf_counter()
    target = out or Path("build") / edition.resolve().name
    with Console(stderr=True).status(f"Building {edition} …"):
        built = build_edition(edition, target, force=force)
    took = f"{time.perf_counter() - began:.1f} s"
    did = f"built in {took}" if built.fresh else f"already up to date ({took})"
    print(f"{built.files} files, {built.size / 1e6:.1f} MB, {did}")
    print(f"Open {built.out / 'index.html'}")
