"""Reading a CSV table against its schema. Every fault of the file is reported, with its line and column.

Tables come from strangers: size is limited before anything is parsed. A table with one fault is no table.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from almanac.datasets.schema import Cell, Column, Schema, Table
from almanac.errors import DatasetError, Fault
from almanac.estimate import Input


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most. `faults`: how many are listed before the rest are only counted."""

    bytes: int = 20_000_000
    rows: int = 200_000
    columns: int = 1_000
    cell: int = 10_000
    faults: int = 1_000


LIMITS = Limits()

Record = tuple[int, list[str]]
"""A record of the file and the line on which it starts."""


def read_table(path: Path, name: str, schema: Schema, *, strict: bool = False, limits: Limits = LIMITS) -> Table:
    """The table in the file at `path`, called `name`.

    With `strict` the file's columns must be exactly the schema's, in its order; else other columns are left
    out and named in `Table.ignored`. Raises DatasetError with every fault found.
    """
    return parse_table(read_bytes(path, limits), path, name, schema, strict=strict, limits=limits)


def read_bytes(path: Path, limits: Limits = LIMITS) -> bytes:
    """The bytes of a plain file, not more than the limit. Raises DatasetError."""
    try:
        if not path.is_file():
            raise DatasetError(
                [Fault(path, None, "file", "a folder or device" if path.exists() else "nothing", "a file")]
            )
        with path.open("rb") as file:
            data = file.read(limits.bytes + 1)
    except OSError as error:
        raise DatasetError([Fault(path, None, "file", error.strerror or str(error), "a readable file")]) from error
    except ValueError as error:  # a NUL in the path
        raise DatasetError([Fault(repr(str(path)), None, "file", str(error), "a path")]) from error
    if len(data) > limits.bytes:
        fault = Fault(path, None, "file", f"more than {limits.bytes:,} bytes", f"at most {limits.bytes:,}")
        raise DatasetError([fault])
    return data


def parse_table(
    data: bytes,
    path: Path,
    name: str,
    schema: Schema,
    *,
    strict: bool = False,
    limits: Limits = LIMITS,
    headings: Mapping[str, Sequence[str]] | None = None,
    trimmed: bool = False,
) -> Table:
    """The table that `data`, the bytes of the CSV file at `path`, holds. As `read_table`, without the disk.

    headings: other names under which people have a column, the best first. trimmed: spaces around cells, and hard
    ones in them, are not kept, where else they are a fault.
    """
    reader = _Reader(path, schema, limits, trimmed=trimmed)
    header, records = reader.records(decoded(data, path))
    return reader.table(_renamed(header, headings or {}), records, data, name, strict)


def checked_table(
    header: list[str],
    records: list[Record],
    data: bytes,
    path: Path,
    name: str,
    schema: Schema,
    *,
    limits: Limits = LIMITS,
    headings: Mapping[str, Sequence[str]] | None = None,
) -> Table:
    """The table of cells that were taken from `data` in a form other than CSV. Raises DatasetError as `read_table`."""
    reader = _Reader(path, schema, limits)
    return reader.table(_renamed(header, headings or {}), records, data, name, strict=False)


def _renamed(header: list[str], headings: Mapping[str, Sequence[str]]) -> list[str]:
    """The header with each column under the schema's name. Where a file has several of a column's names, the first of
    `headings` is the column and the rest are others.
    """
    names = list(header)
    for column, others in headings.items():
        found = next((other for other in others if other in header), column)
        if found != column and found in header:
            names = [f"{name} (not read)" if name == column else name for name in names]
            names[header.index(found)] = column
    return names


