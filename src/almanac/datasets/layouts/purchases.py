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


def _summary(row: Row, _: str) -> Iterator[Row]:
    """Customers summed up as Fader and Hardie do: repeat purchases, the last of them, the watching, in weeks."""
    yield {"customer": row["ID"], "frequency": row["frequency"], "recency": row["recency"], "age": row["T"]}


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
    Layout(
        "customers",
        always(
            Column("ID", STRING, "the customer"),
            Column("frequency", INTEGER, "repeat purchases", minimum=0),
            Column("recency", NUMBER, "time of the last one since the first purchase; 0: none", minimum=0),
            Column("T", NUMBER, "time of the watching since the first purchase", minimum=0),
        ),
        _summary,
    ),
)
