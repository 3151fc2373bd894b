"""Paired comparisons: published tables, a second way to each number, and what they refuse."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, permutation_test

from almanac.statistics import Confidence, NoNumber, Pairs, error_ratio, mcnemar, risk_difference, sign_flip

HYPER = Pairs(1, 1, 7, 12)
"""Airway hyper-responsiveness before and after a transplantation, Bentur et al. (2009)."""
CAVO = Pairs(59, 16, 6, 80)
"""Complete response after and before consolidation, Cavo et al. (2012), first and second exchanged."""


def number(found: Confidence | float | NoNumber) -> Confidence | float:
    assert not isinstance(found, NoNumber), found
    return found


@pytest.mark.parametrize(("pairs", "p"), [(HYPER, 0.0703), (CAVO, 0.0525)])
def test_mcnemar_as_printed(pairs, p):
    """Exact conditional tests of both tables in Fagerland, Lydersen and Laake (2017), Statistical Analysis of
    Contingency Tables, chapter 8: 0.0703 and 0.0525.
    """
    assert round(number(mcnemar(pairs)), 4) == p


def test_mcnemar_is_twice_the_smaller_tail():
    assert mcnemar(Pairs(3, 4, 13, 2)) == pytest.approx(2 * binom.cdf(4, 17, 0.5))


def test_tangos_interval_as_printed():
    """Fagerland, Lydersen and Laake (2014), Stat. Med. 33, 2850-2875, print -0.517 to -0.026 for 2/21 less 8/21."""
    found = number(risk_difference(HYPER))
    assert [round(x, 3) for x in (found.value, found.low, found.high)] == [0.286, 0.026, 0.517]


def test_bonett_and_price_as_printed():
    """The R package contingencytables, of the book's authors, checks itself by 0.8667 (0.7579 to 0.9910)."""
    found = number(error_ratio(CAVO))
    assert [round(x, 4) for x in (found.value, found.low, found.high)] == [0.8667, 0.7579, 0.9910]


def test_exchanging_first_and_second_turns_the_ratio_over():
    there, back = number(error_ratio(HYPER)), number(error_ratio(Pairs(1, 7, 1, 12)))
    assert (1 / there.high, 1 / there.value, 1 / there.low) == pytest.approx((back.low, back.value, back.high))


def test_the_ratio_covers_what_it_promises():
    """4,000 tables of 60 questions, half of the errors in common, a true ratio of 2."""
    random = np.random.default_rng(5)
    drawn = random.multinomial(60, (0.12, 0.08, 0.28, 0.52), size=4000)
    inside = 0
    for cells in drawn:
        found = number(error_ratio(Pairs(*map(int, cells))))
        inside += found.low <= 2 <= found.high
    assert 0.935 <= inside / 4000 <= 0.97


def test_sign_flip_counts_every_assignment():
    differences = [3, -1, 4, 1, -5, 9, 2, 6, 0, 5]
    seen = abs(sum(differences))
    sums = [sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in product((1, -1), repeat=10)]
    assert sign_flip(differences) == pytest.approx(sum(abs(s) >= seen for s in sums) / len(sums))


def test_sign_flip_is_scipys_permutation_of_pairs():
    random = np.random.default_rng(8)
    first, second = random.integers(0, 9, size=(2, 12))
    exact = permutation_test(
        (first, second), lambda x, y, axis: np.mean(x - y, axis), permutation_type="samples", vectorized=True,
        n_resamples=np.inf,
    )  # fmt: skip
    assert sign_flip(second - first) == pytest.approx(exact.pvalue)


def test_sign_flip_of_single_answers_is_mcnemar():
    assert sign_flip([1] * 13 + [-1] * 4 + [0] * 30) == pytest.approx(mcnemar(Pairs(20, 4, 13, 10)))


def test_the_unit_of_the_differences_does_not_matter():
    assert sign_flip([6, -2, 8, 4]) == sign_flip([3, -1, 4, 2])


def test_where_no_number_exists():
    same = Pairs(5, 0, 0, 3)
    assert isinstance(mcnemar(same), NoNumber)
    assert isinstance(sign_flip([0, 0]), NoNumber)
    assert isinstance(sign_flip([]), NoNumber)
    assert isinstance(sign_flip([10**7, 10**7 - 1]), NoNumber)
    assert isinstance(error_ratio(Pairs(0, 0, 4, 3)), NoNumber)
    assert isinstance(error_ratio(Pairs(0, 0, 0, 0)), NoNumber)
    assert isinstance(risk_difference(Pairs(0, 0, 0, 0)), NoNumber)
    none_left = number(error_ratio(Pairs(0, 6, 0, 9)))
    assert (none_left.value, none_left.low) == (0, 0)
    assert 0 < none_left.high < 1


def test_what_cannot_be():
    with pytest.raises(ValueError, match="negative"):
        Pairs(1, -1, 0, 0)
    with pytest.raises(ValueError, match="whole-number"):
        sign_flip([0.5])
    with pytest.raises(ValueError, match="confidence level"):
        error_ratio(HYPER, 1.0)
