"""An edition's tables: the folder `data/` with its `datapackage.json` (https://datapackage.org, version 2).

The descriptor says of every table where it comes from, under which licence, what its columns mean, and the
SHA-256 of its bytes. Reading a package checks all of it and reports every fault of all files at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from almanac.datasets.catalog import CATALOG, Entry, Origin
from almanac.datasets.schema import Column, ColumnType, Schema, Table
from almanac.datasets.table import LIMITS, Limits, parse_table, read_bytes
from almanac.errors import DatasetError, Fault

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
"""Licences that a table may have. To add one, check that it allows redistribution with credit."""

Text = Annotated[str, Field(min_length=1, max_length=2000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Licence(_Model):
    name: Literal["CC-BY-4.0"]
    path: Text


class _Source(_Model):
    """Where a table comes from: `title` and `path` are Data Package's words, the rest are ours."""

    title: Text
    path: Annotated[str, Field(pattern=r"^https://\S+$", max_length=500)]
    producer: Text
    citation: Text
    published: date
    accessed: date
    licence: Literal["CC-BY-4.0"]

    def origin(self) -> Origin:
        return Origin(self.producer, self.title, self.citation, self.published, self.accessed, self.path, self.licence)


class _Constraints(_Model):
    required: bool = False
    enum: tuple[Text, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""


class _Field(_Model):
    name: Text
    type: ColumnType
    description: Text
    unit: str = ""
    constraints: _Constraints = _Constraints()

    def column(self) -> Column:
        rules = self.constraints
        return Column(
            self.name,
            self.type,
            self.description,
            self.unit,
            nullable=not rules.required,
            allowed=rules.enum,
            minimum=rules.minimum,
            maximum=rules.maximum,
            pattern=rules.pattern,
        )


class _Schema(_Model):
    fields: Annotated[tuple[_Field, ...], Field(min_length=1)]
    primary_key: Annotated[tuple[Text, ...], Field(alias="primaryKey")] = ()
    missing_values: Annotated[tuple[str, ...], Field(alias="missingValues")] = ("",)

    def schema_(self) -> Schema:
        return Schema(tuple(field.column() for field in self.fields), self.primary_key)


class _Resource(_Model):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]
    type: Literal["table"]
    path: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=200)]
    title: Text
    description: Text
    format: Literal["csv"]
    mediatype: Literal["text/csv"]
    encoding: Literal["utf-8"]
    bytes: Annotated[int, Field(ge=0)]
    hash: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
    sources: Annotated[tuple[_Source, ...], Field(min_length=1, max_length=1)]
    licenses: Annotated[tuple[_Licence, ...], Field(min_length=1)]
    table_schema: Annotated[_Schema, Field(alias="schema")]


