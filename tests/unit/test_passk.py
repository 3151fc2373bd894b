"""pass@k against every choice of k samples, the published formula's own code path, and what it refuses."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import hypergeom

from almanac.statistics import Confidence, NoNumber, mean_pass_at_k, pass_at_k


@pytest.mark.parametrize(("n", "c", "k"), [(5, 2, 3), (6, 1, 2), (7, 3, 4), (7, 0, 4), (7, 7, 1), (4, 3, 4)])
def test_it_is_the_share_of_choices_with_a_right_one(n, c, k):
    choices = list(combinations([1] * c + [0] * (n - c), k))
    assert pass_at_k(c, n, k) == pytest.approx(sum(map(any, choices)) / len(choices))


def test_the_product_of_chen_et_al():
    """1 - prod(1 - k / i for i from n - c + 1 to n), the numerically stable form printed in figure 3 of the paper."""
    for n, c, k in ((200, 13, 10), (200, 190, 100), (100, 1, 1)):
        product = 1 - np.prod(1 - k / np.arange(n - c + 1, n + 1)) if n - c >= k else 1.0
        assert pass_at_k(c, n, k) == pytest.approx(product, abs=1e-10)


def test_it_is_unbiased():
    """Over the binomial of c the mean is 1 - (1 - p)^k."""
    n, p, k = 8, 0.23, 3
    c = np.arange(n + 1)
    from scipy.stats import binom

    assert binom.pmf(c, n, p) @ pass_at_k(c, n, k) == pytest.approx(1 - (1 - p) ** k)


def test_it_is_a_hypergeometric_tail():
    c, n = np.array([0, 3, 9, 16]), np.full(4, 16)
    assert pass_at_k(c, n, 5) == pytest.approx(1 - hypergeom.pmf(0, 16, c, 5))


def test_the_mean_lies_in_an_interval_of_questions():
    found = mean_pass_at_k([0, 1, 2, 4, 4, 3], [4] * 6, 2)
    assert isinstance(found, Confidence)
    assert found.value == pytest.approx(np.mean([0, 0.5, 5 / 6, 1, 1, 1]))
    assert 0 <= found.low < found.value < found.high <= 1


def test_questions_with_too_few_samples_leave_no_number():
    assert np.isnan(pass_at_k([1, 1], [2, 4], 3)).tolist() == [True, False]
    found = mean_pass_at_k([1, 1, 1], [2, 4, 4], 3)
    assert found == NoNumber("pass@3 needs 3 samples of each question, and 1 of 3 have fewer")


def test_what_cannot_be():
    with pytest.raises(ValueError, match="attempt"):
        pass_at_k([1], [2], 0)
    with pytest.raises(ValueError, match="right samples"):
        pass_at_k([3], [2], 1)
