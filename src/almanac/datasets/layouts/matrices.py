"""Many models on many benchmarks, and when they were released: wide leaderboards such as that of "Safetywashing", and
Epoch AI's tables of models under its own column names.
"""

from __future__ import annotations

from collections.abc import Iterator

from almanac.datasets.layouts.layout import NUMBER, STRING, Header, Layout, Row, always
from almanac.datasets.schema import ISO_DAY, Column, Schema

# ---- matrix: a row for each model, a column for each benchmark -----------------------------------------------------

ABOUT_MODELS = frozenset({
    "access", "country", "date", "display_name", "family", "flop", "license", "model", "model_size", "name",
    "organization", "parameters", "params", "release_date", "released", "size", "type", "url",
})  # fmt: skip
"""Columns of a wide table that say something of the model and are no benchmark, whatever their case."""

_LONG = {"benchmark", "performance"}
"""Columns of a long table, which is never taken for a wide one."""


def _wide_schema(header: Header) -> Schema | None:
    """Every column but those about the model is a benchmark, as "Safetywashing" publishes its scores."""
    benchmarks = sorted(name for name in header if name and name.lower() not in ABOUT_MODELS)
    if "model" not in header or header & _LONG or not benchmarks:
        return None
    cells = (Column(name, NUMBER, f"the model's score on {name}", nullable=True) for name in benchmarks)
    return Schema((Column("model", STRING, "the model"), *cells))


def _wide_rows(row: Row, _: str) -> Iterator[Row]:
    for benchmark, performance in row.items():
        if benchmark != "model":
            yield {"model": row["model"], "benchmark": benchmark, "performance": performance}


# ---- releases: models and their days -------------------------------------------------------------------------------


def _words(name: str, description: str) -> Column:
    return Column(name, STRING, description, nullable=True)


def _released(name: str) -> Column:
    return Column(name, STRING, "day of its release", nullable=True, pattern=ISO_DAY)


_ACCESS = _words("Model accessibility", "how it can be had")
_ORGANIZATION = _words("Organization", "who made it; several joined by commas")


def _index_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's Capabilities Index: the score is that of the index."""
    yield {
        "model": row["Model version"],
        "released": row["Release date"],
        "score": row["ECI Score"],
        "organization": row["Organization"],
        "country": row["Country"],
        "access": row["Model accessibility"],
    }


def _notable_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's notable models, which have no score but the compute that trained them."""
    yield {
        "model": row["Model"],
        "released": row["Publication date"],
        "score": row["Training compute (FLOP)"],
        "organization": row["Organization"],
        "country": row["Country (of organization)"],
        "access": row["Model accessibility"],
    }


def _version_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's model versions: days, no scores."""
    yield {"model": row["id"], "released": row["Version release date"]}


LAYOUTS: tuple[Layout, ...] = (
    Layout("matrix", _wide_schema, _wide_rows),
    Layout(
        "releases",
        always(
            Column("Model version", STRING, "the model with its version"),
            Column("ECI Score", NUMBER, "its score in the index", nullable=True),
            _released("Release date"),
            _ORGANIZATION,
            _words("Country", "where they are; several joined by commas"),
            _ACCESS,
        ),
        _index_rows,
    ),
    Layout(
        "releases",
        always(
            Column("Model", STRING, "the model"),
            Column("Training compute (FLOP)", NUMBER, "operations that trained it", nullable=True, minimum=0),
            _released("Publication date"),
            _ORGANIZATION,
            _words("Country (of organization)", "where they are; several joined by commas"),
            _ACCESS,
        ),
        _notable_rows,
    ),
    Layout(
        "releases",
        always(Column("id", STRING, "the model with its version"), _released("Version release date")),
        _version_rows,
    ),
)
