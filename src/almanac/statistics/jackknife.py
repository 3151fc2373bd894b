"""The jackknife: how far a number moves when one case is left out, and so how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

LEAST_CASES = 4
"""With two or three cases the t quantile (12.7, 4.3) says nothing."""


def jackknife(
    value: float,
    without_each: Sequence[float] | NDArray[np.float64],
    level: float = 0.95,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Confidence | NoNumber:
    """`value` ± t √((n - 1)/n Σ (value without case i - their mean)²), cut to `bounds`.

    For a number that changes smoothly with the cases; for a mean it is Student's interval exactly. It needs no seed.
    Tukey, J. W. (1958), Ann. Math. Stat. 29, 614; Efron, B. and Tibshirani, R. J. (1993), An Introduction to the
    Bootstrap, chapter 11.

    >>> found = jackknife(2.5, [3.0, 8 / 3, 7 / 3, 2.0])  # the mean of 1, 2, 3 and 4
    >>> round(found.low, 3), round(found.high, 3)
    (0.446, 4.554)
    """
    checked_level(level)
    others = np.asarray(without_each, float)
    n = len(others)
    if n < LEAST_CASES:
        return NoNumber(f"{n} cases, and a jackknife needs {LEAST_CASES}")
    if not np.isfinite(others).all():
        return NoNumber("without some case the number does not exist")
    error = math.sqrt((n - 1) / n * float(((others - others.mean()) ** 2).sum()))
    reach = float(t.ppf((1 + level) / 2, n - 1)) * error
    low, high = min(bounds[0], value), max(bounds[1], value)
    return Confidence(value, max(value - reach, low), min(value + reach, high), level)
