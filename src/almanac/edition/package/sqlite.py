"""All sheets as one SQLite database, ready for Datasette: typed columns, keys, indexes, full-text search.

The database is built in memory, packed, and given out as bytes. What differs between releases of SQLite although it
means nothing is blanked: who wrote the file, how often it was changed, and what stands in the unused part of a page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import date

from almanac.edition.package.layout import Cell, FieldType, Layout, Sheet

PAGE_SIZE = 4096
APPLICATION = int.from_bytes(b"ALMC")
"""SQLite's application_id, by which `file` can tell an Almanac database."""

_COUNTERS = (slice(24, 28), slice(92, 100))
"""The header's change counter, the count for which it is valid, and the release that wrote it."""

_TREE_PAGES = {2: 12, 5: 12, 10: 8, 13: 8}
"""The kinds of b-tree pages, by their first byte, and the lengths of their headers."""

_TYPES: Mapping[FieldType, str] = {
    FieldType.STRING: "TEXT",
    FieldType.BOOLEAN: "INTEGER",
    FieldType.INTEGER: "INTEGER",
    FieldType.NUMBER: "REAL",
    FieldType.DATE: "TEXT",
    FieldType.LIST: "TEXT",
}


def sqlite_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as the bytes of a SQLite file."""
    sheets = tuple(sheets)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA encoding = 'UTF-8'")
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute("BEGIN")
        for statement in _statements(sheets):
            database.execute(statement)
        for sheet in sheets:
            _fill(database, sheet)
        for sheet in sheets:
            _index(database, sheet.layout)
        database.execute("COMMIT")
        database.execute("VACUUM")
        return blanked(database.serialize())


def blanked(content: bytes) -> bytes:
    """The database with its counters, and the gap in each b-tree page between its list of cells and the cells, zero.

    https://www.sqlite.org/fileformat.html, sections 1.3 and 1.6: nothing reads these bytes.
    """
    database = bytearray(content)
    for counter in _COUNTERS:
        database[counter] = bytes(counter.stop - counter.start)
    for page in range(0, len(database), PAGE_SIZE):
        start = page or 100  # the file's header stands before the first page's
        if database[start] in _TREE_PAGES:
            cells, first = (int.from_bytes(database[start + at : start + at + 2]) for at in (3, 5))
            gap = slice(start + _TREE_PAGES[database[start]] + 2 * cells, page + (first or PAGE_SIZE))
            database[gap] = bytes(gap.stop - gap.start)
    return bytes(database)


def _statements(sheets: Iterable[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        yield create(sheet.layout)


def create(layout: Layout) -> str:
    """The SQL that makes the table of a layout."""
    columns = [
        f"{quoted(field.name)} {_TYPES[field.type]}" + (" NOT NULL" if field.required else "")
        for field in layout.fields
    ]
    rules = [f"PRIMARY KEY ({_list(layout.key)})"] if layout.key else []
    rules += [
        f"FOREIGN KEY ({_list(reference.fields)}) REFERENCES {quoted(reference.table)} ({_list(reference.names)})"
        for reference in layout.references
    ]
    lines = ",\n  ".join([*columns, *rules])
    return f"CREATE TABLE {quoted(layout.name)} (\n  {lines}\n)"


def _fill(database: sqlite3.Connection, sheet: Sheet) -> None:
    marks = ", ".join("?" * len(sheet.layout.fields))
    rows = (tuple(map(_stored, row)) for row in sheet.rows)
    database.executemany(f"INSERT INTO {quoted(sheet.layout.name)} VALUES ({marks})", rows)


def _stored(cell: Cell) -> str | int | float | None:
    match cell:
        case bool():
            return int(cell)
        case date():
            return cell.isoformat()
        case tuple():
            return json.dumps(cell, ensure_ascii=False)
    return cell


def _index(database: sqlite3.Connection, layout: Layout) -> None:
    for column in layout.indexed:
        name = quoted(f"{layout.name}_{column}")
        database.execute(f"CREATE INDEX {name} ON {quoted(layout.name)} ({quoted(column)})")
    if layout.searched:
        search, columns = quoted(f"{layout.name}_fts"), _list(layout.searched)
        # trigrams find any three signs in a row, in Chinese too, where words have no spaces between them
        database.execute(
            f'CREATE VIRTUAL TABLE {search} USING fts5 ({columns}, content={quoted(layout.name)}, tokenize="trigram")'
        )
        database.execute(f"INSERT INTO {search} ({search}) VALUES ('rebuild')")
        database.execute(f"INSERT INTO {search} ({search}) VALUES ('optimize')")


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
