"""Deals as people list them: announced deals between AI companies; investors of companies above a billion dollars."""

from __future__ import annotations

from collections.abc import Iterator

from almanac.datasets.layouts.layout import NUMBER, STRING, Layout, Row, always
from almanac.datasets.schema import ISO_DAY, Column

_KINDS = {"INVESTMENT": "invest", "SUPPLY": "buy", "CLOUD_COMMITMENT": "buy", "PARTNERSHIP": "partner"}


def _circular_deals(row: Row, _: str) -> Iterator[Row]:
    """The seed data of "AI circular deals": every row is an announcement, whatever has been paid since."""
    yield {
        "payer": row["payer"],
        "payee": row["payee"],
        "kind": _KINDS[str(row["deal_type"])],
        "date": row["announced"],
        "status": "announced",
        "amount": row["amount_usd"],
        "amount_most": row["amount_usd_max"],
        "currency": "USD",
        "basis": str(row["status"]).lower(),
        "source": row["publisher"],
    }


def _named_investors(row: Row, _: str) -> Iterator[Row]:
    """CB Insights' list: an investment of an amount that it does not give, made on the day on which the company's value
    passed a billion dollars or before. The valuation is no payment and is left out.
    """
    yield {
        "payer": row["investor"],
        "payee": row["Company"],
        "kind": "invest",
        "date": row["Date Joined"],
        "status": "paid",
        "source": "CB Insights",
    }


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "deals",
        always(
            Column("payer", STRING, "who pays"),
            Column("payee", STRING, "whom"),
            Column("deal_type", STRING, "what for", allowed=tuple(_KINDS)),
            Column("announced", STRING, "day of the announcement", pattern=ISO_DAY),
            Column("amount_usd", NUMBER, "US$", nullable=True, minimum=0),
            Column("amount_usd_max", NUMBER, "US$, up to", nullable=True, minimum=0),
            Column("status", STRING, "whether the parties said so", allowed=("CONFIRMED", "ESTIMATED")),
            Column("publisher", STRING, "who says so"),
        ),
        _circular_deals,
    ),
    Layout(
        "deals",
        always(
            Column("Company", STRING, "the company"),
            Column("investor", STRING, "one of its investors"),
            Column("Date Joined", STRING, "day on which its value passed a billion dollars", pattern=ISO_DAY),
        ),
        _named_investors,
    ),
)
