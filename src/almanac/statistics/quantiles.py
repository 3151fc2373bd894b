"""Quantiles of a sample, with an interval that assumes nothing of their distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import binom

from almanac.statistics.confidence import Confidence, NoNumber, checked_level


def quantile(values: Sequence[float], p: float, level: float = 0.95) -> Confidence | NoNumber:
    """The p-quantile: the smallest value that at least a share p of the values does not exceed.

    The interval runs between two order statistics: how many of n independent values lie below the true quantile is
    binomial (n, p), whatever their distribution; with ties it covers more than `level`. No number where the sample
    is too small for such an interval. Conover, W. J. (1999), Practical Nonparametric Statistics, 3rd ed., Wiley,
    section 3.2.

    >>> interval = quantile([1, 2, 4, 4, 8, 8, 8, 16, 32], 0.5)
    >>> interval.value, interval.low, interval.high
    (8, 2, 16)
    """
    checked_level(level)
    if not 0 < p < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not at {p}")
    n = len(values)
    if not n:
        return NoNumber("no values: a quantile of nothing is not a number")
    tail = (1 - level) / 2
    below = int(binom.ppf(tail, n, p))  # the fewest values that may lie below the quantile
    above = int(binom.ppf(1 - tail, n, p)) + 1  # the rank that surely is not below it
    if binom.cdf(0, n, p) > tail or binom.cdf(n - 1, n, p) < 1 - tail:
        return NoNumber(f"{n} values are too few for an interval of their {p:g}-quantile at level {level:g}")
    ordered = sorted(values)
    value = ordered[max(0, math.ceil(n * p - 1e-9) - 1)]
    return Confidence(value, ordered[max(0, below - 1)], ordered[min(n, above) - 1], level)
