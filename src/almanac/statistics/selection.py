"""One answer chosen from k: by vote, or by a verifier that errs. What that gives, from n samples of which c are right.

All choices of k among the n samples are averaged over exactly (the number of right ones is hypergeometric), so there is
no seed. Questions with fewer than k samples give nan.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, hypergeom

Floats = NDArray[np.float64]


def best_of(correct: ArrayLike, samples: ArrayLike, k: int, sensitivity: float, specificity: float) -> Floats:
    """The chance that the answer a verifier picks from k is right.

    It accepts a right answer with probability `sensitivity` and rejects a wrong one with probability `specificity`,
    each independently; one of the accepted is taken at random, or of all where none is. A perfect verifier gives
    pass@k, one that accepts both alike pass@1. Cobbe, K. et al. (2021), Training verifiers to solve math word problems,
    arXiv:2110.14168, for choosing among samples by a verifier.

    >>> [round(float(p), 4) for p in best_of([1, 2], [4, 4], 2, 0.9, 0.8)]
    [0.425, 0.7333]
    """
    for name, rate in (("sensitivity", sensitivity), ("specificity", specificity)):
        if not 0 <= rate <= 1:
            raise ValueError(f"a {name} lies between 0 and 1, not at {rate}")
    return _expected(correct, samples, k, [_taken(right, k, sensitivity, 1 - specificity) for right in range(k + 1)])


def _taken(right: int, k: int, accepted: float, mistaken: float) -> float:
    """The chance that the picked answer is right when `right` of k are."""
    a, b = np.arange(right + 1)[:, None], np.arange(k - right + 1)[None, :]
    chance = binom.pmf(a, right, accepted) * binom.pmf(b, k - right, mistaken)
    taken = np.where(a + b > 0, a / np.maximum(a + b, 1), right / k)
    return float((chance * taken).sum())


def majority_bounds(correct: ArrayLike, samples: ArrayLike, k: int) -> tuple[Floats, Floats]:
    """The least and the most chance that the commonest of k answers is right, ties broken at random, whatever the wrong
    answers are.

    Least: they are all the same, and the right one needs more than half. Most: they all differ, and two right ones win;
    a single one is one of k that tie. Wang, X. et al. (2023), Self-consistency improves chain of thought reasoning in
    language models, ICLR.

    >>> [x.round(4).tolist() for x in majority_bounds([2], [4], 3)]
    [[0.5], [0.6667]]
    """
    right = np.arange(k + 1)
    least = np.where(2 * right > k, 1.0, np.where(2 * right == k, 0.5, 0.0))
    most = np.where(right >= 2, 1.0, right / max(k, 1))
    return _expected(correct, samples, k, least), _expected(correct, samples, k, most)


def _expected(correct: ArrayLike, samples: ArrayLike, k: int, worth: ArrayLike) -> Floats:
    """The mean of worth[r] over all choices of k samples, r of them right."""
    c, n = np.broadcast_arrays(np.asarray(correct, dtype=int), np.asarray(samples, dtype=int))
    if k < 1:
        raise ValueError(f"at least one answer to choose from, not {k}")
    if np.any(c < 0) or np.any(c > n):
        raise ValueError("there cannot be fewer than no right samples, nor more than samples")
    enough = n >= k
    chance = hypergeom.pmf(np.arange(k + 1), np.where(enough, n, k)[:, None], np.where(enough, c, 0)[:, None], k)
    return np.where(enough, chance @ np.asarray(worth, dtype=float), np.nan)
