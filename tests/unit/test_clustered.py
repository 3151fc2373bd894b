"""Means with questions as clusters: a second way to each formula, simulated truth, and what they refuse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, t, ttest_1samp, ttest_ind

from almanac.statistics import (
    Confidence,
    NoNumber,
    Spread,
    effective_wilson,
    mean_interval,
    paired_questions_needed,
    power_of,
    questions_needed,
    samples_needed,
    share_interval,
    spread_of_questions,
    spread_of_seeds,
    unpaired_difference,
    wilson,
)

CORRECT = np.array([4, 3, 0, 1, 2, 4, 0, 4, 1, 2])


def number(found):
    assert not isinstance(found, NoNumber), found
    return found


def test_the_standard_error_is_that_of_the_questions_means():
    """Miller (2024), equation 1 applied to question means: both parts together are sd / sqrt(m)."""
    spread = number(spread_of_questions(CORRECT, np.full(10, 4)))
    assert spread.mean == pytest.approx(0.525)
    assert spread.standard_error == pytest.approx(np.std(CORRECT / 4, ddof=1) / math.sqrt(10))


def test_the_parts_are_the_one_way_analysis_of_variance():
    """Mean squares of the classical table: w is the one within questions, q is (between - within) / S."""
    answers = np.array([[1] * c + [0] * (4 - c) for c in CORRECT], dtype=float)
    within = answers.var(axis=1, ddof=1).mean()
    between = 4 * answers.mean(axis=1).var(ddof=1)
    spread = number(spread_of_questions(CORRECT, np.full(10, 4)))
    assert (spread.sampling, spread.question) == pytest.approx((within, (between - within) / 4))


def test_seeds_alone_tell_the_same_as_questions_on_average():
    """q and w from totals are unbiased: over 2,000 benchmarks of 40 questions with known q and w. With 30 seeds
    q is hardly ever cut at 0.
    """
    random = np.random.default_rng(3)
    found = []
    for _ in range(2000):
        chance = random.beta(0.6, 0.9, size=40)
        spread = number(spread_of_seeds((random.random((30, 40)) < chance).sum(axis=1), 40))
        found.append((spread.question, spread.sampling))
    p = 0.6 / 1.5
    q = p * (1 - p) / 2.5
    error = np.std(found, axis=0) / math.sqrt(2000)
    assert (np.abs(np.mean(found, axis=0) - (q, p * (1 - p) - q)) < 4 * error).all()


def test_seeds_with_the_same_w_give_the_same_q():
    """Five seeds that each get other questions right; w by question and by seed agree by construction."""
    answers = np.array([[1, 1, 0, 0, 1], [1, 0, 0, 1, 0], [1, 1, 0, 0, 0]])
    by_question = number(spread_of_questions(answers.sum(axis=0), np.full(5, 3)))
    by_seed = number(spread_of_seeds(answers.sum(axis=1), 5))
    p = answers.mean()
    for spread in (by_question, by_seed):
        expected = (p * (1 - p) - spread.sampling * (1 - 1 / 15)) * 5 / 4
        assert spread.question == pytest.approx(expected)
    assert by_seed.sampling == pytest.approx(5 * np.var([0.6, 0.4, 0.4], ddof=1))


def test_unequal_samples_keep_the_standard_error():
    correct, samples = np.array([1, 5, 0, 7, 3]), np.array([2, 8, 4, 8, 16])
    spread = number(spread_of_questions(correct, samples))
    assert spread.standard_error == pytest.approx(np.std(correct / samples, ddof=1) / math.sqrt(5))


def test_the_effective_interval_is_wilsons_with_students_quantile():
    """With one answer a question it is Wilson's at the level at which z is the t quantile (error with ddof 0)."""
    shares = np.array([1.0] * 9 + [0.0] * 21)
    level = 2 * norm.cdf(t.ppf(0.975, 29)) - 1
    theirs = number(wilson(9, 30, level))
    ours = effective_wilson(0.3, float(np.std(shares)) / math.sqrt(30), 30)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize("questions", [15, 30, 200])
