"""Intervals for a proportion: `successes` out of `n` independent trials that share one probability.

`wilson` for reporting, `clopper_pearson` where coverage must never fall short, `jeffreys` for a Bayesian
reading, `half_credit` when a trial may also come out half right. docs/theory/intervals.md compares them.

All four return `NoNumber` when n is 0 and raise ValueError for counts that cannot be (negative, more
successes than trials) or a level outside (0, 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.stats import beta, binomtest, norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

NO_TRIALS = NoNumber("no trials: a proportion of nothing is not a number")


def wilson(successes: int, n: int, level: float = 0.95) -> Confidence | NoNumber:
    """The score interval: all p with |successes/n - p| <= z sqrt(p (1 - p) / n).

    Covers close to `level` on average, from n of about 10 on; for single values of p it can fall a little
    short. Wilson, E. B. (1927), J. Am. Stat. Assoc. 22, 209-212; method 3 of Newcombe, R. G. (1998), Stat.
    Med. 17, 857-872.

    >>> interval = wilson(81, 263)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.2553, 0.3662)
    """
    _checked(successes, n, level)
    if not n:
        return NO_TRIALS
    # written out: SciPy works out a p-value first, a thousand times the work, and tables have thousands of shares
    p, z = successes / n, float(norm.ppf((1 + level) / 2))
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return _containing(p, centre - reach, centre + reach, level)


def clopper_pearson(successes: int, n: int, level: float = 0.95) -> Confidence | NoNumber:
    """The exact interval: all p that neither tail of the binomial rejects at (1 - level) / 2.

    Never covers less than `level`, mostly more: wider than it needs to be.
    Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413; method 5 of Newcombe (1998).

    >>> interval = clopper_pearson(15, 148)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0578, 0.1617)
    """
    _checked(successes, n, level)
    if not n:
        return NO_TRIALS
    found = binomtest(successes, n).proportion_ci(level, "exact")
    return _containing(successes / n, float(found.low), float(found.high), level)


def jeffreys(successes: int, n: int, level: float = 0.95) -> Confidence | NoNumber:
    """The equal-tailed posterior interval under the prior Beta(1/2, 1/2); 0 is its low end when there is no
    success, and 1 its high end when there is no failure.

    Brown, L. D., Cai, T. T. and DasGupta, A. (2001), Stat. Sci. 16, 101-133, section 3.1.3.

    >>> interval = jeffreys(0, 10)
    >>> interval.low, round(interval.high, 4)
    (0.0, 0.2172)
    """
    _checked(successes, n, level)
    if not n:
        return NO_TRIALS
    tail, failures = (1 - level) / 2, n - successes
    low = float(beta.ppf(tail, successes + 0.5, failures + 0.5)) if successes else 0.0
    high = float(beta.ppf(1 - tail, successes + 0.5, failures + 0.5)) if failures else 1.0
    return _containing(successes / n, low, high, level)


def half_credit(hits: int, partials: int, misses: int, level: float = 0.95) -> Confidence | NoNumber:
    """The mean of trials worth 1, 1/2 or 0, with its score interval.

    The mean is (1 + d) / 2 with d = (hits - misses) / n, and d is what Tango's interval for a difference of
    paired proportions is about: three outcomes of unknown probability, worth +1, 0 and -1. All d with

        |hits - misses - n d| <= z sqrt(n (2 q + d (1 - d)))

    where q is the likeliest probability of a miss if d were true (a quadratic's larger root). Without
    partials it is `wilson`. Unlike a bootstrap it needs no seed and does not shrink to a point when all
    trials come out alike. Tango, T. (1998), Stat. Med. 17, 891-908, equations 13 to 16.

    >>> interval = half_credit(6, 139, 16)  # 2 * value - 1 = -0.0621 in [-0.1240, -0.0054]
    >>> [round(2 * x - 1, 4) for x in (interval.value, interval.low, interval.high)]
    [-0.0621, -0.124, -0.0054]
    """
    n = hits + partials + misses
    if min(hits, partials, misses) < 0:
        raise ValueError(f"counts cannot be negative: {hits} hits, {partials} partials, {misses} misses")
    checked_level(level)
    if not n:
        return NO_TRIALS
    z = float(norm.ppf((1 + level) / 2))
    difference = (hits - misses) / n

    def excess(d: float) -> float:
        variance = n * max(0.0, 2 * _likeliest_miss(d, hits, misses, n) + d * (1 - d))
        return abs(hits - misses - n * d) - z * math.sqrt(variance)

    low = -1.0 if hits == partials == 0 else _root(excess, -1.0, difference)
    high = 1.0 if misses == partials == 0 else _root(excess, 1.0, difference)
    return _containing((1 + difference) / 2, (1 + low) / 2, (1 + high) / 2, level)


def _likeliest_miss(d: float, hits: int, misses: int, n: int) -> float:
    """The maximum-likelihood probability of a miss when that of a hit is larger by `d` (Tango's q21)."""
    linear = -hits - misses + (2 * n - hits + misses) * d
    root = math.sqrt(max(0.0, linear**2 + 8 * n * misses * d * (1 - d)))
    return (root - linear) / (4 * n)


def _root(excess: Callable[[float], float], end: float, inside: float) -> float:
    """Where `excess` changes sign between `inside`, the estimate, and `end`. It starts a hair away from the
    estimate, because there the variance, and with it the excess, can be exactly 0 (all trials alike).
    """
    start = inside + (end - inside) * 1e-9
    return float(brentq(excess, start, end, xtol=1e-12))


def _checked(successes: int, n: int, level: float) -> None:
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes out of {n} trials cannot be")
    checked_level(level)


def _containing(value: float, low: float, high: float, level: float) -> Confidence:
    """Rounding must not put the value outside its interval, nor the interval outside [0, 1]."""
    return Confidence(value, max(0.0, min(low, value)), min(1.0, max(high, value)), level)
