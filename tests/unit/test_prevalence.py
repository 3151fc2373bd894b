"""Prevalence corrected for a test's errors: published values, what it refuses, what it promises; and quantiles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from almanac.statistics import (
    Confidence,
    NoNumber,
    Trials,
    corrected_ratio,
    prevalence,
    quantile,
    rogan_gladen,
    wilson,
)

PERFECT = Trials(10**9, 10**9)


def number(found: Confidence | NoNumber) -> Confidence:
    assert isinstance(found, Confidence)
    return found


@st.composite
def trials(draw: st.DrawFn) -> Trials:
    n = draw(st.integers(0, 200))
    return Trials(draw(st.integers(0, n)), n)


# ---- Rogan and Gladen, Lang and Reiczigel ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "n", "se", "sp", "low", "high", "digits"),
    [
        (4060, 11284, (178, 179), (358, 359), 0.349, 0.372, 3),
        (51, 2971, (32, 33), (20, 20), 0, 0.053, 3),
        (712, 11862, (8, 10), (12, 12), 0, 0.147, 3),
        (259, 509, (84, 127), (96, 109), 0.58, 0.87, 2),
        (51, 509, (23, 41), (187, 195), 0.037, 0.195, 3),
    ],
)
def test_the_five_examples_of_lang_and_reiczigel_2014(found, n, se, sp, low, high, digits):
    """Examples 1 to 4 of the paper, as the manual of the R package asht, which checks itself by them, prints them."""
    interval = number(prevalence(found, n, Trials(*se), Trials(*sp)))
    assert (round(interval.low, digits), round(interval.high, digits)) == (low, high)


def test_a_value_worked_by_hand():
    """0.3 found, se 0.9, sp 0.8: (0.3 + 0.8 - 1) / (0.9 + 0.8 - 1) = 1/7."""
    assert rogan_gladen(0.3, 0.9, 0.8) == pytest.approx(1 / 7)
    assert number(prevalence(30, 100, Trials(90, 100), Trials(80, 100))).value == pytest.approx(1 / 7)


@given(st.floats(0, 1), st.floats(0.51, 1), st.floats(0.51, 1))
def test_it_undoes_what_the_errors_did(p, se, sp):
    assert rogan_gladen(p * se + (1 - p) * (1 - sp), se, sp) == pytest.approx(p, abs=1e-9)


@pytest.mark.parametrize(("se", "sp"), [(0.5, 0.5), (0.2, 0.3), (1, 0)])
def test_a_test_that_tells_nothing_is_refused(se, sp):
    with pytest.raises(ValueError, match="tell nothing"):
        rogan_gladen(0.5, se, sp)
    found = prevalence(5, 10, Trials(int(se * 10), 10), Trials(int(sp * 10), 10))
    assert isinstance(found, NoNumber)
    assert "tell nothing" in found.reason


@pytest.mark.parametrize(
    ("found", "n", "se", "sp", "reason"),
    [
        (0, 0, (9, 10), (9, 10), "no trials"),
        (1, 5, (0, 0), (9, 10), "sensitivity is unknown"),
        (1, 5, (9, 10), (0, 0), "specificity is unknown"),
    ],
)
def test_where_no_number_exists(found, n, se, sp, reason):
    unknown = prevalence(found, n, Trials(*se), Trials(*sp))
    assert isinstance(unknown, NoNumber)
    assert reason in unknown.reason


def test_counts_and_levels_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="cannot be"):
        Trials(3, 2)
    with pytest.raises(ValueError, match="cannot be"):
        prevalence(6, 5, Trials(9, 10), Trials(9, 10))
    with pytest.raises(ValueError, match="confidence level"):
        prevalence(3, 5, Trials(9, 10), Trials(9, 10), 1.0)


@given(st.integers(0, 300), st.integers(0, 300), trials(), trials(), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_value_lies_in_its_interval_and_both_in_0_to_1(found, more, se, sp, level):
    interval = prevalence(found, found + more, se, sp, level)
    if isinstance(interval, Confidence):
        assert 0 <= interval.low <= interval.value <= interval.high <= 1


def test_fewer_found_than_errors_alone_would_give_is_none_and_not_less():
    assert rogan_gladen(0.01, 0.9, 0.95) < 0
    interval = number(prevalence(1, 100, Trials(90, 100), Trials(95, 100)))
    assert (interval.value, interval.low) == (0, 0)
    assert interval.high > 0.02


def test_a_test_without_errors_leaves_the_interval_of_the_sample_alone():
    """Then it is that of Agresti and Coull, which is Wilson's with the variance taken at its centre."""
    interval, plain = number(prevalence(30, 100, PERFECT, PERFECT)), number(wilson(30, 100))
    z = norm.ppf(0.975)
    centre = (30 + z**2 / 2) / (100 + z**2)
    assert (interval.low + interval.high) / 2 == pytest.approx(centre, abs=1e-6)
    assert (interval.low, interval.high) == pytest.approx((plain.low, plain.high), abs=0.003)


