"""What a published table looks like, and a table that does: the one description from which every format is written.

A cell is a plain value or None. None means not known, or that there is no such thing; it is never zero and never an
empty word, and every format leaves it empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from almanac.quantity import Endpoint, Interval, Quantity, exact

Cell = str | bool | int | float | date | tuple[str, ...] | None
Row = Mapping[str, Cell]


class FieldType(StrEnum):
    """The types of cells, by the names that Frictionless gives them. A list is an array of words."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    LIST = "array"


TEXT, TRUTH, WHOLE = FieldType.STRING, FieldType.BOOLEAN, FieldType.INTEGER
NUMBER, DAY, LIST = FieldType.NUMBER, FieldType.DATE, FieldType.LIST

PYTHON: Mapping[FieldType, type | tuple[type, ...]] = {
    FieldType.STRING: str,
    FieldType.BOOLEAN: bool,
    FieldType.INTEGER: int,
    FieldType.NUMBER: (int, float),
    FieldType.DATE: date,
    FieldType.LIST: tuple,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column: the type of its cells and what they say. `required` cells are never empty."""

    name: str
    type: FieldType
    description: str
    required: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose cells, where they are not empty, name a row of another table."""

    fields: tuple[str, ...]
    table: str
    names: tuple[str, ...] = ("id",)


@dataclass(frozen=True, slots=True)
class Layout:
    """A table's name, meaning and columns. No two rows are alike in all columns of `key`.

    `parquet` also publishes it as Parquet; `indexed` columns are worth an index in SQLite, `searched` columns go into
    its full-text search.
    """

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...] = ()
    parquet: bool = False
    indexed: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that fits its layout: its rows' cells stand in the order of the layout's fields."""

    layout: Layout
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, layout: Layout, rows: Iterable[Row]) -> Sheet:
        """The sheet of `rows`, each with exactly the layout's columns. Raises ValueError for one that does not fit."""
        sheet = cls(layout, tuple(_cells(layout, row) for row in rows))
        places = [layout.names.index(name) for name in layout.key]
        keys = [tuple(cells[place] for place in places) for cells in sheet.rows]
        if layout.key and len(set(keys)) < len(keys):
            raise ValueError(f"two rows of {layout.name} are alike in {', '.join(layout.key)}")
        return sheet


def _cells(layout: Layout, row: Row) -> tuple[Cell, ...]:
    if row.keys() != set(layout.names):
        raise ValueError(f"{layout.name}: a row with {sorted(row)}, not {sorted(layout.names)}")
    return tuple(_cell(layout, field, row[field.name]) for field in layout.fields)


def _cell(layout: Layout, field: Field, cell: Cell) -> Cell:
    if cell in (None, "", ()):
        if field.required:
            raise ValueError(f"{layout.name}.{field.name} is empty")
        return None
    if not isinstance(cell, PYTHON[field.type]):
        raise ValueError(f"{layout.name}.{field.name}: {cell!r} is not of type {field.type}")
    return cell


# ---- quantities in columns -------------------------------------------------------------------------------------


def sized_fields(of: str) -> tuple[Field, ...]:
    """The columns that hold a quantity: an interval in a unit."""
    return (
        Field("low", NUMBER, f"lowest value {of}; empty when there is none or it is open below"),
        Field("high", NUMBER, f"highest value {of}; empty when there is none or it is open above"),
        Field("closed_low", TRUTH, "whether `low` itself belongs to the interval"),
        Field("closed_high", TRUTH, "whether `high` itself belongs to the interval"),
        Field("low_exact", TEXT, "`low` as a fraction p/q, where its digits are rounded; else empty"),
        Field("high_exact", TEXT, "`high` as a fraction p/q, where its digits are rounded; else empty"),
        Field("unit", TEXT, "unit of `low` and `high`; empty only when there is no quantity"),
    )


def sized(quantity: Quantity | None) -> dict[str, Cell]:
    """The cells of a quantity's columns, all empty for None."""
    if quantity is None:
        return dict.fromkeys((field.name for field in sized_fields("")), None)
    return {**interval_cells(quantity.interval), "unit": quantity.unit.name}


def interval_cells(interval: Interval) -> dict[str, Cell]:
    return {
        "low": double(interval.low),
        "high": double(interval.high),
        "closed_low": interval.closed_low,
        "closed_high": interval.closed_high,
        "low_exact": exact_text(interval.low),
        "high_exact": exact_text(interval.high),
    }


def double(number: Endpoint) -> float | None:
    """The double nearest to `number`; None for an infinity, and for what no double can hold."""
    try:
        return float(number) if isinstance(number, Fraction) else None
    except OverflowError:
        return None


def exact_text(number: Endpoint) -> str | None:
    """`number` as a fraction, where the digits of the nearest double are not it; None where they are.

    >>> exact_text(Fraction(87, 2)), exact_text(Fraction(2, 19))
    (None, '2/19')
    """
    if not isinstance(number, Fraction):
        return None
    nearest = double(number)
    return None if nearest is not None and exact(nearest) == number else f"{number.numerator}/{number.denominator}"
