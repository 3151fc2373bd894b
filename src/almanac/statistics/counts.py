"""Counts of independent events: how much two of them differ beyond chance."""

from __future__ import annotations

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.intervals import clopper_pearson


def poisson_ratio(later: int, earlier: int, level: float = 0.95) -> Confidence | NoNumber:
    """The ratio of two Poisson means, with its exact interval.

    Given their sum, `later` is binomial with p = r / (1 + r) when the ratio of the means is r, so the
    interval of p (`clopper_pearson`) gives that of r = p / (1 - p). No number when `earlier` is 0: no upper
    end exists. Przyborowski, J. and Wilenski, H. (1940), Biometrika 31, 313-323; `poisson.test` of R does the
    same.

    >>> interval = poisson_ratio(30, 20)
    >>> interval.value, round(interval.low, 2), round(interval.high, 2)
    (1.5, 0.82, 2.79)
    """
    if min(later, earlier) < 0:
        raise ValueError(f"counts cannot be negative: {later}, {earlier}")
    checked_level(level)
    if not earlier:
        return NoNumber("nothing was counted before, so the ratio has no upper end")
    part = clopper_pearson(later, later + earlier, level)
    if isinstance(part, NoNumber):
        return part
    value = later / earlier
    return Confidence(value, min(_odds(part.low), value), max(_odds(part.high), value), level)


def _odds(p: float) -> float:
    return p / (1 - p)
