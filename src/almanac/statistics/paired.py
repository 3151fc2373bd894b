"""Two answers to each of the same questions: which is right more often, by how much, and whether that is chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest, norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.intervals import NO_TRIALS, half_credit, wilson

MOST_STEPS = 2_000_000
"""Sums of differences that `sign_flip` will hold at most."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Questions by what happened to each under a first and a second condition (or model)."""

    both: int
    first_only: int
    second_only: int
    neither: int

    def __post_init__(self) -> None:
        if min(self.both, self.first_only, self.second_only, self.neither) < 0:
            raise ValueError(f"counts cannot be negative: {self}")

    @property
    def n(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def first(self) -> int:
        """How often it happened under the first."""
        return self.both + self.first_only

    @property
    def second(self) -> int:
        """How often it happened under the second."""
        return self.both + self.second_only


def mcnemar(pairs: Pairs) -> float | NoNumber:
    """The exact two-sided p-value of "both happen equally often": given how many questions differ, `second_only` is
    binomial with probability 1/2.

    No number when none differs. McNemar, Q. (1947), Psychometrika 12, 153-157; the exact form in Fagerland, M. W.,
    Lydersen, S. and Laake, P. (2013), BMC Med. Res. Methodol. 13, 91.

    >>> round(mcnemar(Pairs(59, 6, 16, 80)), 4)
    0.0525
    """
    differ = pairs.first_only + pairs.second_only
    if not differ:
        return NoNumber("no question came out differently: there is nothing to test")
    return float(binomtest(pairs.second_only, differ).pvalue)


def sign_flip(differences: ArrayLike) -> float | NoNumber:
    """The exact two-sided p-value of the paired permutation test: the share of all assignments of signs to whole-number
    differences whose sum is at least as far from 0 as the one that was seen.

    All 2^m assignments are counted, by convolution, one difference at a time (Pagano, M. and Tritchler, D. (1983),
    J. Am. Stat. Assoc. 78, 435-440), so there is no seed and no Monte Carlo error. With differences of ±1 it is
    `mcnemar`. No number when all differences are 0. Fisher, R. A. (1935), The Design of Experiments, section 21.

    >>> sign_flip([1, 1, 1, 1, 1, -1])  # 2 (1 + 6) of 64
    0.21875
    """
    found = np.asarray(differences)
    if found.size and not np.array_equal(found, np.rint(found)):
        raise ValueError("sign_flip counts whole-number differences; multiply shares by their common denominator")
    signed = found[found != 0].astype(int)
    if not signed.size:
        return NoNumber("no question came out differently: there is nothing to test")
    signed //= np.gcd.reduce(signed)
    sizes = np.abs(signed)
    reach = int(sizes.sum())
    if reach > MOST_STEPS:
        return NoNumber(f"differences that sum to {reach:,} of their common unit are too many to count through")
    chance = np.zeros(2 * reach + 1)  # of every sum from -reach to reach, the share of assignments that give it
    chance[reach] = 1.0
    for size in sizes:  # nothing wraps around: until the last step the ends are empty
        chance = (np.roll(chance, size) + np.roll(chance, -size)) / 2
    far = np.abs(np.arange(-reach, reach + 1)) >= abs(int(signed.sum()))
    return min(1.0, math.fsum(chance[far]))


def risk_difference(pairs: Pairs, level: float = 0.95) -> Confidence | NoNumber:
    """How much more often it happens under the second than under the first, with Tango's score interval.

    Twice `half_credit` less one: a question that differs is worth +1 or -1. Tango, T. (1998), Stat. Med. 17, 891-908.

    >>> found = risk_difference(Pairs(1, 1, 7, 12))
    >>> [round(x, 3) for x in (found.value, found.low, found.high)]
    [0.286, 0.026, 0.517]
    """
    found = half_credit(pairs.second_only, pairs.both + pairs.neither, pairs.first_only, level)
    return found if isinstance(found, NoNumber) else found.scaled(2).shifted(-1)


def error_ratio(pairs: Pairs, level: float = 0.95) -> Confidence | NoNumber:
    """How many times as often it happens under the second as under the first, with the interval of Bonett and Price.

    Two Wilson intervals of the parts that happen under either, at a level that is narrowed so that their quotient
    covers `level` in spite of what the two have in common. No number when it never happens under the first: no upper
    end exists. Bonett, D. G. and Price, R. M. (2006), Stat. Med. 25, 3039-3047.
    """
    checked_level(level)
    if not pairs.n:
        return NO_TRIALS
    if not pairs.first:
        return NoNumber("it never happened under the first, so the ratio has no upper end")
    either = pairs.both + pairs.first_only + pairs.second_only
    differ = pairs.first_only + pairs.second_only
    ends = (math.sqrt((1 - (x + 1) / (either + 2)) / (x + 1)) for x in (pairs.first, pairs.second))
    together = math.sqrt((differ + 2) / ((pairs.first + 1) * (pairs.second + 1)))
    z = float(norm.ppf((1 + level) / 2)) * together / sum(ends)
    narrowed = 2 * float(norm.cdf(z)) - 1
    first, second = wilson(pairs.first, either, narrowed), wilson(pairs.second, either, narrowed)
    if isinstance(first, NoNumber) or isinstance(second, NoNumber):
        return NO_TRIALS
    value = pairs.second / pairs.first
    return Confidence(value, min(value, second.low / first.high), max(value, second.high / first.low), level)
