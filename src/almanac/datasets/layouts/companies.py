"""Figures of AI companies as Epoch AI publishes them: reports of revenue in US$ a year, head counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import ISO_DAY, Column


def _revenue_rows(row: Row, _: str) -> Iterator[Row]:
    """The file says that values are brought to a year and not how, so their basis is not stated."""
    yield {"company": row["company"], "date": row["date"], "amount": row["revenue_usd_per_year"], "currency": "USD"}


_AMERICAN = r"(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[12][0-9]{3}"
_WHOLE = "Full company"


def _staff_rows(row: Row, _: str) -> Iterator[Row]:
    """Only "Full company" counts everybody; divisions, contractors and what is not stated are parts. Month first."""
    month, day, year = map(int, str(row["Date"]).split("/"))
    scope = None if row["Type"] == _WHOLE else row["Division name"] or row["Type"] or "not stated"
    yield {
        "company": row["Company"],
        "date": date(year, month, day).isoformat(),
        "staff": row["Staff count"],
        "scope": scope,
    }


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "revenue",
        always(
            Column("company", STRING, "the company"),
            Column("date", STRING, "day of the value", pattern=ISO_DAY),
            Column("revenue_usd_per_year", NUMBER, "US$ a year", nullable=True, minimum=0, maximum=1e15),
        ),
        _revenue_rows,
    ),
    Layout(
        "staff",
        always(
            Column("Company", STRING, "the company"),
            Column("Staff count", NUMBER, "people", nullable=True, minimum=0, maximum=1e8),
            Column("Date", STRING, "month/day/year", pattern=_AMERICAN),
            Column("Type", STRING, "the whole company, or which kind of part", nullable=True),
            Column("Division name", STRING, "the part", nullable=True),
        ),
        _staff_rows,
    ),
)
