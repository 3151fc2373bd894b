"""Proper scores of probability forecasts of yes or no: what is best to say is what one believes.

A mean score splits into how far the forecasts are off from frequencies (miscalibration), what they know of which
cases come true (discrimination), and what the base rate alone leaves open (uncertainty):

    score = miscalibration - discrimination + uncertainty

all of them at least 0 with isotonic calibration: Dimitriadis, T., Gneiting, T. and Jordan, A. I. (2021), Stable
reliability diagrams for probabilistic classifiers, PNAS 118, e2016191118. docs/theory/scores.md derives it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from almanac.statistics.confidence import NoNumber
from almanac.statistics.isotonic import calibration

Numbers = Sequence[float] | NDArray[np.float64]
Score = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

NO_FORECASTS = NoNumber("no forecasts: the mean of nothing is not a number")


@dataclass(frozen=True, slots=True)
class Decomposition:
    """`score` = `miscalibration` - `discrimination` + `uncertainty`."""

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


def brier(forecasts: Numbers, outcomes: Numbers) -> float | NoNumber:
    """The mean of (p - o)²: 0 is perfect, 1/4 is what 50% always gets.

    Half of what Brier (1950) defined, who summed over rain and no rain. Brier, G. W. (1950), Mon. Weather Rev. 78, 1-3.

    >>> rain = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]  # Brier's table 1, score 0.19
    >>> round(2 * brier([0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1], rain), 6)
    0.19
    """
    return _mean(_squared, forecasts, outcomes)


def log_score(forecasts: Numbers, outcomes: Numbers) -> float | NoNumber:
    """The mean of -ln of the probability that was given to what happened, in nats.

    No number where something happened that was called impossible: the score is infinite.
    Good, I. J. (1952), J. R. Stat. Soc. B 14, 107-114.

    >>> round(log_score([0.5, 0.8], [1, 1]), 6)
    0.458145
    """
    found = _mean(_logarithmic, forecasts, outcomes)
    if isinstance(found, float) and not np.isfinite(found):
        return NoNumber("something happened that a forecast called impossible: the score is infinite")
    return found


def decomposed_brier(forecasts: Numbers, outcomes: Numbers) -> Decomposition | NoNumber:
    """The Brier score and its three parts, with isotonic calibration."""
    return _decomposed(_squared, forecasts, outcomes)


def decomposed_log(forecasts: Numbers, outcomes: Numbers) -> Decomposition | NoNumber:
    """The logarithmic score and its three parts, with isotonic calibration; no number where it is infinite."""
    found = log_score(forecasts, outcomes)
    return found if isinstance(found, NoNumber) else _decomposed(_logarithmic, forecasts, outcomes)


def murphy(forecasts: Numbers, outcomes: Numbers) -> Decomposition | NoNumber:
    """The Brier score and its three parts, calibrated by the frequency of every distinct forecast.

    Exact, but with as many distinct forecasts as cases all is called discrimination and miscalibration: use it where
    forecasts take few values. Murphy, A. H. (1973), J. Appl. Meteorol. 12, 595-600.
    """
    p, o = _checked(forecasts, outcomes)
    if not len(p):
        return NO_FORECASTS
    _, place, counts = np.unique(p, return_inverse=True, return_counts=True)
    return _parts(_squared, p, o, (np.bincount(place, o) / counts)[place])


def _decomposed(score: Score, forecasts: Numbers, outcomes: Numbers) -> Decomposition | NoNumber:
    p, o = _checked(forecasts, outcomes)
    calibrated = calibration(p, o)
    return NO_FORECASTS if isinstance(calibrated, NoNumber) else _parts(score, p, o, calibrated(p))


def _parts(
    score: Score, p: NDArray[np.float64], o: NDArray[np.float64], calibrated: NDArray[np.float64]
) -> Decomposition:
    raw, mended = float(score(p, o).mean()), float(score(calibrated, o).mean())
    base = float(score(np.full_like(p, o.mean()), o).mean())
    return Decomposition(raw, raw - mended, base - mended, base)


def _mean(score: Score, forecasts: Numbers, outcomes: Numbers) -> float | NoNumber:
    p, o = _checked(forecasts, outcomes)
    return float(score(p, o).mean()) if len(p) else NO_FORECASTS


def _squared(p: NDArray[np.float64], o: NDArray[np.float64]) -> NDArray[np.float64]:
    return (p - o) ** 2


def _logarithmic(p: NDArray[np.float64], o: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = -(xlogy(o, p) + xlogy(1 - o, 1 - p))
    return found


def _checked(forecasts: Numbers, outcomes: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    p, o = np.asarray(forecasts, float), np.asarray(outcomes, float)
    if p.shape != o.shape or p.ndim != 1:
        raise ValueError(f"every forecast has one outcome, not {p.shape} and {o.shape}")
    if not ((p >= 0) & (p <= 1)).all() or not np.isin(o, (0, 1)).all():
        raise ValueError("a forecast lies between 0 and 1, and what is forecast happens (1) or not (0)")
    return p, o
