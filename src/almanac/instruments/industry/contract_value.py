"""Contract value: what the average customer or contract is worth in a year, how that grows, and where it is heading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import RATES, TRANSACTIONS
from almanac.datasets.queries import queried
from almanac.datasets.schema import Queryable
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.contract_charts import contract_chart
from almanac.instruments.industry.contract_sums import (
    Average,
    Contracts,
    Per,
    Period,
    Summing,
    Value,
    end_of_period,
    last_whole_period,
    period_name,
)
from almanac.instruments.industry.money import Currency
from almanac.instruments.industry.payments import Duplicates, make_payments
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, wilson
from almanac.statistics.backtest import Backtest, drift_ahead, drift_backtest
from almanac.statistics.cluster_sums import cluster_ratio
from almanac.statistics.mover import ratio_of_intervals

NAMES = ("contract_value", "contracts", "growth", "projection", "backtest_coverage", "backtest_error")

NOT_IN_TIME = NoNumber("no interval could be made in time: that takes 3 errors known by then")

CUSTOMERS_DRAWN = "customers are independent; contracts and periods of one customer are not, and count as one cluster"
ALONE = "contracts are independent, and the two periods are treated as if they were"
AS_BEFORE = "the logarithm goes on growing at its mean rate so far, with errors as before"


@dataclass(frozen=True, slots=True)
class Asked:
    """The definition that was asked for."""

    per: Per
    value: Value
    average: Average
    period: Period
    currency: str
    level: float

    @property
    def words(self) -> str:
        return f"{self.average} per {self.per}, {self.value}"


@instrument(
    "contract-value",
    version="1.0.0",
    chapter="industry",
    reads={"transactions": TRANSACTIONS},
    may_read={"rates": RATES},
    queries=("transactions",),
    references=(
        "Cochran, W. G. (1977), Sampling Techniques, 3rd ed. Wiley, sections 2.11 and 9A.3.",
        "Conover, W. J. (1999), Practical Nonparametric Statistics, 3rd ed. Wiley, section 3.2.",
        "Zou, G. Y. and Donner, A. (2008), Construction of confidence limits about effect measures: a general "
        "approach. Stat. Med. 27, 1693-1702.",
        "Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: Principles and Practice, 3rd ed. OTexts, sections "
        "5.2 and 5.10.",
    ),
)
def contract_value(
    tables: Mapping[str, Queryable],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    per: Per = "customer",
    value: Value = "billed",
    average: Average = "mean",
    period: Period = "year",
    ahead: Annotated[int, Field(ge=1, le=12)] = 1,
    vendors: Sequence[str] = (),
    duplicates: Duplicates = "keep",
    currency: Currency = "USD",
) -> Measurement:
    """What is the average contract worth, how does it grow, and where is it heading?

    transactions: `customer`, `vendor`, `date`, `amount`, `currency`, of any size. rates: dated exchange rates.

    per: "customer": all that a customer pays; "contract": what it pays one vendor. value: "billed": what is billed in
    the period, less what is paid back; "annualised": the same by the months with a bill, times 12, for bills that come
    every month. average: "mean" or "median". period: "year" or "quarter"; only whole ones count. ahead: periods after
    the last that the projection is of. vendors: whom a payment must go to; empty: anybody. duplicates: "drop" takes
    rows that are alike in every column for one.

    Estimates: contract_value ("2024", `currency`) of each period, and of the last "vendor V in 2024" (per contract).
    contracts ("2024", counted): units with a bill above 0. growth ("2024", percent): over the period before; a first
    period that the table does not hold from its first month on has none. projection ("2025", `currency`): a random
    walk with drift on the logarithm, its interval from forecasts tried on the past. backtest_coverage ("all",
    percent): of the intervals that could be tried, which held what came; backtest_error ("all", ratio): by what factor
    a tried forecast is off.

    Tables: periods, definitions (the last period under each definition). Nothing is drawn at random; seed is recorded.
    Queries its tables (docs/decisions/0010). docs/theory/contract-value.md.
    """
    asked = Asked(per, value, average, period, currency, level)
    until = end_of_period(period, last_whole_period(period, as_of))
    with queried(tables) as connection:
        account = make_payments(
            connection, tables, currency=currency, as_of=until, duplicates=duplicates, vendors=vendors
        )
        summing = Summing(connection, period, level)
        span = summing.make_contracts()
        if span is None:
            return _nothing(account)
        account = _without_unpaid(account, summing, per)
        periods = summing.periods(per, value, medians=average == "median")
        by_vendor = list(summing.vendors(value, average, span[1]))
        definitions = tuple(_definition_rows(summing, asked, span[1]))
    if not periods:
        return _nothing(account)
    first_is_whole = span[2] or periods[0].number > span[0]
    rows = tuple(_period_rows(periods, asked))
    projected = _projection(periods if first_is_whole else periods[1:], asked, ahead)
    found = (
        *_values(periods, asked),
        *_of_vendors(by_vendor, span[1], asked),
        *_growth(periods, asked, first_is_whole),
        *projected,
    )
    return Measurement(
        account=account,
        estimates=found,
        tables={"periods": rows, "definitions": definitions},
        charts=contract_chart(rows, projected, currency, asked.words),
    )


# ---- the account -------------------------------------------------------------------------------------------------


def _nothing(account: Account) -> Measurement:
    reason = "no transaction counts in a whole period"
    undefined = tuple(Undefined(name, "all", reason) for name in NAMES)
    return Measurement(account, undefined, {"periods": (), "definitions": ()})


def _without_unpaid(account: Account, summing: Summing, per: Per) -> Account:
    """The account, less the rows of what was paid back whole: nobody is a customer for nothing."""
    many, rows = summing.unpaid(per)
    if not many:
        return account
    reason = f"{rows:,} transactions skipped: of {many:,} {per}s of a period whose sum is not above 0"
    return Account(
        account.rows_in, account.used - rows, account.skipped + rows, account.failed, (*account.reasons, reason)
    )


# ---- estimates ---------------------------------------------------------------------------------------------------


def _method(asked: Asked) -> str:
    interval = "order statistics" if asked.average == "median" else "logarithm, customers as clusters"
    return f"{asked.words}; {interval}"


def _values(periods: Sequence[Contracts], asked: Asked) -> Iterator[Estimate | Undefined]:
    about = (CUSTOMERS_DRAWN,) if asked.average == "mean" else (ALONE,)
    for one in periods:
        name = period_name(asked.period, one.number)
        found = one.average(asked.average, asked.level)
        yield counted("contracts", name, float(one.sums.n), "customer", one.sums.n, f"billed in {name}")
        yield estimated("contract_value", name, found, asked.currency, one.sums.n, _method(asked), about)


def _of_vendors(
    found: Sequence[tuple[str, int, Confidence | NoNumber]], last: int, asked: Asked
) -> Iterator[Estimate | Undefined]:
    method = f"{asked.average} per contract, {asked.value}"
    for vendor, many, average in found:
        subject = f"vendor {vendor} in {period_name(asked.period, last)}"
        yield estimated("contract_value", subject, average, asked.currency, many, method, (CUSTOMERS_DRAWN,))


def _growth(periods: Sequence[Contracts], asked: Asked, first_is_whole: bool) -> Iterator[Estimate | Undefined]:
    by_number = {one.number: one for one in periods}
    for place, one in enumerate(periods):
        subject = period_name(asked.period, one.number)
        before = by_number.get(one.number - 1)
        ratio = _ratio(one, before, asked)
        if place == 1 and not first_is_whole:
            ratio = NoNumber("the table begins within the period before")
        growth = ratio if isinstance(ratio, NoNumber) else ratio.scaled(100).shifted(-100)
        method = f"{asked.words}, over the period before"
        about = (CUSTOMERS_DRAWN,) if asked.average == "mean" else (ALONE,)
        yield estimated("growth", subject, growth, "percent", one.clusters, method, about)


def _ratio(one: Contracts, before: Contracts | None, asked: Asked) -> Confidence | NoNumber:
    if before is None or one.cross is None:
        return NoNumber("no contract in the period before")
    if asked.average == "mean":
        return cluster_ratio(one.sums, before.sums, one.cross, one.clusters, asked.level)
    for found in (one.median, before.median):
        if isinstance(found, NoNumber):
            return found
    if isinstance(one.median, Confidence) and isinstance(before.median, Confidence):
        return ratio_of_intervals(one.median, before.median)
    return NoNumber("no median")


def _projection(periods: Sequence[Contracts], asked: Asked, ahead: int) -> tuple[Estimate | Undefined, ...]:
    series = [one.average(asked.average, asked.level) for one in periods]
    values = [found.value for found in series if isinstance(found, Confidence)]
    gap = len(values) < len(series) or (periods and periods[-1].number - periods[0].number + 1 > len(periods))
    subject = period_name(asked.period, periods[-1].number + ahead) if periods else "all"
    if gap or not values:
        tested: Backtest | NoNumber = NoNumber("a period without a number lies between the others")
        forecast: Confidence | NoNumber = tested if isinstance(tested, NoNumber) else NoNumber("")
    else:
        tested, forecast = drift_backtest(values, ahead, asked.level), drift_ahead(values, ahead, asked.level)
    n = len(values)
    method = f"{asked.words}; random walk with drift, {ahead} ahead, over {n} periods; errors of tried forecasts"
    projection = estimated("projection", subject, forecast, asked.currency, n, method, (AS_BEFORE,))
    if isinstance(tested, NoNumber):
        return projection, *(Undefined(name, "all", tested.reason) for name in NAMES[4:])
    held = wilson(tested.held, tested.tried, asked.level) if tested.tried else NOT_IN_TIME
    share = held if isinstance(held, NoNumber) else held.scaled(100)
    tried = f"{tested.held} of {tested.tried} intervals, each from what was known at its time, held what came; Wilson"
    return (
        projection,
        estimated("backtest_coverage", "all", share, "percent", tested.tried, tried, (AS_BEFORE,)),
        counted("backtest_error", "all", tested.typical_factor, "ratio", len(tested.errors),
                "exp of the root mean square of the logarithm of true over forecast", (AS_BEFORE,)),
    )  # fmt: skip


# ---- tables ------------------------------------------------------------------------------------------------------


def _interval(found: Confidence | NoNumber) -> Row:
    if isinstance(found, NoNumber):
        return {"value": None, "low": None, "high": None}
    return {"value": found.value, "low": found.low, "high": found.high}


def _period_rows(periods: Sequence[Contracts], asked: Asked) -> Iterator[Row]:
    for one in periods:
        cells: Row = {"period": period_name(asked.period, one.number), "customers": one.sums.clusters}
        yield {**cells, "contracts": one.sums.n, **_interval(one.average(asked.average, asked.level))}


def _definition_rows(summing: Summing, asked: Asked, last: int) -> Iterator[Row]:
    for per, value, average, many, found in summing.definitions(last):
        cells: Row = {"period": period_name(asked.period, last), "per": per, "value_is": value, "average": average}
        yield {**cells, "contracts": many, **_interval(found)}
