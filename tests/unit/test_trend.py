"""Lines through logarithms: against SciPy, a printed regression, and wild points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import linregress, t, theilslopes

from almanac.statistics import Confidence, LogLine, NoNumber, log_line, log_slopes

RANDOM = np.random.default_rng(2)
DAYS = np.sort(RANDOM.uniform(0, 2000, 12))
VALUES = 2 ** (DAYS / 210 + RANDOM.normal(0, 0.5, 12))


def line(*arguments, **options) -> LogLine:
    found = log_line(*arguments, **options)
    assert isinstance(found, LogLine), found
    return found


def test_it_is_scipys_line():
    found, other = line(DAYS, VALUES, level=0.9), linregress(DAYS, np.log2(VALUES))
    reach = t.ppf(0.95, 10) * other.stderr
    assert (found.slope.value, found.slope.low, found.slope.high) == pytest.approx(
        (other.slope, other.slope - reach, other.slope + reach), rel=1e-10
    )
    assert found.intercept == pytest.approx(other.intercept)
    assert found.r_squared == pytest.approx(other.rvalue**2)


def test_the_line_of_anscombes_first_set():
    """Anscombe, F. J. (1973), Am. Stat. 27, 17-21: slope 0.500 with standard error 0.118, intercept 3.00, R² 0.667."""
    x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
    y = np.array([8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68])
    found = line(x, 2**y)
    assert (found.slope.value, found.intercept, found.r_squared) == pytest.approx((0.500, 3.00, 0.667), abs=2e-3)
    assert (found.slope.high - found.slope.value) / t.ppf(0.975, 9) == pytest.approx(0.118, abs=5e-4)


def test_the_doubling_time_turns_the_interval_over():
    found = line(DAYS, VALUES)
    time = found.doubling_time
    assert isinstance(time, Confidence)
    assert (time.value, time.low, time.high) == pytest.approx(
        (1 / found.slope.value, 1 / found.slope.high, 1 / found.slope.low)
    )
    assert line([0, 100, 200, 300], [1, 2, 4, 8]).doubling_time.value == pytest.approx(100)


def test_theil_and_sen_are_not_moved_by_a_wild_point():
    wild = VALUES.copy()
    wild[-1] /= 1e6
    robust = line(DAYS, wild, method="theil-sen")
    assert robust.slope.value == pytest.approx(theilslopes(np.log2(wild), DAYS)[0])
    assert 1 / robust.slope.value == pytest.approx(210, rel=0.15)
    assert line(DAYS, wild).slope.value < 0.6 / 210


@pytest.mark.parametrize("method", ["least-squares", "theil-sen"])
def test_slopes_of_many_rows_are_those_of_each(method):
    logs = RANDOM.normal(size=(20, 12)) + DAYS / 300
    logs[3, [0, 5]] = np.nan
    logs[4, 1:] = np.nan
    logs[5] = np.nan
    found = log_slopes(DAYS, logs, method)
    assert np.isnan(found[[4, 5]]).all()
    for row in (0, 3, 19):
        there = ~np.isnan(logs[row])
        assert found[row] == pytest.approx(line(DAYS[there], 2 ** logs[row, there], method=method).slope.value)


@pytest.mark.parametrize(
    ("days", "values", "reason"),
    [
        ([], [], "0 points"),
        ([1, 2], [1, 2], "2 points"),
        ([5, 5, 5], [1, 2, 3], "one day"),
        ([1, 2, 3], [0, 1, 2], "no logarithm"),
    ],
)
def test_where_no_line_exists_there_is_a_reason(days, values, reason):
    found = log_line(days, values)
    assert isinstance(found, NoNumber)
    assert reason in found.reason


@pytest.mark.parametrize(("values", "reason"), [([8, 4, 2, 1], "does not grow"), ([1, 9, 1, 9], "not sure")])
def test_no_doubling_time_without_growth(values, reason):
    found = line([0, 1, 2, 3], values).doubling_time
    assert isinstance(found, NoNumber)
    assert reason in found.reason


def test_what_cannot_be_is_refused():
    for days, values in (([1, 2, 3], [1, 2]), ([1, 2, 3], [1, -2, 3])):
        with pytest.raises(ValueError, match="one value for each day"):
            log_line(days, values)
    with pytest.raises(ValueError, match="confidence level"):
        log_line(DAYS, VALUES, level=1.5)


def test_theil_and_sens_line_goes_through_the_median():
    """SciPy's joint intercept, the median of y - slope x: one wild point of seven does not move it."""
    days, values = [0, 100, 200, 300, 400, 500, 600], [1.1, 1.9, 4.2, 7.6, 16.5, 33.0, 6400.0]
    found = line(days, values, method="theil-sen")
    assert found.intercept == pytest.approx(theilslopes(np.log2(values), days, method="joint").intercept)
    assert abs(found.intercept) < 0.2
