"""Logistic regression on one predictor: weighted, with an L2 penalty, for outcomes between 0 and 1, one fit or many
thousand at a time.

The fit minimises, over an intercept a and a slope b,

    sum_i w_i (log(1 + exp(a + b x_i)) - y_i (a + b x_i)) + penalty b^2 / 2,      sum_i w_i = 1

The intercept bears no penalty, and weights are scaled to sum to 1, so that a penalty means the same whatever the number
of trials: it is 1 / C of scikit-learn with such weights. An outcome of 0.3 counts as 0.3 of a success and 0.7 of a
failure. McCullagh, P. and Nelder, J. A. (1989), Generalized Linear Models, 2nd ed., section 4.4; le Cessie, S. and
van Houwelingen, J. C. (1992), Appl. Stat. 41, 191-201 (the penalty). docs/theory/logistic.md derives it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from almanac.statistics.confidence import NoNumber

Floats = NDArray[np.float64]

MOST_STEPS = 200
"""Newton steps before a fit is given up. A fit that exists takes 5 to 30; one that is still moving has none."""

SETTLED = 1e-10
"""The largest gradient of a fit that has settled, with weights that sum to 1."""

LONGEST_STEP = 2.0
"""Of one Newton step, in standard deviations of the predictor: where every trial is all but certain the curvature
vanishes and the full step would leap."""

BATCH = 256
"""Fits that are made together: their matrices of some hundred trials stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """A fitted curve: the logarithm of the odds of success is `intercept + slope * x`."""

    intercept: float
    slope: float

    def probability(self, x: ArrayLike) -> Floats:
        """The chance of success at each x."""
        return expit(self.intercept + self.slope * np.asarray(x, dtype=float))

    def crossing(self, probability: float) -> float:
        """The x at which the chance of success is `probability`; nan for a curve that is level."""
        return float(crossings(np.array([[self.intercept, self.slope]]), probability)[0])


def expit(eta: Floats) -> Floats:
    """The probability whose log odds are `eta`; written with tanh, it cannot overflow."""
    return 0.5 + 0.5 * np.tanh(0.5 * eta)


def crossings(fits: Floats, probability: float) -> Floats:
    """The x at which each row (intercept, slope) of `fits` has that chance of success; nan where the curve is level.

    Raises ValueError for a probability that is not strictly between 0 and 1.
    """
    if not 0 < probability < 1:
        raise ValueError(f"a chance of success to cross lies between 0 and 1, not at {probability}")
    log_odds = math.log(probability / (1 - probability))
    slopes = np.where(fits[:, 1] == 0, np.nan, fits[:, 1])
    return np.asarray((log_odds - fits[:, 0]) / slopes)


def logistic(
    x: ArrayLike, outcomes: ArrayLike, weights: ArrayLike | None = None, *, penalty: float = 0.0
) -> Logistic | NoNumber:
    """The curve through `outcomes` (0 to 1) at `x`, each with its weight (1 unless given).

    No number without trials, when every trial that has a weight failed or every one succeeded (the likelihood grows
    without end), when all are at one x, and when without a penalty some x parts failures from successes.
    Raises ValueError for outcomes outside [0, 1], negative weights, a negative penalty, lengths that differ.
    """
    at, values = _checked(x, outcomes, penalty)
    share = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    if share.shape != at.shape or not np.isfinite(share).all() or (share < 0).any():
        raise ValueError("there is one weight for each trial, and none is negative")
    counted = share > 0
    if not counted.any():
        return NoNumber("no trials")
    if not values[counted].any():
        return NoNumber(f"no success in {counted.sum()} trials: the curve lies below every probability")
    if values[counted].min() == 1:
        return NoNumber(f"no failure in {counted.sum()} trials: the curve lies above every probability")
    if np.ptp(at[counted]) == 0:
        return NoNumber(f"all {counted.sum()} trials are at one place: no slope")
    fitted = logistic_many(at, (share * values)[None, :], share[None, :], penalty=penalty)[0]
    if np.isnan(fitted).any():
        return NoNumber("the likelihood has no maximum: one place parts failures from successes; a penalty gives one")
    return Logistic(float(fitted[0]), float(fitted[1]))


def _checked(x: ArrayLike, outcomes: ArrayLike, penalty: float) -> tuple[Floats, Floats]:
    at, values = np.asarray(x, dtype=float), np.asarray(outcomes, dtype=float)
    if at.ndim != 1 or at.shape != values.shape or not np.isfinite(at).all():
        raise ValueError("there is one outcome for each x, and every x is a number")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("an outcome lies between 0 and 1")
    if not (math.isfinite(penalty) and penalty >= 0):
        raise ValueError(f"a penalty is a number and not negative, unlike {penalty}")
    return at, values


