"""What the choice of reports does to a growth rate, and what two values for one day would mean."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from scipy.optimize import brentq

from almanac.instruments.industry.revenue_levels import Path, line_factor, yearly
from almanac.instruments.industry.revenue_reports import Report, SameDay, Series, series_of
from almanac.instruments.instrument import Row
from almanac.statistics import Confidence, NoNumber

DEFINITIONS: tuple[tuple[str, SameDay, bool], ...] = (
    ("every report", "both", True),
    ("without outliers", "both", False),
    ("the highest of a day, without outliers", "highest", False),
    ("the lowest of a day, without outliers", "lowest", False),
)


def definition_rows(path: Path, fall: float, level: float) -> Iterator[Row]:
    """How fast the company grows by each way to choose its reports; ways that choose alike are fitted once."""
    series = path.series
    fitted: dict[tuple[Report, ...], Row] = {}
    for words, same_day, keep in DEFINITIONS:
        (one,) = series_of(series.reports, together=True, same_day=same_day, fall=fall, keep_outliers=keep)
        first = one.used not in fitted
        if first:
            fitted[one.used] = _growth(one, level)
        yield {
            "company": series.company,
            "basis": series.basis,
            "definition": words,
            "chosen": first and one.used == series.used,
            "reports": len(one.used),
            **fitted[one.used],
        }


def _growth(series: Series, level: float) -> Row:
    walk = Path.of(series).walk
    drift = walk if isinstance(walk, NoNumber) else walk.drift(level)
    return {**_cells("line_factor", line_factor(series.used, level)), **_cells("yearly_factor", yearly(drift))}


def _cells(name: str, found: Confidence | NoNumber) -> Row:
    ends = (None, None, None) if isinstance(found, NoNumber) else (found.value, found.low, found.high)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def pair_rows(reports: Sequence[Report]) -> Iterator[Row]:
    """Two values for one day, and the growth at which the lower would be the revenue of the year that ends at the
    higher: with growth g = e^r a year, a year earns (1 - e^-r) / r of the rate at its end.
    """
    for one, other in itertools.pairwise(reports):
        if one.day == other.day and one.amount < other.amount:
            ratio = other.amount / one.amount
            yield {
                "company": one.company,
                "basis": one.basis if one.basis == other.basis else "several",
                "date": one.date,
                "lower": one.amount,
                "higher": other.amount,
                "ratio": ratio,
                "yearly_factor_if_year_and_run_rate": _implied(ratio),
            }


def _implied(ratio: float) -> float | None:
    """e^r with r / (1 - e^-r) = ratio; none for ratios of hundreds, which no growth explains."""
    if ratio > 500:
        return None
    return math.exp(brentq(lambda r: r / -math.expm1(-r) - ratio, 1e-9, ratio + 1))
