"""Shares of things that come in clusters, from sums over the clusters alone.

Cluster i has y_i hits among n_i things (a customer: months in which it pays, of months in which it is seen). The share
p = Σ y_i / Σ n_i is a ratio of means, and what cluster i adds to its error is y_i - p n_i; so its variance needs only

    Σ (y_i - p n_i)² = Σ y_i² - 2 p Σ y_i n_i + p² Σ n_i²,

five whole numbers, which a database adds up exactly over any number of clusters. Cochran, W. G. (1977), Sampling
Techniques, 3rd ed., Wiley, sections 2.11 and 9A.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import t

from almanac.statistics.clustered import effective_wilson
from almanac.statistics.confidence import Confidence, NoNumber, checked_level

ROUNDING = 1e-14
"""The part of a sum of squares below which what is left of it is rounding."""


@dataclass(frozen=True, slots=True)
class ClusterSums:
    """Sums over `clusters` with n_i > 0: y of the hits, n of the things, yy, yn and nn of their products."""

    clusters: int
    y: int
    n: int
    yy: int
    yn: int
    nn: int

    @property
    def share(self) -> float:
        return self.y / self.n


@dataclass(frozen=True, slots=True)
class CrossSums:
    """Sums over clusters of products of two periods: yy of the hits now and before, yn of hits now and things before,
    ny of things now and hits before, nn of the things.
    """

    yy: int
    yn: int
    ny: int
    nn: int


def cluster_share(sums: ClusterSums, level: float = 0.95) -> Confidence | NoNumber:
    """The share of hits, with clusters as what was drawn: `effective_wilson` with the ratio's standard error.

    >>> found = cluster_share(ClusterSums(clusters=100, y=150, n=300, yy=450, yn=450, nn=900))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.5, 0.402, 0.598)
    """
    checked_level(level)
    if not sums.n:
        return NoNumber("no things: a share of nothing is not a number")
    p, k = sums.share, sums.clusters
    squares = max(0.0, sums.yy - 2 * p * sums.yn + p * p * sums.nn)
    error = math.sqrt(squares * k / max(1, k - 1)) / sums.n
    return effective_wilson(p, error, k, level)


def cluster_mean(sums: ClusterSums, level: float = 0.95) -> Confidence | NoNumber:
    """The mean Σ y_i / Σ n_i of positive amounts, y_i their sum in cluster i, with Student's interval of its logarithm.

    Amounts are skewed, and so is their mean: on the logarithmic scale the interval reaches farther up than down. No
    number from fewer than two clusters, for a mean that is not positive, and where all clusters are alike.

    >>> found = cluster_mean(ClusterSums(clusters=4, y=100, n=4, yy=3000, yn=100, nn=4))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (25.0, 10.992, 56.859)
    """
    checked_level(level)
    if sums.clusters < 2:
        return NoNumber(f"{sums.clusters} clusters have no variance between them")
    if not (sums.n and sums.y > 0):
        return NoNumber("no amount above 0: the mean has no logarithm")
    mean, k = sums.share, sums.clusters
    squares = sums.yy - 2 * mean * sums.yn + mean * mean * sums.nn
    if squares <= ROUNDING * sums.yy:
        return NoNumber("all clusters are alike: a point is no interval")
    reach = float(t.ppf((1 + level) / 2, k - 1)) * math.sqrt(squares * k / (k - 1)) / sums.y
    return Confidence(mean, mean * math.exp(-reach), mean * math.exp(reach), level)


def cluster_ratio(
    now: ClusterSums, before: ClusterSums, cross: CrossSums, clusters: int, level: float = 0.95
) -> Confidence | NoNumber:
    """The share now over the share before, of `clusters` that may have things in both periods.

    On the logarithmic scale cluster i adds (y_i - p n_i) / Σ y_i now, less the same of before; the variance is the sum
    of the squares, so that customers who simply stay cancel out of the error. No number where nothing was hit before,
    or now, where the logarithm has no number.
    """
    checked_level(level)
    if not (now.n and before.n):
        return NoNumber("no things in one of the two periods")
    if not (now.y and before.y):
        return NoNumber("no hits in one of the two periods: the ratio has no logarithm")
    if clusters < 2:
        return NoNumber(f"{clusters} clusters have no variance between them")
    p, q = now.share, before.share
    both = cross.yy - q * cross.yn - p * cross.ny + p * q * cross.nn
    squares = (
        (now.yy - 2 * p * now.yn + p * p * now.nn) / now.y**2
        + (before.yy - 2 * q * before.yn + q * q * before.nn) / before.y**2
        - 2 * both / (now.y * before.y)
    )
    reach = float(t.ppf((1 + level) / 2, clusters - 1)) * math.sqrt(max(0.0, squares) * clusters / (clusters - 1))
    return Confidence(p / q, p / q * math.exp(-reach), p / q * math.exp(reach), level)
