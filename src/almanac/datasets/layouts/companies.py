"""Figures of AI companies as Epoch AI publishes them: reports of revenue in US$ a year, head counts."""

from __future__ import annotations

from collections.abc import Iterator

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import Column

_DAY = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


def _revenue_rows(row: Row, _: str) -> Iterator[Row]:
    """The file says that values are brought to a year and not how, so their basis is not stated."""
    yield {"company": row["company"], "date": row["date"], "amount": row["revenue_usd_per_year"], "currency": "USD"}


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "revenue",
        always(
            Column("company", STRING, "the company"),
            Column("date", STRING, "day of the value", pattern=_DAY),
            Column("revenue_usd_per_year", NUMBER, "US$ a year", nullable=True, minimum=0, maximum=1e15),
        ),
        _revenue_rows,
    ),
)