def test_fewer_labels_make_a_wider_interval():
    widths = [
        (lambda found: found.high - found.low)(
            number(prevalence(300, 1000, Trials(9 * k, 10 * k), Trials(9 * k, 10 * k)))
        )
        for k in (1, 5, 25, 125)
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2 * widths[-1]


@pytest.mark.parametrize(
    ("p", "se", "sp", "labels"), [(0.3, 0.95, 0.95, 60), (0.85, 0.96, 0.9, 40), (0.05, 0.9, 0.98, 60)]
)
def test_the_interval_covers_as_often_as_it_says(p, se, sp, labels):
    """All three samples are drawn; correcting with se and sp as if known covers less."""
    random = np.random.default_rng(11)
    apparent = p * se + (1 - p) * (1 - sp)
    runs = 400
    covered = 0
    for found, cases, others in zip(
        random.binomial(200, apparent, runs), random.binomial(labels, se, runs), random.binomial(labels, sp, runs), strict=True
    ):  # fmt: skip
        interval = number(prevalence(int(found), 200, Trials(int(cases), labels), Trials(int(others), labels)))
        covered += interval.low <= p <= interval.high
    assert covered / runs > 0.93


# ---- the ratio of two corrected shares ---------------------------------------------------------------------------

NONE, OTHER, PART = (False, False), (False, True), (True, True)


def labels(right: int, missed: int = 0, false: int = 0) -> list[tuple[bool, bool, bool, bool]]:
    """Labelled units: `right` of each kind, then parts that are missed, then units of nothing taken for a part."""
    found = [(*kind, *kind) for kind in (NONE, OTHER, PART) for _ in range(right)]
    return found + [(*PART, *NONE)] * missed + [(*NONE, *PART)] * false


def test_without_errors_the_ratio_is_that_of_the_counts():
    drawn = corrected_ratio([PART] * 60 + [OTHER] * 20 + [NONE] * 20, labels(200), seed=1)
    interval = number(drawn.found)
    assert interval.value == pytest.approx(0.75)
    assert interval.low == pytest.approx(0.65, abs=0.03)
    assert interval.high == pytest.approx(0.84, abs=0.03)
    assert (drawn.draws, drawn.seed, drawn.unusable) == (2000, 1, 0)


def test_a_ratio_worked_by_hand():
    """30 parts of 50 that are a part are found and none else. Part: 0.3 / 0.6 = 0.5; whole: found 0.5 with sensitivity
    (30 + 50) / 100: 0.625.
    """
    labelled = [(*PART, *PART)] * 30 + [(*PART, *NONE)] * 20 + [(*OTHER, *OTHER)] * 50 + [(*NONE, *NONE)] * 50
    drawn = corrected_ratio([PART] * 30 + [OTHER] * 20 + [NONE] * 50, labelled, seed=1)
    assert number(drawn.found).value == pytest.approx(0.5 / 0.625)


def test_the_same_seed_draws_the_same_interval():
    sample, labelled = [PART] * 60 + [OTHER] * 20 + [NONE] * 20, labels(20, 2, 1)
    first, again, other = (corrected_ratio(sample, labelled, seed=seed, draws=200) for seed in (1, 1, 2))
    assert first == again
    assert first.found != other.found
    assert corrected_ratio(sample[::-1], labelled[::-1], seed=1, draws=200) == first


def test_what_was_never_seen_is_still_possible():
    """All are of the part and no label is wrong: a resampling of units would give the point 1."""
    interval = number(corrected_ratio([PART] * 18 + [NONE] * 8, labels(20), seed=1).found)
    assert interval.value == interval.high == 1
    assert 0.8 < interval.low < 0.97


@pytest.mark.parametrize(
    ("sample", "labelled", "reason"),
    [
        ([], labels(5), "no sample"),
        ([PART], [], "no labelled"),
        ([NONE] * 9, labels(5), "no ratio"),
        ([PART] * 9, [(*PART, *NONE)] * 5 + [(*NONE, *NONE)] * 5, "no ratio"),
        ([PART] * 9 + [NONE] * 9, [(*PART, *PART), (*NONE, *NONE)], "draws have no ratio"),
    ],
)
def test_where_there_is_no_ratio(sample, labelled, reason):
    found = corrected_ratio(sample, labelled, seed=1, draws=300).found
    assert isinstance(found, NoNumber)
    assert reason in found.reason


def test_a_part_outside_its_whole_is_refused():
    with pytest.raises(ValueError, match="not of the whole"):
        corrected_ratio([(True, False)], labels(5), seed=1)
    with pytest.raises(ValueError, match="at least one draw"):
        corrected_ratio([PART], labels(5), seed=1, draws=0)


def test_the_ratio_covers_as_often_as_it_says():
    """Units of three kinds, an extractor that misses a tenth of either kind and invents parts in 2 of 100."""
    random = np.random.default_rng(5)
    kinds, shares = (NONE, OTHER, PART), (0.3, 0.1, 0.6)
    runs, covered = 150, 0
    for run in range(runs):
        units = [_drawn(random, kinds[k]) for k in random.choice(3, size=300, p=shares)]
        labelled = [(*kinds[k], *_drawn(random, kinds[k])) for k in random.choice(3, size=120, p=shares)]
        interval = number(corrected_ratio(units, labelled, seed=run, draws=400).found)
        covered += interval.low <= 6 / 7 <= interval.high
    assert covered / runs > 0.91


def _drawn(random: np.random.Generator, kind: tuple[bool, bool]) -> tuple[bool, bool]:
    if kind == NONE:
        return PART if random.random() < 0.02 else NONE
    return NONE if random.random() < 0.1 else kind


# ---- quantiles ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "low", "high"), [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21)])
def test_the_ranks_around_a_median(n, low, high):
    """The tabled ranks at 95 %: Conover (1999), Table A3 gives the binomial that they come from."""
    found = number(quantile(range(1, n + 1), 0.5))
    assert (found.low, found.high) == (low, high)


@given(st.integers(1, 120), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), st.sampled_from([0.8, 0.95]))
def test_the_ranks_cover_and_no_narrower_ones_would(n, p, level):
    found = quantile(range(1, n + 1), p, level)
    tail = (1 - level) / 2
    if isinstance(found, NoNumber):
        assert binom.cdf(0, n, p) > tail or binom.cdf(n - 1, n, p) < 1 - tail
        return
    low, high = int(found.low), int(found.high)
    assert low <= found.value <= high
    assert binom.cdf(low - 1, n, p) <= tail + 1e-12
    assert binom.cdf(low, n, p) >= tail - 1e-12
    assert 1 - binom.cdf(high - 1, n, p) <= tail + 1e-12


def test_quantiles_that_do_not_exist():
    assert isinstance(quantile([], 0.5), NoNumber)
    assert isinstance(quantile([1, 2, 3, 4, 5], 0.5), NoNumber)
    with pytest.raises(ValueError, match="quantile"):
        quantile([1], 1.0)
    with pytest.raises(ValueError, match="confidence level"):
        quantile([1], 0.5, math.nan)
