"""Transactions of customers, as research data sets have them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from almanac.datasets.layouts.layout import INTEGER, NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import Column

CDNOW = "CDNOW"


def _cdnow(row: Row, stem: str) -> Iterator[Row]:
    """CDNOW's master file (Fader and Hardie): one seller, US dollars, days without dashes."""
    day = str(row["date"])
    try:
        bought = date(int(day[:4]), int(day[4:6]), int(day[6:])).isoformat()
    except ValueError as error:
        raise ValueError("a day of the calendar such as 19970131") from error
    amount = row["value_usd"]
    yield {"customer": row["customer_id"], "vendor": CDNOW, "date": bought, "amount": amount, "currency": "USD"}


LAYOUTS = (
    Layout(
        "transactions",
        always(
            Column("customer_id", STRING, "who buys"),
            Column("date", STRING, "day of the purchase", pattern="[0-9]{8}"),
            Column("n_cds", INTEGER, "discs", minimum=0),
            Column("value_usd", NUMBER, "what they cost, US$", minimum=0),
        ),
        _cdnow,
    ),
)
