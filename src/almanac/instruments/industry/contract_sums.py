"""What each customer paid each vendor in each period, added up where the transactions lie.

What comes back to Python is sums over customers and single contracts in the middle, never a row for each customer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import duckdb
from scipy.stats import binom

from almanac.statistics import Confidence, NoNumber
from almanac.statistics.cluster_sums import ClusterSums, CrossSums, cluster_mean

Per = Literal["customer", "contract"]
Value = Literal["billed", "annualised"]
Average = Literal["mean", "median"]
Period = Literal["year", "quarter"]

UNIT = 10_000
"""Amounts are added up as whole ten-thousandths of the currency: `catalog.TRANSACTIONS` has four places."""

MOST_VENDORS = 10
"""Vendors, those with the most contracts, whose averages are given."""

NO_MEDIAN = NoNumber("the median was not asked for")

MONTHS: Mapping[Period, int] = {"year": 12, "quarter": 3}

UNITS: Mapping[Per, str] = {
    "contract": "contracts",
    "customer": "(SELECT customer, NULL AS vendor, period, sum(total) AS total, bit_or(months) AS months, "
    "sum(rows) AS rows FROM contracts GROUP BY ALL)",
}
"""In SQL, what is averaged: a row for each customer and vendor of a period, or for each customer."""

VALUE: Mapping[Value, str] = {"billed": "total", "annualised": "total * 12 / bit_count(months)"}
"""In SQL, what a contract is worth: `total` is what was billed in the period, `months` in which months."""


def last_whole_period(period: Period, as_of: date) -> int:
    """The last period that is over, or ends, on the day: a number that counts them."""
    return _period(period, as_of + timedelta(days=1)) - 1


def _period(period: Period, day: date) -> int:
    return day.year if period == "year" else day.year * 4 + (day.month - 1) // 3


def period_name(period: Period, number: int) -> str:
    return str(number) if period == "year" else f"{number // 4}-Q{number % 4 + 1}"


def end_of_period(period: Period, number: int) -> date:
    after = date(number + 1, 1, 1) if period == "year" else date((number + 1) // 4, (number + 1) % 4 * 3 + 1, 1)
    return after - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contracts:
    """The contracts of a period: sums over customers as clusters, and with the period before; the middle one, and those
    at the ends of its interval, as `median` where it was asked for.
    """

    number: int
    sums: ClusterSums
    cross: CrossSums | None
    clusters: int
    median: Confidence | NoNumber

    def average(self, average: Average, level: float) -> Confidence | NoNumber:
        if average == "median":
            return self.median
        found = cluster_mean(self.sums, level)
        return found if isinstance(found, NoNumber) else found.scaled(1 / UNIT)


@dataclass(frozen=True, slots=True)
class Summing:
    """Sums on a connection that has `payments`."""

    connection: duckdb.DuckDBPyConnection
    period: Period
    level: float

    def make_contracts(self) -> tuple[int, int, bool] | None:
        """Makes `contracts`: customer, vendor, period, what was billed, and in which of its months. The first and last
        period and whether a payment falls into the first's first month; None where there is no payment.
        """
        number = "year(day)" if self.period == "year" else "year(day) * 4 + quarter(day) - 1"
        month = f"(month(day) - 1) % {MONTHS[self.period]}"
        self.connection.execute(
            f"CREATE TEMP TABLE contracts AS SELECT customer, vendor, {number} AS period, sum(amount) AS total, "
            f"bit_or(1 << ({month})) AS months, count(*) AS rows FROM payments GROUP BY ALL"
        )
        ((first, last, whole),) = self.connection.execute(
            "SELECT min(period), max(period), bool_or(months & 1 = 1) FILTER (WHERE period = (SELECT min(period) FROM "
            "contracts)) FROM contracts"
        ).fetchall()
        return None if first is None else (first, last, whole)

    def unpaid(self, per: Per) -> tuple[int, int]:
        """What was paid back whole in its period, or more, and the rows of it."""
        ((many, rows),) = self.connection.execute(
            f"SELECT count(*), coalesce(sum(rows), 0) FROM {UNITS[per]} WHERE total <= 0"
        ).fetchall()
        return int(many), int(rows)

    def periods(self, per: Per, value: Value, *, medians: bool = False) -> list[Contracts]:
        """Every period with a contract, in order."""
        self._make_units(per, value)
        sums = self._sums()
        cross = self._cross()
        found = []
        for number, found_sums in sums.items():
            before = sums.get(number - 1)
            paired = cross.get(number, CrossSums(0, 0, 0, 0)) if before else None
            either = found_sums.clusters + (before.clusters if before else 0) - self._in_both(number)
            middle = self._median(number, found_sums.n) if medians else NO_MEDIAN
            found.append(Contracts(number, found_sums, paired, either, middle))
        return found

    def _make_units(self, per: Per, value: Value) -> None:
        """Makes `units`, what is averaged, and `clusters`, its sums by customer."""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE units AS SELECT customer, vendor, period, "
            f"CAST(CAST({VALUE[value]} AS DECIMAL(38, 4)) * {UNIT} AS HUGEINT) AS x FROM {UNITS[per]} WHERE total > 0"
        )
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE clusters AS SELECT customer, period, CAST(sum(x) AS HUGEINT) AS y, "
            "CAST(count(*) AS HUGEINT) AS n FROM units GROUP BY ALL"
        )

    def _sums(self) -> dict[int, ClusterSums]:
        rows = self.connection.execute(
            "SELECT period, count(*), sum(y), sum(n), sum(y * y), sum(y * n), sum(n * n) FROM clusters "
            "GROUP BY period ORDER BY period"
        ).fetchall()
        return {number: ClusterSums(*map(int, sums)) for number, *sums in rows}

    def _cross(self) -> dict[int, CrossSums]:
        rows = self.connection.execute(
            "SELECT a.period, sum(a.y * b.y), sum(a.y * b.n), sum(a.n * b.y), sum(a.n * b.n) "
            "FROM clusters AS a JOIN clusters AS b ON a.customer = b.customer AND a.period = b.period + 1 "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return {number: CrossSums(*map(int, sums)) for number, *sums in rows}

    def _in_both(self, number: int) -> int:
        ((both,),) = self.connection.execute(
            "SELECT count(*) FROM clusters AS a JOIN clusters AS b USING (customer) "
            "WHERE a.period = $number AND b.period = $number - 1",
            {"number": number},
        ).fetchall()
        return int(both)

    def _median(self, number: int, n: int, vendor: str | None = None) -> Confidence | NoNumber:
        """The middle contract, between the two whose ranks a binomial count of those below the true median allows:
        `statistics.quantile`, without fetching any but these three.
        """
        tail = (1 - self.level) / 2
        if binom.cdf(0, n, 0.5) > tail:
            return NoNumber(f"{n} contracts are too few for an interval of their median at level {self.level:g}")
        ranks = [max(1, int(binom.ppf(tail, n, 0.5))), (n + 1) // 2, min(n, int(binom.ppf(1 - tail, n, 0.5)) + 1)]
        shares = [(rank - 0.5) / n for rank in ranks]
        ((values,),) = self.connection.execute(
            f"SELECT quantile_disc(x, {shares}) FROM units WHERE period = $number "
            "AND ($vendor IS NULL OR vendor = $vendor)",
            {"number": number, "vendor": vendor},
        ).fetchall()
        low, middle, high = (int(value) / UNIT for value in values)
        return Confidence(middle, low, high, self.level)

    def definitions(self, last: int) -> Iterator[tuple[Per, Value, Average, int, Confidence | NoNumber]]:
        """The last period's average under each definition, and how many units it is of."""
        pers: Sequence[Per] = ("customer", "contract")
        values: Sequence[Value] = ("billed", "annualised")
        averages: Sequence[Average] = ("mean", "median")
        for per, value in itertools.product(pers, values):
            found = next((one for one in self.periods(per, value) if one.number == last), None)
            for average in averages:
                if found is None:
                    yield per, value, average, 0, NoNumber("no contract in the period")
                elif average == "median":
                    yield per, value, average, found.sums.n, self._median(last, found.sums.n)
                else:
                    yield per, value, average, found.sums.n, found.average("mean", self.level)

    def vendors(self, value: Value, average: Average, last: int) -> Iterator[tuple[str, int, Confidence | NoNumber]]:
        """Each vendor's contracts in the last period, and their average; those with the most contracts first."""
        self._make_units("contract", value)
        rows = self.connection.execute(
            "SELECT vendor, count(*) AS many, sum(x), sum(x * x) FROM units WHERE period = $last "
            f"GROUP BY vendor ORDER BY many DESC, vendor LIMIT {MOST_VENDORS}",
            {"last": last},
        ).fetchall()
        for vendor, many, total, squares in rows:
            if average == "median":
                yield vendor, many, self._median(last, many, vendor)
            else:
                sums = ClusterSums(many, int(total), many, int(squares), int(total), many)
                yield vendor, many, Contracts(last, sums, None, many, NO_MEDIAN).average("mean", self.level)
