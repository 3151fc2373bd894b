"""Which of several independent inputs the variance of an output comes from: Sobol's indices.

As scipy.stats.sobol_indices, whose bootstrap takes no seed. Saltelli, A. et al. (2010), Variance based sensitivity
analysis of model output, Comput. Phys. Commun. 181, 259-270, table 2 (b) and (f); Jansen, M. J. W. (1999), ibid. 117,
35-43.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

Floats = NDArray[np.float64]

RESAMPLES = 200
LEAST_SPREAD = 1e-12
"""Of the output beside its size: less is rounding."""


@dataclass(frozen=True, slots=True)
class Index:
    """The share of the variance that one input causes by itself (`first`), and with all others in which it takes part
    (`total`). Estimates: near 0 and 1 they may fall a little outside.
    """

    first: Confidence
    total: Confidence


def variance_shares(
    output: Callable[[Floats], Floats],
    ranges: Sequence[tuple[float, float]],
    *,
    seed: int,
    power: int = 11,
    level: float = 0.95,
) -> tuple[Index, ...] | NoNumber:
    """The indices of each input, drawn evenly from its range, independently.

    output: of a matrix inputs x cases the output of each case; 2 to the `power` cases, times inputs + 2. The intervals
    are percentiles of 200 resamples of the cases: of the simulation's error, not of the ranges. No number where the
    output is not finite everywhere, or where nothing moves it.
    """
    checked_level(level)
    random = np.random.default_rng(seed)
    d = len(ranges)
    low, high = (np.array([[ends[side]] for ends in ranges]) for side in (0, 1))
    sample = qmc.Sobol(2 * d, rng=random).random_base2(power).T
    first, second = (low + (high - low) * part for part in (sample[:d], sample[d:]))
    mixed = [np.where(np.arange(d)[:, None] == place, second, first) for place in range(d)]
    found = np.stack([output(case) for case in (first, second, *mixed)])
    if not np.isfinite(found).all():
        return NoNumber("the output is not finite over all ranges")
    if not found[:2].std() > LEAST_SPREAD * max(1.0, float(np.abs(found).max())):
        return NoNumber("nothing moves the output")
    again = random.integers(0, found.shape[1], (RESAMPLES, found.shape[1]))
    value, drawn = _indices(found[:, None]), _indices(found[:, again])
    tails = ((1 - level) / 2, (1 + level) / 2)
    low_end, high_end = np.quantile(drawn, tails, axis=-1)
    return tuple(
        Index(*(
            Confidence(v := float(value[kind, place, 0]), min(v, float(low_end[kind, place])),
                       max(v, float(high_end[kind, place])), level)
            for kind in (0, 1)
        ))
        for place in range(d)
    )  # fmt: skip


def _indices(found: Floats) -> Floats:
    """First and total indices (2 x inputs x resamples) of outputs (2 + inputs) x resamples x cases."""
    a, b, mixed = found[0], found[1], found[2:]
    both = np.concatenate((a, b), axis=-1)
    variance = both.var(axis=-1)
    centred = b - both.mean(axis=-1, keepdims=True)
    first = (centred * (mixed - a)).mean(axis=-1) / variance
    total = ((a - mixed) ** 2).mean(axis=-1) / (2 * variance)
    return np.stack((first, total))
