"""Distributions of what is only known as a low, a likely and a high value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, norm, triang

Floats = NDArray[np.float64]
Family = Literal["triangular", "pert", "lognormal"]

PEAKED = 4.0
"""The weight of the mode in a PERT distribution, as its authors have it."""

TAIL = 0.05
"""Of a lognormal, what lies below the low and above the high value."""


@dataclass(frozen=True, slots=True)
class Elicited:
    """low <= mode <= high, and the distribution they stand for.

    triangular and pert: nothing lies outside low and high, and mode is the likeliest; a PERT distribution is a beta
    with mean (low + 4 mode + high) / 6 (Malcolm, D. G. et al. (1959), Oper. Res. 7, 646-669). lognormal: mode is the
    median, and high over low is that of the 95 and 5 % quantiles; they are those quantiles where they lie evenly about
    the median, low · high = mode². Where low and high are one, so is every draw.
    """

    low: float
    mode: float
    high: float
    family: Family = "triangular"

    def __post_init__(self) -> None:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"low, mode and high rise, not {self.low:g}, {self.mode:g}, {self.high:g}")
        if self.family == "lognormal" and self.low <= 0:
            raise ValueError(f"a lognormal is above 0, and so is its low value, not {self.low:g}")

    def at(self, share: ArrayLike) -> Floats:
        """The quantiles at these shares.

        >>> [round(float(Elicited(0, 1, 4, family).at(0.5)), 4) for family in ("triangular", "pert")]
        [1.5505, 1.2552]
        """
        p = np.asarray(share, dtype=float)
        if self.low == self.high:
            return np.full_like(p, self.mode)
        if self.family == "lognormal":
            spread = math.log(self.high / self.low) / (2 * float(norm.ppf(1 - TAIL)))
            return np.asarray(self.mode * np.exp(spread * norm.ppf(p)))
        width = self.high - self.low
        peak = (self.mode - self.low) / width
        if self.family == "triangular":
            return np.asarray(triang.ppf(p, peak, self.low, width))
        return np.asarray(self.low + width * beta.ppf(p, 1 + PEAKED * peak, 1 + PEAKED * (1 - peak)))
