"""Heavy tails: quantities of which a few cases hold most, their fits, and their means with and without a cap.

The three distributions have the same few methods, and each takes arrays as parameters as well: a thousand draws of a
fit are one distribution, and its capped means a thousand numbers. Kleiber, C. and Kotz, S. (2003), Statistical Size
Distributions in Economics and Actuarial Sciences, Wiley; Klugman, S. A. et al. (2012), Loss Models, 4th ed., Wiley,
appendix A (limited expected values).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import chi2, t

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]
Real = float | Floats

LEAST_CASES = 8
"""Cases behind a fit: with fewer, any shape fits."""

MOST_RESAMPLED = 5_000_000
"""Cases times draws, beyond which a body is taken as known: 40 MB, and with thousands of cases its mean is."""

LIKE_MANY = 1000
"""Cases of a simulated sample in `goodness` at most: beyond, the statistic's distribution hardly changes with n."""


class SizeDistribution(Protocol):
    """Of a quantity that is never negative."""

    def mean(self) -> Floats:
        """Infinite where the tail is too heavy for a mean."""
        ...

    def limited_mean(self, cap: Real) -> Floats:
        """The mean of min(Q, cap)."""
        ...

    def above(self, level: Real) -> Floats:
        """The chance that Q lies above the level."""
        ...

    def top_share(self, p: float) -> Floats:
        """The share of the total that the largest p of the cases hold; nan where there is no total."""
        ...

    def heavier(self, factor: Real) -> SizeDistribution:
        """The same with a tail `factor` times as heavy, the small cases as they were."""
        ...

    def drawn(self, size: tuple[int, ...], random: np.random.Generator) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Q whose logarithm is normal; its median is exp(mu)."""

    mu: Real
    sigma: Real

    def mean(self) -> Floats:
        return np.asarray(np.exp(self.mu + np.square(self.sigma) / 2))

    def limited_mean(self, cap: Real) -> Floats:
        with np.errstate(divide="ignore"):
            z = (np.log(cap) - self.mu) / self.sigma
        rest = np.where(np.isfinite(cap), cap, 0.0) * ndtr(-z)
        return np.asarray(self.mean() * ndtr(z - self.sigma) + rest)

    def above(self, level: Real) -> Floats:
        with np.errstate(divide="ignore"):
            return np.asarray(ndtr(-(np.log(level) - self.mu) / self.sigma))

    def top_share(self, p: float) -> Floats:
        return np.asarray(ndtr(self.sigma - ndtri(1 - p)))

    def gini(self) -> Floats:
        return np.asarray(2 * ndtr(self.sigma / np.sqrt(2)) - 1)

    def heavier(self, factor: Real) -> Lognormal:
        return Lognormal(self.mu, self.sigma * factor)

    def drawn(self, size: tuple[int, ...], random: np.random.Generator) -> Floats:
        return np.asarray(np.exp(self.mu + self.sigma * random.standard_normal(size)))


@dataclass(frozen=True, slots=True)
class Pareto:
    """Q with P(Q > x) = (minimum / x)^alpha from the minimum on. Without a mean where alpha is 1 or less."""

    minimum: Real
    alpha: Real

    def mean(self) -> Floats:
        alpha = np.asarray(self.alpha, dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(alpha > 1, alpha * self.minimum / (alpha - 1), np.inf)

    def limited_mean(self, cap: Real) -> Floats:
        """The minimum, plus the integral of the chance to lie above x from there to the cap: at alpha 1 a logarithm."""
        rate = 1.0 - np.asarray(self.alpha)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            logs = np.log(cap / np.asarray(self.minimum))
            beyond = np.where(rate == 0, logs, np.expm1(rate * logs) / rate)
            return np.where(np.asarray(cap) <= self.minimum, cap, self.minimum * (1 + beyond))

    def above(self, level: Real) -> Floats:
        with np.errstate(divide="ignore"):
            return np.minimum(1.0, (self.minimum / np.asarray(level, dtype=float)) ** self.alpha)

    def top_share(self, p: float) -> Floats:
        alpha = np.asarray(self.alpha, dtype=float)
        return np.where(alpha > 1, p ** (1 - 1 / alpha), np.nan)

    def gini(self) -> Floats:
        alpha = np.asarray(self.alpha, dtype=float)
        return np.where(alpha > 1, 1 / (2 * alpha - 1), np.nan)

    def heavier(self, factor: Real) -> Pareto:
        return Pareto(self.minimum, self.alpha / factor)

    def drawn(self, size: tuple[int, ...], random: np.random.Generator) -> Floats:
        return np.asarray(self.minimum * random.random(size) ** (-1 / np.asarray(self.alpha)))


@dataclass(frozen=True, slots=True)
class Spliced:
    """Cases as they were observed, but for the largest, a share `share`, which are Pareto from the threshold on.

    body: the observed ones; or a row of them for each of many samples, whose tails' parameters are arrays as well. Such
    are only asked for their means.
    """

    body: Floats
    tail: Pareto
    share: float

    def mean(self) -> Floats:
        return self._joined(self.body.mean(axis=-1) if self.body.size else 0.0, self.tail.mean())

    def limited_mean(self, cap: Real) -> Floats:
        """Each case of the body counts as far as the cap reaches: sums of the sorted body, looked up."""
        wanted = np.asarray(cap, dtype=float)
        if self.body.ndim > 1:
            return self._joined(np.minimum(self.body, wanted).mean(axis=-1), self.tail.limited_mean(cap))
        ordered = np.sort(self.body)
        sums = np.concatenate(([0.0], np.cumsum(ordered)))
        under = np.searchsorted(ordered, wanted, side="right")
        over = np.where(np.isfinite(wanted), wanted, 0.0) * (len(ordered) - under)
        whole = (sums[under] + over) / max(1, len(ordered))
        return self._joined(whole, self.tail.limited_mean(cap))

    def above(self, level: Real) -> Floats:
        ordered = np.sort(self.body)
        higher = len(ordered) - np.searchsorted(ordered, np.asarray(level), side="right")
        return self._joined(higher / max(1, len(ordered)), self.tail.above(level))

    def top_share(self, p: float) -> Floats:
        if p > self.share:
            raise ValueError(f"the fitted tail holds a share {self.share:g} of the cases, and {p:g} are asked for")
        whole = self.mean()
        with np.errstate(invalid="ignore"):
            return np.asarray(self.share * self.tail.mean() * self.tail.top_share(p / self.share) / whole)

    def heavier(self, factor: Real) -> Spliced:
        return Spliced(self.body, self.tail.heavier(factor), self.share)

    def drawn(self, size: tuple[int, ...], random: np.random.Generator) -> Floats:
        found = self.tail.drawn(size, random)
        if not len(self.body):
            return found
        return np.where(random.random(size) < self.share, found, random.choice(self.body, size))

    def _joined(self, body: Real, tail: Real) -> Floats:
        return np.asarray((1 - self.share) * np.asarray(body) + self.share * np.asarray(tail))


# ---- fits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LognormalFit:
    """Fitted to n cases: mean and spread (n - 1) of their logarithms."""

    mu: float
    sigma: float
    n: int

    def best(self) -> Lognormal:
        return Lognormal(self.mu, self.sigma)

    def likely(self, draws: int, random: np.random.Generator) -> Lognormal:
        """Parameters drawn from their generalised pivots: quantiles of anything that is computed from them are its
        interval, though it has no formula. Krishnamoorthy, K. and Mathew, T. (2003), J. Stat. Plan. Inference 115,
        103-121, equation 4.
        """
        sigma = self.sigma * np.sqrt((self.n - 1) / random.chisquare(self.n - 1, draws))
        return Lognormal(self.mu - random.standard_normal(draws) * sigma / np.sqrt(self.n), sigma)

    def mu_interval(self, level: float = 0.95) -> Confidence:
        reach = float(t.ppf((1 + checked_level(level)) / 2, self.n - 1)) * self.sigma / self.n**0.5
        return Confidence(self.mu, self.mu - reach, self.mu + reach, level)

    def sigma_interval(self, level: float = 0.95) -> Confidence:
        ends = chi2.ppf([(1 + checked_level(level)) / 2, (1 - level) / 2], self.n - 1)
        low, high = (self.sigma * float(np.sqrt((self.n - 1) / end)) for end in ends)
        return Confidence(self.sigma, low, high, level)


def fit_lognormal(values: Sequence[float] | Floats) -> LognormalFit | NoNumber:
    """The lognormal through positive values; exact intervals where it is one. No number for too few or equal ones."""
    found = np.asarray(values, dtype=float)
    if len(found) < LEAST_CASES:
        return NoNumber(f"{len(found)} cases, and a fit needs {LEAST_CASES}")
    if not (found > 0).all():
        return NoNumber("a case of 0 has no logarithm")
    logs = np.log(found)
    if not (spread := float(logs.std(ddof=1))) > 0:
        return NoNumber("all cases are alike")
    return LognormalFit(float(logs.mean()), spread, len(found))


@dataclass(frozen=True, slots=True)
class ParetoFit:
    """Fitted to the k largest of n cases, which lie above `threshold`, the largest of the rest."""

    alpha: float
    threshold: float
    k: int
    body: Floats
    tail: Floats

    def best(self) -> Spliced:
        return self._with(self.alpha)

    def likely(self, draws: int, random: np.random.Generator) -> Spliced:
        """As of the lognormal: 2 k alpha over its estimate is chi-squared with 2 k degrees of freedom, whatever the
        threshold. Threshold and body are those of resamples, unless there are so many cases that they hardly vary.
        """
        alpha = self.alpha * random.chisquare(2 * self.k, draws) / (2 * self.k)
        n = self.k + len(self.body)
        if n * draws > MOST_RESAMPLED:
            return self._with(alpha)
        every = np.concatenate((self.body, self.tail))
        again = np.sort(every[random.integers(0, n, (draws, n))], axis=1)[:, : n - self.k]
        return Spliced(again, Pareto(again[:, -1], alpha), self.k / n)

    def alpha_interval(self, level: float = 0.95) -> Confidence:
        low, high = chi2.ppf([(1 - checked_level(level)) / 2, (1 + level) / 2], 2 * self.k) / (2 * self.k)
        return Confidence(self.alpha, self.alpha * float(low), self.alpha * float(high), level)

    def _with(self, alpha: Real) -> Spliced:
        return Spliced(self.body, Pareto(self.threshold, alpha), self.k / (self.k + len(self.body)))


def fit_pareto(values: Sequence[float] | Floats, share: float) -> ParetoFit | NoNumber:
    """The Pareto through the largest `share` of the values: Hill's estimate, with its exact interval where it is one.

    Hill, B. M. (1975), Ann. Stat. 3, 1163-1174. No number for too few cases above a positive threshold, or equal ones.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share of the cases lies between 0 and 1, not at {share}")
    ordered = np.sort(np.asarray(values, dtype=float))
    k = int(share * len(ordered))
    if k < LEAST_CASES:
        return NoNumber(f"{k} cases in the tail, and a fit needs {LEAST_CASES}")
    threshold = float(ordered[-k - 1])
    if not threshold > 0:
        return NoNumber("the threshold is 0: no Pareto starts there")
    if not (logs := float(np.log(ordered[-k:] / threshold).sum())) > 0:
        return NoNumber("all cases of the tail are alike")
    return ParetoFit(k / logs, threshold, k, ordered[:-k], ordered[-k:])


