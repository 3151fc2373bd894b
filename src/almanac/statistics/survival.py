"""Times to an event of which only bounds are known: after `low`, and not after `high` (infinite: not seen yet).

docs/theory/frontier-lead.md derives what is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.kaplan_meier import kaplan_meier

LEAST_TIMES = 5
"""With fewer, no interval of the median says anything."""

STEPS = 2000
"""Steps of the fixed-point iteration at most; it stops when no probability moves by more than `STILL`."""

STILL = 1e-9


def turnbull(low: Sequence[float], high: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The likeliest distribution of times of which each lies in (low, high], as points and their probabilities.

    Mass sits only at right ends of innermost intervals; an infinite point holds what was not seen. Where low = high the
    time is exact. Without censoring it is the empirical distribution, with right-censoring alone Kaplan and Meier's.
    Turnbull, B. W. (1976), J. R. Stat. Soc. B 38, 290-295.

    >>> points, mass = turnbull([0, 2, 2], [2, 4, 4])
    >>> points.tolist(), mass.round(6).tolist()
    ([2.0, 4.0], [0.333333, 0.666667])
    """
    starts, ends = _checked(low, high)
    points = np.unique(ends)
    inside = (points > starts[:, None]) & (points <= ends[:, None]) | (points == ends[:, None])
    mass = np.full(len(points), 1 / len(points))
    for _ in range(STEPS):
        expected = inside * mass
        moved = (expected / expected.sum(axis=1, keepdims=True)).mean(axis=0)
        if np.abs(moved - mass).max() < STILL:
            break
        mass = moved
    return points, mass


def median_time(low: Sequence[float], high: Sequence[float], level: float = 0.95) -> Confidence | NoNumber:
    """The median of times that lie in (low, high]: the point where Turnbull's distribution reaches one half.

    Its interval is Brookmeyer and Crowley's (all times at which the log-log interval of Kaplan and Meier's curve holds
    one half), once with every event as early and once as late as it may have been: the lower end of the one, the upper
    of the other, so that where in its interval an event fell cannot matter. No number where fewer than half of the
    events were seen, or where the curve cannot be told from one that never falls to one half.
    Brookmeyer, R. and Crowley, J. (1982), Biometrics 38, 29-41.
    """
    checked_level(level)
    starts, ends = _checked(low, high)
    if len(starts) < LEAST_TIMES:
        return NoNumber(f"{len(starts)} times, and an interval of their median needs {LEAST_TIMES}")
    points, mass = turnbull(low, high)
    value = float(points[int(np.searchsorted(np.cumsum(mass), 0.5 - 1e-9))])
    if math.isinf(value):
        return NoNumber("fewer than half of the events have been seen")
    seen = np.isfinite(ends)
    _, earliest, _ = kaplan_meier(starts, seen).quantile_bounds(0.5, level)
    _, _, latest = kaplan_meier(np.where(seen, ends, starts), seen).quantile_bounds(0.5, level)
    if math.isinf(latest):
        return NoNumber(f"{int(seen.sum())} events of {len(starts)} were seen: the median has no upper end")
    return Confidence(value, min(earliest, value), max(latest, value), level)


def _checked(low: Sequence[float], high: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    starts, ends = np.asarray(low, float), np.asarray(high, float)
    if starts.shape != ends.shape or starts.ndim != 1 or not len(starts):
        raise ValueError(f"every time has two bounds, not {starts.shape} and {ends.shape}")
    if not np.isfinite(starts).all() or (ends < starts).any():
        raise ValueError("a time's lower bound is finite and not above the upper one")
    return starts, ends
