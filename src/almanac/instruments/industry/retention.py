"""Retention: how many of those who begin to pay still do so months later, and how much of their money is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from pydantic import Field

from almanac.datasets.catalog import RATES, TRANSACTIONS
from almanac.datasets.queries import queried
from almanac.datasets.schema import Queryable
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.money import Currency
from almanac.instruments.industry.paid_months import end_of, last_whole_month, month_name
from almanac.instruments.industry.payments import Duplicates, make_payments
from almanac.instruments.industry.retained_money import Resamples, share_left
from almanac.instruments.industry.retention_charts import retention_charts
from almanac.instruments.industry.retention_lives import (
    ALL,
    BASE,
    COHORT,
    VENDOR,
    YEAR,
    Calendar,
    Counts,
    Curve,
    Flow,
    Group,
    Lives,
    Of,
    Paying,
    Reactivation,
)
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber, wilson
from almanac.statistics.cluster_sums import ClusterSums, cluster_share

NAME = "retention"

NOTHING = "no transaction counts"
LEAST_UNITS = 10
"""An interval of money that fewer have paid would say nothing: one large bill decides."""

WHOLE = "the last month with a payment is whole"
NEW = "whoever first pays in the table is new then, and pays by no other means later"
DRAWN = "customers are independent of each other"


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={"transactions": TRANSACTIONS},
    may_read={"rates": RATES},
    queries=("transactions",),
    references=(
        "Fader, P. S. and Hardie, B. G. S. (2001), Forecasting repeat sales at CDNOW: a case study. Interfaces 31(3), "
        "S94-S107.",
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference. J. Am. Stat. "
        "Assoc. 22, 209-212.",
        "Efron, B. (1987), Better bootstrap confidence intervals. J. Am. Stat. Assoc. 82, 171-185.",
        "Farris, P. W., Bendle, N. T., Pfeifer, P. E. and Reibstein, D. J. (2010), Marketing Metrics, 2nd ed. Pearson, "
        "section 5.1.",
    ),
)
def retention(
    tables: Mapping[str, Queryable],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    of: Of = "customer",
    months: Annotated[int, Field(ge=1, le=60)] = 12,
    lapse: Annotated[int, Field(ge=1, le=12)] = 1,
    reactivation: Reactivation = "retained",
    calendar: Calendar = "whole",
    paying: Paying = "net",
    run_in: Annotated[int, Field(ge=0, le=60)] = 0,
    vendors: Sequence[str] = (),
    duplicates: Duplicates = "keep",
    currency: Currency = "USD",
    draws: Annotated[int, Field(ge=100, le=20_000)] = 2000,
) -> Measurement:
    """What share of the customers who begin, and of their money, is still there a year later?

    transactions: `customer`, `vendor`, `date`, `amount`, `currency`, of any size. rates: dated exchange rates.

    of: "customer", whomever it pays, or "subscription": a customer's payments to one vendor. months: after which
    retention is asked for. lapse: months without a payment that make a lapse; 12 where bills are yearly. reactivation:
    whoever comes back after a lapse is "retained" again, "lost" all the same, or a "new" one in a new cohort.
    calendar: "whole" months of the calendar, or months "sliding" from the first payment on. paying: a month is paid in
    which more is paid than paid back ("net"), anything is paid ("gross"), or there is "any" transaction. run_in: months
    at the beginning of the table whose customers are in no cohort, for they may not be new. vendors, duplicates: as in
    adoption. draws: resamples of the bootstrap, from `seed`.

    Estimates, of "all", each year ("2022") and month ("2022-03") in which they began, and "vendor V": cohort_size
    (counted); retention (percent; Wilson; of subscriptions with customers as clusters), and in each month ("all, month
    3"); net_dollar_retention (percent; bootstrap of customers, BCa): with what they added; gross_dollar_retention
    (percent): without. The two of dollars also of "everybody in 2024-06": whoever paid so many months before the last
    month. A cohort that was not watched so long has none.

    Tables: cohorts (each cohort in each month), curves (taken together), dollars (what was added and lost, to the
    cent), definitions (retention under each lapse and reactivation).
    Raises InstrumentError for a lapse that is longer than `months`. Queries its table (docs/decisions/0010).
    docs/theory/retention.md.
    """
    if lapse > months:
        fault = Fault(NAME, None, "parameter lapse", str(lapse), f"at most the {months} months after which is asked")
        raise InstrumentError([fault])
    last = last_whole_month(as_of)
    with queried(tables) as connection:
        account = make_payments(
            connection, tables, currency=currency, as_of=end_of(last), duplicates=duplicates, vendors=vendors
        )
        counts = Lives(connection, of, months, lapse, reactivation, calendar, paying, run_in).counts(last)
    if counts is None or not counts.cohorts:
        names = ("cohort_size", "retention", "net_dollar_retention", "gross_dollar_retention")
        undefined = tuple(Undefined(name, ALL, NOTHING) for name in names)
        return Measurement(account, undefined, {"cohorts": (), "curves": (), "dollars": (), "definitions": ()})
    asked = _Asked(counts, of, months, level, currency, Resamples.drawn(draws, seed or 0))
    cohorts, curves = tuple(asked.cohort_rows()), tuple(asked.curve_rows())
    return Measurement(
        account=_without(account, counts),
        estimates=(*asked.sizes(), *asked.retained(), *asked.by_month(), *asked.dollars()),
        tables={
            "cohorts": cohorts,
            "curves": curves,
            "dollars": tuple(asked.dollar_rows()),
            "definitions": tuple(asked.definition_rows()),
        },
        charts=retention_charts(cohorts, curves, of, months),
    )


def _without(account: Account, counts: Counts) -> Account:
    """The account, less the payments before the first month that is counted."""
    if not counts.early:
        return account
    reason = f"{counts.early:,} transactions skipped: before {counts.months.names[0]}, the first that is counted"
    skipped = account.skipped + counts.early
    return Account(account.rows_in, account.used - counts.early, skipped, account.failed, (*account.reasons, reason))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was counted, and what is asked of it."""

    counts: Counts
    of: Of
    horizon: int
    level: float
    currency: str
    resamples: Resamples

    def groups(self) -> Mapping[Group, Curve]:
        """Cohorts taken together in every way that is shown."""
        zero = np.zeros(self.counts.months.many, dtype=np.int64)
        found: dict[Group, Curve] = defaultdict(lambda: Curve(0, zero, zero))
        for (origin, vendor), curve in self.counts.cohorts.items():
            month = month_name(self.counts.months.first + origin)
            groups = [Group(ALL), Group(YEAR, month[:4]), Group(COHORT, month)]
            if self.of == "subscription":
                groups.append(Group(VENDOR, vendor))
            for group in groups:
                found[group] += curve
        return {group: found[group] for group in sorted(found, key=_in_order)}

    # ---- customers -------------------------------------------------------------------------------------------------

    def sizes(self) -> Iterator[Estimate]:
        for group, curve in self.groups().items():
            yield counted("cohort_size", group.subject, float(curve.size), self.of, curve.size, "began", (NEW,))

    def retained(self) -> Iterator[Estimate | Undefined]:
        for group, curve in self.groups().items():
            found = _percent(self._share(group, curve, self.horizon))
            n = self._watched(curve, self.horizon)
            yield estimated("retention", group.subject, found, "percent", n, self._method(curve), (NEW, WHOLE, DRAWN))

    def by_month(self) -> Iterator[Estimate | Undefined]:
        """Of all cohorts together, in every month after; those of subscriptions stand in the table of curves."""
        curve = self.groups()[Group(ALL)]
        for k in range(1, self.counts.months.many) if self.of == "customer" else ():
            found, n = _percent(self._share(Group(ALL), curve, k)), self._watched(curve, k)
            method = f"{n:,} of {curve.size:,} watched for {k} months; Wilson"
            yield estimated("retention", f"all, month {k}", found, "percent", n, method, (NEW, WHOLE, DRAWN))

    def _watched(self, curve: Curve, k: int) -> int:
        return int(curve.watched[k]) if k < len(curve.watched) else 0

    def _method(self, curve: Curve) -> str:
        n = self._watched(curve, self.horizon)
        interval = "Wilson" if self.of == "customer" else "customers as clusters"
        return f"{n:,} of {curve.size:,} were watched for {self.horizon} months; {interval}"

    def _share(self, group: Group, curve: Curve, k: int) -> Confidence | NoNumber:
        n = self._watched(curve, k)
        if not n:
            return NoNumber(self._too_young(group, k))
        if self.of == "customer" or k != self.horizon:
            return wilson(int(curve.retained[k]), n, self.level)
        clusters = self.counts.clusters[group]
        y, of = (column.astype(object) for column in (clusters.retained, clusters.units))
        sums = ClusterSums(len(y), sum(y), sum(of), sum(y * y), sum(y * of), sum(of * of))
        return cluster_share(sums, self.level)

    def _too_young(self, group: Group, k: int) -> str:
        who = f"the cohort of {group.name} was not" if group.kind == COHORT else "none of these cohorts was"
        return f"{who} watched for {k} months: the last one is {self.counts.months.names[-1]}"

    # ---- dollars ---------------------------------------------------------------------------------------------------

    def dollars(self) -> Iterator[Estimate | Undefined]:
        everybody = [group for group in self.counts.flows if group.kind == BASE]
        for group in (*self.groups(), *everybody):
            flow = self.counts.flows.get(group)
            n = flow.units if flow else 0
            method = f"{n:,} {self.of}s; groups of customers drawn, BCa; {self.currency}"
            for name in ("net", "gross"):
                found = self._dollars(group, flow, name)
                yield estimated(
                    f"{name}_dollar_retention", group.subject, found, "percent", n, method, (NEW, WHOLE, DRAWN)
                )

    def _dollars(self, group: Group, flow: Flow | None, name: str) -> Confidence | NoNumber:
        if flow is None:
            return NoNumber(self._too_young(group, self.horizon))
        if flow.base <= 0:
            return NoNumber("nothing was paid at the beginning: a share of nothing is not a number")
        if flow.units < LEAST_UNITS:
            return NoNumber(f"{flow.units} {self.of}s, and an interval of their money needs {LEAST_UNITS}")
        value = 100 * float((flow.end if name == "net" else flow.kept) / flow.base)
        clusters = self.counts.clusters[group]
        later = clusters.end if name == "net" else clusters.kept
        return share_left(value, clusters.buckets, clusters.base, later, self.resamples, self.level)

    # ---- tables ----------------------------------------------------------------------------------------------------

    def cohort_rows(self) -> Iterator[Row]:
        """Every cohort in every month in which any of it was watched: retained + lapsed = watched."""
        for (origin, vendor), curve in self.counts.cohorts.items():
            named: Row = {"cohort": month_name(self.counts.months.first + origin), "vendor": vendor, "size": curve.size}
            for k in range(self.counts.months.many):
                if curve.watched[k]:
                    yield {**named, **self._curve_cells(curve, k)}

    def curve_rows(self) -> Iterator[Row]:
        """The same of all, of years and of vendors, over the cohorts that were watched so long."""
        for group, curve in self.groups().items():
            if group.kind == COHORT:
                continue
            for k in range(self.counts.months.many):
                if curve.watched[k]:
                    yield {"kind": group.kind, "group": group.name or ALL, **self._curve_cells(curve, k)}

    def _curve_cells(self, curve: Curve, k: int) -> Row:
        watched, retained = int(curve.watched[k]), int(curve.retained[k])
        counts: Row = {"month": k, "watched": watched, "retained": retained, "lapsed": watched - retained}
        return {**counts, **_interval(wilson(retained, watched, self.level))}

    def dollar_rows(self) -> Iterator[Row]:
        for group, flow in sorted(self.counts.flows.items(), key=lambda found: _in_order(found[0])):
            yield {
                "subject": group.subject,
                "currency": self.currency,
                "units": flow.units,
                "base": float(flow.base),
                "expansion": float(flow.expansion),
                "contraction": float(flow.contraction),
                "churn": float(flow.churn),
                "reactivation": float(flow.reactivation),
                "end": float(flow.end),
                "uncounted": float(flow.uncounted),
            }

    def definition_rows(self) -> Iterator[Row]:
        for way in self.counts.definitions:
            cells: Row = {"lapse": way.lapse, "reactivation": way.reactivation, "watched": way.units}
            yield {**cells, "retained": way.retained, **_interval(wilson(way.retained, way.units, self.level))}


def _in_order(group: Group) -> tuple[int, str]:
    return (ALL, YEAR, COHORT, VENDOR, BASE).index(group.kind), group.name


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


def _interval(found: Confidence | NoNumber) -> Row:
    if isinstance(found, NoNumber):
        return {"percent": None, "low": None, "high": None}
    return {"percent": 100 * found.value, "low": 100 * found.low, "high": 100 * found.high}
