"""A ratio of two positive sums over clusters that differ in size, where large clusters leave few degrees of freedom."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.jackknife import LEAST_CASES


def clustered_ratio(
    over: Sequence[float], under: Sequence[float], clusters: Sequence[object], level: float = 0.95
) -> Confidence | NoNumber:
    """Σ over / Σ under, exp(± t s), with s the jackknife's error of its logarithm when whole clusters are left out.

    t has 1 / Σ w² - 1 degrees of freedom, w the clusters' shares of Σ under: seven clusters of which one is half of
    all are no seven cases (Kish, L. (1965), Survey Sampling, section 8.2, for the effective number). On the
    logarithmic scale, because cost over power is skewed: of seven log-normal clusters the plain jackknife held 91 to 93
    % of the truths for 95, this one 95 (benchmarks/results/coverage_money.md). No number with fewer than 4 clusters, or
    without some sum being positive.
    """
    checked_level(level)
    names = list(dict.fromkeys(clusters))
    place = {name: at for at, name in enumerate(names)}
    at = np.array([place[cluster] for cluster in clusters], dtype=int)
    tops, bottoms = (np.bincount(at, np.asarray(part, float), len(names)) for part in (over, under))
    if not (tops.sum() > 0 and bottoms.sum() > 0):
        return NoNumber("one of the two sums is not above 0")
    n, value = len(names), float(tops.sum() / bottoms.sum())
    if n < LEAST_CASES:
        return NoNumber(f"{n} cases, and a jackknife needs {LEAST_CASES}")
    left, right = tops.sum() - tops, bottoms.sum() - bottoms
    if not ((left > 0).all() and (right > 0).all()):
        return NoNumber("without some cluster there is no ratio")
    logs = np.log(left / right)
    error = math.sqrt((n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    freedom = 1 / float(((bottoms / bottoms.sum()) ** 2).sum()) - 1
    reach = float(t.ppf((1 + level) / 2, max(1.0, freedom))) * error
    return Confidence(value, value * math.exp(-reach), value * math.exp(reach), level)
