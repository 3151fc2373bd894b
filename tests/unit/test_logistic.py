"""Logistic regression: against a general-purpose minimiser, a printed fit, and its own promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from almanac.statistics import Logistic, NoNumber, logistic, logistic_many

HOURS = (0.50, 0.75, 1.00, 1.25, 1.50, 1.75, 1.75, 2.00, 2.25, 2.50,
         2.75, 3.00, 3.25, 3.50, 4.00, 4.25, 4.50, 4.75, 5.00, 5.50)  # fmt: skip
PASSED = (0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1)


def fitted(*arguments, **options) -> Logistic:
    found = logistic(*arguments, **options)
    assert isinstance(found, Logistic), found
    return found


def minimised(x, y, w, penalty):
    """The same objective, written with logarithms of probabilities and left to Nelder and Mead."""
    x, y, w = (np.asarray(values, dtype=float) for values in (x, y, w))

    def loss(at):
        chance = np.clip(1 / (1 + np.exp(-(at[0] + at[1] * x))), 1e-300, 1 - 1e-16)
        return -np.average(y * np.log(chance) + (1 - y) * np.log(1 - chance), weights=w) + penalty * at[1] ** 2 / 2

    return minimize(
        loss, (0.0, 0.0), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 10_000}
    ).x


def test_the_printed_fit_of_hours_studied():
    """Intercept -4.0777, slope 1.5046: the students of the logistic regression article of Wikipedia, whose table prints
    -4.1 and 1.5 (and R's glm the further digits)."""
    found = fitted(HOURS, PASSED)
    assert (found.intercept, found.slope) == pytest.approx((-4.0777, 1.5046), abs=5e-5)
    assert found.crossing(0.5) == pytest.approx(2.7101, abs=5e-5)


@pytest.mark.parametrize("penalty", [0.0, 1e-5, 0.1, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_it_finds_what_a_minimiser_finds(seed, penalty):
    random = np.random.default_rng(seed)
    x = random.normal(3, 4, 40)
    y = np.clip(random.normal(0.5 - 0.1 * (x - 3), 0.4), 0, 1)
    w = random.uniform(0.1, 5, 40)
    found = fitted(x, y, w, penalty=penalty)
    assert (found.intercept, found.slope) == pytest.approx(tuple(minimised(x, y, w, penalty)), abs=2e-6)


def test_a_fraction_is_a_success_and_a_failure_in_part():
    split = fitted([0, 0, 1, 1, 2, 2], [1, 0, 1, 0, 1, 0], [0.8, 0.2, 0.3, 0.7, 0.4, 0.6], penalty=0.01)
    whole = fitted([0, 1, 2], [0.8, 0.3, 0.4], penalty=0.01)
    assert (split.intercept, split.slope) == pytest.approx((whole.intercept, whole.slope), abs=1e-9)


def test_only_shares_of_weight_count():
    once, often = fitted(HOURS, PASSED, penalty=0.1), fitted(HOURS, PASSED, [7.0] * 20, penalty=0.1)
    assert (once.intercept, once.slope) == pytest.approx((often.intercept, often.slope), abs=1e-9)


@settings(max_examples=40)
@given(shift=st.floats(-50, 50), stretch=st.sampled_from([0.01, 0.5, 3.0, 400.0]))
def test_moving_and_stretching_x_moves_and_stretches_the_curve(shift, stretch):
    plain = fitted(HOURS, PASSED)
    moved = fitted([shift + stretch * hours for hours in HOURS], PASSED)
    assert moved.crossing(0.8) == pytest.approx(shift + stretch * plain.crossing(0.8), rel=1e-6, abs=1e-6)


def test_the_mean_chance_is_the_mean_outcome():
    """The intercept bears no penalty, so its score equation holds whatever the penalty."""
    found = fitted(HOURS, PASSED, penalty=0.5)
    assert found.probability(HOURS).mean() == pytest.approx(np.mean(PASSED), abs=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "penalty", "reason"),
    [
        ([], [], 0.1, "no trials"),
        ([1, 2, 3], [0, 0, 0], 0.1, "no success in 3 trials"),
        ([1, 2, 3], [1, 1, 1], 0.1, "no failure in 3 trials"),
        ([2, 2, 2], [0, 1, 1], 0.1, "at one place"),
        ([1, 2, 3, 4], [1, 1, 0, 0], 0.0, "no maximum"),
    ],
)
def test_where_no_curve_exists_there_is_a_reason(x, y, penalty, reason):
    found = logistic(x, y, penalty=penalty)
    assert isinstance(found, NoNumber)
    assert reason in found.reason


def test_a_penalty_gives_a_curve_to_what_is_parted():
    found = fitted([1, 2, 3, 4], [1, 1, 0, 0], penalty=1e-5)
    assert found.crossing(0.5) == pytest.approx(2.5, abs=1e-6)
    assert found.slope < -5


def test_weights_of_zero_do_not_count():
    assert isinstance(logistic([1, 2, 3], [0, 0, 1], [1, 1, 0]), NoNumber)


@pytest.mark.parametrize(
    ("x", "y", "options"),
    [
        ([1, 2], [0, 1.2], {}),
        ([1, 2], [0, -0.1], {}),
        ([1, 2], [0, float("nan")], {}),
        ([1, 2], [0], {}),
        ([1, float("inf")], [0, 1], {}),
        ([1, 2], [0, 1], {"penalty": -1.0}),
        ([1, 2], [0, 1], {"weights": [1, -1]}),
        ([1, 2], [0, 1], {"weights": [1]}),
    ],
)
def test_what_cannot_be_is_refused(x, y, options):
    with pytest.raises(ValueError, match=r"one |between|penalty"):
        logistic(x, y, **options)


@pytest.mark.parametrize("probability", [0.0, 1.0, -1.0, float("nan")])
def test_a_crossing_needs_a_probability(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Logistic(1.0, -1.0).crossing(probability)


def test_many_fits_are_the_fits_one_by_one():
    random = np.random.default_rng(5)
    x = random.normal(0, 3, 25)
    weights = random.integers(0, 4, (600, 25)).astype(float)
    successes = weights * random.uniform(0, 1, (600, 25))
    weights[17] = successes[17] = 0.0
    successes[18] = 0.0
    successes[19] = weights[19]
    many = logistic_many(x, successes, weights, penalty=0.01, start=Logistic(0.3, -0.4))
    assert np.isnan(many[[17, 18, 19]]).all()
    for row in (0, 1, 255, 256, 599):
        there = weights[row] > 0
        one = fitted(x[there], successes[row, there] / weights[row, there], weights[row, there], penalty=0.01)
        assert tuple(many[row]) == pytest.approx((one.intercept, one.slope), abs=1e-7)


def test_a_bad_start_does_not_matter():
    far = logistic_many(
        np.array(HOURS), np.array([PASSED], dtype=float), np.ones((1, 20)), start=Logistic(400.0, -90.0)
    )
    assert tuple(far[0]) == pytest.approx((-4.0777, 1.5046), abs=5e-5)
