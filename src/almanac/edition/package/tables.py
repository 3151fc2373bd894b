"""The edition's own tables, those that instruments read, as sheets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from almanac.datasets.schema import ColumnType, Table
from almanac.edition.package.csvfile import CRLF, LF, csv_bytes, plain_csv
from almanac.edition.package.layout import Field, FieldType, Layout, Sheet

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle

_TYPES = {
    ColumnType.STRING: FieldType.STRING,
    ColumnType.INTEGER: FieldType.INTEGER,
    ColumnType.NUMBER: FieldType.NUMBER,
    ColumnType.DATE: FieldType.STRING,  # tables hold days as ISO text
}


def sheets(bundle: Bundle) -> Iterator[tuple[str, Sheet]]:
    """Each table's name in the edition, and the table as a sheet."""
    for name, table in bundle.package.tables.items():
        yield name, _sheet(bundle, name, table)


def _sheet(bundle: Bundle, name: str, table: Table) -> Sheet:
    origin = bundle.package.origins.get(name)
    fields = tuple(
        Field(column.name, _TYPES[column.type], column.description, not column.nullable, column.unit)
        for column in table.schema.columns
    )
    layout = Layout(
        name=f"data_{name.replace('-', '_')}",
        title=f"Table {name}",
        description=f"Input of the instruments. {origin.citation if origin else ''}".strip(),
        fields=fields,
        key=table.schema.key,
    )
    rows = (dict(zip(layout.names, row, strict=True)) for row in table.frame.select(layout.names).iter_rows())
    return Sheet.of(layout, rows)


def table_bytes(table: Table, sheet: Sheet) -> bytes:
    """The table as CSV: byte for byte the file that the instruments read, where that was plain CSV itself."""
    for line_end in (LF, CRLF):
        content = plain_csv(sheet, line_end)
        if hashlib.sha256(content).hexdigest() == table.input.sha256:
            return content
    return csv_bytes(sheet)
