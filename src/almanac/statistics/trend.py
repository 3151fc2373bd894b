"""Trends: a line through the logarithm of what grows, and the time it takes to double.

log2 of a value on time in days is fitted by a line; its slope is doublings a day, and the doubling time is 1 / slope.
Least squares (normal errors of one spread) or Theil and Sen's median of slopes, which a quarter of wild points cannot
move. Draper, N. R. and Smith, H. (1998), Applied Regression Analysis, 3rd ed., section 1.4; Sen, P. K. (1968),
J. Am. Stat. Assoc. 63, 1379-1389. docs/theory/trend.md derives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t, theilslopes

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]
Method = Literal["least-squares", "theil-sen"]

LEAST_POINTS = 3
"""Points that a line needs before its slope has an interval: two leave no residual."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line through log2 of values: `slope` in doublings a day with its interval, `intercept` at day 0.

    `r_squared` is the share of the variance of the logarithms that the line explains.
    """

    slope: Confidence
    intercept: float
    r_squared: float
    n: int

    @property
    def doubling_time(self) -> Confidence | NoNumber:
        """Days to double, by the slope: 1 / slope. No number where the slope or its interval does not exclude 0."""
        return reciprocal(self.slope)

    def at(self, day: float) -> float:
        """The value on the line."""
        return float(2.0 ** (self.intercept + self.slope.value * day))


def log_line(
    days: ArrayLike, values: ArrayLike, *, method: Method = "least-squares", level: float = 0.95
) -> LogLine | NoNumber:
    """The line of log2(values) on days, with the slope's interval: Student's t, or Sen's from Kendall's tau.

    No number with fewer than three points, with all on one day, or with a value of 0 (it has no logarithm).
    Raises ValueError for negative values and for lengths that differ.
    """
    checked_level(level)
    x, y = np.asarray(days, dtype=float), np.asarray(values, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or (y < 0).any():
        raise ValueError("there is one value for each day, and none is negative")
    if len(x) < LEAST_POINTS:
        return NoNumber(f"{len(x)} points, and a line with an interval needs {LEAST_POINTS}")
    if np.ptp(x) == 0:
        return NoNumber("all points are of one day")
    if not (y > 0).all():
        return NoNumber("a value of 0 has no logarithm")
    logs = np.log2(y)
    slope = _least_squares(x, logs, level) if method == "least-squares" else _theil_sen(x, logs, level)
    intercept = float(logs.mean() - slope.value * x.mean())
    if method == "theil-sen":
        intercept = float(np.median(logs - slope.value * x))
    spread = float(((logs - logs.mean()) ** 2).sum())
    missed = float(((logs - intercept - slope.value * x) ** 2).sum())
    return LogLine(slope, intercept, 1 - missed / spread if spread else 1.0, len(x))


def _least_squares(x: Floats, y: Floats, level: float) -> Confidence:
    slope = float(log_slopes(x, y[None, :])[0])
    away = x - x.mean()
    residuals = y - y.mean() - slope * away
    error = float(np.sqrt((residuals @ residuals) / (len(x) - 2) / (away @ away)))
    reach = float(t.ppf((1 + level) / 2, len(x) - 2)) * error
    return Confidence(slope, slope - reach, slope + reach, level)


def _theil_sen(x: Floats, y: Floats, level: float) -> Confidence:
    slope, _, low, high = (float(number) for number in theilslopes(y, x, level))
    return Confidence(slope, min(low, slope), max(high, slope), level)


def log_slopes(days: Floats, logs: Floats, method: Method = "least-squares") -> Floats:
    """The slope of each row of `logs` (rows x days) on `days`, as `log_line` finds it; nan cells are left out.

    nan where a row has numbers on fewer than two days.
    """
    return _mean_slopes(days, logs) if method == "least-squares" else _median_slopes(days, logs)


def _mean_slopes(days: Floats, logs: Floats) -> Floats:
    there = np.isfinite(logs)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(there, days, 0.0).sum(axis=1) / n
        away = np.where(there, days - mean[:, None], 0.0)
        squares = (away**2).sum(axis=1)
        found = (away * np.where(there, logs, 0.0)).sum(axis=1) / squares
    return np.where((n > 1) & (squares > 0), found, np.nan)


def _median_slopes(days: Floats, logs: Floats) -> Floats:
    """The median over all pairs of days that differ."""
    one, other = np.triu_indices(len(days), 1)
    apart = days[one] != days[other]
    one, other = one[apart], other[apart]
    with np.errstate(invalid="ignore"):
        slopes = (logs[:, other] - logs[:, one]) / (days[other] - days[one])
    found = np.full(len(logs), np.nan)
    rows = np.isfinite(slopes).any(axis=1)
    if rows.any():
        found[rows] = np.nanmedian(np.where(np.isfinite(slopes[rows]), slopes[rows], np.nan), axis=1)
    return found


def reciprocal(slope: Confidence) -> Confidence | NoNumber:
    """1 / slope with its interval, which turns over. No number where the interval holds 0: then no doubling time,
    however long, is excluded, and no halving time.
    """
    if slope.value <= 0:
        return NoNumber(f"it does not grow: {slope.value:.3g} doublings a day")
    if slope.low <= 0:
        return NoNumber(f"growth is not sure: {slope.low:.3g} to {slope.high:.3g} doublings a day hold 0")
    return Confidence(1 / slope.value, 1 / slope.high, 1 / slope.low, slope.level)
