"""What AI companies spend on compute, as Epoch AI publishes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import Cell, Column

_AMERICAN = re.compile(r"(1[0-2]|[1-9])/(3[01]|[12][0-9]|[1-9])/(20[0-9]{2})")

COVERS = {
    frozenset({"R&D cloud compute"}): "training",
    frozenset({"Inference cloud compute"}): "inference",
    frozenset({"R&D cloud compute", "Inference cloud compute"}): "training and inference",
}
"""Epoch's categories. R&D compute is all that does not serve: experiments and data beside training runs."""


def _day(cell: Cell) -> str | None:
    """Month/day/year. A day that is written otherwise (one of them is 0202-07-30) is not known."""
    found = _AMERICAN.fullmatch(str(cell or ""))
    return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}" if found else None


def _spend_rows(row: Row, _: str) -> Iterator[Row]:
    day = _day(row["Date"])
    if day is None:
        raise ValueError("a Date as month/day/year")
    covers = COVERS.get(frozenset(str(row["Category"]).split(",")))
    note = None if covers else f"it covers {row['Category']}"
    if row["Period type"] != "Year":
        covers, note = None, f"an {str(row['Period type']).lower()} rate, not a year's sum"
    yield {
        "company": row["Company"], "year": int(day[:4]), "covers": covers, "amount": row["Amount"], "currency": "USD",
        "reported": _day(row["Report date"]), "note": note,
    }  # fmt: skip


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "spend",
        always(
            Column("Company", STRING, "the company"),
            Column("Amount", NUMBER, "US$", minimum=0),
            Column("Category", STRING, "categories with commas between"),
            Column("Period type", STRING, "Year or Annualized"),
            Column("Date", STRING, "last day of the period, month/day/year"),
            Column("Report date", STRING, "day of the report, month/day/year", nullable=True),
        ),
        _spend_rows,
    ),
)
