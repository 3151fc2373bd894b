"""What the instruments found and what they read, in rows: estimates, their tables, and the tables' origins."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from almanac.edition.package.layout import (
    DAY,
    LIST,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Cell,
    Field,
    Layout,
    Reference,
    Row,
    Sheet,
)
from almanac.estimate import Estimate, Result, Undefined

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle


ESTIMATES = Layout(
    "estimates",
    "Estimates",
    "One row per number that an instrument computed, or per reason why it could not.",
    (
        Field(
            "id",
            TEXT,
            "instrument/name/subject; instrument/run/name/subject where an instrument has several runs",
            required=True,
        ),
        Field("instrument", TEXT, "the method that computed it", required=True),
        Field("run", TEXT, "which of the instrument's runs, where the edition has several"),
        Field("version", TEXT, "version of the instrument", required=True),
        Field("name", TEXT, "which quantity: share, change, hit_rate …", required=True),
        Field("subject", TEXT, "what it is of: a vendor, a year, a prediction", required=True),
        Field("value", NUMBER, "the estimate; empty when no number exists"),
        Field("low", NUMBER, "lower end of its interval; empty when it is open below"),
        Field("high", NUMBER, "upper end of its interval; empty when it is open above"),
        Field("level", NUMBER, "confidence level of the interval; 1 for what was counted, not sampled"),
        Field("unit", TEXT, "unit of value, low and high; yes-no is 1 or 0"),
        Field("n", WHOLE, "number of observations"),
        Field("method", TEXT, "how it was computed"),
        Field("assumptions", LIST, "what the method takes for granted"),
        Field("undefined", TEXT, "why no number exists; empty when one does"),
        Field("as_of", DAY, "day as of which the tables were read", required=True),
        Field("seed", WHOLE, "seed of the random numbers; empty when none were drawn"),
        Field("parameters", TEXT, "the instrument's parameters, as a JSON object", required=True),
        Field("tables", LIST, "the tables that went in"),
        Field(
            "locked", TRUTH, "whether it stands in the edition's lock file, its tables being too large", required=True
        ),
    ),
    key=("id",),
    parquet=True,
    indexed=("instrument", "name", "subject"),
)

TABLES = Layout(
    "tables",
    "Tables",
    "One row per table of the edition that instruments read, and where it comes from.",
    (
        Field("id", TEXT, "the table's name", required=True),
        Field("sha256", TEXT, "SHA-256 of the bytes that the instruments read", required=True),
        Field("rows", WHOLE, "number of rows", required=True),
        Field("producer", TEXT, "who made the data"),
        Field("title", TEXT, "title of what they published"),
        Field("citation", TEXT, "how to cite it"),
        Field("published", DAY, "day of publication"),
        Field("accessed", DAY, "day on which it was read"),
        Field("url", TEXT, "where it was read"),
        Field("licence", TEXT, "licence of the data"),
    ),
    key=("id",),
)

INPUTS = Layout(
    "estimate_tables",
    "Tables of estimates",
    "One row per table that went into each estimate.",
    (
        Field("estimate", TEXT, "the estimate", required=True),
        Field("table_id", TEXT, "a table that its instrument read", required=True),
    ),
    key=("estimate", "table_id"),
    references=(Reference(("estimate",), "estimates"), Reference(("table_id",), "tables")),
    indexed=("table_id",),
)


def estimate_id(result: str, name: str, subject: str) -> str:
    """The id under which the estimate is published."""
    return f"{result}/{name}/{subject}"


def sheets(bundle: Bundle) -> Iterator[Sheet]:
    """The sheets of this module, filled."""
    found = [(result, one) for result in bundle.results.values() for one in result.estimates]
    yield Sheet.of(ESTIMATES, (_estimate(result, one, bundle.locked) for result, one in found))
    yield Sheet.of(TABLES, _tables(bundle))
    yield Sheet.of(INPUTS, (row for result, one in found for row in _inputs(bundle, result, one)))


def _estimate(result: Result, found: Estimate | Undefined, locked: frozenset[str]) -> Row:
    return {
        "id": estimate_id(result.id, found.name, found.subject),
        "instrument": result.instrument,
        "run": result.run or None,
        "version": result.version,
        "name": found.name,
        "subject": found.subject,
        **(_number(found) if isinstance(found, Estimate) else _no_number(found)),
        "as_of": result.as_of,
        "seed": result.seed,
        "parameters": json.dumps(dict(result.parameters), ensure_ascii=False, sort_keys=True, default=str),
        "tables": tuple(table.name for table in result.inputs) or None,
        "locked": result.id in locked,
    }


def _number(found: Estimate) -> dict[str, Cell]:
    return {
        "value": _finite(found.value),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "level": float(found.level),
        "unit": found.unit,
        "n": int(found.n),
        "method": found.method,
        "assumptions": found.assumptions or None,
        "undefined": None,
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _no_number(found: Undefined) -> dict[str, Cell]:
    empty = ("value", "low", "high", "level", "unit", "n", "method", "assumptions")
    return {**dict.fromkeys(empty, None), "undefined": found.reason}


def _tables(bundle: Bundle) -> Iterator[Row]:
    for name, table in bundle.package.tables.items():
        origin = bundle.package.origins.get(name)
        yield {
            "id": name,
            "sha256": table.input.sha256,
            "rows": table.input.rows,
            "producer": origin.producer if origin else None,
            "title": origin.title if origin else None,
            "citation": origin.citation if origin else None,
            "published": origin.published if origin else None,
            "accessed": origin.accessed if origin else None,
            "url": origin.url if origin else None,
            "licence": origin.licence if origin else None,
        }


def _inputs(bundle: Bundle, result: Result, found: Estimate | Undefined) -> Iterator[Row]:
    for table in result.inputs:
        if table.name in bundle.package.tables:
            yield {
                "estimate": estimate_id(result.id, found.name, found.subject),
                "table_id": table.name,
            }
