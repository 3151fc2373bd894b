"""Data centres as Epoch AI publishes them: what stands today, and the steps in which each was and will be built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import Cell, Column

_MONTH_FIRST = r"(0?[1-9]|1[0-2])/(0?[1-9]|[12][0-9]|3[01])/[12][0-9]{3}"
_PRICES: Row = {"currency": "USD", "price_year": 2025}
_BILLION = 1e9


def _dollars(cell: Cell) -> float | None:
    return None if cell is None else float(cell) * _BILLION


def _today(row: Row, _: str) -> Iterator[Row]:
    """An owner carries a tag that says how sure it is ("Google Cloud #confident")."""
    owner, _, confidence = str(row["Owner"] or "").partition(" #")
    yield {
        "center": row["Handle"],
        "owner": owner or None,
        "confidence": confidence or None,
        "power_mw": row["Current power (MW)"],
        "h100e": row["Current H100 equivalents"],
        "capital": _dollars(row["Current total capital cost (2025 USD billions)"]),
        **_PRICES,
    }


def _step(row: Row, _: str) -> Iterator[Row]:
    """Days are month first. Steps of days to come are plans."""
    month, day, year = map(int, str(row["Date"]).split("/"))
    yield {
        "center": row["Data center"],
        "date": date(year, month, day).isoformat(),
        "power_mw": row["Power (MW)"],
        "h100e": row["H100 equivalents"],
        "capital": _dollars(row["Total capital cost (2025 USD billions)"]),
        "compute_capital": _dollars(row["Compute cost (2025 USD billions)"]),
        "site_capital": _dollars(row["Construction cost (2025 USD billions)"]),
        **_PRICES,
    }


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "centers",
        always(
            Column("Handle", STRING, "the data centre"),
            Column("Owner", STRING, "its owner, and how sure that is", nullable=True),
            Column("Current power (MW)", NUMBER, "MW", nullable=True, minimum=0),
            Column("Current H100 equivalents", NUMBER, "H100 equivalents", nullable=True, minimum=0),
            Column("Current total capital cost (2025 USD billions)", NUMBER, "US$ billion", nullable=True, minimum=0),
        ),
        _today,
    ),
    Layout(
        "steps",
        always(
            Column("Date", STRING, "month/day/year", pattern=_MONTH_FIRST),
            Column("Data center", STRING, "the data centre"),
            Column("Power (MW)", NUMBER, "MW", nullable=True, minimum=0),
            Column("H100 equivalents", NUMBER, "H100 equivalents", nullable=True, minimum=0),
            Column("Total capital cost (2025 USD billions)", NUMBER, "US$ billion", nullable=True, minimum=0),
            Column("Compute cost (2025 USD billions)", NUMBER, "US$ billion", nullable=True, minimum=0),
            Column("Construction cost (2025 USD billions)", NUMBER, "US$ billion", nullable=True, minimum=0),
        ),
        _step,
    ),
)
