"""Shares and concentration of amounts that are not all known: bounds that hold, and that are reached."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from almanac.statistics import NoNumber, hhi, hhi_bounds, share_bounds

span = st.tuples(st.floats(0, 100), st.floats(0, 100)).map(lambda ends: (min(ends), max(ends)))
spans = st.lists(span, min_size=1, max_size=5).filter(lambda held: sum(low for low, _ in held) > 1)


def index(amounts: np.ndarray) -> float:
    return float((amounts**2).sum() / amounts.sum() ** 2)


@given(spans, st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_no_amounts_within_their_spans_leave_the_bounds(held: list[tuple[float, float]], chance: object) -> None:
    low, high = hhi_bounds(held)
    for _ in range(20):
        at = index(np.array([chance.uniform(*ends) for ends in held]))
        assert low - 1e-9 <= at <= high + 1e-9


@pytest.mark.parametrize(
    "held", [[(1, 4), (2, 9), (6, 6)], [(0, 3), (5, 8), (1, 1), (2, 20)], [(10, 12), (1, 2)], [(3, 3), (3, 3)]]
)
def test_the_bounds_are_reached(held: list[tuple[float, float]]) -> None:
    """Least by a general optimiser, most by a grid that has the corners."""
    low, high = hhi_bounds(held)
    start = np.array([sum(ends) / 2 for ends in held])
    assert minimize(index, start, bounds=held, method="L-BFGS-B").fun == pytest.approx(low, abs=1e-6)
    grid = np.stack(np.meshgrid(*(np.linspace(*ends, 7) for ends in held)), -1).reshape(-1, len(held))
    assert max(map(index, grid)) == pytest.approx(high)


def test_the_index_of_known_amounts() -> None:
    """Rhoades (1993): four firms of 30, 30, 20 and 20 percent have 2,600 of 10,000."""
    assert hhi([30, 30, 20, 20]) == pytest.approx(0.26)
    assert hhi([7]) == 1
    assert isinstance(hhi([0, 0]), NoNumber)
    assert isinstance(hhi([]), NoNumber)


def test_amounts_without_a_bound() -> None:
    free = math.inf
    assert hhi_bounds([(5, 5), (5, free)]) == (0.5, 1.0)
    assert hhi_bounds([(0, free)] * 4) == (0.25, 1.0)
    assert hhi_bounds([(8, 8), (2, 2), (0, free)]) == (pytest.approx(index(np.array([8, 2, 6.8]))), 1.0)
    assert isinstance(hhi_bounds([(1, 2)] * 16), NoNumber)


def test_shares() -> None:
    free = math.inf
    assert share_bounds((3, 3), (1, 1)) == (0.75, 0.75)
    assert share_bounds((0, free), (30, 30)) == (0, 1)
    assert share_bounds((10, 10), (0, free)) == (0, 1)
    assert share_bounds((10, 20), (20, 30)) == (0.25, 0.5)
    assert isinstance(share_bounds((0, 0), (0, 0)), NoNumber)
