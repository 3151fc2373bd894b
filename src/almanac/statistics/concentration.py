"""Concentration where some amounts are not known: the least and the most that shares can be."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from almanac.statistics.confidence import NoNumber

Floats = NDArray[np.float64]
Span = tuple[float, float]
"""The least and the most that an amount can be; the most may be infinite."""

MOST_UNCERTAIN = 15
"""Amounts that may be uncertain: the most concentrated case is looked for among 2^15 corners."""


def share_bounds(part: Span, rest: Span) -> Span | NoNumber:
    """The least and the most that part / (part + rest) can be.

    >>> share_bounds((2, 3), (1, 8))
    (0.2, 0.75)
    """
    if part[1] <= 0 and rest[1] <= 0:
        return NoNumber("no amounts: a share of nothing is not a number")
    return _share(part[0], rest[1]), _share(part[1], rest[0])


def _share(part: float, rest: float) -> float:
    """part / (part + rest) at one end of both spans."""
    if math.isinf(part):
        return 1.0
    if math.isinf(rest):
        return 0.0
    return part / (part + rest) if part + rest > 0 else 0.0


def hhi(amounts: Sequence[float]) -> float | NoNumber:
    """The index of Herfindahl and Hirschman: the sum of squared shares, from 1/n (all alike) to 1 (one has all).

    Rhoades, S. A. (1993), The Herfindahl-Hirschman index, Fed. Res. Bull. 79, 188-189, who has it times 10,000.

    >>> round(hhi([50, 30, 20]), 10)
    0.38
    """
    bounds = hhi_bounds([(amount, amount) for amount in amounts])
    return bounds if isinstance(bounds, NoNumber) else bounds[0]


def hhi_bounds(spans: Sequence[Span]) -> Span | NoNumber:
    """The least and the most that the index can be when each amount is only known to lie in its span.

    It is quasi-convex in the amounts: least where all that are free are alike (each amount as near to one common level
    as its span allows), most at a corner, where every amount is at one of its ends; 1 where one has no end.
    No number without a positive amount, or with more uncertain amounts than corners can be tried.
    """
    open_spans = [span for span in spans if span[1] > 0]
    if not open_spans:
        return NoNumber("no amounts: shares of nothing are not numbers")
    low, high = np.array(open_spans, dtype=float).T
    most = 1.0 if np.isinf(high).any() else _most_concentrated(low, high)
    if most is None:
        return NoNumber(f"more than {MOST_UNCERTAIN} amounts are uncertain")
    return min(_least_concentrated(low, high), most), most


def _least_concentrated(low: Floats, high: Floats) -> float:
    """The least over the common level t, x = t cut to its span. Between two ends of spans the best t is the sum of
    squares of the fixed amounts over their sum.
    """
    ends = sorted({float(end) for end in (*low, *high) if math.isfinite(end)} | {0.0})
    levels = [end for end in ends if end > 0] or [1.0]
    for start, stop in itertools.pairwise([*ends, math.inf]):
        fixed = np.concatenate([high[high <= start], low[low >= stop]])
        if fixed.sum() > 0 and start < (level := float((fixed**2).sum() / fixed.sum())) < stop:
            levels.append(level)
    return min(_index(np.clip(level, low, high)) for level in levels if np.clip(level, low, high).sum() > 0)


def _most_concentrated(low: Floats, high: Floats) -> float | None:
    free = np.flatnonzero(high > low)
    if len(free) > MOST_UNCERTAIN:
        return None
    corners = np.tile(low, (2 ** len(free), 1))
    picked = np.array(list(itertools.product([False, True], repeat=len(free))), dtype=bool).reshape(len(corners), -1)
    corners[:, free] = np.where(picked, high[free], low[free])
    return max(_index(corner) for corner in corners if corner.sum() > 0)


def _index(amounts: Floats) -> float:
    return float((amounts**2).sum() / amounts.sum() ** 2)