def test_the_interval_covers_the_mean_of_all_questions(questions):
    """2,000 benchmarks, 4 samples of each question, difficulties of a U shape with mean 0.7."""
    random = np.random.default_rng(questions)
    chance = random.beta(0.7, 0.3, size=(2000, questions))
    inside = 0
    for correct in random.binomial(4, chance):
        found = number(share_interval(correct / 4))
        inside += found.low <= 0.7 <= found.high
    assert 0.935 <= inside / 2000 <= 0.975


def test_all_alike_is_no_point():
    found = number(share_interval([1.0] * 15))
    assert found.value == found.high == 1
    assert found.low == pytest.approx(15 / (15 + t.ppf(0.975, 14) ** 2))
    assert isinstance(mean_interval([0.5, 0.5, 0.5]), NoNumber)


def test_students_interval_is_scipys():
    values = [0.2, 0.5, -0.1, 0.9, 0.3]
    theirs = ttest_1samp(values, 0).confidence_interval(0.9)
    ours = number(mean_interval(values, 0.9))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_welchs_interval_is_scipys():
    first, second = [0.3, 0.5, 0.4, 0.7], [0.2, 0.1, 0.35, 0.3, 0.15, 0.9]
    theirs = ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    errors = tuple(np.std(x, ddof=1) / math.sqrt(len(x)) for x in (first, second))
    ours = number(unpaired_difference((np.mean(first), np.mean(second)), errors, (3, 5)))
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert isinstance(unpaired_difference((1, 2), (0, 0), (3, 5)), NoNumber)


def test_as_many_as_needed_and_no_fewer():
    spread = Spread(0.6, 30, 10, 0.15, 0.09)
    half, z = 0.05, norm.ppf(0.975)
    m = questions_needed(spread, half)
    assert z * math.sqrt((0.15 + 0.009) / m) <= half < z * math.sqrt((0.15 + 0.009) / (m - 1))
    s = number(samples_needed(spread, 0.14))
    reach = [z * math.sqrt(0.15 / 30 + 0.09 / (30 * k)) for k in (s, s - 1)]
    assert reach[0] <= 0.14 < reach[1]
    assert samples_needed(spread, 0.138).reason.startswith("30 questions leave ±0.1386")


def test_power_as_printed():
    """Cohen (1988): with a two-sided 5% a difference of 2.8 standard errors shows with 80% power."""
    assert power_of(2.8016, 1.0) == pytest.approx(0.8, abs=1e-4)
    assert power_of(0.0, 1.0) == pytest.approx(0.05)
    m = paired_questions_needed(0.4, 0.03)
    assert power_of(0.03, 0.4 / math.sqrt(m)) >= 0.8 > power_of(0.03, 0.4 / math.sqrt(m - 1))


def test_where_no_number_exists():
    for found in (
        spread_of_questions([1], [2]),
        spread_of_questions([1, 0], [1, 1]),
        spread_of_seeds([3], 10),
        spread_of_seeds([1, 0], 1),
        share_interval([0.4]),
        effective_wilson(0.4, 0.1, 1),
        mean_interval([0.4]),
    ):
        assert isinstance(found, NoNumber)


def test_a_variance_below_nothing_is_cut():
    """Questions that are all alike vary less than chance would have them."""
    spread = number(spread_of_questions([2, 2, 2], [4, 4, 4]))
    assert spread.question == 0
    assert spread.sampling == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "call",
    [
        lambda: spread_of_questions([3, 1], [2, 2]),
        lambda: spread_of_seeds([11, 3], 10),
        lambda: share_interval([1.2, 0]),
        lambda: power_of(1, 0),
        lambda: paired_questions_needed(0.4, 0.03, power=1),
        lambda: questions_needed(Spread(0.5, 10, 4, 0.1, 0.1), 0),
        lambda: share_interval([0, 1], 1.5),
    ],
)
def test_what_cannot_be(call):
    with pytest.raises(ValueError):
        call()


def test_intervals_are_confidences():
    assert isinstance(Spread(0.6, 30, 10, 0.15, 0.09).interval(), Confidence)
