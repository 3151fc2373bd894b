"""A ratio of sums over clusters: what it is made of, and where it has no interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from almanac.statistics import Confidence, NoNumber, clustered_ratio

OVER, UNDER, CLUSTERS = [6.0, 5, 9, 2, 7], [2.0, 2, 4, 1, 2], ["a", "b", "c", "d", "a"]


def found(over: list[float], under: list[float], clusters: list[str]) -> Confidence:
    interval = clustered_ratio(over, under, clusters)
    assert isinstance(interval, Confidence), interval
    return interval


def test_the_ratio_upside_down_has_the_interval_upside_down() -> None:
    """With sums in proportion the degrees of freedom are the same both ways; the logarithm does the rest."""
    under = [over / 3 for over in (6.0, 5, 9, 2, 7)]
    under[1] *= 1.0001
    one, other = found(OVER, under, CLUSTERS), found(under, OVER, CLUSTERS)
    assert other.value == pytest.approx(1 / one.value)
    assert [other.low, other.high] == pytest.approx([1 / one.high, 1 / one.low], rel=1e-6)


def test_rows_of_a_cluster_may_be_added_up_and_units_changed() -> None:
    whole = found(OVER, UNDER, CLUSTERS)
    assert found([13.0, 5, 9, 2], [4.0, 2, 4, 1], ["a", "b", "c", "d"]) == whole
    scaled = found([1e9 * x for x in OVER], UNDER, CLUSTERS)
    assert scaled.low == pytest.approx(1e9 * whole.low)


def test_one_large_cluster_leaves_few_degrees_of_freedom() -> None:
    """Scatter alike, sizes not: the interval of unequal clusters is wider, on the logarithmic scale, than their errors."""
    rates = np.array([1.0, 1.1, 0.9, 1.05, 0.95])
    even, uneven = np.ones(5), np.array([1.0, 5, 1, 1, 1])
    names = list("abcde")
    widths = [math.log(i.high / i.low) for i in (found(list(rates * w), list(w), names) for w in (even, uneven))]
    assert widths[1] > widths[0]


def test_where_there_is_none() -> None:
    assert isinstance(clustered_ratio([1, 2, 3], [1, 1, 1], "abc"), NoNumber)
    assert isinstance(clustered_ratio([0, 0, 0, 0], [1, 1, 1, 1], "abcd"), NoNumber)
    assert isinstance(clustered_ratio([], [], []), NoNumber)
    assert isinstance(clustered_ratio([5, 0, 0, 0], [1, 1, 1, 1], "abcd"), NoNumber)
