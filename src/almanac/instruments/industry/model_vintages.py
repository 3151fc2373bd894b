"""Model vintages: what each generation of models earns back, and why a company of profitable generations may lose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from almanac.chart import Chart
from almanac.datasets.catalog import COMPUTE_SPEND, MODEL_LEDGER, RATES, REVENUE
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.compute_spend import read_spending, spending_estimates, spending_rows
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.industry.vintage_charts import layer_chart, year_chart
from almanac.instruments.industry.vintage_ledger import (
    COMPANY,
    EARNED,
    INFERENCE,
    TRAINING,
    Ledger,
    Vintage,
    amortised,
    cash,
    cash_without_next,
    mean_profile,
    month_name,
    year_sums,
)
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, log_line
from almanac.statistics.cashflow import break_even_growth, payback, present_value
from almanac.statistics.survival import median_time

NAME = "model-vintages"
YEAR_DAYS, MONTH_DAYS = 365.25, 30.4375

ALLOCATED = "revenue and cost belong to the vintage that the ledger names; what is shared is of none"
SO_FAR = "what a vintage will still earn is not in it"
REPEATED = "vintages repeat one another but for their size, which grows by the same factor every year, for ever"
PROFILE_KEPT = "each vintage earns the same multiple of its training cost as it did, at the same ages"


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={},
    may_read={"ledger": MODEL_LEDGER, "spend": COMPUTE_SPEND, "revenue": REVENUE, "rates": RATES},
    references=(
        "Fisher, I. (1930), The Theory of Interest. Macmillan.",
        "Lotka, A. J. (1939), A contribution to the theory of self-renewing aggregates. Ann. Math. Stat. 10, 1-25.",
        "Brealey, R. A., Myers, S. C. and Allen, F. (2020), Principles of Corporate Finance, 13th ed. McGraw-Hill, "
        "chapter 5 (payback, internal rate of return).",
        "Brookmeyer, R. and Crowley, J. (1982), A confidence interval for the median survival time. Biometrics 38, "
        "29-41.",
    ),
)
def model_vintages(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    currency: Currency = "USD",
    discount: Annotated[float, Field(gt=-1, le=10)] = 0.0,
    life: Annotated[int, Field(ge=1, le=240)] = 24,
    near: Annotated[int, Field(ge=0, le=180)] = 7,
) -> Measurement:
    """What does each generation of models earn back, and why may a company of profitable generations lose?

    ledger: what each `vintage` earned (`revenue`) and cost (`training`, `inference`, other lines) each `month`; without
    vintage it is of the whole company, and stays apart. spend: yearly compute of companies by what it `covers`, and
    revenue: their reports of it. rates: for amounts in another currency than `currency`.

    discount: yearly rate of vintage_value and payback. life: months over which training is written off, as the second
    definition of profit. near: days from a year's end within which a report of revenue is of that year.

    Estimates of the ledger, amounts in `currency`, counted: vintage_profit, vintage_value, inference_margin (percent)
    ("vintage V"). payback ("vintage V", month since its first entry): bounds of the month in which it was earned back;
    none while it is not. median_payback ("all vintages", month): Turnbull's, with those not yet paid back as censored.
    profitable_vintages ("all vintages", model). company_profit ("2024, training expensed", "2024, training over 24
    months", "all years, training expensed"). profit_without_next ("2024"): without vintages that earn nothing yet.
    unallocated ("all years"). training_growth ("all vintages", ratio): yearly factor, least squares. break_even_growth
    ("vintage V", "all vintages", "as tabled", ratio): the yearly factor of training cost at which a company of such
    vintages turns from taking in to paying out.
    Estimates of spend and revenue, bounds: compute_margin ("OpenAI 2024", percent), before_training, after_training
    (`currency`), inference_share (percent), training_spend_growth (ratio).

    Tables: vintages, profit_and_loss, cash, spending. Nothing is drawn at random; seed is recorded and changes nothing.
    Raises InstrumentError without ledger and spend. docs/theory/model-vintages.md.
    """
    if not {"ledger", "spend"} & tables.keys():
        fault = Fault(NAME, None, "tables", ", ".join(tables) or "no tables", "a table ledger, or spend, or both")
        raise InstrumentError([fault])
    rates = Rates.of(tables.get("rates"))
    found: list[Estimate | Undefined] = []
    accounts: list[Account] = []
    rows: dict[str, tuple[Row, ...]] = {}
    charts: tuple[Chart, ...] = ()
    if "ledger" in tables:
        ledger, account = Ledger.of(tables["ledger"], rates, currency, as_of)
        accounts.append(account)
        found += [*_vintages(ledger, currency, discount, level), *_company(ledger, currency, life)]
        found += _growth(ledger, level)
        rows = {
            "vintages": tuple(_vintage_row(ledger, vintage, currency, discount) for vintage in ledger.vintages),
            "profit_and_loss": tuple(_year_row(ledger, year, currency, life) for year in ledger.years)
            if account.used
            else (),
            "cash": tuple(_cash_rows(ledger)),
        }
        charts = (*layer_chart(rows["cash"], found, currency), *year_chart(rows["profit_and_loss"], found, currency))
    if "spend" in tables:
        spending, account = read_spending(tables["spend"], tables.get("revenue"), rates, currency, as_of, near)
        accounts.append(account)
        found += spending_estimates(spending, currency)
        rows["spending"] = tuple(spending_rows(spending, currency))
    return Measurement(_together(accounts), tuple(found), rows, charts)


def _together(accounts: Sequence[Account]) -> Account:
    return Account(
        sum(account.rows_in for account in accounts),
        sum(account.used for account in accounts),
        sum(account.skipped for account in accounts),
        sum(account.failed for account in accounts),
        tuple(reason for account in accounts for reason in account.reasons),
    )


# ---- vintages ------------------------------------------------------------------------------------------------------


def _vintages(ledger: Ledger, currency: str, discount: float, level: float) -> Iterator[Estimate | Undefined]:
    about = (ALLOCATED, SO_FAR)
    for vintage in ledger.vintages:
        subject, n = f"vintage {vintage.name}", len(vintage.entries)
        if vintage.name in ledger.unknown:
            names = ("vintage_profit", "vintage_value", "inference_margin", "payback", "break_even_growth")
            yield from (Undefined(name, subject, "an amount of it is not known") for name in names)
            continue
        until = month_name(ledger.until)
        yield counted("vintage_profit", subject, vintage.profit, currency, n, f"earned less spent up to {until}", about)
        value = present_value(vintage.flows, np.arange(len(vintage.flows)) / 12, discount)
        method = f"at {100 * discount:.10g}% a year, in its first month {month_name(vintage.first)}"
        yield counted("vintage_value", subject, value, currency, n, method, about)
        yield _inference_margin(vintage, subject)
        method = f"months from {month_name(vintage.first)} until cash is earned back, at {100 * discount:.10g}% a year"
        yield estimated("payback", subject, _payback(vintage, discount), "month", n, method, about)
        growth = break_even_growth(vintage.flows, np.arange(len(vintage.flows)) / 12)
        method = "1 + internal rate of return of its cash"
        yield _number("break_even_growth", subject, growth, "ratio", n, method, (*about, REPEATED))
    whole = [vintage for vintage in ledger.vintages if vintage.name not in ledger.unknown]
    profitable = sum(vintage.profit > 0 for vintage in whole)
    method = f"vintages that have earned more than they cost, of {len(whole)}"
    yield counted("profitable_vintages", "all vintages", float(profitable), "model", len(whole), method, about)
    if not whole:
        yield Undefined("median_payback", "all vintages", "no vintage of which all is known")
        return
    times = [_payback(vintage, discount) for vintage in whole]
    low = [
        found.low if isinstance(found, Confidence) else float(len(v.flows))
        for v, found in zip(whole, times, strict=True)
    ]
    high = [found.high if isinstance(found, Confidence) else math.inf for found in times]
    method = "median of the months to payback; those not paid back are censored; Brookmeyer and Crowley"
    median = median_time(low, high, level)
    yield estimated("median_payback", "all vintages", median, "month", len(whole), method, about)


def _inference_margin(vintage: Vintage, subject: str) -> Estimate | Undefined:
    earned = vintage.total(EARNED)
    if not earned > 0:
        return Undefined("inference_margin", subject, "it has earned nothing yet")
    share = 100 * (1 - vintage.total(INFERENCE) / earned)
    n = sum(entry.line in (EARNED, INFERENCE) for entry in vintage.entries)
    return counted("inference_margin", subject, share, "percent", n, "1 - inference / revenue", (ALLOCATED,))


def _payback(vintage: Vintage, discount: float) -> Confidence | NoNumber:
    ages = np.arange(len(vintage.flows)) / 12
    return payback(vintage.flows * (1 + discount) ** -ages)


def _number(
    name: str, subject: str, found: float | NoNumber, unit: str, n: int, method: str, about: tuple[str, ...]
) -> Estimate | Undefined:
    if isinstance(found, NoNumber):
        return Undefined(name, subject, found.reason)
    return counted(name, subject, found, unit, n, method, about)


# ---- the company ---------------------------------------------------------------------------------------------------


def _company(ledger: Ledger, currency: str, life: int) -> Iterator[Estimate | Undefined]:
    entries = list(ledger.entries)
    if not entries:
        yield Undefined("company_profit", "all years, training expensed", "no amount is known")
        return
    for year in ledger.years:
        n = sum(entry.month // 12 == year for entry in entries)
        for subject, profit in (
            (f"{year}, training expensed", cash(ledger, year)),
            (f"{year}, training over {life} months", amortised(ledger, year, life)),
        ):
            if ledger.lacks(year):
                yield Undefined("company_profit", subject, "an amount of that year is not known")
            else:
                yield counted(
                    "company_profit", subject, profit, currency, n, "earned less spent, unallocated costs too"
                )
        if ledger.lacks(year):
            yield Undefined("profit_without_next", str(year), "an amount of that year is not known")
        else:
            method = "as training is expensed, without vintages that had earned nothing by the end of the year"
            yield counted(
                "profit_without_next", str(year), cash_without_next(ledger, year), currency, n, method, (ALLOCATED,)
            )
    whole = math.fsum(entry.cash for entry in entries)
    if ledger.unknown:
        yield Undefined("company_profit", "all years, training expensed", "an amount is not known")
    else:
        yield counted(
            "company_profit", "all years, training expensed", whole, currency, len(entries), "earned less spent"
        )
    if COMPANY in ledger.unknown:
        yield Undefined("unallocated", "all years", "an amount of it is not known")
    else:
        spent = -math.fsum(entry.cash for entry in ledger.company)
        method = "spent less earned by the whole company, of no vintage"
        yield counted("unallocated", "all years", spent, currency, len(ledger.company), method)


# ---- growth --------------------------------------------------------------------------------------------------------


def _growth(ledger: Ledger, level: float) -> Iterator[Estimate | Undefined]:
    trained = [v for v in ledger.vintages if v.total(TRAINING) > 0 and v.name not in ledger.unknown]
    n = len(trained)
    days = [MONTH_DAYS * vintage.first for vintage in trained]
    line = log_line(days, [vintage.total(TRAINING) for vintage in trained], level=level)
    method = "least squares of log training cost on the vintage's first month; Student's t"
    growth = line if isinstance(line, NoNumber) else _yearly(line.slope)
    yield estimated("training_growth", "all vintages", growth, "ratio", n, method, (ALLOCATED,))
    profile = mean_profile(trained)
    found = (
        break_even_growth(profile, np.arange(len(profile)) / 12) if n else NoNumber("no vintage has a training cost")
    )
    method = "1 + internal rate of return of the mean profile: cash by age over training cost, of vintages so old"
    yield _number("break_even_growth", "all vintages", found, "ratio", n, method, (ALLOCATED, REPEATED))
    method = "cash of the newest vintage's first 12 months is 0 if these training costs grow evenly from the first"
    yield _number(
        "break_even_growth",
        "as tabled",
        _as_tabled(trained),
        "ratio",
        n,
        method,
        (ALLOCATED, PROFILE_KEPT),
    )


def _yearly(slope: Confidence) -> Confidence:
    value, low, high = (2 ** (YEAR_DAYS * end) for end in (slope.value, slope.low, slope.high))
    return Confidence(value, low, high, slope.level)


def _as_tabled(trained: Sequence[Vintage]) -> float | NoNumber:
    """Each vintage's cash in the year that begins with the newest, over its training cost, as a flow at the time it
    began: the company's cash is their sum, weighted with the growth since then. Such a weight is a present value.
    """
    if len(trained) < 2:
        return NoNumber(f"{len(trained)} vintages with a training cost, and growth needs 2")
    newest = trained[-1].first
    flows = [float(v.flows[newest - v.first : newest - v.first + 12].sum()) / v.total(TRAINING) for v in trained]
    years = np.array([(newest - vintage.first) / 12 for vintage in trained])
    return break_even_growth(np.array(flows), years) if years.any() else NoNumber("all vintages began in one month")


# ---- tables --------------------------------------------------------------------------------------------------------


def _vintage_row(ledger: Ledger, vintage: Vintage, currency: str, discount: float) -> Row:
    paid = _payback(vintage, discount)
    known = vintage.name not in ledger.unknown
    lines = {
        line: round(vintage.total(line), 2) for line in (EARNED, INFERENCE, TRAINING, "research", "staff", "other")
    }
    return {
        "vintage": vintage.name, "first_month": month_name(vintage.first),
        "released": None if vintage.released is None else month_name(vintage.released), "currency": currency,
        **lines, "profit": round(vintage.profit, 2), "all_known": known,
        "payback_months": paid.value if isinstance(paid, Confidence) and known else None,
        "not_paid_back_after": len(vintage.flows) if isinstance(paid, NoNumber) and known else None,
    }  # fmt: skip


def _year_row(ledger: Ledger, year: int, currency: str, life: int) -> Row:
    return {
        "year": year, "currency": currency,
        **{line: round(amount, 2) for line, amount in year_sums(ledger, year).items()},
        "profit_training_expensed": round(cash(ledger, year), 2),
        "profit_training_amortised": round(amortised(ledger, year, life), 2),
        "profit_without_next": round(cash_without_next(ledger, year), 2), "all_known": not ledger.lacks(year),
    }  # fmt: skip


def _cash_rows(ledger: Ledger) -> Iterator[Row]:
    """Cash of each vintage, and of none, in each year: a layer each."""
    layers = {vintage.name: vintage.entries for vintage in ledger.vintages}
    layers |= {"unallocated": ledger.company} if ledger.company else {}
    for name, entries in layers.items():
        for year in sorted({entry.month // 12 for entry in entries}):
            amount = math.fsum(entry.cash for entry in entries if entry.month // 12 == year)
            yield {"vintage": name, "year": year, "cash": round(amount, 2)}
