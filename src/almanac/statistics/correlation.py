"""Correlation of two variables over the same cases, with its interval.

`pearson` for a straight relation, `spearman` for any that goes one way. Both need four pairs, and two variables that
vary; a pair with a missing cell (NaN) is left out. docs/theory/correlation.md compares their coverage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

LEAST_PAIRS = 4
"""Fisher's transformation has variance 1 / (n - 3): with three pairs the interval is everything."""

Cells = Sequence[float] | NDArray[np.float64]


def pearson(x: Cells, y: Cells, level: float = 0.95) -> Confidence | NoNumber:
    """The product-moment correlation, tanh(artanh r ± z / √(n - 3)).

    Assumes pairs that are independent and normal. Fisher, R. A. (1921), Metron 1, 3-32.
    `scipy.stats.pearsonr` gives the same interval.

    >>> wings = [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4]
    >>> tails = [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3]
    >>> found = pearson(wings, tails)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.87, 0.592, 0.963)
    """
    pairs = _pairs(x, y)
    return pairs if isinstance(pairs, NoNumber) else _interval(_moment(*pairs), len(pairs[0]), 1.0, level)


def spearman(x: Cells, y: Cells, level: float = 0.95) -> Confidence | NoNumber:
    """The rank correlation, ties at their mean rank, tanh(artanh r ± z √((1 + r²/2) / (n - 3))).

    Assumes pairs that are independent; close to `level` for correlations up to 0.95 where Fisher's variance falls
    short. Bonett, D. G. and Wright, T. A. (2000), Psychometrika 65, 23-28.

    >>> round(spearman([57, 45, 72, 78, 53, 63, 86, 98, 59, 71], [83, 37, 41, 84, 56, 85, 77, 87, 70, 59]).value, 3)
    0.564
    """
    pairs = _pairs(x, y)
    if isinstance(pairs, NoNumber):
        return pairs
    r = _moment(rankdata(pairs[0]), rankdata(pairs[1]))
    return _interval(r, len(pairs[0]), 1 + r * r / 2, level)


def spearman_each(columns: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rank correlation of every column (cases by variables) with `y`, each over the cases that have both; NaN where
    `spearman` finds none. All at once, by comparing every two cases, because resampling asks for it a thousand times.
    """
    there = ~np.isnan(columns) & ~np.isnan(y)[:, None]
    weights = there.astype(float)
    above = np.nan_to_num(np.sign(columns[:, None] - columns[None]))
    mine = np.einsum("ijb,jb->ib", above, weights) * weights  # cases below less cases above: a rank, centred
    theirs = (np.nan_to_num(np.sign(np.subtract.outer(y, y))) @ weights) * weights
    scale = np.sqrt((mine**2).sum(axis=0) * (theirs**2).sum(axis=0))
    enough = (weights.sum(axis=0) >= LEAST_PAIRS) & (scale > 0)
    found = np.full(columns.shape[1], np.nan)
    np.divide((mine * theirs).sum(axis=0), scale, out=found, where=enough)
    clipped: NDArray[np.float64] = np.clip(found, -1, 1)
    return clipped


def share_explained(correlation: Confidence) -> Confidence:
    """The share of one variable's variance that the other explains, r², with the interval that r's implies: from 0
    where r may have either sign.
    """
    ends = correlation.low**2, correlation.high**2
    low = 0.0 if correlation.low < 0 < correlation.high else min(ends)
    value = correlation.value**2
    return Confidence(value, min(low, value), max(*ends, value), correlation.level)


def _pairs(x: Cells, y: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]] | NoNumber:
    """The pairs without a missing cell. Raises ValueError for series of two lengths."""
    first, second = np.asarray(x, float), np.asarray(y, float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"pairs need two series of one length, not {first.shape} and {second.shape}")
    whole = ~(np.isnan(first) | np.isnan(second))
    first, second = first[whole], second[whole]
    if len(first) < LEAST_PAIRS:
        return NoNumber(f"{len(first)} pairs, and an interval needs {LEAST_PAIRS}")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return NoNumber("one of the two does not vary")
    return first, second


def _moment(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    dx, dy = x - x.mean(), y - y.mean()
    return float(np.clip(dx @ dy / math.sqrt((dx @ dx) * (dy @ dy)), -1, 1))


def _interval(r: float, n: int, inflation: float, level: float) -> Confidence | NoNumber:
    checked_level(level)
    if 1 - abs(r) < 1e-12:
        return NoNumber(f"a perfect correlation of {n} pairs: the interval would be a point")
    centre, reach = math.atanh(r), float(norm.ppf((1 + level) / 2)) * math.sqrt(inflation / (n - 3))
    return Confidence(r, math.tanh(centre - reach), math.tanh(centre + reach), level)
