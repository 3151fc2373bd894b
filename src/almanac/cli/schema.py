"""almanac schema: the JSON Schemas by which editors complete and check an edition's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def schema(
    out: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("editions/schema"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if one is stale.")] = False,
) -> None:
    """Write the JSON Schemas of the edition's files (claims, sources, identities, bounds, forecasts)."""
    from almanac.ledger.schema import json_schemas

    stale = []
    for name, content in json_schemas().items():
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        path = out / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if not check:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    print(f"{'stale' if check else 'written'}: {', '.join(stale)}" if stale else "up to date")
    if check and stale:
        raise typer.Exit(1)
