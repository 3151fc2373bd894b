"""The share of money that is left, with its interval: groups of customers are drawn again, in place of customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.statistics import Confidence, NoNumber, bca

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

BUCKETS = 1024
"""Groups of customers, by a hash of the name, that are drawn in place of customers. With fewer customers than that
most groups are one customer; with more, each is the sum of some, and the spread between them tells as much. So a
bootstrap of any number of customers needs a thousand sums.
"""


@dataclass(frozen=True, slots=True)
class Resamples:
    """How often each group of customers is drawn, in each draw; every interval is made from the same draws."""

    counts: Floats
    seed: int

    @classmethod
    def drawn(cls, draws: int, seed: int) -> Resamples:
        """As many groups as there are, with replacement."""
        random = np.random.default_rng(seed)
        counts = random.multinomial(BUCKETS, np.full(BUCKETS, 1 / BUCKETS), size=draws)
        return cls(counts.astype(np.float64), seed)

    def sums(self, buckets: Integers, values: Floats) -> Floats:
        """The sum of the groups' values in each draw."""
        spread = np.zeros(BUCKETS)
        spread[buckets] = values
        return self.counts @ spread


def share_left(
    value: float, buckets: Integers, base: Floats, later: Floats, resamples: Resamples, level: float = 0.95
) -> Confidence | NoNumber:
    """`value`, the percentage of the money `base` that is there `later`, with its interval (BCa).

    buckets: the groups that hold anybody; base, later: the sums of each. A group's money is drawn with all it holds, so
    that a customer's bills at both ends, and several subscriptions of a customer, stay together. No number where
    nothing varies, or where all the money is one group's.
    """
    if len(buckets) < 2:
        return NoNumber("one group of customers has no spread")
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = 100 * resamples.sums(buckets, later) / resamples.sums(buckets, base)
        left_out = 100 * (later.sum() - later) / (base.sum() - base)
    drawn[~np.isfinite(drawn)] = np.nan
    if not np.isfinite(left_out).all():
        return NoNumber("without one group of customers there is no money at the beginning")
    if np.ptp(drawn[np.isfinite(drawn)]) == 0:
        return NoNumber(f"it is {value:.4g} whoever is drawn: no spread to measure")
    return bca(value, drawn, left_out, seed=resamples.seed, level=level).found
