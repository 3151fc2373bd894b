"""Sobol's indices against Ishigami's function, whose indices are printed, and against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import sobol_indices, uniform

from almanac.statistics import NoNumber
from almanac.statistics.sensitivity import variance_shares

PI = [(-np.pi, np.pi)] * 3


def ishigami(x: np.ndarray) -> np.ndarray:
    """Sobol', I. M. and Levitan, Y. L. (1999), with a = 7 and b = 0.1."""
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def test_ishigamis_indices():
    """First 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Saltelli et al. 2008, Global Sensitivity Analysis)."""
    found = variance_shares(ishigami, PI, seed=1, power=12)
    assert not isinstance(found, NoNumber)
    assert [index.first.value for index in found] == pytest.approx([0.3139, 0.4424, 0], abs=0.03)
    assert [index.total.value for index in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    for index, first, total in zip(found, (0.3139, 0.4424, 0), (0.5576, 0.4424, 0.2437), strict=True):
        assert index.first.low <= first <= index.first.high
        assert index.total.low <= total <= index.total.high


def test_as_scipy_computes_them():
    found = variance_shares(ishigami, PI, seed=1, power=12)
    oracle = sobol_indices(func=lambda x: ishigami(x)[None, :], n=4096, dists=[uniform(-np.pi, 2 * np.pi)] * 3, rng=1)
    assert [index.first.value for index in found] == pytest.approx(list(oracle.first_order.ravel()), abs=0.02)
    assert [index.total.value for index in found] == pytest.approx(list(oracle.total_order.ravel()), abs=0.02)


def test_a_product_of_two():
    """Of ab: V(a) = m(b)² s(a)², and V(ab) = (s(a)² + m(a)²)(s(b)² + m(b)²) - m(a)² m(b)²."""
    found = variance_shares(lambda x: x[0] * x[1], [(0, 2), (1, 5)], seed=2)
    a, b, means = 4 / 12, 16 / 12, (1, 3)
    whole = (a + 1) * (b + 9) - 9
    assert [index.first.value for index in found] == pytest.approx(
        [means[1] ** 2 * a / whole, means[0] ** 2 * b / whole], abs=0.01
    )


def test_where_there_is_none_and_the_seed():
    assert "nothing moves" in variance_shares(lambda x: np.ones(x.shape[1]), [(0, 1)], seed=1).reason
    assert "not finite" in variance_shares(lambda x: np.full(x.shape[1], np.inf), [(0, 1)], seed=1).reason
    assert variance_shares(ishigami, PI, seed=3, power=6) == variance_shares(ishigami, PI, seed=3, power=6)
    assert variance_shares(ishigami, PI, seed=3, power=6) != variance_shares(ishigami, PI, seed=4, power=6)
