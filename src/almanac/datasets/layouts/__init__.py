"""Tables as people have them: the layouts of result files, and how each becomes a table that instruments know.

A file is known by its header. A layout reads it against a schema of its own, so a wrong cell is reported where it
stands in that file, and then names its columns as the instruments do. Nothing is computed but counts from shares.
Spaces around a cell, and hard ones in it, are no part of it: publishers leave them there.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from almanac.datasets import horizons, inspect_logs
from almanac.datasets.layouts import (
    benchmarks,
    centers,
    companies,
    deals,
    matrices,
    purchases,
    rounds,
    spending,
    times,
)
from almanac.datasets.layouts.layout import Header, Layout, Row
from almanac.datasets.schema import Schema, Table
from almanac.datasets.table import LIMITS, Limits, parse_table, read_bytes
from almanac.errors import DatasetError, Fault

LAYOUTS: tuple[Layout, ...] = (
    *benchmarks.LAYOUTS,
    *matrices.LAYOUTS,
    *centers.LAYOUTS,
    *companies.LAYOUTS,
    *deals.LAYOUTS,
    *purchases.LAYOUTS,
    *spending.LAYOUTS,
    *rounds.LAYOUTS,
    *times.LAYOUTS,
)
"""Every layout that is known, publisher by publisher."""


def read(path: Path, name: str, schema: Schema, choice: inspect_logs.Choice = inspect_logs.PLAIN) -> Table:
    """The table called `name` in the file at `path`: with the columns of `schema`, or in a layout that is known.

    Logs of Inspect AI, and folders of them, are read where they can be such a table; `choice` is what they leave open.
    The input's hash is that of the file. Raises DatasetError with every fault.
    """
    if inspect_logs.holds(path) and inspect_logs.readable(schema):
        return inspect_logs.read_logs(path, name, schema, choice)
    limits = horizons.LARGEST if schema in horizons.READERS else LIMITS
    data = read_bytes(path, limits)
    text = unpacked(data, path, limits)
    if schema in horizons.READERS:
        table = horizons.READERS[schema](text, path, name)
        return replace(table, input=replace(table.input, sha256=hashlib.sha256(data).hexdigest()))
    header = _header(text)
    found = None if _fits(schema, header) else _layout(name, header)
    table = parse_table(text, path, name, found[1] if found else schema, trimmed=True)
    table = replace(table, input=replace(table.input, sha256=hashlib.sha256(data).hexdigest()))
    return _converted(table, found[0], path, schema) if found else table


def name_of(path: Path, tables: Mapping[str, Schema]) -> str | None:
    """Which of `tables` the file at `path` holds, going by its header; None where it could be none or several."""
    if inspect_logs.holds(path):
        made = [name for name, schema in tables.items() if inspect_logs.readable(schema)]
        return made[0] if len(made) == 1 else None
    special = bool(horizons.READERS.keys() & set(tables.values()))
    limits = horizons.LARGEST if special else LIMITS
    try:
        text = unpacked(read_bytes(path, limits), path, limits)
    except DatasetError:
        return None  # whoever reads it reports what is wrong
    if special:
        held = horizons.schema_of(text, path)
        return next((name for name, schema in tables.items() if schema == held), None)
    header = _header(text)
    known = fitting(header, tables) or [name for name in tables if _layout(name, header)]
    return known[0] if len(known) == 1 else None


def unpacked(data: bytes, path: Path, limits: Limits = LIMITS) -> bytes:
    """What a gzipped file holds, not more than the limit; any other file as it is. Raises DatasetError."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            text = file.read(limits.bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError([Fault(path, None, "file", str(error), "a whole gzip file")]) from error
    if len(text) > limits.bytes:
        found = f"more than {limits.bytes:,} bytes when unpacked"
        raise DatasetError([Fault(path, None, "file", found, f"at most {limits.bytes:,}")])
    return text


def _header(text: bytes) -> Header:
    """The names in the first line; of what is no text, whatever comes out, which no layout has."""
    first = text.partition(b"\n")[0].decode("utf-8-sig", "replace")
    try:
        return frozenset(next(csv.reader([first.rstrip("\r")]), ()))
    except csv.Error:
        return frozenset()


def fitting(header: Header, tables: Mapping[str, Schema]) -> list[str]:
    """Which of the tables a header could be of, by its columns alone."""
    return _most_particular({name: schema for name, schema in tables.items() if _fits(schema, header)})


def _most_particular(fitting: Mapping[str, Schema]) -> list[str]:
    """The one whose needed columns include those of all others that fit, or all where there is no such one."""
    needed = {name: {c.name for c in schema.columns if not c.optional} for name, schema in fitting.items()}
    best = [name for name in needed if all(needed[name] > needed[other] for other in needed if other != name)]
    return best or list(fitting)


def _fits(schema: Schema, header: Header) -> bool:
    return {column.name for column in schema.columns if not column.optional} <= header


def _layout(name: str, header: Header) -> tuple[Layout, Schema] | None:
    for layout in LAYOUTS:
        if layout.table == name and (schema := layout.schema(header)):
            return layout, schema
    return None


def _converted(table: Table, layout: Layout, path: Path, schema: Schema) -> Table:
    rows: list[Row] = []
    faults: list[Fault] = []
    stem = path.name.partition(".")[0]
    for line, row in enumerate(table.frame.iter_rows(named=True), 2):
        try:
            rows.extend(layout.rows(row, stem))
        except ValueError as error:
            faults.append(Fault(path, line, "row", ", ".join(map(str, row.values())), str(error)))
    if faults:
        raise DatasetError(faults)
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return Table(pl.DataFrame(columns, schema=schema.polars()), schema, table.input, table.ignored)
