"""pass@k: the chance that at least one of k attempts at a question is right, from n attempts of which c were."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from almanac.statistics.clustered import share_interval
from almanac.statistics.confidence import Confidence, NoNumber, checked_level


def pass_at_k(correct: ArrayLike, samples: ArrayLike, k: int) -> NDArray[np.float64]:
    """Of each question, the unbiased estimate of pass@k: 1 - C(n - c, k) / C(n, k); nan where n < k.

    The share of all choices of k among its n samples that hold a right one. The plug-in 1 - (1 - c/n)^k is too small
    on average. Raises ValueError for k < 1 and for counts that cannot be. Chen, M. et al. (2021), Evaluating large
    language models trained on code, arXiv:2107.03374, equation 1.

    >>> [round(float(p), 4) for p in pass_at_k([0, 1, 2, 5], [5, 5, 5, 5], 2)]
    [0.0, 0.4, 0.7, 1.0]
    """
    right, n = np.broadcast_arrays(np.asarray(correct, dtype=float), np.asarray(samples, dtype=float))
    if k < 1:
        raise ValueError(f"pass@k needs an attempt, not {k}")
    if np.any(right < 0) or np.any(right > n):
        raise ValueError("there cannot be fewer than no right samples, nor more than samples")
    wrong = n - right
    possible = wrong >= k  # k wrong samples can be chosen at all
    w, m = np.where(possible, wrong, k), np.where(n >= k, n, k)
    missed = np.exp(gammaln(w + 1) - gammaln(w - k + 1) - gammaln(m + 1) + gammaln(m - k + 1))
    found = np.where(right == 0, 0.0, np.where(possible, 1 - missed, 1.0))
    return np.where(n >= k, found, np.nan)


def mean_pass_at_k(correct: ArrayLike, samples: ArrayLike, k: int, level: float = 0.95) -> Confidence | NoNumber:
    """The mean of pass@k over questions that stand for more of their kind; the interval is `share_interval`.

    No number when some question has fewer than k samples: leaving it out would change what the mean is of.
    """
    checked_level(level)
    values = pass_at_k(correct, samples, k)
    few = int(np.isnan(values).sum())
    if few:
        return NoNumber(f"pass@{k} needs {k} samples of each question, and {few} of {values.size} have fewer")
    return share_interval(values, level)
