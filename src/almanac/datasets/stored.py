"""Tables that stay in their files: CSV, gzipped CSV or Parquet of any size, checked where they lie and then queried.

A file is read twice: once for its SHA-256, once by DuckDB, which holds every cell against the schema in one pass and
keeps nothing. Only where that pass counts faults do further ones look for their rows.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import duckdb

from almanac.datasets.database import Resources, database
from almanac.datasets.schema import Column, ColumnType, Schema, quoted
from almanac.datasets.table import LIMITS, Limits
from almanac.errors import DatasetError, Fault
from almanac.estimate import Account, Input

PARQUET = b"PAR1"
GZIP = b"\x1f\x8b"
BLOCK = 1 << 20

UNPRINTABLE = r"^ | $|\p{C}|[^\P{Z} ]"
"""What words must not hold: spaces around them, control characters, separators other than the space."""

WHOLE = r"[+-]?[0-9]{1,15}"
DECIMAL = r"[+-]?([0-9]{1,30}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
_HOLDS = {
    ColumnType.STRING: ("VARCHAR", "ENUM", "UUID", *_INTEGERS),
    ColumnType.INTEGER: ("VARCHAR", *_INTEGERS),
    ColumnType.NUMBER: ("VARCHAR", "FLOAT", "DOUBLE", "DECIMAL", *_INTEGERS),
    ColumnType.DATE: ("VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
}
"""The types of a file's column that a column of the schema can be read from."""


class Form(StrEnum):
    CSV = "CSV"
    PACKED = "gzipped CSV"
    PARQUET = "Parquet"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was when it was checked: each of its columns with its type (in CSV all are words), its SHA-256, and
    its size and time of change, by which another file of its name is known.
    """

    path: Path
    form: Form
    columns: tuple[tuple[str, str], ...]
    sha256: str
    stamp: tuple[int, int]

    @property
    def is_parquet(self) -> bool:
        return self.form is Form.PARQUET


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table that fits its schema and stays in its files; otherwise like `Table`, but without a frame.

    The input's SHA-256 is the file's; of several files it is that of their hashes in hexadecimal, one a line, in order.
    """

    files: tuple[StoredFile, ...]
    schema: Schema
    input: Input
    ignored: tuple[str, ...] = ()
    resources: Resources = field(default_factory=Resources)
    reading: Account | None = None

    @property
    def name(self) -> str:
        return self.input.name

    def relation(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """The rows on a connection that may see the files: `Queryable`. They are read again by every query."""
        self.check_unchanged()
        cells = _cells(self.schema, self.files[0])
        listed = (f"{cell.value} AS {quoted(cell.column.name)}" for cell in cells)
        return connection.sql(f"SELECT {', '.join(listed)} FROM {_source(self.files)}")

    def check_unchanged(self) -> None:
        """Raises DatasetError for every file that is not what it was when it was checked."""
        expected = "the file that was checked"
        faults = [
            Fault(file.path, None, "file", "another size or time of change", expected, "Measure again.")
            for file in self.files
            if _stamp(file.path) != file.stamp
        ]
        if faults:
            raise DatasetError(faults)


def read_stored(
    paths: Sequence[Path],
    name: str,
    schema: Schema,
    *,
    resources: Resources | None = None,
    limits: Limits = LIMITS,
) -> StoredTable:
    """The table called `name` that lies in the files at `paths`, all of one form, one after the other.

    Of the limits only `columns` and `faults` hold: a table of files may have any number of rows. Columns that the
    schema does not name are left out and named in `ignored`. Raises DatasetError with every fault found: file, row,
    column, what was found and expected; past `limits.faults` they are counted. In CSV the row is the line, as long as
    no line before it is blank.
    """
    resources = resources or Resources()
    files = _opened(paths, limits, resources)
    _check_columns(files, schema, limits)
    with database(resources, [file.path for file in files], ordered=True) as connection:
        rows = _Check(connection, files, schema, limits).rows()
    digests = [file.sha256 for file in files]
    digest = digests[0] if len(files) == 1 else hashlib.sha256("".join(f"{d}\n" for d in digests).encode()).hexdigest()
    ignored = tuple(column for column, _ in files[0].columns if column not in schema.names)
    return StoredTable(files, schema, Input(name, digest, rows), ignored, resources)


# ---- files -------------------------------------------------------------------------------------------------------


def is_large(path: Path, limits: Limits = LIMITS) -> bool:
    """Whether the file is Parquet, or CSV of more bytes or lines than fit a `Table`; what cannot be read is not."""
    try:
        with path.open("rb") as raw:
            start = raw.read(4)
            raw.seek(0)
            if start == PARQUET:
                return True
            text = gzip.GzipFile(fileobj=raw) if start.startswith(GZIP) else raw
            data = text.read(limits.bytes + 1)
    except (OSError, EOFError, ValueError, zlib.error):
        return False
    return len(data) > limits.bytes or data.count(b"\n") > limits.rows + 1


def header_of(path: Path) -> tuple[str, ...]:
    """The names of a file's columns; none of what cannot be read."""
    try:
        return tuple(column for column, _ in _columns(path, Resources()))
    except DatasetError:
        return ()


def _opened(paths: Sequence[Path], limits: Limits, resources: Resources) -> tuple[StoredFile, ...]:
    files: list[StoredFile] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            stamp = _stamp(path)
            columns = _columns(path, resources)
            files.append(StoredFile(path, _form_of(path), columns, _digest(path), stamp))
        except DatasetError as error:
            faults.extend(error.faults)
    if not paths:
        faults.append(Fault("tables", None, "files", "none", "at least one file"))
    if faults:
        raise DatasetError(faults)
    return tuple(files)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        if not path.is_file():
            found = "a folder or device" if path.exists() else "nothing"
            raise DatasetError([Fault(path, None, "file", found, "a file")])
        found_now = path.stat()
    except (OSError, ValueError) as error:
        raise DatasetError([Fault(path, None, "file", str(error), "a readable file")]) from error
    return found_now.st_size, found_now.st_mtime_ns


def _form_of(path: Path) -> Form:
    with path.open("rb") as file:
        start = file.read(len(PARQUET))
    if start == PARQUET:
        return Form.PARQUET
    return Form.PACKED if start.startswith(GZIP) else Form.CSV


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _columns(path: Path, resources: Resources) -> tuple[tuple[str, str], ...]:
    """The columns of the file and their types, from its first line or its footer. Raises DatasetError."""
    try:
        form = _form_of(path)
        if form is not Form.PARQUET:
            return tuple((name, "VARCHAR") for name in _csv_header(path, form))
        with database(resources, [path]) as connection:
            found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
        return tuple((name, kind) for name, kind, *_ in found)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error, csv.Error, duckdb.Error) as error:
        expected = "CSV in UTF-8, gzipped or not, or Parquet"
        raise DatasetError([Fault(path, None, "file", str(error).partition("\n")[0], expected)]) from error