# ---- goodness ------------------------------------------------------------------------------------------------------


def anderson_darling(uniforms: Floats) -> Floats:
    """How far samples, along the last axis, lie from uniform: Anderson and Darling's A², which weighs the ends."""
    ordered = np.clip(np.sort(uniforms, axis=-1), 1e-15, 1 - 1e-15)
    n = ordered.shape[-1]
    weights = (2 * np.arange(1, n + 1) - 1) / n
    return np.asarray(-n - (weights * (np.log(ordered) + np.log1p(-ordered[..., ::-1]))).sum(axis=-1))


def lognormal_goodness(values: Sequence[float] | Floats, *, seed: int, draws: int = 999) -> float:
    """The chance of so bad a fit (A²) if the values are lognormal: simulated, with the parameters fitted each time."""
    random = np.random.default_rng(seed)
    return _chance(np.log(np.asarray(values, dtype=float)), _normal_uniforms, random.standard_normal, draws)


def pareto_goodness(values: Sequence[float] | Floats, fit: ParetoFit, *, seed: int, draws: int = 999) -> float:
    """As `lognormal_goodness`, of the values above the threshold, whose logarithms are exponential if it is Pareto."""
    found = np.sort(np.asarray(values, dtype=float))[-fit.k :]
    logs = np.log(found / fit.threshold)
    random = np.random.default_rng(seed)
    return _chance(logs, _exponential_uniforms, random.standard_exponential, draws)


def _normal_uniforms(x: Floats) -> Floats:
    return np.asarray(ndtr((x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, ddof=1, keepdims=True)))


def _exponential_uniforms(x: Floats) -> Floats:
    return np.asarray(-np.expm1(-x / x.mean(axis=-1, keepdims=True)))


def _chance(x: Floats, uniforms: Callable[[Floats], Floats], draw: Callable[..., Floats], draws: int) -> float:
    """(1 + simulated samples that fit no better) / (1 + draws)."""
    held = float(anderson_darling(uniforms(x)))
    like = anderson_darling(uniforms(draw((draws, min(len(x), LIKE_MANY)))))
    return (1 + int((like >= held).sum())) / (1 + draws)
