"""Sheets as Parquet: typed columns, lists as lists, zstd; the same bytes from the same rows."""

from __future__ import annotations

import io
from collections.abc import Mapping

import polars as pl

from almanac.edition.package.layout import FieldType, Sheet

_TYPES: Mapping[FieldType, pl.DataType] = {
    FieldType.STRING: pl.String(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.INTEGER: pl.Int64(),
    FieldType.NUMBER: pl.Float64(),
    FieldType.DATE: pl.Date(),
    FieldType.LIST: pl.List(pl.String()),
}

LEVEL = 9
"""zstd's level, fixed here so that a new default of polars moves no byte."""


def parquet_bytes(sheet: Sheet) -> bytes:
    """The sheet as one Parquet file of one row group."""
    schema = {field.name: _TYPES[field.type] for field in sheet.layout.fields}
    columns = [list(cells) for cells in zip(*sheet.rows, strict=True)] or [[] for _ in schema]
    series = [
        pl.Series(name, [list(cell) if isinstance(cell, tuple) else cell for cell in cells], dtype=dtype)
        for (name, dtype), cells in zip(schema.items(), columns, strict=True)
    ]
    file = io.BytesIO()
    pl.DataFrame(series).write_parquet(
        file, compression="zstd", compression_level=LEVEL, row_group_size=max(1, len(sheet.rows))
    )
    return file.getvalue()
