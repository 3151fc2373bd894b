"""The edition as data: JSON, CSV, Parquet and one SQLite database, described for programs and for people.

`render(bundle)` gives every file of `data/` as bytes: pure, and the same bytes each time. What stands in which column
is said once, in the layouts of this package; the files, `datapackage.json`, Datasette's `metadata.json` and
`docs/data.md` are all written from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from almanac.edition.package import claims, estimates, origins, rules, tables
from almanac.edition.package.claimsjson import claims_json
from almanac.edition.package.csvfile import csv_bytes
from almanac.edition.package.descriptor import DATABASE, File, datapackage, datasette
from almanac.edition.package.layout import Layout, Sheet
from almanac.edition.package.parquet import parquet_bytes
from almanac.edition.package.sqlite import sqlite_bytes

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle

__all__ = ["FOLDER", "LAYOUTS", "render", "sheets"]

FOLDER = "data"

LAYOUTS: tuple[Layout, ...] = (
    claims.CLAIMS,
    claims.STATEMENTS,
    claims.KEYS,
    claims.VERDICTS,
    claims.REASONS,
    rules.IDENTITIES,
    rules.MEMBERS,
    rules.BOUNDS,
    estimates.ESTIMATES,
    estimates.TABLES,
    estimates.INPUTS,
    origins.SOURCES,
    origins.RETELLINGS,
    origins.FORECASTS,
    origins.FORECAST_CLAIMS,
)
"""Every table that any edition publishes, in the order of `docs/data.md`."""


def render(bundle: Bundle) -> dict[str, bytes]:
    """Every file of the edition's data package, by its path below the published edition."""
    files = tuple(_files(bundle))
    described = _json(datapackage(bundle.ledger, files))
    return {f"{FOLDER}/{file.path}": file.content for file in files} | {f"{FOLDER}/datapackage.json": described}


def sheets(bundle: Bundle) -> tuple[Sheet, ...]:
    """The edition in rows: one sheet for each of LAYOUTS."""
    found = {
        sheet.layout.name: sheet for module in (claims, rules, estimates, origins) for sheet in module.sheets(bundle)
    }
    return tuple(found[layout.name] for layout in LAYOUTS)


def _files(bundle: Bundle) -> Iterator[File]:
    filled = sheets(bundle)
    inputs = tuple(tables.sheets(bundle))
    yield File(
        "claims.json",
        "Claims in full",
        "Every claim with all that is known of it.",
        _json(claims_json(bundle)),
    )
    yield File("check.json", "Check", "The answer of `almanac check --json`.", _json(bundle.report.as_json()))
    for sheet in filled:
        layout = sheet.layout
        yield File(f"{layout.name}.csv", layout.title, layout.description, csv_bytes(sheet), layout)
        if layout.parquet:
            title = f"{layout.title}, as Parquet"
            yield File(f"{layout.name}.parquet", title, layout.description, parquet_bytes(sheet))
    for name, sheet in inputs:
        content = tables.table_bytes(bundle.package.tables[name], sheet)
        yield File(f"tables/{name}.csv", sheet.layout.title, sheet.layout.description, content, sheet.layout)
    everything = (*filled, *(sheet for _, sheet in inputs))
    database = sqlite_bytes(everything)
    yield File(f"{DATABASE}.sqlite", "Database", "All tables, with keys, indexes and full-text search.", database)
    settings = _json(datasette(bundle.ledger, everything))
    yield File("metadata.json", "Settings for Datasette", "Titles, licence and what each column means.", settings)


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
