"""How well a score tells cases (positives) from others (negatives); a case is flagged when its score is at least a
threshold.

`auc` is the chance that a random positive scores above a random negative, `recall_at` the share of positives flagged
when the threshold lets a given share of negatives through, `precision` the share of flags that are right where cases
have a given base rate. Two independent samples, positives and negatives; their sizes say nothing of the base rate.
docs/theory/monitor-performance.md derives the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binom, norm, rankdata

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.intervals import clopper_pearson
from almanac.statistics.ratios import ratio_ends

Numbers = Sequence[float] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a threshold flags: `hits` of `positives`, `alarms` of `negatives`. An infinite threshold flags nothing."""

    threshold: float
    hits: int
    positives: int
    alarms: int
    negatives: int


def auc(positives: Numbers, negatives: Numbers, level: float = 0.95) -> Confidence | NoNumber:
    """The area under the ROC curve: P(positive > negative) + P(they tie) / 2.

    DeLong's variance on the logistic scale; where one sample lies wholly above the other that variance is 0, and
    Newcombe's score interval stands in. DeLong, E. R. et al. (1988), Biometrics 44, 837-845; Pepe, M. S. (2003),
    The Statistical Evaluation of Medical Tests, Oxford, section 5.2; Newcombe, R. G. (2006), Stat. Med. 25, 559-573.
    """
    x, y = _samples(positives, negatives)
    checked_level(level)
    if min(len(x), len(y)) < 2:
        return NoNumber(f"{len(x)} positives and {len(y)} negatives, and an interval needs two of each")
    area, variance = auc_variance(x, y)
    z = float(norm.ppf((1 + level) / 2))
    if variance <= 0 or not 0 < area < 1:
        low, high = _newcombe(area, len(x), len(y), z)
    else:
        centre, reach = math.log(area / (1 - area)), z * math.sqrt(variance) / (area * (1 - area))
        low, high = _logistic(centre - reach), _logistic(centre + reach)
    return Confidence(area, min(low, area), max(high, area), level)


def auc_variance(positives: Numbers, negatives: Numbers) -> tuple[float, float]:
    """The area and DeLong's variance of it, by mid-ranks as Sun, X. and Xu, W. (2014), IEEE Signal Process. Lett. 21,
    1389-1393: with placements V of every positive among the negatives and W of every negative among the positives,
    var V / m + var W / n. Needs two of each.
    """
    x, y = _samples(positives, negatives)
    m, n = len(x), len(y)
    both = rankdata(np.concatenate([x, y]))
    above = (both[:m] - rankdata(x)) / n
    below = 1 - (both[m:] - rankdata(y)) / m
    return float(above.mean()), float(above.var(ddof=1) / m + below.var(ddof=1) / n)


def threshold_at(positives: Numbers, negatives: Numbers, rate: float) -> Flagged | NoNumber:
    """The lowest threshold, of the scores that occur, at which at most a share `rate` of the negatives is flagged."""
    x, y = _samples(positives, negatives)
    _checked_rate(rate)
    if not len(x) or not len(y):
        return NoNumber(f"{len(x)} positives and {len(y)} negatives: a threshold needs both")
    ordered = np.unique(np.concatenate([x, y]))
    alarms = len(y) - np.searchsorted(np.sort(y), ordered, side="left")
    allowed = alarms <= rate * len(y) + 1e-9
    threshold = float(ordered[allowed][0]) if allowed.any() else math.inf
    return flagged_by(x, y, threshold)


def flagged_by(positives: Numbers, negatives: Numbers, threshold: float) -> Flagged:
    """What `threshold` flags."""
    x, y = _samples(positives, negatives)
    return Flagged(threshold, int((x >= threshold).sum()), len(x), int((y >= threshold).sum()), len(y))


