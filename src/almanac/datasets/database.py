"""Where tables are queried: DuckDB, within a limit of memory, beyond which it spills to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from almanac.errors import DatasetError, Fault


@dataclass(frozen=True, slots=True)
class Resources:
    """What a query may use: `memory` as DuckDB writes it, threads (None: one a core), a folder to spill to (None: the
    system's own for temporary files). No answer depends on them.
    """

    memory: str = "4GB"
    threads: int | None = None
    folder: Path | None = None


@contextmanager
def database(
    resources: Resources | None = None, files: Iterable[Path] = (), *, ordered: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees `files`, its own spill and nothing else: what it reads comes from strangers.

    ordered: whether rows keep the order of their file, which costs memory. Raises DatasetError for resources that
    DuckDB does not understand.
    """
    resources = resources or Resources()
    with tempfile.TemporaryDirectory(prefix="almanac-", dir=resources.folder) as spill:
        connection = _connected(resources, spill, ordered)
        try:
            connection.execute("SET allowed_paths = ?", [[str(path) for path in files]])
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
        finally:
            connection.close()


def _connected(resources: Resources, spill: str, ordered: bool) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": resources.memory,
        "temp_directory": spill,
        "preserve_insertion_order": ordered,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # a table's name must never mean a variable of ours
    }
    if resources.threads:
        settings["threads"] = resources.threads
    try:
        return duckdb.connect(config=settings)
    except duckdb.Error as error:
        found = f"memory {resources.memory!r}, threads {resources.threads}"
        raise DatasetError([Fault("DuckDB", None, "resources", found, str(error))]) from error