def _csv_header(path: Path, form: Form) -> list[str]:
    with path.open("rb") as raw:
        text = gzip.GzipFile(fileobj=raw) if form is Form.PACKED else raw
        first = text.readline(BLOCK)
    return next(csv.reader(io.StringIO(first.decode("utf-8-sig").rstrip("\r\n")), strict=True), [])


def _check_columns(files: Sequence[StoredFile], schema: Schema, limits: Limits) -> None:
    """Raises DatasetError for every column that is missing, there twice or of a type that it cannot be read from, and
    for files that differ from the first.
    """
    faults: list[Fault] = []
    for file in files:
        names = [name for name, _ in file.columns]
        if len(names) > limits.columns:
            faults.append(Fault(file.path, 1, "header", f"{len(names)} columns", f"at most {limits.columns}"))
        twice = sorted({name for name in names if names.count(name) > 1})
        faults.extend(Fault(file.path, 1, f"column {name}", "it twice", "each column once") for name in twice)
        if (file.form, file.columns) != (files[0].form, files[0].columns):
            found, expected = _described(file), f"{_described(files[0])}, as in {files[0].path}"
            faults.append(Fault(file.path, 1, "header", found, expected))
        held = dict(file.columns)
        for column in schema.columns:
            kind = held.get(column.name)
            if kind is None and not column.optional:
                faults.append(Fault(file.path, 1, f"column {column.name}", "no such column", column.description))
            elif kind is not None and kind.partition("(")[0] not in _HOLDS[column.type]:
                faults.append(Fault(file.path, 1, f"column {column.name}", f"type {kind}", column.expected))
    if faults:
        raise DatasetError(faults)


def _described(file: StoredFile) -> str:
    columns = (f"{name} {held}" if file.is_parquet else name for name, held in file.columns)
    return f"{file.form} of {', '.join(columns)}"


