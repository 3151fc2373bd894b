"""Prevalence: how common something is, when what counts it makes known errors.

A test that finds cases has a sensitivity (the share of true cases that it finds) and a specificity (the share of
others that it lets pass), both known only from a sample that was labelled by hand. `prevalence` turns the share that
the test finds into the true share, with an interval in which all three samples' chance counts; `corrected_ratio` does
so for the ratio of two such shares. docs/theory/prevalence.md derives both.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from almanac.statistics.bootstrap import MOST_UNUSABLE, Bootstrapped
from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.intervals import NO_TRIALS


@dataclass(frozen=True, slots=True)
class Trials:
    """`right` of `n` trials came out right: of the true cases those that were found, of the others those let pass."""

    right: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.right <= self.n:
            raise ValueError(f"{self.right} right out of {self.n} trials cannot be")

    @property
    def rate(self) -> float:
        """The share that came out right. Raises ZeroDivisionError without trials."""
        return self.right / self.n


def rogan_gladen(apparent: float, sensitivity: float, specificity: float) -> float:
    """The true share p behind the apparent one: the p with apparent = p se + (1 - p)(1 - sp).

    Not clipped: below 0 when fewer are found than errors alone would give, above 1 when more are.
    Raises ValueError when se + sp <= 1, where the test tells nothing or the contrary.
    Rogan, W. J. and Gladen, B. (1978), Am. J. Epidemiol. 107, 71-76.

    >>> round(rogan_gladen(0.3, 0.9, 0.8), 6)
    0.142857
    """
    informed = sensitivity + specificity - 1
    if informed <= 0:
        raise ValueError(f"sensitivity {sensitivity} and specificity {specificity} sum to 1 or less: they tell nothing")
    return (apparent + specificity - 1) / informed


def prevalence(
    found: int, n: int, sensitivity: Trials, specificity: Trials, level: float = 0.95
) -> Confidence | NoNumber:
    """The true share when a test finds `found` of `n`, in [0, 1], with its interval.

    The value is `rogan_gladen`, clipped to [0, 1]. The interval is that of Lang and Reiczigel: centre and variance of
    the estimate after z²/2 successes and failures are added to the sample and one of each to either labelled sample,
    moved by a correction for skewness. It is made for three independent binomial samples; where it would leave out
    the value or [0, 1], it is widened or cut to hold them.

    No number without a sample, without a labelled case or non-case, or when se + sp <= 1.
    Lang, Z. and Reiczigel, J. (2014), Prev. Vet. Med. 113, 13-22, equations 2, 6, 7, 16 and 17; the variance is their
    equation 4 with (1 - p)² where a misprint has (1 + p)².

    >>> interval = prevalence(4060, 11284, Trials(178, 179), Trials(358, 359))
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.349, 0.372)
    """
    if not 0 <= found <= n:
        raise ValueError(f"{found} found out of {n} cannot be")
    checked_level(level)
    if not n:
        return NO_TRIALS
    unknown = _unknown(sensitivity, specificity)
    if unknown:
        return unknown
    value = min(1.0, max(0.0, rogan_gladen(found / n, sensitivity.rate, specificity.rate)))
    z = float(norm.ppf((1 + level) / 2))
    enlarged = n + z**2
    apparent = (found + z**2 / 2) / enlarged
    se, of_se = _shrunk(sensitivity)
    sp, of_sp = _shrunk(specificity)
    informed = se + sp - 1
    if informed <= 0:
        return NoNumber(f"{sensitivity.n} labelled cases and {specificity.n} others are too few to tell them apart")
    centre = (apparent + sp - 1) / informed
    skewness = 2 * z**2 * (centre * of_se - (1 - centre) * of_sp)
    variance = apparent * (1 - apparent) / enlarged + centre**2 * of_se + (1 - centre) ** 2 * of_sp
    reach = z * math.sqrt(variance) / informed
    low, high = centre + skewness - reach, centre + skewness + reach
    return Confidence(value, max(0.0, min(low, value)), min(1.0, max(high, value)), level)


def _unknown(sensitivity: Trials, specificity: Trials) -> NoNumber | None:
    """Why the test's errors are not known well enough to correct for them."""
    if not sensitivity.n:
        return NoNumber("no labelled case: the sensitivity is unknown")
    if not specificity.n:
        return NoNumber("every labelled unit is a case: the specificity is unknown")
    if sensitivity.rate + specificity.rate <= 1:
        rates = f"sensitivity {sensitivity.rate:.3f} and specificity {specificity.rate:.3f}"
        return NoNumber(f"{rates} sum to 1 or less: they tell nothing")
    return None