def recall_at(positives: Numbers, negatives: Numbers, rate: float, level: float = 0.95) -> Confidence | NoNumber:
    """The recall at the threshold that a share `rate` of all negatives, not only of those at hand, would pass.

    That threshold is known only between two order statistics of the negatives (how many exceed it is binomial
    (n, rate), whatever their distribution), and the recall at each of these from the positives alone
    (Clopper-Pearson). Each of the four tails gets a quarter of 1 - level, so the interval covers at least `level`.
    When so few negatives are at hand that none need lie above the threshold, it has no upper end: the low end is 0.
    Assumes independent scores without large ties. The order-statistics step: Conover, W. J. (1999), Practical
    Nonparametric Statistics, 3rd ed., section 3.2; the joint region: Campbell, G. (1994), Stat. Med. 13, 499-508.
    """
    checked_level(level)
    at = threshold_at(positives, negatives, rate)
    if isinstance(at, NoNumber):
        return at
    x, y = _samples(positives, negatives)
    falling, tail = np.sort(y)[::-1], (1 - level) / 4
    fewest, most = int(binom.ppf(tail, len(y), rate)), int(binom.ppf(1 - tail, len(y), rate))
    highest = float(falling[fewest - 1]) if fewest else math.inf
    lowest = float(falling[most]) if most < len(y) else -math.inf
    value = at.hits / at.positives
    low = _end(x, highest, 1 - 2 * tail).low if fewest else 0.0
    high = _end(x, lowest, 1 - 2 * tail).high
    return Confidence(value, min(low, value), max(high, value), level)


def precision(flagged: Flagged, base_rate: float, level: float = 0.95) -> Confidence | NoNumber:
    """The share of flags that are right among cases of which a share `base_rate` is positive.

    By Bayes: 1 / (1 + (1 - π)/π · F/R), R the recall and F the false-positive rate at this threshold, with the interval
    that the score interval of R/F gives. The threshold is taken as fixed beforehand. Altman, D. G. and Bland, J. M.
    (1994), BMJ 309, 102; Koopman, P. A. R. (1984), Biometrics 40, 513-517.

    >>> round(precision(Flagged(0.5, 99, 100, 10, 1000), 0.01).value, 3)
    0.5
    """
    if not 0 < base_rate < 1:
        raise ValueError(f"a base rate lies between 0 and 1, not at {base_rate}")
    ends = ratio_ends(flagged.hits, flagged.positives, flagged.alarms, flagged.negatives, level)
    if isinstance(ends, NoNumber):
        return NoNumber("nothing is flagged: no flag can be right") if not flagged.hits + flagged.alarms else ends
    recall, fall_out = flagged.hits / flagged.positives, flagged.alarms / flagged.negatives
    value = base_rate * recall / (base_rate * recall + (1 - base_rate) * fall_out)
    low, high = (_posterior(ratio, base_rate) for ratio in ends)
    return Confidence(value, min(low, value), max(high, value), level)


def _posterior(ratio: float, base_rate: float) -> float:
    """The chance of being positive after a flag that is `ratio` times likelier for positives."""
    if math.isinf(ratio):
        return 1.0
    return base_rate * ratio / (base_rate * ratio + 1 - base_rate)


def _end(x: NDArray[np.float64], threshold: float, level: float) -> Confidence:
    found = clopper_pearson(int((x >= threshold).sum()), len(x), level)
    if isinstance(found, NoNumber):
        raise ValueError(found.reason)
    return found


def _newcombe(area: float, m: int, n: int, z: float) -> tuple[float, float]:
    """All areas θ with |area - θ| <= z times the standard error that exponential scores would have at θ."""
    spare = (m + n) / 2 - 1

    def excess(t: float) -> float:
        variance = t * (1 - t) * (1 + spare * (1 - t) / (2 - t) + spare * t / (1 + t)) / (m * n)
        return abs(area - t) - z * math.sqrt(max(0.0, variance))

    low = float(brentq(excess, 0.0, area - 1e-12)) if area > 0 else 0.0
    high = float(brentq(excess, area + 1e-12, 1.0)) if area < 1 else 1.0
    return low, high


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def _checked_rate(rate: float) -> None:
    if not 0 < rate < 1:
        raise ValueError(f"a false-positive rate lies between 0 and 1, not at {rate}")


def _samples(positives: Numbers, negatives: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.asarray(positives, float), np.asarray(negatives, float)
    if x.ndim != 1 or y.ndim != 1 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("scores are two series of finite numbers")
    return x, y
