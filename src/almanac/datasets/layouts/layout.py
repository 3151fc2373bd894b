"""What a layout is: how one publisher writes a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from almanac.datasets.schema import Cell, Column, ColumnType, Schema

Row = Mapping[str, Cell]
Header = frozenset[str]

STRING, INTEGER, NUMBER = ColumnType.STRING, ColumnType.INTEGER, ColumnType.NUMBER


@dataclass(frozen=True, slots=True)
class Layout:
    """How one publisher writes a table: `schema` gives the columns for a header that is of this layout, else None;
    `rows` gives the rows of the table called `table` that a file's rows make. It may raise ValueError for a row, in
    words of what was expected.
    """

    table: str
    schema: Callable[[Header], Schema | None]
    rows: Callable[[Row, str], Iterable[Row]]


def always(*columns: Column) -> Callable[[Header], Schema | None]:
    """The schema of a layout whose columns are always the same."""
    schema = Schema(columns)
    return lambda header: schema if set(schema.names) <= header else None
