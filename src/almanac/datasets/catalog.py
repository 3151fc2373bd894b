"""The tables that Almanac knows: what stands in them, and where they come from.

An edition's `datapackage.json` is written from this list (`python -m almanac.datasets FOLDER`), so that
schema and origin are stated once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from almanac.datasets.schema import Column, ColumnType, Schema


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table comes from."""

    producer: str
    title: str
    citation: str
    published: date
    accessed: date
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A table: `name`, under which instruments ask for it, and its `file` in an edition's data."""

    name: str
    file: str
    title: str
    description: str
    schema: Schema
    origin: Origin


COMPUTE_INDEX = Schema(
    (
        Column(
            "edition",
            ColumnType.STRING,
            "the monthly edition of the index that prints the number",
            pattern=r"[12][0-9]{3}-(0[1-9]|1[0-2])",
        ),
        Column(
            "chart",
            ColumnType.STRING,
            "the chart of that edition: chips by family, NVIDIA's products, chips of start-ups",
            allowed=("cited_chip", "cited_nvidia", "cited_startup"),
        ),
        Column("series", ColumnType.STRING, "the chip family, product or maker, as the chart names it"),
        Column(
            "year",
            ColumnType.INTEGER,
            "year in which the papers appeared",
            "year",
            minimum=1950,
            maximum=2100,
        ),
        Column(
            "papers",
            ColumnType.INTEGER,
            "papers that name the chip; empty: not tracked that year, 0: tracked and none found",
            "paper/year",
            nullable=True,
            minimum=0,
        ),
        Column(
            "status",
            ColumnType.STRING,
            "whether the year was over when it was counted",
            allowed=("final", "projected"),
        ),
    ),
    key=("edition", "chart", "series", "year"),
)

PREDICTIONS = Schema(
    (
        Column(
            "prediction_id",
            ColumnType.STRING,
            "year of the report and number of the prediction",
            pattern=r"P[12][0-9]{3}-[1-9][0-9]{0,2}",
        ),
        Column("report_year", ColumnType.INTEGER, "report that makes it", "year", minimum=1950, maximum=2100),
        Column("graded_year", ColumnType.INTEGER, "report that grades it", "year", minimum=1950, maximum=2100),
        Column("topic", ColumnType.STRING, "subject matter, as the scorecard sorts it"),
        Column(
            "verdict",
            ColumnType.STRING,
            "the report's own grade",
            allowed=("hit", "partial", "miss", "pending"),
        ),
        Column(
            "label_en",
            ColumnType.STRING,
            "what is predicted, in a few words of ours",
            optional=True,
            nullable=True,
        ),
        Column("label_zh", ColumnType.STRING, "the same in Chinese", optional=True, nullable=True),
    ),
    key=("prediction_id",),
)

_COMMIT = "nathanbenaich/stateofai @ 8a0161ac8556013bf33a85507eb7cda8aa137567, 1 August 2026"

CATALOG = (
    Entry(
        "compute-index",
        "compute-index.csv",
        "Papers that name each AI chip, by year",
        "Counts of open AI papers by the chip they name, 2018 to 2026, retyped from two monthly editions of "
        "the index. A paper counts once for every product it names. 2026 is projected.",
        COMPUTE_INDEX,
        Origin(
            producer="Air Street Capital, with Zeta Alpha",
            title="State of AI Compute Index, editions 2026-06 and 2026-07",
            citation="Air Street Capital (2026), State of AI Compute Index, charts cited_chip, "
            f"cited_nvidia and cited_startup of compute/data-history/2026-06.json and 2026-07.json "
            f"({_COMMIT}). CC BY 4.0.",
            published=date(2026, 7, 1),
            accessed=date(2026, 8, 1),
            url="https://www.stateof.ai/compute",
            licence="CC-BY-4.0",
        ),
    ),
    Entry(
        "predictions",
        "predictions.csv",
        "Predictions of the State of AI Report and their grades, 2018 to 2025",
        "Every prediction of the report with the grade that the next year's report gave it. Grades, years "
        "and topics are the scorecard's, the labels ours; no probabilities were ever given.",
        PREDICTIONS,
        Origin(
            producer="Air Street Capital",
            title="State of AI Report, predictions scorecard",
            citation="Air Street Capital (2026), State of AI Report, predictions scorecard, "
            f"predictions/index.html ({_COMMIT}). CC BY 4.0.",
            published=date(2026, 7, 9),
            accessed=date(2026, 8, 1),
            url="https://www.stateof.ai/predictions",
            licence="CC-BY-4.0",
        ),
    ),
)
"""Every table of the catalogue, by name."""