def _source(files: Sequence[StoredFile], *, numbered: bool = False, rejects: bool = False) -> str:
    """The files as a table of SQL. numbered: with a column `row`, from 1, which is right for a single file.
    rejects: lines of CSV with the wrong number of cells are put aside and do not stop the query.
    """
    paths = "[" + ", ".join(_literal(str(file.path)) for file in files) + "]"
    if files[0].is_parquet:
        source = f"read_parquet({paths}{', file_row_number = true' if numbered else ''})"
        return f"(SELECT *, file_row_number + 1 AS row FROM {source})" if numbered else source
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name, _ in files[0].columns)
    options = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true"
    packing = "gzip" if files[0].form is Form.PACKED else "none"
    aside = ", store_rejects = true" if rejects else ""
    source = f"read_csv({paths}, columns = {{{columns}}}, {options}, compression = '{packing}'{aside})"
    return f"(SELECT *, row_number() OVER () AS row FROM {source})" if numbered else source


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# ---- cells -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A column in SQL: its `value`, and the condition under which a cell is `wrong`."""

    column: Column
    held: str
    value: str
    wrong: str


def _cells(schema: Schema, file: StoredFile) -> tuple[_Cell, ...]:
    held = dict(file.columns)
    return tuple(_cell(column, held.get(column.name)) for column in schema.columns)


def _cell(column: Column, held: str | None) -> _Cell:
    """What `Column.read` says of a cell's text, in SQL; a column that has a type already is held against the rest."""
    if held is None:
        return _Cell(column, "", f"CAST(NULL AS {column.sql})", "false")
    name = quoted(column.name)
    present = f"NULLIF({name}, '')" if held == "VARCHAR" else name
    value = _value(column, held, present)
    right = " AND ".join((f"({value}) IS NOT NULL", *_form(column, held, present), *_narrowed(column, value)))
    wrong = f"({present} IS NOT NULL AND NOT coalesce({right}, false))"
    return _Cell(column, held, value, wrong if column.nullable else f"({present} IS NULL OR {wrong})")


def _value(column: Column, held: str, present: str) -> str:
    if held == column.sql:
        return present
    if held == "VARCHAR" and column.places is not None:  # as a table in memory, which holds floating-point numbers
        return f"TRY_CAST(TRY_CAST({present} AS DOUBLE) AS {column.sql})"
    return f"TRY_CAST({present} AS {column.sql})"


def _form(column: Column, held: str, present: str) -> Iterator[str]:
    """Conditions on how a cell is written."""
    patterns = {ColumnType.INTEGER: WHOLE, ColumnType.NUMBER: DECIMAL, ColumnType.DATE: DAY}
    if held == "VARCHAR" and column.type is ColumnType.STRING:
        yield f"NOT regexp_matches({present}, {_literal(UNPRINTABLE)})"
    elif held == "VARCHAR":
        yield f"regexp_full_match({present}, {_literal(patterns[column.type])})"
    if held in ("FLOAT", "DOUBLE"):
        yield f"isfinite({present})"
    elif held == "VARCHAR" and column.type is ColumnType.NUMBER:
        yield f"isfinite(TRY_CAST({present} AS DOUBLE))"


def _narrowed(column: Column, value: str) -> Iterator[str]:
    words = value if column.type is ColumnType.STRING else f"CAST({value} AS VARCHAR)"
    if column.allowed:
        yield f"{words} IN ({', '.join(map(_literal, column.allowed))})"
    if column.pattern:
        yield f"regexp_full_match({words}, {_literal(column.pattern)})"
    if column.minimum is not None:
        yield f"{value} >= {column.minimum!r}"
    if column.maximum is not None:
        yield f"{value} <= {column.maximum!r}"


# ---- checking ----------------------------------------------------------------------------------------------------


_LAST_REJECTS = "(FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans))"


