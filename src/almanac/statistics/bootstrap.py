"""The bootstrap in clusters: samples that are nested (questions in families, runs of a question) drawn again as they
were drawn.

A resample is kept as counts, how often each unit was drawn, and never as rows: drawing k units with replacement from n
is one multinomial draw, so that ten thousand resamples of a few thousand units are one small matrix. Efron, B. and
Tibshirani, R. J. (1993), An Introduction to the Bootstrap, Chapman & Hall, sections 13.3 (percentile) and 14.3 (BCa);
Davison, A. C. and Hinkley, D. V. (1997), Bootstrap Methods and their Application, section 3.8 (nested samples).
docs/theory/bootstrap.md derives it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

MOST_UNUSABLE = 0.05
"""The share of draws that may have no number at all: with more, percentiles of the rest would say nothing."""


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """An interval that was drawn: how many draws, from which seed, and how many of them had no number."""

    found: Confidence | NoNumber
    draws: int
    seed: int
    unusable: int = 0


def hierarchical_counts(levels: Sequence[Sequence[object]], draws: int, random: np.random.Generator) -> Counts:
    """How often each unit is drawn, in each of `draws` resamples: a matrix draws x units.

    levels: the clusters that each unit lies in, outermost first (its family; then its task in that family). At every
    level as many clusters as there are get drawn with replacement, then in each of those, each time it was drawn, as
    many of its parts as it has; the innermost parts are the units. Without levels units are drawn independently.
    Raises ValueError for levels of different lengths or without units; a cluster belongs to one cluster above it.
    """
    if draws < 1:
        raise ValueError(f"at least one draw, not {draws}")
    paths = list(zip(*levels, strict=True)) if levels else []
    if not paths:
        raise ValueError("no units to draw from")
    units = [(*path, place) for place, path in enumerate(paths)]
    drawn: dict[tuple[object, ...], Counts] = {(): np.ones(draws, dtype=np.int64)}
    for depth in range(1, len(levels) + 2):
        drawn = _drawn_within(units, depth, drawn, random)
    return np.stack([drawn[unit] for unit in units], axis=1)


def _drawn_within(
    units: Sequence[tuple[object, ...]],
    depth: int,
    drawn: dict[tuple[object, ...], Counts],
    random: np.random.Generator,
) -> dict[tuple[object, ...], Counts]:
    """How often each cluster at `depth` is drawn, given how often those above it are."""
    parts: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for prefix in dict.fromkeys(unit[:depth] for unit in units):
        parts.setdefault(prefix[:-1], []).append(prefix)
    found: dict[tuple[object, ...], Counts] = {}
    for whole, members in parts.items():
        counts = random.multinomial(drawn[whole] * len(members), np.full(len(members), 1 / len(members)))
        found |= {member: counts[:, place] for place, member in enumerate(members)}
    return found


def cluster_counts(clusters: Sequence[object], draws: int, random: np.random.Generator) -> Counts:
    """How often each unit is drawn when whole clusters are: a matrix draws x units. Its units come along each time."""
    names = list(dict.fromkeys(clusters))
    counts = hierarchical_counts([names], draws, random) if names else None
    if counts is None:
        raise ValueError("no units to draw from")
    place = {name: index for index, name in enumerate(names)}
    return np.asarray(counts[:, [place[cluster] for cluster in clusters]])


def percentile(value: float, drawn: Floats, *, seed: int, level: float = 0.95) -> Bootstrapped:
    """The interval between two quantiles of the drawn numbers, around `value`, that of the sample itself.

    nan is a draw without a number; it is counted, and more than 5 % of these leave no interval. Where the quantiles
    leave out the value, the interval is widened to hold it.
    """
    tail = (1 - checked_level(level)) / 2
    return _between(value, drawn, (tail, 1 - tail), seed, level)


def bca(value: float, drawn: Floats, left_out: Floats, *, seed: int, level: float = 0.95) -> Bootstrapped:
    """As `percentile`, with the quantiles moved for bias and for a spread that changes with the value (BCa).

    left_out: the number without each cluster in turn (the jackknife), whose skewness gives the acceleration. Falls back
    on nothing: where every draw lies on one side of the value, there is no interval.
    Efron, B. (1987), J. Am. Stat. Assoc. 82, 171-185, equations 2.3, 6.6 and 4.4.
    """
    checked_level(level)
    usable = drawn[~np.isnan(drawn)]
    below = float(((usable < value).mean() + (usable <= value).mean()) / 2) if len(usable) else 0.0
    if not 0 < below < 1:
        reason = "every draw lies on one side of the value: no correction for bias"
        return Bootstrapped(NoNumber(reason), len(drawn), seed, len(drawn) - len(usable))
    bias = float(norm.ppf(below))
    away = left_out.mean() - left_out
    cubes, squares = float((away**3).sum()), float((away**2).sum())
    acceleration = cubes / (6 * squares**1.5) if squares else 0.0
    ends = [bias + float(norm.ppf(tail)) for tail in ((1 - level) / 2, (1 + level) / 2)]
    low, high = (float(norm.cdf(bias + end / (1 - acceleration * end))) for end in ends)
    return _between(value, drawn, (low, high), seed, level)


def _between(value: float, drawn: Floats, shares: tuple[float, float], seed: int, level: float) -> Bootstrapped:
    usable = drawn[~np.isnan(drawn)]
    unusable = len(drawn) - len(usable)

    def because(reason: str) -> Bootstrapped:
        return Bootstrapped(NoNumber(reason), len(drawn), seed, unusable)

    if not math.isfinite(value):
        return because("the sample itself has no number")
    if unusable > MOST_UNUSABLE * len(drawn) or not len(usable):
        return because(f"{unusable} of {len(drawn)} draws have no number")
    with np.errstate(invalid="ignore"):  # between two infinite draws there is no number, and none is returned
        low, high = (float(end) for end in np.quantile(usable, shares))
    if not (math.isfinite(low) and math.isfinite(high)):
        return because("the draws have no end on one side")
    return Bootstrapped(Confidence(value, min(low, value), max(high, value), level), len(drawn), seed, unusable)
