"""Opening a table that somebody names on the command line: in memory where it fits, else where it lies."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from almanac.datasets import layouts
from almanac.datasets.database import Resources
from almanac.datasets.inspect_logs import PLAIN, Choice
from almanac.datasets.schema import Queryable, Schema
from almanac.datasets.stored import header_of, is_large, read_stored


@dataclass(frozen=True, slots=True)
class Opening:
    """How tables are opened: what queries of them may use, and what logs of runs leave open."""

    resources: Resources = field(default_factory=Resources)
    choice: Choice = PLAIN


def open_table(
    path: Path, name: str, schema: Schema, *, queries: bool = False, opening: Opening | None = None
) -> Queryable:
    """The table called `name` in the file at `path`, as `layouts.read` gives it.

    queries: whether who asks for the table only queries it. Then it may also be Parquet, of any size, or several files
    alike, named by a pattern such as `months/*.csv`. Raises DatasetError with every fault.
    """
    opening = opening or Opening()
    paths = files_at(path)
    if not queries or (len(paths) == 1 and not is_large(paths[0])):
        return layouts.read(path, name, schema, opening.choice)
    return read_stored(paths, name, schema, resources=opening.resources)


def name_of(path: Path, tables: Mapping[str, Schema]) -> str | None:
    """Which of `tables` the file at `path` holds, going by its header; None where it could be none or several."""
    first = files_at(path)[0]
    if not is_large(first):
        return layouts.name_of(first, tables)
    known = layouts.fitting(frozenset(header_of(first)), tables)
    return known[0] if len(known) == 1 else None


def files_at(path: Path) -> list[Path]:
    """The file at `path`, or all those that it fits where it is a pattern, in the order of their names."""
    if path.exists() or not glob.has_magic(str(path)):
        return [path]
    return sorted(map(Path, glob.glob(str(path)))) or [path]
