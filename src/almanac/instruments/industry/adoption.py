"""Adoption: which share of businesses pay, in which month, sector and size, and whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import CUSTOMERS, RATES, TRANSACTIONS
from almanac.datasets.queries import queried
from almanac.datasets.schema import Queryable
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.adoption_charts import adoption_chart
from almanac.instruments.industry.adoption_counts import (
    ALL,
    VENDOR,
    Counting,
    Counts,
    Denominator,
    Group,
    Refunds,
)
from almanac.instruments.industry.money import Currency
from almanac.instruments.industry.paid_months import end_of, last_whole_month
from almanac.instruments.industry.payments import Duplicates, make_payments
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, wilson
from almanac.statistics.cluster_sums import cluster_ratio, cluster_share

NOTHING = "no transaction counts"

WHOLE = "the last month with a payment is whole"
THE_SAMPLE = "the customers of the table stand for the businesses one asks about; a payment by other means is not seen"
CUSTOMERS_DRAWN = "customers are independent; months of one customer are not, and count as one cluster"

Window = Annotated[int, Field(ge=1, le=12)]


@instrument(
    "adoption",
    version="1.0.0",
    chapter="industry",
    reads={"transactions": TRANSACTIONS, "customers": CUSTOMERS},
    may_read={"rates": RATES},
    queries=("transactions", "customers"),
    references=(
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. J. Am. Stat. "
        "Assoc. 22, 209-212.",
        "Cochran, W. G. (1977), Sampling Techniques, 3rd ed. Wiley, sections 2.11 and 9A.3.",
        "Korn, E. L. and Graubard, B. I. (1998), Confidence intervals for proportions with small expected number of "
        "positive counts estimated from survey data. Surv. Methodol. 24, 193-201.",
        "Bonney, K. et al. (2024), Tracking firm use of AI in real time: a snapshot from the Business Trends and "
        "Outlook Survey. NBER Working Paper 32319.",
    ),
)
def adoption(
    tables: Mapping[str, Queryable],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    vendors: Sequence[str] = (),
    denominator: Denominator = "active",
    window: Window = 1,
    refunds: Refunds = "net",
    least: Annotated[float, Field(ge=0)] = 0.0,
    duplicates: Duplicates = "keep",
    currency: Currency = "USD",
) -> Measurement:
    """What share of businesses pay, by month, sector, size and vendor, and how fast does it grow?

    transactions: `customer`, `vendor`, `date`, `amount`, `currency`, of any size. customers: `customer`, `sector`,
    `size`, `first_seen`, `last_seen`: also those who never pay. rates: dated exchange rates.

    vendors: whom a payment must go to; empty: anybody. denominator: "active": customers who are seen in the month;
    "all": every customer of the table. window: months for which a payment makes a payer (12 where bills are yearly).
    refunds: "net": what is paid back is taken off in its month; "ignored": whoever pays anything is a payer. least: a
    payer pays more than this in a month (`currency`).
    duplicates: "drop" takes rows that are alike in every column for one.

    Estimates: customers, payers ("all", counted) in the last whole month. share (percent, Wilson): of each month
    ("2025-09"), and in the last one of "all", each "sector S", "size S" and "vendor V"; who is of no known sector is in
    the sector "unknown". quarterly_share (percent): of customer-months in a quarter ("2025-Q3"; in the last one also
    of groups, "sector S in 2025-Q3"), customers as clusters. quarterly_growth (percent): over the quarter before.
    several_vendors (percent): of the payers, who pay more than one vendor in the last month. overlap ("A, also B"): of
    A's payers, who pay B as well.

    Tables: months, quarters, overlaps, definitions (the last month's share under each definition). Nothing is drawn at
    random; seed is recorded. Queries its tables (docs/decisions/0010). docs/theory/adoption.md.
    """
    last = last_whole_month(as_of)
    with queried(tables) as connection:
        account = make_payments(
            connection, tables, currency=currency, as_of=end_of(last), duplicates=duplicates, vendors=vendors
        )
        ((members,),) = connection.execute("SELECT count(*) FROM customers").fetchall()
        counts = Counting(connection, denominator, refunds, window, least).counts(last)
    if counts is None:
        names = ("customers", "payers", "share", "quarterly_share", "quarterly_growth", "several_vendors")
        undefined = tuple(Undefined(name, ALL, NOTHING) for name in names)
        tables_of = {"months": (), "quarters": (), "overlaps": (), "definitions": ()}
        return Measurement(_with_customers(account, members), undefined, tables_of)
    found = (
        *_last_month(counts, level),
        *_monthly(counts, level),
        *_quarterly(counts, level),
        *_overlaps(counts, level),
    )
    months = tuple(_month_rows(counts, level))
    return Measurement(
        account=_with_customers(_without(account, counts), members),
        estimates=found,
        tables={
            "months": months,
            "quarters": tuple(_quarter_rows(counts, level)),
            "overlaps": tuple(_overlap_rows(counts)),
            "definitions": tuple(_definition_rows(counts, level)),
        },
        charts=adoption_chart(months),
    )


# ---- the account -------------------------------------------------------------------------------------------------


def _without(account: Account, counts: Counts) -> Account:
    """The account, less the payments that no denominator holds."""
    unlisted, rows = counts.unlisted
    lost = (
        (rows, f"{rows:,} transactions skipped: of {unlisted:,} customers who are not in the table customers"),
        (counts.unseen, f"{counts.unseen:,} transactions skipped: in months in which the customer is not seen"),
        (
            counts.early,
            f"{counts.early:,} transactions skipped: before {counts.months.names[0]}, the first that is counted",
        ),
    )
    more = sum(many for many, _ in lost)
    reasons = (*account.reasons, *(words for many, words in lost if many))
    return Account(account.rows_in, account.used - more, account.skipped + more, account.failed, reasons)


def _with_customers(account: Account, members: int) -> Account:
    return Account(account.rows_in + members, account.used + members, account.skipped, account.failed, account.reasons)


# ---- estimates ---------------------------------------------------------------------------------------------------


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


def _parts(counts: Counts) -> Iterator[tuple[Group, Group]]:
    """Each group of payers, and the customers that could be in it: of a vendor, all."""
    for group in counts.customers:
        yield group, group
    for group in counts.payers:
        if group.kind == VENDOR:
            yield group, Group(ALL)


def _of(counts: Counts, group: Group, month: int) -> int:
    return int(counts.payers[group][month]) if group in counts.payers else 0


def _share(name: str, subject: str, payers: int, customers: int, month: str, level: float) -> Estimate | Undefined:
    method = f"{payers:,} payers of {customers:,} customers in {month}; Wilson"
    found = _percent(wilson(payers, customers, level))
    return estimated(name, subject, found, "percent", customers, method, (THE_SAMPLE, WHOLE))


def _last_month(counts: Counts, level: float) -> Iterator[Estimate | Undefined]:
    last, month = counts.months.many - 1, counts.months.names[-1]
    customers, payers = int(counts.customers[Group(ALL)][last]), _of(counts, Group(ALL), last)
    yield counted("customers", ALL, float(customers), "customer", customers, f"seen in {month}", (WHOLE,))
    yield counted("payers", ALL, float(payers), "customer", customers, f"paying in {month}", (WHOLE,))
    for group, whole in _parts(counts):
        of = int(counts.customers[whole][last])
        yield _share("share", group.subject, _of(counts, group, last), of, month, level)


def _monthly(counts: Counts, level: float) -> Iterator[Estimate | Undefined]:
    for i, month in enumerate(counts.months.names):
        of = int(counts.customers[Group(ALL)][i])
        yield _share("share", month, _of(counts, Group(ALL), i), of, month, level)


def _quarterly(counts: Counts, level: float) -> Iterator[Estimate | Undefined]:
    about = (THE_SAMPLE, CUSTOMERS_DRAWN)
    for group, quarters in counts.quarters.items():
        for at, quarter in enumerate(quarters):
            if group.kind != ALL and at < len(quarters) - 1:
                continue
            subject = quarter.name if group.kind == ALL else f"{group.subject} in {quarter.name}"
            share = _percent(cluster_share(quarter.sums, level)) if quarter.sums.n else NoNumber("no customer is seen")
            method = "share of customer-months; ratio of sums, customers as clusters"
            n = quarter.sums.clusters
            yield estimated("quarterly_share", subject, share, "percent", n, method, about)
            if quarter.cross is None:
                continue
            ratio = cluster_ratio(quarter.sums, quarters[at - 1].sums, quarter.cross, quarter.clusters, level)
            growth = ratio if isinstance(ratio, NoNumber) else ratio.scaled(100).shifted(-100)
            method = f"share in {quarter.name} over that in {quarters[at - 1].name}; customers in both are one cluster"
            yield estimated("quarterly_growth", subject, growth, "percent", quarter.clusters, method, about)


def _overlaps(counts: Counts, level: float) -> Iterator[Estimate | Undefined]:
    month, last = counts.months.names[-1], counts.months.many - 1
    payers = sum(counts.vendors_paid.values())
    several = payers - counts.vendors_paid.get(1, 0)
    yield _share("several_vendors", ALL, several, payers, month, level)
    for (a, b), both in counts.together.items():
        for vendor, other in ((a, b), (b, a)):
            of = _of(counts, Group(VENDOR, vendor), last)
            yield _share("overlap", f"{vendor}, also {other}", both, of, month, level)


# ---- tables ------------------------------------------------------------------------------------------------------


def _interval(found: Confidence | NoNumber) -> Row:
    if isinstance(found, NoNumber):
        return {"percent": None, "low": None, "high": None}
    return {"percent": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high}


def _month_rows(counts: Counts, level: float) -> Iterator[Row]:
    for group, whole in _parts(counts):
        for i, month in enumerate(counts.months.names):
            payers, customers = _of(counts, group, i), int(counts.customers[whole][i])
            cells: Row = {"month": month, "kind": group.kind, "group": group.name or ALL, "payers": payers}
            yield {**cells, "customers": customers, **_interval(wilson(payers, customers, level))}


def _quarter_rows(counts: Counts, level: float) -> Iterator[Row]:
    for group, quarters in counts.quarters.items():
        for quarter in quarters:
            sums = quarter.sums
            found = cluster_share(sums, level) if sums.n else NoNumber("no customer is seen")
            cells: Row = {
                "quarter": quarter.name,
                "kind": group.kind,
                "group": group.name or ALL,
                "paid_months": sums.y,
            }
            yield {**cells, "customer_months": sums.n, "customers": sums.clusters, **_interval(found)}


def _overlap_rows(counts: Counts) -> Iterator[Row]:
    last = counts.months.many - 1
    for (a, b), both in counts.together.items():
        first, second = (_of(counts, Group(VENDOR, vendor), last) for vendor in (a, b))
        yield {"vendor": a, "other": b, "payers": first, "payers_of_other": second, "both": both}


def _definition_rows(counts: Counts, level: float) -> Iterator[Row]:
    for way in counts.definitions:
        cells: Row = {"denominator": way.denominator, "refunds": way.refunds, "window": way.window}
        found = wilson(way.payers, way.customers, level)
        yield {**cells, "payers": way.payers, "customers": way.customers, **_interval(found)}
