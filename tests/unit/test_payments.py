"""Which transactions count, and in what money: the same rule as for a single amount, and an account that closes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from almanac.datasets import layouts
from almanac.datasets.catalog import RATES, TRANSACTIONS
from almanac.datasets.queries import queried
from almanac.datasets.table import parse_table
from almanac.errors import DatasetError
from almanac.instruments.industry.money import Rates, in_currency
from almanac.instruments.industry.payments import make_payments
from almanac.statistics import NoNumber

HEADER = "customer,vendor,date,amount,currency,plan,id"
AS_OF = date(2024, 12, 31)
RATE_ROWS = (
    "date,base,quote,rate,source\n2024-01-10,EUR,USD,1.1,x\n2024-03-01,USD,EUR,0.8,x\n2024-06-01,EUR,USD,1.2,x\n"
)


def tables(*lines: str, rates: str = RATE_ROWS):
    given = {"transactions": (TRANSACTIONS, "\n".join((HEADER, *lines)) + "\n"), "rates": (RATES, rates)}
    return {
        name: parse_table(text.encode(), Path(f"{name}.csv"), name, schema)
        for name, (schema, text) in given.items()
        if text
    }


def paid(given, **parameters):
    with queried(given) as connection:
        account = make_payments(connection, given, **({"currency": "USD", "as_of": AS_OF} | parameters))
        return account, connection.execute("FROM payments ORDER BY ALL").fetchall()


def test_what_counts_and_what_does_not():
    account, rows = paid(
        tables(
            "a,V,2024-01-31,10.5,USD,pro,1",
            "a,,2024-02-29,-2.25,USD,,2",
            "b,V,2025-01-01,1,USD,,3",
            "b,V,2024-01-01,,USD,,4",
            "c,V,2024-01-01,5,,,5",
            "c,V,2024-01-01,5,GBP,,6",
            "c,V,2024-01-09,5,EUR,,7",
            "c,V,2024-01-10,5,EUR,,8",
        )
    )
    assert rows == [
        ("a", "V", date(2024, 1, 31), Decimal("10.5"), "pro"),
        ("a", "unknown", date(2024, 2, 29), Decimal("-2.25"), None),
        ("c", "V", date(2024, 1, 10), Decimal("5.5"), None),
    ]
    assert (account.rows_in, account.used, account.skipped) == (8, 3, 5)
    assert set(account.reasons) == {
        "1 transactions skipped: later than 2024-12-31",
        "1 transactions skipped: no amount",
        "1 transactions skipped: no currency",
        "1 transactions skipped: no rate of GBP in USD on or before the day",
        "1 transactions skipped: no rate of EUR in USD on or before the day",
    }


def test_rows_that_are_alike():
    given = tables("a,V,2024-01-31,10,USD,,", "a,V,2024-01-31,10,USD,,", "a,V,2024-01-31,10,USD,,x")
    assert len(paid(given)[1]) == 3
    account, rows = paid(given, duplicates="drop")
    assert len(rows) == 2
    assert account.reasons == ("1 transactions skipped: the same as another in every column",)
    assert account.rows_in == 3


@pytest.mark.parametrize("day", ["2024-01-09", "2024-01-10", "2024-02-29", "2024-03-01", "2024-05-31", "2024-06-01"])
@pytest.mark.parametrize(("held", "wanted"), [("EUR", "USD"), ("USD", "EUR"), ("USD", "USD"), ("GBP", "EUR")])
def test_the_rate_is_the_one_that_a_single_amount_gets(day, held, wanted):
    given = tables(f"a,V,{day},3.7,{held},,")
    alone = in_currency(3.7, held, day, Rates.of(given["rates"]), wanted)
    account, rows = paid(given, currency=wanted)
    if isinstance(alone, NoNumber):
        assert account.reasons == (f"1 transactions skipped: {alone.reason}",)
        assert rows == []
    else:
        assert float(rows[0][3]) == pytest.approx(alone.amount, abs=5e-5)


def test_without_rates_only_the_money_asked_for_counts():
    account, rows = paid(tables("a,V,2024-01-31,10,USD,,", "a,V,2024-01-31,10,EUR,,", rates=""))
    assert (account.used, len(rows)) == (1, 1)


def test_cdnow_as_its_authors_publish_it(tmp_path):
    path = tmp_path / "cdnow.csv"
    path.write_text("customer_id,date,n_cds,value_usd\n1,19970101,1,11.77\n2,19970112,5,77.0\n")
    table = layouts.read(path, "transactions", TRANSACTIONS)
    _, rows = paid({"transactions": table})
    assert rows == [
        ("1", "CDNOW", date(1997, 1, 1), Decimal("11.77"), None),
        ("2", "CDNOW", date(1997, 1, 12), Decimal("77"), None),
    ]
    path.write_text("customer_id,date,n_cds,value_usd\n1,19970231,1,11.77\n2,1997-01-12,5,77.0\n")
    with pytest.raises(DatasetError, match="of the form"):
        layouts.read(path, "transactions", TRANSACTIONS)
    path.write_text("customer_id,date,n_cds,value_usd\n1,19970231,1,11.77\n")
    with pytest.raises(DatasetError, match="a day of the calendar such as 19970131"):
        layouts.read(path, "transactions", TRANSACTIONS)
