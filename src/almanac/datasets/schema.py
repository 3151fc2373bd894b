"""What a table must look like, and a table that does. Pure: nothing here touches the disk."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import polars as pl
from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

from almanac.estimate import Account, Input

if TYPE_CHECKING:
    import duckdb

Cell = str | int | float | None
"""What stands in a table: words, a number, or nothing. Nothing means not known or not tracked, never zero."""


class ColumnType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"


_POLARS = {
    ColumnType.STRING: pl.String(),
    ColumnType.INTEGER: pl.Int64(),
    ColumnType.NUMBER: pl.Float64(),
    ColumnType.DATE: pl.String(),  # ISO 8601, so that a cell is one kind of thing in frames, CSV and JSON
}
_SQL = {
    ColumnType.STRING: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DOUBLE",
    ColumnType.DATE: "DATE",
}

DIGITS = 18
"""Digits of a number with fixed `places`: as many as 64 bits hold, beyond which sums become slow."""


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> TypeAdapter[Any]:
    """Patterns may come with a stranger's package, so they run in pydantic's regex engine, which needs linear
    time for any pattern. Raises ValueError for what is no pattern.
    """
    try:
        return TypeAdapter(Annotated[str, StringConstraints(pattern=f"^(?:{pattern})$")])
    except SchemaError as error:
        raise ValueError(f"{pattern!r} is not a pattern: {error}") from error


def _matches(pattern: str, text: str) -> bool:
    try:
        _matcher(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,3})?")
ISO_DAY = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
"""The pattern of a day in words, year first."""

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its cells mean and which of them are right.

    `nullable` cells may be empty; an `optional` column may be absent, and then all its cells are. `allowed`,
    `minimum`, `maximum` and `pattern` (a whole match) narrow the cells that are not empty. A number with `places` is
    rounded to so many decimal places where the table is queried: sums of such numbers are exact, whatever their order.
    """

    name: str
    type: ColumnType
    description: str
    unit: str = ""
    nullable: bool = False
    optional: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    places: int | None = None

    def read(self, text: str) -> Cell:
        """The cell that `text` means. Raises ValueError, in the words of `expected`, when it is not right.

        >>> Column("papers", ColumnType.INTEGER, "papers", minimum=0).read("12")
        12
        """
        if not text:
            if self.nullable:
                return None
            raise ValueError(self.expected)
        cell = self._typed(text)
        if not self._admits(cell, text):
            raise ValueError(self.expected)
        return cell

    def _typed(self, text: str) -> Cell:
        if self.type is ColumnType.STRING:
            return text
        if self.type is ColumnType.INTEGER and _WHOLE.fullmatch(text):
            return int(text)
        if self.type is ColumnType.NUMBER and _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        if self.type is ColumnType.DATE and _ISO_DAY.fullmatch(text) and _is_day(text):
            return text
        raise ValueError(self.expected)

    def _admits(self, cell: Cell, text: str) -> bool:
        if isinstance(cell, str) and (cell != cell.strip() or not cell.isprintable()):
            return False
        if self.allowed and text not in self.allowed:
            return False
        if self.pattern and not _matches(self.pattern, text):
            return False
        if isinstance(cell, int | float):
            if self.places is not None and abs(cell) >= 10 ** (DIGITS - self.places):
                return False
            return (self.minimum is None or cell >= self.minimum) and (self.maximum is None or cell <= self.maximum)
        return True

    @property
    def expected(self) -> str:
        """What a right cell is, in words."""
        kind = _WORDS[self.type]
        if self.allowed:
            kind = "one of " + ", ".join(self.allowed)
        elif self.type is ColumnType.STRING:
            kind = "printable words without spaces around them"
        if self.pattern:
            kind += f" of the form {self.pattern}"
        if self.minimum is not None:
            kind += f", at least {self.minimum:g}"
        if self.maximum is not None:
            kind += f", at most {self.maximum:g}"
        return kind + (", or nothing" if self.nullable else "")

    @property
    def sql(self) -> str:
        """The type of the column where its table is queried."""
        return _SQL[self.type] if self.places is None else f"DECIMAL({DIGITS}, {self.places})"


_WORDS = {
    ColumnType.STRING: "words",
    ColumnType.INTEGER: "a whole number",
    ColumnType.NUMBER: "a number",
    ColumnType.DATE: "a day of the calendar such as 2024-02-29",
}


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a table, and its key: no two rows are alike in all columns of the key."""

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names) or set(self.key) - set(names):
            raise ValueError("a schema names each column once, and its key from among them")
        for column in self.columns:
            if column.pattern:
                _matcher(column.pattern)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def polars(self) -> dict[str, pl.DataType]:
        return {column.name: _POLARS[column.type] for column in self.columns}


class Queryable(Protocol):
    """A table that can be queried, wherever its rows lie: in memory (`Table`) or in files (`stored.StoredTable`)."""

    @property
    def schema(self) -> Schema: ...
    @property
    def input(self) -> Input: ...
    @property
    def ignored(self) -> tuple[str, ...]: ...
    @property
    def reading(self) -> Account | None: ...

    def relation(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Its rows on a connection: the columns of the schema, in its order, each of the type `Column.sql`."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that fits its schema: the columns of `frame` are the schema's, in its order and of its types.

    `ignored` names columns of the file that the schema does not ask for and that were left out. `reading` is what
    became of the file's records, where not all of them are rows.
    """

    frame: pl.DataFrame
    schema: Schema
    input: Input
    ignored: tuple[str, ...] = ()
    reading: Account | None = None

    @property
    def name(self) -> str:
        return self.input.name

    def relation(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """The rows on a connection, as `Queryable` says. They are not copied before they are asked for."""
        name = f"frame of {self.name}"
        connection.register(name, _Stream(self.frame))
        types = ((quoted(column.name), column.sql) for column in self.schema.columns)
        cells = ", ".join(f"CAST({column} AS {kind}) AS {column}" for column, kind in types)
        return connection.sql(f"SELECT {cells} FROM {quoted(name)}")


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Stream:
    """A frame as nothing but a stream of Arrow batches: DuckDB reads that by itself, and a frame only with PyArrow."""

    frame: pl.DataFrame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)
