"""Rounds of funding as Epoch AI publishes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import Cell, Column

_DAY = r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"

_KINDS = {"Secondary": "secondary", "Other": "other"}


def _iso(text: Cell) -> str | None:
    """month/day/year.

    >>> _iso("9/2/2025")
    '2025-09-02'
    """
    if not text:
        return None
    month, day, year = map(int, str(text).split("/"))
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise ValueError("a day of the calendar, as month/day/year") from error


def _rows(row: Row, _: str) -> Iterator[Row]:
    """Debt is no share and is left out. Days of reports are not read: one is of two years after its round. A valuation
    without money (a sale among holders, a merger) has an amount of 0.
    """
    yield {
        "company": row["Company"],
        "date": _iso(row["Close date"]),
        "amount": row["Funding (equity)"],
        "currency": "USD",
        "post_money": row["Valuation (post-money)"],
        "status": row["Status"],
        "kind": _KINDS.get(str(row["Type"]), "primary"),
        "source": "Epoch AI",
    }


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "rounds",
        always(
            Column("Company", STRING, "the company"),
            Column("Close date", STRING, "month/day/year", nullable=True, pattern=_DAY),
            Column("Status", STRING, "Closed, Late discussions"),
            Column("Funding (equity)", NUMBER, "US$", nullable=True, minimum=0),
            Column("Valuation (post-money)", NUMBER, "US$", nullable=True, minimum=1),
            Column("Type", STRING, "primary, secondary, debt, other; several with commas", nullable=True),
        ),
        _rows,
    ),
)
