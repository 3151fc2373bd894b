"""The ratio of two proportions from independent samples."""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.stats import norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

FARTHEST = 1e12
"""No ratio of counts that fit a table reaches this: where the search for an end gives up."""


def proportion_ratio(a: int, m: int, b: int, n: int, level: float = 0.95) -> Confidence | NoNumber:
    """The ratio (a/m) / (b/n) with its score interval: all ratios that the test of their constrained likelihood keeps.

    No number when b is 0, where no upper end exists, or without trials. `ratio_ends` gives the lower end even then.
    Koopman, P. A. R. (1984), Biometrics 40, 513-517; his example:

    >>> found = proportion_ratio(36, 40, 16, 80)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (4.5, 2.94, 7.15)
    """
    ends = ratio_ends(a, m, b, n, level)
    if isinstance(ends, NoNumber):
        return ends
    if not b:
        return NoNumber("the second proportion is 0, so the ratio has no upper end")
    value = (a / m) / (b / n)
    return Confidence(value, min(ends[0], value), max(ends[1], value), level)


def ratio_ends(a: int, m: int, b: int, n: int, level: float = 0.95) -> tuple[float, float] | NoNumber:
    """The ends of the score interval of (a/m) / (b/n); the upper one is infinite when b is 0.

    No number without trials, or when both counts are 0: then every ratio fits.
    """
    if not (0 <= a <= m and 0 <= b <= n):
        raise ValueError(f"{a} of {m} and {b} of {n} cannot be")
    checked_level(level)
    if not m or not n:
        return NoNumber("no trials: a proportion of nothing is not a number")
    if not a and not b:
        return NoNumber("both proportions are 0: every ratio fits")
    limit = float(norm.ppf((1 + level) / 2)) ** 2

    def excess(log_ratio: float) -> float:
        return _statistic(math.exp(log_ratio), a, m, b, n) - limit

    middle, far = math.log(((a + 0.5) / (m + 0.5)) / ((b + 0.5) / (n + 0.5))), math.log(FARTHEST)
    if a and b:
        middle = math.log((a / m) / (b / n))
    low = math.exp(brentq(excess, -far, middle, xtol=1e-12)) if a else 0.0
    high = math.exp(brentq(excess, middle, far, xtol=1e-12)) if b else math.inf
    return low, high


def _statistic(ratio: float, a: int, m: int, b: int, n: int) -> float:
    """Koopman's chi-squared of the hypothesis that the ratio is `ratio`; p is the likeliest a/m under it."""
    linear = ratio * (m + b) + a + n
    root = math.sqrt(max(0.0, linear**2 - 4 * ratio * (m + n) * (a + b)))
    p = min(1.0, 2 * ratio * (a + b) / (linear + root))  # the smaller root, written so that nothing cancels
    return _distance(a, m, p) + _distance(b, n, min(1.0, p / ratio))


def _distance(successes: int, n: int, p: float) -> float:
    """The squared distance of a count from its expectation, in variances; 0 where both are certain."""
    variance, off = n * p * (1 - p), successes - n * p
    if variance <= 0:
        return 0.0 if off == 0 else math.inf
    return off**2 / variance
