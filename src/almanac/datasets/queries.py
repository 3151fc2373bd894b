"""Querying tables, in memory or in files, in the same words: instruments that do so have one way through their code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb

from almanac.datasets.database import Resources, database
from almanac.datasets.schema import Queryable
from almanac.datasets.stored import StoredTable


@contextmanager
def queried(tables: Mapping[str, Queryable], resources: Resources | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which each table is a view of its name, with the columns of its schema.

    resources: those of the first table in files, unless given. Rows have no order, and an answer must not depend on how
    many threads gave it: add up columns with `places`, which are decimal numbers, or whole numbers, and never numbers
    with a floating point; order what is listed. Raises DatasetError where a file is no longer what it was when it was
    checked.
    """
    stored = [table for table in tables.values() if isinstance(table, StoredTable)]
    given = resources or next((table.resources for table in stored), None)
    with database(given, [file.path for table in stored for file in table.files]) as connection:
        for name, table in tables.items():
            table.relation(connection).create_view(name)
        yield connection
    for table in stored:
        table.check_unchanged()
