"""Survival of tasks under errors that strike at random, more often in some tasks than in others.

In a task of hazard h an error strikes at rate h, so that the task of length t is done with chance exp(-h t): p^n in
steps. Hazards differ between tasks as a gamma distribution with mean `rate` and squared coefficient of variation
`variance`. Over all tasks the chance is then

    S(t) = (1 + variance rate t)^(-1 / variance),      exp(-rate t) where the variance is 0

Errors of one task are correlated through its hazard: who got far is likelier to get farther. Only whether each task was
done is seen, not when it failed (current status data). The model does not depend on how long a step is: a step of m
units multiplies the rate by m. Lomax, K. S. (1954), J. Am. Stat. Assoc. 49, 847-852; Vaupel, J. W., Manton, K. G. and
Stallard, E. (1979), Demography 16, 439-454.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from almanac.statistics.confidence import NoNumber

Floats = NDArray[np.float64]

LEAST_VARIANCE, MOST_VARIANCE = 1e-6, 100.0
"""The variances between which a fit is sought; at the lower all hazards are alike to any precision that counts."""

LIKELY_VARIANCE = 0.05
"""The least variance at which a search starts: below, the likelihood is too level to leave from."""

MOST_STEPS = 200
SETTLED = 1e-9
LEVEL = 1e-11
"""A fit has settled when its step is shorter than SETTLED, or where the likelihood is as level as this: with hardly any
variance the likelihood hardly depends on it, and rounding alone makes steps that are longer.
"""
LONGEST_STEP = 1.0
"""Of one step in the logarithms of rate and variance."""

BATCH = 256
HAZARDS = 200
"""Hazards, at as many evenly spaced shares of their distribution, that stand for all where S has no closed form."""


@dataclass(frozen=True, slots=True)
class Frailty:
    """Hazards with mean `rate` (1 / unit of length) and squared coefficient of variation `variance`."""

    rate: float
    variance: float

    def survival(self, length: ArrayLike) -> Floats:
        """The share of tasks of each length that are done."""
        fits = np.array([[self.rate, self.variance]])
        return np.asarray(np.exp(-_cumulated(fits, np.asarray(length, dtype=float))[0]))

    def length_at(self, share: float) -> float:
        """The length at which that share is done."""
        return float(lengths_at(np.array([[self.rate, self.variance]]), share)[0])


def lengths_at(fits: Floats, share: float) -> Floats:
    """The length at which `share` of the tasks are done, for each row (rate, variance). Raises ValueError."""
    if not 0 < share < 1:
        raise ValueError(f"a share that is done lies between 0 and 1, not at {share}")
    rate, variance = fits.T
    small = ~(variance > LEAST_VARIANCE)
    safe = np.where(small, 1.0, variance)
    spread = np.where(small, -math.log(share), np.expm1(-safe * math.log(share)) / safe)
    return np.asarray(spread / rate)


def retried(fits: Floats, length: Floats, *, segment: float, retries: int) -> Floats:
    """The share of tasks done when work is saved after every `segment` and a segment that fails is tried again, up to
    `retries` times; for each row (rate, variance) at its own `length`.

    A retry meets the same hazard: it helps where failure was chance, not where the task is beyond the agent. A task
    that is shorter than a segment is one segment; the last of a longer one counts in proportion. Hazards are the gamma
    distribution's at HAZARDS evenly spaced shares.
    Raises ValueError for a segment that is not positive and for negative retries.
    """
    if segment <= 0 or retries < 0:
        raise ValueError(f"a positive segment and no fewer than 0 retries, not {segment} and {retries}")
    hazards = _hazards(fits)
    each = np.minimum(segment, length)
    lost = np.minimum((-np.expm1(-hazards * each[:, None])) ** (retries + 1), 1 - 1e-16)
    return np.asarray(np.exp(np.log1p(-lost) * (length / each)[:, None]).mean(axis=1))


def _hazards(fits: Floats) -> Floats:
    """The hazards that stand for the distribution of each row; all alike where the variance is the least."""
    rate, variance = fits.T
    hazards = np.tile(rate[:, None], (1, HAZARDS))
    varied = variance > LEAST_VARIANCE * 1.01
    shape = 1 / variance[varied, None]
    hazards[varied] = gammaincinv(shape, (np.arange(HAZARDS) + 0.5) / HAZARDS) / shape * rate[varied, None]
    return hazards


def frailty(
    lengths: ArrayLike, outcomes: ArrayLike, weights: ArrayLike | None = None, *, variance: float | None = None
) -> Frailty | NoNumber:
    """The likeliest rate and variance for `outcomes` (0 to 1) of tasks of such lengths; only the rate, with `variance`.

    No number without tasks, without a success, without a failure. Raises ValueError for lengths that are not positive,
    outcomes outside [0, 1], negative weights, and shapes that differ.
    """
    at, values = np.asarray(lengths, dtype=float), np.asarray(outcomes, dtype=float)
    share = np.ones_like(values) if weights is None else np.asarray(weights, dtype=float)
    if not at.shape == values.shape == share.shape or at.ndim != 1 or (share < 0).any():
        raise ValueError("there is one outcome and one weight for each length, and no weight is negative")
    if not ((at > 0) & np.isfinite(at)).all() or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("lengths are positive, and outcomes lie between 0 and 1")
    if not share.sum():
        return NoNumber("no tasks")
    mean = float(np.average(values, weights=share))
    if mean in (0.0, 1.0):
        return NoNumber(f"no {'failure' if mean else 'success'} in {int((share > 0).sum())} tasks: no rate")
    rate, spread = frailty_many(at, (share * values)[None, :], share[None, :], variance=variance)[0]
    if math.isnan(rate):
        return NoNumber("the likelihood has no maximum that was found")
    return Frailty(float(rate), float(spread))


def frailty_many(
    lengths: Floats, successes: Floats, weights: Floats, *, variance: float | None = None, start: Frailty | None = None
) -> Floats:
    """One fit for each row of `weights` and of `successes`, the part of it that succeeded: rows (rate, variance), nan
    where there is none. Newton's method in the logarithms of both, by the expected information where the observed is
    not positive definite; steps are bounded, and halved where the likelihood falls.
    """
    fits = np.full((len(weights), 2), np.nan)
    totals, hits = weights.sum(axis=1), successes.sum(axis=1)
    possible = np.flatnonzero((hits > 0) & (hits < totals * (1 - 1e-12)))
    first = (
        np.log([start.rate, max(start.variance, LIKELY_VARIANCE)]) if start else np.log([1 / np.median(lengths), 1.0])
    )
    for begin in range(0, len(possible), BATCH):
        rows = possible[begin : begin + BATCH]
        total = totals[rows, None]
        fits[rows] = _scored(lengths, successes[rows] / total, weights[rows] / total, variance, first)
    return fits


def _scored(lengths: Floats, hits: Floats, share: Floats, variance: float | None, first: Floats) -> Floats:
    """The fits of one batch. `at` holds log rate and log variance; a variance that is given stays."""
    fixed = variance is not None
    at = np.tile(first, (len(hits), 1))
    if variance is not None:
        at[:, 1] = math.log(max(variance, LEAST_VARIANCE))
    found = np.full((len(hits), 2), np.nan)
    rows, before, best = np.arange(len(hits)), at.copy(), np.full(len(hits), -np.inf)
    for _ in range(MOST_STEPS):
        height, gradient, information = _likelihood(lengths, hits, share, at, fixed)
        fallen = height < best - 1e-13
        step = _step(gradient, information, at, fixed)
        pull = np.where(step == 0, 0.0, gradient)  # what lies at the end of the range may be pulled beyond it
        done = ~fallen & ((np.abs(step).max(axis=1) < SETTLED) | (np.abs(pull).max(axis=1) < LEVEL))
        found[rows[done]] = np.exp(at[done])
        moved = np.where(fallen[:, None], (at + before) / 2, at + step)
        before, best = np.where(fallen[:, None], before, at), np.where(fallen, best, height)
        going = ~done
        if not going.any():
            break
        rows, at, before, best = rows[going], moved[going], before[going], best[going]
        hits, share = hits[going], share[going]
    return found


def _cumulated(fits: Floats, lengths: Floats) -> Floats:
    """-log S at each length, for each row (rate, variance)."""
    rate, variance = fits[:, :1], fits[:, 1:]
    small = variance <= LEAST_VARIANCE
    safe = np.where(small, 1.0, variance)
    return np.where(small, rate * lengths, np.log1p(safe * rate * lengths) / safe)


def _likelihood(lengths: Floats, hits: Floats, share: Floats, at: Floats, fixed: bool) -> tuple[Floats, Floats, Floats]:
    """For each row: the mean log likelihood, its gradient (2) and its information (3) in the logarithms."""
    rate, variance = np.exp(at[:, :1]), np.exp(at[:, 1:])
    load = rate * lengths
    stretched = 1 + variance * load
    cumulated = np.log1p(variance * load) / variance
    done = np.exp(-cumulated)
    failed = np.maximum(-np.expm1(-cumulated), 1e-300)
    height = (-hits * cumulated + (share - hits) * np.log(failed)).sum(axis=1)
    by_rate = load / stretched
    by_variance = by_rate - cumulated
    pull = (share * done - hits) / failed  # minus the derivative of the height by -cumulated
    gradient = np.stack([(pull * by_rate).sum(axis=1), (pull * by_variance).sum(axis=1)], axis=1)
    products = (by_rate * by_rate, by_rate * by_variance, by_variance * by_variance)
    spread = by_rate * variance * load / stretched
    curved = (by_rate / stretched, -spread, -spread - by_variance)  # second derivatives of -log S
    sharp, bend = (share - hits) * done / failed**2, share * done / failed
    observed = [(sharp * both - pull * second).sum(axis=1) for both, second in zip(products, curved, strict=True)]
    expected = [(bend * both).sum(axis=1) for both in products]
    determinant = observed[0] * observed[2] - observed[1] ** 2
    firm = (observed[0] > 0) & (fixed | (determinant > 1e-12 * observed[0] * np.abs(observed[2])))
    return height, gradient, np.where(firm[:, None], np.stack(observed, axis=1), np.stack(expected, axis=1))


def _step(gradient: Floats, information: Floats, at: Floats, fixed: bool) -> Floats:
    """The step, bounded, and not out of the range of variances."""
    aa, ab, bb = information.T
    aa, bb = np.maximum(aa, 1e-300), np.maximum(bb, 1e-300)
    alone = gradient[:, 0] / aa
    low, high = math.log(LEAST_VARIANCE), math.log(MOST_VARIANCE)
    lowest, highest = at[:, 1] <= low + 1e-9, at[:, 1] >= high - 1e-9
    outward = (lowest & (gradient[:, 1] < 0)) | (highest & (gradient[:, 1] > 0))
    ridge = 1e-9 * aa * bb + 1e-300
    determinant = np.maximum(aa * bb - ab**2, ridge)
    both = np.stack([bb * gradient[:, 0] - ab * gradient[:, 1], aa * gradient[:, 1] - ab * gradient[:, 0]], axis=1)
    step = both / determinant[:, None]
    step *= np.minimum(1.0, LONGEST_STEP / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-300))
    by_variance = np.clip(at[:, 1] + step[:, 1], low, high) - at[:, 1]
    stays = fixed | outward | (np.abs(by_variance) < 1e-12)  # then the rate moves as if it were alone
    by_rate = np.where(stays, np.clip(alone, -LONGEST_STEP, LONGEST_STEP), step[:, 0])
    return np.stack([by_rate, np.where(stays, 0.0, by_variance)], axis=1)
