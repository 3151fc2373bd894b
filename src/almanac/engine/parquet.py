"""Records as a Parquet file, in one pass and bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from almanac.engine.errors import EngineError

LEVEL = 9
"""zstd's level, fixed here so that a new default of polars moves no byte."""

ROWS = 50_000
"""Rows of a group, fixed for the same reason and because a group is held in memory."""


def to_parquet(lines: Path, destination: Path, schema: Mapping[str, pl.DataType | type[pl.DataType]]) -> int:
    """Writes the lines of JSON in the file `lines` as the Parquet file `destination`. Returns the rows.

    schema: the columns and their types; a record that lacks one has null there, and what else it has is left out.
    The same lines give the same bytes. Raises EngineError when a record does not fit.
    """
    part = destination.with_name(f"{destination.name}.part")
    try:
        frame = pl.scan_ndjson(lines, schema=dict(schema)) if lines.stat().st_size else pl.LazyFrame(schema=schema)
        frame.sink_parquet(part, compression="zstd", compression_level=LEVEL, row_group_size=ROWS)
        rows = pl.scan_parquet(part).select(pl.len()).collect().item()
    except pl.exceptions.PolarsError as error:
        part.unlink(missing_ok=True)
        raise EngineError(f"{lines}: a record does not fit the columns of the table: {error}") from error
    part.replace(destination)
    return int(rows)
