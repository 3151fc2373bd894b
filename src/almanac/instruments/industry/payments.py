"""Payments: the rows of a table of transactions that count, in one currency; what became of the others.

Adoption, retention and contract value begin here. A table of transactions may be larger than memory, so all of it is
done by queries (`datasets.queries`), and amounts are decimal numbers, whose sums are exact in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import duckdb

from almanac.datasets.catalog import TRANSACTIONS
from almanac.datasets.schema import Queryable, Table
from almanac.estimate import Account
from almanac.instruments.industry.money import Rates

UNKNOWN = "unknown"
"""The group of what is not known. It is shown like any other: to drop it would be to say that it is like the rest."""

Duplicates = Literal["keep", "drop"]
"""What to do with rows that are alike in every column. Two purchases a day may be alike and both be true; where the
table numbers its payments (`id`), rows that are alike are one payment that was written twice.
"""

AMOUNT = next(column for column in TRANSACTIONS.columns if column.name == "amount").sql

COUNTS = """
    SELECT currency,
           count(*),
           count(*) FILTER (WHERE date > $as_of),
           count(*) FILTER (WHERE date <= $as_of AND amount IS NULL)
    FROM entries GROUP BY currency ORDER BY currency
"""

RATED = "entries ASOF LEFT JOIN conversion ON entries.currency = conversion.currency AND date >= from_day"

NO_AMOUNT, NO_CURRENCY = "no amount", "no currency"
ALIKE, OTHERS = "the same as another in every column", "to other vendors"


def make_payments(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, Queryable],
    *,
    currency: str,
    as_of: date,
    duplicates: Duplicates = "keep",
    vendors: Sequence[str] = (),
) -> Account:
    """Makes the view `payments` on a connection that has `transactions`, and says what became of every row.

    payments: customer, vendor ("unknown" where it is not known), day, amount (in `currency`; below 0: paid back), plan.
    A row is skipped when it is later than `as_of`, has no amount or no currency, or when `rates` has no rate on or
    before its day (the rule of `money.Rates.latest`), or when it goes to none of `vendors`, where some are named.
    duplicates: see `Duplicates`.
    """
    skipped: Counter[str] = Counter()
    skipped[ALIKE] = _make_told_apart(connection, duplicates)
    skipped[OTHERS] = _make_entries(connection, vendors)
    rows, foreign = sum(skipped.values()), False
    for held, many, later, unknown in connection.execute(COUNTS, {"as_of": as_of}).fetchall():
        rows += many
        skipped.update({f"later than {as_of.isoformat()}": later, NO_AMOUNT: unknown})
        if held is None:
            skipped[NO_CURRENCY] += many - later - unknown
        foreign = foreign or held not in (None, currency)
    if foreign:
        rates = tables.get("rates")
        _make_conversion(connection, Rates.of(rates if isinstance(rates, Table) else None), currency)
        skipped.update(_without_rate(connection, currency, as_of))
    _make_view(connection, currency, as_of, foreign)
    lost = sum(skipped.values())
    reasons = tuple(f"{many:,} transactions skipped: {why}" for why, many in skipped.items() if many)
    return Account(rows, rows - lost, lost, 0, reasons)


def _make_told_apart(connection: duckdb.DuckDBPyConnection, duplicates: Duplicates) -> int:
    """Makes `told_apart`, the transactions without those that are taken for another; how many these are."""
    if duplicates == "keep":
        connection.execute("CREATE TEMP VIEW told_apart AS FROM transactions")
        return 0
    connection.execute("CREATE TEMP TABLE told_apart AS SELECT DISTINCT * FROM transactions")
    return _difference(connection, "transactions", "told_apart")


def _make_entries(connection: duckdb.DuckDBPyConnection, vendors: Sequence[str]) -> int:
    """Makes `entries`, the transactions with the vendors; how many are with others."""
    if not vendors:
        connection.execute("CREATE TEMP VIEW entries AS FROM told_apart")
        return 0
    connection.execute("CREATE TEMP TABLE wanted_vendors (vendor VARCHAR)")
    connection.executemany("INSERT INTO wanted_vendors VALUES (?)", [[vendor] for vendor in vendors])
    connection.execute(
        f"CREATE TEMP VIEW entries AS FROM told_apart WHERE coalesce(vendor, '{UNKNOWN}') IN (FROM wanted_vendors)"
    )
    return _difference(connection, "told_apart", "entries")


def _difference(connection: duckdb.DuckDBPyConnection, more: str, fewer: str) -> int:
    ((rows,),) = connection.execute(f"SELECT (SELECT count(*) FROM {more}) - count(*) FROM {fewer}").fetchall()
    return int(rows)


def _make_conversion(connection: duckdb.DuckDBPyConnection, rates: Rates, wanted: str) -> None:
    """Makes `conversion`: from which day on an amount of each currency is worth how much in the one that is wanted."""
    connection.execute("CREATE TEMP TABLE conversion (currency VARCHAR, from_day DATE, rate DOUBLE)")
    if spans := list(_spans(rates, wanted)):
        connection.executemany("INSERT INTO conversion VALUES (?, ?, ?)", spans)


def _spans(rates: Rates, wanted: str) -> Iterator[tuple[str, str, float]]:
    pairs = [pair for pair in rates.days if wanted in pair]
    for other in sorted({currency for pair in pairs for currency in pair} - {wanted}):
        for day in sorted({day for pair in pairs if other in pair for day in rates.days[pair]}):
            if found := rates.latest(other, wanted, day):
                yield other, day, found[1]


def _without_rate(connection: duckdb.DuckDBPyConnection, wanted: str, as_of: date) -> Mapping[str, int]:
    query = (
        f"SELECT entries.currency, count(*) FROM {RATED} WHERE entries.currency <> $wanted AND rate IS NULL "
        "AND date <= $as_of AND amount IS NOT NULL GROUP BY ALL ORDER BY ALL"
    )
    found = connection.execute(query, {"wanted": wanted, "as_of": as_of}).fetchall()
    return {f"no rate of {currency} in {wanted} on or before the day": many for currency, many in found}


def _make_view(connection: duckdb.DuckDBPyConnection, wanted: str, as_of: date, foreign: bool) -> None:
    """Makes `payments`. The join with rates sorts everything, so it is made only where there is money to convert."""
    source, amount, counts = "entries", "amount", f"entries.currency = '{wanted}'"
    if foreign:
        source = RATED
        amount = f"CASE WHEN {counts} THEN amount ELSE CAST(CAST(amount AS DOUBLE) * rate AS {AMOUNT}) END"
        counts = f"({counts} OR rate IS NOT NULL)"
    connection.execute(
        f"CREATE TEMP VIEW payments AS SELECT customer, coalesce(vendor, '{UNKNOWN}') AS vendor, date AS day, "
        f"{amount} AS amount, plan FROM {source} "
        f"WHERE date <= DATE '{as_of.isoformat()}' AND amount IS NOT NULL AND {counts}"
    )
