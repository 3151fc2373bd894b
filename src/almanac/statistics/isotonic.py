"""Isotonic calibration: the probability behind a score, assuming only that a higher score does not mean a lower one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from almanac.statistics.confidence import NoNumber

Numbers = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """A step function: scores from `scores[i]` up to the next have probability `probabilities[i]`."""

    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __call__(self, scores: Numbers) -> NDArray[np.float64]:
        """The probability behind each score; below the least one that was seen, that of the least."""
        step = np.searchsorted(self.scores, np.asarray(scores, float), side="right") - 1
        found: NDArray[np.float64] = self.probabilities[np.maximum(step, 0)]
        return found


def calibration(scores: Numbers, outcomes: Numbers) -> Calibration | NoNumber:
    """The non-decreasing step function of the scores nearest to the outcomes (0 to 1), by pooling adjacent violators.

    Equal scores are one case of their mean outcome and weight, so that the order of rows does not matter. It is
    the least-squares fit and, for outcomes 0 and 1, the likeliest. Ayer, M. et al. (1955), Ann. Math. Stat. 26,
    641-647; Zadrozny, B. and Elkan, C. (2002), KDD, 694-699. SciPy pools.

    >>> found = calibration([1, 2, 3, 4, 5, 6, 7, 8, 9], [0.1, 0, 0.4, 0.3, 0.3, 0.5, 0.4, 0.2, 0])
    >>> found([1, 2, 3, 9]).round(3).tolist()
    [0.05, 0.05, 0.3, 0.3]
    """
    x, y = np.asarray(scores, float), np.asarray(outcomes, float)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"every score has one outcome, not {x.shape} and {y.shape}")
    if not len(x):
        return NoNumber("no scores: nothing to calibrate")
    if not (np.isfinite(x).all() and ((y >= 0) & (y <= 1)).all()):
        raise ValueError("scores are finite, and outcomes lie between 0 and 1")
    distinct, place, weights = np.unique(x, return_inverse=True, return_counts=True)
    means = np.bincount(place, y) / weights
    fitted = isotonic_regression(means, weights=weights.astype(float))
    first = fitted.blocks[:-1]
    return Calibration(distinct[first], np.clip(fitted.x[first], 0.0, 1.0))