class _Descriptor(_Model):
    profile: Annotated[Literal["https://datapackage.org/profiles/2.0/datapackage.json"], Field(alias="$schema")]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
    title: Text
    description: Text
    licenses: Annotated[tuple[_Licence, ...], Field(min_length=1)]
    sources: Annotated[tuple[_Source, ...], Field(min_length=1)]
    resources: Annotated[tuple[_Resource, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Package:
    """The tables of an edition, by name, and the origin of each."""

    name: str
    title: str
    licence: str
    tables: Mapping[str, Table]
    origins: Mapping[str, Origin]

    @classmethod
    def read(cls, folder: Path | str, limits: Limits = LIMITS) -> Package:
        """The tables of the package in `folder`; none where the folder is missing or empty: an edition may do
        without tables. Raises DatasetError with every fault of all its files.
        """
        folder = Path(folder)
        if not folder.is_dir() or not any(folder.iterdir()):
            return cls(name="", title="", licence="", tables={}, origins={})
        path = folder / DESCRIPTOR
        described = _described(read_bytes(path, limits), path)
        faults = [*_repeated(described, path), *_unlisted(described, folder)]
        tables: dict[str, Table] = {}
        for resource in described.resources:
            try:
                tables[resource.name] = _table(resource, folder, limits)
            except DatasetError as error:
                faults.extend(error.faults)
        if faults:
            raise DatasetError(faults)
        origins = {resource.name: resource.sources[0].origin() for resource in described.resources}
        return cls(described.name, described.title, described.licenses[0].name, tables, origins)

    @property
    def as_of(self) -> date | None:
        """The day on which the last of its sources was read: nothing in the package is newer. None without tables."""
        return max((origin.accessed for origin in self.origins.values()), default=None)


def _described(data: bytes, path: Path) -> _Descriptor:
    try:
        return _Descriptor.model_validate_json(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        wrong = {fault["loc"][:length] for fault in found for length in range(len(fault["loc"]))}
        raise DatasetError(
            Fault(path, None, _address(fault["loc"]), _shown(fault["input"]), fault["msg"])
            for fault in found
            # A list whose items are wrong is also reported as too short, because none of them is left.
            if not (fault["type"] == "too_short" and fault["loc"] in wrong)
        ) from error


def _address(location: tuple[int | str, ...]) -> str:
    """Where in the JSON: $.resources[0].hash"""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _repeated(described: _Descriptor, path: Path) -> list[Fault]:
    """A table's name or file that is used twice."""
    faults: list[Fault] = []
    for what, values in (
        ("name", [resource.name for resource in described.resources]),
        ("path", [resource.path for resource in described.resources]),
    ):
        twice = sorted({value for value in values if values.count(value) > 1})
        faults.extend(Fault(path, None, f"$.resources[].{what}", f"{value} twice", "each once") for value in twice)
    return faults


def _unlisted(described: _Descriptor, folder: Path) -> list[Fault]:
    """Tables in the folder that the descriptor does not list."""
    listed = {resource.path for resource in described.resources}
    found = sorted(path for path in folder.iterdir() if path.suffix == ".csv" and path.name not in listed)
    mend = f"List it in {DESCRIPTOR} with its origin and licence, or take it away."
    return [Fault(path, None, "file", "a table of unknown origin", "only listed tables", mend) for path in found]


def _table(resource: _Resource, folder: Path, limits: Limits) -> Table:
    """The resource's table, if its bytes have the listed hash and fit the listed schema."""
    path = folder / PurePosixPath(resource.path).name
    if path.is_symlink():
        raise DatasetError([Fault(path, None, "file", "a link", "a plain file")])
    data = read_bytes(path, limits)
    faults = []
    mend = f"If the change is meant, run python -m almanac.datasets {folder}."
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    if (digest, len(data)) != (resource.hash, resource.bytes):
        found, expected = f"{digest}, {len(data)} bytes", f"{resource.hash}, {resource.bytes} bytes"
        faults.append(Fault(path, None, "file", found, expected, mend))
    try:
        table = parse_table(data, path, resource.name, resource.table_schema.schema_(), strict=True, limits=limits)
    except DatasetError as error:
        raise DatasetError([*faults, *error.faults]) from error
    except ValueError as error:
        place = f"$.resources[{resource.name}].schema"
        raise DatasetError([*faults, Fault(folder / DESCRIPTOR, None, place, str(error), "a schema")]) from error
    if faults:
        raise DatasetError(faults)
    return table


def describe(folder: Path, catalog: tuple[Entry, ...] = CATALOG) -> str:
    """The `datapackage.json` of the tables in `folder`: what the catalogue says of them, and their bytes.

    Raises DatasetError when a table is missing or does not fit its schema.
    """
    edition = folder.resolve().parent.name
    resources: list[_Resource] = []
    faults: list[Fault] = []
    for entry in catalog:
        try:
            resources.append(_resource(entry, read_bytes(folder / entry.file), folder))
        except DatasetError as error:
            faults.extend(error.faults)
    if faults:
        raise DatasetError(faults)
    sources = tuple(_source(entry.origin) for entry in catalog)
    described = _Descriptor(
        profile=PROFILE,
        name=f"almanac-{edition}",
        title=f"Almanac, edition {edition}: the tables behind the estimates",
        description="Small tables of figures, retyped from their sources, from which claims are recomputed.",
        licenses=(_licence("CC-BY-4.0"),),
        sources=sources,
        resources=tuple(resources),
    )
    content = described.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _resource(entry: Entry, data: bytes, folder: Path) -> _Resource:
    parse_table(data, folder / entry.file, entry.name, entry.schema, strict=True)
    return _Resource(
        name=entry.name,
        type="table",
        path=entry.file,
        title=entry.title,
        description=entry.description,
        format="csv",
        mediatype="text/csv",
        encoding="utf-8",
        bytes=len(data),
        hash=f"sha256:{hashlib.sha256(data).hexdigest()}",
        sources=(_source(entry.origin),),
        licenses=(_licence(entry.origin.licence),),
        table_schema=_Schema(fields=tuple(map(_field, entry.schema.columns)), primary_key=entry.schema.key),
    )


def _licence(name: str) -> _Licence:
    return _Licence.model_validate({"name": name, "path": LICENCES[name]})


def _source(origin: Origin) -> _Source:
    return _Source.model_validate(
        {
            "title": origin.title,
            "path": origin.url,
            "producer": origin.producer,
            "citation": origin.citation,
            "published": origin.published,
            "accessed": origin.accessed,
            "licence": origin.licence,
        }
    )


def _field(column: Column) -> _Field:
    rules = _Constraints(
        required=not column.nullable,
        enum=column.allowed,
        minimum=column.minimum,
        maximum=column.maximum,
        pattern=column.pattern,
    )
    return _Field(
        name=column.name,
        type=column.type,
        description=column.description,
        unit=column.unit,
        constraints=rules,
    )