def _shrunk(trials: Trials) -> tuple[float, float]:
    """The rate after one more right and one more wrong, and its variance."""
    rate = (trials.right + 1) / (trials.n + 2)
    return rate, rate * (1 - rate) / (trials.n + 2)


_OUTCOMES = ((False, False), (False, True), (True, True))
"""What can be of one unit: neither part nor whole, the whole alone, both. The part lies in the whole."""

_TRUTHS = tuple((*true, *found) for true in _OUTCOMES for found in _OUTCOMES)
"""What can be of one labelled unit: what it truly is and what it is found to be."""


def corrected_ratio(
    sample: Sequence[tuple[bool, bool]],
    labelled: Sequence[tuple[bool, bool, bool, bool]],
    *,
    seed: int,
    draws: int = 2000,
    level: float = 0.95,
) -> Bootstrapped:
    """The ratio of two true shares, part over whole, in [0, 1], with its percentile interval.

    sample: of each unit, whether it is found to be of the part, and of the whole (NVIDIA; any known vendor).
    labelled: of each labelled unit, whether it truly is of the part, truly of the whole, is found to be of the part,
    of the whole. The value comes from the observed shares. The interval is a Bayesian bootstrap: both samples' shares
    of outcomes are drawn from their Dirichlet posteriors, so that what hangs together in a unit stays together; a
    prior that is worth one unit in all (Perks 1947), spread over every outcome, keeps an outcome that was never seen
    possible, where a resampling of the units would call it impossible and the interval a point. Sensitivities and
    specificities come from the drawn labels. A draw without a ratio (se + sp <= 1, or a whole of 0) is counted, and
    more than 5 % of these leave no number.

    Raises ValueError for a unit of the part that is not of the whole. Rubin, D. B. (1981), Ann. Stat. 9, 130-134.
    """
    checked_level(level)
    if draws < 1:
        raise ValueError(f"at least one draw, not {draws}")
    outcomes, truths = _tallied(sample, _OUTCOMES), _tallied(labelled, _TRUTHS)
    if not sample or not labelled:
        return Bootstrapped(NoNumber("no sample" if not sample else "no labelled units"), draws, seed)
    value = float(_ratios(outcomes[None, :] / len(sample), truths[None, :] / len(labelled))[0])
    if math.isnan(value):
        return Bootstrapped(NoNumber("the labelled units leave no ratio: se + sp <= 1, or a whole of 0"), draws, seed)
    random = np.random.default_rng(seed)
    ratios = _ratios(
        random.dirichlet(outcomes + 1 / len(outcomes), size=draws),
        random.dirichlet(truths + 1 / len(truths), size=draws),
    )
    usable = ratios[~np.isnan(ratios)]
    unusable = draws - len(usable)
    if unusable > MOST_UNUSABLE * draws:
        reason = f"{unusable} of {draws} draws have no ratio: too few labelled units of one kind"
        return Bootstrapped(NoNumber(reason), draws, seed, unusable)
    low, high = (float(end) for end in np.quantile(usable, [(1 - level) / 2, (1 + level) / 2]))
    return Bootstrapped(Confidence(value, min(low, value), max(high, value), level), draws, seed, unusable)


def _tallied(units: Sequence[tuple[bool, ...]], kinds: Sequence[tuple[bool, ...]]) -> NDArray[np.float64]:
    """How many units there are of each kind. Raises ValueError for a unit of no kind."""
    counted = Counter(units)
    if counted.keys() - set(kinds):
        raise ValueError("a unit of the part is not of the whole")
    return np.array([counted[kind] for kind in kinds], dtype=float)


def _ratios(outcomes: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ratio for each row of shares of outcomes and of labelled outcomes; nan where there is none."""
    found = outcomes @ np.array(_OUTCOMES, dtype=float)
    kinds = np.array(_TRUTHS)
    part = _corrected(found[:, 0], truths, kinds[:, 0], kinds[:, 2])
    whole = _corrected(found[:, 1], truths, kinds[:, 1], kinds[:, 3])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(np.where(whole > 0, part / whole, np.nan), 0.0, 1.0)


def _corrected(
    apparent: NDArray[np.float64], truths: NDArray[np.float64], true: NDArray[np.bool_], found: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Rogan and Gladen's estimate for each row, clipped to [0, 1]; nan where it is not defined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        se = truths @ (true & found) / (truths @ true)
        sp = truths @ (~true & ~found) / (truths @ ~true)
        informed = np.where(se + sp > 1, se + sp - 1, np.nan)
        return np.clip((apparent + sp - 1) / informed, 0.0, 1.0)
