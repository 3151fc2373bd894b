"""One answer of k, by vote or verifier: every choice counted out, the ends that are known, what is refused."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

from almanac.statistics import best_of, majority_bounds, pass_at_k

CASES = [(5, 2, 3), (6, 1, 2), (7, 3, 4), (6, 4, 4), (5, 0, 2), (5, 5, 3), (4, 2, 1)]


def verified(answers: tuple[int, ...], s: float, f: float) -> float:
    """The chance of a right pick, over every way in which the verifier may judge."""
    total = 0.0
    for judged in product((0, 1), repeat=len(answers)):
        chance = 1.0
        for right, yes in zip(answers, judged, strict=True):
            rate = s if right else f
            chance *= rate if yes else 1 - rate
        accepted = [right for right, yes in zip(answers, judged, strict=True) if yes] or list(answers)
        total += chance * sum(accepted) / len(accepted)
    return total


@pytest.mark.parametrize(("n", "c", "k"), CASES)
def test_the_verifier_over_every_choice_and_judgement(n, c, k):
    choices = list(combinations([1] * c + [0] * (n - c), k))
    expected = sum(verified(choice, 0.85, 0.3) for choice in choices) / len(choices)
    assert best_of([c], [n], k, 0.85, 0.7) == pytest.approx(expected)


def voted(answers: tuple[str, ...]) -> float:
    """The chance that the commonest answer is "right", ties broken at random."""
    counts = Counter(answers)
    top = [answer for answer, number in counts.items() if number == max(counts.values())]
    return ("right" in top) / len(top)


@pytest.mark.parametrize(("n", "c", "k"), CASES)
def test_the_vote_over_every_choice(n, c, k):
    least, most = majority_bounds([c], [n], k)
    for found, wrong in ((least, ["wrong"] * (n - c)), (most, [f"wrong {i}" for i in range(n - c)])):
        choices = list(combinations(["right"] * c + wrong, k))
        assert found == pytest.approx(sum(map(voted, choices)) / len(choices))


def test_the_ends():
    c, n = np.array([0, 1, 5, 8]), np.full(4, 8)
    assert best_of(c, n, 4, 1, 1) == pytest.approx(pass_at_k(c, n, 4))
    assert best_of(c, n, 4, 0.6, 0.4) == pytest.approx(c / 8)
    assert best_of(c, n, 1, 0.9, 0.9) == pytest.approx(c / 8)


def test_too_few_samples():
    assert np.isnan(best_of([1, 1], [2, 4], 3, 1, 1)).tolist() == [True, False]


def test_what_cannot_be():
    with pytest.raises(ValueError, match="sensitivity"):
        best_of([1], [2], 1, 1.5, 1)
    with pytest.raises(ValueError, match="specificity"):
        best_of([1], [2], 1, 1, -1)
    with pytest.raises(ValueError, match="at least one answer"):
        majority_bounds([1], [2], 0)
    with pytest.raises(ValueError, match="right samples"):
        majority_bounds([3], [2], 1)