@dataclass(slots=True)
class _Check:
    """Holds the rows of files against a schema on a connection that keeps their order."""

    connection: duckdb.DuckDBPyConnection
    files: tuple[StoredFile, ...]
    schema: Schema
    limits: Limits

    def rows(self) -> int:
        """The number of rows, if nothing is wrong with any. Raises DatasetError with every fault."""
        faults: list[Fault] = []
        rows = counted = 0
        for file in self.files:
            try:
                here, wrong = self._counts(file)
            except duckdb.Error as error:
                faults.append(Fault(file.path, None, "file", str(error).partition("\n")[0], "a whole file"))
                continue
            rows += here
            counted += sum(wrong)
            if any(wrong) and len(faults) < self.limits.faults:
                faults.extend(self._listed(file, wrong))
        if not rows and not faults:
            faults.append(Fault(self.files[0].path, None, "file", "no rows", "at least one row"))
        if not faults:
            faults = self._repeated()
            counted = len(faults)
        if faults:
            raise DatasetError(self._capped(faults, counted))
        return rows

    def _counts(self, file: StoredFile) -> tuple[int, list[int]]:
        """The file's rows, and how many cells of each column are wrong; last, how many rows have the wrong number of
        cells.
        """
        source = _source([file], rejects=not file.is_parquet)
        cells = _cells(self.schema, file)
        looked = [cell.wrong if self._may_be_wrong(file, cell, source) else "false" for cell in cells]
        counts = ", ".join(f"count(*) FILTER (WHERE {wrong})" for wrong in looked)
        ((rows, *wrong),) = self.connection.execute(f"SELECT count(*), {counts} FROM {source}").fetchall()
        return rows, [*wrong, 0 if file.is_parquet else self._rejected()]

    def _may_be_wrong(self, file: StoredFile, cell: _Cell, source: str) -> bool:
        """Whether the rows must be looked at. Words take a pattern each, a third of a microsecond, and most are the
        same few over and over: in Parquet, whose columns are read alone, those that differ are looked at first.
        """
        if not (file.is_parquet and cell.held == "VARCHAR"):
            return True
        column = quoted(cell.column.name)
        query = f"SELECT count(*) FROM (SELECT DISTINCT {column} FROM {source}) WHERE {cell.wrong}"
        ((wrong,),) = self.connection.execute(query).fetchall()
        return bool(wrong)

    def _rejected(self) -> int:
        """Lines that the last query put aside."""
        ((rejected,),) = self.connection.execute(f"SELECT count(DISTINCT line) FROM {_LAST_REJECTS}").fetchall()
        return int(rejected)

    def _listed(self, file: StoredFile, wrong: Sequence[int]) -> Iterator[Fault]:
        """The faults of a file, each with its row, as many of each column as are worth reading."""
        rejected: list[int] = []
        if wrong[-1]:
            query = (
                f"SELECT line, min(error_message) FROM {_LAST_REJECTS} GROUP BY line ORDER BY line "
                f"LIMIT {self.limits.faults}"
            )
            for line, message in self.connection.execute(query).fetchall():
                rejected.append(line)
                words = f"{len(file.columns)} comma-separated cells, as in the header"
                yield Fault(file.path, line, "row", message.partition("\n")[0], words)
        for cell, many in zip(_cells(self.schema, file), wrong, strict=False):
            if many:
                yield from self._wrong_cells(file, cell, rejected)

    def _wrong_cells(self, file: StoredFile, cell: _Cell, rejected: Sequence[int]) -> Iterator[Fault]:
        source = _source([file], numbered=True, rejects=not file.is_parquet)
        query = (
            f"SELECT row, CAST({quoted(cell.column.name)} AS VARCHAR) FROM {source} WHERE {cell.wrong} "
            f"ORDER BY row LIMIT {self.limits.faults}"
        )
        mend = "Leave the cell empty if it is not known." if cell.column.nullable else ""
        for row, found in self.connection.execute(query).fetchall():
            place = row if file.is_parquet else _line(row, rejected)
            yield Fault(file.path, place, f"column {cell.column.name}", _shown(found), cell.column.expected, mend)

    def _repeated(self) -> list[Fault]:
        """Keys that stand in more than one row, with the number of their rows."""
        if not self.schema.key or not set(self.schema.key) <= {name for name, _ in self.files[0].columns}:
            return []
        cells = {cell.column.name: cell.value for cell in _cells(self.schema, self.files[0])}
        key = ", ".join(cells[name] for name in self.schema.key)
        query = (
            f"SELECT count(*) AS many, {key} FROM {_source(self.files)} GROUP BY ALL HAVING many > 1 "
            f"ORDER BY ALL LIMIT {self.limits.faults}"
        )
        expected = f"each {', '.join(self.schema.key)} once"
        return [
            Fault(self.files[0].path, None, "rows", f"{', '.join(map(str, found))} {many} times", expected)
            for many, *found in self.connection.execute(query).fetchall()
        ]

    def _capped(self, faults: list[Fault], counted: int) -> list[Fault]:
        faults.sort(key=lambda fault: (str(fault.path), fault.line or 0, fault.where))
        listed = faults[: self.limits.faults]
        if counted > len(listed):
            listed.append(Fault(self.files[0].path, None, "file", f"{counted - len(listed):,} more faults", "none"))
        return listed


def _line(row: int, rejected: Sequence[int]) -> int:
    """The line of the file's n-th row that has the right number of cells; the header is line 1."""
    line = row + 1
    for other in rejected:
        line += other <= line
    return line


def _shown(found: str | None) -> str:
    if not found:
        return "nothing"
    return repr(found if len(found) <= 60 else found[:57] + "...")
