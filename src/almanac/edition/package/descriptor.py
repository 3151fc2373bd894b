"""What is in the package, for programs: `datapackage.json` (Data Package v1) and Datasette's `metadata.json`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from almanac.cite import CONTRIBUTORS
from almanac.datasets.package import LICENCES
from almanac.edition.package.layout import Field, FieldType, Layout, Reference, Sheet
from almanac.ledger import Ledger

DATABASE = "almanac"
"""The name of the database, which Datasette takes from the file's name."""

MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the package: its path, what it is, its bytes; `layout` for a table in CSV."""

    path: str
    title: str
    description: str
    content: bytes
    layout: Layout | None = None

    @property
    def format(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def name(self) -> str:
        """The name under which the package lists it: tables by their own name, other files with their format."""
        stem = self.path.rpartition("/")[2].rpartition(".")[0]
        folder = "table-" if self.path.startswith("tables/") else ""
        return f"{folder}{stem}" if self.layout else f"{stem}-{self.format}"


def datapackage(ledger: Ledger, files: Iterable[File]) -> dict[str, Any]:
    """The descriptor of `files`, in Data Package v1 (https://specs.frictionlessdata.io/data-package/)."""
    edition = ledger.edition
    return {
        "profile": "data-package",
        "name": f"almanac-{edition.id}",
        "id": f"{edition.base_url}/data/datapackage.json",
        "title": f"Almanac: {edition.title['en']}",
        "description": f"{edition.subtitle['en']}. As of {edition.as_of}.",
        "homepage": f"{edition.base_url}/",
        "version": edition.id,
        "licenses": [licence(edition.licence)],
        "contributors": [{"title": CONTRIBUTORS, "role": "author"}],
        "sources": _sources(ledger),
        "keywords": ["AI", "State of AI", "fact checking", "interval arithmetic"],
        "resources": [_resource(ledger, file) for file in files],
    }


def licence(name: str) -> dict[str, str]:
    """A licence by its SPDX name, with its address where we know it."""
    return {"name": name, "path": LICENCES[name]} if name in LICENCES else {"name": name}


def _sources(ledger: Ledger) -> list[dict[str, str]]:
    """The report first, then every other source."""
    ids = dict.fromkeys([ledger.edition.report, *ledger.sources])
    return [{"title": ledger.sources[name].title, "path": ledger.sources[name].url} for name in ids]


def _resource(ledger: Ledger, file: File) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": file.name,
        "path": file.path,
        "type": "table" if file.layout else "file",
        "profile": "tabular-data-resource" if file.layout else "data-resource",
        "title": file.title,
        "description": file.description,
        "format": file.format,
        "mediatype": MEDIA[file.format],
        "bytes": len(file.content),
        "hash": f"sha256:{hashlib.sha256(file.content).hexdigest()}",
        "licenses": [licence(ledger.edition.licence)],
    }
    if file.format in ("csv", "json"):
        resource["encoding"] = "utf-8"
    if file.layout:
        line_end = "\r\n" if b"\r\n" in file.content else "\n"
        resource["dialect"] = {
            "delimiter": ",",
            "lineTerminator": line_end,
            "quoteChar": '"',
            "doubleQuote": True,
        }
        resource["schema"] = _schema(file.layout)
    return resource


def _schema(layout: Layout) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": [_field(field) for field in layout.fields], "missingValues": [""]}
    if layout.key:
        schema["primaryKey"] = list(layout.key)
    if layout.references:
        schema["foreignKeys"] = [_reference(layout, reference) for reference in layout.references]
    return schema


def _field(field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": field.type.value,
        "description": field.description,
    }
    if field.unit:
        described["unit"] = field.unit
    if field.type is FieldType.BOOLEAN:
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    if field.required:
        described["constraints"] = {"required": True}
    return described


def _reference(layout: Layout, reference: Reference) -> dict[str, Any]:
    table = "" if reference.table == layout.name else reference.table
    return {
        "fields": list(reference.fields),
        "reference": {"resource": table, "fields": list(reference.names)},
    }


def datasette(ledger: Ledger, sheets: Iterable[Sheet]) -> dict[str, Any]:
    """The settings with which Datasette shows the database: titles, licence, source, what each column means."""
    edition = ledger.edition
    about = {
        "title": f"Almanac: {edition.title['en']}",
        "description": f"{edition.subtitle['en']}. As of {edition.as_of}.",
        "license": edition.licence,
        **({"license_url": LICENCES[edition.licence]} if edition.licence in LICENCES else {}),
        "source": ledger.sources[edition.report].title,
        "source_url": ledger.sources[edition.report].url,
        "about": "Almanac",
        "about_url": f"{edition.base_url}/",
    }
    tables = {sheet.layout.name: _table(sheet.layout) for sheet in sheets}
    return {**about, "databases": {DATABASE: {**about, "tables": tables}}}


_SHOWN: Mapping[str, Mapping[str, Any]] = {
    "claims": {"label_column": "id", "facets": ["verdict", "chapter", "kind"], "fts_table": "claims_fts"},
    "statements": {"facets": ["source", "hedge"], "fts_table": "statements_fts"},
    "reasons": {"facets": ["checked_by", "verdict", "slip"]},
    "identities": {"facets": ["holds"]},
    "estimates": {"facets": ["instrument", "name"]},
    "sources": {"label_column": "id", "fts_table": "sources_fts"},
}


GLOSSARY = 12
"""Datasette prints what each column means above the rows: with more columns than this, the rows leave the screen."""


def _table(layout: Layout) -> dict[str, Any]:
    narrow = len(layout.fields) <= GLOSSARY
    return {
        "title": layout.title,
        "description": layout.description,
        **({"columns": {field.name: field.description for field in layout.fields}} if narrow else {}),
        **_SHOWN.get(layout.name, {}),
    }