def logistic_many(
    x: Floats, successes: Floats, weights: Floats, *, penalty: float = 0.0, start: Logistic | None = None
) -> Floats:
    """One fit for each row of `weights` (fits x places) and of `successes`, the part of them that succeeded: rows
    (intercept, slope), nan where a fit does not exist.

    All trials at one x may stand in one place, which is what makes thousands of resamples cheap: the likelihood depends
    only on the weight and the success at each x. `start` is a curve near the fits, such as that of the whole sample.
    Newton's method with steps of bounded length, halved whenever the objective rises; the objective is convex, so that
    where it settles is the minimum.
    """
    fits = np.full((len(weights), 2), np.nan)
    totals = weights.sum(axis=1)
    hits = successes.sum(axis=1)
    fits_exist = (hits > 0) & (hits < totals * (1 - 1e-12)) & _spread(x, weights)
    possible = np.flatnonzero(fits_exist if penalty else fits_exist & ~_parted(x, successes, weights))
    centre, scale = float(x.mean()), float(x.std()) or 1.0
    z = (x - centre) / scale
    first = (start.intercept + start.slope * centre, start.slope * scale) if start else (0.0, 0.0)
    for begin in range(0, len(possible), BATCH):
        rows = possible[begin : begin + BATCH]
        share = weights[rows] / totals[rows, None]
        solved = _newton(z, successes[rows] / totals[rows, None], share, penalty / scale**2, first)
        fits[rows, 1] = solved[:, 1] / scale
        fits[rows, 0] = solved[:, 0] - solved[:, 1] * centre / scale
    return fits


def _spread(x: Floats, weights: Floats) -> NDArray[np.bool_]:
    """Whether a row has weight at more than one x."""
    lowest = np.where(weights > 0, x, np.inf).min(axis=1)
    highest = np.where(weights > 0, x, -np.inf).max(axis=1)
    return np.asarray(highest > lowest)


def _parted(x: Floats, successes: Floats, weights: Floats) -> NDArray[np.bool_]:
    """Whether no success lies above a failure, or none below: then the steeper the curve, the likelier. Albert, A. and
    Anderson, J. A. (1984), Biometrika 71, 1-10.
    """
    succeeded, failed = successes > 0, successes < weights * (1 - 1e-12)
    ends = [
        (np.where(kind, x, np.inf).min(axis=1), np.where(kind, x, -np.inf).max(axis=1)) for kind in (succeeded, failed)
    ]
    (lowest_success, highest_success), (lowest_failure, highest_failure) = ends
    return np.asarray((highest_success <= lowest_failure) | (highest_failure <= lowest_success))


def _newton(z: Floats, hits: Floats, share: Floats, penalty: float, first: tuple[float, float]) -> Floats:
    """The minima, as rows (intercept, slope) on the standardised predictor; nan for rows that do not settle."""
    settled = np.full((len(hits), 2), np.nan)
    rows = np.arange(len(hits))
    at = np.tile(np.array(first), (len(hits), 1))
    before, least = at.copy(), np.full(len(hits), np.inf)
    for _ in range(MOST_STEPS):
        loss, gradient, curvature = _objective(z, hits, share, penalty, at)
        risen = loss > least + 1e-15
        done = ~risen & (np.abs(gradient).max(axis=1) < SETTLED)
        settled[rows[done]] = at[done]
        moved = np.where(risen[:, None], (at + before) / 2, at + _step(gradient, curvature))
        before = np.where(risen[:, None], before, at)
        least = np.where(risen, least, loss)
        going = ~done
        if not going.any():
            break
        rows, at, before, least = rows[going], moved[going], before[going], least[going]
        hits, share = hits[going], share[going]
    return settled


def _objective(z: Floats, hits: Floats, share: Floats, penalty: float, at: Floats) -> tuple[Floats, Floats, Floats]:
    """For each row: the penalised loss, its gradient (2), its curvature (3: intercept, both, slope)."""
    eta = at[:, :1] + at[:, 1:] * z
    tail = np.exp(-np.abs(eta))  # one exponential for both the chance and the logarithm
    chance = np.where(eta >= 0, 1.0, tail) / (1 + tail)
    slopes = at[:, 1]
    softplus = np.maximum(eta, 0.0) + np.log1p(tail)
    loss = np.einsum("ij,ij->i", share, softplus) - np.einsum("ij,ij->i", hits, eta) + penalty * slopes**2 / 2
    excess = share * chance - hits
    gradient = np.stack([excess.sum(axis=1), excess @ z + penalty * slopes], axis=1)
    bend = share * chance * (1 - chance)
    curvature = np.stack([bend.sum(axis=1), bend @ z, bend @ z**2 + penalty], axis=1)
    return loss, gradient, curvature


def _step(gradient: Floats, curvature: Floats) -> Floats:
    """Newton's step for each row, not longer than LONGEST_STEP."""
    aa, ab, bb = curvature.T
    determinant = np.maximum(aa * bb - ab**2, 1e-300)
    step = -np.stack([bb * gradient[:, 0] - ab * gradient[:, 1], aa * gradient[:, 1] - ab * gradient[:, 0]], axis=1)
    step /= determinant[:, None]
    length = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, LONGEST_STEP / np.maximum(length, 1e-300)))
