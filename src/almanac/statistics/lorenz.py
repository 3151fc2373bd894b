"""Concentration: how much of a total the largest cases hold, in one sample or in many resamples of it.

Lorenz, M. O. (1905), Methods of measuring the concentration of wealth, Publ. Am. Stat. Assoc. 9, 209-219; Cowell, F. A.
(2011), Measuring Inequality, 3rd ed., Oxford, section 2 and appendix A.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def top_shares(values: Floats, counts: Counts, p: float) -> Floats:
    """The share of the total that the largest p of the cases hold, in every resample.

    counts: resamples x cases, how often each case is in; a single row of ones is the sample itself. Of a case that the
    boundary cuts, its part counts (the Lorenz curve between two cases is a line). nan where the total is 0.

    >>> top_shares(np.array([1.0, 1.0, 2.0, 4.0]), np.ones((1, 4), dtype=int), 0.25)
    array([0.5])
    """
    order = np.argsort(-values, kind="stable")
    often = counts[:, order]
    before = np.cumsum(often, axis=1) - often
    taken = np.clip(p * often.sum(axis=1, keepdims=True) - before, 0, often)
    return _over(taken @ values[order], often @ values[order])


def ginis(values: Floats, counts: Counts) -> Floats:
    """The Gini coefficient of every resample: the mean difference of two cases over twice their mean.

    >>> ginis(np.array([0.0, 0.0, 0.0, 1.0]), np.ones((1, 4), dtype=int))
    array([0.75])
    """
    order = np.argsort(values, kind="stable")
    often = counts[:, order]
    held = often * values[order]
    sums = np.cumsum(held, axis=1)
    area = (often * (sums - held / 2)).sum(axis=1)
    return 1 - _over(2 * area, often.sum(axis=1) * sums[:, -1])


def lorenz_curve(values: Floats, points: int = 100) -> tuple[Floats, Floats]:
    """Shares of the cases, smallest first, and the shares of the total that they hold, at evenly spaced cases."""
    ordered = np.sort(values)
    sums = np.concatenate(([0.0], np.cumsum(ordered)))
    at = np.unique(np.linspace(0, len(ordered), min(points, len(ordered)) + 1).astype(int))
    return at / len(ordered), sums[at] / sums[-1]


def _over(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
