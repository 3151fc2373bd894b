"""Frailty: against a general-purpose minimiser, simulation, and what has been printed of half-lives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import lomax

from almanac.statistics import (
    Confidence,
    Frailty,
    NoNumber,
    frailty,
    frailty_many,
    lengths_at,
    retried,
    wilson,
)

RANDOM = np.random.default_rng(8)
LENGTHS = 2 ** RANDOM.uniform(-3, 9, 60)
OUTCOMES = (1 + 2.5 * 0.05 * LENGTHS) ** -0.4 + RANDOM.normal(0, 0.05, 60)
OUTCOMES = np.clip(OUTCOMES, 0, 1)
WEIGHTS = RANDOM.uniform(0.1, 3, 60)


def fitted(*arguments, **options) -> Frailty:
    found = frailty(*arguments, **options)
    assert isinstance(found, Frailty), found
    return found


def loss(at, variance=None):
    """The mean negative log likelihood with SciPy's Lomax distribution."""
    spread = np.exp(at[1]) if variance is None else variance
    done = lomax.sf(LENGTHS, 1 / spread, scale=1 / (spread * np.exp(at[0])))
    return -np.average(OUTCOMES * np.log(done) + (1 - OUTCOMES) * np.log1p(-done), weights=WEIGHTS)


def test_it_finds_what_a_minimiser_finds():
    found = fitted(LENGTHS, OUTCOMES, WEIGHTS)
    best = minimize(loss, (-2.0, 0.0), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 5000}).x
    assert (found.rate, found.variance) == pytest.approx(tuple(np.exp(best)), rel=1e-5)


@pytest.mark.parametrize("variance", [0.3, 4.0])
def test_the_rate_alone(variance):
    found = fitted(LENGTHS, OUTCOMES, WEIGHTS, variance=variance)
    best = minimize(loss, (-2.0,), args=(variance,), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}).x
    assert found.rate == pytest.approx(np.exp(best[0]), rel=1e-5)
    assert found.variance == variance


def test_without_variance_it_is_p_to_the_n():
    same = fitted([10.0] * 4, [1, 0, 0, 1], variance=0.0)
    assert same.survival([10.0, 20.0]) == pytest.approx([0.5, 0.25], rel=1e-4)
    assert same.length_at(0.5) == pytest.approx(10, rel=1e-4)


def test_the_ratios_of_horizons_of_a_constant_hazard():
    """Ord, T. (2025), Is there a half-life for the success rates of AI agents?: with a constant hazard T80 is 1/3 of T50, T90
    1/7, T99 1/70."""
    constant = Frailty(0.01, 0.0)
    ratios = [constant.length_at(0.5) / constant.length_at(share) for share in (0.8, 0.9, 0.99)]
    assert [round(ratios[0]), round(ratios[1]), round(ratios[2], -1)] == [3, 7, 70]


def test_survival_is_lomax_and_turns_back():
    some = Frailty(0.07, 3.7)
    assert some.survival([0.5, 46.2, 900.0]) == pytest.approx(
        lomax.sf([0.5, 46.2, 900.0], 1 / 3.7, scale=1 / (3.7 * 0.07))
    )
    for share in (0.1, 0.5, 0.93):
        assert some.survival([some.length_at(share)]) == pytest.approx(share)


def test_steps_of_another_length_are_another_rate():
    once, longer = fitted(LENGTHS, OUTCOMES, WEIGHTS), fitted(LENGTHS / 7, OUTCOMES, WEIGHTS)
    assert (longer.rate, longer.variance) == pytest.approx((7 * once.rate, once.variance), rel=1e-5)


def test_many_fits_are_the_fits_one_by_one():
    weights = RANDOM.integers(0, 3, (300, 60)).astype(float)
    weights[5] = 0.0
    hits = weights * OUTCOMES
    hits[6] = 0.0
    many = frailty_many(LENGTHS, hits, weights, start=Frailty(0.04, 2.0))
    assert np.isnan(many[[5, 6]]).all()
    for row in (0, 17, 255, 256, 299):
        one = fitted(LENGTHS, OUTCOMES, weights[row])
        assert tuple(many[row]) == pytest.approx((one.rate, one.variance), rel=1e-4)


def test_retries_against_a_simulation():
    """Tasks of 50 in segments of 12, each tried up to three times, the last in proportion."""
    found = float(retried(np.array([[0.03, 1.8]]), np.array([48.0]), segment=12.0, retries=2)[0])
    random = np.random.default_rng(3)
    hazards = random.gamma(1 / 1.8, 1.8 * 0.03, 40_000)
    failed = random.random((40_000, 4, 3)) > np.exp(-12 * hazards)[:, None, None]
    done = ~failed.all(axis=2).any(axis=1)
    about = wilson(int(done.sum()), len(done), 0.999)
    assert isinstance(about, Confidence)
    assert about.low < found < about.high


def test_without_retries_nothing_is_gained():
    fits, lengths = np.array([[0.03, 1.8], [0.2, 0.0]]), np.array([40.0, 3.0])
    plain = [float(Frailty(*fit).survival([length])[0]) for fit, length in zip(fits, lengths, strict=True)]
    assert retried(fits, lengths, segment=5.0, retries=0) == pytest.approx(plain, rel=3e-3)


def test_a_retry_of_independent_errors_by_hand():
    """Segments of 10, each lost with chance q = 1 - exp(-0.2), twice with q²; a task of 4 is one segment of its own."""
    lost, short = (1 - math.exp(-0.2)) ** 2, (1 - math.exp(-0.08)) ** 2
    found = retried(np.array([[0.02, 0.0]] * 2), np.array([35.0, 4.0]), segment=10.0, retries=1)
    assert found == pytest.approx([(1 - lost) ** 3.5, 1 - short], rel=1e-5)


def test_retries_help_less_where_errors_hang_together():
    fits = np.array([[0.02, 0.0], [0.02, 1.0], [0.02, 4.0]])
    alike, apart, farther = retried(fits, lengths_at(fits, 0.5), segment=10.0, retries=1)
    assert alike > apart > farther > 0.5


@pytest.mark.parametrize(
    ("outcomes", "reason"), [([], "no tasks"), ([0, 0, 0], "no success in 3"), ([1, 1, 1], "no failure in 3")]
)
def test_where_no_rate_exists_there_is_a_reason(outcomes, reason):
    found = frailty(list(range(1, len(outcomes) + 1)), outcomes)
    assert isinstance(found, NoNumber)
    assert reason in found.reason


def test_what_cannot_be_is_refused():
    for lengths, outcomes, options in (
        ([0.0, 1.0], [0, 1], {}),
        ([1.0, 2.0], [0, 1.5], {}),
        ([1.0, 2.0], [0], {}),
        ([1.0, 2.0], [0, 1], {"weights": [1, -1]}),
    ):
        with pytest.raises(ValueError, match=r"one outcome|positive"):
            frailty(lengths, outcomes, **options)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Frailty(1.0, 1.0).length_at(1.0)
    with pytest.raises(ValueError, match="segment"):
        retried(np.array([[1.0, 1.0]]), np.array([1.0]), segment=0.0, retries=1)
