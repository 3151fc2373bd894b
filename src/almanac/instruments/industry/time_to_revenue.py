"""Time to revenue: how long companies take to a mark, when some of them have not got there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from almanac.datasets.catalog import MILESTONES, RATES, REVENUE
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.cohort_times import Comparison, Group, compare
from almanac.instruments.industry.milestones import Reader, Reading, Spell, Unit, by_cohort, read_revenue
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.industry.time_charts import time_charts
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.statistics import Band, Confidence, NoNumber

NAME = "time-to-revenue"

INDEPENDENT = "why a company was no longer watched has nothing to do with how soon it would have reached the mark"
WHOLE = "every company of the cohort is in the table, whether it reached the mark or not"
READING = "where only bounds are known, the mark was reached at the {} day"
CONSTANT = "the ratio of the two rates is the same at every age"

DRIFTS = 0.05
"""A p-value of the drift of a hazard ratio below which the estimate says that it is contradicted."""

Positive = Annotated[float, Field(gt=0)]


@instrument(
    NAME,
    version="1.0.0",
    chapter="industry",
    reads={"milestones": MILESTONES},
    may_read={"revenue": REVENUE, "rates": RATES},
    references=(
        "Kaplan, E. L. and Meier, P. (1958), Nonparametric estimation from incomplete observations. J. Am. Stat. "
        "Assoc. 53, 457-481.",
        "Brookmeyer, R. and Crowley, J. (1982), A confidence interval for the median survival time. Biometrics 38, "
        "29-41.",
        "Turnbull, B. W. (1976), The empirical distribution function with arbitrarily grouped, censored and truncated "
        "data. J. R. Stat. Soc. B 38, 290-295.",
        "Cox, D. R. (1972), Regression models and life-tables. J. R. Stat. Soc. B 34, 187-220.",
        "Royston, P. and Parmar, M. K. B. (2013), Restricted mean survival time: an alternative to the hazard ratio. "
        "BMC Med. Res. Methodol. 13, 152.",
    ),
)
def time_to_revenue(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    unit: Unit = "month",
    marks: Annotated[Sequence[Positive], Field(min_length=1)] = (1e6, 5e6, 3e7),
    currency: Currency = "USD",
    bases: Sequence[str] = (),
    reading: Reading = "latest",
    band: Band = "log-log",
    until: Positive | None = None,
    by: Sequence[Positive] = (12, 24, 36),
    reference: str = "",
    whole_cohorts: bool = False,
    unseen: Literal["skip", "as-of"] = "skip",
    draws: Annotated[int, Field(ge=1, le=100_000)] = 2000,
) -> Measurement:
    """How long do companies take to reach a mark of revenue, when some have not got there?

    milestones: companies with the day they `started`, the day they `reached` the `mark` or the day they were
    `last_seen` below it, and their `cohort`. Days that are known by month or year, and a day `reached_after`, leave
    bounds; a row may state the `time` itself. revenue: dated reports, which tell for rows without either day when each
    of `marks` was reached, as bounds; rates bring them into `currency`. bases: the bases of revenue that count; empty:
    all.

    unit: of time. reading: where in its bounds an event is put for curves and comparisons; medians use the bounds.
    band: the scale of the curve's interval. until: the time that means are restricted to; None: as long as all cohorts
    were watched. by: times at which shares are given. reference: the cohort that others are compared with; empty: the
    largest. whole_cohorts: a cohort in which all have reached the mark is one, not a list of successes. unseen: rows
    without any last day are skipped, or taken as watched until `as_of`. draws: resamples of the ratio of medians, from
    `seed`.

    Estimates, of "cohort to mark": companies, reached (company, counted); median_time (unit); share_reached (percent,
    "by 12 months"); mean_time (unit), restricted; median_of_reached (unit): what leaving out the others would have
    said. Of "cohort against reference to mark": mean_difference (unit); hazard_ratio and speed (ratio): of the rates of
    getting there, and the reference's median over the cohort's; p_value, drift_p_value (ratio): of the log-rank test,
    and of a hazard ratio that does not change with age.

    Tables: curves, definitions (the median under others), comparisons, companies.
    Raises InstrumentError for days that no calendar has, reports without marks, an unknown reference.
    Assumes that watching ends for reasons of its own. docs/theory/time-to-revenue.md.
    """
    reader = Reader(as_of, unit, marks, currency, unseen)
    spells = _spells(tables, reader, bases)
    _check(reference, spells)
    found: list[Estimate | Undefined] = []
    groups: list[tuple[float | None, Group]] = []
    comparisons: list[tuple[float, Comparison]] = []
    for mark, named in by_cohort(spells):
        goal = f" to {_money(mark, currency)}" if mark is not None else ""
        those = [Group.of(name, goal, cohort, reading, whole_cohorts) for name, cohort in named.items()]
        horizon = until or min(max(group.times) for group in those)
        for group in those:
            found.extend(_alone(group, horizon, level, band, by, unit))
        pairs = [
            compare(group, base, horizon, level, draws, seed or 0)
            for base in _base(those[1:], reference)
            for group in those[1:]
            if group is not base
        ]
        for pair in pairs:
            found.extend(_compared(pair, horizon, draws, unit))
        groups.extend((mark, group) for group in those)
        comparisons.extend((horizon, pair) for pair in pairs)
    curves = tuple(row for mark, group in groups for row in _curve_rows(group, mark, level, band))
    return Measurement(
        account=reader.account(),
        estimates=tuple(found),
        tables={
            "curves": curves,
            "definitions": tuple(row for _, group in groups for row in _definitions(group, level)),
            "comparisons": tuple(_pair_row(horizon, pair) for horizon, pair in comparisons),
            "companies": tuple(map(_spell_row, spells)),
        },
        charts=time_charts(curves, unit, {mark: group.goal for mark, group in groups}),
    )


def _base(cohorts: Sequence[Group], reference: str) -> Sequence[Group]:
    """The cohort that the others are compared with; none where there are no cohorts."""
    return sorted(cohorts, key=lambda group: (group.cohort != reference, -len(group.spells)))[:1]


def _check(reference: str, spells: Sequence[Spell]) -> None:
    known = sorted({spell.cohort for spell in spells})
    if reference and reference not in known:
        fault = Fault(NAME, None, "parameter reference", repr(reference), "one of " + ", ".join(known))
        raise InstrumentError([fault])


def _spells(tables: Mapping[str, Table], reader: Reader, bases: Sequence[str]) -> list[Spell]:
    reports = None
    if "revenue" in tables:
        companies = frozenset(tables["milestones"].frame["company"].drop_nulls())
        reports = read_revenue(tables["revenue"], Rates.of(tables.get("rates")), companies, bases, reader)
    return reader.read(tables["milestones"], reports)


def _money(amount: float, currency: str) -> str:
    """USD 30M: as marks are spoken of."""
    for scale, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if amount >= scale:
            return f"{currency} {amount / scale:.10g}{letter}"
    return f"{currency} {amount:.10g}"


# ---- of one cohort -----------------------------------------------------------------------------------------------


def _alone(
    group: Group, until: float, level: float, band: Band, by: Sequence[float], unit: Unit
) -> Iterator[Estimate | Undefined]:
    of, n, reached = group.subject, len(group.spells), sum(group.seen)
    assumed = (INDEPENDENT, WHOLE)
    read = () if group.exact else (READING.format(group.reading),)
    yield counted("companies", of, float(n), "company", n, "on their way to the mark, or there")
    yield counted("reached", of, float(reached), "company", n, "known to have reached it")
    words = "Turnbull's median of times known by bounds" if group.by_bounds else f"Kaplan and Meier; {band} interval"
    yield estimated("median_time", of, group.median(level, band), unit, n, words, assumed)
    words = f"1 less Kaplan and Meier's curve; {band} interval"
    for time in by:
        share = group.reached_by(time, level, band)
        yield estimated("share_reached", f"{of} by {time:g} {unit}s", share, "percent", n, words, assumed + read)
    mean = group.mean(until)
    interval = mean if isinstance(mean, NoNumber) else mean.interval(level)
    words = f"area under Kaplan and Meier's curve up to {until:.4g} {unit}s"
    yield estimated("mean_time", of, interval, unit, n, words, assumed + read)
    words = "of those that reached it alone: too short wherever others are still on their way"
    yield estimated("median_of_reached", of, group.median_of_reached(level), unit, reached, words, read)


def _compared(pair: Comparison, until: float, draws: int, unit: Unit) -> Iterator[Estimate | Undefined]:
    of, n, assumed = pair.subject, pair.companies, (INDEPENDENT, WHOLE)
    words = f"difference of the means up to {until:.4g} {unit}s; below 0: sooner"
    yield estimated("mean_difference", of, pair.mean_difference, unit, n, words, assumed)
    words = "Cox's partial likelihood, Efron's ties; above 1: sooner"
    drifts = isinstance(pair.drift_p, float) and pair.drift_p < DRIFTS
    constant = CONSTANT + (f", which these data contradict (p = {pair.drift_p:.1g})" if drifts else "")
    yield estimated("hazard_ratio", of, pair.hazard_ratio, "ratio", n, words, (*assumed, constant))
    words = f"{pair.reference}'s median over {pair.cohort}'s; percentiles of {draws} resamples; above 1: sooner"
    yield estimated("speed", of, pair.speed, "ratio", n, words, assumed)
    yield _p("p_value", of, pair.p, n, "log-rank test")
    yield _p("drift_p_value", of, pair.drift_p, n, "Grambsch and Therneau's test that the hazard ratio does not drift")


def _p(name: str, of: str, found: float | NoNumber, n: int, method: str) -> Estimate | Undefined:
    if isinstance(found, NoNumber):
        return Undefined(name, of, found.reason)
    return counted(name, of, found, "ratio", n, method)


# ---- tables ------------------------------------------------------------------------------------------------------


def _curve_rows(group: Group, mark: float | None, level: float, band: Band) -> Iterator[Row]:
    """The curve from 0 to the end of the watching; not of a list of successes."""
    curve = group.curve
    if isinstance(curve, NoNumber):
        return
    low, high = curve.band(level, band)
    start: Row = {"cohort": group.cohort, "mark": mark, "time": 0.0, "at_risk": len(group.spells), "events": 0}
    yield {**start, "share_reached": 0.0, "low": 0.0, "high": None}
    for i, time in enumerate(curve.times.tolist()):
        ends = (None, None) if np.isnan(low[i]) else (100 * (1 - float(high[i])), 100 * (1 - float(low[i])))
        counts = {"time": time, "at_risk": int(curve.at_risk[i]), "events": int(curve.events[i])}
        shares = {"share_reached": 100 * (1 - float(curve.survival[i])), "low": ends[0], "high": ends[1]}
        yield {**start, **counts, **shares}
    last = 100 * (1 - float(curve.survival[-1])) if len(curve.survival) else 0.0
    yield {**start, "time": curve.until, "share_reached": last, "low": None, "high": None}


def _definitions(group: Group, level: float) -> Iterator[Row]:
    """The median under every definition: where in its bounds an event is put, the scale of the interval, and what is
    done with those that have not reached the mark, which matters most.
    """
    readings: tuple[Reading, ...] = (group.reading,) if group.exact else ("earliest", "middle", "latest")
    bands: tuple[Band, ...] = ("log-log", "log", "plain")
    for reading in readings:
        curve = group.read(reading).curve
        put = "" if group.exact else f", {reading} day"
        for band in bands:
            found = curve if isinstance(curve, NoNumber) else curve.median(level, band)
            yield _definition(group, f"not reached: censored{put}, {band} interval", found)
    yield _definition(group, "not reached: left out", group.median_of_reached(level))
    yield _definition(group, "not reached: taken as reached when last seen", group.median_of_all(level))


def _definition(group: Group, definition: str, found: Confidence | NoNumber) -> Row:
    row: dict[str, str | float | None] = {"subject": group.subject, "definition": definition}
    return row | _ends("median", found) | {"why_none": found.reason if isinstance(found, NoNumber) else None}


def _ends(name: str, found: Confidence | NoNumber) -> dict[str, float | None]:
    ends = (found.value, found.low, found.high) if isinstance(found, Confidence) else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _pair_row(until: float, pair: Comparison) -> Row:
    row: dict[str, str | float | None] = {"subject": pair.subject, "until": until}
    for name, found in (
        ("mean_difference", pair.mean_difference), ("hazard_ratio", pair.hazard_ratio), ("speed", pair.speed)
    ):  # fmt: skip
        row |= _ends(name, found)
    for name, p in (("p_value", pair.p), ("drift_p_value", pair.drift_p)):
        row[name] = None if isinstance(p, NoNumber) else p
    return row


def _spell_row(spell: Spell) -> Row:
    return {
        "company": spell.company,
        "cohort": spell.cohort or None,
        "mark": spell.mark,
        "after": spell.low,
        "by": spell.high if spell.seen else None,
        "entered": spell.entered if math.isfinite(spell.entered) else None,
    }
