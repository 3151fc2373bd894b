"""Revenue of companies, alone and together: how high, how fast it grows, and what the definition does to both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from almanac.datasets.catalog import COMPANIES, RATES, REVENUE
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.industry.revenue_charts import growth_chart, league_chart
from almanac.instruments.industry.revenue_definitions import definition_rows, pair_rows
from almanac.instruments.industry.revenue_levels import Level, Path, Rules, level_on, line_factor, year_revenue, yearly
from almanac.instruments.industry.revenue_reports import (
    Basis,
    SameDay,
    Series,
    Tally,
    read_companies,
    read_reports,
    report_rows,
    series_of,
)
from almanac.instruments.industry.revenue_sums import (
    ALL,
    COMPARABLE,
    WANDERS,
    cohorts_of,
    comparisons,
    members_on,
    quarter_rows,
    ranks,
    sums,
    typical,
)
from almanac.instruments.instrument import Level as Confident
from almanac.instruments.instrument import Measurement, Row, instrument
from almanac.statistics import Confidence, NoNumber
from almanac.statistics.trend import reciprocal

SEED = 0
"""The seed where none is given; the method of every drawn interval names its seed."""

Day = Annotated[str, Field(pattern=r"^([12][0-9]{3}-[01][0-9]-[0-3][0-9])?$")]

INDEPENDENT = "reports lie around one line independently: what firms earn does not, so the interval is too narrow"


@instrument(
    "revenue-cohort",
    version="1.0.0",
    chapter="industry",
    reads={"revenue": REVENUE},
    may_read={"companies": COMPANIES, "rates": RATES},
    references=(
        "Harvey, A. C. (1989), Forecasting, Structural Time Series Models and the Kalman Filter. Cambridge University "
        "Press, sections 2.3 and 4.3.",
        "Harville, D. A. (1974), Bayesian inference for variance components using only error contrasts. Biometrika 61, "
        "383-385.",
        "Klein, M., Wright, T. and Wieczorek, J. (2020), A joint confidence region for an overall ranking of "
        "populations. J. R. Stat. Soc. C 69, 589-606.",
        "Welch, B. L. (1947), The generalization of Student's problem when several different population variances are "
        "involved. Biometrika 34, 28-35.",
    ),
)
def revenue_cohort(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Confident = 0.95,
    on: Day = "",
    currency: Currency = "USD",
    bases: Sequence[Basis] = (),
    same_day: SameDay = "both",
    outliers: Literal["aside", "kept"] = "aside",
    fall: Annotated[float, Field(gt=1, le=1000)] = 2.0,
    carry_days: Annotated[int, Field(ge=0, le=3660)] = 0,
    stale_days: Annotated[int, Field(ge=0, le=3660)] = 366,
    draws: Annotated[int, Field(ge=100, le=100_000)] = 10_000,
) -> Measurement:
    """What do companies earn a year, how fast does that grow, and what do they earn together?

    revenue: reports of `company`, `date`, `amount` a year in `currency`, perhaps `basis` (run-rate, ARR, calendar or
    fiscal; empty: unstated) and `product` (such a report is left out). companies: `founded`, `cohort`, `exit` of
    each; one without reports is a company of unknown revenue. rates: docs/theory/money.md.

    on: the day of levels and sums, `as_of` unless given; reports up to `as_of` are known. currency: of the results.
    bases: those to take together as one; empty: each basis apart. same_day: which of several values for one day count.
    outliers: whether estimates rest on reports that a company's others contradict; fall: by what revenue never falls
    from one report to the next. carry_days: how long a report holds of a company with too few for a trend; stale_days:
    after how many days without a report nothing is known. draws: of each company's level, for sums.

    Estimates. Of a company ("OpenAI", or "OpenAI, ARR" where a basis is stated): reports (report, counted). last_report
    (USD/year, counted). level (USD/year): on the day, by a random walk with drift. yearly_factor (ratio), doubling_time
    (day): its drift. line_factor (ratio): by least squares, with the interval that ignores serial correlation.
    factor_range (ratio): least and greatest line_factor over definitions. rank (ratio): among levels, joint intervals.
    Of a company's year ("OpenAI 2024"): year_revenue (USD/year): earned in it, by its path.
    Of a cohort ("all", "all, ARR", or as `cohort` says): companies, unknown_companies (company, counted).
    cohort_revenue (USD/year): the sum on the day, none while a company is unknown; known_revenue: of the others;
    last_reports_revenue: of what each last reported.
    typical_factor (ratio): geometric mean of yearly factors. Of two ("A over B"): faster (ratio): of their typical
    factors. Of all: outliers (report, counted), same_day_pairs (day, counted).

    Tables: reports, levels, definitions, pairs, cohort (by quarter), path.
    Raises InstrumentError for days that no calendar has. docs/theory/revenue-cohort.md.
    """
    day = _day(on, as_of)
    rules = Rules(level, carry_days, stale_days, draws, SEED if seed is None else seed)
    tally = Tally()
    reports = read_reports(tables["revenue"], Rates.of(tables.get("rates")), currency, as_of, bases, tally)
    companies = read_companies(tables.get("companies"), tally)
    every = series_of(reports, together=bool(bases), same_day=same_day, fall=fall, keep_outliers=outliers == "kept")
    tally.unused(every)
    paths, unit = [Path.of(series) for series in every], f"{currency}/year"
    cohorts = cohorts_of(paths, companies)
    defined = tuple(row for path in paths for row in definition_rows(path, fall, level))
    walked = tuple(row for path in paths for row in _path_rows(path, day, rules))
    found = [estimate for path in paths for estimate in _of_company(path, day, rules, unit, defined)]
    for cohort in cohorts:
        found.extend(sums(cohort, members_on(cohort, companies, day, rules), day, rules, unit))
        found.append(typical(cohort, level))
        if cohort.name == ALL:
            found.extend(ranks(cohort, companies, day, rules))
    found.extend(comparisons(cohorts, level))
    found.extend(_doubts(every))
    return Measurement(
        account=tally.account(),
        estimates=tuple(found),
        tables={
            "reports": tuple(report_rows(every)),
            "levels": tuple(_level_row(path, day, rules) for path in paths),
            "definitions": defined,
            "pairs": tuple(row for series in every for row in pair_rows(series.reports)),
            "cohort": tuple(row for cohort in cohorts for row in quarter_rows(cohort, companies, day, rules)),
            "path": walked,
        },
        charts=(*growth_chart(every, walked, found, currency), *league_chart(found, currency, day)),
    )


def _day(on: str, as_of: date) -> int:
    try:
        day = date.fromisoformat(on) if on else as_of
    except ValueError as error:
        raise InstrumentError([Fault("revenue-cohort", None, "parameter on", on, "a day of the calendar")]) from error
    if day > as_of:
        expected = f"a day up to {as_of.isoformat()}, the as-of date"
        raise InstrumentError([Fault("revenue-cohort", None, "parameter on", on, expected)])
    return day.toordinal()


# ---- a company ---------------------------------------------------------------------------------------------------


def _of_company(
    path: Path, day: int, rules: Rules, unit: str, defined: Sequence[Row]
) -> Iterator[Estimate | Undefined]:
    series, subject, used = path.series, path.series.subject, path.series.used
    n = len(used)
    yield counted("reports", subject, float(n), "report", n, "reports that estimates rest on", (COMPARABLE,))
    if used:
        method = f"the last report, for {used[-1].date}"
        yield counted("last_report", subject, used[-1].amount, unit, n, method, (COMPARABLE,))
    yield _level_estimate(subject, level_on(path, day, rules), day, rules, unit, n)
    yield from _growth(path, rules.level)
    yield _range(series.company, series.basis, subject, defined)
    for year, found in year_revenue(path, rules):
        method = f"mean over {year} of {rules.draws} drawn paths, seed {rules.seed}"
        yield estimated("year_revenue", f"{subject} {year}", found, unit, n, method, (WANDERS, COMPARABLE))


def _level_estimate(
    subject: str, found: Level | NoNumber, day: int, rules: Rules, unit: str, n: int
) -> Estimate | Undefined:
    if isinstance(found, NoNumber):
        return Undefined("level", subject, found.reason)
    held = Confidence(found.value, found.low, found.high, rules.level)
    method = f"on {date.fromordinal(day).isoformat()}: {found.how}"
    return estimated("level", subject, held, unit, n, method, (WANDERS, COMPARABLE))


def _growth(path: Path, level: float) -> Iterator[Estimate | Undefined]:
    subject, n = path.series.subject, len(path.series.used)
    drift = path.walk if isinstance(path.walk, NoNumber) else path.walk.drift(level)
    method = "drift of a random walk seen with error; Student's t, over all shares of walk and error"
    assumptions = (WANDERS, COMPARABLE)
    yield estimated("yearly_factor", subject, yearly(drift), "ratio", n, method, assumptions)
    yield estimated("doubling_time", subject, _doubling(drift), "day", n, method, assumptions)
    method = "least squares of the logarithm on time; Student's t"
    yield estimated("line_factor", subject, line_factor(path.series.used, level), "ratio", n, method, (INDEPENDENT,))


def _doubling(drift: Confidence | NoNumber) -> Confidence | NoNumber:
    return drift if isinstance(drift, NoNumber) else reciprocal(drift.scaled(1 / math.log(2)))


def _range(company: str, basis: str, subject: str, defined: Sequence[Row]) -> Estimate | Undefined:
    rows = [row for row in defined if (row["company"], row["basis"]) == (company, basis)]
    factors = [float(row["line_factor"]) for row in rows if row["line_factor"] is not None]
    if not factors:
        return Undefined("factor_range", subject, "no definition gives a factor")
    chosen = next((float(row["line_factor"] or 0) for row in rows if row["chosen"]), factors[0])
    held = Confidence(chosen, min(*factors, chosen), max(*factors, chosen), 1.0)
    return estimated("factor_range", subject, held, "ratio", len(factors), "line_factor over definitions", ())


def _doubts(every: Sequence[Series]) -> Iterator[Estimate]:
    reports = [report for series in every for report in series.reports]
    odd = sum("outlier" in report.flags for report in reports)
    pairs = len({(report.company, report.basis, report.day) for report in reports if "two values" in report.flags})
    method = "reports that must go so that revenue never falls by more than `fall` from one to the next, at the fewest"
    yield counted("outliers", ALL, float(odd), "report", len(reports), method)
    yield counted(
        "same_day_pairs", ALL, float(pairs), "day", len(reports), "days for which a company has several values"
    )


# ---- tables ------------------------------------------------------------------------------------------------------


def _level_row(path: Path, day: int, rules: Rules) -> Row:
    found = level_on(path, day, rules)
    return {
        "company": path.series.company,
        "basis": path.series.basis,
        "date": date.fromordinal(day).isoformat(),
        "level": found.value if isinstance(found, Level) else None,
        "low": found.low if isinstance(found, Level) else None,
        "high": found.high if isinstance(found, Level) else None,
        "how": found.how if isinstance(found, Level) else found.reason,
    }


STEPS = 60
"""Points of a company's path in the table: a line through them looks smooth."""


def _path_rows(path: Path, day: int, rules: Rules) -> Iterator[Row]:
    """The level from the first report to the day, in even steps."""
    if path.first is None or day < path.first:
        return
    for step in range(STEPS + 1):
        at = path.first + round((day - path.first) * step / STEPS)
        found = level_on(path, at, rules)
        if isinstance(found, Level):
            yield {
                "company": path.series.company,
                "basis": path.series.basis,
                "date": date.fromordinal(at).isoformat(),
                "level": found.value,
                "low": found.low,
                "high": found.high,
            }