def decoded(data: bytes, path: Path) -> str:
    """The text of the file. Bytes that are not UTF-8 and NUL bytes are faults of the whole file."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fault = Fault(path, line, "file", f"byte {data[error.start]:#04x}", "UTF-8", "Save the table as UTF-8 text.")
        raise DatasetError([fault]) from error
    if "\0" in text:
        lines = [number for number, line in enumerate(text.split("\n"), 1) if "\0" in line]
        raise DatasetError([Fault(path, line, "file", "a NUL byte", "text") for line in lines[: LIMITS.faults]])
    return text


class _Reader:
    """Reads one file; collects its faults."""

    def __init__(self, path: Path, schema: Schema, limits: Limits, *, trimmed: bool = False) -> None:
        self.path, self.schema, self.limits, self.trimmed = path, schema, limits, trimmed
        self.faults: list[Fault] = []
        self.found: frozenset[str] = frozenset()

    def fault(self, line: int | None, where: str, found: str, expected: str, mend: str = "") -> None:
        self.faults.append(Fault(self.path, line, where, found, expected, mend))

    def records(self, text: str) -> tuple[list[str], list[Record]]:
        """The header and the records, as text; blank lines are no records."""
        found = [(line, record) for line, record in self._split(text) if record]
        if not found:
            self.fault(1, "header", "an empty file", ", ".join(self.schema.names))
            return [], []
        if len(found) > self.limits.rows + 1:
            self.fault(None, "file", f"{len(found) - 1:,} rows", f"at most {self.limits.rows:,}")
            found = found[: self.limits.rows + 1]
        if len(found) == 1 and not self.faults:
            self.fault(2, "file", "a header without rows", "at least one row")
        return found[0][1], found[1:]

    def _split(self, text: str) -> Iterator[Record]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        line = 1
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.fault(line, "row", str(error), "comma-separated cells", "Look for a quote that is not closed.")
                return
            yield line, record
            line = reader.line_num + 1

    def check_header(self, header: list[str], strict: bool) -> None:
        if not header:
            return
        self.found = frozenset(header)
        if len(header) > self.limits.columns:
            self.fault(1, "header", f"{len(header)} columns", f"at most {self.limits.columns}")
        for name in sorted({name for name in header if header.count(name) > 1}):
            mend = "Give them different names, or take one out: which of them is meant cannot be known."
            self.fault(1, f"column {name}", "it twice", "each column once", mend)
        for column in self.schema.columns:
            if column.name not in header and (strict or not column.optional):
                self.fault(1, f"column {column.name}", "no such column", column.description)
        extra = [name for name in header if name not in self.schema.names]
        if strict and extra:
            self.fault(1, "header", ", ".join(map(repr, extra)), "only the columns of the schema")
        elif strict and sorted(header) == sorted(self.schema.names) and tuple(header) != self.schema.names:
            self.fault(1, "header", ", ".join(header), "the order " + ", ".join(self.schema.names))

    def table(self, header: list[str], records: list[Record], data: bytes, name: str, strict: bool) -> Table:
        """The table, if nothing is wrong with it. Raises DatasetError with every fault so far."""
        self.check_header(header, strict)
        rows = list(self.rows(header, records))
        self.check_key(rows)
        if self.faults:
            raise DatasetError(self.capped())
        frame = pl.DataFrame([cells for _, cells in rows], schema=self.schema.polars(), orient="row")
        ignored = tuple(column for column in header if column not in self.schema.names)
        return Table(frame, self.schema, Input(name, hashlib.sha256(data).hexdigest(), frame.height), ignored)

    def rows(self, header: list[str], records: list[Record]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """The rows whose cells are right, in the schema's order, each with its line."""
        places = {name: place for place, name in enumerate(header)}
        for line, record in records:
            if len(record) != len(header):
                self.fault(line, "row", f"{len(record)} cells", f"{len(header)}, as in the header")
                continue
            before = len(self.faults)
            cells = tuple(self._cell(line, column, record, places) for column in self.schema.columns)
            if len(self.faults) == before:
                yield line, cells

    def _cell(self, line: int, column: Column, record: list[str], places: dict[str, int]) -> Cell:
        if column.name not in places:
            return None
        text = record[places[column.name]]
        text = " ".join(text.split()) if self.trimmed else text
        if len(text) > self.limits.cell:
            self.fault(line, f"column {column.name}", f"{len(text):,} characters", f"at most {self.limits.cell:,}")
            return None
        try:
            return column.read(text)
        except ValueError as error:
            mend = "Leave the cell empty if it is not known." if column.nullable else ""
            self.fault(line, f"column {column.name}", _quoted(text), str(error), mend)
            return None

    def check_key(self, rows: list[tuple[int, tuple[Cell, ...]]]) -> None:
        """No two rows alike in the columns of the key."""
        if not self.schema.key or not self.found.issuperset(self.schema.key):
            return
        places = [self.schema.names.index(name) for name in self.schema.key]
        first: dict[tuple[Cell, ...], int] = {}
        for line, cells in rows:
            key = tuple(cells[place] for place in places)
            if key in first:
                found = f"{', '.join(map(str, key))} a second time"
                expected = f"each {', '.join(self.schema.key)} once"
                self.fault(line, "row", found, expected, f"It stands in line {first[key]} too.")
            else:
                first[key] = line

    def capped(self) -> list[Fault]:
        """The faults, or as many as are worth reading and how many more there are."""
        listed = self.faults[: self.limits.faults]
        if len(self.faults) > len(listed):
            more = len(self.faults) - len(listed)
            listed.append(Fault(self.path, None, "file", f"{more:,} more faults", "none"))
        return listed


def _quoted(text: str) -> str:
    if not text:
        return "nothing"
    return repr(text if len(text) <= 60 else text[:57] + "...")
